"""Standings that a process keeps from one question to the next.

Every question has a snapshot of its own, and gets the engine that would be loaded anew from it:

- nothing has come since: the engine as it is;
- what came since brought no knowledge (a comment, a target, a meeting): the engine as it is, and all that follows from
  records alone;
- the snapshot is newer: of each client of whom anything was said since, all rows are read anew, beside the base, and
  what was worked out client by client (`brought_up`) is worked out anew of them alone;
- the snapshot is older than what somebody else has read meanwhile: the rows are wound back to it;
- another generation is live, or an erasure lies between, which takes rows away for all positions: all is begun anew.

The base is a file that all processes map (`shared_columns`), where there is a folder for it. Who finds none makes it
from the tables, and the others wait for that; who has much beside the base makes the next one. Where no file can be
made, each process has its own.

What is kept is never changed. A newer one takes its place in one step, so that no thread sees half of it.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, Final, Protocol, TypeVar

import sqlalchemy as sa

from domain.definition import Definition
from domain.log.mapper import JsonMapper
from domain.log.tables import setting
from projections.store import generations, tables
from projections.store.submissions import Submissions

from .calculation import Standings
from .calculation.arrays import distinct, is_among
from .columns import StandingColumns, Stretches
from .in_memory import StandingsEngine
from .lru import LruCache
from .shared_columns import SharedBase, SharedColumns
from .stored import DatabaseState, Erasures, clients_since, erased_rows, load_slices, read_standings

_VARIANTS_KEPT: Final = 2
"""Definitions that are not in force, each as large as all that is stored."""
_VALUES_BROUGHT_UP: Final = 16
BESIDE: Final = 20_000
"""Rows that may lie beside the base of any size."""
_SHARE_BESIDE: Final = 0.01
"""The share of the base's rows that may."""

Value = TypeVar("Value")


class BringUp(Protocol):
    """Gives what follows from a key and the log up to a position, and may keep it: see `LoadedStandings.brought_up`."""

    def __call__(
        self, key: Hashable, position: int, whole: Callable[[], Value], since: Callable[[int, Value], Value], /
    ) -> Value: ...


def made_anew(
    _key: Hashable, _position: int, whole: Callable[[], Value], _since: Callable[[int, Value], Value], /
) -> Value:
    """Makes it, and keeps nothing."""
    return whole()


@dataclass(frozen=True, slots=True)
class LoadedStandings:
    """The standings of one snapshot, with the engine over them; nothing in it changes."""

    snapshot: DatabaseState
    engine: StandingsEngine
    settings: frozenset[str]
    """The names of the database's settings; one that is set beside the log is seen with the next commit."""
    base: SharedBase
    """What stood at an earlier position; the rows of clients who were read anew since are gone from its columns."""
    since: Standings
    """All rows of those clients."""
    _variants: LruCache[str, StandingsEngine] = field(default_factory=lambda: LruCache(_VARIANTS_KEPT))
    _results: dict[Hashable, LruCache[Hashable, Any]] = field(default_factory=dict)
    _of_knowledge: dict[Hashable, LruCache[Hashable, Any]] = field(default_factory=dict)
    up_to: LruCache[Hashable, tuple[int, Any]] = field(default_factory=lambda: LruCache(_VALUES_BROUGHT_UP))
    """Values with the position that each is of; shared by all snapshots of one generation with the same erasures."""

    @classmethod
    def of(
        cls,
        connection: sa.Connection,
        snapshot: DatabaseState,
        base: SharedBase,
        since: Standings | None = None,
        rows: Stretches | None = None,
    ) -> "LoadedStandings":
        """These standings (or other `rows`) with what stands beside them in the snapshot of this connection."""
        generation, since = snapshot.generation, Standings.of([]) if since is None else since
        if rows is None:
            rows = Stretches.of(base.columns, *([StandingColumns.of(since)] if len(since) else []))
        submissions, erasures = Submissions.load(connection, generation), Erasures.load(connection, generation)
        engine = StandingsEngine(rows, load_slices(connection), submissions, erasures=erasures)
        return cls(snapshot, engine, _settings(connection), base, since)

    def without_news(self, connection: sa.Connection, snapshot: DatabaseState) -> "LoadedStandings":
        """The same in a newer snapshot, where nothing has come since that brought any knowledge."""
        settings = _settings(connection)
        return replace(self, snapshot=snapshot, settings=settings, _results={})

    def with_news(self, connection: sa.Connection, snapshot: DatabaseState) -> "LoadedStandings":
        """The standings of a newer snapshot with the same past; of all else only what is brought up by what is new."""
        newer = _brought_up(connection, self.base, self.since, self.snapshot.position, snapshot)
        return replace(newer, up_to=self.up_to)

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
        kept = self.up_to.get(key)
        if kept is not None and kept[0] > position:
            return whole()
        if kept is not None and kept[0] == position:
            same: Value = kept[1]
            return same
        value = whole() if kept is None else since(*kept)
        self.up_to.keep(key, (position, value))
        return value

    def under(self, connection: sa.Connection, mapper: JsonMapper, definition: Definition) -> StandingsEngine:
        """The engine for a definition that is not in force, measured anew when it is first asked for."""
        return self._variants.or_made(definition.version, lambda: StandingsEngine.under(connection, mapper, definition))


class StandingsCache:
    """The standings of one process, for any number of threads; `shared` with others, if there is a folder for it.

    With more rows than `beside` beside the base, and a hundredth of its own, the next base is made.
    """

    def __init__(self, shared: SharedColumns | None = None, beside: int = BESIDE) -> None:
        self._shared, self._beside = shared, beside
        self._loaded: LoadedStandings | None = None
        self._lock = Lock()

    def at(self, connection: sa.Connection) -> LoadedStandings:
        """The standings as this connection's snapshot has them; it must be one that reads, and has not written."""
        generation, position = generations.live_at(connection)
        loaded = self._loaded
        if loaded is not None and (loaded.snapshot.generation, loaded.snapshot.position) == (generation, position):
            return loaded
        snapshot = DatabaseState(generation, position, erased_rows(connection, generation))
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
        if loaded is None or not loaded.snapshot.same_past(snapshot):
            loaded = self._begun(connection, snapshot)
        elif loaded.snapshot.position > snapshot.position:
            rows = Stretches.of(*(its.wound_back(snapshot.position) for its in loaded.engine.rows.columns))
            return LoadedStandings.of(connection, snapshot, loaded.base, loaded.since, rows)
        elif loaded.snapshot.position < snapshot.position:
            if _is_newest(connection, snapshot.generation, loaded.submissions):
                loaded = loaded.without_news(connection, snapshot)
            else:
                loaded = loaded.with_news(connection, snapshot)
        if len(loaded.since) > max(self._beside, _SHARE_BESIDE * len(loaded.base.columns)):
            loaded = replace(self._with_little_beside(connection, loaded), up_to=loaded.up_to)
        self._loaded = loaded
        return self._loaded

    def _begun(self, connection: sa.Connection, snapshot: DatabaseState) -> LoadedStandings:
        if self._shared is None:
            return self._over(connection, snapshot, _from_tables(connection, snapshot), is_ours=False)
        slices = load_slices(connection)
        if (base := self._shared.newest(connection, snapshot, slices)) is None:
            with self._shared.turn(wait=True) as is_ours:
                base = self._shared.newest(connection, snapshot, slices)  # somebody else may have made it meanwhile
                if base is None:
                    return self._over(connection, snapshot, _from_tables(connection, snapshot), is_ours=is_ours)
        return _beside(connection, base, snapshot)

    def _with_little_beside(self, connection: sa.Connection, loaded: LoadedStandings) -> LoadedStandings:
        """The same over the next base; over this one while another process makes that."""
        snapshot, rows = loaded.snapshot, loaded.engine.rows
        if self._shared is None:
            return self._over(connection, snapshot, rows.merged(), is_ours=False)
        base = self._shared.newest(connection, snapshot, load_slices(connection))
        if base is not None and base.state.position > loaded.base.state.position:
            return _beside(connection, base, snapshot)
        with self._shared.turn(wait=False) as is_ours:
            return self._over(connection, snapshot, rows.merged(), is_ours=True) if is_ours else loaded

    def _over(
        self, connection: sa.Connection, snapshot: DatabaseState, columns: StandingColumns, *, is_ours: bool
    ) -> LoadedStandings:
        """The standings of a snapshot with nothing beside these columns: in a file, if it is our turn and one can be
        made.
        """
        if is_ours and self._shared is not None:
            columns = self._shared.write(connection, snapshot, load_slices(connection), columns) or columns
        return LoadedStandings.of(connection, snapshot, SharedBase(snapshot, columns))


def _settings(connection: sa.Connection) -> frozenset[str]:
    return frozenset(connection.execute(sa.select(setting.c.name)).scalars())


def _is_newest(connection: sa.Connection, generation: int, submissions: Submissions) -> bool:
    """Whether these are still all: every commit that brings knowledge ends with one."""
    t = tables.submission.c
    newest = connection.execute(sa.select(sa.func.max(t.position)).where(t.generation == generation)).scalar()
    return newest == (submissions.newest.position if submissions.newest else None)


def _from_tables(connection: sa.Connection, snapshot: DatabaseState) -> StandingColumns:
    return StandingColumns.of(read_standings(connection, snapshot.generation, "1 = 1"))


def _beside(connection: sa.Connection, base: SharedBase, snapshot: DatabaseState) -> LoadedStandings:
    """The standings of a snapshot over a base of it, or of before it."""
    return _brought_up(connection, base, Standings.of([]), base.state.position, snapshot)


def _brought_up(
    connection: sa.Connection, base: SharedBase, since: Standings, position: int, snapshot: DatabaseState
) -> LoadedStandings:
    """The rows of a newer snapshot than these, which are of a `position`: those of the clients whose episodes the log
    speaks of since are read anew.

    To go by the log costs what is new; to look for new and closed rows would cost reading them all, or an index on
    every write.
    """
    if position < snapshot.position:
        touched = clients_since(snapshot.generation, position)
        anew = read_standings(connection, snapshot.generation, f"client IN ({touched})")
        clients = distinct(anew.client)
        since = Standings.of([since.take(~is_among(since.client, clients)), anew])
        base = base._replace(columns=base.columns.without_clients(clients))
    return LoadedStandings.of(connection, snapshot, base, since)
