"""Standings that a service keeps in memory from one request to the next.

Every request has a snapshot of its own, and gets the engine that would be loaded anew from it:

- nothing has come since: the engine as it is;
- what came since brought no knowledge (a comment, a target, a meeting): the engine as it is, and all that follows from
  records alone;
- the snapshot is newer: of each client of whom anything was said since, all rows are read anew, and what was worked
  out client by client (`brought_up`) is worked out anew of them alone;
- the snapshot is older than what somebody else has read meanwhile: the rows are wound back to it;
- another generation is live, or an erasure lies between, which takes rows away for all positions: all is read anew.

What is kept is never changed. A newer one takes its place in one step, so that no thread sees half of it.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, Final, TypeVar

import numpy as np
import sqlalchemy as sa

from domain.definition import Definition
from domain.log.mapper import JsonMapper
from domain.log.tables import log, setting
from projections.store import generations, tables
from projections.store.submissions import Submissions

from .calculation import FOREVER, Standings
from .in_memory import StandingsEngine
from .lru import LruCache
from .stored import Erasures, load_slices, read_standings

_VARIANTS_KEPT: Final = 2
"""Definitions that are not in force, each as large as all that is stored."""
_VALUES_BROUGHT_UP: Final = 8

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """What tells one state of the read models from another: a generation, how far it has come, and its erasures."""

    generation: int
    position: int
    erased: int

    @classmethod
    def of(cls, connection: sa.Connection) -> "DatabaseState":
        """What this connection's transaction sees."""
        generation, position = generations.live_at(connection)
        return cls(generation, position, _erased(connection, generation))


def _erased(connection: sa.Connection, generation: int) -> int:
    """How many rows tell of erased episodes: one more at least with every erasure that takes anything away."""
    query = sa.select(sa.func.count()).select_from(tables.erased).where(tables.erased.c.generation == generation)
    return int(connection.execute(query).scalar_one())


@dataclass(frozen=True, slots=True)
class LoadedStandings:
    """The standings of one snapshot, with the engine over them; nothing in it changes."""

    snapshot: DatabaseState
    engine: StandingsEngine
    settings: frozenset[str]
    """The names of the database's settings; one that is set beside the log is seen with the next commit."""
    _variants: LruCache[str, StandingsEngine] = field(default_factory=lambda: LruCache(_VARIANTS_KEPT))
    _results: dict[Hashable, LruCache[Hashable, Any]] = field(default_factory=dict)
    _of_knowledge: dict[Hashable, LruCache[Hashable, Any]] = field(default_factory=dict)
    _up_to: LruCache[Hashable, tuple[int, Any]] = field(default_factory=lambda: LruCache(_VALUES_BROUGHT_UP))
    """Values with the position that each is of; shared by all snapshots of one generation with the same erasures."""

    @classmethod
    def of(cls, connection: sa.Connection, snapshot: DatabaseState, standings: Standings) -> "LoadedStandings":
        """These standings with what stands beside them in the snapshot of this connection."""
        generation = snapshot.generation
        submissions, erasures = Submissions.load(connection, generation), Erasures.load(connection, generation)
        engine = StandingsEngine(standings, load_slices(connection), submissions, erasures=erasures)
        return cls(snapshot, engine, _settings(connection))

    def without_news(self, connection: sa.Connection, snapshot: DatabaseState) -> "LoadedStandings":
        """The same in a newer snapshot, where nothing has come since that brought any knowledge."""
        return LoadedStandings(
            snapshot,
            self.engine,
            _settings(connection),
            self._variants,
            _of_knowledge=self._of_knowledge,
            _up_to=self._up_to,
        )

    def with_news(self, connection: sa.Connection, snapshot: DatabaseState) -> "LoadedStandings":
        """The standings of a newer snapshot with the same past; of all else only what is brought up by what is new."""
        newer = LoadedStandings.of(connection, snapshot, _brought_up(connection, self))
        return replace(newer, _up_to=self._up_to)

    @property
    def standings(self) -> Standings:
        """All that stands in the snapshot."""
        return self.engine.standings

    @property
    def submissions(self) -> Submissions:
        """The submissions of the snapshot."""
        return self.engine.submissions

    def results(self, name: Hashable, most: int, *, of_knowledge: bool = False) -> LruCache[Hashable, Any]:
        """A cache of what else follows from this snapshot, of the `most` values asked for last under this name. It goes
        with the snapshot: what comes to the log makes a new one. What is `of_knowledge` follows from submissions alone
        and what they brought, and stays until the next one.
        """
        every = self._of_knowledge if of_knowledge else self._results
        results = every.get(name)
        return every.setdefault(name, LruCache(most)) if results is None else results

    def brought_up(
        self, key: Hashable, position: int, whole: Callable[[], Value], since: Callable[[int, Value], Value]
    ) -> Value:
        """What follows from the key and the log up to a position. The value that is kept is brought up from its own
        position by `since`; `whole` makes it where none is kept, or only one of a later position.
        """
        kept = self._up_to.get(key)
        if kept is not None and kept[0] > position:
            return whole()
        value = whole() if kept is None else since(*kept)
        self._up_to.keep(key, (position, value))
        return value

    def under(self, connection: sa.Connection, mapper: JsonMapper, definition: Definition) -> StandingsEngine:
        """The engine for a definition that is not in force, measured anew when it is first asked for."""
        return self._variants.or_made(definition.version, lambda: StandingsEngine.under(connection, mapper, definition))


class StandingsCache:
    """The standings of one process, for any number of threads."""

    def __init__(self) -> None:
        self._loaded: LoadedStandings | None = None
        self._lock = Lock()

    def at(self, connection: sa.Connection) -> LoadedStandings:
        """The standings as this connection's snapshot has them; it must be one that reads, and has not written."""
        generation, position = generations.live_at(connection)
        loaded = self._loaded
        if loaded is not None and (loaded.snapshot.generation, loaded.snapshot.position) == (generation, position):
            return loaded
        snapshot = DatabaseState(generation, position, _erased(connection, generation))
        with self._lock:
            return self._brought_to(connection, snapshot)

    def current(self, state: generations.State | None) -> LoadedStandings | None:
        """What is kept, if it is of this state of the log; None where it would have to be loaded first."""
        loaded = self._loaded
        if loaded is None or state != (loaded.snapshot.generation, loaded.snapshot.position):
            return None
        return loaded

    def _brought_to(self, connection: sa.Connection, snapshot: DatabaseState) -> LoadedStandings:
        loaded = self._loaded
        if loaded is None or not _same_past(loaded.snapshot, snapshot):
            self._loaded = LoadedStandings.of(
                connection, snapshot, read_standings(connection, snapshot.generation, "1 = 1")
            )
        elif loaded.snapshot.position < snapshot.position:
            if _is_newest(connection, snapshot.generation, loaded.submissions):
                self._loaded = loaded.without_news(connection, snapshot)
            else:
                self._loaded = loaded.with_news(connection, snapshot)
        elif loaded.snapshot.position > snapshot.position:
            return LoadedStandings.of(connection, snapshot, _wound_back(loaded.standings, snapshot.position))
        assert self._loaded is not None
        return self._loaded


def _settings(connection: sa.Connection) -> frozenset[str]:
    return frozenset(connection.execute(sa.select(setting.c.name)).scalars())


def _is_newest(connection: sa.Connection, generation: int, submissions: Submissions) -> bool:
    """Whether these are still all: every commit that brings knowledge ends with one."""
    t = tables.submission.c
    newest = connection.execute(sa.select(sa.func.max(t.position)).where(t.generation == generation)).scalar()
    return newest == (submissions.newest.position if submissions.newest else None)


def _same_past(one: DatabaseState, other: DatabaseState) -> bool:
    """Whether their rows differ only by what opened and closed between them."""
    return (one.generation, one.erased) == (other.generation, other.erased)


def _brought_up(connection: sa.Connection, loaded: LoadedStandings) -> Standings:
    """The rows of a newer snapshot: those of the clients whose episodes the log speaks of since are read anew.

    What a commit opens and closes is of clients that its episodes are, or ever were, known to be of. To go by the log
    costs what is new; to look for new and closed rows would cost reading them all, or an index on every write.
    """
    snapshot, before = loaded.snapshot, loaded.standings
    # CROSS JOIN keeps SQLite from going through all episodes first.
    touched = (
        f"SELECT e.client FROM {log.name} l CROSS JOIN {tables.episode.name} e WHERE e.episode = l.originator_id "
        f"AND e.generation = {snapshot.generation:d} AND l.position > {snapshot.position:d}"
    )
    anew = read_standings(connection, snapshot.generation, f"client IN ({touched})")
    if not len(anew):
        return before
    return Standings.of([before.take(~np.isin(before.client, np.unique(anew.client))), anew])


def _wound_back(standings: Standings, position: int) -> Standings:
    """The rows as they were at a position: what opened since is not there, what closed since still stands."""
    then = standings.take(standings.known_from <= position)
    return replace(then, known_until=np.where(then.known_until > position, FOREVER, then.known_until))
