"""Writes the cases of the corpus that were thought of, beside those that were found."""

from tests.fuzz.readers import CORPUS
from tests.unit.intake.files import DISCHARGED, REVIEW, REVIEW_COLUMNS, csv_text, row
from web.files.schemas import MONTHLY

ROWS = [
    row(**DISCHARGED, TOPID="T1", TOPDATE="2017-01-20", TRSTAGE="S", ALCUSE="3"),
    row(CLIENT="C2", CONSENT="N"),
    row(CLIENT="C3", SEX="x"),
]
PLAIN = csv_text(ROWS)
OLD = csv_text([row()], MONTHLY["H"].columns)
REVIEWS = csv_text([REVIEW, REVIEW | {"WHAT": "medical", "LOWDOSE": "Y"}], REVIEW_COLUMNS)
BARE = "CLIENTID," + PLAIN.replace("\n", "\nC9,").removesuffix("C9,")
HEADER, FIRST, *_ = PLAIN.splitlines()


def cases() -> dict[str, bytes]:
    """By name, what each reads."""
    texts = {
        "monthly--plain": PLAIN,
        "monthly--semicolons": PLAIN.replace(",", ";"),
        "monthly--separator-line": "sep=;\r\n" + PLAIN.replace(",", ";").replace("\n", "\r\n"),
        "monthly--title-and-footer": f"Monthly file\n\n{PLAIN}Total rows,3\n",
        "monthly--header-again": f"{HEADER}\n{FIRST}\n{HEADER}\n{FIRST}\n",
        "monthly--bare-refusal": BARE,
        "monthly--quotes": PLAIN.replace("EX01", '"EX""01"'),
        "monthly--quote-open": PLAIN.replace("EX01", '"EX01'),
        "monthly--deep-quotes": PLAIN.replace("EX01", '"' * 999 + "x"),
        "monthly--carriage-returns": PLAIN.replace("\n", "\r"),
        "monthly--surplus": PLAIN.replace("\n", ",,,\n"),
        "monthly--one-name-repeated": ",".join(["AGNCY"] * 500) + "\n" + ",".join(["H0001"] * 500) + "\n",
        "monthly--many-columns": ",".join([HEADER, *(f"X{n}" for n in range(500))]) + f"\n{FIRST}{',' * 500}\n",
        "monthly--empty-columns": "," * 2000 + "\n" + "," * 2000 + "\n",
        "monthly--rows-of-one-sign": HEADER + "\nx" * 500,
        "monthly--years": PLAIN.replace("2017-01-09", "9999-12-31").replace("1980-05-17", "0001-01-01"),
        "monthly--year-zero": PLAIN.replace("2017-01-09", "0000-01-01").replace("2017-01-02", "10000-01-01"),
        "monthly--digits-of-others": PLAIN.replace("1101", "\u0661\u0661\u0660\u0661").replace("94", "\u00b2"),
        "monthly--huge-numbers": PLAIN.replace("1101", "1" * 5000).replace(",80,", f",{'8' * 5000}.0,"),
        "monthly--zero-width": PLAIN.replace("C2", "C\u200b2").replace("H0001", "H0001\u200b"),
        "monthly--controls": PLAIN.replace("C2", "C\x1f2").replace("EX01", "\x1e\x85\u2028"),
        "monthly--marks": "\ufeff\ufeff" + PLAIN,
        "oldest--plain": OLD,
        "unknown--plain": PLAIN,
        "reviews--plain": REVIEWS,
        "reviews--wrong-day": REVIEWS.replace("2017-01-20", "20/13/2017"),
        "list--plain": "AGNCY,CLIENT,EPISODID,COUNTED\nH0001,C1,1,Y\nH0001,C2,,N\n",
        "list--one-name-repeated": ",".join(["AGNCY"] * 500),
        "mapping--plain": "AGNCY,CLIENT,EPISODID,NEW_CLIENT,NEW_EPISODID\nH0001,C1,1,C2,1\n",
        "mapping--short-and-long": "AGNCY,CLIENT,EPISODID,NEW_CLIENT,NEW_EPISODID\nH0001\nH0001,C1,1,C2,1,2,3\n",
        "table--plain": "table,measure,percentage,numerator,denominator,period\n1,4.0,6.3%,1,16,Q3 2016/17\n",
        "table--huge-number": "measure,numerator\n4.0," + "9" * 5000 + "\n",
        "table--huge-decimal": "measure,target,percentage,decimals\n4.0,1E+999999,1E+999999,999999999\n",
        "table--fractions": "measure,percentage,low,high,fewest,most,people,arrow\n4.0,21.5,21.5%,28,36,43,100,up\n",
    }  # fmt: skip
    found = {name: text.encode() for name, text in texts.items()}
    return found | {
        "monthly--windows-1252": PLAIN.replace("EX01", "\u2019").encode("cp1252"),
        "monthly--utf-16": PLAIN.encode("utf-16"),
        "monthly--utf-16-of-odd-length": PLAIN.encode("utf-16-le")[:-1],
        "monthly--utf-16-big": PLAIN.encode("utf-16-be"),
        "monthly--nul": PLAIN.encode() + b"\0",
        "monthly--undecodable": PLAIN.encode() + b"\x81\xff",
        "monthly--lone-surrogate": PLAIN.encode() + "\ud800".encode("utf-8", "surrogatepass"),
        "monthly--archive": b"PK\x03\x04" + bytes(60),
        "monthly--empty": b"",
        "list--undecodable": b"AGNCY,CLIENT\n\xff,1\n",
    }


if __name__ == "__main__":
    CORPUS.mkdir(exist_ok=True)
    for name, data in cases().items():
        (CORPUS / name).write_bytes(data)
