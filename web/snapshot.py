"""One snapshot of the database, in which everything is asked; whatever is submitted meanwhile."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import wraps
from operator import attrgetter
from typing import Concatenate, Final, ParamSpec, TypeVar

import sqlalchemy as sa

from domain.contract_life.dispute import Dispute
from domain.definition import Definition, definition_in_force
from domain.log.mapper import JsonMapper
from domain.log.tables import setting
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.claims import disputes as on_record
from projections.explain.provenance import MemberSeen, members_seen
from projections.privacy.caseload_access import Passed, agencies_open_to, caseloads_passed
from projections.projector.preview import BeforeCommit, PlannedChange, engine_after
from projections.standings.cache import LoadedStandings, StandingsCache
from projections.standings.calculation import Standings
from projections.standings.engine import Figure, Standing
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.standings.stored import read_standings, standing_on
from projections.store import generations
from projections.store.submissions import Submissions

P = ParamSpec("P")
Value = TypeVar("Value")
_OfSnapshot = Callable[Concatenate["Snapshot", P], Value]

MOST: Final = 512
"""How many values of one function are kept with a snapshot, where it does not say otherwise."""

DEMONSTRATION: Final = "demonstration"
"""The setting that marks a database of the demonstration, in which no person is real."""
NOTICE: Final = "Demonstration data: every person, record and agency in it is invented. No person in it is real."
"""What every output of the demonstration says."""


@dataclass(frozen=True)
class Snapshot:
    """What the database says at one moment."""

    open_log: Callable[[], sa.Connection]
    """Gives the transaction of this snapshot, the same each time."""
    mapper: JsonMapper
    generation: int
    submissions: Submissions
    loaded: LoadedStandings | None = None
    """The snapshot's standings, where the process keeps them in memory."""
    open_access: Callable[[], sa.Connection] | None = None

    @classmethod
    def of(
        cls,
        connection: sa.Connection,
        mapper: JsonMapper,
        cache: StandingsCache | None = None,
        open_access: Callable[[], sa.Connection] | None = None,
    ) -> "Snapshot":
        """What this connection's transaction sees; `cache` only where it has not written.

        `open_access` gives a transaction on the access database; without it, that is the same database.
        """
        if cache is not None:
            return cls.over(cache.at(connection), lambda: connection, mapper, open_access)
        generation = generations.live(connection)
        submissions = Submissions.load(connection, generation)
        return cls(lambda: connection, mapper, generation, submissions, open_access=open_access)

    @classmethod
    def over(
        cls,
        loaded: LoadedStandings,
        open_log: Callable[[], sa.Connection],
        mapper: JsonMapper,
        open_access: Callable[[], sa.Connection] | None = None,
    ) -> "Snapshot":
        """The snapshot that these standings are of; `open_log` must give a transaction that sees just that one."""
        return cls(open_log, mapper, loaded.snapshot.generation, loaded.submissions, loaded, open_access)

    @property
    def connection(self) -> sa.Connection:
        """Its transaction; of the standings in memory many questions are answered without one."""
        return self.open_log()

    @property
    def access(self) -> sa.Connection:
        """Where accounts, tokens and the trail of access are read, as of when they are first asked for here."""
        return self.connection if self.open_access is None else self.open_access()

    @property
    def demonstration(self) -> bytes | None:
        """How far the loading of the demonstration has come; None where the data are not those of one."""
        query = sa.select(setting.c.value).where(setting.c.name == DEMONSTRATION)
        return self.connection.execute(query).scalar()

    @property
    def is_demonstration(self) -> bool:
        """Whether no person in the data is real."""
        if self.loaded is not None:
            return DEMONSTRATION in self.loaded.settings
        return self.demonstration is not None

    def cached(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """What follows from this snapshot and the key alone, kept as `snapshot_cache` keeps it.

        The key is a dataclass made for it: each class has a cache of its own.
        """
        if self.loaded is None:
            return make()
        value: Value = self.loaded.results(type(key), MOST).or_made(key, make)
        return value

    def brought_up(
        self, key: Hashable, position: int, whole: Callable[[], Value], since: Callable[[int, Value], Value]
    ) -> Value:
        """What follows from the key and the log up to a position; see `LoadedStandings.brought_up`."""
        return whole() if self.loaded is None else self.loaded.brought_up(key, position, whole, since)

    @property
    def disputes(self) -> Sequence[Dispute]:
        """Every dispute, in the order in which they were opened; the log is searched for them once a snapshot."""
        return _disputes(self)

    def agencies_of_provider(self, granted: frozenset[str], on: date) -> frozenset[str]:
        """The agencies whose client-level records are, on that day, those of the agencies granted to a provider: as
        contracts and handovers have passed them on.
        """
        contracts = self.submissions.contracts.known_at()
        return agencies_open_to(granted, contracts, _caseloads_passed(self), on)

    def standpoint(self, as_of: date, known_at: date | int | None = None) -> Standpoint:
        """The standpoint of a question; see `Submissions.standpoint`."""
        return self.submissions.standpoint(as_of, known_at)

    def engine_after(self, changed: PlannedChange, as_of: date) -> StandingsEngine:
        """The engine as it would be after a commit that is not stored, for `as_of` with all that is known then."""
        before = BeforeCommit(self.connection, self.mapper, self.generation, self.submissions)
        return engine_after(changed, before, self._standing_on(as_of), as_of)

    def _standing_on(self, day: date) -> Standings:
        """The rows that stand on a day by all that is known."""
        if self.loaded is None:
            return read_standings(self.connection, self.generation, standing_on(day))
        return self.loaded.engine.rows_standing_on(day)

    def figures(
        self, measures: Sequence[Measure], standpoint: Standpoint, slice_: Slice, definition: Definition | None = None
    ) -> list[Figure]:
        """The figures of one standpoint and slice."""
        return self.engine(measures, [standpoint.as_of], definition, standpoint).figures(measures, standpoint, slice_)

    def series(
        self,
        measure: Measure,
        days: Sequence[date],
        known_at: date | int | None,
        slice_: Slice,
        definition: Definition | None = None,
    ) -> list[Figure]:
        """A measure at each day, as known at one."""
        return self.engine([measure], days, definition).series(measure, days, known_at, slice_)

    def members(
        self, measure: Measure, standpoint: Standpoint, slice_: Slice, definition: Definition | None = None
    ) -> tuple[Figure, list[MemberSeen]]:
        """A figure with its members, each with its journey, rule and events."""
        engine = self.engine([measure], [standpoint.as_of], definition, standpoint)
        # In an order of their own: that of the rows is another one after every submission, and pages must fit together.
        standings = sorted(engine.members(measure, standpoint, slice_), key=attrgetter("client", "journey", "part"))
        under = engine.definition_at(standpoint.as_of)
        seen = members_seen(self.connection, self.mapper, self.generation, measure, standpoint, standings, under)
        return engine.figure(measure, standpoint, slice_), seen

    def standings(
        self, measure: Measure, standpoint: Standpoint, slice_: Slice, definition: Definition | None = None
    ) -> tuple[Figure, list[Standing]]:
        """A figure with who stands in it."""
        engine = self.engine([measure], [standpoint.as_of], definition, standpoint)
        return engine.figure(measure, standpoint, slice_), engine.members(measure, standpoint, slice_)

    def triangle(
        self, measure: Measure, as_ofs: Sequence[date], slice_: Slice, definition: Definition | None = None
    ) -> "Triangle":
        """A measure at these days, as known on each day on which something became known."""
        known_ats = self.submissions.days_of_knowledge()
        counts = self.engine([measure], as_ofs, definition).triangle(measure, as_ofs, known_ats, slice_).tolist()
        cells = [
            [_cell(measure, pair) if known_at >= as_of else None for known_at, pair in zip(known_ats, row, strict=True)]
            for as_of, row in zip(as_ofs, counts, strict=True)
        ]
        return Triangle(measure, slice_, as_ofs, known_ats, cells)

    def engine(
        self,
        measures: Sequence[Measure],
        days: Iterable[date],
        definition: Definition | None = None,
        at: Standpoint | None = None,
    ) -> StandingsEngine:
        """The engine for these measures on these days; with `at`, for this standpoint alone.

        A definition that is not in force on all the days is measured anew from the log.
        """
        if definition is not None and any(definition_in_force(day) != definition for day in days):
            if self.loaded is not None:
                return self.loaded.under(self.connection, self.mapper, definition)
            return StandingsEngine.under(self.connection, self.mapper, definition)
        if self.loaded is not None:
            return self.loaded.engine
        return StandingsEngine.load(self.connection, measures, at)


def snapshot_cache(
    most: int = MOST, *, of_knowledge: bool = False
) -> Callable[[_OfSnapshot[P, Value]], _OfSnapshot[P, Value]]:
    """Keep what a function says of a snapshot with the snapshot's standings, where a process keeps those.

    Each function has a cache of its own, of the `most` values asked for last; its other arguments are the key.
    `of_knowledge`: it follows from submissions alone and what they brought, so that it is kept until the next one,
    whatever else is written: targets, meetings, plans, comments.
    """

    def decorate(function: _OfSnapshot[P, Value]) -> _OfSnapshot[P, Value]:
        @wraps(function)
        def cached(snapshot: Snapshot, /, *args: P.args, **kwargs: P.kwargs) -> Value:
            if snapshot.loaded is None:
                return function(snapshot, *args, **kwargs)
            results = snapshot.loaded.results(function, most, of_knowledge=of_knowledge)
            value: Value = results.or_made((*args, *kwargs.items()), lambda: function(snapshot, *args, **kwargs))
            return value

        return cached

    return decorate


@snapshot_cache(of_knowledge=True)
def _caseloads_passed(snapshot: Snapshot) -> list[Passed]:
    return caseloads_passed(snapshot.connection, snapshot.mapper)


@snapshot_cache()
def _disputes(snapshot: Snapshot) -> Sequence[Dispute]:
    return on_record.disputes(snapshot.connection, snapshot.mapper)


Cell = list[int | None] | None
"""Numerator and denominator (None of a count); None where the day of knowledge lies before the day asked of."""


@dataclass(frozen=True)
class Triangle:
    """A revision triangle: a row for each of `as_ofs`, a column for each of `known_ats`, both ascending."""

    measure: Measure
    slice: Slice
    as_ofs: Sequence[date]
    known_ats: Sequence[date]
    cells: list[list[Cell]]


def _cell(measure: Measure, pair: Sequence[int]) -> Cell:
    numerator, denominator = pair
    return [numerator, None if measure.kind == "count" else denominator]
