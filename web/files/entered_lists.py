"""Reading a list of values for entered KPIs.

A list is read as `web.files.sheets.lists` says, with its columns in any order. What is wrong with the list as a whole
refuses it; what is wrong with a row is a value: row, column, code, sentence.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from domain.contract_life.entered import LONGEST_WORDS
from domain.errors import Refused
from domain.periods import Period
from domain.submission import Rejection

from .sheets.lists import (
    ROW_OF_TOTALS,
    TOO_MANY_CELLS,
    TOTALS_WORDS,
    ListLayout,
    WrittenList,
    WrittenRow,
    day_written,
    is_total,
    read_list_text,
    text_of_list,
    whole_number_written,
)
from .uploads import SentFile
from .values import clean

NEEDED: Final = ("code", "first_day", "last_day", "numerator")
COLUMNS: Final = ("code", "agency", "first_day", "last_day", "numerator", "denominator", "source")
"""Columns of a list; those that are not among NEEDED may be missing."""
MOST_LINES: Final = 2_000
"""Lines of a list: ten years of sixteen KPIs by month."""

REFUSALS: Final = {
    "entered-list-unreadable": "The list is no CSV text in UTF-8 or Windows-1252.",
    "entered-list-columns": "The list lacks a column, or has one that does not belong.",
    "entered-list-empty": "The list has no line.",
    "entered-list-too-long": f"The list has more than {MOST_LINES:,} lines.",
}
"""Why a list is refused whole, by code."""

_LAYOUT: Final = ListLayout(
    NEEDED, MOST_LINES, "entered-list-unreadable", "entered-list-columns", "entered-list-too-long"
)
_LARGEST: Final = 10**12


class ListedValue(NamedTuple):
    """A value as a row of a list has it; row 1 is the first below the header. A count has no denominator."""

    row: int
    code: str
    agency: str
    period: Period
    numerator: int
    denominator: int | None
    source: str


class ListRead(NamedTuple):
    """The rows of a list that could be read, and what is wrong with the others."""

    values: Sequence[ListedValue]
    rejected: Sequence[Rejection]


def read_entered_list(file: SentFile) -> ListRead:
    """The rows of a list; raises as `entered_list_from`."""
    return entered_list_from(file.read_bytes(), file.name)


def list_text(file: SentFile) -> str:
    """The text of a list, to be sent on as it is. Raises Refused if it is none."""
    return text_of_list(file.read_bytes(), file.name, _LAYOUT)


def entered_list_from(written: bytes | str, name: str) -> ListRead:
    """The rows of a list, as a file's bytes or as text.

    Raises:
        Refused: it cannot be read whole; the code is one of REFUSALS.
    """
    listed = read_list_text(written, name, _LAYOUT)
    _check_columns(listed, name)
    if not listed.rows:
        raise Refused("entered-list-empty", f"{name} has no line below its header.", name)
    read = [_Row(row) for row in listed.rows]
    values = [value for one in read if (value := one.value())]
    return ListRead(values, [rejection for one in read for rejection in one.rejected])


def _check_columns(listed: WrittenList, name: str) -> None:
    columns = listed.columns
    missing = [one for one in NEEDED if one not in columns]
    unknown = sorted({one or "a column without a name" for one in columns} - set(COLUMNS))
    if missing or unknown or listed.is_twofold:
        wrong = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(unknown[:5]) or 'a column twice'}"
        raise Refused(
            "entered-list-columns",
            f"The first line of {name} {wrong}. It names the columns {', '.join(COLUMNS)}, in any order; "
            "agency, denominator and source may be left out.",
            name,
        )


class _Row:
    """One row in the reading; `rejected` is what is wrong with it."""

    def __init__(self, row: WrittenRow) -> None:
        self.number, self._row = row.number, row
        self.rejected: list[Rejection] = []

    def value(self) -> ListedValue | None:
        """The row's value; None where something is wrong."""
        if is_total(self._cell("code")):
            self._reject("code", ROW_OF_TOTALS, TOTALS_WORDS)
            return None
        if self._row.surplus:
            self._reject("source", TOO_MANY_CELLS, self._row.surplus_words)
            return None
        first_day, last_day = self._day("first_day"), self._day("last_day")
        numerator = self._number("numerator", needed=True)
        denominator = self._number("denominator", needed=False)
        if self.rejected or first_day is None or last_day is None or numerator is None:
            return None
        agency, source = self._cell("agency").upper(), self._cell("source")[: LONGEST_WORDS + 1]
        code = self._cell("code")
        code = code[:2].upper() + code[2:].lower()
        return ListedValue(self.number, code, agency, Period(first_day, last_day), numerator, denominator, source)

    def _cell(self, column: str) -> str:
        return clean(self._row.cells.get(column, ""))

    def _day(self, column: str) -> date | None:
        if day := day_written(self._cell(column)):
            return day
        self._reject(column, "no-day", "This is not a day. Write it like 2017-07-31 or 31/07/2017.")
        return None

    def _number(self, column: str, *, needed: bool) -> int | None:
        text = self._cell(column)
        if not text and not needed:
            return None
        number = whole_number_written(text)
        if number is None or abs(number) >= _LARGEST:
            self._reject(column, "no-number", "This is not a whole number. Write it in figures, like 24.")
            return None
        return number

    def _reject(self, column: str, code: str, message: str) -> None:
        self.rejected.append(Rejection(self.number, column, code, message, self._row.in_sheet))
