"""Figures under other definitions and windows, measured anew from the log: of those alone who can stand in them.

Whoever stands in a figure on a day, under whatever definition, was in treatment within its window, or waits. So who
they are follows from the standings of two measures, and of the log of many years only theirs is read.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import pyarrow as pa
import sqlalchemy as sa

from domain.definition import Definition, definition_in_force
from domain.measures.families import FAMILIES, PEOPLE_IN_TREATMENT, Family, Reads
from domain.measures.registry import Measure, measure_named
from domain.periods import add_months
from projections.explain.provenance import REVIEWS, TOPS, clients_spoken_of
from projections.standings.cache import BringUp, made_anew
from projections.standings.calculation import Known, standings_of_known
from projections.standings.calculation.arrays import Ints
from projections.standings.folded import VERSIONS
from projections.standings.in_memory import StandingsEngine
from projections.standings.measured import known_in
from projections.standings.of_clients import versions_of_clients
from projections.standings.packing import packed, unpacked
from projections.standings.slices import Slices
from projections.store import generations
from projections.store.submissions import submission_positions

IN_TREATMENT_OR_WAITING: Final[Sequence[Measure]] = (measure_named("N.treatment"), measure_named("W.waiting"))
"""Somebody who can stand in any figure on a day stands in one of these, on it or not long before."""

_LOOKS_BACK: Final = {one.name: 2 + one.window.first.months + one.window.first.days // 28 for one in FAMILIES}
"""By family, months that its window does not look back beyond, not even one that is a month longer than it."""
_BEFORE: Final = {
    name: max(months - PEOPLE_IN_TREATMENT.window.first.months, 0) for name, months in _LOOKS_BACK.items()
}
"""By family, months before a day in which whoever can stand in a figure on it has stood as in treatment."""

_READ_BY_FEW: Final = {Reads.TOPS: TOPS, Reads.REVIEWS: REVIEWS}
"""What only families that read it depend on: it is more than half of a log."""


def topics_unread(reads: Reads) -> frozenset[str]:
    """The events of an episode on which the answer of such a family cannot depend."""
    return frozenset(event.TOPIC for by, its in _READ_BY_FEW.items() if by is not reads for event in its)


@dataclass(frozen=True, slots=True)
class KnownBetween:
    """What may be kept: the records, without the topics `unread`, of who was in treatment or waited on any day from the
    `first` to the `last`, as known from the position `since` on.
    """

    first: date
    last: date
    since: int
    unread: frozenset[str]


class MeasuredAnew:
    """The engines of one snapshot for a family under another definition or with another window, on some days: as known
    at `position`, or when these days had come.

    `engine` holds `IN_TREATMENT_OR_WAITING`. What was known of the people is read once for all engines of the same
    days, and of those alone of whom something was said since where `bring_up` keeps it.
    """

    def __init__(
        self, connection: sa.Connection, engine: StandingsEngine, position: int, bring_up: BringUp = made_anew
    ) -> None:
        self._connection, self._engine, self._position, self._bring_up = connection, engine, position, bring_up
        self._newest = max(engine.submissions.positions, default=0)
        self._known: dict[KnownBetween, Known] = {}

    def engine(self, definition: Definition | None, family: Family, days: Sequence[date]) -> StandingsEngine:
        """The engine that answers for one family on these days, in ascending order; for no other day."""
        known, slices = self._known_between(days[0], days[-1], family), Slices()
        standings = standings_of_known(known, slices, definition or _in_force_throughout(days), [family])
        return StandingsEngine(standings, slices, self._engine.submissions, definition)

    def _known_between(self, first: date, last: date, family: Family) -> Known:
        day_before = self._engine.standpoint(first, first - timedelta(days=1))
        since, before = min(self._position, day_before.position), add_months(first, -_BEFORE[family.name])
        asked = KnownBetween(before, last, since, topics_unread(family.reads))
        if asked not in self._known:
            self._known[asked] = known_in(self._versions(asked))
        return self._known[asked]

    def _versions(self, asked: KnownBetween) -> pa.Table:
        """What was known of them, as `VERSIONS`; kept packed, with the newest submission's position."""
        clients = self._engine.clients_between(IN_TREATMENT_OR_WAITING, asked.first, asked.last, asked.since)

        def whole() -> bytes:
            return packed(self._read(asked, clients.tolist()))

        def since(position: int, piece: bytes) -> bytes:
            return packed(self._after(asked, clients, unpacked([piece], VERSIONS), position))

        return unpacked([self._bring_up(asked, self._newest, whole, since)], VERSIONS)

    def _read(self, asked: KnownBetween, clients: Collection[int]) -> pa.Table:
        """What was known of these clients; what was known at the first position is said to begin there."""
        generation = generations.live(self._connection)
        received = submission_positions(self._connection, generation)
        positions = {number: max(position, asked.since) for number, position in received.items()}
        return versions_of_clients(self._connection, generation, clients, positions, asked.unread)

    def _after(self, asked: KnownBetween, clients: Ints, before: pa.Table, position: int) -> pa.Table:
        """What was known of these clients, where what was known of most of them up to a position is there already."""
        generation = generations.live(self._connection)
        spoken_of = np.array(sorted(clients_spoken_of(self._connection, generation, position, self._newest)), np.int64)
        its = before["client"].to_numpy()
        stays = np.isin(its, np.setdiff1d(clients, spoken_of))
        anew = np.setdiff1d(clients, its[stays]).tolist()
        return pa.concat_tables([before.filter(pa.array(stays)), self._read(asked, anew)]).combine_chunks()


def _in_force_throughout(days: Sequence[date]) -> Definition | None:
    """The version that is in force on all of these days, which are ascending; None if there is more than one."""
    first, last = definition_in_force(days[0]), definition_in_force(days[-1])
    return first if first == last else None
