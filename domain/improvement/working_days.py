"""Days on which offices in England work: Monday to Friday, without bank holidays.

Pure: nothing here asks what day it is. The bank holidays are those of the library `holidays` for England, with their
substitute days and the extra ones by proclamation (jubilees, a coronation). It knows them for the years FIRST_YEAR to
LAST_YEAR; of later years it knows those that follow a rule, and of none what may be proclaimed yet.
"""

from datetime import date
from functools import cache
from typing import Final

import holidays

from domain.errors import Refused
from domain.periods import ONE_DAY

FIRST_YEAR, LAST_YEAR = 1974, 2100
"""The years whose bank holidays are known: the present ones began in 1974; the library's rules end in 2100."""
_SATURDAY: Final = 5


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """England's bank holidays of a year.

    Raises:
        Refused: they are not known (code "working-days-unknown").
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(
            "working-days-unknown",
            f"England's bank holidays of {year} are not known here, so no working day is counted in it. "
            f"Give a day of {FIRST_YEAR} to {LAST_YEAR}.",
        )
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    """Whether it is neither of a weekend nor a bank holiday. Raises Refused as `bank_holidays` does."""
    its_holidays = bank_holidays(day.year)
    return day.weekday() < _SATURDAY and day not in its_holidays


def working_day_after(day: date, count: int) -> date:
    """Working day number `count` after a day, which is itself not counted; of 0 the day itself.

    Raises:
        Refused: it lies in a year whose bank holidays are not known.
    """
    for _ in range(count):
        day += ONE_DAY
        while not is_working_day(day):
            day += ONE_DAY
    return day


def working_day_from(day: date) -> date:
    """The day itself if it is a working day, else the next one: when something that comes on a day off is taken as
    received. Raises Refused as `bank_holidays` does.
    """
    return day if is_working_day(day) else working_day_after(day, 1)


def working_days_between(day: date, later: date) -> int:
    """How many working days lie after `day` up to and including `later`; 0 if that is not after it.

    Raises:
        Refused: some lie in a year whose bank holidays are not known.
    """
    count = 0
    while day < later:
        day += ONE_DAY
        count += is_working_day(day)
    return count


def days_left(today: date, due: date) -> int:
    """Working days after `today` until the end of `due`: 0 on the day itself and less than 0 after it, by the working
    days that have passed since. Raises Refused as `working_days_between` does.
    """
    return working_days_between(today, due) if today <= due else -max(1, working_days_between(due, today))


def is_overdue(today: date, due: date) -> bool:
    """Whether the day by which something was due has passed."""
    return today > due
