"""What the whole log says, made anew some clients at a time: of a log of any length no more is in memory.

Streams are folded as they come, and what was known of their episodes is put aside by client, in a file that nobody
else can open and that goes with the process. Then clients are measured, some after the others. What either step is
given and gives back are Arrow tables.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import repeat
from typing import IO, Any, Final, Protocol
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from domain.client import CLIENT_BYTES
from domain.episode.events import Erased
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, has_topic, last_position, read_of_no_record, records_by_stream
from domain.periods import NEVER
from domain.submission import SUBMISSION_EVENTS, SubmissionReceived
from projections.standings.calculation import FOREVER
from projections.standings.calculation.arrays import Ints
from projections.standings.folded import EPISODE, UNREAD, VERSIONS, folded_rows
from projections.standings.measured import measured
from projections.standings.packing import packed, unpacked
from projections.standings.stored import ErasedEpisode, erased_episodes

EVENTS_AT_ONCE: Final = 45_000
"""About so many events are folded in one go, and measured: with all that is made of them some 100 MiB."""
EVERYBODY: Final = (-(1 << 63), (1 << 63) - 1)
"""The least and the largest number that a client can have in a table."""


@dataclass(frozen=True, slots=True)
class LogRead:
    """What a rebuild has in memory of a whole log: its commits, and what was erased."""

    position: int
    submissions: Sequence[Recorded]
    erased: Sequence[ErasedEpisode]

    @property
    def positions(self) -> dict[int, int]:
        """The position of each submission by its ordinal."""
        return {one.event.number: one.position for one in self.submissions}  # type: ignore[attr-defined]

    @classmethod
    def of(cls, connection: sa.Connection, mapper: JsonMapper) -> "LogRead":
        """The log as the connection sees it.

        Raises:
            LogCorrupt: there is an event of an unknown topic, or a submission cannot be read.
        """
        position = last_position(connection)
        others = mapper.decoders.keys() - {event.TOPIC for event in SUBMISSION_EVENTS}
        submissions = read_of_no_record(connection, mapper, others, position)
        has_erased = has_topic(connection, Erased.TOPIC, up_to=position)
        return cls(position, submissions, erased_episodes(connection, position) if has_erased else [])


@dataclass(frozen=True, slots=True)
class SomeClients:
    """All that was known of the clients with the numbers from `first` to `last`, and how they stand in figures."""

    first: int
    last: int
    versions: pa.Table
    standings: pa.Table


class ClientSource(Protocol):
    """Where a rebuild gets its clients from: `some_clients` leaves no number out, and gives them in ascending order."""

    log: LogRead

    def some_clients(self) -> Iterator[SomeClients]:
        """Some after the others."""


@dataclass(frozen=True, slots=True)
class Split:
    """How the work on a log is cut: streams and clients, by their names, into as many parts of about one size."""

    count: int

    @classmethod
    def of(cls, events: int) -> "Split":
        """For a log of so many events."""
        return cls(max(1, -(-events // EVENTS_AT_ONCE)))

    def streams(self) -> Iterator[tuple[bytes, bytes]]:
        """The first and the last name of each part."""
        size = 1 << 128
        for part in range(self.count):
            first, after = size * part // self.count, size * (part + 1) // self.count
            yield first.to_bytes(16, "big"), (after - 1).to_bytes(16, "big")

    @property
    def _step(self) -> int:
        return -(-(1 << 8 * CLIENT_BYTES - 1) // self.count)

    def clients(self) -> Iterator[tuple[int, int]]:
        """The least and the largest number of each part."""
        for part in range(self.count):
            first = EVERYBODY[0] if part == 0 else part * self._step
            yield first, EVERYBODY[1] if part == self.count - 1 else (part + 1) * self._step - 1

    def of_clients(self, numbers: Ints) -> Ints:
        """The part of each."""
        return np.clip(numbers // self._step, 0, self.count - 1)

    def by_client(self, versions: pa.Table) -> Iterator[tuple[int, pa.Table]]:
        """The rows of each part that has any."""
        if self.count == 1:
            yield 0, versions
            return
        part = self.of_clients(versions["client"].to_numpy())
        order = np.argsort(part, kind="stable")
        edges = np.searchsorted(part[order], np.arange(self.count + 1))
        ordered = versions.take(pa.array(order))
        for number, (begin, end) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)):
            if begin < end:
                yield number, ordered.slice(begin, end - begin)


Rows = Iterable[tuple[bytes, str, bytes]]
"""Stream, topic and state of events, by stream and version."""
Pieces = list[tuple[int, bytes]]
"""Packed tables, each with the part of its clients."""


@dataclass(frozen=True, slots=True)
class Folding:
    """What is needed to fold some streams."""

    log_position: int
    positions: Mapping[int, int]
    parts: Split

    def rows(self, connection: sa.Connection, streams: tuple[bytes, bytes]) -> Rows:
        """What is said of the episodes from one stream to another."""
        return records_by_stream(connection, *streams, self.log_position, UNREAD)

    def pieces(self, rows: Rows) -> Pieces:
        """What was known of them, by the part of their clients."""
        versions = folded_rows(rows, self.positions)
        return [(part, packed(its)) for part, its in self.parts.by_client(versions)]


class _PutAside:
    """Pieces by their part, in a file without a name."""

    def __init__(self, file: IO[bytes], parts: Split) -> None:
        self._file = file
        self._places: list[list[tuple[int, int]]] = [[] for _ in range(parts.count)]

    def add(self, part: int, piece: bytes) -> None:
        """Put one aside."""
        self._places[part].append((self._file.tell(), len(piece)))
        self._file.write(piece)

    def pieces(self, part: int) -> list[bytes]:
        """All of a part."""
        taken = []
        for place, size in self._places[part]:
            self._file.seek(place)
            taken.append(self._file.read(size))
        return taken


class Workers(Protocol):
    """Who folds and measures."""

    def fold(self, folding: Folding, streams: Iterable[tuple[bytes, bytes]]) -> Iterator[Pieces]:
        """The pieces of each range of streams, in any order."""

    def measure(self, parts: Iterable[list[bytes]]) -> Iterator[tuple[list[bytes], pa.Table]]:
        """The standings of each part's clients beside its pieces, in the order of the parts."""


@dataclass(frozen=True, slots=True)
class Alone:
    """This process, on the connection that it has."""

    connection: sa.Connection

    def fold(self, folding: Folding, streams: Iterable[tuple[bytes, bytes]]) -> Iterator[Pieces]:
        """One range after the other."""
        return (folding.pieces(folding.rows(self.connection, its)) for its in streams)

    def measure(self, parts: Iterable[list[bytes]]) -> Iterator[tuple[list[bytes], pa.Table]]:
        """One part after the other."""
        return ((pieces, measured(unpacked(pieces, VERSIONS))) for pieces in parts)


class FromLog:
    """The clients of a log, folded once and put aside; `some_clients` may be asked for once or more."""

    def __init__(self, log: LogRead, parts: Split, workers: Workers, aside: _PutAside) -> None:
        self.log = log
        self._parts, self._workers, self._aside = parts, workers, aside

    def some_clients(self) -> Iterator[SomeClients]:
        """Some after the others."""
        pieces = map(self._aside.pieces, range(self._parts.count))
        done = self._workers.measure(pieces)
        for (first, last), (its, standings) in zip(self._parts.clients(), done, strict=True):
            yield SomeClients(first, last, unpacked(its, VERSIONS), standings)


@contextmanager
def clients_of_log(log: LogRead, workers: Workers) -> Iterator[FromLog]:
    """What the log says, for as long as it is asked.

    Raises:
        LogCorrupt: an event cannot be read.
    """
    parts = Split.of(log.position)
    with tempfile.TemporaryFile() as file:
        aside = _PutAside(file, parts)
        for pieces in workers.fold(Folding(log.position, log.positions, parts), parts.streams()):
            for part, piece in pieces:
                aside.add(part, piece)
        yield FromLog(log, parts, workers, aside)


def not_in_file(submissions: Iterable[Recorded]) -> dict[bytes, tuple[int, date]]:
    """The episodes that the newest files should have had and did not, with position and day of the first such file."""
    since: dict[bytes, tuple[int, date]] = {}
    for one in submissions:
        event = one.event
        if isinstance(event, SubmissionReceived):
            since |= dict.fromkeys((stream.bytes for stream in event.not_in_file), (one.position, event.received_on))
            for episode in event.found_again:
                since.pop(episode.bytes, None)
    return since


_OF_EPISODE: Final = (
    *("episode", "client", "known_from", "known_until", "said_from", "key_agency", "client_reference"),
    *("episode_reference", "referred", "triaged", "left"),
)


class EpisodesKnown:
    """What `tables.episode` says of some clients' episodes, in columns: of each episode and client what was known last;
    `current` if it is known still. Days are ordinals; `not_in_file_since` is a day, or nothing.
    """

    def __init__(self, versions: pa.Table, missing: Mapping[bytes, tuple[int, date]]) -> None:
        rows = versions.filter(pc.equal(versions["kind"], EPISODE)).select(_OF_EPISODE)
        rows = rows.sort_by([(name, "ascending") for name in ("episode", "client", "known_from")])
        names = rows["episode"].combine_chunks().dictionary_encode()
        episode, client = names.indices.to_numpy(), rows["client"].to_numpy()
        last = np.append((episode[1:] != episode[:-1]) | (client[1:] != client[:-1]), True)[: rows.num_rows]
        columns = (column.to_pylist() for column in rows.take(pa.array(np.flatnonzero(last))).itercolumns())
        self.episode, self.client, _, until, said_from, *self.key, self.referred, self.triaged, self.left = columns
        self.current = [position == FOREVER for position in until]
        self.not_in_file_since = [
            # One that was withdrawn and is said again was not missed.
            day if current and position > since else None
            for (position, day), current, since in zip(
                (missing.get(episode, _NOT_MISSING) for episode in self.episode), self.current, said_from, strict=True
            )
        ]

    def rows(self, generation: int) -> Iterator[tuple[Any, ...]]:
        """The rows of the table."""
        return self._rows(generation, [UUID(bytes=name) for name in self.episode], _day, self.not_in_file_since)

    def rows_of_sqlite(self, generation: int) -> Iterator[tuple[Any, ...]]:
        """The same as SQLite stores them, which knows neither days nor names of sixteen bytes: to make them, and to
        turn each of them back, takes three times as long as to write the rows.
        """
        since = [day and day.isoformat() for day in self.not_in_file_since]
        return self._rows(generation, self.episode, _day_written, since)

    def _rows(
        self, generation: int, names: Iterable[Any], day: Callable[[int], Any], since: Iterable[Any]
    ) -> Iterator[tuple[Any, ...]]:
        days = (map(day, column) for column in (self.referred, self.triaged, self.left))
        return zip(repeat(generation), names, self.client, self.current, *self.key, *days, since, strict=False)


_NOT_MISSING: Final = (0, None)


@lru_cache(maxsize=1 << 15)
def _day(ordinal: int) -> date | None:
    return None if ordinal == NEVER else date.fromordinal(ordinal)


@lru_cache(maxsize=1 << 15)
def _day_written(ordinal: int) -> str | None:
    return None if ordinal == NEVER else date.fromordinal(ordinal).isoformat()
