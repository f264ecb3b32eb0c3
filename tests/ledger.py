"""What agencies say, turned into the commits of a log: in memory, and recorded through the register of a database.

The events come from `domain.submission`, as they do when a file is taken in; only the reading of files is left out.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.client import ClientKey
from domain.contract_life.contract import Contract, ContractAgreed, ContractWithdrawn
from domain.definition import Definition
from domain.episode.episode import Episode
from domain.episode.events import EPISODE_EVENTS, Erased, FactEvent, erasable
from domain.episode.facts import (
    EXIT,
    HANDOVER,
    JOINED,
    OURS,
    REFERRAL,
    REVIEW_FILE,
    START,
    TREATMENT,
    Exit,
    Fact,
    Handover,
    Referral,
    Start,
)
from domain.episode.joining import Aliases, Pair, References, join, part
from domain.episode.reconcile import (
    Changes,
    Provenance,
    ReportedEpisode,
    changes,
    erasure,
    handover,
    handover_undone,
    re_presentation,
    withdrawal,
)
from domain.history import episode_view
from domain.journey import re_presentations
from domain.log.database import writing
from domain.log.mapper import Event
from domain.log.reading import Recorded
from domain.periods import Period
from domain.register import Register
from domain.submission import (
    REQUEST,
    SUBMISSION_EVENTS,
    CaseloadHandedOver,
    CaseloadReturned,
    CoveredDaysCorrected,
    EpisodesRekeyed,
    ErasureCarriedOut,
    RekeyUndone,
    SubmissionReceived,
    WithdrawalConfirmed,
    submission_stream,
)
from projections.projector.projector import following
from projections.standings.calculation import Standings, standings_of
from projections.standings.slices import Slices
from projections.standings.versions import versions_of
from projections.store import generations
from projections.store.covered_days import SubmissionRow
from projections.store.submissions import Submissions
from tests.conftest import Clock
from web.commands.commit import concerns_journeys, episodes_concerned, follow_returns
from web.commands.known import Knowledge

CLIENT_KEY = ClientKey(b"only for tests")
EVENT_TYPES = (*EPISODE_EVENTS, *SUBMISSION_EVENTS)
EVERYTHING = (TREATMENT, REVIEW_FILE, OURS)
RECORDED_AT = datetime(2026, 1, 5, tzinfo=UTC)

Facts = Mapping[str, Fact]


@dataclass(frozen=True)
class Commit:
    """A commit of knowledge: what changes of episodes, the re-presentations that follow, farewells, the submission.

    Of an erasure by word the farewells come first, and the re-presentations follow from them.
    """

    changed: list[Event]
    returns: list[Event]
    farewells: list[Event]
    submission: Event
    clients: frozenset[str]
    """Whose journeys it may change."""
    erased_clients: frozenset[str] = frozenset()
    """Whom the erased episodes were ever said to be of."""

    @property
    def events(self) -> list[Event]:
        return [*self.changed, *self.returns, *self.farewells, self.submission]

    @property
    def causes(self) -> list[Event]:
        """What the re-presentations follow from."""
        return self.changed or self.farewells

    @property
    def erased(self) -> set[UUID]:
        return {event.originator_id for event in self.farewells}


@dataclass
class Ledger:
    """Everything said so far. `recorded` is the log as a reader finds it: erased events are not in it."""

    episodes: dict[UUID, Episode] = field(default_factory=dict)
    commits: list[Commit] = field(default_factory=list)
    recorded: list[Recorded] = field(default_factory=list)
    received: list[SubmissionRow] = field(default_factory=list)
    missing: set[UUID] = field(default_factory=set)
    """Episodes that the agency's newest files should have had and did not."""
    _position: int = 0
    _changes: list[tuple[Episode, Changes]] = field(default_factory=list)
    _clients: set[str] = field(default_factory=set)

    @property
    def submissions(self) -> Submissions:
        return Submissions(self.received)

    def take_in(
        self,
        agency: str,
        received_on: date,
        said: Mapping[UUID, Facts],
        *,
        data_set: str = TREATMENT,
        covers: tuple[date, date] | None = None,
        withdraws: bool = True,
        withdrawn: Iterable[UUID] = (),
        without_consent: Iterable[UUID] = (),
        absent: Collection[UUID] = (),
    ) -> None:
        """A file: of each episode all that its data set says; `withdrawn` for want of a row in a complete file."""
        by = self._by()
        for stream, facts in said.items():
            episode = self._episode(stream)
            self._change(episode, changes(episode, ReportedEpisode(stream, facts, {}), data_set, by, withdraws))
        for stream in withdrawn:
            self._change(self._episode(stream), withdrawal(self._episode(stream), by, EVERYTHING))
        erased = [stream for stream in without_consent if self._has_facts(stream)]
        for stream in erased:
            self._change(self._episode(stream), withdrawal(self._episode(stream), by, EVERYTHING))
        first_day, last_day = covers or (date(2000, 1, 1), received_on)
        found = self.missing & {*said, *withdrawn, *erased}
        event = SubmissionReceived(
            originator_id=submission_stream(by.submission),
            originator_version=1,
            occurred_on=received_on,
            submission=by.submission,
            actor=by.actor,
            role=by.role,
            number=by.submission,
            agency=agency,
            file=f"{agency}-{by.submission}.csv",
            data_set=data_set,
            first_day=first_day,
            last_day=last_day,
            received_on=received_on,
            sha256=f"{by.submission:064x}",
            rows=len(said),
            not_in_file=tuple(stream for stream in absent if stream not in self.missing),
            found_again=tuple(sorted(found & said.keys())),
        )
        self._commit(by, event, erased)
        self.missing = (self.missing | set(absent)) - found

    def confirm_withdrawal(self, agency: str, received_on: date, stream: UUID) -> None:
        by = self._by()
        result = withdrawal(self._episode(stream), by, EVERYTHING)
        self._change(self._episode(stream), result)
        event = WithdrawalConfirmed(
            originator_id=submission_stream(by.submission),
            originator_version=1,
            occurred_on=received_on,
            submission=by.submission,
            actor=by.actor,
            role=by.role,
            number=by.submission,
            agency=agency,
            received_on=received_on,
            episode=stream,
            withdrawn=result.withdrawn,
        )
        self._commit(by, event, ())
        self.missing.discard(stream)

    def hand_over(self, agency: str, to_agency: str, on: date, received_on: date) -> None:
        by = self._by()
        its = [episode for episode in self.episodes.values() if _open_at(episode, agency, on)]
        for episode in its:
            self._change(episode, handover(episode, on, to_agency, by))
        event = CaseloadHandedOver(
            originator_id=submission_stream(by.submission),
            originator_version=1,
            occurred_on=received_on,
            submission=by.submission,
            actor=by.actor,
            role=by.role,
            number=by.submission,
            agency=agency,
            to_agency=to_agency,
            handed_over_on=on,
            received_on=received_on,
            episodes=len(its),
        )
        self._commit(by, event, ())

    def take_back_handover(self, number: int, received_on: date) -> None:
        """The handover of this number was a mistake: whoever still ends by it is open again."""
        by = self._by()
        said = next(one for one in self.handovers() if one.number == number)
        standing = ((one, one.standing_events.get(HANDOVER)) for one in self.episodes.values())
        its = [one for one, event in standing if event and event.submission == number]
        for episode in its:
            self._change(episode, handover_undone(episode, by))
        event = CaseloadReturned(
            originator_id=submission_stream(by.submission),
            originator_version=1,
            occurred_on=received_on,
            submission=by.submission,
            actor=by.actor,
            role=by.role,
            number=by.submission,
            agency=said.agency,
            undoes=number,
            episodes=len(its),
            received_on=received_on,
        )
        self._commit(by, event, ())

    def handovers(self) -> list[CaseloadHandedOver]:
        """Those that were not taken back."""
        said = [event for commit in self.commits for event in commit.events]
        undone = {event.undoes for event in said if isinstance(event, CaseloadReturned)}
        return [event for event in said if isinstance(event, CaseloadHandedOver) and event.number not in undone]

    def rekey(self, pairs: Mapping[Pair, References], received_on: date) -> int:
        """The first of each pair is the same episode as the second, under these references; the submission's number."""
        by = self._by()
        for (old, new), references in pairs.items():
            left, right = join(self._episode(old), self._episode(new), references, received_on, by)
            self._change(self._episode(old), left)
            self._change(self._episode(new), right)
        self._commit(by, EpisodesRekeyed(**self._of_submission(received_on), pairs=tuple(pairs)), ())
        self.missing -= {old for old, _new in pairs}
        return by.submission

    def undo_rekey(self, number: int, received_on: date) -> list[Pair]:
        """Those pairs of a rekey that are still one are two again."""
        by, event = self._by(), self.commits[number - 1].submission
        assert isinstance(event, EpisodesRekeyed)
        pairs = [(old, new) for old, new in event.pairs if self._joined(old) == new]
        for pair in pairs:
            said = [[r.event for r in self.recorded if r.event.originator_id == stream] for stream in pair]
            old, new = map(self._episode, pair)
            left, right = part(old, new, *said, number, by)
            self._change(old, left)
            self._change(new, right)
        self._commit(by, RekeyUndone(**self._of_submission(received_on), undoes=number, pairs=tuple(pairs)), ())
        return pairs

    def _joined(self, stream: UUID) -> UUID | None:
        joined = self._episode(stream).facts.get(JOINED)
        return getattr(joined, "into", None)

    @property
    def aliases(self) -> Aliases:
        return Aliases(commit.submission for commit in self.commits)

    def agree_contract(self, contract: Contract, received_on: date) -> None:
        event = ContractAgreed(
            **self._of_submission(received_on),
            agency=contract.agency,
            first_day=contract.first_day,
            last_day=contract.last_day,
            succeeds=contract.succeeds,
        )
        self._commit(self._by(), event, ())

    def withdraw_contract(self, agency: str, first_day: date, received_on: date) -> None:
        event = ContractWithdrawn(**self._of_submission(received_on), agency=agency, first_day=first_day)
        self._commit(self._by(), event, ())

    def correct_days(self, number: int, days: Period | None, received_on: date) -> None:
        """The monthly file that is submission `number` covers these days, or none."""
        file = self.commits[number - 1].submission
        assert isinstance(file, SubmissionReceived)
        event = CoveredDaysCorrected(
            **self._of_submission(received_on),
            agency=file.agency,
            corrects=number,
            first_day=days.first_day if days else None,
            last_day=days.last_day if days else None,
            reason="said by a test",
        )
        self._commit(self._by(), event, ())

    def files(self) -> list[SubmissionReceived]:
        """The monthly files so far."""
        events = [commit.submission for commit in self.commits]
        return [e for e in events if isinstance(e, SubmissionReceived) and e.data_set == TREATMENT]

    def _of_submission(self, received_on: date) -> dict[str, Any]:
        by = self._by()
        return {
            "originator_id": submission_stream(by.submission),
            "originator_version": 1,
            "occurred_on": received_on,
            "submission": by.submission,
            "actor": by.actor,
            "role": by.role,
            "number": by.submission,
            "received_on": received_on,
        }

    def erase(self, client: str, received_on: date) -> None:
        """Every episode that was ever said to be of a person."""
        by = self._by()
        its = sorted({r.event.originator_id for r in self.recorded if _client_said(r.event) == client})
        records = self._records(its)
        farewells = [self._say_farewell(stream, records[stream], received_on, by) for stream in its]
        self._clients = self._ever_of(its)
        event = ErasureCarriedOut(
            originator_id=submission_stream(by.submission),
            originator_version=1,
            occurred_on=received_on,
            submission=by.submission,
            actor=by.actor,
            role=by.role,
            number=by.submission,
            received_on=received_on,
            basis=REQUEST,
            reason="asked for",
            persons=1,
            episodes=len(its),
            records=sum(records.values()),
        )
        self._append(
            Commit([], self._returns(by), farewells, event, frozenset(self._clients), frozenset(self._clients))
        )
        self.missing -= set(its)

    def known_of(self, agency: str) -> list[UUID]:
        """The episodes of which an agency says something now."""
        return [stream for stream, episode in self.episodes.items() if agency_of(episode) == agency]

    def _by(self) -> Provenance:
        return Provenance(len(self.commits) + 1, "tester", "administrator")

    def _episode(self, stream: UUID) -> Episode:
        return self.episodes.setdefault(stream, Episode(stream))

    def _has_facts(self, stream: UUID) -> bool:
        return any(r.event.originator_id == stream and isinstance(r.event, FactEvent) for r in self.recorded)

    def _change(self, episode: Episode, result: Changes) -> None:
        before = client_of(episode)
        for event in result.events:
            episode.apply(event)
        if any(map(concerns_journeys, result.events)):
            self._clients |= {client for client in (before, client_of(episode)) if client}
        self._changes.append((episode, result))

    def _commit(self, by: Provenance, submission: Event, erased: Collection[UUID]) -> None:
        changed = [event for _, result in self._changes for event in result.events]
        returns = self._returns(by)
        records = self._records(erased, [*changed, *returns])
        farewells = [self._say_farewell(stream, records[stream], submission.occurred_on, by) for stream in erased]
        its = frozenset(self._clients), frozenset(self._ever_of(erased))
        self._append(Commit(changed, returns, farewells, submission, *its))

    def _append(self, commit: Commit) -> None:
        self._changes, self._clients = [], set()
        for event in commit.events:
            self._position += 1
            self.recorded.append(Recorded(self._position, RECORDED_AT, event))
        self.recorded = [
            r for r in self.recorded if r.event.originator_id not in commit.erased or isinstance(r.event, Erased)
        ]
        self.commits.append(commit)
        self._receive(commit.submission)

    def _records(self, streams: Collection[UUID], also: Sequence[Event] = ()) -> dict[UUID, int]:
        """How many events an erasure takes of each stream, with those of its own commit."""
        events = [*(r.event for r in self.recorded), *also]
        return {stream: erasable(event for event in events if event.originator_id == stream) for stream in streams}

    def _say_farewell(self, stream: UUID, records: int, on: date, by: Provenance) -> Event:
        farewell = erasure(self.episodes[stream], records, on, "asked for", by)
        self.episodes[stream].apply(farewell)
        return farewell

    def _ever_of(self, streams: Collection[UUID]) -> set[str]:
        said = (_client_said(r.event) for r in self.recorded if r.event.originator_id in streams)
        return {client for client in said if client}

    def _returns(self, by: Provenance) -> list[Event]:
        """The events that bring the recorded re-presentations of everybody in line with the journeys."""
        of_client: defaultdict[str | None, list[Episode]] = defaultdict(list)
        for episode in self.episodes.values():
            of_client[client_of(episode)].append(episode)
        events: list[Event] = []
        for its in of_client.values():
            found = re_presentations(view for one in its if (view := episode_view(one.id, one.facts)))
            for episode in its:
                for event in re_presentation(episode, found.get(episode.id), by):
                    episode.apply(event)
                    events.append(event)
        return events

    def _receive(self, event: Event) -> None:
        assert isinstance(event, SUBMISSION_EVENTS)
        days: tuple[date | None, date | None] = (None, None)
        if isinstance(event, SubmissionReceived) and event.data_set == TREATMENT:
            days = (event.first_day, event.last_day)
        received: Any = event
        corrects = None
        if isinstance(event, CoveredDaysCorrected):
            days, corrects = (event.first_day, event.last_day), event.corrects
        self.received.append(
            SubmissionRow(
                self._position, received.received_on, received.agency, *days, number=received.number, corrects=corrects
            )
        )


def standings_at_once(ledger: Ledger, definition: Definition | None = None) -> tuple[Standings, Slices]:
    """All standings of a ledger, made in one go from its log."""
    position_of = {number: row.position for number, row in enumerate(ledger.received, 1)}
    streams: defaultdict[UUID, list[Recorded]] = defaultdict(list)
    for recorded in ledger.recorded:
        if recorded.event.originator_id in ledger.episodes:
            streams[recorded.event.originator_id].append(recorded)
    slices = Slices()
    return standings_of([versions_of(its, position_of) for its in streams.values()], slices, definition), slices


def client_of(episode: Episode) -> str | None:
    """Whose the episode is said to be."""
    identity = episode.facts.get(START) or episode.facts.get(REFERRAL)
    return identity.client if isinstance(identity, Start | Referral) else None


def _client_said(event: Event) -> str | None:
    """Whose an event says its episode is."""
    if isinstance(event, FactEvent) and isinstance(event.fact, Start | Referral):
        return event.fact.client
    return None


def agency_of(episode: Episode) -> str | None:
    identity = episode.facts.get(START) or episode.facts.get(REFERRAL)
    return identity.agency if isinstance(identity, Start | Referral) else None


def _open_at(episode: Episode, agency: str, on: date) -> bool:
    start = episode.facts.get(START)
    departed = any(isinstance(episode.facts.get(key), Exit | Handover) for key in (EXIT, HANDOVER))
    return isinstance(start, Start) and start.agency == agency and start.triaged_on <= on and not departed


def a_register(engine: sa.Engine, clock: Clock, event_types: Sequence[type[Event]] = EVENT_TYPES) -> Register:
    """A register of events, of records if nothing else is said, over empty tables; the read models follow."""
    with writing(engine) as connection:
        generations.begin(connection)
    register = Register(engine, event_types, (), clock)
    register.projections = (generations.in_live_generation(following(register.mapper)),)
    return register


def record(register: Register, commits: Sequence[Commit]) -> None:
    """Record commits one by one. The re-presentations are found as the intake does, and must be those of the ledger."""
    for commit in commits:
        with register.recording() as recording:
            returns = _returns_found(register, recording, commit)
            assert sorted(map(repr, returns)) == sorted(map(repr, commit.returns))
            recording.append(commit.events, erased=commit.erased)


def _returns_found(register: Register, recording: object, commit: Commit) -> list[Event]:
    from domain.client import client_number
    from domain.register import Recording

    assert isinstance(recording, Recording)
    streams = {event.originator_id for event in commit.causes}
    known = recording.read_streams(streams)
    episodes = {s: Episode.folded(s, (r.event for r in known.get(s, ()))) for s in streams}
    for event in commit.causes:
        episodes[event.originator_id].apply(event)
    clients = [client_number(client) for client in commit.clients]
    by = Provenance(commit.submission.submission, commit.submission.actor, commit.submission.role)
    knowledge = Knowledge.of(recording.connection, register.mapper)
    return follow_returns(episodes_concerned(knowledge, episodes, clients), clients, by)
