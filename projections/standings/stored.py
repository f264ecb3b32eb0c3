"""The standings and the keys of their slices, as the database stores them: rows to columns, and back."""

from collections.abc import Sequence
from itertools import repeat
from typing import Any, Final

import numpy as np
import sqlalchemy as sa

from domain.log.database import chunks, insert_many
from projections.store import tables

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
