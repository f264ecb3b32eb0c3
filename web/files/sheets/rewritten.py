"""What a spreadsheet makes of days and references when it saves a file, and days whose day and month are exchanged."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from domain.errors import Refused
from domain.submission import Notice
from web.files.schemas import CLIENT, EPISODE

from .rows import Rows

EXPORT_AGAIN: Final = (
    "A spreadsheet such as Excel writes it like that when it saves a file: this was saved by Excel. Export it again "
    "from the system, and send it without opening it in between."
)

MANY_DAYS: Final = 30
"""So many different days do not all lie on or before the 12th by chance: of days at random one in a million million."""
_LAST_AMBIGUOUS: Final = 12

_REFERENCES: Final = (CLIENT, EPISODE, "MODID", "TOPID")
_POWER_OF_TEN: Final = re.compile(r"\s*[0-9](?:[.,][0-9]+)?E\+[0-9]+\s*", re.IGNORECASE)
_MONTH: Final = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_BY_SPREADSHEET: Final = (
    (rf"[0-9]{{1,2}}([-/ .]){_MONTH}\1[0-9]{{2}}", "DD{0}Mon{0}YY"),
    (rf"[0-9]{{1,2}}([-/ .]){_MONTH}\1[0-9]{{4}}", "DD{0}Mon{0}YYYY"),
    (rf"[0-9]{{1,2}}([-/ .]){_MONTH}", "DD{0}Mon"),
    (rf"{_MONTH}([-/ .])[0-9]{{2,4}}", "Mon{0}YY"),
    (r"[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{2}", "DD{0}MM{0}YY"),
    (r"([0-9])[0-9]{4}(?:\.[0-9]+)?", "a serial number of five digits"),
    (r"(#)#+", "######## (its column was too narrow)"),
)
"""Forms of days that a spreadsheet writes, with what stands between their parts."""
_BY_SYSTEMS: Final = (
    (r"[0-9]{4}([/.])[0-9]{1,2}\1[0-9]{1,2}", "YYYY{0}MM{0}DD"),
    (r"[0-9]{1,2}([-.])[0-9]{1,2}\1[0-9]{4}", "DD{0}MM{0}YYYY"),
    (r"(?:19|20)[0-9]{2}()[0-9]{4}", "YYYYMMDD"),
    (r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}[ T][0-9]{1,2}:[0-9:. APMapmZ]+", "a day with a time"),
)
_FORMS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), form, by_spreadsheet)
    for forms, by_spreadsheet in ((_BY_SPREADSHEET, True), (_BY_SYSTEMS, False))
    for pattern, form in forms
)
_NUMBERS: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})|([0-9]{4})-([0-9]{2})-([0-9]{2})")
_LAST_MONTH: Final = 12


def form_sentence(column: str, written: str) -> str | None:
    """Of what is in no form that we read, the form that it has; None for what is like no day. It quotes no value."""
    for pattern, form, by_spreadsheet in _FORMS:
        if match := pattern.fullmatch(written):
            sentence = f"{column} is written as {form.format(match[1])}. Expected DD/MM/YYYY or YYYY-MM-DD."
            return f"{sentence} {EXPORT_AGAIN}" if by_spreadsheet else f"{sentence} Choose that where it is exported."
    return None


def exchange_sentence(column: str, written: str) -> str | None:
    """Of what is no day of the calendar, that its day and month are exchanged; None where they are not."""
    day, month = _day_and_month(written)
    if not (month > _LAST_MONTH >= day > 0):
        return None
    return (
        f"{column} is no day of the calendar, and is one if day and month are exchanged: it seems to be written as "
        "MM/DD/YYYY. Expected DD/MM/YYYY or YYYY-MM-DD. Export the file again in that form."
    )


def _day_and_month(written: str) -> tuple[int, int]:
    match = _NUMBERS.fullmatch(written)
    if not match:
        return 0, 0
    day, month = (match[1], match[2]) if match[1] else (match[6], match[5])
    return int(day), int(month)


def exchanged_days(rows: Rows, places: Mapping[str, int], dates: Collection[str]) -> list[Notice]:
    """The notice of a file whose many days all lie on or before the 12th of a month; none for any other."""
    of_dates = [place for column, place in places.items() if column in dates]
    days: set[str] = set()
    for row in rows:
        for place in of_dates:
            if (written := row[place].strip()) and written not in days:
                day, month = _day_and_month(written)
                if day > _LAST_AMBIGUOUS and month <= _LAST_MONTH:
                    return []
                if day:
                    days.add(written)
    if len(days) < MANY_DAYS:
        return []
    message = (
        f"All {len(days):,} different days in this file lie on or before the 12th of a month, so day and month may be "
        "exchanged. Look at a day that you know; if it is wrong, export the file again with days as DD/MM/YYYY."
    )
    return [Notice(0, "", "days-exchanged", message)]


def check_references(name: str, rows: Rows, places: Mapping[str, int], in_sheet: Sequence[int]) -> None:
    """Raises Refused where a spreadsheet has made powers of ten of references: their digits are lost."""
    lost: dict[str, list[int]] = {column: [] for column in _REFERENCES if column in places}
    for place, row in rows.holding("+"):
        for column, wrong in lost.items():
            if _POWER_OF_TEN.fullmatch(row[places[column]]):
                wrong.append(in_sheet[place])
    for column, wrong in lost.items():
        if wrong:
            which = f"Row {wrong[0]}" if len(wrong) == 1 else f"Row {wrong[0]} and {len(wrong) - 1:,} more"
            raise Refused(
                "reference-rewritten",
                f"{name}: {column} is written like 1.00E+11, so that its digits are lost. {which}. {EXPORT_AGAIN}",
                name,
            )
