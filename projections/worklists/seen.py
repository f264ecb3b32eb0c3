"""What the worklists read: the episodes, people and journeys seen from a standpoint, and when files spoke of them.

Every worklist is a function of `SeenRecords` and of nothing else, so that it works for any past day. The records may be
those of everybody, or only of those who can be on a list: the rows are the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from domain.definition import Definition, definition_in_force
from domain.episode.episode import Episode
from domain.episode.events import EpisodeEvent, FactEvent, data_set_of
from domain.episode.facts import (
    OURS,
    REFERRAL,
    START,
    TREATMENT,
    Fact,
    Referral,
    Start,
    names_another_person,
)
from domain.history import EpisodeView, seen_from
from domain.journey import Journey, journeys_of
from domain.log.database import chunks
from domain.log.mapper import Event, JsonMapper
from domain.log.reading import Recorded, read_streams
from domain.periods import NEVER, Period
from domain.standpoint import Standpoint
from domain.submission import SubmissionReceived, submission_stream
from projections.explain.provenance import clients_of_streams, streams_of_clients
from projections.standings.reference import persons_of
from projections.store.tables import episode, submission


class FirstSaid(NamedTuple):
    """Where an episode was first said of: the position, the receipt, and the first day of its file, if it was one."""

    position: int
    received_on: date
    first_day: date | None


@dataclass(frozen=True)
class SeenRecords:
    """Seen from `standpoint`; facts and views hold what had occurred by its `as_of`.

    `reported` is, by episode, the receipt of the newest file that said something new of it, `missing_since` the receipt
    of the first file that should have had it and did not, of those that no file has had since. `files_since` is the
    first day that any file of an agency and a data set covers. `unclear_since` is the receipt of the first file whose
    word of consent was neither yes nor no, of those that nobody has answered. `first_said` is where each episode was
    first said of, `another_since` the receipt since which its key names another person.
    """

    standpoint: Standpoint
    views: tuple[EpisodeView, ...]
    facts: Mapping[UUID, Mapping[str, Fact]]
    reported: Mapping[UUID, date]
    missing_since: Mapping[UUID, date]
    files_since: Mapping[tuple[str, str], date]
    unclear_since: Mapping[UUID, date]
    first_said: Mapping[UUID, FirstSaid] = field(default_factory=dict)
    another_since: Mapping[UUID, date] = field(default_factory=dict)

    @property
    def as_of(self) -> date:
        """The last day whose happenings are seen."""
        return self.standpoint.as_of

    @property
    def today(self) -> int:
        """`as_of` as the ordinal that the views hold."""
        return self.standpoint.as_of.toordinal()

    @cached_property
    def definition(self) -> Definition:
        """The version of the definitions that is in force on the day."""
        return definition_in_force(self.standpoint.as_of)

    @cached_property
    def people(self) -> dict[int, list[EpisodeView]]:
        """Each client's episodes, ordered by (triage, key)."""
        return {client: its for (client, _), its in persons_of(self.views, self.definition).items()}

    @cached_property
    def journeys(self) -> dict[int, list[Journey]]:
        """Each client's journeys, in order; of none who was never in structured treatment."""
        made = {client: journeys_of(its, self.definition) for client, its in self.people.items()}
        return {client: journeys for client, journeys in made.items() if journeys}

    @cached_property
    def open_journeys(self) -> list[Journey]:
        """The journeys that are open on the day: at most one a client, its last."""
        return [journeys[-1] for journeys in self.journeys.values() if journeys[-1].end == NEVER]

    @cached_property
    def open_episodes(self) -> list[EpisodeView]:
        """The episodes in structured treatment and not discharged."""
        return [view for view in self.views if view.core.started < NEVER and view.core.left == NEVER]


def seen(
    streams: Mapping[UUID, Sequence[Recorded]],
    standpoint: Standpoint,
    received_on: Mapping[int, date],
    missing_since: Mapping[UUID, date],
    files_since: Mapping[tuple[str, str], date],
    unclear_since: Mapping[UUID, date] = MappingProxyType({}),
    first_days: Mapping[int, date] | None = None,
) -> SeenRecords:
    """What is seen of the episodes whose events are given, by episode and version, up to the standpoint's position.

    `received_on` is the receipt of each submission, by its number, and `first_days` the first day of its file.
    """
    episodes: list[Episode] = []
    reported: dict[UUID, date] = {}
    first_said: dict[UUID, FirstSaid] = {}
    another_since: dict[UUID, date] = {}
    for stream, recorded in streams.items():
        events = [r.event for r in recorded if r.position <= standpoint.position]
        episodes.append(Episode.folded(stream, events))
        if newest := next((event for event in reversed(events) if _is_of_a_file(event)), None):
            reported[stream] = received_on[newest.submission]
        if events:
            number = events[0].submission
            first_said[stream] = FirstSaid(recorded[0].position, received_on[number], (first_days or {}).get(number))
        if number := _another_since(events):
            another_since[stream] = received_on[number]
    facts = {episode.id: _facts_by(standpoint.as_of, episode) for episode in episodes}
    views = tuple(seen_from(standpoint, episodes))
    return SeenRecords(
        standpoint, views, facts, reported, missing_since, files_since, unclear_since, first_said, another_since
    )


def _another_since(events: Iterable[Event]) -> int:
    """The submission since which an episode's key names another person than before; 0 if it does not, or no more."""
    people: list[tuple[Start | Referral, int]] = []
    for event in events:
        if isinstance(event, FactEvent) and event.key in {START, REFERRAL} and isinstance(event.fact, Start | Referral):
            fact = event.fact
            known = next((i for i, (one, _) in enumerate(people) if not names_another_person(one, fact)), None)
            if known is None:
                people.append((fact, event.submission))
            else:
                # Somebody of before is named again: whoever came between was the mistake.
                del people[known + 1 :]
    return people[-1][1] if len(people) > 1 else 0


def _is_of_a_file(event: Event) -> bool:
    return isinstance(event, EpisodeEvent) and data_set_of(event.key) != OURS


def _facts_by(as_of: date, episode: Episode) -> dict[str, Fact]:
    return {key: fact for key, fact in episode.facts.items() if fact.occurred_on <= as_of}


@dataclass(frozen=True, slots=True)
class FilesSaid:
    """What files said of episodes that they did not hold, or whose consent they asked about.

    `missing` are the episodes that were not in the newest file that should have had them, and since which receipt.
    `asked` are those whose consent is asked about, by agency, and since which receipt: each file has all of its
    agency's.
    """

    missing: Mapping[UUID, date] = field(default_factory=dict)
    asked: Mapping[str, Mapping[UUID, date]] = field(default_factory=dict)

    @property
    def unclear(self) -> dict[UUID, date]:
        """The episodes whose consent is asked about, and since which receipt."""
        return {stream: since for its in self.asked.values() for stream, since in its.items()}

    def after(self, files: Iterable[Recorded]) -> "FilesSaid":
        """With what more files said, in the order in which they came."""
        missing, asked = dict(self.missing), dict(self.asked)
        for _, _, event in files:
            if not isinstance(event, SubmissionReceived):
                continue
            missing |= dict.fromkeys(event.not_in_file, event.received_on)
            for stream in event.found_again:
                missing.pop(stream, None)
            if event.data_set == TREATMENT:
                before = asked.get(event.agency, {})
                asked[event.agency] = {one: before.get(one, event.received_on) for one in event.unclear_episodes}
        return FilesSaid(missing, asked)

    def differing_from(self, other: "FilesSaid") -> set[UUID]:
        """The episodes of which the two say something else."""
        changed = self.missing.items() ^ other.missing.items() | self.unclear.items() ^ other.unclear.items()
        return {stream for stream, _ in changed}


def acting(journey: Journey) -> EpisodeView:
    """Whose a journey is to act upon: the last discharge, or of the open episodes the one that started last."""
    return [view for view in journey.episodes if view.core.left == journey.end][-1]


class NamedFile(NamedTuple):
    """A file that was taken in: its submission, whose it is, and the last day by its name."""

    number: int
    position: int
    agency: str
    data_set: str
    last_day: date


class Reading:
    """Reads the log up to a standpoint.

    `received_on` by the submissions' numbers, `positions` where they stand; `named_files` in the order in which they
    came, and the days `covered` by each, None for none.
    """

    def __init__(self, connection: sa.Connection, mapper: JsonMapper, generation: int, standpoint: Standpoint) -> None:
        self.connection, self.mapper, self.generation, self.standpoint = connection, mapper, generation, standpoint
        t = submission.c
        columns = (t.number, t.received_on, t.position, t.agency, t.data_set, t.first_day, t.last_day, t.corrects)
        query = sa.select(*columns).where(t.generation == generation, t.position <= standpoint.position)
        rows = connection.execute(query.order_by(t.position)).all()
        self.received_on: Mapping[int, date] = {row.number: row.received_on for row in rows}
        self.positions: Sequence[int] = [row.position for row in rows]
        named = {row.number: (row.first_day, row.last_day) for row in rows if row.data_set}
        corrected = {row.corrects: (row.first_day, row.last_day) for row in rows if row.corrects is not None}
        self.covered: Mapping[int, Period | None] = {
            number: Period(first_day, last_day) if first_day and last_day else None
            for number, (first_day, last_day) in (named | corrected).items()
        }
        self._corrected_at = [row.position for row in rows if row.corrects is not None]
        self.named_files = [
            NamedFile(row.number, row.position, row.agency, row.data_set, row.last_day) for row in rows if row.data_set
        ]

    def files(self, after: int = 0) -> list[Recorded]:
        """The submissions' own events, in their order; of those after a position alone."""
        return self.said_of(
            number for number, position in zip(self.received_on, self.positions, strict=True) if position > after
        )

    def said_of(self, numbers: Iterable[int]) -> list[Recorded]:
        """The own events of the submissions with these numbers, in their order."""
        streams = read_streams(self.connection, self.mapper, map(submission_stream, sorted(numbers)))
        return sorted(recorded for stream in streams.values() for recorded in stream)

    def is_corrected_since(self, position: int) -> bool:
        """Whether the days of a file were corrected after a position."""
        return max(self._corrected_at, default=0) > position

    def files_since(self) -> dict[tuple[str, str], date]:
        """The first day that any file covers, by agency and data set."""
        since: dict[tuple[str, str], date] = {}
        for one in self.named_files:
            if days := self.covered[one.number]:
                whose = one.agency, one.data_set
                since[whose] = min(days.first_day, since.get(whose, days.first_day))
        return since

    def streams_of(self, clients: Iterable[int]) -> set[UUID]:
        """The episodes that were ever these clients'."""
        its = streams_of_clients(self.connection, self.generation, clients)
        return {stream for streams in its.values() for stream in streams}

    def clients_of(self, streams: Iterable[UUID]) -> set[int]:
        """Whose these episodes ever were."""
        return clients_of_streams(self.connection, self.generation, streams)

    def clients_under(self, numbers: Iterable[tuple[str, str]]) -> set[int]:
        """The clients who were ever known under these numbers, each with the agency whose it is."""
        t = episode.c
        by_agency: defaultdict[str, list[str]] = defaultdict(list)
        for agency, client_reference in sorted(numbers):
            by_agency[agency].append(client_reference)
        found: set[int] = set()
        for agency, references in by_agency.items():
            of_agency = sa.select(t.client).where(t.generation == self.generation, t.agency == agency)
            for some in chunks(references):
                query = of_agency.where(t.client_reference.in_(some))
                found.update(self.connection.execute(query).scalars())
        return found

    def under_a_shared_number(self) -> set[UUID]:
        """The episodes under an agency's number that was ever of two clients, with all others of these clients."""
        t = episode.c
        here = t.generation == self.generation
        shared = (
            sa.select(t.agency, t.client_reference)
            .where(here)
            .group_by(t.agency, t.client_reference)
            .having(sa.func.count(t.client.distinct()) > 1)
            .subquery()
        )
        both = sa.and_(t.agency == shared.c.agency, t.client_reference == shared.c.client_reference)
        query = sa.select(t.client).join_from(episode, shared, both).where(here)
        return self.streams_of(set(self.connection.execute(query).scalars()))

    def of_several_people(self) -> set[UUID]:
        """The episodes that were ever said to be of one person and of another."""
        t = episode.c
        query = sa.select(t.episode).where(t.generation == self.generation).group_by(t.episode)
        return set(self.connection.execute(query.having(sa.func.count() > 1)).scalars())

    def seen(
        self,
        streams: Iterable[UUID],
        missing: Mapping[UUID, date],
        topics: Iterable[str] | None = None,
        unclear: Mapping[UUID, date] = MappingProxyType({}),
    ) -> SeenRecords:
        """What is seen of these episodes; from events of these topics alone, if any are named."""
        recorded = read_streams(self.connection, self.mapper, sorted(streams), topics)
        files_since = self.files_since()
        first_days = {number: days.first_day for number, days in self.covered.items() if days}
        return seen(recorded, self.standpoint, self.received_on, missing, files_since, unclear, first_days)
