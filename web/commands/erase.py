"""Erasing persons: on lawful request, when their time is up, or again after a backup was put back.

Each is a submission of its own, as a withdrawal by word is: a commit that ends in its own event and has a position,
from which on the persons are not known. Salt and state of every event of their episodes go; the commitments stay, so
that the tree, its heads and everything published still check.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
import sqlalchemy as sa

from domain.client import ClientKey, client_number, client_text
from domain.episode.episode import Episode
from domain.episode.events import EpisodeEvent, Erased, FactEvent
from domain.episode.facts import Referral, Start
from domain.episode.reconcile import Provenance, erasure
from domain.errors import Refused
from domain.log.mapper import Event, JsonMapper
from domain.log.reading import Recorded, read_by_stream
from domain.register import Recording, Register
from domain.retention import WITHDRAWN_RECORD, RetentionPeriod
from domain.submission import REQUEST, RESTORED, RETENTION, ErasureCarriedOut, submission_stream
from projections.privacy import retention
from projections.privacy.retention import Due
from projections.store import generations
from projections.store.tables import episode
from web import stop_list
from web.stop_list import StopEntry

from . import known
from .manual import submission_by_word
from .representations import client_of, follow_returns

REFUSALS: Final = {
    "received-in-future": "The day of receipt lies after today.",
    "received-out-of-order": "The day of receipt lies before that of the newest submission.",
    "person-unknown": "Nothing is known of the person who should be erased.",
    "client-is-two-people": "The episodes of this CLIENT are of more than one person.",
    "no-reason": "An erasure needs a reason.",
}
"""Why an erasure is refused, by code; nothing is erased then."""

PUT_BACK: Final = "a backup from before the erasure was put back"


@dataclass(frozen=True)
class Erasure:
    """What was erased: `records` events of `episodes`, said of `persons`.

    `shared` of the episodes are of another person by now; their history goes too, since it was said of the one who is
    erased, and the next file that has them brings them back. `position` is None in a dry run, or if nothing was done.
    """

    basis: str
    reason: str
    received_on: date
    persons: int = 0
    episodes: int = 0
    shared: int = 0
    records: int = 0
    events: int = 0
    position: int | None = None

    def document(self) -> dict[str, Any]:
        """What was erased, as JSON."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


@dataclass(frozen=True)
class _Chosen:
    """What is to go: these streams, and the persons and episodes that no file may bring back."""

    streams: Collection[UUID]
    persons: Collection[int]
    keep_out_persons: Collection[int]
    keep_out_episodes: Collection[UUID]


def erase(
    register: Register,
    client_key: ClientKey,
    client: int | tuple[str, str, str | None],
    received_on: date,
    today: date,
    *,
    reason: str,
    actor: str,
    role: str,
    dry_run: bool = False,
) -> Erasure:
    """Erase a person, with every episode that was ever said to be theirs, at any agency.

    `client` is the person's number, or (AGNCY, CLIENT, EPISODID or None) of one of the
    person's episodes. `reason` is kept in the log for good, so it must name nobody.

    Raises:
        Refused: the person is not known, the CLIENT is two people, or the day of receipt does not fit.
    """
    if not reason.strip():
        raise Refused("no-reason", "Say why the person is erased, without a name: like 'request of 3 May 2018'.")
    with submission_by_word(register, received_on, today, actor, role, dry_run) as (recording, generation, by):
        connection = recording.connection
        person = _person(connection, generation, client)
        of_whom = _ever_of(connection, generation, person)
        theirs = [stream for stream, now in of_whom.items() if now in {None, person}]
        chosen = _Chosen(of_whom, [person], [person], theirs)
        carried = _Erasing(recording, generation, client_key, by, received_on).carry_out(chosen, REQUEST, reason)
    return _result(carried, len(of_whom) - len(theirs), dry_run)


def dispose(
    register: Register,
    client_key: ClientKey,
    received_on: date,
    today: date,
    schedule: Sequence[RetentionPeriod],
    *,
    actor: str,
    role: str,
    dry_run: bool = False,
) -> list[Erasure]:
    """Erase what need not be kept any more on the day of receipt, one commit for each kind of record that has any.

    Raises:
        Refused: the day of receipt does not fit.
    """
    done = []
    for period in schedule:
        with submission_by_word(register, received_on, today, actor, role, dry_run) as (recording, generation, by):
            connection, mapper = recording.connection, register.mapper
            due = [
                d for d in retention.due(connection, mapper, generation, received_on, schedule) if d.kind == period.kind
            ]
            if due:
                erasing = _Erasing(recording, generation, client_key, by, received_on)
                reason = f"{period.kind} records are kept for {period.months} months"
                done.append(_result(erasing.carry_out(_all_of(due), RETENTION, reason), 0, dry_run))
    return done


def _all_of(due: Sequence[Due]) -> _Chosen:
    streams = [one.episode for d in due for one in d.episodes]
    # A withdrawn episode may be reported after all; a person may come back into treatment.
    keep_out = [one.episode for d in due for one in d.episodes if d.kind != WITHDRAWN_RECORD]
    return _Chosen(streams, {d.client for d in due}, (), keep_out)


def erase_again(
    register: Register, client_key: ClientKey, stopped: Iterable[StopEntry], today: date, *, actor: str, role: str
) -> Erasure:
    """Erase whom a stop-list names and the database knows all the same, since a backup was put back.

    What the list has and the table lacks is added to the table.
    """
    with register.recording() as recording:
        return erase_named(recording, register.mapper, client_key, stopped, today, actor=actor, role=role)


def erase_named(
    recording: Recording,
    mapper: JsonMapper,
    client_key: ClientKey,
    stopped: Iterable[StopEntry],
    today: date,
    *,
    actor: str,
    role: str,
) -> Erasure:
    """`erase_again` in a commit that has begun."""
    entries = list(stopped)
    stop_list.add(recording.connection, entries)
    generation = generations.live(recording.connection)
    newest = known.newest(recording.connection, generation)
    received_on = max(today, newest.received_on) if newest else today
    found = named_by(recording.connection, mapper, client_key, entries)
    if not found:
        return Erasure(RESTORED, PUT_BACK, received_on)
    by = Provenance(newest.number + 1 if newest else 1, actor, role)
    chosen = _Chosen(found, {client for clients in found.values() for client in clients}, (), ())
    erasing = _Erasing(recording, generation, client_key, by, received_on)
    return _result(erasing.carry_out(chosen, RESTORED, PUT_BACK), 0, dry_run=False)


def named_by(
    connection: sa.Connection, mapper: JsonMapper, client_key: ClientKey, entries: Iterable[StopEntry]
) -> dict[UUID, set[int]]:
    """The episodes that a stop-list names and of which something can still be read, with whose they were said to be.

    A person or an episode that is kept out is named whatever its days; of one that a file may bring back only what was
    recorded up to the erasure.
    """
    on_list = {entry.entry: entry for entry in entries}
    found = {}
    for stream, recorded in read_by_stream(connection, mapper) if on_list else ():
        said = [one for one in recorded if isinstance(one.event, EpisodeEvent)]
        clients = set(_clients(said))
        hashes = [client_key.stopped_episode(stream), *(client_key.stopped_person(client) for client in clients)]
        if any(_names(on_list[h], said) for h in hashes if h in on_list):
            found[stream] = {client_number(client) for client in clients}
    return found


def _names(entry: StopEntry, said: Sequence[Recorded]) -> bool:
    return any(entry.keeps_out or one.recorded_at <= entry.recorded_at for one in said)


def _clients(said: Iterable[Recorded]) -> Iterable[str]:
    for one in said:
        if isinstance(one.event, FactEvent) and isinstance(one.event.fact, Start | Referral):
            yield one.event.fact.client


class _Erasing:
    """One erasure, under the writer's lock."""

    def __init__(
        self, recording: Recording, generation: int, client_key: ClientKey, by: Provenance, received_on: date
    ) -> None:
        self.recording, self.generation, self.client_key = recording, generation, client_key
        self.by, self.received_on = by, received_on

    def carry_out(self, chosen: _Chosen, basis: str, reason: str) -> tuple[ErasureCarriedOut, list[Recorded]]:
        """Record the farewells and what follows from them, erase, and keep the stop-list."""
        streams = self.recording.read_streams(chosen.streams)
        farewells = self._farewells(streams, reason)
        carried_out = ErasureCarriedOut(
            originator_id=submission_stream(self.by.submission),
            originator_version=1,
            occurred_on=self.received_on,
            submission=self.by.submission,
            actor=self.by.actor,
            role=self.by.role,
            number=self.by.submission,
            received_on=self.received_on,
            basis=basis,
            reason=reason,
            persons=len(chosen.persons),
            episodes=len(streams),
            records=sum(map(len, streams.values())),
        )
        recorded = self.recording.append([*farewells, carried_out], erased=streams)
        known.forget_taken_in(self.recording.connection, list(streams))
        stop_list.add(self.recording.connection, self._entries(chosen, recorded[-1].recorded_at))
        return carried_out, recorded

    def _farewells(self, streams: dict[UUID, list[Recorded]], reason: str) -> list[Event]:
        """The last event of each episode, and the re-presentations of others that rested on them."""
        episodes: dict[UUID, Episode] = {}
        clients: set[int] = set()
        farewells: list[Event] = []
        for stream, recorded in streams.items():
            gone = episodes[stream] = Episode.folded(stream, (one.event for one in recorded))
            if (client := client_of(gone)) is not None:
                clients.add(client)
            farewell: Erased = erasure(gone, len(recorded), self.received_on, reason, self.by)
            gone.apply(farewell)
            farewells.append(farewell)
        return farewells + follow_returns(self.recording, self.generation, episodes, clients, self.by)

    def _entries(self, chosen: _Chosen, at: datetime) -> Iterable[StopEntry]:
        for client in chosen.keep_out_persons:
            yield StopEntry(self.client_key.stopped_person(client_text(client)), keeps_out=True, recorded_at=at)
        for stream in chosen.streams:
            keeps_out = stream in chosen.keep_out_episodes
            yield StopEntry(self.client_key.stopped_episode(stream), keeps_out, at)


def _result(carried: tuple[ErasureCarriedOut, list[Recorded]], shared: int, dry_run: bool) -> Erasure:
    event, recorded = carried
    return Erasure(
        basis=event.basis,
        reason=event.reason,
        received_on=event.received_on,
        persons=event.persons,
        episodes=event.episodes,
        shared=shared,
        records=event.records,
        events=len(recorded),
        position=None if dry_run else recorded[-1].position,
    )


def _person(connection: sa.Connection, generation: int, client: int | tuple[str, str, str | None]) -> int:
    """The one person who is meant."""
    t = episode.c
    if isinstance(client, int):
        named, where = f"client {client_text(client)}", [t.client == client]
    else:
        agency, reference, number = client
        named = f"client {reference} at {agency}" + ("" if number is None else f", episode {number}")
        where = [t.agency == agency, t.client_reference == reference]
        where += [] if number is None else [t.episode_reference == number]
    query = sa.select(t.client, t.episode, t.current).where(t.generation == generation, *where)
    rows = list(connection.execute(query))
    standing = {stream for _, stream, current in rows if current}
    people: set[int] = {found for found, stream, current in rows if current or stream not in standing}
    if isinstance(client, int) and rows:
        people = {client}
    if not people:
        raise Refused("person-unknown", f"Nothing is known of {named}. Look for a mistyped reference.")
    if len(people) > 1:
        ids = ", ".join(map(client_text, sorted(people)))
        raise Refused(
            "client-is-two-people",
            f"The episodes of {named} are of {len(people)} people: {ids}. Name the episode too, or one of them "
            "by --client.",
        )
    return people.pop()


def _ever_of(connection: sa.Connection, generation: int, person: int) -> dict[UUID, int | None]:
    """Every episode that was ever the person's, and whose it is now: None if nothing is said of it any more."""
    t = episode.c
    ever = sa.select(t.episode).where(t.generation == generation, t.client == person)
    query = sa.select(t.episode, t.client, t.current).where(t.generation == generation, t.episode.in_(ever))
    of_whom: dict[UUID, int | None] = {}
    for stream, client, current in connection.execute(query):
        of_whom[stream] = client if current else of_whom.get(stream)
    return of_whom
