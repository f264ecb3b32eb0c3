"""A KPI that is entered by hand, as a `Measure`: for those who read of a measure what it is called, its kind, how often
and which side of it is better (targets, colours, directions, claims), and nothing of how it is counted.

It has no standings, and is none of `MEASURES`.
"""

from typing import Any, Final, NoReturn

from .calendar import days_to_as_of
from .families import Family
from .registry import Measure


def _no_rules(_columns: Any) -> NoReturn:
    raise LookupError("a KPI that is entered by hand is not worked out from records")


ENTERED: Final = Family(-1, "entered by hand", _no_rules, days_to_as_of(1), ())


def as_measure(code: str, name: str, kind: str, polarity: str | None, frequency: str) -> Measure:
    """An entered KPI, for whoever holds figures against something."""
    return Measure(code, name, ENTERED, (), kind, polarity, (frequency,), "entered", adults=False)


def is_entered(measure: Measure) -> bool:
    """Whether the values of a measure are entered by hand."""
    return measure.family is ENTERED
