"""The rows that are stored against the rows that the log says."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from domain.client import client_text
from domain.measures.families import part_stored_as
from projections.standings.calculation import COLUMNS, Standings
from projections.standings.slices import SliceKey, Slices
from projections.store import tables

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
    standings = [(generation, *row) for row in models.standings.rows()]
    yield _compared(connection, tables.submission, generation, models.submissions, str)
    yield _compared(connection, tables.contract, generation, models.contracts, str)
    yield _compared(connection, tables.episode, generation, models.episodes, str)
    yield _compared(connection, tables.erased, generation, models.erased, str)
    yield _compared(connection, tables.standing, generation, standings, lambda row: _standing(row, keys))


def _misnumbered(numbers: Mapping[SliceKey, int]) -> Iterator[SliceKey]:
    return (key for place, (key, number) in enumerate(numbers.items()) if number != place)


def _compared(
    connection: sa.Connection,
    table: sa.Table,
    generation: int,
    made: Iterable[tuple[Any, ...]],
    words: Callable[[tuple[Any, ...]], str],
) -> Check:
    columns = COLUMNS if table is tables.standing else [c.name for c in table.c if c.name != "generation"]
    query = sa.select(*(table.c[name] for name in columns)).where(table.c.generation == generation)
    stored = Counter(tuple(row) for row in connection.execute(query))
    expected = Counter(row[1:] for row in made)
    differences = [f"{table.name}: stored, but the log does not say it: {words(row)}" for row in stored - expected]
    differences += [f"{table.name}: the log says it, but it is not stored: {words(row)}" for row in expected - stored]
    return Check.of(f"{table.name} rows", sum(expected.values()), sorted(differences))


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
