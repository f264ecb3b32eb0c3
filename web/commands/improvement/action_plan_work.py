"""What is done under an action plan: its actions, its reviews, and the strands that are signed off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.errors import Refused
from domain.improvement.action_plan import (
    ActionAdded,
    ActionChanged,
    ActionDone,
    ActionDropped,
    ActionExtended,
    ActionReopened,
    ReviewHeld,
    StrandReopened,
    StrandSignedOff,
)
from domain.improvement.action_plan_fold import DONE, DROPPED, OPEN, Action, ActionPlan
from domain.improvement.plan_terms import ActionTerms, Progress
from domain.improvement.written import WrittenAbout, written_line, written_text
from domain.register import Recording, Register
from projections.improvement.action_plans import RecordedPlan

from . import action_plans
from .action_plans import Fields, take_step
from .author import Author
from .plan_terms import check_due, checked_action

MOST_ACTIONS: Final = 200
MOST_ATTENDEES: Final = 40

REFUSALS: Final = action_plans.REFUSALS | {
    "plan-action-unknown": "The plan has no action with this number.",
    "plan-action-not-open": "The action is done or dropped already.",
    "plan-action-open": "The action is open already.",
    "plan-strand-signed-off": "The strand is signed off.",
    "plan-strand-not-signed-off": "The strand is not signed off.",
    "plan-actions-open": "A strand is signed off before each of its actions is done or dropped.",
    "plan-due-by-extension": "The due day of an agreed action changes by an extension, with its reason.",
    "plan-due-same": "The action is due on that day already.",
    "plan-day": "A day lies after today, or before the plan begins.",
}
"""Why nothing is stored, by code."""


def add_action(
    register: Register, number: int, strand: int, terms: ActionTerms, author: Author, seen: int | None = None
) -> RecordedPlan:
    """Add an action to a strand; raises as `take_step`."""

    def say(recording: Recording, plan: ActionPlan) -> Fields:
        if len(plan.actions) >= MOST_ACTIONS:
            raise Refused("plan-too-many", f"A plan has {MOST_ACTIONS} actions at most.")
        checked = checked_action(recording, register, plan.terms, strand, terms)
        _check_unsigned(plan, strand)
        return {"action": len(plan.actions) + 1, "strand": strand, "terms": checked}

    return take_step(register, number, ActionAdded, author, seen, say)


def change_action(
    register: Register, number: int, action: int, terms: ActionTerms, author: Author, seen: int | None = None
) -> RecordedPlan:
    """Put other words in the place of an open action's; raises as `take_step`."""

    def say(recording: Recording, plan: ActionPlan) -> Fields:
        its = _action(plan, action, OPEN)
        if plan.is_running and terms.due != its.terms.due:
            raise Refused("plan-due-by-extension", "The plan is agreed: extend the action, and say why.")
        return {"action": action, "terms": checked_action(recording, register, plan.terms, its.strand, terms)}

    return take_step(register, number, ActionChanged, author, seen, say)


def extend_action(
    register: Register, number: int, action: int, until: date, reason: str, author: Author, seen: int | None = None
) -> RecordedPlan:
    """Move the due day of an open action, and say why; raises as `take_step`."""

    def say(_recording: Recording, plan: ActionPlan) -> Fields:
        its = _action(plan, action, OPEN)
        check_due(plan.terms, until)
        if until == its.terms.due:
            raise Refused("plan-due-same", f"The action is due on {until} already.")
        words = written_text(reason, "reason")
        return {"action": action, "before": its.terms.due, "until": until, "reason": words}

    return take_step(register, number, ActionExtended, author, seen, say)


def finish_action(
    register: Register, number: int, action: int, day: date, words: str, author: Author, seen: int | None = None
) -> RecordedPlan:
    """Say that an action was done on a day, and what came of it; raises as `take_step`."""

    def say(_recording: Recording, plan: ActionPlan) -> Fields:
        _action(plan, action, OPEN)
        _check_past(plan, day, author)
        return {"action": action, "day": day, "words": written_text(words, "words", needed=False)}

    return take_step(register, number, ActionDone, author, seen, say)


def reopen_action(
    register: Register, number: int, action: int, reason: str, author: Author, seen: int | None = None
) -> RecordedPlan:
    """Say that an action has to be done after all, or again; raises as `take_step`."""

    def say(_recording: Recording, plan: ActionPlan) -> Fields:
        _check_unsigned(plan, _action(plan, action, DONE, DROPPED).strand)
        return {"action": action, "reason": written_text(reason, "reason")}

    return take_step(register, number, ActionReopened, author, seen, say)


def drop_action(
    register: Register, number: int, action: int, reason: str, author: Author, seen: int | None = None
) -> RecordedPlan:
    """Say that an action need not be done, and why; raises as `take_step`."""

    def say(_recording: Recording, plan: ActionPlan) -> Fields:
        _action(plan, action, OPEN)
        return {"action": action, "reason": written_text(reason, "reason")}

    return take_step(register, number, ActionDropped, author, seen, say)


def _action(plan: ActionPlan, number: int, *states: str) -> Action:
    action = plan.actions.get(number)
    if action is None:
        raise Refused("plan-action-unknown", f"The plan has no action {number}.")
    if action.state not in states:
        code = "plan-action-open" if action.is_open else "plan-action-not-open"
        raise Refused(code, f"Action {number} is {action.state}.")
    return action


def _check_past(plan: ActionPlan, day: date, author: Author) -> None:
    if not plan.terms.first_day <= day <= author.on:
        raise Refused("plan-day", f"Give a day from {plan.terms.first_day} to {author.on}.")


# ---- reviews


@dataclass(frozen=True, slots=True)
class NewReview:
    """A review that was held: its kind, its day, what was said, who took part by role, and what of single actions.

    `about` are the plan's figures as they were known then.
    """

    kind: str
    day: date
    words: str
    attendees: Sequence[str] = ()
    progress: Iterable[Progress] = ()
    about: tuple[WrittenAbout, ...] = ()


def hold_review(
    register: Register, number: int, review: NewReview, author: Author, seen: int | None = None
) -> RecordedPlan:
    """Record a review; raises as `take_step`."""

    def say(_recording: Recording, plan: ActionPlan) -> Fields:
        _check_past(plan, review.day, author)
        attendees = tuple(written_line(one, "attendee") for one in review.attendees if one.strip())
        if len(attendees) > MOST_ATTENDEES:
            raise Refused("plan-too-many", f"Name {MOST_ATTENDEES} attendees at most.")
        return {
            "kind": written_line(review.kind, "kind of review").lower(),
            "day": review.day,
            "words": written_text(review.words, "review"),
            "attendees": attendees,
            "progress": tuple(_progress(plan, review.progress)),
            "about": review.about,
        }

    return take_step(register, number, ReviewHeld, author, seen, say)


def _progress(plan: ActionPlan, progress: Iterable[Progress]) -> Iterable[Progress]:
    for one in progress:
        _action(plan, one.action, OPEN, DONE, DROPPED)
        if words := written_text(one.words, "progress", needed=False):
            yield Progress(one.action, words)


# ---- strands


def sign_off_strand(
    register: Register, number: int, strand: int, name: str, day: date, author: Author, seen: int | None = None
) -> RecordedPlan:
    """Sign a strand off as complete; raises as `take_step`."""

    def say(_recording: Recording, plan: ActionPlan) -> Fields:
        _check_unsigned(plan, strand)
        if still_open := [one.number for one in plan.actions_of(strand) if one.is_open]:
            numbers = ", ".join(map(str, still_open))
            raise Refused("plan-actions-open", f"Still open: action {numbers}. Say that it is done, or drop it.")
        _check_past(plan, day, author)
        return {"strand": strand, "name": written_line(name, "name"), "day": day}

    return take_step(register, number, StrandSignedOff, author, seen, say)


def _check_unsigned(plan: ActionPlan, strand: int) -> None:
    if plan.strand(strand) is None:
        raise Refused("plan-strand-unknown", f"The plan has no strand {strand}.")
    if strand in plan.signed_off:
        raise Refused("plan-strand-signed-off", f"Strand {strand} is signed off. Reopen it first, and say why.")


def reopen_strand(
    register: Register, number: int, strand: int, reason: str, author: Author, seen: int | None = None
) -> RecordedPlan:
    """Say that a strand is not complete after all; raises as `take_step`."""

    def say(_recording: Recording, plan: ActionPlan) -> Fields:
        if strand not in plan.signed_off:
            raise Refused("plan-strand-not-signed-off", f"Strand {strand} is not signed off.")
        return {"strand": strand, "reason": written_text(reason, "reason")}

    return take_step(register, number, StrandReopened, author, seen, say)
