"""The audit trail, a stretch at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from domain.client import client_text
from domain.episode.events import EpisodeEvent, FactEvent, Withdrawn
from domain.errors import WrongUse
from domain.log.mapper import Event
from domain.periods import ONE_DAY
from projections.explain import trail as log_trail
from projections.explain.trail import Entry, TrailFilter, streams_of_client
from projections.privacy.drafts import without_drafts
from projections.privacy.redaction import redacted_trail
from web.auth.viewer import Viewer
from web.queries.result import Document, Moment, Result
from web.snapshot import Snapshot

_AT_ONCE: Final = 500
"""Entries that are read at once where only one's own are shown."""


class EpisodeNamed(NamedTuple):
    """An episode as its agency refers to it."""

    agency: str
    client_reference: str
    episode_reference: str


def episode_named(text: str) -> EpisodeNamed:
    """The episode that AGENCY/CLIENT/EPISODID names; the client key makes the stream of it.

    Raises:
        WrongUse: it names none.
    """
    match text.split("/"):
        case [agency, client_reference, episode_reference]:
            return EpisodeNamed(agency, client_reference, episode_reference)
        case _:
            raise WrongUse(f"'{text}' is no episode. Write AGENCY/CLIENT/EPISODID, like H0001/1/1.")


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """Which part of the trail; positions and days include both ends, and of more than `limit` the newest are shown.

    `client` is a person's number, `episode` a stream; `agency` and `submission` choose what a submission brought,
    `topics` what kind of event it is. The days are those of receipt.
    """

    client: int | None = None
    episode: UUID | None = None
    submission: int | None = None
    agency: str | None = None
    first: int | None = None
    last: int | None = None
    limit: int = 50
    topics: frozenset[str] | None = None
    from_day: date | None = None
    to_day: date | None = None


class TrailEpisode(Result, frozen=True):
    """The episode that an event is of."""

    id: str
    agency: str
    client_reference: str
    episode_reference: str


class TrailEntry(Result, frozen=True):
    """An event of the log; `said` is the fact, as it was reported. `drafted`: a provider wrote it for its own side, so
    that what it said is not told.
    """

    position: int
    event: str
    occurred_on: date
    received_on: date | None
    recorded_at: Moment
    submission: int | None
    agency: str
    file: str
    row: int | None
    actor: str | None
    role: str | None
    erased: bool
    drafted: bool
    client: str | None
    episode: TrailEpisode | None
    fact: str | None
    said: Document | None


class TrailResult(Result, frozen=True):
    """Entries of the trail, the newest last; `earlier` is the last position with which those before are asked for."""

    entries: list[TrailEntry]
    earlier: int | None


@dataclass(frozen=True, slots=True)
class TrailPart:
    """What a result is made of: the entries that the viewer may see, with their events, for whoever words them."""

    entries: Sequence[Entry]
    earlier: int | None

    def result(self) -> TrailResult:
        """The same as the answer has it."""
        return TrailResult(list(map(_entry, self.entries)), self.earlier)


def trail(snapshot: Snapshot, viewer: Viewer, query: TrailQuery) -> TrailResult:
    """The newest entries. Raises as `trail_part`."""
    return trail_part(snapshot, viewer, query).result()


def trail_part(snapshot: Snapshot, viewer: Viewer, query: TrailQuery) -> TrailPart:
    """The newest entries, with their events.

    Raises:
        WrongUse: a client and an episode are asked for at once.
    """
    filter_ = _filter(snapshot, query)
    if viewer.is_provider:
        # What was said by word, an erasure too, belongs to no agency and may be of one's own episodes.
        filter_ = replace(filter_, limit=_AT_ONCE, agencies=viewer.own | {""})
    entries: list[Entry] = []
    while True:
        read = log_trail.trail(snapshot.connection, snapshot.mapper, snapshot.generation, filter_)
        entries = [*viewer.redacted(read, redacted_trail), *entries]
        if len(read) < filter_.limit or len(entries) > query.limit:
            break
        filter_ = replace(filter_, last=read[0].position - 1)
    earlier = entries[-query.limit - 1].position if len(entries) > query.limit else None
    return TrailPart(without_drafts(snapshot.connection, entries[-query.limit :]), earlier)


def _filter(snapshot: Snapshot, query: TrailQuery) -> TrailFilter:
    first, last = _positions(snapshot, query)
    # One more than is shown tells whether there is more.
    return TrailFilter(
        _streams(snapshot, query),
        query.submission,
        query.agency,
        first,
        last,
        query.limit + 1,
        topics=query.topics,
    )


def _streams(snapshot: Snapshot, query: TrailQuery) -> list[UUID] | None:
    if query.client is not None and query.episode:
        raise WrongUse("Give a client or an episode, not both.")
    if query.client is not None:
        return streams_of_client(snapshot.connection, snapshot.generation, query.client)
    return [query.episode] if query.episode else None


def _positions(snapshot: Snapshot, query: TrailQuery) -> tuple[int | None, int | None]:
    """The positions that are asked for, as the days of receipt narrow them."""
    first, last = query.first, query.last
    if query.from_day is not None:
        first = max(first or 1, snapshot.standpoint(date.max, query.from_day - ONE_DAY).position + 1)
    if query.to_day is not None:
        until = snapshot.standpoint(date.max, query.to_day).position
        last = until if last is None else min(last, until)
    return first, last


def _entry(entry: Entry) -> TrailEntry:
    event, reference = entry.event, entry.reference
    return TrailEntry(
        entry.position,
        entry.topic,
        entry.occurred_on,
        entry.received_on,
        entry.recorded_at.isoformat(),
        entry.submission,
        entry.agency,
        entry.file,
        row=event.row if event else None,
        actor=event.actor if event else None,
        role=event.role if event else None,
        erased=event is None and not entry.drafted,
        drafted=entry.drafted,
        client=client_text(reference.client) if reference else None,
        episode=_episode(entry),
        fact=event.key if isinstance(event, EpisodeEvent) else None,
        said=_fact(event),
    )


def _episode(entry: Entry) -> TrailEpisode | None:
    if (reference := entry.reference) is None:
        return None
    return TrailEpisode(str(entry.stream), reference.agency, reference.client_reference, reference.episode_reference)


_BESIDE: Final = {"near", "document", "members", *Event.__struct_fields__}
"""What stands elsewhere in an entry; keyed hashes, which say nothing to a reader; what 'published --show' prints; in
which certificates an erased person was."""


def _fact(event: Event | None) -> Document | None:
    """The fact, as it was last reported; of a submission what it brought."""
    if event is None or isinstance(event, Withdrawn):
        return None
    document: Document = msgspec.to_builtins(event.fact if isinstance(event, FactEvent) else event)
    return {name: value for name, value in document.items() if name not in _BESIDE}
