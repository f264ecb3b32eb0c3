"""The sheet in a file's text: what separates its values, where its header is, and the rows below it.

What people, systems and spreadsheets put around the rows is left out with a notice where it is certain what it is, and
else the file is refused with the reason. Rows are named by the number that a spreadsheet has for them.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from domain.errors import Refused
from domain.submission import Notice
from web.files.schemas import STANDS_IN, FileName

from .decoding import FileText
from .plain import plain_rows
from .rows import Rows, RowsWriter, rows_of

COMMA: Final = ","
SEPARATORS: Final = {COMMA: "commas", ";": "semicolons", "\t": "tabs", "|": "upright bars (|)"}
"""What may separate the values of a file, in the order in which it is looked for."""
_SEPARATOR_LINE: Final = re.compile(r'"?sep=([^"\s\w]|\t)"?[ ,;\t|]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
HEADER_WITHIN: Final = 20
"""A header with lines above it is looked for in so many rows, before all are searched."""
TITLE_VALUES: Final = 4
"""A row above the header with at most so many values is a title; any row of a client has more that it must have."""
MOST_NAMED: Final = 20
"""So many rows or columns a notice names; the rest it counts."""


@dataclass(frozen=True)
class Sheet:
    """A header and the rows below it, with the number that a spreadsheet has for each, and what was noticed.

    `separators` says in words what separates the values.
    """

    header: Sequence[str]
    rows: Rows
    in_sheet: Sequence[int]
    notices: tuple[Notice, ...] = ()
    separators: str = "commas"


def names_in(record: Iterable[str]) -> list[str]:
    """The columns that a header names, as the schemas write them."""
    return [value.strip('\ufeff" \t').upper() for value in record]


def read_sheet(name: FileName, text: FileText) -> Sheet:
    """The sheet of a file; raises Refused where it has none, or it is not certain which.

    Of a prepared file, which nobody but `recount prepare` writes, nothing is left out but blank rows, and its first row
    is the header here.
    """
    if name.schema.prepared:
        return _below(_records(name, text, COMMA), 0)
    notices: list[Notice] = []
    separator_line = _SEPARATOR_LINE.match(text.beginning())
    if separator_line:
        text = replace(text, above=separator_line.end())
    separator, place = _header_place(name, text, separator_line[1] if separator_line else "")
    if separator != COMMA or separator_line:
        notices.append(_separator_notice(separator))
    records = _records(name, text, separator)
    if place is None:
        place = _place_anywhere(name, records)
    notices += _check_above(name, records[:place])
    sheet = _without_repeated_headers(_below(records, place))
    return replace(sheet, notices=(*notices, *sheet.notices), separators=_separator_words(separator))


def _records(name: FileName, text: FileText, separator: str) -> Rows:
    """All rows of a file's text, blank ones too."""
    if (plain := plain_rows(text.open(), separator)) is not None:
        return plain
    reader = csv.reader(text.open(), delimiter=separator, strict=True)
    records = RowsWriter()
    try:
        # One by one, so that it is known after a failure how far it came.
        for record in reader:
            records.add(record)
    except csv.Error as error:
        reason, row = str(error), len(records) + 1
        # A value beyond the reader's limit (131,072 characters) is the rest of the file behind such a quote.
        if "unexpected end" in reason or "field limit" in reason:
            raise Refused(
                "quote-never-closed",
                f"{name.text}: a quoted value is opened in row {row} and never closed. Close it, or export the file "
                "again.",
                name.text,
            ) from error
        raise Refused(
            "not-csv",
            f"{name.text} cannot be read at line {reader.line_num} (row {row}): {reason}. Export it again as CSV.",
            name.text,
        ) from error
    return records.rows()


def _below(records: Rows, place: int) -> Sheet:
    """The header at a place, and the rows below it that are not blank."""
    if place >= len(records):
        return Sheet((), rows_of(()), ())
    rows, in_sheet = records[place + 1 :], range(place + 2, len(records) + 1)
    filled = rows.filled()
    if len(filled) == len(rows):
        return Sheet(records[place], rows, in_sheet)
    return Sheet(records[place], rows.at(filled), [in_sheet[place] for place in filled])


# ---- what separates the values, and where the header is


def _header_place(name: FileName, text: FileText, stated: str) -> tuple[str, int | None]:
    """What separates the values, and the place of the header among the first rows; None if it is not there.

    `stated` is the separator that a line above names. Where no header has all needed columns, it is the row that has
    the most of them, so that what is missing can be named; a row without any is no header.
    """
    best = (0, stated or COMMA, 0)
    for separator in [stated] if stated else SEPARATORS:
        for place, record in enumerate(_first_records(text, separator)):
            columns = _needed_in(name, record)
            if columns == len(name.schema.needed):
                return separator, place
            if columns > best[0]:
                best = (columns, separator, place)
    columns, separator, place = best
    return separator, place if columns * 2 > len(name.schema.needed) else None


def _needed_in(name: FileName, record: Sequence[str]) -> int:
    """How many of the needed columns a row names."""
    names = set(names_in(record))
    names |= {column for stand_in, column in STANDS_IN.items() if stand_in in names}
    return len(names.intersection(name.schema.needed))


def _first_records(text: FileText, separator: str) -> list[list[str]]:
    """The first rows, as far as they can be read."""
    records: list[list[str]] = []
    with suppress(csv.Error):
        records.extend(islice(csv.reader(text.open(), delimiter=separator, strict=True), HEADER_WITHIN))
    return records


def _place_anywhere(name: FileName, records: Rows) -> int:
    """The place of the first row that is a header, wherever it is; else of the first row that is not blank."""
    needed = len(name.schema.needed)
    filled = records.filled()
    headers = (p for p in filled if len(records[p]) >= needed and _needed_in(name, records[p]) == needed)
    return next(headers, next(iter(filled), 0))


def _separator_words(separator: str) -> str:
    return SEPARATORS.get(separator, f"signs '{separator}'")


def _separator_notice(separator: str) -> Notice:
    message = f"The values are separated by {_separator_words(separator)}, and were read like that. "
    advice = "The line that says so is left out." if separator == COMMA else "A file of values with commas is expected."
    return Notice(0, "", "separator", message + advice)


def _check_above(name: FileName, above: Sequence[Sequence[str]]) -> list[Notice]:
    """The notice of titles above the header; raises Refused where it is not only titles that are above it."""
    filled = [record for record in above if any(record)]
    if not filled:
        return []
    header_row = len(above) + 1
    if any(sum(map(bool, record)) > TITLE_VALUES for record in filled):
        raise Refused(
            "header-not-first",
            f"{name.text}: the header is in row {header_row}, and rows with values are above it, as after sorting in a "
            "spreadsheet. Make the header the first row, or export the file again.",
            name.text,
        )
    message = f"The header is in row {header_row}. What is above it was taken for a title, and left out."
    return [Notice(0, "", "title-line", message)]


def _without_repeated_headers(sheet: Sheet) -> Sheet:
    """The sheet without rows that are its header once more, which a notice names."""
    header = _columns_of(sheet.header)
    if not header:
        return sheet
    # Only of rows that begin like the header all values are looked at.
    alike = {value for value in sheet.rows.distinct(0) if names_in([value]) == header[:1]}
    if not alike:
        return sheet
    first = sheet.rows.column(0)
    begins_alike = [place for place, value in enumerate(first) if value in alike]
    again = {place for place in begins_alike if _columns_of(sheet.rows[place]) == header}
    if not again:
        return sheet
    left = [place for place in range(len(sheet.rows)) if place not in again]
    numbers = [sheet.in_sheet[place] for place in sorted(again)]
    message = f"The header is there again in {words_of_rows(numbers)}. It was left out there."
    notice = Notice(0, "", "header-repeated", message)
    return Sheet(sheet.header, sheet.rows.at(left), [sheet.in_sheet[place] for place in left], (notice,))


def _columns_of(record: Sequence[str]) -> list[str]:
    """What a row would be as a header, without the empty names at its end."""
    names = names_in(record)
    while names and not names[-1]:
        names.pop()
    return names


def words_of_rows(numbers: Sequence[int]) -> str:
    """`row 7`, or `rows 7, 9 and 1,204 more`."""
    listed, more = numbers[:MOST_NAMED], len(numbers) - MOST_NAMED
    words = ", ".join(map(str, listed))
    return f"row{'s' if len(numbers) > 1 else ''} {words}{f' and {more:,} more' if more > 0 else ''}"
