"""Days, months, windows and quarters. A period includes its first and its last day.

A day is a calendar date (Europe/London where a clock is turned into one). Inside the numeric core a day is
`date.toordinal()`, and `NEVER` stands for a day that has not come. Nobody else compares the ends of a period.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

ONE_DAY: Final = timedelta(days=1)
NEVER: Final = 10**7
"""The day after all days, as an ordinal; below half of 2**26, so that packed keys never meet."""


def add_months(day: date, months: int) -> date:
    """`day` moved by whole months, held back to the month's last day: 31 August and 6 months is 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_BRITISH: Final = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def day_written(text: str) -> date | None:
    """The day that is written as YYYY-MM-DD or DD/MM/YYYY, the two forms of a monthly file; None for anything else."""
    if iso := _ISO.fullmatch(text):
        year, month, day = map(int, iso.groups())
    elif british := _BRITISH.fullmatch(text):
        day, month, year = map(int, british.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Period:
    """From its first to its last day, both included; empty when the last day lies before the first."""

    first_day: date
    last_day: date

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


def last_months(as_of: date, months: int) -> Period:
    """The last `months` months at `as_of`: at 31 July 2017 the last 12 are 1 August 2016 to 31 July 2017."""
    return months_back(as_of, months, 0)


def months_back(as_of: date, start: int, end: int) -> Period:
    """From `start` to `end` months back at `as_of`, `start` being the greater.

    The day after `as_of` is moved, then held back to its month: so month ends stay month ends.
    """
    return Period(add_months(as_of + ONE_DAY, -start), add_months(as_of + ONE_DAY, -end) - ONE_DAY)


def last_day_of_month(day: date) -> date:
    """The last day of the month that `day` lies in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def month_ends(first: date, last: date) -> Iterator[date]:
    """The last days of the months that end between `first` and `last`, both included."""
    end = last_day_of_month(first)
    while end <= last:
        yield end
        end = last_day_of_month(end + ONE_DAY)


def quarter_ends(first: date, last: date) -> Iterator[date]:
    """The last days of the council's quarters (March, June, September, December) between `first` and `last`."""
    return (day for day in month_ends(first, last) if day.month % 3 == 0)


def quarter_of(day: date) -> str:
    """The council's quarter that `day` lies in, as councils write it: 1 October 2016 is in `Q3 2016/17`."""
    year = day.year - (day.month < 4)
    return f"Q{(day.month - 4) % 12 // 3 + 1} {year}/{(year + 1) % 100:02d}"
