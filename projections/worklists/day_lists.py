"""Every worklist of one day, kept small, and brought up by what came since.

Who is on a list depends on that person's records alone, but for pairs: so after a file only the people are read of whom
it speaks, and whoever may be one with them. A property test holds it against the working-out from the whole log.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

import msgspec
import numpy as np
import sqlalchemy as sa

from domain.log.collector import collector_paused
from domain.log.mapper import JsonMapper
from domain.standpoint import Standpoint
from projections.explain.provenance import clients_spoken_of
from projections.standings.calculation.arrays import Ints
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

from .lists import WORKLISTS, Worklist, everybody_on
from .people import near_of_recent, two_or_one
from .reporting import plans_overdue, risks_overdue
from .rows import WorklistRow
from .seen import FilesSaid, Reading, SeenRecords

_NAMING_FILES: Final = frozenset(one.name for one in WORKLISTS if one.rows in {plans_overdue, risks_overdue})
"""The lists whose rows may say since when there are files of an agency."""
_PAIRS: Final = next(one.name for one in WORKLISTS if one.rows is two_or_one)
_FAST: Final = 1
"""Rows say the same things again and again: the quickest compression leaves a seventh of them."""
_ROWS: Final = msgspec.msgpack.Decoder(list[WorklistRow])


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

    def without(self, clients: Iterable[int]) -> "NearHashes":
        """Those of all but these clients."""
        others = ~np.isin(self.clients, np.fromiter(clients, np.int64))
        return NearHashes(self.clients[others], self.hashes[others])

    def sharing(self, near: "NearHashes") -> set[int]:
        """The clients with a hash that is among these."""
        shared: list[int] = self.clients[np.isin(self.hashes, near.hashes)].tolist()
        return set(shared)

    def beside(self, more: "NearHashes") -> "NearHashes":
        """Those of both."""
        return NearHashes(np.append(self.clients, more.clients), np.append(self.hashes, more.hashes))


@dataclass(frozen=True, slots=True)
class DayLists:
    """The `packed` rows of every worklist of one day, of everybody and whatever the day of knowledge, with what it
    takes to bring them up: what `files` said of who is missing, since when there are any, and who is `near` whom.
    """

    packed: Mapping[str, bytes]
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
        return DayLists(packed, files, files_since, others.beside(near))

    def _unpacked(self, name: str) -> list[WorklistRow]:
        return _ROWS.decode(zlib.decompress(self.packed[name]))

    def _of_files_that_began(self, files_since: Mapping[tuple[str, str], date]) -> Iterator[int]:
        """The clients of whom a row may say since when there are files, where that has changed."""
        changed = {agency for (agency, _), _ in files_since.items() ^ self.files_since.items()}
        for name in _NAMING_FILES if changed else ():
            yield from (row.episode.client for row in self._unpacked(name) if row.episode.agency in changed)

    def _paired_with(self, clients: set[int]) -> Iterator[int]:
        for row in self._unpacked(_PAIRS):
            if row.beside and row.beside.client in clients:
                yield row.episode.client

    def _replaced(self, of: set[int], seen: SeenRecords, with_partners: SeenRecords) -> Iterator[tuple[str, bytes]]:
        """The rows of all lists, where those of some clients are made anew of what is seen of them."""
        for one in WORKLISTS:
            before = self._unpacked(one.name)
            rows = [row for row in before if not _is_of(row, of)]
            made = one.rows(with_partners if one.name == _PAIRS else seen)
            anew = [row for row in made if _is_of(row, of)]
            unchanged = len(rows) == len(before) and not anew
            yield one.name, self.packed[one.name] if unchanged else _packed([*rows, *anew])


def _is_of(row: WorklistRow, clients: set[int]) -> bool:
    return row.episode.client in clients or (
        row.beside is not None and row.beside.client != row.episode.client and row.beside.client in clients
    )


def _packed(rows: Iterable[WorklistRow]) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(list(rows)), _FAST)


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
    files = FilesSaid().after(read.files())
    seen = everybody_on(read, engine, WORKLISTS, Slice(), files)
    packed = {one.name: _packed(one.rows(seen)) for one in WORKLISTS}
    return DayLists(packed, files, read.files_since(), NearHashes.of(near_of_recent(seen)))


def _with_more(seen: SeenRecords, read: Reading, streams: set[UUID]) -> SeenRecords:
    """The same people beside others, as far as pairs are looked for."""
    if not streams:
        return seen
    more = read.seen(streams, {})
    return replace(seen, views=(*seen.views, *more.views), facts={**seen.facts, **more.facts})
