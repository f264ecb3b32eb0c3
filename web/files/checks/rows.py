"""A row of a file: its values, those of them that are days, and what is wrong with it.

A rejection says what was given and what was expected, and never quotes initials or a birth date.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from domain.client import ClientKey
from domain.submission import Notice, Rejection
from web.files.rewritten import exchange_sentence, form_sentence
from web.files.schemas import ADULT_ON, NEAR, PERSON, Schema

_DIGITS: Final = 18
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_BRITISH: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_LATER_THAN_RECEIPT: Final = frozenset({"FAOMODDT", ADULT_ON})
"""An appointment that was offered may lie ahead, and so may an 18th birthday."""
_NEVER_QUOTED: Final = frozenset({"FINITIAL", "SINITIAL", "DOB", PERSON, NEAR, ADULT_ON})
_DATE_MESSAGES: Final = {
    "date-form": "{column} ({value}) is not written as a date. Expected DD/MM/YYYY or YYYY-MM-DD.",
    "date-impossible": "{column} ({value}) is no day of the calendar. Give one that is.",
}


@dataclass(frozen=True)
class Circumstances:
    """What the checks know beside the rows: the schema, the days of the file and of its receipt, the client key."""

    schema: Schema
    agency: str
    last_day: date
    received_on: date
    client_key: ClientKey


@dataclass
class FileRow:
    """A row's values by column, those of them that are days, and what is wrong with it."""

    number: int
    values: Mapping[str, str]
    days: dict[str, date] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")

    def reject(self, column: str, code: str, message: str) -> None:
        self.rejections.append(Rejection(self.number, column, code, message))

    def quoted(self, column: str) -> str:
        """A value as a message may quote it: never initials, a birth date, or what equals one."""
        value, day = self[column], self.days.get(column)
        if column in _NEVER_QUOTED or value == self["DOB"] or (day and self._is_birth(day)):
            return "not shown"
        return day.isoformat() if day else f"'{value[:40]}'"

    def _is_birth(self, day: date) -> bool:
        """Whether it is the day of birth, or may be by the 18th birthday."""
        if adult_on := self.days.get(ADULT_ON):
            same_month = (day.year + 18, day.month) == (adult_on.year, adult_on.month)
            return same_month and 0 <= day.day - adult_on.day <= 1
        return day == self.days.get("DOB")


def read_days(row: FileRow, circumstances: Circumstances) -> None:
    """Read the row's days, and reject what is none, or lies after the receipt."""
    wrong: list[tuple[str, str]] = []
    for column in circumstances.schema.columns:
        if column in circumstances.schema.dates and row[column]:
            day = _day(row[column])
            if isinstance(day, date):
                row.days[column] = day
            else:
                wrong.append((column, day))
    for column, code in wrong:
        sentence = form_sentence if code == "date-form" else exchange_sentence
        message = sentence(column, row[column]) or _DATE_MESSAGES[code].format(column=column, value=row.quoted(column))
        row.reject(column, code, message)
    for column, day in row.days.items():
        if day > circumstances.received_on and column not in _LATER_THAN_RECEIPT:
            row.reject(
                column,
                "after-receipt",
                f"{column} ({row.quoted(column)}) lies after {circumstances.received_on}, when the file was received. "
                "Expected what has happened by then.",
            )


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


def number_in(text: str) -> int:
    """The whole number that is written, -1 for what is none, or far beyond anything that is counted here."""
    return int(text) if len(text) <= _DIGITS and text.isascii() and text.isdigit() else -1
