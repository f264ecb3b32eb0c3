"""Tables as a workbook. Its first sheet says what it is, for whom, and from which standpoint.

A cell is written as what it is and never as a formula or a link, whatever its words begin with; words that would be one
if somebody typed them are marked as text, so that they stay words when the cell is edited. The same tables make the
same bytes.
"""

import io
import re
import textwrap
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from web.presenters.tables import Month, Percentage, Table, value, values

from .files import About
from .formulas import guarded

MEDIA: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CREATED: Final = datetime(2000, 1, 1)
"""What the file says of when it was made: always the same, so that its bytes are."""
LONGEST_NAME: Final = 31
"""Letters in the name of a sheet."""
LONGEST_CELL: Final = 32_767
"""Letters in a cell."""
NARROWEST, WIDEST = 9, 60
"""Letters' width of a column."""
LONGEST_MARGIN: Final = 115
"""Letters of each of two lines in the margin of a printed sheet; the format takes 255, its own signs among them."""
WIDE: Final = 8
"""Columns from which on the first stays in sight."""
A4: Final = 9
HEIGHT: Final = 15
"""Of a line, in points."""
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\']")
_OPTIONS: Final = {
    "in_memory": True,
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(about: About, tables: Sequence[Table]) -> bytes:
    """The workbook: what it is, then a sheet for each table."""
    out = io.BytesIO()
    book = Workbook(out, _OPTIONS)
    book.set_properties({"title": about.title, "comments": about.audience, "created": CREATED})
    formats = _Formats(book)
    names = _names([table.title for table in tables])
    first = book.add_worksheet("About")
    _write_about(first, about, list(zip(names, tables, strict=True)), formats)
    _prepare_for_print(first, about, "")
    for name, table in zip(names, tables, strict=True):
        sheet = book.add_worksheet(name)
        _write_table(sheet, table, formats)
        _prepare_for_print(sheet, about, table.title)
    book.close()
    return out.getvalue()


class _Formats:
    """The formats of a workbook's cells."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        # Words stand a little off the number to their left.
        aside = {"valign": "top", "align": "left", "indent": 1}
        self.heading: Format = book.add_format({"bold": True, "text_wrap": True, **aside})
        self.words: Format = book.add_format({"text_wrap": True, **aside})
        self.heading_as_text: Format = book.add_format({"bold": True, "text_wrap": True, "quote_prefix": True, **aside})
        self.words_as_text: Format = book.add_format({"text_wrap": True, "quote_prefix": True, **aside})
        self.count: Format = book.add_format({"num_format": "#,##0", "valign": "top"})
        self.decimal: Format = book.add_format({"num_format": "0.0##", "valign": "top"})
        self.percentage: Format = book.add_format({"num_format": "0.0%", "valign": "top"})
        self.month: Format = book.add_format({"num_format": "mmm yyyy", **aside})
        self.day: Format = book.add_format({"num_format": "d mmm yyyy", **aside})

    def of_words(self, words: str, *, is_heading: bool) -> Format:
        """How words are written; what would be a formula if somebody typed it, as text."""
        as_text = guarded(words) != words
        if is_heading:
            return self.heading_as_text if as_text else self.heading
        return self.words_as_text if as_text else self.words


def _write_about(sheet: Worksheet, about: About, tables: Sequence[tuple[str, Table]], formats: _Formats) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 90)
    lines = [("What it is", about.title), ("For whom", about.audience), *about.terms, *about.said]
    lines += [(f"Sheet {name}", f"{table.title} ({_rows(len(table.rows))})") for name, table in tables]
    for row, (term, words) in enumerate(lines):
        _write(sheet, row, 0, term, formats, is_heading=True)
        _write(sheet, row, 1, words, formats)


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _prepare_for_print(sheet: Worksheet, about: About, title: str) -> None:
    """A sheet on paper, or alone, says what it is, for whom and from where, and is no wider than its paper."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    seen = " ".join(words for _, words in about.where)
    sheet.set_header(f"&L{_margin(': '.join(filter(None, [about.title, title])))}\n{_margin(seen)}")
    sheet.set_footer(f"&L{_margin(f'For whom: {about.audience}')}\n{_margin(about.notice)}&RPage &P of &N")


def _margin(text: str) -> str:
    return text[:LONGEST_MARGIN].replace("&", "&&")


def _write_table(sheet: Worksheet, table: Table, formats: _Formats) -> None:
    headings, rows = list(map(value, table.headings)), values(table)
    widths = _widths(headings, rows)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    lines = [_lines(heading, width) for heading, width in zip(headings, widths, strict=True)]
    sheet.set_row(0, HEIGHT * max(lines, default=1))
    sheet.freeze_panes(1, 1 if len(table.columns) >= WIDE else 0)
    sheet.repeat_rows(0)
    for column, heading in enumerate(headings):
        _write(sheet, 0, column, heading, formats, is_heading=True)
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            _write(sheet, number, column, cell, formats)
    if table.columns and table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)


def _write(sheet: Worksheet, row: int, column: int, cell: Any, formats: _Formats, *, is_heading: bool = False) -> None:
    if cell is None:
        return
    if isinstance(cell, Percentage):
        sheet.write_number(row, column, cell.percent / 100, formats.percentage)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell, formats.count if isinstance(cell, int) else formats.decimal)
    elif isinstance(cell, Month):
        _write_day(sheet, row, column, cell.first_day, formats.month)
    elif isinstance(cell, date):
        _write_day(sheet, row, column, cell, formats.day)
    else:
        words = str(cell)[:LONGEST_CELL]
        sheet.write_string(row, column, words, formats.of_words(words, is_heading=is_heading))


def _write_day(sheet: Worksheet, row: int, column: int, day: date, format_: Format) -> None:
    sheet.write_datetime(row, column, datetime(day.year, day.month, day.day), format_)


def _widths(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[int]:
    # A heading may stand in several lines; its words stay whole.
    longest = [max(map(len, heading.split()), default=0) for heading in headings]
    for row in rows:
        longest = [max(width, len(str(cell or ""))) for width, cell in zip(longest, row, strict=True)]
    return [min(max(width + 3, NARROWEST), WIDEST) for width in longest]


def _lines(heading: str, width: int) -> int:
    """How many lines a heading takes; the sign of the filter takes some of each."""
    return len(textwrap.wrap(heading, width - 2)) or 1


def _names(titles: Sequence[str]) -> list[str]:
    """The sheets' names: a workbook takes no two of one name, few signs, and 31 letters."""
    names: list[str] = []
    for title in titles:
        plain = _cut(" ".join(_NOT_IN_NAMES.sub(" ", title).split())) or "Table"
        name, count = plain, 1
        while name.casefold() in {"about", "history", *(taken.casefold() for taken in names)}:
            count += 1
            name = f"{plain[: LONGEST_NAME - 1 - len(str(count))]} {count}"
        names.append(name)
    return names


def _cut(name: str) -> str:
    """A name of 31 letters, not in the middle of a word where that can be helped."""
    if len(name) <= LONGEST_NAME:
        return name
    whole = name[: LONGEST_NAME + 1].rpartition(" ")[0]
    return whole or name[:LONGEST_NAME]
