"""From what was known of an episode and what is reported of it now: the events that make up the difference.

A file says, for an episode, the whole of what its data set holds of it: a fact of the data set that the file no longer
gives is withdrawn. Nothing is read or written here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import msgspec

from domain.log.mapper import Event

from .episode import Episode
from .events import Erased, FactEvent, data_set_of, fact_events
from .facts import EXIT, HANDOVER, OURS, RE_PRESENTED, REFERRAL, START, Fact, Handover, Referral, RePresentation, Start


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


def changes(
    known: Episode, reported: ReportedEpisode, data_set: str, provenance: Provenance, withdraws: bool = True
) -> Changes:
    """What `reported` changes in `known`, among the facts that `data_set` speaks of; versions run on from `known`.

    A real discharge undoes a handover. With `withdraws` false, facts that are not reported stand: the file has rows of
    which nobody can say what they belong to. A referral or a triage that stands so still follows a correction of the
    person or the area: an episode is of one person.
    """
    writer = EventWriter(known, provenance)
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
    writer = EventWriter(known, provenance)
    result = Changes(writer.events)
    for key, event in known.standing_events.items():
        if (owner := data_set_of(key)) in data_sets:
            result.withdrawn += owner != OURS
            writer.withdraw(event)
    return result


def handover(known: Episode, handed_over_on: date, to_agency: str, provenance: Provenance) -> Changes:
    """`known` ends on that day by an administrative transfer to `to_agency`, until a real discharge comes."""
    writer = EventWriter(known, provenance)
    writer.record(HANDOVER, Handover(handed_over_on=handed_over_on, to_agency=to_agency), row=0)
    return Changes(writer.events)


def handover_undone(known: Episode, provenance: Provenance) -> Changes:
    """The transfer by which `known` ended is said no more: it is open, as it was before."""
    writer = EventWriter(known, provenance)
    writer.withdraw(known.standing_events[HANDOVER])
    return Changes(writer.events)


def re_presentation(known: Episode, detected: RePresentation | None, provenance: Provenance) -> list[Event]:
    """The events that bring the re-presentation recorded of `known` in line with the `detected` one; mostly none."""
    writer = EventWriter(known, provenance)
    before = known.standing_events.get(RE_PRESENTED)
    if before is None and detected is not None:
        writer.record(RE_PRESENTED, detected, row=0)
    elif before is not None and detected is None:
        writer.withdraw(before)
    elif before is not None and detected is not None and before.fact != detected:
        writer.amend(before, detected, row=0)
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


class EventWriter:
    """Writes events of an episode, one version after the other, into `events`."""

    def __init__(self, known: Episode, provenance: Provenance) -> None:
        self.known, self.provenance = known, provenance
        self.events: list[Event] = []

    def record(self, key: str, fact: Fact, row: int) -> None:
        """A fact is said for the first time, by a row of the file (0: by none)."""
        self._state(fact_events(key).recording(fact), key, fact, row, supersedes=0)

    def amend(self, before: FactEvent, fact: Fact, row: int) -> None:
        """What an event said is said otherwise."""
        self._state(fact_events(before.key).amended, before.key, fact, row, supersedes=before.originator_version)

    def withdraw(self, event: FactEvent) -> None:
        """What an event said is said no more."""
        withdrawn = fact_events(event.key).withdrawn
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

    def _state(self, event: type[FactEvent], key: str, fact: Fact, row: int, supersedes: int) -> None:
        self.events.append(
            event(
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
