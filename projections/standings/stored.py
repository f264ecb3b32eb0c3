"""Standings, the keys of their slices and erased episodes, as the database stores them: rows to values, and back.

Whoever asks a standpoint again after an erasure gets a figure without the erased persons, also where the standpoint
lies before it. So a figure says beside itself how many episodes that were known at its position, and of which
anything had happened by its day, have been erased since. In which figure they stood, nobody can tell any more.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby, repeat
from operator import itemgetter
from typing import Any, Final, NamedTuple
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from domain.episode.events import Erased
from domain.log.collector import collector_paused
from domain.log.database import chunks, insert_many
from domain.log.tables import log
from domain.standpoint import Standpoint
from projections.store import tables
from projections.store.generations import live_at
from projections.store.tables import erased

from .calculation import COLUMNS, FOREVER, Standings
from .calculation.arrays import Ints
from .slices import Slices

_BITE: Final = 100_000
"""Rows that are turned from columns into Python's numbers at once."""
_READ_AT_ONCE: Final = 20_000
"""Rows that are read as Python's numbers, of which each takes as much as a row of columns."""


@collector_paused()
def read_standings(connection: sa.Connection, generation: int, condition: str) -> Standings:
    """The rows of a generation that meet a condition, written in SQL over the columns of `tables.standing`."""
    cursor: Any = connection.connection.cursor()
    try:
        columns, table = ", ".join(COLUMNS), tables.standing.name
        cursor.execute(f"SELECT {columns} FROM {table} WHERE generation = {generation:d} AND ({condition})")
        return Standings.of([standings_from(rows) for rows in iter(partial(cursor.fetchmany, _READ_AT_ONCE), [])])
    finally:
        cursor.close()


def standing_on(day: date) -> str:
    """The condition of the rows that stand on a day by what is known now; for `read_standings`."""
    return f"as_of <= {day.toordinal():d} AND until > {day.toordinal():d} AND known_until = {FOREVER:d}"


def clients_since(generation: int, position: int) -> str:
    """The statement that finds the clients whose rows may be other ones than at an earlier position: those whose
    episodes the log speaks of since. What a commit opens and closes is of clients that its episodes are, or ever were,
    known to be of.
    """
    # CROSS JOIN keeps SQLite from going through all episodes first.
    return (
        f"SELECT e.client FROM {log.name} l CROSS JOIN {tables.episode.name} e WHERE e.episode = l.originator_id "
        f"AND e.generation = {generation:d} AND l.position > {position:d}"
    )


def parts_since(connection: sa.Connection, generation: int, position: int) -> set[int]:
    """The parts in which a row opened or closed since an earlier position; an erasure lies between only if the number
    of erased rows changed.
    """
    changed = f"known_from > {position:d} OR (known_until > {position:d} AND known_until < {FOREVER:d})"
    query = (
        f"SELECT DISTINCT part FROM {tables.standing.name} WHERE generation = {generation:d} "
        f"AND client IN ({clients_since(generation, position)}) AND ({changed})"
    )
    return set(connection.exec_driver_sql(query).scalars())


Address = int | str
"""Where a row lies in its table, as the database itself says it; good for the transaction that asked."""

_DAY: Final = 1 << 24
_STATE: Final = 1 << 16
_SLICE: Final = 1 << 32
_WHAT_STANDS: Final = (
    "client",
    f"(CAST(part AS BIGINT) * {_STATE} + state) * {_SLICE} + slice",
    f"CAST(journey AS BIGINT) * {_DAY} + as_of",
    "until",
)
"""What a row says, apart from when it is known, in few numbers: as `what_stands` packs it."""


def what_stands(standings: Standings) -> Sequence[Ints]:
    """Numbers of which all are alike where two rows say the same, whenever that is known."""
    s = standings
    return s.client, (s.part * _STATE + s.state) * _SLICE + s.slice, s.journey * _DAY + s.as_of, s.until


@collector_paused()
def current_rows(
    connection: sa.Connection, generation: int, clients: Sequence[int]
) -> tuple[Sequence[Address], Sequence[Ints]]:
    """The rows of these clients that stand by what is known now: the address of each, and `what_stands` of them.

    The database packs them: there are some thirty of a client, and each number that is read is an object of Python.
    """
    address = "rowid" if connection.dialect.name == "sqlite" else "ctid"
    cursor: Any = connection.connection.cursor()
    rows: list[tuple[Any, ...]] = []
    for some in chunks(clients):
        cursor.execute(
            f"SELECT {address}, {', '.join(_WHAT_STANDS)} FROM {tables.standing.name} WHERE "
            f"generation = {generation:d} AND known_until = {FOREVER:d} AND client IN ({', '.join(map(str, some))})"
        )
        rows += cursor.fetchall()
    cursor.close()
    addresses, *columns = zip(*rows, strict=True) if rows else ((), *((),) * len(_WHAT_STANDS))
    return addresses, [np.array(column, np.int64) for column in columns]


def close_rows(connection: sa.Connection, addresses: Sequence[Address], position: int) -> None:
    """Let these rows be known until a position. By their addresses no database has to look for them, whatever it
    believes of how many there are.
    """
    cursor: Any = connection.connection.cursor()
    change = f"UPDATE {tables.standing.name} SET known_until = {position:d} WHERE"
    if connection.dialect.name == "sqlite":
        cursor.executemany(f"{change} rowid = ?", zip(addresses))
    else:
        cursor.execute(f"{change} ctid = ANY(%s::tid[])", (list(addresses),))
    cursor.close()


def standings_from(rows: Sequence[Sequence[int]]) -> Standings:
    """Rows in the order of COLUMNS, as columns."""
    if not rows:
        return Standings.of(())
    return Standings(*(np.array(column, np.int64) for column in zip(*rows, strict=True)))


def insert_standings(connection: sa.Connection, generation: int, standings: Standings) -> None:
    """Add rows to a generation, client by client: so the index on them only grows at its end."""
    order = np.argsort(standings.client, kind="stable")
    for begin in range(0, len(order), _BITE):
        some = standings.take(order[begin : begin + _BITE])
        insert_many(connection, tables.standing, list(zip(repeat(generation), *some.lists(), strict=False)))


def load_slices(connection: sa.Connection) -> Slices:
    """The slice keys that have a number."""
    t = tables.slice_of.c
    query = sa.select(t.area, t.agencies, t.owner, t.adult, t.criminal_justice, t.number).order_by(t.number)
    return Slices({tuple(key): number for *key, number in connection.execute(query)})


def save_slices(connection: sa.Connection, slices: Slices, known: int) -> None:
    """Store the keys that were given a number since there were `known` of them."""
    new = list(slices)[known:]
    insert_many(connection, tables.slice_of, [(number, *key) for number, key in enumerate(new, known)])


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """What tells one state of the read models from another: a generation, how far it has come, and its erasures."""

    generation: int
    position: int
    erased: int

    @classmethod
    def of(cls, connection: sa.Connection) -> "DatabaseState":
        """What this connection's transaction sees."""
        generation, position = live_at(connection)
        return cls(generation, position, erased_rows(connection, generation))

    def same_past(self, other: "DatabaseState") -> bool:
        """Whether the rows of the two differ only by what opened and closed between them."""
        return (self.generation, self.erased) == (other.generation, other.erased)


def erased_rows(connection: sa.Connection, generation: int) -> int:
    """How many rows tell of erased episodes: one more at least with every erasure that takes anything away."""
    query = sa.select(sa.func.count()).select_from(erased).where(erased.c.generation == generation)
    return int(connection.execute(query).scalar_one())


class ErasedEpisode(NamedTuple):
    """What is left to say of an erased episode; see `tables.erased`."""

    episode: UUID
    known_from: int
    known_until: int
    occurred_on: date


class ErasedSince(NamedTuple):
    """An erased episode: known from a position on, of which anything had happened from a day on, and erased when."""

    known_from: int
    occurred_on: date
    erased_at: int


class Erasures:
    """The erased episodes of a generation."""

    def __init__(self, rows: Iterable[ErasedEpisode] = ()) -> None:
        self._rows = tuple(rows)

    @classmethod
    def load(cls, connection: sa.Connection, generation: int) -> "Erasures":
        """The erased episodes that a generation of the read models knows of."""
        t = erased.c
        query = sa.select(t.episode, t.known_from, t.known_until, t.occurred_on).where(t.generation == generation)
        return cls(ErasedEpisode._make(row) for row in connection.execute(query))

    @property
    def rows(self) -> frozenset[ErasedEpisode]:
        """All of them."""
        return frozenset(self._rows)

    def unseen(self, standpoint: Standpoint) -> int:
        """How many episodes a figure of this standpoint would have been able to see, had they not been erased."""
        return sum(
            row.known_from <= standpoint.position < row.known_until and row.occurred_on <= standpoint.as_of
            for row in self._rows
        )


def follow_erasures(
    connection: sa.Connection, generation: int, up_to: int, touched: Iterable[UUID], gone: Collection[UUID]
) -> None:
    """Bring the rows of a generation up to a commit at `up_to`: it touched these episodes, and erased those `gone`."""
    known = set(connection.execute(sa.select(erased.c.episode).where(erased.c.generation == generation)).scalars())
    anew = sorted(known.intersection(touched).union(gone))
    for chunk in chunks(anew):
        connection.execute(erased.delete().where(erased.c.generation == generation, erased.c.episode.in_(chunk)))
        episodes = _erased_among(connection, log.c.originator_id.in_(chunk), up_to)
        insert_many(connection, erased, [(generation, *episode) for episode in episodes])


def erased_episodes(connection: sa.Connection, up_to: int) -> list[ErasedEpisode]:
    """All erased episodes that the log tells of up to a position."""
    return _erased_among(connection, log.c.originator_id.in_(_farewell_streams()), up_to)


def _erased_among(connection: sa.Connection, of_streams: sa.ColumnElement[bool], up_to: int) -> list[ErasedEpisode]:
    return [one for rows in _rows(connection, of_streams, up_to) for _, one in _of_stream(rows)]


def erased_since(connection: sa.Connection) -> list[ErasedSince]:
    """All erased episodes, each as often as it was erased, with the positions of the events that say so."""
    return [
        ErasedSince(one.known_from, one.occurred_on, rows[end].position)
        for rows in _rows(connection, log.c.originator_id.in_(_farewell_streams()), FOREVER)
        for end, one in _of_stream(rows)
    ]


def _farewell_streams() -> sa.Select[Any]:
    farewells = log.alias()
    return sa.select(farewells.c.originator_id).where(farewells.c.topic == Erased.TOPIC)


def _rows(connection: sa.Connection, of_streams: sa.ColumnElement[bool], up_to: int) -> Iterator[list[Any]]:
    """Of each stream the columns that outlive an erasure."""
    columns = (log.c.originator_id, log.c.position, log.c.topic, log.c.occurred_on)
    query = sa.select(*columns).where(of_streams, log.c.position <= up_to)
    rows = connection.execute(query.order_by(log.c.originator_id, log.c.position))
    return (list(of_stream) for _, of_stream in groupby(rows, itemgetter(0)))


def _of_stream(rows: list[Any]) -> Iterator[tuple[int, ErasedEpisode]]:
    """A stream's events up to each farewell, by its place among them, and where the next ones begin."""
    ends = [index for index, row in enumerate(rows) if row.topic == Erased.TOPIC]
    begin = 0
    for end in ends:
        if earlier := rows[begin:end]:
            anew = rows[end + 1].position if end + 1 < len(rows) else FOREVER
            since = min(row.occurred_on for row in earlier)
            yield end, ErasedEpisode(rows[end].originator_id, earlier[0].position, anew, since)
        begin = end + 1
