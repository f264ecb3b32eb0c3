"""Where what people wrote names a client: searched before an erasure, since texts stay in the log for good.

Every event that is neither an episode's nor a file's is searched, whatever its kind: each of its texts (names of
evidence files too; the files themselves are not kept here), and each reference to an episode by its stream. So a new
kind of event is searched without being named anywhere. Only the fields that every event has are left out.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final
from uuid import UUID

import msgspec
import sqlalchemy as sa

from domain.log.database import chunks
from domain.log.mapper import Event, JsonMapper
from domain.log.reading import Recorded, read_topics
from projections.store import tables

_OF_OTHERS: Final = ("episode.", "submission.")
"""How the topics begin that are not searched: what is erased itself, and what files brought."""
_OF_ALL: Final = frozenset({"originator_id", "originator_version", "occurred_on", "submission", "row", "actor", "role"})
"""The fields that every event has: nobody writes in them."""
_BESIDE: Final = 60
"""Characters of an excerpt to either side of what was found."""


class Mention(msgspec.Struct, frozen=True):
    """A place that names a client: the event's position and topic, the number of the thing, the field, and an excerpt.

    `structured`: it is an episode's stream, a keyed hash; a page that shows it says "erased client" after the erasure.
    """

    position: int
    topic: str
    number: int | None
    field: str
    excerpt: str
    structured: bool


def references_of(connection: sa.Connection, generation: int, streams: Iterable[UUID]) -> set[str]:
    """The client references under which these episodes were ever reported."""
    t = tables.episode.c
    found: set[str] = set()
    for some in chunks(sorted(streams)):
        query = sa.select(t.client_reference).where(t.generation == generation, t.episode.in_(some))
        found.update(connection.execute(query).scalars())
    return found


def mentions(
    connection: sa.Connection, mapper: JsonMapper, references: Collection[str], streams: Collection[UUID]
) -> list[Mention]:
    """Every place that names one of these references or episodes, in the order of the log.

    References are found in any case, between signs that are neither letters nor figures, and with leading zeros lost or
    added.
    """
    named, ids = pattern_of(references), {str(stream) for stream in streams}
    return [
        mention
        for recorded in read_topics(connection, mapper, searched_topics(mapper))
        for mention in _in_event(recorded, named, ids)
    ]


def searched_topics(mapper: JsonMapper) -> list[str]:
    """The topics of the events that are searched: all that a log may hold, but those of episodes and submissions."""
    return [topic for topic in mapper.decoders if not topic.startswith(_OF_OTHERS)]


def pattern_of(references: Collection[str]) -> re.Pattern[str] | None:
    """What finds these references in a text; None where there are none."""
    cores = sorted({one.strip().lstrip("0") or "0" for one in references if one.strip()}, key=len, reverse=True)
    if not cores:
        return None
    return re.compile(rf"(?<![^\W_])0*(?:{'|'.join(map(re.escape, cores))})(?![^\W_])", re.IGNORECASE)


def texts_of(event: Event) -> Iterator[tuple[str, str]]:
    """Each text of an event, with the name of its field."""
    for name, value in msgspec.to_builtins(event).items():
        if name not in _OF_ALL:
            yield from _texts(name, value)


def _texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _texts(f"{name}.{key}", one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(name, one)


def _in_event(recorded: Recorded, named: re.Pattern[str] | None, ids: Collection[str]) -> Iterator[Mention]:
    event = recorded.event
    for name, text in texts_of(event):
        structured = text in ids
        found = None if structured or named is None else named.search(text)
        if structured or found:
            excerpt = "an episode of the client" if found is None else _excerpt(text, found)
            number = getattr(event, "number", None)
            yield Mention(recorded.position, event.TOPIC, number, name, excerpt, structured)


def _excerpt(text: str, found: re.Match[str]) -> str:
    begin, end = max(0, found.start() - _BESIDE), found.end() + _BESIDE
    words = " ".join(text[begin:end].split())
    return f"{'…' if begin else ''}{words}{'…' if end < len(text) else ''}"
