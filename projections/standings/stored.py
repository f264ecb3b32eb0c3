"""Standings, the keys of their slices and erased episodes, as the database stores them: rows to values, and back.

Whoever asks a standpoint again after an erasure gets a figure without the erased persons, also where the standpoint
lies before it. So a figure says beside itself how many episodes that were known at its position, and of which
anything had happened by its day, have been erased since. In which figure they stood, nobody can tell any more.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby, repeat
from operator import itemgetter
from typing import Any, Final, NamedTuple
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from domain.episode.events import Erased
from domain.log.database import chunks, insert_many
from domain.log.tables import log
from domain.standpoint import Standpoint
from projections.store import tables
from projections.store.tables import erased

from .calculation import COLUMNS, FOREVER, Standings
from .slices import Slices

_BITE: Final = 100_000
"""Rows that are turned from columns into Python's numbers at once."""


def read_standings(connection: sa.Connection, generation: int, condition: str) -> Standings:
    """The rows of a generation that meet a condition, written in SQL over the columns of `tables.standing`."""
    cursor: Any = connection.connection.cursor()
    try:
        columns, table = ", ".join(COLUMNS), tables.standing.name
        cursor.execute(f"SELECT {columns} FROM {table} WHERE generation = {generation:d} AND ({condition})")
        return standings_from(cursor.fetchall())
    finally:
        cursor.close()


def current_rows(connection: sa.Connection, generation: int, clients: Sequence[int]) -> Standings:
    """The rows of these clients that stand by what is known now."""
    t = tables.standing.c
    rows: list[Any] = []
    for some in chunks(clients):
        query = sa.select(*(t[name] for name in COLUMNS))
        rows += connection.execute(
            query.where(t.generation == generation, t.client.in_(some), t.known_until == FOREVER)
        ).all()
    return standings_from(rows)


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


class ErasedEpisode(NamedTuple):
    """What is left to say of an erased episode; see `tables.erased`."""

    episode: UUID
    known_from: int
    known_until: int
    occurred_on: date


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
        rows = _rows(connection, log.c.originator_id.in_(chunk), up_to)
        insert_many(connection, erased, [(generation, *row) for row in rows])


def erased_episodes(connection: sa.Connection, up_to: int) -> list[ErasedEpisode]:
    """All erased episodes that the log tells of up to a position."""
    farewells = log.alias()
    streams = sa.select(farewells.c.originator_id).where(farewells.c.topic == Erased.TOPIC)
    return list(_rows(connection, log.c.originator_id.in_(streams), up_to))


def _rows(connection: sa.Connection, of_streams: sa.ColumnElement[bool], up_to: int) -> Iterator[ErasedEpisode]:
    """From the columns that outlive an erasure: a stream's events up to a farewell, and where the next ones begin."""
    columns = (log.c.originator_id, log.c.position, log.c.topic, log.c.occurred_on)
    query = sa.select(*columns).where(of_streams, log.c.position <= up_to)
    rows = connection.execute(query.order_by(log.c.originator_id, log.c.position))
    for stream, of_stream in groupby(rows, itemgetter(0)):
        yield from _of_stream(stream, list(of_stream))


def _of_stream(stream: UUID, rows: list[Any]) -> Iterator[ErasedEpisode]:
    ends = [index for index, row in enumerate(rows) if row.topic == Erased.TOPIC]
    begin = 0
    for end in ends:
        if earlier := rows[begin:end]:
            anew = rows[end + 1].position if end + 1 < len(rows) else FOREVER
            yield ErasedEpisode(stream, earlier[0].position, anew, min(row.occurred_on for row in earlier))
        begin = end + 1
