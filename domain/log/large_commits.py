"""Commits that are too large to be held: their events are packed on the way to the log, and read from it page by page.

A first file of 20 MiB has some 200,000 events. Packed, they take a tenth of the room.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, overload
from uuid import UUID

import msgspec
import sqlalchemy as sa

from .erasing import ERASED
from .mapper import DatedEvent, Event, JsonMapper
from .reading import Recorded, read, read_topics

BATCH: Final = 2_000
"""Events that are packed, stored and read together."""
_FASTEST: Final = 1
"""The level of compression: events of one kind are so alike that more of it saves little."""


class PackedEvents:
    """Events in order, as the log will store them; without a mapper they are only counted, for a trial."""

    def __init__(self, mapper: JsonMapper | None) -> None:
        self._mapper = mapper
        self._count = 0
        self.farewells: dict[UUID, Event] = {}
        """The events that say of a stream that it is erased."""
        self._packed: list[bytes] = []
        self._open: list[tuple[Any, ...]] = []

    def __len__(self) -> int:
        return self._count

    def add(self, events: Iterable[Event]) -> None:
        """Add events behind those before; raises LogCorrupt as `JsonMapper.to_stored_event`."""
        for event in events:
            self._count += 1
            if event.TOPIC == ERASED:
                self.farewells[event.originator_id] = event
            if self._mapper is not None:
                self._open.append(_row(self._mapper.to_stored_event(event)))
        if len(self._open) >= BATCH:
            self._packed.append(zlib.compress(msgspec.msgpack.encode(self._open), _FASTEST))
            self._open.clear()

    def batches(self) -> Iterator[Sequence[DatedEvent]]:
        """The events as they are to be stored, so many at a time."""
        for packed in self._packed:
            yield [_event(row) for row in msgspec.msgpack.decode(zlib.decompress(packed))]
        if self._open:
            yield [_event(row) for row in self._open]


def _row(stored: DatedEvent) -> tuple[Any, ...]:
    stream = UUID(str(stored.originator_id)) if isinstance(stored.originator_id, str) else stored.originator_id
    return stream.bytes, stored.originator_version, stored.topic, stored.state, stored.occurred_on.toordinal()


def _event(row: Sequence[Any]) -> DatedEvent:
    stream, version, topic, state, day = row
    return DatedEvent(UUID(bytes=stream), version, topic, state, date.fromordinal(day))


class Stretch(Sequence[Recorded]):
    """The events from one position of the log to another, in the transaction that has just written them."""

    def __init__(self, connection: sa.Connection, mapper: JsonMapper, first: int, last: int) -> None:
        self._connection, self._mapper, self.first, self.last = connection, mapper, first, last

    def __len__(self) -> int:
        return self.last - self.first + 1

    @overload
    def __getitem__(self, index: int) -> Recorded: ...
    @overload
    def __getitem__(self, index: slice) -> list[Recorded]: ...
    def __getitem__(self, index: int | slice) -> Recorded | list[Recorded]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        position = range(self.first, self.last + 1)[index]
        return read(self._connection, self._mapper, position - 1, limit=1)[0]

    def __iter__(self) -> Iterator[Recorded]:
        for after in range(self.first - 1, self.last, BATCH):
            yield from read(self._connection, self._mapper, after, limit=min(BATCH, self.last - after))

    def of_topics(self, topics: Iterable[str]) -> list[Recorded]:
        """Its events of these topics; the others are not read."""
        return read_topics(self._connection, self._mapper, topics, after=self.first - 1)


def events_of(recorded: Sequence[Recorded], *types: type[Event]) -> list[Event]:
    """The events of these types among those recorded."""
    if isinstance(recorded, Stretch):
        return [one.event for one in recorded.of_topics([type_.TOPIC for type_ in types])]
    return [one.event for one in recorded if isinstance(one.event, types)]
