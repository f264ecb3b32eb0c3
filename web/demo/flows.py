"""How many people of a group start, complete and leave in each month, so that the printed figures come out.

Everybody counted here has one journey. The cases (see there) are counted first; what is missing from a printed figure
is closed by the flows: completions in a month that only this column and later ones in the list can see, starts in the
months by which a window has moved on, and at the very first the caseload that was there already.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from domain.codes import SubstanceGroup
from domain.periods import Period

from .census import RE_PRESENTATIONS, RECENT, Counts, count, known_at
from .figures import (
    CLOSED_IN,
    COMPLETED,
    KNOWN_IN_SUMMER,
    KNOWN_IN_WINTER,
    LEFT,
    STARTED_A_MONTH,
    SUCCESSIVE,
    FlowColumn,
    by_month,
)
from .records import InventedEpisode
from .timetable import months

Monthly = dict[date, int]
Missing = dict[tuple[str, date, SubstanceGroup], tuple[int, int]]
_OF_COMPLETIONS: Final = (RE_PRESENTATIONS, RECENT)


class CannotComeOut(Exception):
    """The cases leave no room for a printed figure: a flow would have to be negative."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One group: those in treatment when the archive begins, then how many start, complete and leave each month."""

    inherited: int
    started: Monthly
    completed: Monthly
    left: Monthly


def missing_from_goals(cases: list[InventedEpisode]) -> Missing:
    """(Family, as_of, group) -> how many the cases leave to be counted, and how many to be in the cohort."""
    known = {day: known_at(cases, day) for day in (KNOWN_IN_WINTER, KNOWN_IN_SUMMER)}
    missing: Missing = {}
    for column in (*SUCCESSIVE, *(closed for closed, _, _ in CLOSED_IN)):
        counted: Counts = count(known[column.known_at], column.family, column.as_of)
        for group, (numerator, denominator) in column.goals.items():
            n, d = counted[group.value]
            missing[column.family, column.as_of, group] = numerator - n, denominator - d
    return missing


def flow_of(group: SubstanceGroup, missing: Missing) -> Flow:
    """The flow that closes every gap of one group. Raises CannotComeOut where it would be negative."""
    completed = _completions(group, missing)
    left = by_month(LEFT[group])
    started = dict.fromkeys(completed, STARTED_A_MONTH[group])
    first = SUCCESSIVE[0]
    inherited = _denominator(first, group, missing) - _total(started, first.window)
    for before, column in pairwise(SUCCESSIVE):
        dropped = [m for m in completed if before.window.first_day <= m < column.window.first_day]
        new = [m for m in completed if before.window.last_day < m <= column.window.last_day]
        change = _denominator(column, group, missing) - _denominator(before, group, missing)
        _spread(started, new, change + sum(completed[m] + left[m] for m in dropped))
    flow = Flow(inherited, started, completed, left)
    _check(group, flow)
    return flow


def _completions(group: SubstanceGroup, missing: Missing) -> Monthly:
    completed = by_month(COMPLETED[group])
    for column, month, groups in CLOSED_IN:
        if group in groups:
            counted, cohort = missing[column.family, column.as_of, group]
            goal = cohort if column.family in _OF_COMPLETIONS else counted
            completed[month] += goal - _total(completed, column.window)
    return completed


def _denominator(column: FlowColumn, group: SubstanceGroup, missing: Missing) -> int:
    return missing[column.family, column.as_of, group][1]


def _total(monthly: Monthly, window: Period) -> int:
    return sum(monthly[month] for month in months(window.first_day, window.last_day))


def _spread(monthly: Monthly, over: list[date], total: int) -> None:
    for place, month in enumerate(over):
        monthly[month] = total // len(over) + (place < total % len(over))


def _check(group: SubstanceGroup, flow: Flow) -> None:
    for name, monthly in (("start", flow.started), ("complete", flow.completed), ("leave", flow.left)):
        negative = [f"{month:%b %Y}" for month, number in monthly.items() if number < 0]
        if negative or flow.inherited < 0:
            raise CannotComeOut(f"{group.value}: fewer than none would {name} in {', '.join(negative)}")
