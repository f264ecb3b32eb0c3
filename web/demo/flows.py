"""The printed figures that must come out, and the monthly flow of people of each group that makes them come out.

Herefordshire's paper prints what it knew in March 2017 (by files to January, as known on 15 February) and in August
2017 (by files to July, as known on 15 August). Each goal is a numerator and a denominator of one group.

Everybody counted in a flow has one journey. The cases (see there) are counted first; what is missing from a printed
figure is closed by the flows: completions in a month that only this column and later ones in the list can see, starts
in the months by which a window has moved on, and at the very first the caseload that was there already.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from domain.codes import SubstanceGroup
from domain.periods import Period, months_back

from .census import COMPLETIONS, PHOF, RE_PRESENTATIONS, RECENT, WINDOWS, Counts, count, known_at
from .making import ALCOHOL, BOTH, NON_OPIATE, OPIATE
from .records import InventedEpisode
from .timetable import months

KNOWN_IN_WINTER: Final = date(2017, 2, 15)
KNOWN_IN_SUMMER: Final = date(2017, 8, 15)

Goals = dict[SubstanceGroup, tuple[int, int]]


@dataclass(frozen=True)
class FlowColumn:
    """A column of the paper's tables: one family of KPIs from one standpoint, with a goal a group."""

    family: str
    as_of: date
    known_at: date
    goals: Goals

    @property
    def window(self) -> Period:
        """The cohort's first and last day."""
        return months_back(self.as_of, *WINDOWS[self.family])


def _column(family: str, as_of: date, known_at: date, *goals: tuple[int, int]) -> FlowColumn:
    return FlowColumn(family, as_of, known_at, dict(zip((OPIATE, NON_OPIATE, ALCOHOL, BOTH), goals, strict=True)))


# PHOF 2.15 of non-opiates is the sum of two groups: 37/163, 35/160, 39/157 read 22.7%, 21.9% and 24.8% as printed.
# What the paper leaves open (the year 2016 but for 64 non-opiate clients, May and June of the last group) is chosen.
_Q1, _Q2 = date(2016, 6, 30), date(2016, 9, 30)
_Q3, _Q4, _Q1_AFTER = date(2016, 12, 31), date(2017, 3, 31), date(2017, 6, 30)
_APRIL, _MAY, _JUNE, _JULY = date(2017, 4, 30), date(2017, 5, 31), date(2017, 6, 30), date(2017, 7, 31)

PHOF_Q1: Final = _column(PHOF, _Q1, KNOWN_IN_WINTER, (35, 493), (28, 114), (71, 212), (9, 49))
PHOF_Q2: Final = _column(PHOF, _Q2, KNOWN_IN_WINTER, (26, 484), (26, 112), (67, 211), (9, 48))
PHOF_Q3: Final = _column(PHOF, _Q3, KNOWN_IN_WINTER, (19, 487), (28, 110), (63, 210), (11, 47))
YEAR_2016: Final = _column(COMPLETIONS, _Q3, KNOWN_IN_WINTER, (0, 462), (0, 64), (0, 209), (0, 38))
APRIL: Final = _column(COMPLETIONS, _APRIL, KNOWN_IN_SUMMER, (16, 447), (24, 58), (58, 207), (9, 36))
MAY: Final = _column(COMPLETIONS, _MAY, KNOWN_IN_SUMMER, (19, 448), (28, 61), (58, 200), (8, 37))
JUNE: Final = _column(COMPLETIONS, _JUNE, KNOWN_IN_SUMMER, (21, 442), (26, 56), (59, 200), (8, 37))
JULY: Final = _column(COMPLETIONS, _JULY, KNOWN_IN_SUMMER, (24, 438), (26, 57), (61, 208), (6, 37))
RETURNED_Q3: Final = _column(RE_PRESENTATIONS, _Q3, KNOWN_IN_WINTER, (4, 10), (1, 13), (0, 28), (1, 8))
RETURNED_Q4: Final = _column(RE_PRESENTATIONS, _Q4, KNOWN_IN_SUMMER, (4, 14), (1, 17), (3, 34), (0, 7))
RETURNED_Q1: Final = _column(RE_PRESENTATIONS, _Q1_AFTER, KNOWN_IN_SUMMER, (2, 15), (0, 13), (3, 39), (0, 4))
RECENT_APRIL: Final = _column(RECENT, _APRIL, KNOWN_IN_SUMMER, (1, 8), (0, 8), (0, 26), (0, 2))

SUCCESSIVE: Final = (PHOF_Q1, PHOF_Q2, PHOF_Q3, YEAR_2016, APRIL, MAY, JUNE, JULY)
"""Columns of people in treatment, each window a few months after the one before it."""

CLOSED_IN: Final = (
    (RETURNED_Q3, date(2016, 2, 1), (OPIATE, NON_OPIATE, ALCOHOL, BOTH)),
    (RETURNED_Q4, date(2016, 8, 1), (OPIATE, NON_OPIATE, ALCOHOL, BOTH)),
    (RETURNED_Q1, date(2016, 12, 1), (ALCOHOL,)),
    (RECENT_APRIL, date(2016, 11, 1), (OPIATE,)),
    (PHOF_Q3, date(2015, 9, 1), (OPIATE, NON_OPIATE, ALCOHOL, BOTH)),
    (PHOF_Q2, date(2015, 5, 1), (OPIATE, NON_OPIATE, ALCOHOL, BOTH)),
    (PHOF_Q1, date(2015, 2, 1), (OPIATE, NON_OPIATE, ALCOHOL, BOTH)),
    (APRIL, date(2016, 10, 1), (OPIATE, NON_OPIATE, BOTH)),
    (APRIL, date(2017, 3, 1), (ALCOHOL,)),
    (MAY, date(2017, 5, 1), (OPIATE, NON_OPIATE, ALCOHOL, BOTH)),
    (JUNE, date(2017, 6, 1), (OPIATE, NON_OPIATE, ALCOHOL, BOTH)),
    (JULY, date(2017, 7, 1), (OPIATE, NON_OPIATE, ALCOHOL, BOTH)),
)
"""In which month the completions are put right to meet a column: one that no column above it in the list can see."""

COMPLETED: Final = {
    OPIATE: "4 4 3 4 3 4 2 2 3 2 2 2  1 1 0 3 0 1 2 2 2 2 4 1  0 1 0 1 3 3 5 3 2 4 3 3",
    NON_OPIATE: "2 3 2 2 2 1 3 3 2 3 3 2  2 2 1 2 2 3 3 3 3 1 2 1  1 2 1 2 6 1 3 2 2 2 2 2",
    ALCOHOL: "6 6 6 6 6 6 6 6 5 6 6 6  5 4 5 5 4 5 6 5 6 6 7 6  3 3 4 3 4 6 8 5 6 5 5 6",
    BOTH: "1 1 1 1 0 1 1 0 1 1 0 1  1 1 1 1 2 1 2 0 1 1 0 0  1 0 1 0 1 1 0 1 0 1 1 0",
}
"""Successful completions a month, January 2015 to December 2017, before the columns are put right."""
LEFT: Final = {
    OPIATE: "5 5 5 5 5 5 5 5 5 5 5 5  5 5 5 5 5 8 6 5 5 5 5 5  5 5 5 5 5 5 5 5 5 5 5 5",
    NON_OPIATE: "3 3 3 3 3 3 6 6 6 6 6 6  1 1 1 1 1 3 1 1 1 1 1 1  1 1 1 1 0 1 1 1 1 1 1 1",
    ALCOHOL: "6 6 6 6 6 6 6 6 6 6 6 6  6 6 6 6 7 6 6 6 6 6 6 6  6 6 6 6 6 6 6 6 6 6 6 6",
    BOTH: "2 1 2 1 2 1 2 2 2 2 2 2  1 1 1 1 1 1 1 1 1 1 1 1  1 1 1 1 1 1 1 1 1 1 1 1",
}
"""Other exits a month."""
STARTED_A_MONTH: Final = {OPIATE: 8, NON_OPIATE: 6, ALCOHOL: 12, BOTH: 2}
"""People who start treatment in each month that no column decides."""


def by_month(row: str) -> dict[date, int]:
    """A row of the tables above as month -> number."""
    return dict(zip(months(date(2015, 1, 1), date(2017, 12, 1)), map(int, row.split()), strict=True))


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
