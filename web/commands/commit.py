"""One commit of knowledge: what somebody submits, by file or by word, under the writer's lock and in order of receipt.

A commit ends in an event of its own, whose position in the log is that of the submission. What is agreed or disputed
beside the figures (targets, disputes) is numbered in another way, and shares only what every such event says.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

import sqlalchemy as sa

from domain.client import client_number
from domain.episode.episode import Episode
from domain.episode.events import EpisodeEvent
from domain.episode.facts import (
    EXIT,
    HANDOVER,
    INTERVENTION,
    OURS,
    RE_PRESENTED,
    REFERRAL,
    REVIEW_FILE,
    START,
    TREATMENT,
    Referral,
    Start,
)
from domain.episode.reconcile import Changes, Provenance, re_presentation
from domain.errors import Refused
from domain.history import EpisodeView, episode_view
from domain.journey import re_presentations
from domain.log.database import reading
from domain.log.large_commits import AsLeft, PackedEvents, Stretch
from domain.log.mapper import Event
from domain.log.reading import Recorded
from domain.log.tables import log
from domain.register import Recording, Register
from domain.submission import submission_stream
from projections.publication.publish import CountingMembers

from .known import Knowledge, SubmissionKnown, folded

SubmissionEvent = TypeVar("SubmissionEvent", bound=Event)

EVERYTHING: Final = (TREATMENT, REVIEW_FILE, OURS)
"""All who speak of an episode's facts."""

RECEIPT_REFUSALS: Final = {
    "received-in-future": "The day of receipt lies after today.",
    "received-out-of-order": "The day of receipt lies before that of the newest submission.",
}
"""Why any commit is refused for the day of its receipt, by code."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """When something reached the commissioner, and who submits it, in which role. A dry run stores nothing."""

    received_on: date
    today: date
    actor: str
    role: str
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit in the making; `newest` is the submission before it."""

    recording: Recording
    knowledge: Knowledge
    receipt: Receipt
    newest: SubmissionKnown | None

    @property
    def connection(self) -> sa.Connection:
        """Its transaction."""
        return self.recording.connection

    @property
    def by(self) -> Provenance:
        """Under which number it stands, and who acts."""
        return next_provenance(self.newest, self.receipt)

    def event(self, kind: type[SubmissionEvent], **fields: Any) -> SubmissionEvent:
        """The event that the commit ends in."""
        return submission_event(kind, self.by, self.receipt.received_on, **fields)

    def changes(self, results: Sequence[tuple[Episode, Changes]]) -> list[Event]:
        """The events of these changes, applied, and those of the re-presentations that follow from them."""
        clients: set[int | None] = set()
        events: list[Event] = []
        for episode, result in results:
            clients.add(client_of(episode))
            for event in result.events:
                episode.apply(event)
            events += result.events
        changed = {episode.id: episode for episode, _result in results}
        concerned = {client for client in clients if client is not None}
        episodes = episodes_concerned(self.knowledge, changed, concerned)
        return events + follow_returns(episodes, concerned, self.by)

    def record(self, events: Iterable[Event], erased: Collection[UUID] = ()) -> list[Recorded]:
        """Append the events, the commit's own last; see `Recording.append`."""
        counting = CountingMembers(self.connection)
        return self.recording.append(map(counting.counted, events) if erased else events, erased)

    def record_packed(
        self, events: PackedEvents, erased: Collection[UUID] = (), as_left: AsLeft | None = None
    ) -> Stretch:
        """`record` of very many events; see `Recording.append_packed`."""
        return self.recording.append_packed(events, erased, as_left)

    def position(self, recorded: Sequence[Recorded]) -> int | None:
        """Where the commit stands in the log; None in a dry run."""
        return None if self.receipt.dry_run else recorded[-1].position


@contextmanager
def committing(register: Register, receipt: Receipt) -> Iterator[Commit]:
    """One commit by word, stored once it is left; a dry run, or an exception, stores nothing.

    Raises:
        Refused: the day of receipt does not fit.
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: nothing was stored.
    """
    check_receipt(register, receipt)
    with locked_commit(register, receipt) as commit:
        yield commit


@contextmanager
def locked_commit(register: Register, receipt: Receipt, file: str = "") -> Iterator[Commit]:
    """`committing`, of what was checked before: under the lock only the order of receipt is checked once more."""
    with register.recording(keep=not receipt.dry_run) as recording:
        knowledge = Knowledge.of(recording.connection, register.mapper)
        # Another submission may have been taken in since.
        newest = check_order(knowledge, receipt, file)
        yield Commit(recording, knowledge, receipt, newest)


def check_receipt(register: Register, receipt: Receipt, file: str = "") -> None:
    """Before anything is read or locked: raises Refused where the day of receipt does not fit."""
    if receipt.received_on > receipt.today:
        raise Refused(
            "received-in-future",
            f"The day of receipt, {receipt.received_on}, lies after today, {receipt.today}. "
            "Give the day on which it was received.",
            file,
        )
    with reading(register.engine) as connection:
        check_order(Knowledge.of(connection, register.mapper), receipt, file)


def check_order(knowledge: Knowledge, receipt: Receipt, file: str = "") -> SubmissionKnown | None:
    """The newest submission so far; raises Refused if it was received after this one."""
    newest = knowledge.newest()
    if newest and receipt.received_on < newest.received_on:
        raise Refused(
            "received-out-of-order",
            f"The day of receipt, {receipt.received_on}, lies before that of the newest submission, "
            f"{newest.received_on}. Submissions are taken in in the order of their receipt; the same day is fine.",
            file,
        )
    return newest


def next_provenance(newest: SubmissionKnown | None, receipt: Receipt) -> Provenance:
    """Under which number the submission after the newest stands, and who acts."""
    return Provenance(newest.number + 1 if newest else 1, receipt.actor, receipt.role)


def submission_event(kind: type[SubmissionEvent], by: Provenance, received_on: date, **fields: Any) -> SubmissionEvent:
    """The event that a submission ends in, with what all of them say."""
    number = by.submission
    common = event_fields(submission_stream(number), 1, number, received_on, by.actor, by.role)
    return kind(**common | {"submission": number, "received_on": received_on} | fields)


def event_fields(stream: UUID, version: int, number: int, on: date, actor: str, role: str) -> dict[str, Any]:
    """What every numbered event says: where it stands, its day, and who acts."""
    return {
        "originator_id": stream,
        "originator_version": version,
        "occurred_on": on,
        "actor": actor,
        "role": role,
        "number": number,
    }


def next_number(recording: Recording, kind: type[Event]) -> int:
    """The number of the next stream that begins with an event of this kind."""
    count = sa.select(sa.func.count()).select_from(log).where(log.c.topic == kind.TOPIC)
    return int(recording.connection.execute(count).scalar_one()) + 1


def client_of(episode: Episode) -> int | None:
    """Whose the episode is by its own newest rows; None of one of which nothing is said."""
    for key in (START, REFERRAL):
        event = episode.standing_events.get(key)
        if event and isinstance(event.fact, Start | Referral):
            return client_number(event.fact.client)
    return None


def concerns_journeys(event: Event) -> bool:
    """Whether the event can change which journeys a client has, and how they end."""
    return isinstance(event, EpisodeEvent) and (
        event.key in {START, EXIT, HANDOVER} or event.key.startswith(INTERVENTION)
    )


def episodes_concerned(
    knowledge: Knowledge, changed: Mapping[UUID, Episode], clients: Iterable[int]
) -> dict[UUID, Episode]:
    """All episodes of these clients, at any agency, by what is known once a commit is through; and all `changed` ones.

    `changed` are the episodes that the commit changes, as they are after it.
    """
    others = [stream for stream in knowledge.episodes_of_clients(set(clients)) if stream not in changed]
    recorded = knowledge.recorded(others)
    return dict(changed) | {stream: folded(stream, recorded.get(stream, ())) for stream in others}


def episodes_left(
    knowledge: Knowledge, changed: Collection[UUID], clients: Iterable[int]
) -> dict[UUID, "EpisodeAfter"]:
    """The episodes of these clients, at any agency, that a commit leaves as they are."""
    streams = [stream for stream in knowledge.episodes_of_clients(set(clients)) if stream not in changed]
    recorded = knowledge.recorded(streams)
    return {stream: EpisodeAfter.abridged(folded(stream, recorded.get(stream, ()))) for stream in streams}


class EpisodeAfter(NamedTuple):
    """An episode as a commit leaves it: what is said of it, and what journeys read of that (None: nothing is said)."""

    episode: Episode
    view: EpisodeView | None

    @classmethod
    def of(cls, episode: Episode) -> "EpisodeAfter":
        """The episode, whole."""
        return cls(episode, episode_view(episode.id, episode.facts))

    @classmethod
    def abridged(cls, episode: Episode) -> "EpisodeAfter":
        """Of what is said only the re-presentation: a large file changes more episodes than can be held whole."""
        its = Episode(episode.id)
        its.version = episode.version
        if returned := episode.standing_events.get(RE_PRESENTED):
            its.standing_events[RE_PRESENTED] = returned
        return cls(its, episode_view(episode.id, episode.facts))

    @property
    def client(self) -> int | None:
        """Whose it is; None of one of which nothing is said."""
        return self.view.core.client if self.view else None


def follow_returns(episodes: Mapping[UUID, Episode], clients: Iterable[int], by: Provenance) -> list[Event]:
    """The events that bring recorded re-presentations in line with what is known after a commit.

    A return at one agency concerns a completion at another, so all `episodes_concerned` are looked at. `clients` are
    those whose journeys the commit may change. The events are applied to the episodes.
    """
    after = {stream: EpisodeAfter.of(episode) for stream, episode in episodes.items()}
    events = [event for its in returns_of(after, set(clients), by).values() for event in its]
    for event in events:
        episodes[event.originator_id].apply(event)
    return events


def returns_of(
    episodes: Mapping[UUID, EpisodeAfter], clients: Collection[int], by: Provenance
) -> dict[UUID, list[Event]]:
    """`follow_returns` by episode, in their order; nothing is applied."""
    by_client: defaultdict[int, list[EpisodeView]] = defaultdict(list)
    for after in episodes.values():
        if after.view and after.client in clients:
            by_client[after.view.core.client].append(after.view)
    returns = {stream: fact for own in by_client.values() for stream, fact in re_presentations(own).items()}
    return {
        stream: re_presentation(after.episode, returns.get(stream), by)
        for stream, after in episodes.items()
        if after.client is None or after.client in clients
    }
