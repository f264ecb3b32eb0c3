"""The three invented agencies, and which file of theirs reached the commissioner on which day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.periods import ONE_DAY, add_months

FIRST_MONTH: Final = date(2015, 1, 1)
LAST_MONTH: Final = date(2017, 12, 1)
FIRST_REVIEW_MONTH: Final = date(2017, 4, 1)
"""Review files begin with the service improvement plan of April 2017."""
DATA_SET: Final = "P"
"""The data-set letter of every file. Which columns a letter stands for is data: see the schemas of the intake."""


@dataclass(frozen=True, slots=True)
class Agency:
    """One hub, and the manners of its case-management system, all of which are allowed.

    `received_on_day` is the day of the following month on or after which its file arrives (the next weekday).
    """

    code: str
    hub: str
    received_on_day: int
    iso_dates: bool
    none: str
    line_end: str
    byte_order_mark: bool
    client_column: str
    own_column: str = ""
    complete_from: date = date.max


HEREFORD: Final = Agency("H0001", "Hereford", 9, False, "NA", "\n", True, "CLIENT")
LEOMINSTER: Final = Agency("H0002", "Leominster", 10, True, "", "\n", False, "CLIENT", complete_from=date(2016, 4, 1))
ROSS: Final = Agency("H0003", "Ross", 11, False, "", "\r\n", False, "CLIENTID", own_column="HUB")
AGENCIES: Final = {agency.code: agency for agency in (HEREFORD, LEOMINSTER, ROSS)}

LATE_MONTH: Final = (ROSS.code, date(2015, 8, 1))
"""A file that came a month late, with the next one."""
SENT_AGAIN: Final = (HEREFORD.code, date(2016, 2, 1), date(2016, 3, 16))
"""A file whose rejected rows were put right and sent again, and when; it lies in a folder of its own."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One monthly file: whose, of which days, received when, and where it lies in the archive."""

    received_on: date
    agency: Agency
    first_day: date
    last_day: date
    folder: str = ""

    @property
    def complete(self) -> bool:
        """Whether the agency declares that the file is all that it holds of the covered days."""
        return self.first_day >= self.agency.complete_from

    def path(self, kind: str) -> str:
        """Where the file lies in the archive; `kind` is the last part of its name."""
        return f"{self.folder}{self.agency.code}-{self.first_day:%Y%m%d}-{self.last_day:%Y%m%d}-{kind}.csv"


def months(first: date, last: date) -> list[date]:
    """The first days of the months from that of `first` to that of `last`, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first.replace(day=1), n) for n in range(count)]


def received_on(agency: Agency, month: date) -> date:
    """The day on which the agency's file of a month arrives, when it comes as agreed."""
    day = add_months(month, 1).replace(day=agency.received_on_day)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def arrivals() -> list[Arrival]:
    """Every file of the archive in the order of receipt."""
    return sorted(_arrivals(), key=lambda a: (a.received_on, a.agency.code, a.first_day))


def _arrivals() -> Iterator[Arrival]:
    for month in months(FIRST_MONTH, LAST_MONTH):
        last_day = add_months(month, 1) - ONE_DAY
        for agency in AGENCIES.values():
            late = (agency.code, month) == LATE_MONTH
            yield Arrival(received_on(agency, add_months(month, int(late))), agency, month, last_day)
            if (agency.code, month) == SENT_AGAIN[:2]:
                yield Arrival(SENT_AGAIN[2], agency, month, last_day, "sent-again/")
