"""Events are frozen structs; what the log stores of them is JSON, under a short stable topic."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper, StoredEvent

from domain.errors import LogCorrupt


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What happened to one stream, on what day, and who said so.

    `occurred_on` is the day on which it happened, never the day on which it was recorded. `submission` is the ordinal
    of the submission that brought it and `row` the row of its file, both 0 where there is none. `actor` acted as
    `role`. A subclass gives a `TOPIC`, a name that never changes; another shape is another topic (`...v2`).
    """

    TOPIC: ClassVar[str]
    originator_id: UUID
    originator_version: int
    occurred_on: date
    submission: int = 0
    row: int = 0
    actor: str
    role: str


@dataclass(frozen=True)
class DatedEvent(StoredEvent):
    """A stored event with its day beside the state, for the log's column of that name."""

    occurred_on: date


class JsonMapper(Mapper[UUID]):
    """Maps a closed set of event types: a stored topic is looked up here, and never becomes an import."""

    def __init__(self, event_types: Iterable[type[Event]]) -> None:
        types = list(event_types)
        self.encode = msgspec.json.Encoder().encode
        self.decoders: dict[str, Callable[[bytes], Event]] = _Decoders(
            {t.TOPIC: msgspec.json.Decoder(t).decode for t in types}
        )
        if len(self.decoders) != len(types):
            raise ValueError("Two event types have the same topic")

    def to_stored_event(self, event: Event) -> DatedEvent:  # type: ignore[override]
        """The event as the log stores it.

        A struct does not look at what it is made of. One event that nobody can read back stops the whole log, so what
        is to be stored is read here first.

        Raises:
            LogCorrupt: its topic is not among the event types, so that nobody could read it back.
            TypeError: it holds what its type does not allow; nothing is stored.
        """
        decode = self.decoders[event.TOPIC]
        state = self.encode(event)
        try:
            decode(state)
        except msgspec.MsgspecError as error:
            raise TypeError(f"An event {event.TOPIC!r} was made that could not be read back: {error}") from error
        return DatedEvent(event.originator_id, event.originator_version, event.TOPIC, state, event.occurred_on)

    def to_domain_event(self, stored: StoredEvent) -> Event:
        """The event that was stored.

        Raises:
            LogCorrupt: the topic is unknown, or the state is not of the topic's shape.
        """
        try:
            return self.decoders[stored.topic](stored.state)
        except msgspec.MsgspecError as error:
            raise unreadable(f"version {stored.originator_version} of stream {stored.originator_id}", error) from error


class _Decoders(dict[str, Any]):
    def __missing__(self, topic: str) -> Callable[[bytes], Event]:
        raise unknown_topic(topic)


def unknown_topic(topic: str) -> LogCorrupt:
    """The exception for a topic that none of the event types has."""
    return LogCorrupt(
        f"The log holds an event of the unknown topic {topic!r}: "
        "it was written by a newer Recount, or by another program. Use the version that wrote it."
    )


def unreadable(place: str, error: msgspec.MsgspecError) -> LogCorrupt:
    """The exception for a state that does not have its topic's shape; `where` names the place in the log."""
    return LogCorrupt(f"The event at {place} cannot be read: {error}. Restore the database from a backup.")
