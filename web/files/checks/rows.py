"""A row of a file: its values, those of them that are days, what is wrong with it, and what of it is left out.

A rejection says what was given and what was expected, and never quotes initials or a birth date. Values are quoted as
the file writes them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from domain.client import ClientKey
from domain.codes import modality_in
from domain.definition import CURRENT
from domain.submission import Notice, Rejection
from web.files.schemas import ADULT_ON, NEAR, PERSON, TOP, Schema
from web.files.sheets.rewritten import exchange_sentence, form_sentence

_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_BRITISH: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_LATER_THAN_RECEIPT: Final = frozenset({"FAOMODDT", ADULT_ON})
"""An appointment that was offered may lie ahead, and so may an 18th birthday."""
_NEVER_QUOTED: Final = frozenset({"FINITIAL", "SINITIAL", "DOB", PERSON, NEAR, ADULT_ON})
_DATE_MESSAGES: Final = {
    "date-form": "{column} ({value}) is not written as a date. Expected DD/MM/YYYY or YYYY-MM-DD.",
    "date-impossible": "{column} ({value}) is no day of the calendar. Give one that is.",
}
_LEFT_OUT_WITH: Final[Mapping[str, tuple[str, ...]]] = {
    "TOPDATE": ("TOPDATE", *(column for column in TOP if column != "TOPDATE")),
    "MODST": ("MODST", "MODEND", "MODEXIT"),
    **{column: (column,) for column in ("MODEND", "REFMODDT", "FAOMODDT", "CPLANDT", "HLCASSDT", "HEPCTSTD")},
}
"""Days that fail alone, each with what says nothing without it; all others fail the whole episode. MODST fails alone
only of an intervention that is not structured."""
WHAT_IS_LEFT_OUT: Final = {"TOPDATE": "this TOP is", "MODST": "the start of this intervention is"}


@dataclass(frozen=True)
class Circumstances:
    """What the checks know beside the rows: the schema, the days of the file and of its receipt, the client key."""

    schema: Schema
    agency: str
    last_day: date
    received_on: date
    client_key: ClientKey


Said = tuple[str, str]
"""A column, and what it says: two mistakes that rest on the same are one."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a row is rejected, and on which values that rests."""

    rejection: Rejection
    rests_on: frozenset[Said]


@dataclass
class FileRow:
    """A row's values by column, those of them that are days, what is wrong with it, and what of it is left out.

    `intervention` and `top` name what the row says of them within its episode; empty where it says nothing.
    """

    number: int
    values: dict[str, str]
    days: dict[str, date] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    intervention: str = ""
    top: str = ""

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")

    @property
    def is_structured(self) -> bool:
        """Whether its intervention is of a kind that is structured treatment."""
        return modality_in(self["MODAL"]) in CURRENT.structured

    def reject(self, column: str, code: str, message: str, *beside: str) -> None:
        """Something fails the whole episode: in `column`, by what it and the columns `beside` it say."""
        rests_on = frozenset((one, self[one]) for one in (column, *beside))
        self.mistakes.append(Mistake(Rejection(self.number, column, code, message), rests_on))

    def leave_out(self, columns: Iterable[str], code: str, message: str) -> None:
        """Something fails alone: the first of these columns, with which the others are left out."""
        columns = tuple(columns)
        self.notices.append(Notice(self.number, columns[0], code, message))
        for column in columns:
            self.values[column] = ""
            self.days.pop(column, None)

    def quoted(self, column: str) -> str:
        """A value as a message may quote it: never initials, a birth date, or what equals one."""
        value, day = self[column], self.days.get(column)
        if column in _NEVER_QUOTED or value == self["DOB"] or (day and self._is_birth(day)):
            return "not shown"
        return value if day else f"'{value[:40]}'"

    def _is_birth(self, day: date) -> bool:
        """Whether it is the day of birth, or may be by the 18th birthday."""
        if adult_on := self.days.get(ADULT_ON):
            same_month = (day.year + 18, day.month) == (adult_on.year, adult_on.month)
            return same_month and 0 <= day.day - adult_on.day <= 1
        return day == self.days.get("DOB")


def one_a_mistake(rows: Iterable[FileRow]) -> list[Rejection]:
    """The rejections of rows that belong together, without those that follow from a value that is named already."""
    named: set[Said] = set()
    rejections = []
    for row in rows:
        for mistake in row.mistakes:
            if named.isdisjoint(mistake.rests_on):
                named |= mistake.rests_on
                rejections.append(mistake.rejection)
    return rejections


def read_days(row: FileRow, circumstances: Circumstances) -> None:
    """Read the row's days; what is none, or lies after the receipt, is rejected, or left out where it fails alone."""
    wrong: list[tuple[str, str]] = []
    values, days = row.values, row.days
    for column in circumstances.schema.columns_of_days:
        if written := values.get(column):
            day = _day(written)
            if isinstance(day, date):
                days[column] = day
            else:
                wrong.append((column, day))
    for column, code in wrong:
        sentence = form_sentence if code == "date-form" else exchange_sentence
        message = sentence(column, row[column]) or _DATE_MESSAGES[code].format(column=column, value=row.quoted(column))
        _fail(row, column, code, message)
    for column, day in list(row.days.items()):
        if day > circumstances.received_on and column not in _LATER_THAN_RECEIPT:
            message = (
                f"{column} ({row.quoted(column)}) lies after {circumstances.received_on}, when the file was received. "
                "Expected what has happened by then."
            )
            _fail(row, column, "after-receipt", message)


def _fail(row: FileRow, column: str, code: str, message: str) -> None:
    """A day is wrong: it fails the episode, or alone."""
    if column not in _LEFT_OUT_WITH or (column == "MODST" and row.is_structured):
        row.reject(column, code, message)
    elif row[column]:
        what = WHAT_IS_LEFT_OUT.get(column, "it is")
        row.leave_out(_LEFT_OUT_WITH[column], "day-unread", f"{message} Until then {what} left out.")


def late_notices(rows: Iterable[FileRow], circumstances: Circumstances) -> list[Notice]:
    """One notice for each day after the file's last day, at the first row that gives it."""
    notices: dict[tuple[str, date], Notice] = {}
    for row in rows:
        for column, day in row.days.items():
            if day > circumstances.last_day and column not in _LATER_THAN_RECEIPT:
                message = (
                    f"{column} ({row.quoted(column)}) lies after the file's last day ({circumstances.last_day}); taken."
                )
                notices.setdefault((column, day), Notice(row.number, column, "after-last-day", message))
    return list(notices.values())


@lru_cache(maxsize=1 << 16)
def _day(text: str) -> date | str:
    """The day, or the code of what is wrong with it."""
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
    elif match := _BRITISH.fullmatch(text):
        day, month, year = match.groups()
    else:
        return "date-form"
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return "date-impossible"
