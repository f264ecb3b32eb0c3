"""Why one figure is not another: a walk in four steps, each with one cause, adding up client by client.

The order is fixed, since attribution depends on it: what was known (`known_at`), then the dates (`as_of`), then the
definition, then the slice. In each step a client who stands in one figure and not in the other contributes +1 or -1 to
the numerator, the denominator or both; opposite contributions of one client cancel. Every contribution names a reason
in the field's words and the event that it rests on. What the contributions do not add up to is `unexplained`.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from domain.definition import Definition
from domain.log.collector import collector_paused
from domain.log.database import chunks
from domain.log.mapper import JsonMapper
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.standings.calculation import COUNTED, Standings
from projections.standings.engine import Figure
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.store import generations

from .provenance import READ_AT_ONCE, Files, Source, recorded_of, streams_of_clients
from .reasons import (
    Cause,
    ClientKnown,
    Reason,
    cause_of_date,
    cause_of_definition,
    cause_of_knowledge,
    cause_of_slice,
    topics_read,
)


class Side(StrEnum):
    """Which number of a figure a contribution changes."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


class StepName(StrEnum):
    """What a step of the walk changes, in the order of the walk."""

    KNOWN_AT = "known_at"
    AS_OF = "as_of"
    DEFINITION = "definition"
    SLICE = "slice"


@dataclass(frozen=True, slots=True)
class Station:
    """Where a walk stands: a standpoint, a slice, and a definition (None: the one in force)."""

    standpoint: Standpoint
    slice: Slice
    definition: Definition | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """One client's +1 or -1 on one side, why, and the event and row that it rests on (None if none can be named).

    `agencies` are those of the journeys by which the client stands before or after. `client` is None where the reader
    may not know whose it is (`projections.privacy.redaction`).
    """

    client: int | None
    side: Side
    diff: int
    reason: Reason
    source: Source | None
    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One change, from a figure to the next."""

    name: StepName
    before: Figure
    after: Figure
    contributions: tuple[Contribution, ...]

    def explained(self, side: Side) -> int:
        """What the contributions add up to."""
        return sum(c.diff for c in self.contributions if c.side is side)


@dataclass(frozen=True, slots=True)
class Bridge:
    """The walk between two figures; a step in which nothing is asked to change is not in it."""

    start: Figure
    end: Figure
    steps: tuple[Step, ...]

    def unexplained(self, side: Side) -> int:
        """By how much the contributions miss the difference; always 0, or Recount is wrong and says so."""
        difference = _number(self.end, side) - _number(self.start, side)
        return difference - sum(step.explained(side) for step in self.steps)


@collector_paused()
def bridge(
    connection: sa.Connection,
    mapper: JsonMapper,
    measure: Measure,
    start: Station,
    end: Station,
    stored: StandingsEngine | None = None,
) -> Bridge:
    """Walk from one figure of a measure to another. The connection is one snapshot.

    `stored` is the engine over all its stored standings, where somebody has loaded them already.
    """
    walker = _Walker(connection, mapper, measure, start.standpoint, end.standpoint)
    if stored is not None:
        walker.take(stored)
    stages: list[_Stage] = []
    at = start
    for name, then in _stations(start, end):
        if then != at:
            stages.append(walker.stage(name, at, then))
            at = then
    first, last = walker.figure(start), walker.figure(end)
    return Bridge(first, last, tuple(walker.explained(stages)))


def _stations(start: Station, end: Station) -> Iterator[tuple[StepName, Station]]:
    known = Standpoint(start.standpoint.as_of, end.standpoint.known_at, end.standpoint.position)
    at = replace(start, standpoint=known)
    yield StepName.KNOWN_AT, at
    at = replace(at, standpoint=end.standpoint)
    yield StepName.AS_OF, at
    at = replace(at, definition=end.definition)
    yield StepName.DEFINITION, at
    yield StepName.SLICE, replace(at, slice=end.slice)


def _number(figure: Figure, side: Side) -> int:
    return figure.numerator if side is Side.NUMERATOR else figure.denominator or 0


@dataclass(frozen=True, slots=True)
class _Change:
    """A client's change on one side; `moment` is the day or position at which it came about, 0 where there is none."""

    client: int
    side: Side
    diff: int
    moment: int


@dataclass(frozen=True, slots=True)
class _Stage:
    """A step with whom it changes, before it is said why."""

    name: StepName
    before: Station
    after: Station
    changes: Sequence[_Change]
    agencies: Mapping[int, tuple[str, ...]]


class _Walker:
    def __init__(
        self, connection: sa.Connection, mapper: JsonMapper, measure: Measure, start: Standpoint, end: Standpoint
    ) -> None:
        self.connection, self.mapper, self.measure = connection, mapper, measure
        self.start, self.end = start, end
        self.generation = generations.live(connection)
        self.files = Files(connection, self.generation)
        self._engines: dict[Definition | None, StandingsEngine] = {}

    def take(self, stored: StandingsEngine) -> None:
        """Ask this engine what stands under the definitions in force."""
        self._engines[None] = stored

    def figure(self, station: Station) -> Figure:
        return self._engine(station.definition).figure(self.measure, station.standpoint, station.slice)

    def stage(self, name: StepName, before: Station, after: Station) -> _Stage:
        """Whom a step changes."""
        rows = self._rows(before), self._rows(after)
        changes = list(self._changes(name, before, after, *rows))
        clients = {change.client for change in changes}
        return _Stage(name, before, after, changes, self._agencies(zip((before, after), rows, strict=True), clients))

    def explained(self, stages: Sequence[_Stage]) -> Iterator[Step]:
        """The steps, each with the cause of every change. Clients are read so many at a time and once for all steps,
        so that what it takes does not grow with how many changed.
        """
        contributions: list[list[Contribution]] = [[] for _ in stages]
        changed = sorted({change.client for stage in stages for change in stage.changes})
        by_client = [_by_client(stage.changes) for stage in stages]
        for some in chunks(changed, READ_AT_ONCE):
            known = self._read(some)
            for stage, its, changes in zip(stages, contributions, by_client, strict=True):
                its += [
                    self._contribution(stage, change, known[client])
                    for client in some
                    for change in changes.get(client, ())
                ]
        for stage, its in zip(stages, contributions, strict=True):
            its.sort(key=lambda c: (c.side, c.reason, -c.diff))
            yield Step(stage.name, self.figure(stage.before), self.figure(stage.after), tuple(its))

    def _engine(self, definition: Definition | None) -> StandingsEngine:
        if definition not in self._engines:
            self._engines[definition] = (
                StandingsEngine.under(self.connection, self.mapper, definition)
                if definition
                else StandingsEngine.load(self.connection, [self.measure], self.start, to=self.end)
            )
        return self._engines[definition]

    def _changes(
        self, name: StepName, before: Station, after: Station, first: Standings, last: Standings
    ) -> Iterator[_Change]:
        """Each client's net difference on each side, one change for each of its units."""
        sides = (Side.NUMERATOR,) if self.measure.kind == "count" else tuple(Side)
        for side in sides:
            net = _net(_clients(last, side), _clients(first, side))
            moments = self._moments(name, before, after, side, net)
            for client, diff in sorted(net.items()):
                sign = 1 if diff > 0 else -1
                for moment in moments[client][-abs(diff) :] or [0] * abs(diff):
                    yield _Change(client, side, sign, moment)

    def _rows(self, station: Station) -> Standings:
        engine = self._engine(station.definition)
        return engine.rows_at(self.measure, station.standpoint, station.slice)

    def _agencies(
        self, standing: Iterable[tuple[Station, Standings]], clients: Collection[int]
    ) -> Mapping[int, tuple[str, ...]]:
        """Of each client the agencies of the journeys by which it stands in any of these."""
        by_client: defaultdict[int, set[str]] = defaultdict(set)
        for station, rows in standing:
            for client, agencies in self._engine(station.definition).agencies_of(rows, clients):
                by_client[client].update(agencies)
        return {client: tuple(sorted(agencies)) for client, agencies in by_client.items()}

    def _moments(
        self, name: StepName, before: Station, after: Station, side: Side, net: Mapping[int, int]
    ) -> Mapping[int, list[int]]:
        """Of each client the days or positions at which the side changed in the direction of its net difference."""
        if name not in {StepName.KNOWN_AT, StepName.AS_OF} or not net:
            return defaultdict(list)
        engine = self._engine(before.definition)
        along_known = name is StepName.KNOWN_AT
        if along_known:
            rows = engine.rows_along_knowledge(self.measure, before.standpoint.as_of, before.slice)
            begins, ends = rows.known_from, rows.known_until
            low, high = before.standpoint.position, after.standpoint.position
        else:
            rows = engine.rows_along_days(self.measure, before.standpoint.position, before.slice)
            begins, ends = rows.as_of, rows.until
            low, high = before.standpoint.as_of.toordinal(), after.standpoint.as_of.toordinal()
        forward = 1 if low <= high else -1
        low, high = min(low, high), max(low, high)
        steps: defaultdict[int, Counter[int]] = defaultdict(Counter)
        counts = np.isin(rows.client, list(net))
        if side is Side.NUMERATOR:
            counts &= rows.state & COUNTED > 0
        for i in np.flatnonzero(counts):
            client = int(rows.client[i])
            for moment, sign in ((int(begins[i]), 1), (int(ends[i]), -1)):
                if low < moment <= high:
                    steps[client][moment] += sign
        return {
            client: [
                moment
                for moment, size in sorted(steps[client].items(), reverse=forward < 0)
                if size * forward * net[client] > 0
                for _ in range(abs(size))
            ]
            for client in net
        }

    def _read(self, clients: Iterable[int]) -> Mapping[int, ClientKnown]:
        """What is known of each of these clients."""
        streams_of = streams_of_clients(self.connection, self.generation, clients)
        newest, topics = max(self.start.position, self.end.position), topics_read(self.measure)
        recorded = recorded_of(self.connection, self.mapper, streams_of, newest, topics)
        return {
            client: ClientKnown(
                client, {stream: recorded[stream] for stream in streams_of[client] if stream in recorded}
            )
            for client in clients
        }

    def _cause(self, name: StepName, change: _Change, known: ClientKnown, before: Station, after: Station) -> Cause:
        if name is StepName.KNOWN_AT:
            definition = self._engine(before.definition).definition_at(before.standpoint.as_of)
            increases = (change.diff > 0) == (after.standpoint.position >= before.standpoint.position)
            return cause_of_knowledge(
                self.measure, definition, known, before.standpoint.as_of, change.moment, increases=increases,
                counted=change.side is Side.NUMERATOR,
            )  # fmt: skip
        if name is StepName.AS_OF:
            forward = after.standpoint.as_of >= before.standpoint.as_of
            day = date.fromordinal(change.moment) if change.moment else after.standpoint.as_of
            definition = self._engine(before.definition).definition_at(day)
            return cause_of_date(
                self.measure, definition, known, before.standpoint.position, day, forward=forward,
                increases=(change.diff > 0) == forward,
            )  # fmt: skip
        if name is StepName.DEFINITION:
            old, new = (self._engine(q.definition).definition_at(q.standpoint.as_of) for q in (before, after))
            return cause_of_definition(self.measure, old, new, known, after.standpoint)
        definition = self._engine(after.definition).definition_at(after.standpoint.as_of)
        return cause_of_slice(known, after.standpoint, definition)

    def _contribution(self, stage: _Stage, change: _Change, known: ClientKnown) -> Contribution:
        cause = self._cause(stage.name, change, known, stage.before, stage.after)
        source = next(iter(self.files.sources([cause.event])), None) if cause.event else None
        return Contribution(
            change.client, change.side, change.diff, cause.reason, source, stage.agencies.get(change.client, ())
        )


def _by_client(changes: Iterable[_Change]) -> Mapping[int, list[_Change]]:
    by_client: defaultdict[int, list[_Change]] = defaultdict(list)
    for change in changes:
        by_client[change.client].append(change)
    return by_client


def _clients(rows: Standings, side: Side) -> NDArray[np.int64]:
    return rows.client[rows.state & COUNTED > 0] if side is Side.NUMERATOR else rows.client


def _net(after: NDArray[np.int64], before: NDArray[np.int64]) -> dict[int, int]:
    """By how much each client stands in one more often than in the other, where that is not 0."""
    clients, place = np.unique(np.concatenate([after, before]), return_inverse=True)
    net = np.bincount(place, np.repeat([1.0, -1.0], [len(after), len(before)]), len(clients)).astype(int)
    changed = np.flatnonzero(net)
    return dict(zip(clients[changed].tolist(), net[changed].tolist(), strict=True))
