"""Whose records need not be kept any more on a day, by the schedule of `domain.retention`."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from domain.episode.episode import Episode
from domain.episode.facts import JOINED, Referral, Start
from domain.log.mapper import JsonMapper
from domain.log.reading import read_streams
from domain.retention import (
    WITHDRAWN_RECORD,
    EpisodeHeld,
    RetentionPeriod,
    person_due,
    withdrawn_due,
)
from projections.store.tables import episode, submission


@dataclass(frozen=True, slots=True)
class EpisodeDue:
    """An episode to dispose of, as its agency refers to it."""

    episode: UUID
    agency: str
    client_reference: str
    episode_reference: str


@dataclass(frozen=True, slots=True)
class Due:
    """Records of one kind, of one client, that need not be kept from `due_on` on."""

    kind: str
    due_on: date
    client: int
    episodes: tuple[EpisodeDue, ...]


def due(
    connection: sa.Connection,
    mapper: JsonMapper,
    generation: int,
    on: date,
    schedule: Sequence[RetentionPeriod],
) -> list[Due]:
    """What is due on a day, the longest due first. The connection is one snapshot."""
    rows = [*_persons(connection, mapper, generation, on, schedule)]
    rows += _withdrawn(connection, mapper, generation, on, schedule)
    return sorted(rows, key=lambda one: (one.due_on, one.kind, one.client))


@dataclass(frozen=True, slots=True)
class _Row:
    due: EpisodeDue
    held: EpisodeHeld


def _persons(
    connection: sa.Connection, mapper: JsonMapper, generation: int, on: date, schedule: Sequence[RetentionPeriod]
) -> Iterator[Due]:
    of_client = _standing(connection, generation)
    likely = {
        client: rows
        for client, rows in of_client.items()
        if (due_on := person_due([row.held for row in rows], schedule)) and due_on[1] <= on
    }
    # A birthday is read from the log only of those for whom it may still make a difference.
    birthdays = _birthdays(connection, mapper, [row.due.episode for rows in likely.values() for row in rows])
    for client, rows in likely.items():
        held = [row.held._replace(adult_on=birthdays.get(row.due.episode)) for row in rows]
        due_on = person_due(held, schedule)
        if due_on and due_on[1] <= on:
            yield Due(due_on[0], due_on[1], client, tuple(row.due for row in rows))


def _standing(connection: sa.Connection, generation: int) -> dict[int, list[_Row]]:
    """The episodes of which something is said, by the client that they are of now."""
    t = episode.c
    columns = (t.client, t.episode, t.agency, t.client_reference, t.episode_reference)
    query = sa.select(*columns, t.referred_on, t.triaged_on, t.discharged_on)
    rows = connection.execute(query.where(t.generation == generation, t.current).order_by(t.client, t.episode))
    of_client: defaultdict[int, list[_Row]] = defaultdict(list)
    for client, stream, agency, client_reference, episode_reference, referred_on, triaged_on, discharged_on in rows:
        its = EpisodeDue(stream, agency, client_reference, episode_reference)
        of_client[client].append(_Row(its, EpisodeHeld(referred_on, triaged_on, discharged_on)))
    return of_client


def _birthdays(connection: sa.Connection, mapper: JsonMapper, streams: Collection[UUID]) -> dict[UUID, date]:
    """The 18th birthday of those who were younger when triaged or referred, by episode."""
    birthdays: dict[UUID, date] = {}
    for stream, recorded in read_streams(connection, mapper, streams).items():
        for fact in Episode.folded(stream, (one.event for one in recorded)).facts.values():
            if isinstance(fact, Start | Referral) and fact.adult_on:
                birthdays[stream] = fact.adult_on
    return birthdays


def _withdrawn(
    connection: sa.Connection, mapper: JsonMapper, generation: int, on: date, schedule: Sequence[RetentionPeriod]
) -> Iterator[Due]:
    """Episodes of which nothing is said any more, but whose events are still there to read.

    One that was joined to another goes with that one: it is the same episode's history.
    """
    t = episode.c
    here = t.generation == generation
    standing = sa.select(t.episode).where(here, t.current)
    columns = (t.client, t.episode, t.agency, t.client_reference, t.episode_reference)
    rows = connection.execute(sa.select(*columns).where(here, t.episode.not_in(standing)).order_by(*columns[:2]))
    of_stream = {stream: (client, EpisodeDue(stream, *references)) for client, stream, *references in rows}
    received = _received(connection, generation)
    for stream, recorded in read_streams(connection, mapper, of_stream).items():
        if JOINED in Episode.folded(stream, (one.event for one in recorded)).facts:
            continue
        due_on = withdrawn_due(received[recorded[-1].event.submission], schedule)
        if due_on <= on:
            client, its = of_stream[stream]
            yield Due(WITHDRAWN_RECORD, due_on, client, (its,))


def _received(connection: sa.Connection, generation: int) -> dict[int, date]:
    t = submission.c
    return dict(list(connection.execute(sa.select(t.number, t.received_on).where(t.generation == generation))))
