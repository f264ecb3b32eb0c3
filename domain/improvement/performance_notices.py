"""Performance notices (contract queries): figures in question, put to a provider's agencies, until they are closed.

A notice is a stream of its own. It brings no knowledge, takes no part in what `known_at` resolves to, and changes no
figure; a withholding is written down as a decision, and moves no money. `occurred_on` is the day on which a party spoke
or a meeting was held. Texts stay in the log for good, so they name no client.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final
from uuid import UUID, uuid5

from domain.contract_life.transitions import NONE
from domain.improvement.notice_rules import NoticeRules
from domain.improvement.written import ImprovementEvent, OpenedFrom, WrittenAbout
from domain.log.reading import Recorded

_NOTICES: Final = UUID("7d0e8a51-1f0b-4b62-9c1e-5a3c40f7e9d4")
"""Namespace of the notices' stream ids; they are told apart by their number."""

THING: Final = "performance notice"
MOST_FIGURES, MOST_AGENCIES = 30, 50


class NoticeText(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What a notice says: figures of one standpoint, whose agencies' they are, why they are in question, by which rules
    its days are counted. `response_due`: the day set for the response, in place of that of the rules.
    """

    figures: tuple[WrittenAbout, ...]
    agencies: tuple[str, ...]
    reasons: str
    rules: NoticeRules
    response_due: date | None = None
    origin: OpenedFrom | None = None


class NoticeDrafted(NoticeText, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It was written, for the commissioner's own eyes."""

    TOPIC: ClassVar[str] = "notice.drafted.v1"


class NoticeEdited(NoticeText, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A draft was written anew."""

    TOPIC: ClassVar[str] = "notice.edited.v1"


class NoticeStep(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What was done about it, in words."""

    words: str = ""


class NoticeDiscarded(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A draft was given up."""

    TOPIC: ClassVar[str] = "notice.discarded.v1"


class NoticeIssued(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It was given to the provider, on this day."""

    TOPIC: ClassVar[str] = "notice.issued.v1"


class NoticePlanProposed(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A remedial plan, in words or by the number of an action plan."""

    TOPIC: ClassVar[str] = "notice.plan-proposed.v1"
    action_plan: int | None = None


class NoticeRejected(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The provider rejects the notice, with reasons."""

    TOPIC: ClassVar[str] = "notice.rejected.v1"


class NoticeUpheld(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The commissioner stands by a notice that was rejected."""

    TOPIC: ClassVar[str] = "notice.upheld.v1"


class NoticePlanAccepted(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The remedial plan was accepted."""

    TOPIC: ClassVar[str] = "notice.plan-accepted.v1"


class NoticePlanRejected(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The remedial plan was rejected, with reasons."""

    TOPIC: ClassVar[str] = "notice.plan-rejected.v1"


class NoticeInvestigated(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Both parties look into it together from this day on."""

    TOPIC: ClassVar[str] = "notice.investigation-begun.v1"


class NoticeInvestigationReported(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What the joint investigation found."""

    TOPIC: ClassVar[str] = "notice.investigation-reported.v1"


class NoticeExceptionReported(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What of the agreed plan was missed."""

    TOPIC: ClassVar[str] = "notice.exception-reported.v1"


class NoticeEscalated(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It was raised to a level of the rules, counted from 1."""

    TOPIC: ClassVar[str] = "notice.escalated.v1"
    level: int


class NoticeMeetingHeld(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A meeting at a level: who was there, by role, and what came of it."""

    TOPIC: ClassVar[str] = "notice.meeting-held.v1"
    level: int
    attendees: str


class NoticeWithholdingBegun(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It was decided to withhold so many percent of the monthly sum, from a day on. Nothing is paid or kept here."""

    TOPIC: ClassVar[str] = "notice.withholding-begun.v1"
    percentage: str
    since: date


class NoticeWithholdingEnded(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The last day of a withholding."""

    TOPIC: ClassVar[str] = "notice.withholding-ended.v1"
    last_day: date


class NoticeClosed(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It is settled: what came of it."""

    TOPIC: ClassVar[str] = "notice.closed.v1"


class NoticeWithdrawn(NoticeStep, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The commissioner takes it back."""

    TOPIC: ClassVar[str] = "notice.withdrawn.v1"


STEPS: Final[Mapping[str, type[NoticeStep]]] = {
    "issue": NoticeIssued,
    "discard": NoticeDiscarded,
    "propose a plan for": NoticePlanProposed,
    "reject": NoticeRejected,
    "uphold": NoticeUpheld,
    "accept the plan of": NoticePlanAccepted,
    "reject the plan of": NoticePlanRejected,
    "investigate": NoticeInvestigated,
    "report the investigation of": NoticeInvestigationReported,
    "report an exception to": NoticeExceptionReported,
    "meet about": NoticeMeetingHeld,
    "escalate": NoticeEscalated,
    "withhold for": NoticeWithholdingBegun,
    "end the withholding of": NoticeWithholdingEnded,
    "close": NoticeClosed,
    "withdraw": NoticeWithdrawn,
}
"""The steps after drafting, as the table of transitions calls them, each with its event."""
STEP_OF: Final = {event: step for step, event in STEPS.items()}
NOTICE_EVENTS: Final[tuple[type[ImprovementEvent], ...]] = (NoticeDrafted, NoticeEdited, *STEPS.values())

_STATE_AFTER: Final[Mapping[type[ImprovementEvent], str]] = {
    NoticeDrafted: "draft",
    NoticeEdited: "draft",
    NoticeDiscarded: "discarded",
    NoticeIssued: "issued",
    NoticePlanProposed: "plan proposed",
    NoticeRejected: "rejected by the provider",
    NoticeUpheld: "upheld",
    NoticePlanAccepted: "plan agreed",
    NoticePlanRejected: "plan rejected",
    NoticeInvestigated: "under joint investigation",
    NoticeInvestigationReported: "investigated",
    NoticeExceptionReported: "exception reported",
    NoticeClosed: "closed",
    NoticeWithdrawn: "withdrawn",
}
"""The state that an event leads to; what is not named leaves it as it is."""
ENDED: Final = frozenset({"discarded", "closed", "withdrawn"})


def notice_stream(number: int) -> UUID:
    """The stream of the notice with this ordinal."""
    return uuid5(_NOTICES, str(number))


@dataclass(frozen=True, slots=True)
class PerformanceNotice:
    """A notice as its events tell it, in the order in which they were said."""

    recorded: tuple[Recorded, ...]

    @classmethod
    def folded(cls, recorded: Iterable[Recorded]) -> "PerformanceNotice":
        """The notice of a stream's events, of which the first drafted it."""
        return cls(tuple(recorded))

    @property
    def events(self) -> list[ImprovementEvent]:
        """What was said, the oldest first."""
        return [one.event for one in self.recorded if isinstance(one.event, ImprovementEvent)]

    @property
    def text(self) -> NoticeText:
        """What it says, as it was written last."""
        return [event for event in self.events if isinstance(event, NoticeText)][-1]

    @property
    def steps(self) -> list[tuple[Recorded, NoticeStep, str]]:
        """What was done about it, each with the state that it led to."""
        state, steps = NONE, []
        for one in self.recorded:
            event = one.event
            assert isinstance(event, ImprovementEvent)
            state = _STATE_AFTER.get(type(event), state)
            if isinstance(event, NoticeStep):
                steps.append((one, event, state))
        return steps

    @property
    def number(self) -> int:
        """Its ordinal."""
        return self.events[0].number

    @property
    def version(self) -> int:
        """That of its newest event."""
        return self.recorded[-1].event.originator_version

    @property
    def state(self) -> str:
        """The word for it."""
        return next(_STATE_AFTER[type(event)] for event in reversed(self.events) if type(event) in _STATE_AFTER)

    @property
    def newest_day(self) -> date:
        """The day on which something was said of it last."""
        return max(event.occurred_on for event in self.events)

    @property
    def issued_on(self) -> date | None:
        """The day on which it was given."""
        return next((event.occurred_on for event in self.events if isinstance(event, NoticeIssued)), None)

    @property
    def is_open(self) -> bool:
        """Whether it was given and has not ended."""
        return self.issued_on is not None and self.state not in ENDED

    @property
    def level(self) -> int:
        """The level of escalation that it has reached, from 1."""
        return max((event.level for event in self.events if isinstance(event, NoticeEscalated)), default=1)

    @property
    def withholding(self) -> NoticeWithholdingBegun | None:
        """The withholding that is in force; None where there is none, or its end was said."""
        said = [e for e in self.events if isinstance(e, NoticeWithholdingBegun | NoticeWithholdingEnded)]
        return said[-1] if said and isinstance(said[-1], NoticeWithholdingBegun) else None
