"""The audit trail: each event with its three dates, who said it, and the row of the file that it came from.

Events that were erased stay in it with their place and their days, and without what they said.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from domain.episode.events import EPISODE_EVENTS
from domain.log.mapper import Event, JsonMapper
from domain.log.tables import log
from domain.submission import SUBMISSION_EVENTS
from projections.store import tables

_KNOWLEDGE: Final = [event.TOPIC for event in (*EPISODE_EVENTS, *SUBMISSION_EVENTS)]


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which part of the trail is asked for; positions include both ends, `limit` keeps the newest.

    `streams` are those of one episode or one client. `agency`, `agencies` and `submission` choose what a submission
    brought; `topics` what kind of event it is.
    """

    streams: Sequence[UUID] | None = None
    submission: int | None = None
    agency: str | None = None
    first: int | None = None
    last: int | None = None
    limit: int = 50
    agencies: Collection[str] | None = None
    topics: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class EntryReference:
    """An episode as its agency refers to it, and whose it is known to be."""

    agency: str
    client_reference: str
    episode_reference: str
    client: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of the log with the submission that brought it. `event` is None where it was erased, or `drafted` by one
    side for itself.

    `received_on` is the day from which on it was known. `reference` is there where the event is an episode's.
    """

    position: int
    topic: str
    stream: UUID
    occurred_on: date
    received_on: date | None
    recorded_at: datetime
    submission: int | None
    agency: str
    file: str
    event: Event | None
    reference: EntryReference | None
    drafted: bool = False


def trail(connection: sa.Connection, mapper: JsonMapper, generation: int, filter_: TrailFilter) -> list[Entry]:
    """The newest entries asked for, the newest last."""
    rows = list(connection.execute(_query(generation, filter_)))[::-1]
    references = _references(connection, generation, {row.originator_id for row in rows})
    return [
        Entry(
            position=row.position,
            topic=row.topic,
            stream=row.originator_id,
            occurred_on=row.occurred_on,
            received_on=row.received_on,
            recorded_at=row.recorded_at,
            submission=row.number,
            agency=row.agency or "",
            file=row.file or "",
            event=None if row.state is None else mapper.decoders[row.topic](row.state),
            reference=references.get(row.originator_id),
        )
        for row in rows
    ]


def streams_of_client(connection: sa.Connection, generation: int, client: int) -> list[UUID]:
    """The episodes that were ever known to be this client's."""
    t = tables.episode.c
    query = sa.select(t.episode).where(t.generation == generation, t.client == client)
    return list(connection.execute(query).scalars())


def _query(generation: int, filter_: TrailFilter) -> sa.Select[Any]:
    s, later = tables.submission, tables.submission.alias()
    # A commit's events lie before the event of its submission, which is the last one.
    ends_in = (
        sa.select(sa.func.min(later.c.position))
        .where(later.c.generation == generation, later.c.position >= log.c.position)
        .scalar_subquery()
    )
    # What brings no knowledge (a publication, a dispute) belongs to no submission, though one comes after it.
    brought_by = sa.and_(s.c.generation == generation, s.c.position == ends_in, log.c.topic.in_(_KNOWLEDGE))
    columns = (log.c.position, log.c.originator_id, log.c.topic, log.c.occurred_on, log.c.recorded_at, log.c.state)
    query = sa.select(*columns, s.c.number, s.c.received_on, s.c.agency, s.c.file)
    query = query.select_from(log.outerjoin(s, brought_by)).order_by(log.c.position.desc()).limit(filter_.limit)
    return query.where(*_conditions(s, filter_))


def _conditions(s: sa.Table, filter_: TrailFilter) -> Iterable[sa.ColumnElement[bool]]:
    if filter_.streams is not None:
        yield log.c.originator_id.in_(filter_.streams)
    if filter_.submission is not None:
        yield s.c.number == filter_.submission
    if filter_.agency is not None:
        yield s.c.agency == filter_.agency
    if filter_.agencies is not None:
        yield s.c.agency.in_(sorted(filter_.agencies))
    if filter_.topics is not None:
        yield log.c.topic.in_(sorted(filter_.topics))
    if filter_.first is not None:
        yield log.c.position >= filter_.first
    if filter_.last is not None:
        yield log.c.position <= filter_.last


def _references(connection: sa.Connection, generation: int, streams: Iterable[UUID]) -> dict[UUID, EntryReference]:
    t, ordered = tables.episode.c, sorted(streams)
    references: dict[UUID, EntryReference] = {}
    for begin in range(0, len(ordered), 500):
        among = t.episode.in_(ordered[begin : begin + 500])
        columns = (t.agency, t.client_reference, t.episode_reference, t.client)
        query = sa.select(t.episode, *columns).where(t.generation == generation, among).order_by(t.current)
        references |= {stream: EntryReference(*reference) for stream, *reference in connection.execute(query)}
    return references
