"""Commits that are too large to be held: their events are packed on the way to the log, and read from it page by page.

A first file of 20 MiB has some 200,000 events. Packed, they take a tenth of the room.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, overload
from uuid import UUID

import msgspec
import sqlalchemy as sa

from .erasing import ERASED
from .mapper import DatedEvent, Event, JsonMapper
from .reading import Recorded, read, read_topics

AsLeft = Mapping[UUID, Any]
"""Of streams, what the writer of a commit has folded of them already, as the commit leaves them."""

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
        self._few: list[Event] | None = None if mapper is None else []
        """All of them, while there are no more than are packed together."""

    def __len__(self) -> int:
        return self._count

    def add(self, events: Iterable[Event]) -> None:
        """Add events behind those before; raises LogCorrupt as `JsonMapper.to_stored_event`."""
        for event in events:
            self._count += 1
            if self._few is not None:
                self._few.append(event)
            if event.TOPIC == ERASED:
                self.farewells[event.originator_id] = event
            if self._mapper is not None:
                self._open.append(_row(self._mapper.to_stored_event(event)))
        if len(self._open) >= BATCH:
            self._packed.append(zlib.compress(msgspec.msgpack.encode(self._open), _FASTEST))
            self._open.clear()
            self._few = None

    def batches(self) -> Iterator[Sequence[DatedEvent]]:
        """The events as they are to be stored, so many at a time."""
        for packed in self._packed:
            yield [_event(row) for row in msgspec.msgpack.decode(zlib.decompress(packed))]
        if self._open:
            yield [_event(row) for row in self._open]

    def few(self, first: int, at: datetime) -> Sequence[Recorded] | None:
        """The events, recorded at a moment from position `first` on; None of more than are held, or where a stream is
        erased.
        """
        if self._few is None or self.farewells:
            return None
        return [Recorded(position, at, event) for position, event in enumerate(self._few, first)]


def _row(stored: DatedEvent) -> tuple[Any, ...]:
    stream = UUID(str(stored.originator_id)) if isinstance(stored.originator_id, str) else stored.originator_id
    return stream.bytes, stored.originator_version, stored.topic, stored.state, stored.occurred_on.toordinal()


def _event(row: Sequence[Any]) -> DatedEvent:
    stream, version, topic, state, day = row
    return DatedEvent(UUID(bytes=stream), version, topic, state, date.fromordinal(day))


class Stretch(Sequence[Recorded]):
    """The events from one position of the log to another, in the transaction that has just written them.

    `few` are the events themselves, where they are held still: they need not be read again. `as_left` spares whoever
    follows the commit reading and folding streams that its writer has folded.
    """

    def __init__(
        self,
        connection: sa.Connection,
        mapper: JsonMapper,
        first: int,
        last: int,
        few: Sequence[Recorded] | None = None,
        as_left: AsLeft | None = None,
    ) -> None:
        self._connection, self._mapper, self.first, self.last = connection, mapper, first, last
        self._few, self.as_left = few, as_left or {}

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
        if self._few is not None:
            return self._few[position - self.first]
        return read(self._connection, self._mapper, position - 1, limit=1)[0]

    def __iter__(self) -> Iterator[Recorded]:
        if self._few is not None:
            yield from self._few
            return
        for after in range(self.first - 1, self.last, BATCH):
            yield from read(self._connection, self._mapper, after, limit=min(BATCH, self.last - after))

    def of_topics(self, topics: Iterable[str]) -> list[Recorded]:
        """Its events of these topics; the others are not read."""
        if self._few is not None:
            wanted = frozenset(topics)
            return [one for one in self._few if one.event.TOPIC in wanted]
        return read_topics(self._connection, self._mapper, topics, after=self.first - 1)


def events_of(recorded: Sequence[Recorded], *types: type[Event]) -> list[Event]:
    """The events of these types among those recorded."""
    if isinstance(recorded, Stretch):
        return [one.event for one in recorded.of_topics([type_.TOPIC for type_ in types])]
    return [one.event for one in recorded if isinstance(one.event, types)]
