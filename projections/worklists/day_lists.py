"""Every worklist of one day, kept small, and brought up by what came since.

Who is on a list depends on that person's records alone, but for pairs: so after a file only the people are read of whom
it speaks, and whoever may be one with them. A property test holds it against the working-out from the whole log.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Final
from uuid import UUID

import msgspec
import numpy as np
import sqlalchemy as sa

from domain.log.collector import collector_paused
from domain.log.database import chunks
from domain.log.mapper import JsonMapper
from domain.standpoint import Standpoint
from projections.explain.provenance import JOURNEYS_ALONE, READ_AT_ONCE, clients_spoken_of
from projections.standings.calculation.arrays import Ints
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

from .lists import WORKLISTS, Worklist, beside_them, standing_on
from .people import near_of_recent, two_or_one
from .reporting import plans_overdue, risks_overdue
from .rows import WorklistRow
from .seen import FilesSaid, Reading, SeenRecords

_NAMING_FILES: Final = frozenset(one.name for one in WORKLISTS if one.rows in {plans_overdue, risks_overdue})
"""The lists whose rows may say since when there are files of an agency."""
_PAIRS: Final = next(one.name for one in WORKLISTS if one.rows is two_or_one)
_FAST: Final = 1
"""Rows say the same things again and again: the quickest compression leaves a seventh of them."""
_ROWS_IN_A_PACK: Final = 1000
_ROWS: Final = msgspec.msgpack.Decoder(list[WorklistRow])

Packed = tuple[bytes, ...]
"""Rows of a list, so many in each part."""


@dataclass(frozen=True, slots=True)
class NearHashes:
    """Hashes of people less one element each, row by row: two `clients` with one hash may be one person."""

    clients: Ints
    hashes: Ints

    @classmethod
    def of(cls, near: Mapping[int, Iterable[int]]) -> "NearHashes":
        """Those of each client."""
        rows = [(client, one) for client, its in near.items() for one in its]
        table = np.array(rows, dtype=np.int64).reshape(-1, 2)
        return cls(table[:, 0].copy(), table[:, 1].copy())

    @classmethod
    def together(cls, parts: Sequence["NearHashes"]) -> "NearHashes":
        """Those of all parts."""
        none = cls.of({})
        return cls(
            np.concatenate([none.clients, *(its.clients for its in parts)]),
            np.concatenate([none.hashes, *(its.hashes for its in parts)]),
        )

    @property
    def shared(self) -> set[int]:
        """The clients with a hash that another one has too."""
        _, place, count = np.unique(self.hashes, return_inverse=True, return_counts=True)
        clients: list[int] = self.clients[count[place] > 1].tolist()
        return set(clients)

    def without(self, clients: Iterable[int]) -> "NearHashes":
        """Those of all but these clients."""
        others = ~np.isin(self.clients, np.fromiter(clients, np.int64))
        return NearHashes(self.clients[others], self.hashes[others])

    def sharing(self, near: "NearHashes") -> set[int]:
        """The clients with a hash that is among these."""
        shared: list[int] = self.clients[np.isin(self.hashes, near.hashes)].tolist()
        return set(shared)


@dataclass(frozen=True, slots=True)
class DayLists:
    """The `packed` rows of every worklist of one day, of everybody and whatever the day of knowledge, with what it
    takes to bring them up: what `files` said of who is missing, since when there are any, and who is `near` whom.
    """

    packed: Mapping[str, Packed]
    files: FilesSaid
    files_since: Mapping[tuple[str, str], date]
    near: NearHashes

    @collector_paused()
    def rows(self, worklist: Worklist, known_at: date | None, slice_: Slice) -> list[WorklistRow]:
        """The rows of a slice as of a day of knowledge, the most urgent first."""
        return worklist.ordered(self._unpacked(worklist.name), known_at, slice_)

    def since(self, read: Reading, position: int) -> "DayLists":
        """The same of a later standpoint, where these are of a `position`: who is not spoken of since stays."""
        files, files_since = self.files.after(read.files(position)), read.files_since()
        changed = clients_spoken_of(read.connection, read.generation, position, read.standpoint.position)
        changed |= read.clients_of(files.differing_from(self.files))
        changed.update(self._of_files_that_began(files_since))
        if not changed:
            return replace(self, files=files, files_since=files_since)
        streams = read.streams_of(changed)
        seen = read.seen(streams, files.missing, None, files.unclear)
        near = NearHashes.of({client: its for client, its in near_of_recent(seen).items() if client in changed})
        others = self.near.without(changed)
        partners = others.sharing(near) | read.clients_under({view.key[:2] for view in seen.views})
        partners.update(self._paired_with(changed))
        with_partners = _with_more(seen, read, read.streams_of(partners - changed) - streams)
        packed = dict(self._replaced(changed, seen, with_partners))
        return DayLists(packed, files, files_since, NearHashes.together([others, near]))

    def _unpacked(self, name: str) -> Iterator[WorklistRow]:
        for some in self.packed[name]:
            yield from _ROWS.decode(zlib.decompress(some))

    def _of_files_that_began(self, files_since: Mapping[tuple[str, str], date]) -> Iterator[int]:
        """The clients of whom a row may say since when there are files, where that has changed."""
        changed = {agency for (agency, _), _ in files_since.items() ^ self.files_since.items()}
        for name in _NAMING_FILES if changed else ():
            yield from (row.episode.client for row in self._unpacked(name) if row.episode.agency in changed)

    def _paired_with(self, clients: set[int]) -> Iterator[int]:
        for row in self._unpacked(_PAIRS):
            if row.beside and row.beside.client in clients:
                yield row.episode.client

    def _replaced(self, of: set[int], seen: SeenRecords, with_partners: SeenRecords) -> Iterator[tuple[str, Packed]]:
        """The rows of all lists, where those of some clients are made anew of what is seen of them."""
        for one in WORKLISTS:
            made = one.rows(with_partners if one.name == _PAIRS else seen)
            anew = [row for row in made if _is_of(row, of)]
            unchanged = not anew and not any(_is_of(row, of) for row in self._unpacked(one.name))
            others = (row for row in self._unpacked(one.name) if not _is_of(row, of))
            yield one.name, self.packed[one.name] if unchanged else _packed(chain(others, anew))


def _is_of(row: WorklistRow, clients: set[int]) -> bool:
    return row.episode.client in clients or (
        row.beside is not None and row.beside.client != row.episode.client and row.beside.client in clients
    )


def _packed(rows: Iterable[WorklistRow]) -> Packed:
    return tuple(zlib.compress(msgspec.msgpack.encode(some), _FAST) for some in chunks(rows, _ROWS_IN_A_PACK))


@collector_paused()
def day_lists(
    connection: sa.Connection,
    mapper: JsonMapper,
    generation: int,
    engine: StandingsEngine,
    standpoint: Standpoint,
    before: tuple[int, DayLists] | None = None,
) -> DayLists:
    """Every worklist at a standpoint. `engine` holds at least `candidate_measures(WORKLISTS)` there.

    `before` is what they were on the same day at an earlier position, with that position.
    """
    read = Reading(connection, mapper, generation, standpoint)
    # A file whose days are corrected was the first of many people, who are spoken of nowhere since.
    if before is None or read.is_corrected_since(before[0]):
        return _from_all(read, engine)
    position, lists = before
    return lists.since(read, position)


def _from_all(read: Reading, engine: StandingsEngine) -> DayLists:
    """All lists from the log, of so many people at a time that what it takes does not grow with the archive."""
    files = FilesSaid().after(read.files())
    everybody = standing_on(engine, WORKLISTS, read.standpoint, Slice())
    everybody |= read.clients_of(beside_them(read, WORKLISTS, files))
    packs: dict[str, list[bytes]] = {one.name: [] for one in WORKLISTS}
    near: list[NearHashes] = []
    for some in map(set, chunks(sorted(everybody), READ_AT_ONCE)):
        seen = read.seen(read.streams_of(some), files.missing, None, files.unclear)
        near.append(NearHashes.of({client: its for client, its in near_of_recent(seen).items() if client in some}))
        for one in WORKLISTS:
            if one.name != _PAIRS:
                packs[one.name] += _packed(row for row in one.rows(seen) if _is_of(row, some))
    everywhere = NearHashes.together(near)
    packs[_PAIRS] += _packed(two_or_one(_who_may_be_one(read, everywhere)))
    packed = {name: tuple(its) for name, its in packs.items()}
    return DayLists(packed, files, read.files_since(), everywhere)


def _who_may_be_one(read: Reading, near: NearHashes) -> SeenRecords:
    """What is seen of all who may be in a pair; it says nothing of their TOPs and reviews."""
    streams = read.streams_of(near.shared) | read.under_a_shared_number()
    return read.seen(streams, {}, JOURNEYS_ALONE)


def _with_more(seen: SeenRecords, read: Reading, streams: set[UUID]) -> SeenRecords:
    """The same people beside others, as far as pairs are looked for."""
    if not streams:
        return seen
    more = read.seen(streams, {})
    return replace(seen, views=(*seen.views, *more.views), facts={**seen.facts, **more.facts})
