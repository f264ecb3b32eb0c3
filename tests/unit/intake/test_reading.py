"""What is refused whole, and what a readable file says of its rows."""

import csv
from pathlib import Path

import pytest

from domain.errors import Refused
from web.files.reading import REFUSALS, File, read, read_path
from web.files.schemas import parse_name

from .files import COLUMNS, PLAIN, csv_text, name, row, rows, write

GOOD = csv_text([row()])
NAME = name()


def file_of(text: str | bytes, file_name: str = NAME) -> File:
    return read(parse_name(file_name), text if isinstance(text, bytes) else text.encode())


def without(column: str) -> str:
    return csv_text([row()], [c for c in COLUMNS if c != column])


REFUSED = {
    "file-name": [
        "H0001.csv",
        "H0001-20170101-20170131-TREAT-IN-P.txt",
        "H0001-20170132-20170131-TREAT-IN-P.csv",
        "H0001-20170201-20170131-TREAT-IN-P.csv",
        "H0001-20170101-20170131-TREAT-IN-.csv",
        "H0001-20170101-20170131-REVIEWS.txt",
        "-20170101-20170131-REVIEWS.csv",
    ],
    "covered-days": ["H0001-19891231-19900131-TREAT-IN-P.csv", "H0001-20070131-20170131-REVIEWS.csv"],
    "other-data-set": ["H0001-20170101-20170131-CJIT-IN-P.csv"],
    "excel-workbook": ["H0001-20170101-20170131-TREAT-IN-P.xlsx"],
}


@pytest.mark.parametrize(("code", "file_name"), [(code, text) for code, texts in REFUSED.items() for text in texts])
def test_a_name_that_does_not_fit_is_refused(code: str, file_name: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_name(file_name)
    assert (refused.value.code, refused.value.file) == (code, file_name)


BYTES = [
    ("not-text", "<html>"),
    ("utf-16", GOOD.encode("utf-16")),
    ("nul-byte", GOOD.encode() + b"\0"),
    ("undecodable", GOOD.replace("EX01", "\x81").encode("latin-1")),
    ("quote-never-closed", GOOD + '"Q,Z'),
    ("quote-never-closed", GOOD + '"' + "x\n" * 100_000),
    ("line-too-long", GOOD + '"' + "x" * 200_000),
    ("too-many-columns", GOOD.replace("EPISODID", "EPISODID," + ",".join(["X"] * 1000))),
    ("not-csv", GOOD.replace("EX01", '"EX"01')),
    ("column-missing", without("DRUG1")),
    ("column-missing", without("CLIENT")),
    ("header-not-first", "\n".join(reversed(GOOD.splitlines()))),
    ("header-changes", GOOD + GOOD.replace("DRUG2", "drug")),
    ("reference-rewritten", csv_text([row(CLIENT="1.00E+11")])),
    ("column-twice", GOOD.replace("PREVTR", "DAT")),
    ("column-twice", GOOD.replace("PREVTR", "RFLS")),
    ("field-count", GOOD + "Q,Z\n"),
    ("no-row", ""),
    ("no-row", csv_text([])),
    ("other-agency", csv_text([row(), row(AGNCY="H0002")])),
]


@pytest.mark.parametrize(
    ("code", "data"), BYTES, ids=lambda value: value if isinstance(value, str) and len(value) < 20 else ""
)
def test_bytes_that_cannot_be_taken_in_are_refused(code: str, data: str | bytes) -> None:
    with pytest.raises(Refused) as refused:
        file_of(data)
    assert refused.value.code == code
    assert refused.value.file == NAME


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be opened") as refused:
        read_path(tmp_path / NAME)
    assert refused.value.code == "file-unreadable"


def test_every_refusal_of_reading_is_reached_here() -> None:
    later = {"received-in-future", "received-out-of-order", "no-accepted-row", "withdraws-many", "too-many-rejected"}
    reached = set(REFUSED) | {code for code, _data in BYTES} | {"file-unreadable"}
    assert reached | later == set(REFUSALS)
    assert not reached & later


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_encodings_and_line_ends(encoding: str, line_end: str) -> None:
    text = csv_text([row(DAT="Ludløw")]).replace("\n", line_end)
    assert file_of(text.encode(encoding)).values(1)["DAT"] == "Ludløw"


def test_values_may_be_quoted_and_hold_line_ends() -> None:
    file = file_of(GOOD.replace("EX01", '"EX, ""01""\nnorth"'))
    assert file.values(1)["DAT"] == 'EX, "01"\nnorth'


def test_columns_come_in_any_order_and_unknown_ones_are_named() -> None:
    file = file_of(csv_text([row(POSTCODE="X")], [*reversed(COLUMNS), "POSTCODE", "Notes"]))
    assert file.values(1) == dict.fromkeys(COLUMNS, "") | PLAIN
    assert file.unread == ("POSTCODE", "Notes")


def test_clientid_stands_in_for_client() -> None:
    file = file_of(GOOD.replace("CLIENT", "CLIENTID", 1))
    assert [e.client_reference for e in file.episodes] == ["C1"]
    both = csv_text([row(CLIENTID="other")], [*COLUMNS, "CLIENTID"])
    assert [e.client_reference for e in file_of(both).episodes] == ["C1"]
    # It is read all the same: a refusal of consent may name its client there.
    assert file_of(both).unread == ()


def test_na_and_blanks_mean_none() -> None:
    assert file_of(csv_text([row(RFLS="NA", DAT="  EX01 ")])).values(1) == dict.fromkeys(COLUMNS, "") | PLAIN


def test_blank_lines_are_not_rows() -> None:
    file = file_of(GOOD + "\n\n" + csv_text(rows("C2")).splitlines()[1] + "\n\n")
    assert [(e.client_reference, e.numbers) for e in file.episodes] == [("C1", [1]), ("C2", [2])]


def test_rows_without_a_readable_key_are_apart() -> None:
    file = file_of(csv_text([row(), row(CLIENT="NA"), row(EPISODID=" "), row(AGNCY=""), row(CLIENT=" C1")]))
    assert list(file.keyless) == [2, 3, 4]
    assert [(e.client_reference, e.numbers) for e in file.episodes] == [("C1", [1, 5])]


def digest(text: str, file_name: str = NAME) -> bytes:
    return file_of(text, file_name).episodes[0].digest


def test_the_digest_of_an_episode_is_that_of_what_its_rows_say() -> None:
    two = [row(), row(MODID="M2")]
    same = digest(csv_text(two))
    assert digest(csv_text(reversed(two))) == same
    assert digest(csv_text(two, [*reversed(COLUMNS), "POSTCODE"])) == same
    assert digest(csv_text(two, COLUMNS), name(last="20170228")) == same
    others = [
        digest(csv_text([row(), row(MODID="M3")])),
        digest(csv_text([row()])),
        digest(csv_text(two), name(kind="TREAT-IN-N")),
        digest(csv_text(two, [c for c in COLUMNS if c != "HRISK"])),
        digest(csv_text([r | {"DRUG2": "1101", "DRUG1": ""} for r in two])),
    ]
    assert len({same, *others}) == len(others) + 1


def test_a_file_of_many_rows_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path, rows(*(f"C{n}" for n in range(500))))
    file = read_path(path)
    with path.open(newline="") as opened:
        assert len(file.rows) == len(list(csv.DictReader(opened))) == len(file.episodes)
