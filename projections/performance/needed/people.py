"""Of whom it depends whether a target is met: who stands in the figure of its last day, and who could still."""

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Final

import numpy as np

from domain.measures.calendar import Flags
from domain.measures.families import COMPLETIONS
from domain.measures.registry import Measure, measure_named
from domain.periods import ONE_DAY, Period, add_months
from domain.rounding import half_up
from projections.performance.colours.conditions import HIGHER
from projections.standings.engine import Figure
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

from .at_deadline import ReadClients, RowsAtDeadline, people_at, people_at_deadline
from .changes import BESIDE, OPEN
from .settled import standings_to_settle, treated_of
from .sharing import days_in

PACE_MONTHS: Final = 6
"""How far back the pace is taken: in fewer months a hub has too few completions to have a pace; in more, an improvement
would not show. It is the window of the re-presentations that are not lagged, whose cohort is the completions."""
START_MONTHS: Final = 12
"""How far back it is counted how many start: a whole year, since starts go with the seasons."""
_RECENT: Final = measure_named("5.0u")


def standings_needed(measure: Measure) -> tuple[Measure, ...]:
    """The measures whose standings are asked beside a measure's."""
    return (measure, *BESIDE, completions_of(measure), *standings_to_settle(measure))


@dataclass(frozen=True, slots=True)
class People:
    """The people that all is counted from.

    `then` stands in the figure of the deadline, of them `open` is in treatment at the standpoint and `fresh` completed
    less than six months before. `joining` are those in treatment who are in no cohort yet and would be by completing
    (of the re-presentations). `now` is today's cohort, `recent` the completions of the last months.
    """

    measure: Measure
    deadline: date
    as_of: date
    window: Period
    useful: Period | None
    then: RowsAtDeadline
    now: RowsAtDeadline
    open: Flags
    fresh: Flags
    joining: RowsAtDeadline
    recent: RowsAtDeadline
    starts: int

    @classmethod
    def of(cls, engine: StandingsEngine, read: ReadClients, whole: Figure, deadline: date) -> "People":
        measure, at, slice_ = whole.measure, whole.standpoint, whole.slice
        window = window_at(measure, deadline)
        useful = useful_days(window, at.as_of)
        then = people_at_deadline(engine, read, measure, at, slice_, deadline)
        in_treatment = people_at(engine, _open_of(measure), at, slice_)
        recent, now = people_at(engine, completions_of(measure), at, slice_), people_at(engine, measure, at, slice_)
        nobody = then.take(np.zeros(len(then), np.bool_))
        if of_returns(measure):
            # Whoever came back may complete in another group: then they are in that group's figure, and not in this.
            is_open = known_in(then, people_at(engine, OPEN, at, Slice()))
            joining = in_treatment.take(~known_in(in_treatment, then)) if useful else nobody
        else:
            is_open, joining = then.also_in(in_treatment), nobody
        return cls(
            measure,
            deadline,
            at.as_of,
            window,
            useful,
            then,
            now,
            is_open,
            then.also_in(recent.take(recent.immature)),
            joining,
            recent,
            _starts(engine, whole, now, len(recent), useful),
        )

    @property
    def could_count(self) -> Flags:
        """Who of the cohort is in treatment and could still count: once no day is of use, nobody."""
        return self.open & ~self.then.counted if self.useful else np.zeros(len(self.then), np.bool_)

    @property
    def may_change(self) -> Flags:
        """Who completed and could be lost by a return by the deadline; of the re-presentations, who could come back.

        While the window is still to end, any return in it makes another treatment the latest one; after that only one
        within six months matters.
        """
        if self.as_of >= self.deadline:
            return np.zeros(len(self.then), np.bool_)
        if of_returns(self.measure):
            return ~self.then.counted & self.fresh
        return self.then.counted & (self.fresh | (self.window.last_day > self.as_of))


def of_returns(measure: Measure) -> bool:
    """Whether it is returns that are counted: then fewer are better."""
    return measure.polarity != HIGHER


@cache
def completions_of(measure: Measure) -> Measure:
    """The measure whose cohort is the completions of the last months, of the same groups."""
    return replace(_RECENT, parts=measure.parts)


@cache
def _open_of(measure: Measure) -> Measure:
    return replace(OPEN, parts=measure.parts)


def known_in(rows: RowsAtDeadline, others: RowsAtDeadline) -> Flags:
    """Which of these stand among the others, by whatever journey."""
    return rows.also_in(others, by_journey=False)


def _starts(engine: StandingsEngine, whole: Figure, now: RowsAtDeadline, completed: int, useful: Period | None) -> int:
    """How many would stand in the cohort anew by the deadline at the pace of late: who start, or who complete."""
    if useful is None:
        return 0
    measure, at = whole.measure, whole.standpoint
    if of_returns(measure):
        return round_half_up(at_pace(completed, at.as_of, PACE_MONTHS, days_in(useful)))
    treated = now if measure.family is COMPLETIONS else people_at(engine, treated_of(measure), at, whole.slice)
    first = add_months(at.as_of + ONE_DAY, -START_MONTHS).toordinal()
    return round_half_up(at_pace(int((treated.journey >= first).sum()), at.as_of, START_MONTHS, days_in(useful)))


def window_at(measure: Measure, deadline: date) -> Period:
    """The window of a measure's figure of a day."""
    day, window = np.array([deadline.toordinal()]), measure.family.window
    return Period(date.fromordinal(int(window.first.on(day)[0])), date.fromordinal(int(window.after.on(day)[0]) - 1))


def useful_days(window: Period, as_of: date) -> Period | None:
    """The days after `as_of` on which a completion lies in the window of the deadline; None once there are none."""
    first = max(window.first_day, as_of + ONE_DAY)
    return Period(first, window.last_day) if first <= window.last_day else None


def at_pace(count: int, as_of: date, months: int, days: int) -> Fraction:
    """How many come in some days, if as many came in the last months before; exact."""
    before = (as_of + ONE_DAY - add_months(as_of + ONE_DAY, -months)).days
    return Fraction(count * days, before)


def round_half_up(number: Fraction) -> int:
    """The nearest whole number, a half upwards."""
    return int(half_up(number, 0))
