"""The rows that are stored against the rows that the log says."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from domain.client import client_text
from domain.measures.families import part_stored_as
from projections.standings.calculation import COLUMNS, Standings
from projections.standings.slices import SliceKey, Slices
from projections.store import tables

ROWS_AT_ONCE: Final = 20_000
"""Rows that are compared as tuples at a time."""
NAMED: Final = 20
"""Differences of one check that are put into words; the others are counted."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was checked, how much of it, and each difference in one sentence (at most `NAMED`; `found` counts all)."""

    name: str
    size: int
    found: int
    differences: tuple[str, ...]

    @classmethod
    def of(cls, name: str, size: int, differences: Sequence[str]) -> "Check":
        """A check with all its differences."""
        return cls(name, size, len(differences), tuple(differences[:NAMED]))


@dataclass(frozen=True, slots=True)
class ReadModels:
    """All rows that a log says, up to `position`; rows without their generation are `[1:]` of each."""

    position: int
    submissions: list[tuple[Any, ...]]
    contracts: list[tuple[Any, ...]]
    episodes: list[tuple[Any, ...]]
    erased: list[tuple[Any, ...]]
    standings: Standings


def compared_rows(
    connection: sa.Connection, generation: int, models: ReadModels, slices: Slices, numbers: Mapping[SliceKey, int]
) -> Iterator[Check]:
    """The stored rows of a generation against those that the log says. `numbers` are the stored numbers of slices,
    `slices` the same with those that the log says besides.
    """
    keys = list(slices)
    differences = [f"slice: stored under another number: {key}" for key in _misnumbered(numbers)]
    differences += [f"slice: the log says it, but it is not stored: {key}" for key in slices.numbers.keys() - numbers]
    yield Check.of("slice rows", len(slices), differences)
    yield _compared(connection, tables.submission, generation, models.submissions, str)
    yield _compared(connection, tables.contract, generation, models.contracts, str)
    yield _compared(connection, tables.episode, generation, models.episodes, str)
    yield _compared(connection, tables.erased, generation, models.erased, str)
    yield _compared_standings(connection, generation, models.standings, keys)


def _misnumbered(numbers: Mapping[SliceKey, int]) -> Iterator[SliceKey]:
    return (key for place, (key, number) in enumerate(numbers.items()) if number != place)


def _compared(
    connection: sa.Connection,
    table: sa.Table,
    generation: int,
    made: Iterable[tuple[Any, ...]],
    words: Callable[[tuple[Any, ...]], str],
) -> Check:
    query = sa.select(*(c for c in table.c if c.name != "generation")).where(table.c.generation == generation)
    expected = Counter(row[1:] for row in made)
    differences = sorted(_differences(table, connection.execute(query), expected, words))
    return Check.of(f"{table.name} rows", sum(expected.values()), differences)


def _differences(
    table: sa.Table,
    stored_rows: Iterable[Sequence[Any]],
    expected: Counter[tuple[Any, ...]],
    words: Callable[[tuple[Any, ...]], str],
) -> Iterator[str]:
    stored = Counter(tuple(row) for row in stored_rows)
    yield from (f"{table.name}: stored, but the log does not say it: {words(row)}" for row in stored - expected)
    yield from (f"{table.name}: the log says it, but it is not stored: {words(row)}" for row in expected - stored)


def _compared_standings(connection: sa.Connection, generation: int, made: Standings, keys: Sequence[Any]) -> Check:
    """The rows of some clients after the others: of a long log all of them are too many to be tuples at a time."""
    t = tables.standing.c
    query = sa.select(*(t[name] for name in COLUMNS)).where(t.generation == generation)
    made = made.take(np.argsort(made.client, kind="stable"))
    differences: list[str] = []
    for rows, condition in _by_clients(made.client):
        stored, expected = connection.execute(query.where(condition)), Counter(made.take(rows).rows())
        differences += _differences(tables.standing, stored, expected, lambda row: _standing(row, keys))
    return Check.of(f"{tables.standing.name} rows", len(made), sorted(differences))


def _by_clients(clients: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], sa.ColumnElement[bool]]]:
    """Of the clients of rows, ascending, some rows after the others with all rows of a client together; and the
    condition of the stored rows that belong beside them. Of whatever client a stored row is, it meets one of them.
    """
    client = tables.standing.c.client
    begin, after = 0, cast("sa.ColumnElement[bool]", sa.true())
    while (end := begin + ROWS_AT_ONCE) < len(clients):
        last = int(clients[end])
        end = int(np.searchsorted(clients, last, "right"))
        yield np.arange(begin, end), sa.and_(after, client <= last)
        begin, after = end, client > last
    yield np.arange(begin, len(clients)), after


def _standing(row: tuple[Any, ...], keys: Sequence[Any]) -> str:
    try:
        return _standing_in_words(row, keys)
    except (LookupError, ValueError, OverflowError):  # numbers that stand for nothing
        return str(row)


def _standing_in_words(row: tuple[Any, ...], keys: Sequence[Any]) -> str:
    named = dict(zip(COLUMNS, row, strict=True))
    family, part = part_stored_as(named["part"])
    return (
        f"client {client_text(named['client'])} in {family.name} ({part}), "
        f"{'counted' if named['state'] & 1 else 'not counted'}, {keys[named['slice']]}, "
        f"from {date.fromordinal(named['as_of'])}, known from position {named['known_from']}"
    )
