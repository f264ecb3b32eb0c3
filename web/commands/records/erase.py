"""Erasing persons: on lawful request, when their time is up, or again after a backup was put back.

Each is a submission of its own, as a withdrawal by word is: a commit that ends in its own event and has a position,
from which on the persons are not known. Salt and state of every event of their episodes go; the commitments stay, so
that the tree, its heads and everything published still check.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from domain.client import ClientKey, client_number, client_text
from domain.episode.events import EpisodeEvent, FactEvent, erasable
from domain.episode.facts import Referral, Start
from domain.episode.reconcile import Changes, erasure
from domain.errors import Refused
from domain.log.mapper import Event, JsonMapper
from domain.log.reading import Recorded, read_by_stream
from domain.register import Recording, Register
from domain.retention import WITHDRAWN_RECORD, RetentionPeriod
from domain.submission import REQUEST, RESTORED, RETENTION, ErasureCarriedOut
from projections.privacy import retention
from projections.privacy.mentions import Mention, mentions, references_of
from projections.privacy.retention import Due
from projections.privacy.subject_references import people_referred_to
from projections.store.tables import episode
from web import stop_list
from web.commands.commit import RECEIPT_REFUSALS, Commit, Receipt, committing
from web.commands.known import Knowledge, folded, forget_kept_out, forget_rows
from web.queries.result import Result
from web.stop_list import StopEntry

EpisodeReference = tuple[str, str, str | None]
"""AGNCY, CLIENT, and EPISODID or None: one of a person's episodes."""

REFUSALS: Final = RECEIPT_REFUSALS | {
    "person-unknown": "Nothing is known of the person who should be erased.",
    "client-is-two-people": "The episodes of this CLIENT are of more than one person.",
    "no-reason": "An erasure needs a reason.",
}
"""Why an erasure is refused, by code; nothing is erased then."""

PUT_BACK: Final = "a backup from before the erasure was put back"


class Erasure(Result, frozen=True):
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
    mentions: tuple[Mention, ...] = ()
    """Where what people wrote names somebody who is erased: texts stay in the log, and are to be looked at."""


@dataclass(frozen=True)
class _Chosen:
    """What is to go: these streams, and the persons and episodes that no file may bring back."""

    streams: Collection[UUID]
    persons: Collection[int]
    keep_out_persons: Collection[int]
    keep_out_episodes: Collection[UUID]


def erase(
    register: Register, client_key: ClientKey, client: int | EpisodeReference, reason: str, receipt: Receipt
) -> Erasure:
    """Erase a person, with every episode that was ever said to be theirs, at any agency.

    `client` is the person's number, or names one of the person's episodes. `reason` stays in the log for good, so it
    must name nobody.

    Raises:
        Refused: the person is not known, the CLIENT is two people, or the day of receipt does not fit.
    """
    if not reason.strip():
        raise Refused("no-reason", "Say why the person is erased, without a name: like 'request of 3 May 2018'.")
    with committing(register, receipt) as commit:
        connection, generation = commit.connection, commit.knowledge.generation
        person = _person(connection, generation, client)
        now_of = _ever_of(connection, generation, person)
        # What is one with an episode of the person is the person's, whatever its key named.
        for stream in commit.knowledge.aliases().together(now_of):
            now_of.setdefault(stream, None)
        own = [stream for stream, now in now_of.items() if now in {None, person}]
        chosen = _Chosen(now_of, [person], [person], own)
        named = _mentions(commit, chosen.streams)
        event, recorded = _carry_out(commit, client_key, chosen, REQUEST, reason)
        return _result(event, recorded, commit.position(recorded), named, shared=len(now_of) - len(own))


def dispose(
    register: Register, client_key: ClientKey, schedule: Sequence[RetentionPeriod], receipt: Receipt
) -> list[Erasure]:
    """Erase what need not be kept any more on the day of receipt, one commit for each kind of record that has any.

    Raises:
        Refused: the day of receipt does not fit.
    """
    done = []
    for period in schedule:
        with committing(register, receipt) as commit:
            generation = commit.knowledge.generation
            due = retention.due(commit.connection, register.mapper, generation, receipt.received_on, schedule)
            if of_kind := [one for one in due if one.kind == period.kind]:
                reason = f"{period.kind} records are kept for {period.months} months"
                chosen = _all_of(of_kind)
                named = _mentions(commit, chosen.streams)
                event, recorded = _carry_out(commit, client_key, chosen, RETENTION, reason)
                done.append(_result(event, recorded, commit.position(recorded), named))
    return done


def _all_of(due: Sequence[Due]) -> _Chosen:
    streams = [record.episode for one in due for record in one.episodes]
    # A withdrawn episode may be reported after all; a person may come back into treatment.
    keep_out = [record.episode for one in due for record in one.episodes if one.kind != WITHDRAWN_RECORD]
    return _Chosen(streams, {one.client for one in due}, (), keep_out)


def erase_again(register: Register, client_key: ClientKey, stopped: Iterable[StopEntry], receipt: Receipt) -> Erasure:
    """Erase whom a stop-list names and the database knows all the same, since a backup was put back.

    What the list has and the table lacks is added to the table.
    """
    with register.recording() as recording:
        return erase_named(recording, register.mapper, client_key, stopped, receipt)


def erase_named(
    recording: Recording, mapper: JsonMapper, client_key: ClientKey, stopped: Iterable[StopEntry], receipt: Receipt
) -> Erasure:
    """`erase_again` in a commit that has begun; received today, or with the newest submission if that is later."""
    entries = list(stopped)
    stop_list.add(recording.connection, entries)
    knowledge = Knowledge.of(recording.connection, mapper)
    if newest := knowledge.newest():
        receipt = replace(receipt, received_on=max(receipt.today, newest.received_on))
    named = named_by(recording.connection, mapper, client_key, entries)
    if not named:
        return Erasure(RESTORED, PUT_BACK, receipt.received_on)
    commit = Commit(recording, knowledge, receipt, newest)
    chosen = _Chosen(named, {client for clients in named.values() for client in clients}, (), ())
    texts = _mentions(commit, chosen.streams)
    event, recorded = _carry_out(commit, client_key, chosen, RESTORED, PUT_BACK)
    return _result(event, recorded, commit.position(recorded), texts)


def named_by(
    connection: sa.Connection, mapper: JsonMapper, client_key: ClientKey, entries: Iterable[StopEntry]
) -> dict[UUID, set[int]]:
    """The episodes that a stop-list names and of which something can still be read, with whose they were said to be.

    A person or an episode that is kept out is named whatever its days; of one that a file may bring back only what was
    recorded up to the erasure.
    """
    on_list = {entry.entry: entry for entry in entries}
    named = {}
    for stream, recorded in read_by_stream(connection, mapper) if on_list else ():
        events = [one for one in recorded if isinstance(one.event, EpisodeEvent)]
        clients = set(_clients(events))
        hashes = [client_key.stopped_episode(stream), *(client_key.stopped_person(client) for client in clients)]
        if any(_names(on_list[h], events) for h in hashes if h in on_list):
            named[stream] = {client_number(client) for client in clients}
    return named


def _names(entry: StopEntry, recorded: Sequence[Recorded]) -> bool:
    return any(entry.keeps_out or one.recorded_at <= entry.recorded_at for one in recorded)


def _clients(recorded: Iterable[Recorded]) -> Iterable[str]:
    for one in recorded:
        if isinstance(one.event, FactEvent) and isinstance(one.event.fact, Start | Referral):
            yield one.event.fact.client


def _carry_out(
    commit: Commit, client_key: ClientKey, chosen: _Chosen, basis: str, reason: str
) -> tuple[ErasureCarriedOut, list[Recorded]]:
    """Record the farewells and what follows from them, erase, and add to the stop-list.

    With an episode goes what was joined to it: that is the same one under another key.
    """
    joined = commit.knowledge.aliases().joined_into(chosen.streams)
    streams = _readable(commit.knowledge.recorded([*chosen.streams, *joined]))
    event = commit.event(
        ErasureCarriedOut,
        basis=basis,
        reason=reason,
        persons=len(chosen.persons),
        episodes=len(streams),
        records=sum(map(_records, streams.values())),
    )
    forget_kept_out(commit.connection, list(streams))
    recorded = commit.record([*_farewells(commit, streams, reason), event], erased=streams)
    forget_rows(commit.connection, list(streams))
    stop_list.add(commit.connection, _stop_entries(client_key, chosen, recorded[-1].recorded_at))
    return event, recorded


def _readable(streams: Mapping[UUID, Sequence[Recorded]]) -> Mapping[UUID, Sequence[Recorded]]:
    """The streams of which there is anything to erase; one that was joined may be erased already."""
    return {stream: recorded for stream, recorded in streams.items() if _records(recorded)}


def _records(recorded: Iterable[Recorded]) -> int:
    return erasable(one.event for one in recorded)


def _farewells(commit: Commit, streams: Mapping[UUID, Sequence[Recorded]], reason: str) -> list[Event]:
    """The last event of each episode, and the re-presentations of others that rested on them."""
    results = []
    for stream, recorded in streams.items():
        episode = folded(stream, recorded)
        farewell = erasure(episode, _records(recorded), commit.receipt.received_on, reason, commit.by)
        results.append((episode, Changes([farewell])))
    return commit.changes(results)


def _stop_entries(client_key: ClientKey, chosen: _Chosen, at: datetime) -> Iterable[StopEntry]:
    for client in chosen.keep_out_persons:
        yield StopEntry(client_key.stopped_person(client_text(client)), keeps_out=True, recorded_at=at)
    for stream in chosen.streams:
        yield StopEntry(client_key.stopped_episode(stream), stream in chosen.keep_out_episodes, at)


def _mentions(commit: Commit, streams: Collection[UUID]) -> list[Mention]:
    """Where texts name whom the episodes are of; asked before the references are gone from the tables."""
    knowledge = commit.knowledge
    every = [*streams, *knowledge.aliases().joined_into(streams)]
    references = references_of(commit.connection, knowledge.generation, every)
    return mentions(commit.connection, knowledge.mapper, references, every)


def _result(
    event: ErasureCarriedOut,
    recorded: Sequence[Recorded],
    position: int | None,
    named: list[Mention],
    shared: int = 0,
) -> Erasure:
    return Erasure(
        basis=event.basis,
        reason=event.reason,
        received_on=event.received_on,
        persons=event.persons,
        episodes=event.episodes,
        shared=shared,
        records=event.records,
        events=len(recorded),
        position=position,
        mentions=tuple(named),
    )


def _person(connection: sa.Connection, generation: int, client: int | EpisodeReference) -> int:
    """The one person who is meant."""
    if isinstance(client, int):
        name = f"client {client_text(client)}"
        known = connection.execute(
            sa.select(episode.c.client).where(episode.c.client == client, episode.c.generation == generation).limit(1)
        ).first()
        people = {client} if known else set[int]()
    else:
        agency, reference, number = client
        name = f"client {reference} at {agency}" + ("" if number is None else f", episode {number}")
        people = people_referred_to(connection, generation, agency, reference, number)
    if not people:
        raise Refused("person-unknown", f"Nothing is known of {name}. Look for a mistyped reference.")
    if len(people) > 1:
        ids = ", ".join(map(client_text, sorted(people)))
        raise Refused(
            "client-is-two-people",
            f"The episodes of {name} are of {len(people)} people: {ids}. Name the episode too, or one of them "
            "by --client.",
        )
    return people.pop()


def _ever_of(connection: sa.Connection, generation: int, person: int) -> dict[UUID, int | None]:
    """Every episode that was ever the person's, and whose it is now: None if nothing is said of it any more."""
    t = episode.c
    ever = sa.select(t.episode).where(t.generation == generation, t.client == person)
    query = sa.select(t.episode, t.client, t.current).where(t.generation == generation, t.episode.in_(ever))
    now_of: dict[UUID, int | None] = {}
    for stream, client, current in connection.execute(query):
        now_of[stream] = client if current else now_of.get(stream)
    return now_of
