"""A year of monthly files in which every record changes each month, so that taking one in takes a while."""

import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path

from tests.unit.intake.files import row, write

PEOPLE = 500
"""Enough that a process spends as long on a file as on its own start, so that kills at random moments meet its work."""
MONTHS = 8
INITIALS = tuple(product(string.ascii_uppercase, repeat=2))
SUBSTANCES = ("1101", "7000", "5101", "4101")


@dataclass(frozen=True)
class Month:
    """A file and the day on which it was received."""

    path: Path
    received_on: date

    @property
    def submit(self) -> tuple[str, ...]:
        """What follows `recount` to take it in."""
        return ("submit", str(self.path), "--received-on", self.received_on.isoformat())


def write_months(folder: Path, agency: str = "H0001", people: int = PEOPLE, months: int = MONTHS) -> list[Month]:
    """Files of the months of 2017: each month one half of the people are discharged, and the other half no longer."""
    folder.mkdir(exist_ok=True)
    return [
        Month(
            write(
                folder,
                _rows(agency, people, month),
                agency=agency,
                first=f"2017{month:02d}01",
                last=f"2017{month:02d}28",
            ),
            date(2017, month + 1, 10),
        )
        for month in range(1, months + 1)
    ]


def _rows(agency: str, people: int, month: int) -> Iterator[dict[str, str]]:
    for number in range(people):
        first, second = INITIALS[number % len(INITIALS)]
        said = {
            "AGNCY": agency,
            "CLIENT": f"C{number}",
            "FINITIAL": first,
            "SINITIAL": second,
            "DOB": f"{1950 + number % 40}-{1 + number % 12:02d}-{1 + number % 28:02d}",
            "DRUG1": SUBSTANCES[number % len(SUBSTANCES)],
        }
        if month > 1 and number % 2 == month % 2:
            day = f"2017-{month:02d}-15"
            said |= {"DISD": day, "DISRSN": "80", "MODEND": day}
        yield row(**said)
