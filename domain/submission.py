"""A submission: what a commit of knowledge says, and how it differs from what was known.

Every commit that brings knowledge ends in exactly one of SUBMISSION_EVENTS, in a stream of its own; the position of
that event *is* the submission's position, and every fact of the commit becomes known at it. `received_on` is the day
on which the file (or the word) reached the commissioner; it is also the event's `occurred_on`.

A file says, for an episode, the whole of what its data set holds of it: a fact of the data set that the file no longer
gives is withdrawn. `changes` works out the events, fact by fact, and is pure.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final
from uuid import UUID, uuid5

import msgspec

from domain.episode.episode import (
    CARE_PLAN,
    EXIT,
    HANDOVER,
    INTERVENTION,
    INTERVENTION_END,
    OURS,
    RE_PRESENTED,
    REFERRAL,
    REVIEW,
    REVIEW_FILE,
    START,
    TOP,
    TREATMENT,
    Episode,
    Erased,
    Exit,
    ExitAmended,
    ExitedOtherwise,
    ExitedSuccessfully,
    ExitWithdrawn,
    Fact,
    FactEvent,
    HandedOver,
    Handover,
    HandoverUndone,
    Intervention,
    InterventionAmended,
    InterventionEndAmended,
    InterventionEnded,
    InterventionEndWithdrawn,
    InterventionOffered,
    InterventionStarted,
    InterventionWithdrawn,
    Referral,
    ReferralAmended,
    ReferralWithdrawn,
    Referred,
    RePresentation,
    RePresentationAmended,
    RePresentationWithdrawn,
    RePresented,
    ReviewAmended,
    Reviewed,
    ReviewWithdrawn,
    Start,
    StartAmended,
    StartWithdrawn,
    TopAmended,
    TopCompleted,
    TopWithdrawn,
    TreatmentStarted,
    Withdrawn,
)

from .codes import SUCCESSFUL, recoded
from .log.mapper import Event

_SUBMISSIONS: Final = UUID("5f1b7c62-6f6c-4f4c-9a55-3c1f0f5d2a71")
"""Namespace of the submissions' stream ids; they are told apart by their number."""


class Rejection(msgspec.Struct, frozen=True):
    """A row that fails a check: row of the file (1 is the first below the header), column, stable code, sentence."""

    row: int
    column: str
    code: str
    message: str


class Notice(msgspec.Struct, frozen=True):
    """Something to look at that keeps nothing out; row 0 means the file as a whole."""

    row: int
    column: str
    code: str
    message: str


class SubmissionReceived(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A monthly file (`data_set` TREAT) or a review file (REVIEWS) was taken in.

    `number` is the submission's ordinal; `letter` the data-set letter of a monthly file. `first_day` to `last_day` are
    the covered days, both included. `rows` counts data rows; `new`, `amended`, `withdrawn` and `unchanged` count facts
    of episodes. `left_out` counts episodes left out for want of consent or, `stopped` of them, because their person was
    erased; `erased` counts those of them that were known.
    `missing` counts the episodes known to touch the covered days that the file does not have; `not_in_file` names
    those that the file before still had, `found_again` those that were missing and are back.
    """

    TOPIC: ClassVar[str] = "submission.received.v1"
    number: int
    agency: str
    file: str
    data_set: str
    letter: str = ""
    first_day: date
    last_day: date
    received_on: date
    sha256: str
    complete: bool = False
    rows: int
    new: int = 0
    amended: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    left_out: int = 0
    stopped: int = 0
    erased: int = 0
    missing: int = 0
    rejected: tuple[Rejection, ...] = ()
    notices: tuple[Notice, ...] = ()
    not_in_file: tuple[UUID, ...] = ()
    found_again: tuple[UUID, ...] = ()


class WithdrawalConfirmed(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Someone confirmed that an episode should never have been reported: its `withdrawn` facts are said no more."""

    TOPIC: ClassVar[str] = "withdrawal.confirmed.v1"
    number: int
    agency: str
    received_on: date
    episode: UUID
    withdrawn: int


class CaseloadHandedOver(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The caseload of `agency` passed to `to_agency`: its `episodes` open ones end on `handed_over_on`."""

    TOPIC: ClassVar[str] = "caseload.handed-over.v1"
    number: int
    agency: str
    to_agency: str
    handed_over_on: date
    received_on: date
    episodes: int


class ContractAgreed(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """`agency` is under contract from `first_day` to `last_day`, both included; without it, until one is said.

    A contract is told apart by its agency and first day: said again, it stands as said last. `succeeds` names the
    agency whose service it continues.
    """

    TOPIC: ClassVar[str] = "contract.agreed.v1"
    number: int
    agency: str
    first_day: date
    last_day: date | None = None
    succeeds: str = ""
    received_on: date


class ContractWithdrawn(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The contract of `agency` from `first_day` was never one: it is said no more."""

    TOPIC: ClassVar[str] = "contract.withdrawn.v1"
    number: int
    agency: str
    first_day: date
    received_on: date


class ErasureCarriedOut(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Records of persons lost salt and state, for good: `records` events of `episodes`, said of `persons`.

    `basis` is REQUEST, RETENTION or RESTORED; `reason` says it in words, or names the kind of record whose time was
    up. It is knowledge like a file is: from its position on the persons are not known. `agency` stays empty, so that
    nobody learns from it whose they were.
    """

    TOPIC: ClassVar[str] = "erasure.carried-out.v1"
    number: int
    agency: str = ""
    received_on: date
    basis: str
    reason: str
    persons: int
    episodes: int
    records: int


REQUEST, RETENTION, RESTORED = "request", "retention", "restored"
"""Why records were erased: someone asked and was right to; their time was up; a backup had brought them back."""

SUBMISSION_EVENTS: Final[tuple[type[Event], ...]] = (
    SubmissionReceived,
    WithdrawalConfirmed,
    CaseloadHandedOver,
    ContractAgreed,
    ContractWithdrawn,
    ErasureCarriedOut,
)
"""The events that a commit of knowledge may end in."""


def submission_stream(number: int) -> UUID:
    """The stream of the submission with this ordinal; its one event has version 1."""
    return uuid5(_SUBMISSIONS, str(number))


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who says what follows: the submission's ordinal, and the person who acts, in which role."""

    submission: int
    actor: str
    role: str


@dataclass(frozen=True, slots=True)
class ReportedEpisode:
    """What a file says of an episode: each fact under its key, and the row that says it first."""

    episode: UUID
    facts: Mapping[str, Fact]
    rows: Mapping[str, int]


@dataclass(slots=True)
class Changes:
    """The events that take an episode from what was known to what is said, and how many facts they concern.

    Facts of this service (a handover, a re-presentation) are in the events and not in the counts.
    """

    events: list[Event] = field(default_factory=list)
    new: int = 0
    amended: int = 0
    withdrawn: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Kind:
    """The events of one kind of fact; `recorded` chooses by the fact."""

    recorded: Callable[[Fact], type[FactEvent]]
    amended: type[FactEvent]
    withdrawn: type[Withdrawn]


def _always(event: type[FactEvent]) -> Callable[[Fact], type[FactEvent]]:
    return lambda _fact: event


def _intervention(fact: Fact) -> type[FactEvent]:
    return InterventionStarted if isinstance(fact, Intervention) and fact.started_on else InterventionOffered


def _exit(fact: Fact) -> type[FactEvent]:
    return ExitedSuccessfully if isinstance(fact, Exit) and recoded(fact.reason) in SUCCESSFUL else ExitedOtherwise


_REVIEWED: Final = _Kind(_always(Reviewed), ReviewAmended, ReviewWithdrawn)
_KINDS: Final[dict[str, _Kind]] = {
    REFERRAL: _Kind(_always(Referred), ReferralAmended, ReferralWithdrawn),
    START: _Kind(_always(TreatmentStarted), StartAmended, StartWithdrawn),
    INTERVENTION: _Kind(_intervention, InterventionAmended, InterventionWithdrawn),
    INTERVENTION_END: _Kind(_always(InterventionEnded), InterventionEndAmended, InterventionEndWithdrawn),
    TOP: _Kind(_always(TopCompleted), TopAmended, TopWithdrawn),
    CARE_PLAN: _REVIEWED,
    REVIEW: _REVIEWED,
    EXIT: _Kind(_exit, ExitAmended, ExitWithdrawn),
    # A second handover of one episode cannot be: the first one ended it.
    HANDOVER: _Kind(_always(HandedOver), HandedOver, HandoverUndone),
    RE_PRESENTED: _Kind(_always(RePresented), RePresentationAmended, RePresentationWithdrawn),
}


def _kind(key: str) -> _Kind:
    prefix, colon, _rest = key.partition(":")
    return _KINDS[prefix + colon]


def data_set_of(key: str) -> str:
    """Which data set speaks of the fact under `key`: TREATMENT, REVIEW_FILE, or OURS."""
    if key in {HANDOVER, RE_PRESENTED}:
        return OURS
    return REVIEW_FILE if key.startswith(REVIEW) else TREATMENT


def changes(
    known: Episode, reported: ReportedEpisode, data_set: str, provenance: Provenance, withdraws: bool = True
) -> Changes:
    """What `reported` changes in `known`, among the facts that `data_set` speaks of; versions run on from `known`.

    A real discharge undoes a handover. With `withdraws` false, facts that are not reported stand: the file has rows of
    which nobody can say what they belong to. A referral or a triage that stands so still follows a correction of the
    person or the area: an episode is of one person.
    """
    writer = _Writer(known, provenance)
    result = Changes(writer.events)
    for key, fact in reported.facts.items():
        before = known.standing_events.get(key)
        if before is None:
            result.new += 1
            writer.record(key, fact, reported.rows.get(key, 0))
        elif before.fact != fact:
            result.amended += 1
            writer.amend(before, fact, reported.rows.get(key, 0))
        else:
            result.unchanged += 1
    for key, event in known.standing_events.items():
        if data_set_of(key) != data_set or key in reported.facts:
            continue
        if withdraws:
            result.withdrawn += 1
            writer.withdraw(event)
        elif (corrected := _with_identity(event.fact, reported.facts)) != event.fact:
            result.amended += 1
            writer.amend(event, corrected, row=0)
    if EXIT in reported.facts and HANDOVER in known.standing_events:
        writer.withdraw(known.standing_events[HANDOVER])
    return result


def _with_identity(fact: Fact, reported: Mapping[str, Fact]) -> Fact:
    """A referral with the identity of the triage that is reported without it, or the other way round."""
    start, referral = reported.get(START), reported.get(REFERRAL)
    if isinstance(fact, Referral) and isinstance(start, Start):
        return msgspec.structs.replace(
            fact,
            client=start.client,
            near=start.near,
            area=start.area,
            source=start.referral_source,
            adult_on=fact.adult_on if fact.client == start.client else start.adult_on,
        )
    if isinstance(fact, Start) and isinstance(referral, Referral):
        young = referral.adult_on and referral.adult_on > fact.triaged_on
        return msgspec.structs.replace(
            fact,
            client=referral.client,
            near=referral.near,
            area=referral.area,
            referral_source=referral.source,
            adult_on=referral.adult_on if young else None,
        )
    return fact


def withdrawal(known: Episode, provenance: Provenance, data_sets: Iterable[str]) -> Changes:
    """Everything that these data sets say of `known` is said no more; what is OURS is not counted."""
    writer = _Writer(known, provenance)
    result = Changes(writer.events)
    for key, event in known.standing_events.items():
        if (owner := data_set_of(key)) in data_sets:
            result.withdrawn += owner != OURS
            writer.withdraw(event)
    return result


def handover(known: Episode, handed_over_on: date, to_agency: str, provenance: Provenance) -> Changes:
    """`known` ends on that day by an administrative transfer to `to_agency`, until a real discharge comes."""
    writer = _Writer(known, provenance)
    writer.record(HANDOVER, Handover(handed_over_on=handed_over_on, to_agency=to_agency), row=0)
    return Changes(writer.events)


def re_presentation(known: Episode, found: RePresentation | None, provenance: Provenance) -> list[Event]:
    """The events that bring the re-presentation recorded of `known` in line with what was `found`; mostly none."""
    writer = _Writer(known, provenance)
    before = known.standing_events.get(RE_PRESENTED)
    if before is None and found is not None:
        writer.record(RE_PRESENTED, found, row=0)
    elif before is not None and found is None:
        writer.withdraw(before)
    elif before is not None and found is not None and before.fact != found:
        writer.amend(before, found, row=0)
    return writer.events


def erasure(known: Episode, records: int, erased_on: date, reason: str, provenance: Provenance) -> Erased:
    """The farewell of an episode of which `records` earlier events lose salt and state."""
    return Erased(
        originator_id=known.id,
        originator_version=known.version + 1,
        occurred_on=erased_on,
        submission=provenance.submission,
        actor=provenance.actor,
        role=provenance.role,
        records=records,
        reason=reason,
    )


class _Writer:
    """Writes events of an episode, one version after the other."""

    def __init__(self, known: Episode, provenance: Provenance) -> None:
        self.known, self.provenance = known, provenance
        self.events: list[Event] = []

    def record(self, key: str, fact: Fact, row: int) -> None:
        self._state(_kind(key).recorded(fact), key, fact, row, supersedes=0)

    def amend(self, before: FactEvent, fact: Fact, row: int) -> None:
        self._state(_kind(before.key).amended, before.key, fact, row, supersedes=before.originator_version)

    def withdraw(self, event: FactEvent) -> None:
        withdrawn = _kind(event.key).withdrawn
        self.events.append(
            withdrawn(
                originator_id=self.known.id,
                originator_version=self._next_version,
                occurred_on=event.fact.occurred_on,
                submission=self.provenance.submission,
                actor=self.provenance.actor,
                role=self.provenance.role,
                key=event.key,
                supersedes=event.originator_version,
            )
        )

    @property
    def _next_version(self) -> int:
        return self.known.version + len(self.events) + 1

    def _state(self, kind: type[FactEvent], key: str, fact: Fact, row: int, supersedes: int) -> None:
        self.events.append(
            kind(
                originator_id=self.known.id,
                originator_version=self._next_version,
                occurred_on=fact.occurred_on,
                submission=self.provenance.submission,
                row=row,
                actor=self.provenance.actor,
                role=self.provenance.role,
                key=key,
                supersedes=supersedes,
                fact=fact,
            )
        )
