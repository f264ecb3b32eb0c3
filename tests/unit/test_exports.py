"""Files of tables: what a cell becomes, what a page says read back, and the same bytes each time."""

import io
import time
import zipfile
from datetime import date

import openpyxl
import pytest

from web.exports import csv
from web.exports.bundle import bundle, bundled_again
from web.exports.read_back import tables_of
from web.exports.tables import About, Month, Share, Table, value_of
from web.exports.xlsx import workbook

ABOUT = About(
    "Scorecard",
    "Those who may see all figures.",
    [("Asked by", "a commissioner")],
    [("Seen from", "As of 31 July 2017.")],
    "Invented.",
)
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("x")', "https://example.org", "\t=1"]


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234", 1234),
        ("0", 0),
        ("-12", -12),
        ("007", "007"),
        ("1,23", "1,23"),
        ("5.5%", Share(5.5)),
        ("100%", Share(100.0)),
        ("2.66", 2.66),
        ("24 of 438", "24 of 438"),
        ("2017-07-31", "2017-07-31"),
        ("", None),
        ("٣", "٣"),
        ("12345678901234567", "12345678901234567"),
        ("+1", 1),
        ("−2", -2),
        ("−1,234", -1234),
        ("+0.5", 0.5),
        ("−", "−"),
        ("31 Jul 2017", date(2017, 7, 31)),
        ("1 September 2017", date(2017, 9, 1)),
        ("5 May 2017", date(2017, 5, 5)),
        ("31 Feb 2017", "31 Feb 2017"),
        ("31 Jul 2017, known on 15 Aug 2017", "31 Jul 2017, known on 15 Aug 2017"),
        ("August 2015", Month(date(2015, 8, 1))),
        ("Aug 2015", Month(date(2015, 8, 1))),
        ("Area 2015", "Area 2015"),
    ],
)
def test_what_a_cell_says_as_what_it_is(text: str, value: object) -> None:
    assert value_of(text) == value


def test_a_workbook_says_what_it_is_first() -> None:
    book = opened(workbook(ABOUT, [Table("Lines", ["Measure"], [["4.0"]])]))
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
    sheet = opened(workbook(ABOUT, [Table("R & D", [*"abcdefgh"], [[*"abcdefgh"]])]))["R & D"]
    assert sheet.oddHeader.left.text == "Scorecard: R && D\nAs of 31 July 2017."
    assert sheet.oddFooter.left.text == "For whom: Those who may see all figures.\nInvented."
    assert sheet.oddFooter.right.text == "Page &P of &N"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.freeze_panes == "B2"


def test_a_month_is_a_day_that_looks_like_a_month() -> None:
    sheet = opened(workbook(ABOUT, [Table("t", ["Month"], [[Month(date(2015, 8, 1))]])]))["t"]
    assert str(sheet["A2"].value) == "2015-08-01 00:00:00"
    assert sheet["A2"].number_format == "mmm yyyy"
    assert csv.table(["Month"], [[Month(date(2015, 8, 1))]]) == "Month\r\n2015-08\r\n"


def test_numbers_stay_numbers() -> None:
    cells = [438, Share(5.479), date(2017, 7, 31), 2.5, None, True, "007"]
    (_, row) = opened(workbook(ABOUT, [Table("t", [*"abcdefg"], [cells])]))["t"].iter_rows(values_only=True)
    assert row[0] == 438
    assert row[1] == pytest.approx(0.05479)
    assert str(row[2]) == "2017-07-31 00:00:00"
    assert row[3:] == (2.5, None, True, "007")


@pytest.mark.parametrize("evil", FORMULAS)
def test_no_cell_becomes_a_formula_or_a_link(evil: str) -> None:
    book = opened(workbook(About(evil, evil, [(evil, evil)]), [Table(evil, [evil], [[evil]])]))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n"}
                assert cell.hyperlink is None
    text = csv.table([csv.cell(evil)], [[evil]])
    assert not [line for line in text.splitlines() if line.strip('" ')[:1] in set("=+-@\t")]


def test_the_names_of_sheets_are_what_a_workbook_takes() -> None:
    titles = ["a/b:c", "A B C", "x" * 40, "x" * 40, "", "About", "History"]
    book = opened(workbook(ABOUT, [Table(title, ["h"], []) for title in titles]))
    assert len({name.casefold() for name in book.sheetnames}) == 8
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_the_name_of_a_sheet_ends_with_a_word() -> None:
    title = "The figure at the end of each period"
    assert opened(workbook(ABOUT, [Table(title, ["h"], [])])).sheetnames[1] == "The figure at the end of each"


def test_the_same_tables_make_the_same_bytes() -> None:
    tables = [Table("t", ["a"], [[1], ["x"]])]
    first, archive = workbook(ABOUT, tables), bundle([("a.csv", b"a")])
    time.sleep(2.1)  # the hour in an archive goes by two seconds
    assert workbook(ABOUT, tables) == first
    assert bundle([("a.csv", b"a")]) == archive


def test_an_archive_loses_its_hour_and_nothing_else() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", b"1")
        archive.writestr("b/c", b"2")
    with zipfile.ZipFile(io.BytesIO(bundled_again(out.getvalue()))) as found:
        assert {name: found.read(name) for name in found.namelist()} == {"a": b"1", "b/c": b"2"}


PAGE = """<h1>Scorecard &amp; more</h1><svg><title>42</title></svg><h2 id="g">Waiting</h2>
<table aria-labelledby="g"><thead><tr><th>Measure</th><th>Number</th></tr></thead>
<tbody><tr><th><a href="/x">W.waiting</a></th><td><strong>5.5%</strong><svg><text>9</text></svg></td></tr>
<tr><td colspan="2">another agency’s</td></tr></tbody></table>
<h2>Months</h2><table><caption>By month</caption><tr><th>Month</th></tr><tr><td>1,234</td></tr></table>
<table></table><table><tr><th>Only a head</th></tr></table>
<table><caption>People</caption><tr><th>Person</th><th>On</th><th>With</th><th>End it</th></tr>
<tr><th><a href="/1">1<span class="govuk-visually-hidden">: their <b>records</b></span></a></th><td>31 Jul 2017</td>
<td><span class="app-table__missing">none</span></td><td><form><button>End<span> it</span></button></form></td></tr>
<tr><th><a href="/2">2</a></th><td>none</td><td><span class="govuk-visually-hidden">so</span></td><td>done</td></tr>
</table>"""


def test_the_tables_of_a_page_are_read_back() -> None:
    title, tables = tables_of(PAGE)
    assert title == "Scorecard & more"
    assert tables == [
        Table("Waiting", ["Measure", "Number"], [["W.waiting", Share(5.5)], ["another agency’s", None]]),
        Table("By month", ["Month"], [[1234]]),
        Table("Months", ["Only a head"], []),
        Table(
            "People",
            ["Person", "On", "With", "End it"],
            [[1, date(2017, 7, 31), None, None], [2, "none", "so", "done"]],
        ),
    ]
