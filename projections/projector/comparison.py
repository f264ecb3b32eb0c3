"""The rows that are stored against the rows that the log says."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import sqlalchemy as sa

from domain.client import client_text
from domain.measures.families import part_stored_as
from projections.standings.calculation import COLUMNS, Standings
from projections.standings.measured import standings_in
from projections.standings.slices import SliceKey, Slices
from projections.standings.stored import read_standings
from projections.store import tables
from projections.store.submissions import contract_rows

from .from_log import EpisodesKnown, LogRead, SomeClients, not_in_file
from .projector import submission_row

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


class RowsCompared:
    """The stored rows of a generation against those that the log says, some clients after the others; `checks` says at
    the end what was found.

    `slices` are those that are stored; they get what the log says besides, so whoever needs theirs takes a copy before.
    """

    def __init__(self, connection: sa.Connection, generation: int, log: LogRead, slices: Slices) -> None:
        self._connection, self._generation, self._log = connection, generation, log
        self._slices, self._stored_slices = slices, dict(slices.numbers)
        self._missing = not_in_file(log.submissions)
        self._counts: Counter[str] = Counter()
        self._differences: defaultdict[str, list[str]] = defaultdict(list)

    def compare(self, some: SomeClients) -> None:
        """Compare what concerns these clients."""
        episodes = list(EpisodesKnown(some.versions, self._missing).rows(self._generation))
        self._compare(tables.episode, episodes, tables.episode.c.client.between(some.first, some.last))
        made = standings_in(some.standings, self._slices)
        keys = list(self._slices)
        name = tables.standing.name
        self._counts[name] += len(made)
        only_stored, only_made = _apart(self._connection, self._generation, some, made)
        self._said(name, only_stored, only_made, lambda row: _standing(row, keys))

    def checks(self) -> Iterator[Check]:
        """What was found, of all tables."""
        keys = self._slices.numbers.keys() - self._stored_slices
        differences = [f"slice: stored under another number: {key}" for key in _misnumbered(self._stored_slices)]
        differences += [f"slice: the log says it, but it is not stored: {key}" for key in keys]
        yield Check.of("slice rows", len(self._slices), differences)
        log, number = self._log, self._generation
        self._compare(tables.submission, [submission_row(number, one) for one in log.submissions])
        self._compare(tables.contract, list(contract_rows(number, log.submissions)))
        self._compare(tables.erased, [(number, *row) for row in log.erased])
        for table in (tables.submission, tables.contract, tables.episode, tables.erased, tables.standing):
            yield Check.of(f"{table.name} rows", self._counts[table.name], sorted(self._differences[table.name]))

    def _compare(self, table: sa.Table, made: Sequence[tuple[Any, ...]], *among: sa.ColumnElement[bool]) -> None:
        columns = (column for column in table.c if column.name != "generation")
        query = sa.select(*columns).where(table.c.generation == self._generation, *among)
        stored, expected = Counter(map(tuple, self._connection.execute(query))), Counter(row[1:] for row in made)
        self._counts[table.name] += len(made)
        self._said(table.name, stored - expected, expected - stored, str)

    def _said(
        self,
        name: str,
        only_stored: Iterable[tuple[Any, ...]],
        only_made: Iterable[tuple[Any, ...]],
        words: Callable[[tuple[Any, ...]], str],
    ) -> None:
        said = self._differences[name]
        said += (f"{name}: stored, but the log does not say it: {words(row)}" for row in only_stored)
        said += (f"{name}: the log says it, but it is not stored: {words(row)}" for row in only_made)


def _misnumbered(numbers: Mapping[SliceKey, int]) -> Iterator[SliceKey]:
    return (key for place, (key, number) in enumerate(numbers.items()) if number != place)


Rows = Iterable[tuple[Any, ...]]


def _apart(connection: sa.Connection, generation: int, some: SomeClients, made: Standings) -> tuple[Rows, Rows]:
    """The standings of these clients that are stored alone, and those that the log alone says."""
    try:
        stored = read_standings(connection, generation, f"client BETWEEN {some.first:d} AND {some.last:d}")
    except (TypeError, ValueError, OverflowError):
        # SQLite keeps any value anywhere: somebody wrote something that is no number.
        t = tables.standing.c
        its = sa.select(*(t[name] for name in COLUMNS)).where(t.generation == generation)
        rows = Counter(map(tuple, connection.execute(its.where(t.client.between(some.first, some.last)))))
        expected = Counter(made.rows())
        return rows - expected, expected - rows
    return _more_often(stored, made)


def _more_often(ours: Standings, theirs: Standings) -> tuple[Rows, Rows]:
    """The rows that are more often in the one than in the other, of each."""
    both = Standings.of([ours, theirs])
    order = np.lexsort(both.columns())
    ordered = both.take(order)
    new = np.ones(len(order), np.bool_)
    new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in ordered.columns()])
    begins = np.flatnonzero(new)
    sign = np.where(order < len(ours), 1, -1)
    more = np.add.reduceat(sign, begins) if len(begins) else sign
    one, other = (ordered.take(begins[side]).rows() for side in (more > 0, more < 0))
    return one, other


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
