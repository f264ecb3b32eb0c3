"""How parameters that are written as text become what is asked for; days include both ends of a period."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, Literal

from domain.client import client_number, client_text
from domain.definition import Definition, definition_named
from domain.errors import WrongUse
from domain.measures.registry import MEASURES, Measure, measure_named
from domain.periods import month_ends, quarter_ends
from projections.standings.slices import Slice

Document = dict[str, Any]
KnownAt = date | int | None
"""The last day whose knowledge is used, or a position of the log; None for the newest receipt."""
Every = Literal["month", "quarter"]
EVERYBODY: Final = Slice()


def measures_named(codes: Iterable[str]) -> tuple[Measure, ...]:
    """The measures with these codes, each once; all there are, where none is named. Raises as `measure_named`."""
    return tuple(measure_named(code) for code in dict.fromkeys(codes)) or MEASURES


def version_named(version: str | None) -> Definition | None:
    """The version with this name; None, for what is in force on each day, where none is named.

    Raises:
        WrongUse: there is no such version.
    """
    return definition_named(version) if version else None


def client_numbered(text: str) -> int:
    """The client with this number, as the members of a figure show it.

    Raises:
        WrongUse: it is none.
    """
    try:
        number = client_number(text)
        if client_text(number) == text:
            return number
    except (ValueError, OverflowError):
        pass
    # What was written is not repeated: it may be an agency's own reference.
    raise WrongUse("This is no client number. Copy one from the members of a figure.")


def period_ends(first_day: date, last_day: date, every: Every) -> tuple[date, ...]:
    """The last days of the months, or of the council's quarters, that lie in a period.

    Raises:
        WrongUse: there are none.
    """
    ends = quarter_ends if every == "quarter" else month_ends
    days = tuple(ends(first_day, last_day))
    if not days:
        raise WrongUse(f"No {every} ends between {first_day} and {last_day}. Give a longer period.")
    return days
