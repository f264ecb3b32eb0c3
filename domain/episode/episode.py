"""An episode of treatment: the facts that an agency reports of it, and the events that record them.

An episode is one client's spell with one agency. What the agency reports of it are *facts*, each under a key:

    referral                  the client was referred                       on REFLD
    start                     triaged; drugs, identity, area come with it   on TRIAGED
    intervention:MODID        an intervention started (or was offered)      on MODST
    intervention-end:MODID    it ended                                      on MODEND
    top:TOPID                 a Treatment Outcomes Profile was completed    on TOPDATE
    care-plan                 the recovery plan's date of NDTMS             on CPLANDT
    exit                      discharged, with a reason                     on DISD
    review:WHAT:DATE          a review, from the agency's review file       on its date
    handover                  an administrative transfer, ours              on the day of the handover
    re-presented              the client came back within six months       on the return's first structured day

A fact is recorded, amended (the new fact whole, pointing at the event it supersedes) or withdrawn; nothing is
overwritten. `occurred_on` of an event is the day of its fact: the new day of an amendment, the withdrawn fact's day
of a withdrawal. Folding keeps the newest of each key. Replay uses only the event.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from domain.log.mapper import Event

TREATMENT, REVIEW_FILE, OURS = "TREAT", "REVIEWS", "RECOUNT"
"""Who speaks of a fact: the monthly file, the review file, or this service (handover, re-presentation)."""

REFERRAL, START, EXIT, CARE_PLAN, HANDOVER, RE_PRESENTED = (
    "referral",
    "start",
    "exit",
    "care-plan",
    "handover",
    "re-presented",
)
INTERVENTION, INTERVENTION_END, TOP, REVIEW = "intervention:", "intervention-end:", "top:", "review:"


class Fact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Something that an agency says of an episode; equal facts say the same."""

    @property
    def occurred_on(self) -> date:
        """The day on which it happened."""
        raise NotImplementedError


class Referral(Fact, frozen=True):
    """A client was referred to an agency. `adult_on` is the 18th birthday of one who was younger on that day."""

    referred_on: date
    client: str
    agency: str
    client_reference: str
    episode_reference: str
    near: tuple[str, ...] = ()
    area: str = ""
    source: str = ""
    adult_on: date | None = None

    @property
    def occurred_on(self) -> date:
        return self.referred_on


class Start(Fact, frozen=True):
    """A client was triaged. Identity, drugs, area, referral source and career come with it, the newest as submitted.

    `area` is the DAT of residence. `adult_on` is the 18th birthday of one who was younger at triage, never a birth
    date otherwise. `first_use_age` is DRUG1AGE in years. `details` holds the other columns, as submitted.
    """

    triaged_on: date
    client: str
    agency: str
    client_reference: str
    episode_reference: str
    near: tuple[str, ...] = ()
    area: str = ""
    drugs: tuple[int, ...] = ()
    referral_source: str = ""
    age_at_triage: int = 0
    adult_on: date | None = None
    first_use_age: int | None = None
    previously_treated: bool | None = None
    details: dict[str, str] = {}

    @property
    def occurred_on(self) -> date:
        return self.triaged_on


class Intervention(Fact, frozen=True):
    """An intervention: offered, or started once `started_on` is there. `modality` is MODAL.

    `referred_on` is REFMODDT, `first_offered_on` FAOMODDT; `day` is the day that the fact counts from: MODST, else
    REFMODDT, else FAOMODDT, else the episode's triage or referral.
    """

    modality: int
    day: date
    started_on: date | None = None
    referred_on: date | None = None
    first_offered_on: date | None = None
    setting: str = ""

    @property
    def occurred_on(self) -> date:
        return self.day


class InterventionEnd(Fact, frozen=True):
    """An intervention ended (MODEND); `exit` is MODEXIT as submitted."""

    ended_on: date
    exit: str = ""

    @property
    def occurred_on(self) -> date:
        return self.ended_on


class Top(Fact, frozen=True):
    """A Treatment Outcomes Profile: its day, its stage (S, R, E, P), its answers as submitted."""

    completed_on: date
    stage: str
    answers: dict[str, str] = {}

    @property
    def occurred_on(self) -> date:
        return self.completed_on


class Exit(Fact, frozen=True):
    """A discharge (DISD) with its reason (DISRSN) as submitted; it is recoded where it is counted."""

    discharged_on: date
    reason: int

    @property
    def occurred_on(self) -> date:
        return self.discharged_on


class Review(Fact, frozen=True):
    """A review of a recovery plan, a risk assessment, or a medical one; by a role; `low_dose` where it was said."""

    what: str
    reviewed_on: date
    role: str = ""
    low_dose: bool | None = None

    @property
    def occurred_on(self) -> date:
        return self.reviewed_on


class Handover(Fact, frozen=True):
    """The caseload passed to another agency on that day: an administrative transfer until a real discharge comes."""

    handed_over_on: date
    to_agency: str

    @property
    def occurred_on(self) -> date:
        return self.handed_over_on


class RePresentation(Fact, frozen=True):
    """The client came back within six months of this successful completion: first structured day, and by what."""

    returned_on: date
    episode: UUID

    @property
    def occurred_on(self) -> date:
        return self.returned_on


class EpisodeEvent(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Something became known of one fact (`key`) of an episode."""

    key: str


class FactEvent(EpisodeEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A fact was recorded, or amended: then `supersedes` is the stream version of the event it corrects."""

    supersedes: int = 0
    fact: Fact


class Withdrawn(EpisodeEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A fact is no longer said; `supersedes` is the stream version of the event that said it last."""

    supersedes: int


class Referred(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.referred.v1"
    fact: Referral


class ReferralAmended(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.referral-amended.v1"
    fact: Referral


class ReferralWithdrawn(Withdrawn, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.referral-withdrawn.v1"


class TreatmentStarted(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.treatment-started.v1"
    fact: Start


class StartAmended(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.start-amended.v1"
    fact: Start


class StartWithdrawn(Withdrawn, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.start-withdrawn.v1"


class InterventionOffered(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.intervention-offered.v1"
    fact: Intervention


class InterventionStarted(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.intervention-started.v1"
    fact: Intervention


class InterventionAmended(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.intervention-amended.v1"
    fact: Intervention


class InterventionWithdrawn(Withdrawn, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.intervention-withdrawn.v1"


class InterventionEnded(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.intervention-ended.v1"
    fact: InterventionEnd


class InterventionEndAmended(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.intervention-end-amended.v1"
    fact: InterventionEnd


class InterventionEndWithdrawn(Withdrawn, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.intervention-end-withdrawn.v1"


class TopCompleted(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.top-completed.v1"
    fact: Top


class TopAmended(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.top-amended.v1"
    fact: Top


class TopWithdrawn(Withdrawn, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.top-withdrawn.v1"


class Reviewed(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.reviewed.v1"
    fact: Review


class ReviewAmended(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.review-amended.v1"
    fact: Review


class ReviewWithdrawn(Withdrawn, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.review-withdrawn.v1"


class ExitedSuccessfully(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.exited-successfully.v1"
    fact: Exit


class ExitedOtherwise(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.exited-otherwise.v1"
    fact: Exit


class ExitAmended(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.exit-amended.v1"
    fact: Exit


class ExitWithdrawn(Withdrawn, frozen=True, kw_only=True):
    """The discharge is no longer said: the episode is open again."""

    TOPIC: ClassVar[str] = "episode.exit-withdrawn.v1"


class HandedOver(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.handed-over.v1"
    fact: Handover


class HandoverUndone(Withdrawn, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.handover-undone.v1"


class RePresented(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.re-presented.v1"
    fact: RePresentation


class RePresentationAmended(FactEvent, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.re-presentation-amended.v1"
    fact: RePresentation


class RePresentationWithdrawn(Withdrawn, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.re-presentation-withdrawn.v1"


class Erased(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The episode's earlier events lost salt and state, on lawful request or because consent ended.

    `records` counts them; what remains are their commitments, so that proofs still hold.
    """

    TOPIC: ClassVar[str] = "episode.erased.v1"
    records: int
    reason: str


EPISODE_EVENTS: Final[tuple[type[Event], ...]] = (
    Referred,
    ReferralAmended,
    ReferralWithdrawn,
    TreatmentStarted,
    StartAmended,
    StartWithdrawn,
    InterventionOffered,
    InterventionStarted,
    InterventionAmended,
    InterventionWithdrawn,
    InterventionEnded,
    InterventionEndAmended,
    InterventionEndWithdrawn,
    TopCompleted,
    TopAmended,
    TopWithdrawn,
    Reviewed,
    ReviewAmended,
    ReviewWithdrawn,
    ExitedSuccessfully,
    ExitedOtherwise,
    ExitAmended,
    ExitWithdrawn,
    HandedOver,
    HandoverUndone,
    RePresented,
    RePresentationAmended,
    RePresentationWithdrawn,
    Erased,
)


class Episode:
    """An episode as folded from its events: the newest event of each fact that is still said."""

    __slots__ = ("id", "standing_events", "version")

    def __init__(self, episode_id: UUID) -> None:
        self.id = episode_id
        self.version = 0
        self.standing_events: dict[str, FactEvent] = {}

    def apply(self, event: Event) -> None:
        """Take one more event in; uses only the event."""
        self.version = event.originator_version
        if isinstance(event, FactEvent):
            self.standing_events[event.key] = event
        elif isinstance(event, Withdrawn):
            self.standing_events.pop(event.key, None)
        elif isinstance(event, Erased):
            self.standing_events.clear()

    @classmethod
    def folded(cls, episode_id: UUID, events: Iterable[Event]) -> Episode:
        """The episode after `events`, in the order of their versions."""
        episode = cls(episode_id)
        for event in events:
            episode.apply(event)
        return episode

    @property
    def facts(self) -> dict[str, Fact]:
        """What is said of the episode now, by key."""
        return {key: event.fact for key, event in self.standing_events.items()}
