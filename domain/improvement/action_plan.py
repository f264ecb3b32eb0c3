"""An action plan: what the two parties do about a figure until it is signed off. Its events, and what they carry.

A plan is a stream, told apart by its number. It has one or more strands (aims that are signed off one by one), and
each strand has actions. It brings no knowledge and changes no figure. `occurred_on` is the day on which something was
said. Texts stay in the log for good, so they name no client.
"""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Final
from uuid import UUID, uuid5

from domain.improvement.plan_terms import ActionTerms, PlanTerms, Progress
from domain.improvement.written import ImprovementEvent, WrittenAbout

_PLANS: Final = UUID("5b0c9f53-6c1f-4d43-9a7e-31b7a1c0d5e4")
"""Namespace of the stream ids."""

# ---- the plan


class PlanEvent(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What all events of a plan say."""


class PlanWritten(PlanEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """All that a plan says, as it was drafted or edited."""

    terms: PlanTerms


class PlanDrafted(PlanWritten, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A party began to write a plan."""

    TOPIC: ClassVar[str] = "action-plan.drafted.v1"


class PlanEdited(PlanWritten, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The party that writes it put other words in their place."""

    TOPIC: ClassVar[str] = "action-plan.edited.v1"


class PlanProposed(PlanEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It was shared with the other party."""

    TOPIC: ClassVar[str] = "action-plan.proposed.v1"


class PlanAgreed(PlanEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It holds from now on."""

    TOPIC: ClassVar[str] = "action-plan.agreed.v1"


class WithReason(PlanEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Events that give a reason."""

    reason: str


class PlanSentBack(WithReason, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The other party does not agree to it as it stands."""

    TOPIC: ClassVar[str] = "action-plan.sent-back.v1"


class PlanDiscarded(PlanEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A draft that nobody else has seen is given up."""

    TOPIC: ClassVar[str] = "action-plan.discarded.v1"


class PlanExtended(WithReason, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The plan runs on: its end as it was (None where it had none) and as it is now."""

    TOPIC: ClassVar[str] = "action-plan.extended.v1"
    before: date | None
    until: date


class PlanClosed(PlanEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Every strand is signed off and the plan is over."""

    TOPIC: ClassVar[str] = "action-plan.closed.v1"
    words: str = ""


class PlanWithdrawn(WithReason, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The plan is given up."""

    TOPIC: ClassVar[str] = "action-plan.withdrawn.v1"


# ---- its actions


class ActionEvent(PlanEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What all say of an action: its number within the plan."""

    action: int


class ActionAdded(ActionEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """An action of a strand."""

    TOPIC: ClassVar[str] = "action-plan.action-added.v1"
    strand: int
    terms: ActionTerms


class ActionChanged(ActionEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Other words for an action. Once the plan is agreed, its due day changes by an extension alone."""

    TOPIC: ClassVar[str] = "action-plan.action-changed.v1"
    terms: ActionTerms


class ActionExtended(ActionEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Another due day, and why: the day as it was (None where it had none) and as it is now."""

    TOPIC: ClassVar[str] = "action-plan.action-extended.v1"
    before: date | None
    until: date
    reason: str


class ActionDone(ActionEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It was done on a day; `words` is what came of it."""

    TOPIC: ClassVar[str] = "action-plan.action-done.v1"
    day: date
    words: str = ""


class ActionReopened(ActionEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It was not done after all, or has to be done again."""

    TOPIC: ClassVar[str] = "action-plan.action-reopened.v1"
    reason: str


class ActionDropped(ActionEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It is not done, and need not be."""

    TOPIC: ClassVar[str] = "action-plan.action-dropped.v1"
    reason: str


# ---- its reviews, and its strands


class ReviewHeld(PlanEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The plan was reviewed on a `day`, by telephone or formally; who took part, by role, and what was said.

    `about` are the plan's figures as they were known then.
    """

    TOPIC: ClassVar[str] = "action-plan.review-held.v1"
    kind: str
    day: date
    words: str
    attendees: tuple[str, ...] = ()
    progress: tuple[Progress, ...] = ()
    about: tuple[WrittenAbout, ...] = ()


class StrandSignedOff(PlanEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A strand is complete: `name` is the one who signs (a role, or a name at work), `day` the day of the signature."""

    TOPIC: ClassVar[str] = "action-plan.strand-signed-off.v1"
    strand: int
    name: str
    day: date


class StrandReopened(WithReason, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A strand that was signed off is not complete after all."""

    TOPIC: ClassVar[str] = "action-plan.strand-reopened.v1"
    strand: int


PLAN_EVENTS: Final[tuple[type[PlanEvent], ...]] = (
    PlanDrafted,
    PlanEdited,
    PlanProposed,
    PlanAgreed,
    PlanSentBack,
    PlanDiscarded,
    PlanExtended,
    PlanClosed,
    PlanWithdrawn,
    ActionAdded,
    ActionChanged,
    ActionExtended,
    ActionDone,
    ActionReopened,
    ActionDropped,
    ReviewHeld,
    StrandSignedOff,
    StrandReopened,
)

STEP_OF: Final[Mapping[type[PlanEvent], str]] = {
    PlanDrafted: "draft",
    PlanEdited: "edit",
    PlanProposed: "propose",
    PlanAgreed: "agree",
    PlanSentBack: "send back",
    PlanDiscarded: "discard",
    PlanExtended: "extend",
    PlanClosed: "close",
    PlanWithdrawn: "withdraw",
    ActionAdded: "add an action to",
    ActionChanged: "change an action of",
    ActionExtended: "extend an action of",
    ActionDone: "finish an action of",
    ActionReopened: "reopen an action of",
    ActionDropped: "drop an action of",
    ReviewHeld: "review",
    StrandSignedOff: "sign off a strand of",
    StrandReopened: "reopen a strand of",
}
"""Which step of `transitions` each event takes; each reads well before "an action plan"."""


def plan_stream(number: int) -> UUID:
    """The stream of the plan with this number."""
    return uuid5(_PLANS, str(number))
