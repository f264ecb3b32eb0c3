"""Earlier cohorts of a figure: as they were seen at the same age, and what had become of them when they were complete.

A cohort is *complete* when the files of every agency expected to report reach `COMPLETE_AFTER_MONTHS` past the day of
its last word: of a re-presentation whose follow-up time runs (5.0u to 5.3u) that is the lagged figure six months later,
of every other measure the figure itself. The *age* of a cohort at a standpoint is how many months past `as_of` the
files of all expected agencies reach. Expected are those with an open episode, as known at the day in question: nothing
here uses knowledge from after the standpoint.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.measures.registry import Measure, measure_named
from domain.periods import ONE_DAY, add_months
from domain.standpoint import Standpoint
from projections.standings.calculation import COUNTED, Standings
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

from .completeness import COUNTED as COUNTED_CELL
from .completeness import Filled

COMPLETE_AFTER_MONTHS: Final = 3
"""Once all files reach so far past the last word, later corrections are rare."""
FOLLOW_UP_MONTHS: Final = 6
"""In which a return is a re-presentation. [V]"""
MOST_MONTHS: Final = 120
"""How far back earlier cohorts are looked for."""

_Ints = NDArray[np.int64]


@dataclass(frozen=True)
class EarlierCohort:
    """An earlier cohort, complete: `seen_at` its age, known to be complete at the position `complete_at`.

    `own` is what became of it, `of_all` what became of the one of all groups and agencies; `clients` are its people.
    """

    seen_at: Standpoint
    complete_at: int
    own: Filled
    of_all: Filled
    clients: _Ints


@dataclass(frozen=True)
class Cohorts:
    """The cohort of one figure, and the earlier ones that can be set beside it."""

    engine: StandingsEngine
    measure: Measure
    standpoint: Standpoint
    slice: Slice

    def final_day(self, as_of: date) -> date:
        """The `as_of` of the last word on the cohort of a day."""
        return months_later(as_of, FOLLOW_UP_MONTHS) if self.measure.immature else as_of

    @cached_property
    def age(self) -> int | None:
        """How many months past `as_of` all files reach, at most until it is complete; None if one does not cover it."""
        oldest = COMPLETE_AFTER_MONTHS + (FOLLOW_UP_MONTHS if self.measure.immature else 0)
        return next((age for age in range(oldest, -1, -1) if self._reached(self.standpoint.as_of, age)), None)

    @cached_property
    def is_complete(self) -> bool:
        """Whether the last word on it has been said."""
        return self._reached(self.final_day(self.standpoint.as_of), COMPLETE_AFTER_MONTHS)

    @cached_property
    def people(self) -> _Ints:
        """How many there are in each cell."""
        return self._people(self.measure, self.slice, self.standpoint)[1]

    @cached_property
    def counted_in_the_end(self) -> int:
        """Of a complete cohort, how many of its people are counted."""
        final = replace(self.standpoint, as_of=self.final_day(self.standpoint.as_of))
        return int(self._filled(self.measure, self.slice, self.standpoint, final)[0].came.sum())

    @cached_property
    def earlier(self) -> list[EarlierCohort]:
        """The earlier cohorts that are known to be complete at the standpoint, a month apart, the newest first."""
        return [cohort for months in range(1, MOST_MONTHS + 1) if (cohort := self._earlier(months))]

    def _earlier(self, months: int) -> EarlierCohort | None:
        as_of = months_later(self.standpoint.as_of, -months)
        seen_at = self._first_reaching(as_of, self.age or 0)
        complete_at = self._first_reaching(self.final_day(as_of), COMPLETE_AFTER_MONTHS)
        if not seen_at or not complete_at:
            return None
        everywhere = Slice(young_people=self.slice.young_people)
        every_part = replace(self.measure, parts=tuple(range(len(self.measure.family.parts))))
        own, clients = self._filled(self.measure, self.slice, seen_at, complete_at)
        of_all, _ = self._filled(every_part, everywhere, seen_at, complete_at)
        return EarlierCohort(seen_at, complete_at.position, own, of_all, clients)

    # ---- when there was enough to see

    def _reached(self, day: date, months: int) -> bool:
        return self._all_reach(replace(self.standpoint, as_of=day), self._reported(day, months))

    def _first_reaching(self, day: date, months: int) -> Standpoint | None:
        """The first day of knowledge on which the files of all agencies expected then reach so far past a day."""
        reported = self._reported(day, months)
        if not reported:
            return None
        first = min(reported.values())
        standpoints = (Standpoint(day, known_at, position) for known_at, position in self._days if position >= first)
        return next((at for at in standpoints if self._all_reach(at, reported)), None)

    def _all_reach(self, at: Standpoint, reported: Mapping[str, int]) -> bool:
        by_now = {agency for agency, position in reported.items() if position <= at.position}
        return bool(by_now) and self.engine.expected(at) <= by_now

    def _reported(self, day: date, months: int) -> dict[str, int]:
        reports = self.engine.submissions.reports(day, months, self.standpoint.position)
        return {agency: row.position for agency, row in reports.items()}

    @cached_property
    def _days(self) -> list[tuple[date, int]]:
        """The days of knowledge up to the standpoint, each with its last position."""
        days = self.engine.submissions.days_of_knowledge()
        positions = [(day, self.engine.standpoint(day, day).position) for day in days]
        return [(day, position) for day, position in positions if position <= self.standpoint.position]

    # ---- who is seen

    def _filled(
        self, measure: Measure, slice_: Slice, seen_at: Standpoint, complete_at: Standpoint
    ) -> tuple[Filled, _Ints]:
        """What became of a cohort, and who its people are."""
        rows, people = self._people(measure, slice_, seen_at)
        final = replace(final_measure(measure), parts=measure.parts)
        later = self.engine.rows_at(final, complete_at, slice_)
        comes = _counted_among(rows, later.client[later.state & COUNTED > 0])
        came = np.bincount(self._cell(rows, seen_at.as_of)[comes], minlength=len(people))
        return Filled(people, came), np.unique(rows.client)

    def _people(self, measure: Measure, slice_: Slice, at: Standpoint) -> tuple[Standings, _Ints]:
        """The rows of a cohort, and how many of them are in each cell."""
        rows = self._rows(measure, slice_, at)
        cells = 1 + (FOLLOW_UP_MONTHS if measure.immature else 1)
        return rows, np.bincount(self._cell(rows, at.as_of), minlength=cells)

    def _rows(self, measure: Measure, slice_: Slice, at: Standpoint) -> Standings:
        """The rows that stand at a standpoint; where the follow-up time runs, each from the day of completion on."""
        if not measure.immature:
            return self.engine.rows_at(measure, at, slice_)
        rows = self.engine.rows_along_days(measure, at.position, slice_)
        order = np.lexsort((rows.as_of, rows.journey, rows.client))
        rows = rows.take(order)
        begins = np.append(True, rows.client[1:] != rows.client[:-1])[: len(rows)]
        begins[1:] |= (rows.journey[1:] != rows.journey[:-1]) | (rows.as_of[1:] > rows.until[:-1])
        since = rows.as_of[np.maximum.accumulate(np.where(begins, np.arange(len(rows)), 0))]
        day = at.as_of.toordinal()
        return replace(rows, as_of=since).take((rows.as_of <= day) & (rows.until > day))

    def _cell(self, rows: Standings, as_of: date) -> _Ints:
        """Of each row its cell: counted, or by the whole months since it stands in the cohort."""
        not_yet: _Ints | int = 1
        if self.measure.immature:
            edges = [months_later(as_of, -months).toordinal() for months in range(FOLLOW_UP_MONTHS - 1, 0, -1)]
            not_yet = FOLLOW_UP_MONTHS - np.searchsorted(edges, rows.as_of)
        return np.where(rows.state & COUNTED > 0, COUNTED_CELL, not_yet)


def final_measure(measure: Measure) -> Measure:
    """The measure that has the last word: of a re-presentation that is not lagged, the lagged one."""
    return measure_named(measure.code.removesuffix("u")) if measure.immature else measure


def months_later(as_of: date, months: int) -> date:
    """A day moved by whole months such that the last day of a month stays one."""
    return add_months(as_of + ONE_DAY, months) - ONE_DAY


def _counted_among(rows: Standings, counted: _Ints) -> _Ints:
    """Which rows are of the clients in `counted`: as many of a client as it is in it, those counted already first."""
    order = np.lexsort((rows.state & COUNTED == 0, rows.client))
    client = rows.client[order]
    nth = np.arange(len(client)) - np.searchsorted(client, client)
    counted = np.sort(counted)
    times = np.searchsorted(counted, client, side="right") - np.searchsorted(counted, client)
    chosen: _Ints = order[nth < times]
    return chosen
