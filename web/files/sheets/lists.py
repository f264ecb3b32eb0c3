"""Small lists as people, systems and spreadsheets write them: what separates the cells, where the header is, which rows
say anything.

A list is CSV text in UTF-8 (with a mark or without) or Windows-1252; commas, semicolons, tabs or upright bars separate
its cells. Its columns are known by their names, in any case, with blanks for underscores. A title may stand above the
header, and rows may be blank. Row 1 is the first below the header; `in_sheet` is a row's number in a spreadsheet.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from io import StringIO
from itertools import islice
from typing import Final, NamedTuple

from domain.errors import Refused

from .decoding import decoded
from .sheet import COMMA, HEADER_WITHIN, SEPARATORS

TOO_MANY_CELLS: Final = "row-too-long"
ROW_OF_TOTALS: Final = "row-of-totals"
"""Codes of rows that cannot be taken for what they seem to say."""
_TOTALS: Final = re.compile(r"(grand |sub-?)?(total|sum)s?( of .*)?:?", re.IGNORECASE)
_WHOLE: Final = re.compile(r"(-?(?:[0-9]+|[0-9]{1,3}(?:[ ,\u00a0\u202f][0-9]{3})+))(?:\.0+)?")
_DECIMAL_COMMA: Final = re.compile(r"([0-9]{1,3}),([0-9]{1,2}|[0-9]{4,6})(\s*%?)")
"""Three digits behind a comma could be thousands as well, and then it is not read."""
_MIDNIGHT: Final = re.compile(r"[ T]00:00(:00(\.0+)?)?")
_DAYS: Final = ("%Y-%m-%d", "%d/%m/%Y")


class ListLayout(NamedTuple):
    """What a kind of list needs, how many rows it may have, and the codes of its refusals."""

    needed: Sequence[str]
    most_rows: int
    unreadable: str
    wrong_columns: str
    too_long: str


class WrittenRow(NamedTuple):
    """A row that says something: its cells by their columns. `surplus` are filled cells beyond the header."""

    number: int
    in_sheet: int
    cells: Mapping[str, str]
    surplus: Sequence[str] = ()

    @property
    def surplus_words(self) -> str:
        """Why the row cannot be read."""
        return (
            f"The row has more cells than the header, and {self.surplus[0][:40]!r} is under no column. A value with a "
            "comma in it needs quotes around it."
        )


class WrittenList(NamedTuple):
    """The columns of a list, in small letters and in their order, and its rows that are not blank."""

    columns: Sequence[str]
    rows: Sequence[WrittenRow]

    @property
    def is_twofold(self) -> bool:
        """Whether a column is there twice."""
        return len(set(self.columns)) < len(self.columns)


def read_list_text(written: bytes | str, name: str, layout: ListLayout) -> WrittenList:
    """The rows of a list; which columns it lacks, its reader says.

    Raises:
        Refused: it is no such text, has rows with values above its header, or too many rows.
    """
    text = text_of_list(written, name, layout)
    separator, place = _header_place(text, layout.needed)
    try:
        most = HEADER_WITHIN + layout.most_rows + 1
        records = list(islice(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True), most))
    except csv.Error as error:
        raise Refused(layout.unreadable, f"{name} is no CSV: {error}.", name) from error
    if len(records) - place - 1 > layout.most_rows:
        raise Refused(layout.too_long, f"{name} has more than {layout.most_rows:,} lines.", name)
    _check_above(records[:place], name, layout)
    columns = column_names(records[place]) if records else []
    below = enumerate(records[place + 1 :], 1)
    return WrittenList(columns, [_row(number, place, columns, record) for number, record in below if _filled(record)])


def column_names(header: Iterable[str]) -> list[str]:
    """The names of columns as their reader knows them; what a spreadsheet adds behind them has no name, and is none."""
    names = ["_".join(name.strip('\ufeff" \t').casefold().split()) for name in header]
    while names and not names[-1]:
        names.pop()
    return names


def text_of_list(written: bytes | str, name: str, layout: ListLayout) -> str:
    """The text of a list. Raises Refused if it is none."""
    if isinstance(written, str):
        if "\0" in written:
            raise Refused(layout.unreadable, f"{name} holds a NUL byte, so it is damaged or no text.", name)
        return written.removeprefix("\ufeff")
    try:
        return decoded(name, written).open().read()
    except Refused as refused:
        raise Refused(layout.unreadable, refused.message, name) from refused


def _header_place(text: str, needed: Sequence[str]) -> tuple[str, int]:
    """What separates the cells, and the place of the header: the first row with all needed columns, or with the most.

    Where no row has any of them, it is the first that is not blank.
    """
    best = (0, COMMA, -1)
    for separator in SEPARATORS:
        for place, record in enumerate(_first_records(text, separator)):
            count = len(set(column_names(record)).intersection(needed))
            if count == len(needed):
                return separator, place
            if count > best[0] or (best[2] < 0 and _filled(record)):
                best = (count, separator, place)
    return best[1], max(best[2], 0)


def _first_records(text: str, separator: str) -> list[list[str]]:
    records: list[list[str]] = []
    with suppress(csv.Error):
        records.extend(islice(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True), HEADER_WITHIN))
    return records


def _filled(record: Iterable[str]) -> list[str]:
    return [cell for cell in record if cell.strip()]


def _check_above(above: Sequence[Sequence[str]], name: str, layout: ListLayout) -> None:
    """Let titles stand above the header; as many cells as a row needs may be a row, which would be lost."""
    for place, record in enumerate(above, 1):
        if len(_filled(record)) >= max(len(layout.needed), 2):
            raise Refused(
                layout.wrong_columns,
                f"Row {place} of {name} has values, and the line that names the columns is row {len(above) + 1}. Put "
                "that line first.",
                name,
            )


def _row(number: int, place: int, columns: Sequence[str], record: Sequence[str]) -> WrittenRow:
    cells = {column: cell.strip() for column, cell in zip(columns, record, strict=False)}
    return WrittenRow(number, place + number + 1, cells, _filled(record[len(columns) :]))


# ---- what a cell says


def is_total(cell: str) -> bool:
    """Whether a cell says that its row adds others up."""
    return _TOTALS.fullmatch(cell.strip()) is not None


TOTALS_WORDS: Final = "This row adds up others, and would be counted beside them. Take it out."


def whole_number_written(text: str) -> int | None:
    """The whole number that is written, like 1234, 1,234, 1 234 or 1234.0; None for anything else, like 12,34."""
    match = _WHOLE.fullmatch(text.strip())
    return int(re.sub(r"[ ,\u00a0\u202f]", "", match[1])) if match and len(match[1]) <= 18 else None


def with_decimal_point(text: str) -> str:
    """A percentage as it was written, with a point where it has a decimal comma: 5,4% is 5.4%."""
    match = _DECIMAL_COMMA.fullmatch(text.strip())
    return f"{match[1]}.{match[2]}{match[3]}" if match else text


def day_written(text: str) -> date | None:
    """The day that is written as year-month-day or day/month/year, also with midnight behind it; None for others."""
    day = _MIDNIGHT.sub("", text.strip())
    for form in _DAYS:
        with suppress(ValueError):
            return datetime.strptime(day, form).date()  # noqa: DTZ007  a calendar day has no zone
    return None
