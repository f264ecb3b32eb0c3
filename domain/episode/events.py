"""The events of an episode: a fact was recorded, amended or withdrawn; or the whole episode was erased.

An amendment holds the new fact whole and points at the event that it supersedes; nothing is overwritten. `occurred_on`
is the day of the fact: of an amendment the new day, of a withdrawal that of the withdrawn fact. `FACT_EVENTS` is the
one table of which fact has which events.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from domain.codes import SUCCESSFUL, recoded
from domain.log.erasing import ERASED
from domain.log.mapper import Event

from .facts import (
    CARE_PLAN,
    EXIT,
    HANDOVER,
    INTERVENTION,
    INTERVENTION_END,
    JOINED,
    OURS,
    RE_PRESENTED,
    REFERRAL,
    REVIEW,
    REVIEW_FILE,
    START,
    TOP,
    TREATMENT,
    Exit,
    Fact,
    Handover,
    Intervention,
    InterventionEnd,
    Join,
    Referral,
    RePresentation,
    Review,
    Start,
    Top,
)


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


class Joined(FactEvent, frozen=True, kw_only=True):
    """The episode is the same as another, under whose key all that is said of both stands from now on."""

    TOPIC: ClassVar[str] = "episode.joined.v1"
    fact: Join


class JoinUndone(Withdrawn, frozen=True, kw_only=True):
    """The two were two after all."""

    TOPIC: ClassVar[str] = "episode.join-undone.v1"


class Erased(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The episode's earlier events lost salt and state, on lawful request or because consent ended.

    `records` counts them, from this event's version backwards; what remains are their commitments, so that proofs still
    hold. An earlier event of this kind stays, and is not counted. `members` says of how many members of which
    certificates, by number, the client went with it; None where it was not counted yet.
    """

    TOPIC: ClassVar[str] = ERASED
    records: int
    reason: str
    members: tuple[tuple[int, int], ...] | None = None


def erasable(events: Iterable[Event]) -> int:
    """How many of an episode's events an erasure takes: all that can be read but those that say of an earlier one."""
    return sum(not isinstance(event, Erased) for event in events)


@dataclass(frozen=True, slots=True)
class FactEvents:
    """The events of one kind of fact: a key, or the beginning of one, and the data set that speaks of it.

    `recorded` is the event of a fact that is said for the first time; or the `variant`, where there is one and its
    condition holds.
    """

    key: str
    data_set: str
    recorded: type[FactEvent]
    amended: type[FactEvent]
    withdrawn: type[Withdrawn]
    variant: tuple[type[FactEvent], Callable[[Any], bool]] | None = None

    def recording(self, fact: Fact) -> type[FactEvent]:
        """The event that records this fact."""
        if self.variant and self.variant[1](fact):
            return self.variant[0]
        return self.recorded

    @property
    def all(self) -> tuple[type[Event], ...]:
        """Every event of this kind of fact."""
        variant = (self.variant[0],) if self.variant else ()
        return (self.recorded, *variant, self.amended, self.withdrawn)


def _is_offer(fact: Intervention) -> bool:
    return not fact.started_on


def _is_success(fact: Exit) -> bool:
    return recoded(fact.reason) in SUCCESSFUL


FACT_EVENTS: Final = (
    FactEvents(REFERRAL, TREATMENT, Referred, ReferralAmended, ReferralWithdrawn),
    FactEvents(START, TREATMENT, TreatmentStarted, StartAmended, StartWithdrawn),
    FactEvents(
        INTERVENTION,
        TREATMENT,
        InterventionStarted,
        InterventionAmended,
        InterventionWithdrawn,
        variant=(InterventionOffered, _is_offer),
    ),
    FactEvents(INTERVENTION_END, TREATMENT, InterventionEnded, InterventionEndAmended, InterventionEndWithdrawn),
    FactEvents(TOP, TREATMENT, TopCompleted, TopAmended, TopWithdrawn),
    FactEvents(CARE_PLAN, TREATMENT, Reviewed, ReviewAmended, ReviewWithdrawn),
    FactEvents(REVIEW, REVIEW_FILE, Reviewed, ReviewAmended, ReviewWithdrawn),
    FactEvents(EXIT, TREATMENT, ExitedOtherwise, ExitAmended, ExitWithdrawn, variant=(ExitedSuccessfully, _is_success)),
    # A second handover of one episode cannot be: the first one ended it.
    FactEvents(HANDOVER, OURS, HandedOver, HandedOver, HandoverUndone),
    FactEvents(RE_PRESENTED, OURS, RePresented, RePresentationAmended, RePresentationWithdrawn),
    # Of an episode that was joined nothing else is said, so that it cannot be joined once more.
    FactEvents(JOINED, OURS, Joined, Joined, JoinUndone),
)
"""Each kind of fact with its events; everything else that is known of kinds of facts is read from here."""

EPISODE_EVENTS: Final[tuple[type[Event], ...]] = (
    *dict.fromkeys(event for kind in FACT_EVENTS for event in kind.all),
    Erased,
)

_BY_KEY: Final = {kind.key: kind for kind in FACT_EVENTS}


def fact_events(key: str) -> FactEvents:
    """The events of the fact under `key`."""
    prefix, colon, _rest = key.partition(":")
    return _BY_KEY[prefix + colon]


def data_set_of(key: str) -> str:
    """Which data set speaks of the fact under `key`: TREATMENT, REVIEW_FILE, or OURS."""
    return fact_events(key).data_set
