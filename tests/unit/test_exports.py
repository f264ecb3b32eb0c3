"""Tables and files of them: what a cell becomes, and the same bytes each time."""

import io
import time
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import openpyxl
import pytest

from web.exports import csv
from web.exports.files import About, bundle, without_dates
from web.exports.xlsx import workbook
from web.presenters.tables import (
    Code,
    Column,
    Lines,
    Link,
    Month,
    Percentage,
    Table,
    Worded,
    lines,
    month,
    numbered,
    text,
    value,
    values,
)

ABOUT = About(
    "Scorecard",
    "Those who may see all figures.",
    [("Asked by", "a commissioner")],
    [("Seen from", "As of 31 July 2017.")],
    "Invented.",
)
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("x")', "https://example.org", "\t=1"]
SIGNS = "=+-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}\
\N{SMALL EQUALS SIGN}\N{SMALL PLUS SIGN}\N{SMALL HYPHEN-MINUS}\N{SMALL COMMERCIAL AT}\N{SUPERSCRIPT PLUS SIGN}\
\N{MINUS SIGN}\N{HEAVY PLUS SIGN}"
UNSEEN = (
    *("", " ", "\t", "\r", "\n", "\v", "\0", "\N{NO-BREAK SPACE}", "\N{IDEOGRAPHIC SPACE}", "\N{LINE SEPARATOR}"),
    *("\N{ZERO WIDTH SPACE}", "\N{ZERO WIDTH JOINER}", "\N{WORD JOINER}", "\N{ZERO WIDTH NO-BREAK SPACE}"),
    *("\N{SOFT HYPHEN}", "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{VARIATION SELECTOR-16}", "\N{HANGUL FILLER}", "\ue000"),
    *("\N{COMBINING GRAPHEME JOINER}", "\N{BRAILLE PATTERN BLANK}", "\N{TAG SPACE}", " \N{ZERO WIDTH SPACE}\r\n\t"),
)
"""What a spreadsheet, or the one who reads it, may pass over before a sign."""
PLAIN = ["-12", "+1.5", "007", "24 of 438", "a=b", "5 - 4", "", "'=1", "O\N{RIGHT SINGLE QUOTATION MARK}Hara", "x; y"]


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def table(title: str, headings: Iterable[str], rows: Sequence[Sequence[Any]]) -> Table:
    return Table([Column(heading) for heading in headings], rows, title)


JULY = date(2017, 7, 31)


@pytest.mark.parametrize(
    ("cell", "words", "in_a_file"),
    [
        (1234, "1,234", 1234),
        (0, "0", 0),
        (-12, "-12", -12),
        ("007", "007", "007"),
        ("1,234", "1,234", "1,234"),
        (Percentage(5.479), "5.5%", Percentage(5.479)),
        (2.66, "2.66", 2.66),
        ("24 of 438", "24 of 438", "24 of 438"),
        ("two\n lines\N{NO-BREAK SPACE}here", "two\n lines\N{NO-BREAK SPACE}here", "two lines here"),
        ("", "", None),
        (None, "", None),
        (Code("ab12"), "ab12", "ab12"),
        (Worded("+1", 1), "+1", 1),
        (numbered(1234), "1234", 1234),
        (JULY, "31 Jul 2017", JULY),
        (Month(date(2015, 8, 1)), "Aug 2015", Month(date(2015, 8, 1))),
        (month(date(2015, 8, 31)), "August 2015", Month(date(2015, 8, 1))),
        (Link("Why", "/why"), "Why", "Why"),
        (Link(numbered(7), "/7", more=": its records"), "7", 7),
        (lines(JULY, ""), "31 Jul 2017", JULY),
        (lines(JULY, "10:15"), "31 Jul 2017 10:15", "31 Jul 2017 10:15"),
        (Lines(()), "", None),
    ],
)
def test_what_a_cell_says_and_what_a_file_holds(cell: object, words: str, in_a_file: object) -> None:
    assert text(cell) == words
    assert value(cell) == in_a_file


def test_a_row_that_ends_early_is_as_wide_as_its_table() -> None:
    rows = [["a", 1, "c"], ["another agency’s"]]
    assert values(table("People", "xyz", rows)) == [["a", 1, "c"], ["another agency’s", None, None]]


def test_a_workbook_says_what_it_is_first() -> None:
    book = opened(workbook(ABOUT, [table("Lines", ["Measure"], [["4.0"]])]))
    assert book.sheetnames == ["About", "Lines"]
    assert [[cell.value for cell in row] for row in book["About"]] == [
        ["What it is", "Scorecard"],
        ["For whom", "Those who may see all figures."],
        ["Seen from", "As of 31 July 2017."],
        ["Invented", "Invented."],
        ["Asked by", "a commissioner"],
        ["Sheet Lines", "Lines (1 row)"],
    ]


def test_a_sheet_on_paper_says_for_whom_and_from_where_and_fits() -> None:
    sheet = opened(workbook(ABOUT, [table("R & D", [*"abcdefgh"], [[*"abcdefgh"]])]))["R & D"]
    assert sheet.oddHeader.left.text == "Scorecard: R && D\nAs of 31 July 2017."
    assert sheet.oddFooter.left.text == "For whom: Those who may see all figures.\nInvented."
    assert sheet.oddFooter.right.text == "Page &P of &N"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.freeze_panes == "B2"


def test_a_month_is_a_day_that_looks_like_a_month() -> None:
    sheet = opened(workbook(ABOUT, [table("t", ["Month"], [[Month(date(2015, 8, 1))]])]))["t"]
    assert str(sheet["A2"].value) == "2015-08-01 00:00:00"
    assert sheet["A2"].number_format == "mmm yyyy"
    assert csv.table(["Month"], [[Month(date(2015, 8, 1))]]) == "Month\r\n2015-08\r\n"


def test_numbers_stay_numbers() -> None:
    cells = [438, Percentage(5.479), date(2017, 7, 31), 2.5, None, True, "007"]
    (_, row) = opened(workbook(ABOUT, [table("t", [*"abcdefg"], [cells])]))["t"].iter_rows(values_only=True)
    assert row[0] == 438
    assert row[1] == pytest.approx(0.05479)
    assert str(row[2]) == "2017-07-31 00:00:00"
    assert row[3:] == (2.5, None, True, "007")


@pytest.mark.parametrize("evil", FORMULAS)
def test_no_cell_becomes_a_formula_or_a_link(evil: str) -> None:
    book = opened(workbook(About(evil, evil, [(evil, evil)]), [table(evil, [evil], [[evil]])]))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n"}
                assert cell.hyperlink is None
    text = csv.table([csv.cell(evil)], [[evil]])
    assert not [line for line in text.splitlines() if line.strip('" ')[:1] in set("=+-@\t")]


@pytest.mark.parametrize("unseen", UNSEEN)
def test_no_sign_hides_behind_another_form_or_behind_nothing(unseen: str) -> None:
    for evil in (f"{unseen}{sign}1+1" for sign in SIGNS):
        assert csv.cell(evil).startswith("'")
        assert csv.cell([evil, "x"]).startswith("'")
        assert csv.table([evil], []).strip('"').startswith("'")
        # A spreadsheet that expects semicolons begins a cell within ours.
        assert "'" in csv.cell(f"x;{evil}")


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert csv.cell(text) == text


@pytest.mark.parametrize("evil", ["=1+1", "\N{ZERO WIDTH SPACE}=1+1", "\N{FULLWIDTH EQUALS SIGN}1+1", "x;=1+1"])
def test_a_workbook_marks_as_text_what_would_be_a_formula_once_edited(evil: str) -> None:
    book = opened(workbook(About(evil, "all"), [table("t", [evil, "plain"], [[evil, "plain"]])]))
    cells = {cell.value: cell.quotePrefix for sheet in book for row in sheet.iter_rows() for cell in row}
    assert cells[evil] is True
    assert not cells["plain"]


def test_the_names_of_sheets_are_what_a_workbook_takes() -> None:
    titles = ["a/b:c", "A B C", "x" * 40, "x" * 40, "", "About", "History"]
    book = opened(workbook(ABOUT, [table(title, ["h"], []) for title in titles]))
    assert len({name.casefold() for name in book.sheetnames}) == 8
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_the_name_of_a_sheet_ends_with_a_word() -> None:
    title = "The figure at the end of each period"
    assert opened(workbook(ABOUT, [table(title, ["h"], [])])).sheetnames[1] == "The figure at the end of each"


def test_the_same_tables_make_the_same_bytes() -> None:
    tables = [table("t", ["a"], [[1], ["x"]])]
    first, archive = workbook(ABOUT, tables), bundle([("a.csv", b"a")])
    time.sleep(2.1)  # the hour in an archive goes by two seconds
    assert workbook(ABOUT, tables) == first
    assert bundle([("a.csv", b"a")]) == archive


def test_an_archive_loses_its_hour_and_nothing_else() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", b"1")
        archive.writestr("b/c", b"2")
    with zipfile.ZipFile(io.BytesIO(without_dates(out.getvalue()))) as found:
        assert {name: found.read(name) for name in found.namelist()} == {"a": b"1", "b/c": b"2"}
