"""Figures under other definitions and windows, measured anew from the log: of those alone who can stand in them.

Whoever stands in a figure on a day, under whatever definition, was in treatment within its window, or waits. So who
they are follows from the standings of two measures, and of the log of many years only theirs is read.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa

from domain.definition import Definition, definition_in_force
from domain.measures.families import FAMILIES, PEOPLE_IN_TREATMENT, Family, Reads
from domain.measures.registry import Measure, measure_named
from domain.periods import add_months
from projections.explain.provenance import REVIEWS, TOPS
from projections.standings.calculation import Known, standings_of_known
from projections.standings.in_memory import StandingsEngine
from projections.standings.measured import known_in
from projections.standings.of_clients import versions_of_clients
from projections.standings.slices import Slices
from projections.store import generations
from projections.store.submissions import submission_positions

IN_TREATMENT_OR_WAITING: Final[Sequence[Measure]] = (measure_named("N.treatment"), measure_named("W.waiting"))
"""Somebody who can stand in any figure on a day stands in one of these, on it or not long before."""

_LOOKS_BACK: Final = 2 + max(one.window.first.months + one.window.first.days // 28 for one in FAMILIES)
"""Months that no window looks back beyond, not even one that is a month longer than it should be."""
_BEFORE: Final = _LOOKS_BACK - PEOPLE_IN_TREATMENT.window.first.months
"""Months before a day in which whoever can stand in a figure on it has stood as in treatment."""

_READ_BY_FEW: Final = {Reads.TOPS: TOPS, Reads.REVIEWS: REVIEWS}
"""What only families that read it depend on: it is more than half of a log."""


def topics_unread(reads: Reads) -> set[str]:
    """The events of an episode on which the answer of such a family cannot depend."""
    return {event.TOPIC for by, its in _READ_BY_FEW.items() if by is not reads for event in its}


class MeasuredAnew:
    """The engines of one snapshot for a family under another definition or with another window, on some days: as known
    at `position`, or when these days had come.

    `engine` holds `IN_TREATMENT_OR_WAITING`. What was known of the people is read once for all engines of the same
    days.
    """

    def __init__(self, connection: sa.Connection, engine: StandingsEngine, position: int) -> None:
        self._connection, self._engine, self._position = connection, engine, position
        self._known: dict[tuple[date, date, Reads], Known] = {}

    def engine(self, definition: Definition | None, family: Family, days: Sequence[date]) -> StandingsEngine:
        """The engine that answers for one family on these days, in ascending order; for no other day."""
        known, slices = self._known_between(days[0], days[-1], family.reads), Slices()
        standings = standings_of_known(known, slices, definition or _in_force_throughout(days), [family])
        return StandingsEngine(standings, slices, self._engine.submissions, definition)

    def _known_between(self, first: date, last: date, reads: Reads) -> Known:
        if (first, last, reads) not in self._known:
            day_before = self._engine.standpoint(first, first - timedelta(days=1))
            since = min(self._position, day_before.position)
            before = add_months(first, -_BEFORE)
            clients = self._engine.clients_between(IN_TREATMENT_OR_WAITING, before, last, since)
            self._known[first, last, reads] = self._known_of(clients.tolist(), since, reads)
        return self._known[first, last, reads]

    def _known_of(self, clients: Sequence[int], since: int, reads: Reads) -> Known:
        """What was known of these clients from a position on; what was known there is said to begin there."""
        generation = generations.live(self._connection)
        received = submission_positions(self._connection, generation)
        positions = {number: max(position, since) for number, position in received.items()}
        versions = versions_of_clients(self._connection, generation, clients, positions, topics_unread(reads))
        return known_in(versions)


def _in_force_throughout(days: Sequence[date]) -> Definition | None:
    """The version that is in force on all of these days, which are ascending; None if there is more than one."""
    first, last = definition_in_force(days[0]), definition_in_force(days[-1])
    return first if first == last else None
