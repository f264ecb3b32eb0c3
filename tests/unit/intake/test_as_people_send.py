"""Files as people really send them: what each is taken for, with which notice, or why it is refused.

A table: what was done to a good file, and either the notice with which its rows are taken all the same, or the code of
the refusal, each with words of the sentence.
"""

import io
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from domain.client import ClientKey
from domain.errors import Refused
from web.files.checks import NOTICES
from web.files.checks.episodes import check_episode, unread_columns
from web.files.checks.rows import Circumstances
from web.files.limits import MOST_COLUMNS
from web.files.prepare import prepare
from web.files.reading import File, read, read_path
from web.files.schemas import MONTHLY, check_covered_by, parse_name, prepared_name
from web.files.sheets.rewritten import MANY_DAYS, exchange_sentence, form_sentence
from web.files.sheets.sheet import MOST_NAMED as ROWS_NAMED

from .files import COLUMNS, PLAIN, REVIEW, REVIEW_COLUMNS, csv_text, name, row, rows, write

CASES = Path(__file__).parents[2] / "cases"
NAME = name()
CLIENTS = ("C1", "C2", "C3")
GOOD = csv_text(rows(*CLIENTS))
HEADER, *LINES = GOOD.splitlines()
CAUSE = "this was saved by Excel"


def separated(separator: str) -> str:
    return GOOD.replace(",", separator)


def text(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def ending(lines: Iterable[str], with_: str) -> list[str]:
    return [line + with_ for line in lines]


def workbook() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return data.getvalue()


def archive() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        made.writestr(NAME, GOOD)
    return data.getvalue()


def file_of(data: str | bytes, file_name: str = NAME) -> File:
    return read(parse_name(file_name), data.encode() if isinstance(data, str) else data)


# what was done, the bytes, the code of the notice ("" for none), words of it, and each client's row in a spreadsheet
TAKEN = [
    ("nothing", GOOD, "", "", [2, 3, 4]),
    ("semicolons", separated(";"), "separator", "separated by semicolons", [2, 3, 4]),
    ("tabs", separated("\t"), "separator", "separated by tabs", [2, 3, 4]),
    ("upright bars", separated("|"), "separator", "upright bars (|)", [2, 3, 4]),
    ("a line that says commas", "sep=,\n" + GOOD, "separator", "The line that says so is left out", [2, 3, 4]),
    ("a line that says semicolons", "sep=;\r\n" + separated(";"), "separator", "semicolons", [2, 3, 4]),
    ("a line that says another sign", "SEP=^\n" + separated("^"), "separator", "signs '^'", [2, 3, 4]),
    ("a title", text("Treatment extract July 2017", "", GOOD), "title-line", "header is in row 3", [4, 5, 6]),
    ("a title with commas", text("Agency,H0001,,,", GOOD), "title-line", "header is in row 2", [3, 4, 5]),
    ("blank lines above", "\n,,,\n" + GOOD, "", "", [4, 5, 6]),
    ("a header twice", text(*GOOD.splitlines(), HEADER), "header-repeated", "row 5", [2, 3, 4]),
    (
        "two exports in one",
        text(HEADER, LINES[0], "\ufeff" + HEADER.lower(), *LINES[1:]),
        "header-repeated",
        "again in row 3.",
        [2, 4, 5],
    ),
    ("a comma at the end of rows", text(HEADER, *ending(LINES, ",")), "surplus-fields", "ends in 1 field", [2, 3, 4]),
    ("commas behind all", text(*ending(GOOD.splitlines(), ",,,")), "surplus-fields", "ends in 3 fields", [2, 3, 4]),
    ("commas at the end of the header", text(HEADER + ",,", *LINES), "surplus-fields", "ends in 2 fields", [2, 3, 4]),
    ("blank rows of commas", text(HEADER, LINES[0], ",,,,,", "," * 51, *LINES[1:]), "", "", [2, 5, 6]),
    ("agency in small letters", GOOD.replace("H0001", "h0001"), "", "", [2, 3, 4]),
]


@pytest.mark.parametrize(("data", "code", "words", "in_sheet"), [case[1:] for case in TAKEN], ids=[c[0] for c in TAKEN])
def test_taken_in_with_a_notice(data: str, code: str, words: str, in_sheet: list[int]) -> None:
    file = file_of(data)
    assert [(notice.row, notice.code) for notice in file.notices] == ([(0, code)] if code else [])
    assert all(words in notice.message for notice in file.notices)
    assert [episode.client_reference for episode in file.episodes] == list(CLIENTS)
    assert list(file.in_sheet) == in_sheet
    assert file.values(1) == dict.fromkeys(COLUMNS, "") | PLAIN
    assert not file.unread


def with_line(number: int, **said: str) -> str:
    """The good file with another line, its values without quotes."""
    values = dict.fromkeys(COLUMNS, "NA") | PLAIN | said
    lines = GOOD.splitlines()
    lines[number - 1] = ",".join(values.values())
    return text(*lines)


OF_CJIT = csv_text(rows(*CLIENTS), ["FINITIAL", "SINITIAL", "DOB", "SEX", "AGNCY", "CLIENT", "CJITREF", "CONTACT"])
REFUSED: list[tuple[str, str | bytes, str, str]] = [
    ("a workbook", workbook(), "excel-workbook", "is an Excel workbook"),
    ("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "excel-workbook", "of the older kind"),
    ("an archive", archive(), "not-text", "has to be unpacked first"),
    ("a PDF", b"%PDF-1.7\n", "not-text", "is a PDF document"),
    ("a web page", b"\n<html><table><tr><td>", "not-text", "is a web page"),
    ("UTF-16", GOOD.encode("utf-16"), "utf-16", "which Excel calls Unicode text"),
    ("UTF-16 without a mark", GOOD.encode("utf-16-le"), "utf-16", "which Excel calls Unicode text"),
    ("UTF-16, the other way round", GOOD.encode("utf-16-be"), "utf-16", "Export the file from the system as CSV"),
    ("a header below rows", text(*LINES, HEADER), "header-not-first", "the header is in row 4"),
    ("sorted, far below", text(*LINES * 9, HEADER), "header-not-first", "the header is in row 28"),
    (
        "another header below",
        text(*GOOD.splitlines(), *csv_text(rows("C4"), [*reversed(COLUMNS)]).splitlines()),
        "header-changes",
        "row 5 is another header",
    ),
    (
        "a wider header below",
        text(*GOOD.splitlines(), *csv_text(rows("C4"), [*COLUMNS, "MORE"]).splitlines()),
        "header-changes",
        "Row 5 has 54 fields",
    ),
    ("no header", text(*LINES), "column-missing", "name none of the needed columns"),
    ("each row one value", text(*(f'"{line}"' for line in GOOD.splitlines())), "column-missing", "is one quoted value"),
    ("semicolons, and a column missing", separated(";").replace("DRUG1;", "D;"), "column-missing", "lacks DRUG1."),
    ("reviews under this name", csv_text([REVIEW], REVIEW_COLUMNS), "column-missing", "-REVIEWS.csv"),
    ("CJIT by its columns", OF_CJIT, "other-data-set", "like CJIT"),
    (
        "a comma without quotes",
        with_line(3, DAT="EX, 01"),
        "field-count",
        "Row 3 has 54 fields and the header 53: the value of CLIENT or EPISODID or DAT",
    ),
    ("two commas", with_line(4, DAT="EX, 01, north"), "field-count", "Row 4 has 55 fields"),
    ("a row cut off", GOOD + "Q,Z\n", "field-count", "the file seems to be cut off there"),
    ("fields missing", text(HEADER, LINES[0][:-3], *LINES[1:]), "field-count", "fields are missing at its end"),
    ("a quote", text(HEADER, LINES[0], '"' + LINES[1], LINES[2]), "quote-never-closed", "opened in row 3"),
    *(
        (f"{column} by Excel", csv_text(rows("C1", "C2", **{column: "1.23E+11"})), "reference-rewritten", CAUSE)
        for column in ("EPISODID", "MODID", "TOPID")
    ),
    ("CLIENT by Excel", csv_text([row(), row(CLIENT="1E+11")]), "reference-rewritten", "CLIENT is written like"),
]


@pytest.mark.parametrize(("data", "code", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refused_with_the_cause(data: str | bytes, code: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        file_of(data)
    assert (refused.value.code, refused.value.file) == (code, NAME)
    assert words in refused.value.message


def test_a_footer_shorter_than_the_rows_is_one_of_them() -> None:
    file = file_of(text(*GOOD.splitlines(), "Total rows:,3", "(3 rows affected)"))
    assert len(file.rows) == 5
    assert (list(file.keyless), list(file.no_records)) == ([], [4, 5])
    assert {len(row) for row in file.rows} == {len(COLUMNS)}


def test_a_row_that_is_shifted_is_not_cut() -> None:
    """Its last field is empty, as in the rows with a comma at their end, and all of it stands one field too far."""
    shifted = text(HEADER, LINES[0], LINES[1].replace("EX01", "EX, 01"), LINES[2])
    with pytest.raises(Refused, match="Row 3 has 54 fields"):
        file_of(shifted)


def test_what_is_between_is_numbered_as_a_spreadsheet_does() -> None:
    file = file_of(text("July", *GOOD.splitlines()[:2], "", HEADER, *LINES[1:]))
    assert [notice.code for notice in file.notices] == ["title-line", "header-repeated"]
    assert list(file.in_sheet) == [3, 6, 7]


def test_many_headers_are_named_in_one_short_notice() -> None:
    (notice,) = file_of(text(HEADER, *[LINES[0], HEADER] * 300)).notices
    assert notice.message.count(",") == ROWS_NAMED - 1
    assert "and 280 more" in notice.message


# ---- names

NAMES = [
    "H0001-20170101-20170131-TREAT-IN-P.csv",
    "h0001-20170101-20170131-treat-in-p.CSV",
    "H0001-20170101-20170131-TREAT-IN-P (1).csv",
    "H0001-20170101-20170131-TREAT-IN-P(12).csv",
    r"C:\Users\ann\Downloads\h0001-20170101-20170131-TREAT-IN-P (2).Csv",
    "/home/ann/H0001-20170101-20170131-TREAT-IN-P.csv",
]


@pytest.mark.parametrize("written", NAMES)
def test_a_name_is_the_same_in_any_case_with_a_path_and_what_a_browser_adds(written: str) -> None:
    parsed = parse_name(written)
    assert parsed == parse_name(NAMES[0])
    assert (parsed.text, parsed.agency, parsed.schema) == (NAMES[0], "H0001", MONTHLY["P"])


def test_a_prepared_name_too() -> None:
    parsed = parse_name("h0001-20170101-20170131-treat-in-p.PREPARED (1).csv")
    assert parsed.schema.prepared
    assert parsed.text == prepared_name(parse_name(NAMES[0]))


NOT_NAMES = [
    ("file-name", "H0001.csv", "Expected AGENCY-YYYYMMDD-YYYYMMDD-TREAT-IN-X.csv"),
    ("file-name", "H0001-20170101-20170131-TREAT-IN-P - Copy.csv", "TREAT-IN-X.csv"),
    ("file-name", "H0001-20170101-20170131-TREAT-IN-ſ.csv", "TREAT-IN-X.csv"),
    ("file-name", "H0001-20170201-20170229-TREAT-IN-P.csv", "says 20170229 for a covered day, and there is no such"),
    ("file-name", "H0001-20170131-20170101-REVIEWS.csv", "end on 2017-01-01, before they begin on 2017-01-31"),
    ("other-data-set", "H0001-20170101-20170131-CJIT-IN-P.csv", "is a CJIT-IN file by its name"),
    ("other-data-set", "h0001-20170101-20170131-treat-out-p.csv", "is a TREAT-OUT file by its name"),
    ("excel-workbook", "H0001-20170101-20170131-TREAT-IN-P.xlsx", "is a spreadsheet by its name"),
    ("excel-workbook", "H0001-20170101-20170131-TREAT-IN-P (1).XLS", "is a spreadsheet by its name"),
    ("covered-days", "H0001-19891231-20170131-TREAT-IN-P.csv", "before 1990-01-01"),
    ("covered-days", "H0001-20070101-20170101-TREAT-IN-P.csv", "more than ten years"),
]


@pytest.mark.parametrize(("code", "written", "words"), NOT_NAMES)
def test_a_name_that_says_why_its_file_is_refused(code: str, written: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_name(written)
    assert refused.value.code == code
    assert words in refused.value.message


@pytest.mark.parametrize("written", ["H0001-20070101-20161231-TREAT-IN-P.csv", "H0001-19900101-19900131-REVIEWS.csv"])
def test_ten_years_and_the_first_day_of_1990_are_fine(written: str) -> None:
    assert parse_name(written)


def test_days_after_the_receipt_are_refused() -> None:
    last_day = date(2017, 1, 31)
    check_covered_by(parse_name(NAME), last_day)
    with pytest.raises(Refused, match="before they were over") as refused:
        check_covered_by(parse_name(NAME), date(2017, 1, 30))
    assert refused.value.code == "covered-days"


# ---- data-set letters


@pytest.mark.parametrize("letter", ["H", "J", "K", "L", "M", "N", "O", "P"])
def test_letters_whose_layout_is_known(letter: str) -> None:
    file = file_of(GOOD, name(kind=f"TREAT-IN-{letter}"))
    assert not file.notices
    assert file.unread == (("MODSET",) if letter == "H" else ())


@pytest.mark.parametrize("letter", ["I", "Q", "Z"])
def test_another_letter_is_read_by_its_columns(letter: str) -> None:
    file = file_of(GOOD, name(kind=f"TREAT-IN-{letter}"))
    assert [notice.code for notice in file.notices] == ["data-set-letter"]
    assert f"data set {letter} was not checked" in file.notices[0].message
    assert len(file.episodes) == len(CLIENTS)


def test_another_letter_without_needed_columns_is_refused() -> None:
    lacking = csv_text(rows("C1"), [column for column in COLUMNS if column not in {"DRUG1", "MODAL"}])
    with pytest.raises(Refused, match=r"lacks DRUG1, MODAL\. .*data set Q is not known here") as refused:
        file_of(lacking, name(kind="TREAT-IN-Q"))
    assert refused.value.code == "column-missing"


# ---- columns


def test_columns_that_are_not_read_are_one_notice() -> None:
    unread = file_of(csv_text(rows("C1"), [*COLUMNS, "POSTCODE", "ETHNIC"])).unread
    (notice,) = unread_columns(unread)
    assert (notice.row, notice.code) == (0, "column-unread")
    assert notice.message == "2 columns are not among those that we read, and left out: POSTCODE, ETHNIC."


def test_a_thousand_columns_give_one_bounded_notice() -> None:
    """More are no such file: see `test_limits`."""
    more = [f"X{number}" for number in range(MOST_COLUMNS - len(HEADER.split(",")))]
    file = file_of(text(",".join([HEADER, *more]), LINES[0] + "," * len(more)))
    (notice,) = unread_columns(file.unread)
    assert notice.message.startswith(f"{len(more)} columns are")
    assert len(notice.message) < 6_000
    with pytest.raises(Refused, match="lacks FINITIAL, "):
        file_of(text(",".join(["DOB", "CLIENT", "AGNCY", "TRIAGED", *more])))


def test_a_value_too_many_among_many_columns_is_found_in_one_pass() -> None:
    more = [f"X{number}" for number in range(900)]
    wide = text(",".join([HEADER, *more]), with_line(2).splitlines()[1].replace("F,H", "F,,H") + "," * len(more))
    with pytest.raises(Refused, match="the value of DOB or SEX or AGNCY probably holds one of the commas"):
        file_of(wide)


# ---- days

FORMS = [
    ("01-Feb-16", "DD-Mon-YY", True),
    ("1-Feb-2016", "DD-Mon-YYYY", True),
    ("1-Feb", "DD-Mon", True),
    ("01 February 2016", "DD Mon YYYY", True),
    ("Feb-16", "Mon-YY", True),
    ("01/02/16", "DD/MM/YY", True),
    ("42401", "a serial number of five digits", True),
    ("42401.5", "a serial number of five digits", True),
    ("########", "its column was too narrow", True),
    ("2016/02/01", "YYYY/MM/DD", False),
    ("01.02.2016", "DD.MM.YYYY", False),
    ("20160201", "YYYYMMDD", False),
    ("2016-02-01 00:00:00", "a day with a time", False),
    ("01/02/2016 12:00 AM", "a day with a time", False),
]


@pytest.mark.parametrize(("written", "form", "by_spreadsheet"), FORMS)
def test_the_form_of_a_day_is_named_and_who_wrote_it(written: str, form: str, by_spreadsheet: bool) -> None:
    sentence = form_sentence("DOB", written)
    assert sentence
    assert form in sentence
    assert written not in sentence or written == "########"
    assert (CAUSE in sentence) == by_spreadsheet


@pytest.mark.parametrize("written", ["soon", "12", "0", "1,5"])
def test_what_is_like_no_day_has_no_form(written: str) -> None:
    assert form_sentence("REFLD", written) is None


@pytest.mark.parametrize(
    ("written", "exchanged"),
    [("02/14/2016", True), ("2/14/2016", True), ("2016-14-02", True), ("31/02/2016", False), ("14/14/2016", False)],
)
def test_a_month_beyond_the_12th_is_named_as_an_exchanged_day(written: str, exchanged: bool) -> None:
    sentence = exchange_sentence("DOB", written)
    assert (sentence is not None) == exchanged
    assert not sentence or ("MM/DD/YYYY" in sentence and written not in sentence)


def days(last: int, number: int) -> list[dict[str, str]]:
    """Rows of clients with so many different days, none beyond the `last` of a month."""
    return [
        row(CLIENT=f"C{n}", DOB=f"{n % last + 1:02d}/{n // last % 12 + 1:02d}/{1970 + n // (12 * last)}")
        | {"REFLD": "02/01/2017", "TRIAGED": "02/01/2017", "MODST": "02/01/2017"}
        for n in range(number - 1)
    ]


@pytest.mark.parametrize(
    ("last", "number", "noticed"), [(12, MANY_DAYS, True), (12, MANY_DAYS - 1, False), (13, MANY_DAYS, False)]
)
def test_many_days_on_or_before_the_12th(last: int, number: int, noticed: bool) -> None:
    assert [n.code for n in file_of(csv_text(days(last, number))).notices] == ["days-exchanged"] * noticed


def test_excel_dates_name_the_form_and_the_spreadsheet() -> None:
    (path,) = (CASES / "d1_excel_dates").iterdir()
    file = read_path(path)
    key = ClientKey(b"a client key for tests")
    circumstances = Circumstances(file.name.schema, "N0852", file.name.last_day, date(2016, 8, 12), key)
    for episode in file.episodes:
        stream = key.episode("N0852", episode.client_reference, episode.episode_reference)
        checked = check_episode(stream, [(n, file.values(n)) for n in episode.numbers], circumstances)
        assert checked.reported is None
        born = file.values(episode.numbers[0])["DOB"]
        assert all("DD-Mon-YY" in r.message and CAUSE in r.message for r in checked.rejections)
        assert not any(born in rejection.message for rejection in checked.rejections)


# ---- preparing


def test_what_is_prepared_is_read_by_the_same_rules(tmp_path: Path) -> None:
    path = write(tmp_path, rows(*CLIENTS))
    path.write_text("sep=;\n" + separated(";"))
    sent = prepare(path, ClientKey(b"a client key for tests"), date(2017, 2, 10))
    assert [notice.code for notice in sent.notices] == ["separator"]
    assert not read(parse_name(sent.sent_as), sent.data).notices
    path.write_bytes(workbook())
    with pytest.raises(Refused, match="is an Excel workbook"):
        prepare(path, ClientKey(b"a client key for tests"), date(2017, 2, 10))


def test_every_notice_of_a_file_is_reached_here() -> None:
    reached = {case[2] for case in TAKEN} - {""} | {"column-unread", "data-set-letter", "days-exchanged"}
    assert reached <= set(NOTICES)
