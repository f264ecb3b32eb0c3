"""Meetings of the two parties: planned, minuted, agreed; with actions that are carried over until they are done.

A meeting is a stream of its own. It brings no knowledge and changes no figure: the figures that it looks at are those
of one frozen scorecard. Who was there is said by role. Texts stay in the log for good, so they name no client.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Final
from uuid import UUID, uuid5

import msgspec

from domain.contract_life.transitions import by
from domain.improvement.written import ImprovementEvent
from domain.log.reading import Recorded

_MEETINGS: Final = UUID("0c3f5f5e-6a17-4a42-8f0d-4b7c7b1f2f60")
"""Namespace of the meetings' stream ids; they are told apart by their number."""
MEETING: Final = "meeting"
"""What it is called in the tables of steps and of reach."""
KINDS: Final[Mapping[str, str]] = {
    "contract-review": "Contract review",
    "contract-monitoring": "Quarterly contract monitoring",
    "plan-review": "Action plan review",
    "plan-call": "Action plan review by phone",
    "catch-up": "Catch-up with Public Health commissioning",
    "quality-board": "Quality board",
    "staff-board": "Staff board",
    "escalation": "Escalation meeting",
}
"""The kinds of meeting, with their names: an action goes over to the next meeting of its kind."""
PLAN, NOTICE, DISPUTE, AUDIT = "plan", "notice", "dispute", "audit"
ITEM_KINDS: Final = (PLAN, NOTICE, DISPUTE, AUDIT)
MOST_ITEMS: Final = 50
OPEN, DONE, DROPPED = "open", "done", "dropped"


class MeetingItem(msgspec.Struct, frozen=True, order=True):
    """What stands on the agenda beside the figures: a "plan", "notice", "dispute" or "audit", by its number."""

    kind: str
    number: int


class MeetingTerms(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """When it is, of which kind, whose agencies it concerns (none: all), who comes by role, the number of the frozen
    scorecard whose figures are tabled, the agenda in words, and what else is on it.
    """

    day: date
    kind: str
    agencies: tuple[str, ...] = ()
    attendees: str = ""
    scorecard: int | None = None
    agenda: str = ""
    items: tuple[MeetingItem, ...] = ()


class MeetingPlanned(MeetingTerms, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It was planned; both parties read it."""

    TOPIC: ClassVar[str] = "meeting.planned.v1"


class MeetingEdited(MeetingTerms, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What was planned was changed."""

    TOPIC: ClassVar[str] = "meeting.edited.v1"


class MeetingCancelled(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It is not held."""

    TOPIC: ClassVar[str] = "meeting.cancelled.v1"
    reason: str = ""


class MinutesWritten(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Its minutes, by one party: who was there, what was said, what was decided (a line each), and the next day."""

    TOPIC: ClassVar[str] = "meeting.minutes-written.v1"
    attendees: str
    minutes: str
    decisions: str = ""
    next_day: date | None = None


class MinutesAgreed(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The other party agreed to the minutes as they stood."""

    TOPIC: ClassVar[str] = "meeting.minutes-agreed.v1"


class MeetingActionAdded(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Somebody is to do something by a day; `action` is its number in the meeting."""

    TOPIC: ClassVar[str] = "meeting.action-added.v1"
    action: int
    text: str
    owner: str
    due: date | None = None


class MeetingActionClosed(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """An action was done, or dropped, with a word on it."""

    TOPIC: ClassVar[str] = "meeting.action-closed.v1"
    action: int
    outcome: str
    words: str = ""


MEETING_EVENTS: Final[tuple[type[ImprovementEvent], ...]] = (
    MeetingPlanned,
    MeetingEdited,
    MeetingCancelled,
    MinutesWritten,
    MinutesAgreed,
    MeetingActionAdded,
    MeetingActionClosed,
)


def meeting_stream(number: int) -> UUID:
    """The stream of the meeting with this ordinal."""
    return uuid5(_MEETINGS, str(number))


@dataclass(frozen=True, slots=True)
class MeetingAction:
    """An action as it stands: "open", "done" or "dropped". `on` is the day on which that was said."""

    number: int
    text: str
    owner: str
    due: date | None
    state: str
    on: date
    words: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as its events tell it, in the order in which they were said."""

    recorded: tuple[Recorded, ...]

    @classmethod
    def folded(cls, recorded: Iterable[Recorded]) -> "Meeting":
        """The meeting of a stream's events, of which the first planned it."""
        return cls(tuple(recorded))

    @property
    def events(self) -> list[ImprovementEvent]:
        """What was said, the oldest first."""
        return [one.event for one in self.recorded if isinstance(one.event, ImprovementEvent)]

    @property
    def number(self) -> int:
        """Its ordinal."""
        return self.events[0].number

    @property
    def planned_by(self) -> str:
        """The party that planned it."""
        return self.events[0].party

    @property
    def version(self) -> int:
        """That of its newest event."""
        return self.recorded[-1].event.originator_version

    @property
    def newest_day(self) -> date:
        """The day on which something was said of it last."""
        return max(event.occurred_on for event in self.events)

    @property
    def terms(self) -> MeetingTerms:
        """What was planned, as it stands."""
        return [event for event in self.events if isinstance(event, MeetingTerms)][-1]

    @property
    def minutes(self) -> MinutesWritten | None:
        """The minutes as they were written last."""
        return next((event for event in reversed(self.events) if isinstance(event, MinutesWritten)), None)

    @property
    def state(self) -> str:
        """The word for it."""
        for event in reversed(self.events):
            if isinstance(event, MeetingCancelled):
                return "cancelled"
            if isinstance(event, MinutesAgreed):
                return "minutes agreed"
            if isinstance(event, MinutesWritten):
                return by("minutes written", event.party)
        return "planned"

    @property
    def actions(self) -> list[MeetingAction]:
        """Its actions, in the order in which they were agreed."""
        actions: dict[int, MeetingAction] = {}
        for event in self.events:
            if isinstance(event, MeetingActionAdded):
                its = MeetingAction(event.action, event.text, event.owner, event.due, OPEN, event.occurred_on)
                actions[event.action] = its
            elif isinstance(event, MeetingActionClosed):
                before = actions[event.action]
                actions[event.action] = replace(before, state=event.outcome, on=event.occurred_on, words=event.words)
        return list(actions.values())
