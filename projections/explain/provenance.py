"""From a figure to its members, from each member to its journey, its rule, its events and their rows.

Only the members' own events are read and folded again, by the reference's plain code; so the answer holds the stored
figure and the log against each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from domain.codes import SUBSTANCE_GROUPS
from domain.definition import Definition
from domain.episode.events import (
    EPISODE_EVENTS,
    FactEvent,
    ReviewAmended,
    Reviewed,
    ReviewWithdrawn,
    TopAmended,
    TopCompleted,
    TopWithdrawn,
)
from domain.errors import NotAgreed
from domain.history import EpisodeView, seen_from
from domain.log.database import chunks
from domain.log.mapper import Event, JsonMapper
from domain.log.reading import Recorded, read_streams
from domain.log.tables import log
from domain.measures.columns import Rules
from domain.measures.registry import Measure
from domain.periods import NEVER
from domain.standpoint import Standpoint
from projections.standings.engine import Standing
from projections.standings.reference import PersonRow, apply_rules, folded, person_rows
from projections.store import tables

TOPS: Final[frozenset[type[Event]]] = frozenset({TopCompleted, TopAmended, TopWithdrawn})
REVIEWS: Final[frozenset[type[Event]]] = frozenset({Reviewed, ReviewAmended, ReviewWithdrawn})
WITHOUT_TOPS: Final = tuple(event.TOPIC for event in EPISODE_EVENTS if event not in TOPS)
"""The events to read where no TOP is looked at: a long record is mostly TOPs."""
WITHOUT_REVIEWS: Final = tuple(event.TOPIC for event in EPISODE_EVENTS if event not in REVIEWS)
JOURNEYS_ALONE: Final = tuple(event.TOPIC for event in EPISODE_EVENTS if event not in TOPS | REVIEWS)
"""The events to read where neither TOPs nor reviews are looked at: less than half of a log."""

READ_AT_ONCE: Final = 300
"""Clients whose records are in memory together where those of very many are gone through. A worker of one council that
has shown every page has 84 MiB of its own with 500, 78 with 300 and 77 with 100.
"""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an event comes from: what it says, when it happened, became known and was recorded, which row of which
    file said it, and who took it in. `row` is 0 where no row did. `agency` is the one whose word it came with.
    """

    position: int
    event: str
    fact: str
    occurred_on: date
    received_on: date | None
    recorded_at: datetime
    submission: int
    agency: str
    file: str
    row: int
    actor: str
    role: str


@dataclass(frozen=True, slots=True)
class EpisodeSeen:
    """An episode as seen at the standpoint, with the agency's own references; days None where there is none yet."""

    agency: str
    client_reference: str
    episode_reference: str
    triaged_on: date | None
    structured_from: date | None
    discharged_on: date | None
    reason: int | None


@dataclass(frozen=True, slots=True)
class JourneySeen:
    """The deciding journey (or the one episode, for the measures of episodes) as seen at the standpoint."""

    start: date
    end: date | None
    group: str | None
    area: str
    agencies: tuple[str, ...]
    episodes: tuple[EpisodeSeen, ...]


@dataclass(frozen=True, slots=True)
class MemberSeen:
    """A client of a cohort: whether counted, and why. `rule` is the first rule that is not met, or, of a counted
    client, the last one that is.
    """

    client: int
    counted: bool
    rule: str
    journey: JourneySeen
    sources: tuple[Source, ...]


def members_seen(
    connection: sa.Connection,
    mapper: JsonMapper,
    generation: int,
    measure: Measure,
    standpoint: Standpoint,
    standings: Sequence[Standing],
    definition: Definition,
) -> list[MemberSeen]:
    """The members of a figure, in the order of `standings`, each with its journey, rule and events.

    `definition` is the version that the figure was answered by.
    """
    streams = streams_of_clients(connection, generation, {s.client for s in standings})
    recorded = recorded_of(connection, mapper, streams, standpoint.position)
    episodes = folded(r for its in recorded.values() for r in its)
    views = seen_from(standpoint, episodes, definition)
    rows = person_rows(measure.family.unit, views, definition)
    if not rows:
        return []
    columns, rules = apply_rules(measure.family, rows, standpoint.as_of, definition)
    in_cohort, counted, part = rules.in_cohort, rules.is_counted, measure.family.part_of(columns)
    files = Files(connection, generation)
    positions = {(r.event.originator_id, r.event.originator_version): r for its in recorded.values() for r in its}
    events = {
        episode.id: [positions[episode.id, event.originator_version] for event in episode.standing_events.values()]
        for episode in episodes
    }
    members: defaultdict[tuple[object, ...], list[MemberSeen]] = defaultdict(list)
    for i, row in enumerate(rows):
        if in_cohort[i]:
            member = MemberSeen(
                row.client,
                bool(counted[i]),
                _deciding_rule(rules, i),
                journey_seen(row),
                tuple(files.sources(_seen_events(events, row, standpoint))),
            )
            code = measure.family.code(int(part[i]))
            members[row.client, code, row.day, member.counted, " ".join(row.agencies)].append(member)
    # Two episodes of one client, agency and day are told apart by nothing but their order.
    try:
        return [members[s.client, s.part, s.journey.toordinal(), s.counted, s.slice[1]].pop(0) for s in standings]
    except IndexError:
        raise NotAgreed(
            "The stored tables have somebody in a figure of whom the log does not say it. Run 'recount verify'."
        ) from None


def streams_of_clients(
    connection: sa.Connection, generation: int, clients: Iterable[int]
) -> defaultdict[int, list[UUID]]:
    """The episodes that were ever each client's."""
    t = tables.episode.c
    ordered = sorted(clients)
    streams: defaultdict[int, list[UUID]] = defaultdict(list)
    for begin in range(0, len(ordered), 500):
        some = ordered[begin : begin + 500]
        query = sa.select(t.client, t.episode).where(t.generation == generation, t.client.in_(some))
        for client, stream in connection.execute(query):
            streams[client].append(stream)
    return streams


def clients_of_streams(connection: sa.Connection, generation: int, streams: Iterable[UUID]) -> set[int]:
    """Whose these episodes ever were."""
    t, clients = tables.episode.c, set[int]()
    for some in chunks(streams):
        query = sa.select(t.client).where(t.generation == generation, t.episode.in_(some))
        clients.update(connection.execute(query).scalars())
    return clients


def clients_spoken_of(connection: sa.Connection, generation: int, after: int, upto: int) -> set[int]:
    """The clients whose episodes the log speaks of after a position and up to another, and those who ever shared one
    with them: of nobody else anything changed between the two.
    """
    t, other = tables.episode.c, tables.episode.alias("other").c
    streams = sa.select(log.c.originator_id).where(log.c.position > after, log.c.position <= upto)
    clients = sa.select(t.client).where(t.generation == generation, t.episode.in_(streams))
    shared = sa.select(t.episode).where(t.generation == generation, t.client.in_(clients))
    query = sa.select(other.client).where(other.generation == generation, other.episode.in_(shared))
    return set(connection.execute(query).scalars())


def recorded_of(
    connection: sa.Connection,
    mapper: JsonMapper,
    streams: Mapping[int, Iterable[UUID]],
    position: int,
    topics: Iterable[str] | None = None,
) -> dict[UUID, list[Recorded]]:
    """The events up to `position` of the episodes of `streams_of_clients`; of these topics, if any are named."""
    recorded = read_streams(connection, mapper, (stream for its in streams.values() for stream in its), topics)
    return {stream: [r for r in its if r.position <= position] for stream, its in recorded.items()}


def _deciding_rule(rules: Rules, row: int) -> str:
    for rule in rules.counted:
        if not rule.met[row]:
            return rule.words
    return rules.counted[-1].words


def journey_seen(row: PersonRow) -> JourneySeen:
    """The journey (or the one episode) of a row that a measure was asked of."""
    group = int(row.columns.get("group", -1))
    return JourneySeen(
        start=date.fromordinal(row.day),
        end=_day(int(row.columns["end"])),
        group=str(SUBSTANCE_GROUPS[group]) if group >= 0 else None,
        area=row.area,
        agencies=row.agencies,
        episodes=tuple(_episode(view) for view in row.episodes),
    )


def _episode(view: EpisodeView) -> EpisodeSeen:
    core = view.core
    agency, client_reference, episode_reference = view.key
    return EpisodeSeen(
        agency,
        client_reference,
        episode_reference,
        _day(core.triaged),
        _day(core.started),
        _day(core.left),
        core.reason if core.reason >= 0 else None,
    )


def _day(ordinal: int) -> date | None:
    return None if ordinal == NEVER else date.fromordinal(ordinal)


def _seen_events(recorded: dict[UUID, list[Recorded]], row: PersonRow, standpoint: Standpoint) -> Iterator[Recorded]:
    """The events that still stand of the row's episodes and had occurred, in the order of the log."""
    events = (r for view in row.episodes for r in recorded[view.episode])
    return iter(sorted(r for r in events if r.event.occurred_on <= standpoint.as_of))


class Files:
    """Which file each submission was, whose, and when it was received: what an event's source names."""

    def __init__(self, connection: sa.Connection, generation: int) -> None:
        t = tables.submission.c
        query = sa.select(t.number, t.agency, t.file, t.received_on).where(t.generation == generation)
        self._files = {number: tuple(of_file) for number, *of_file in connection.execute(query)}

    def sources(self, recorded: Iterable[Recorded]) -> Iterator[Source]:
        """The source of each event."""
        for position, recorded_at, event in recorded:
            agency, file, received_on = self._files.get(event.submission, ("", "", None))
            yield Source(
                position,
                event.TOPIC,
                event.key if isinstance(event, FactEvent) else "",
                event.occurred_on,
                received_on,
                recorded_at,
                event.submission,
                agency,
                file,
                event.row,
                event.actor,
                event.role,
            )
