"""What a step of an action plan says, in words: the timeline of a plan, and the audit trail."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from domain.improvement.action_plan import (
    ActionAdded,
    ActionChanged,
    ActionDone,
    ActionDropped,
    ActionExtended,
    ActionReopened,
    PlanClosed,
    PlanEvent,
    PlanExtended,
    PlanWritten,
    ReviewHeld,
    StrandReopened,
    StrandSignedOff,
    WithReason,
)

_SHOWN: Final = 120
"""Characters of an action that the timeline shows."""


def said_in(event: PlanEvent) -> str:
    """What a step says beside its name; empty where that says all."""
    for kind, words in _WORDS.items():
        if isinstance(event, kind):
            return words(event)
    return ""


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _short(text: str) -> str:
    first = text.split("\n", 1)[0]
    return first if len(first) <= _SHOWN else f"{first[:_SHOWN].rstrip()}…"


def _moved(event: Any, what: str) -> str:
    before = f", from {_day(event.before)}" if event.before else ""
    return f"{what}extended to {_day(event.until)}{before}: {event.reason}"


_WORDS: Final[dict[type[PlanEvent], Callable[[Any], str]]] = {
    PlanWritten: lambda event: event.terms.title,
    PlanExtended: lambda event: _moved(event, ""),
    StrandReopened: lambda event: f"Strand {event.strand}: {event.reason}",
    StrandSignedOff: lambda event: f"Strand {event.strand}, signed by {event.name} on {_day(event.day)}",
    WithReason: lambda event: event.reason,
    PlanClosed: lambda event: event.words,
    ActionAdded: lambda event: f"Action {event.action}: {_short(event.terms.text)}",
    ActionChanged: lambda event: f"Action {event.action}: {_short(event.terms.text)}",
    ActionExtended: lambda event: _moved(event, f"Action {event.action} "),
    ActionDone: lambda event: f"Action {event.action}, done on {_day(event.day)}. {event.words}".strip(),
    ActionReopened: lambda event: f"Action {event.action}: {event.reason}",
    ActionDropped: lambda event: f"Action {event.action}: {event.reason}",
    ReviewHeld: lambda event: f"{event.kind.capitalize()} review of {_day(event.day)}: {event.words}",
}
