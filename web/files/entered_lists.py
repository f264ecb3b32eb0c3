"""Reading a list of values for entered KPIs, and the file that is their evidence.

A list is CSV text in UTF-8 with a header; columns are known by their names, in any order. What is wrong with the list
as a whole refuses it; what is wrong with a row is a value: row, column, code, sentence.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from hashlib import sha256
from io import StringIO
from itertools import islice
from pathlib import PureWindowsPath
from typing import Final, NamedTuple

from domain.contract_life.entered import LONGEST_WORDS, Evidence, entered_words
from domain.errors import Refused
from domain.periods import Period
from domain.submission import Rejection

from .limits import MOST_COLUMNS
from .uploads import SentFile

NEEDED: Final = ("code", "first_day", "last_day", "numerator")
COLUMNS: Final = ("code", "agency", "first_day", "last_day", "numerator", "denominator", "source")
"""Columns of a list; those that are not among NEEDED may be missing."""
MOST_LINES: Final = 2_000
"""Lines of a list: ten years of sixteen KPIs by month."""

REFUSALS: Final = {
    "entered-list-unreadable": "The list is no CSV text in UTF-8.",
    "entered-list-columns": "The list lacks a column, or has one that does not belong.",
    "entered-list-empty": "The list has no line.",
    "entered-list-too-long": f"The list has more than {MOST_LINES:,} lines.",
    "evidence-empty": "The file that should be the evidence is empty.",
}
"""Why a list, or a file of evidence, is refused whole, by code."""

_DAYS: Final = ("%Y-%m-%d", "%d/%m/%Y")
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}")


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


def evidence_of(name: str, data: bytes) -> Evidence:
    """What is kept of a file: its hash, name and size. The file itself is let go.

    Raises:
        Refused: it is empty, or its name cannot be kept.
    """
    if not data:
        raise Refused("evidence-empty", "The file is empty, so it is evidence of nothing. Choose another.")
    return Evidence(sha256(data).hexdigest(), entered_words(PureWindowsPath(name).name, "name of the file"), len(data))


def read_entered_list(file: SentFile) -> ListRead:
    """The rows of a list; raises as `entered_list_from`."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("entered-list-unreadable", f"{file.name} is no text in UTF-8: {error}.", file.name) from error
    return entered_list_from(text, file.name)


def entered_list_from(text: str, name: str) -> ListRead:
    """The rows of a list as text.

    Raises:
        Refused: it cannot be read whole; the code is one of REFUSALS.
    """
    try:
        reader = csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
        columns = [column.strip().lower() for column in reader.fieldnames or ()]
        rows = list(islice(reader, MOST_LINES + 1)) if len(columns) <= MOST_COLUMNS else []
    except csv.Error as error:
        raise Refused("entered-list-unreadable", f"{name} is no CSV: {error}.", name) from error
    _check_columns(columns, name)
    numbered = [(number, row) for number, row in enumerate(rows, 1) if any(_cells(row))]
    if not numbered:
        raise Refused("entered-list-empty", f"{name} has no line below its header.", name)
    if len(rows) > MOST_LINES:
        raise Refused("entered-list-too-long", f"{name} has more than {MOST_LINES:,} lines.", name)
    read = [_Row(number, dict(zip(columns, _cells(row), strict=False))) for number, row in numbered]
    values = [value for one in read if (value := one.value())]
    return ListRead(values, [rejection for one in read for rejection in one.rejected])


def _check_columns(columns: Sequence[str], name: str) -> None:
    missing, unknown = [one for one in NEEDED if one not in columns], sorted(set(columns) - set(COLUMNS))
    if missing or unknown or len(set(columns)) < len(columns):
        wrong = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(unknown) or 'a column twice'}"
        raise Refused(
            "entered-list-columns",
            f"The first line of {name} {wrong}. It names the columns {', '.join(COLUMNS)}, in any order; "
            "agency, denominator and source may be left out.",
            name,
        )


def _cells(row: Mapping[str | None, str | list[str] | None]) -> Iterator[str]:
    return ((cell or "").strip() for cell in row.values() if not isinstance(cell, list))


class _Row:
    """One row in the reading; `rejected` is what is wrong with it."""

    def __init__(self, number: int, cells: Mapping[str, str]) -> None:
        self.number, self._cells = number, cells
        self.rejected: list[Rejection] = []

    def value(self) -> ListedValue | None:
        """The row's value; None where something is wrong."""
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
        return self._cells.get(column, "")

    def _day(self, column: str) -> date | None:
        for form in _DAYS:
            with suppress(ValueError):
                return datetime.strptime(self._cell(column), form).date()  # noqa: DTZ007  a calendar day has no zone
        self._reject(column, "no-day", "This is not a day. Write it like 2017-07-31 or 31/07/2017.")
        return None

    def _number(self, column: str, *, needed: bool) -> int | None:
        text = self._cell(column).replace(",", "")
        if not text and not needed:
            return None
        if not _NUMBER.fullmatch(text):
            self._reject(column, "no-number", "This is not a whole number. Write it in figures, like 24.")
            return None
        return int(text)

    def _reject(self, column: str, code: str, message: str) -> None:
        self.rejected.append(Rejection(self.number, column, code, message, self.number + 1))
