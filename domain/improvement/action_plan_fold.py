"""An action plan as its events tell it: where it stands, what is open, what is overdue, when it is reviewed next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import msgspec

from domain.contract_life.transitions import COMMISSIONER, PROVIDER, WITHDRAWN, by
from domain.improvement.action_plan import (
    ActionAdded,
    ActionChanged,
    ActionDone,
    ActionDropped,
    ActionEvent,
    ActionExtended,
    ActionReopened,
    PlanAgreed,
    PlanClosed,
    PlanDiscarded,
    PlanDrafted,
    PlanEvent,
    PlanExtended,
    PlanProposed,
    PlanSentBack,
    PlanWithdrawn,
    PlanWritten,
    ReviewHeld,
    StrandReopened,
    StrandSignedOff,
)
from domain.improvement.plan_terms import ActionTerms, Cadence, PlanTerms, Strand

OPEN, DONE, DROPPED = "open", "done", "dropped"
FINISHED: Final = frozenset({"closed", "withdrawn", "discarded"})
"""States of a plan of which nothing is due any more."""
RUNNING: Final = "agreed"


@dataclass(frozen=True, slots=True)
class Extension:
    """A day that was moved: from when (None where there was none) to when, why, and on which day it was said."""

    before: date | None
    until: date
    reason: str
    on: date


@dataclass(frozen=True, slots=True)
class Action:
    """An action as it stands. `terms.due` is its due day with every extension; `done_on` is None until it is done."""

    number: int
    strand: int
    terms: ActionTerms
    state: str = OPEN
    done_on: date | None = None
    words: str = ""
    extensions: tuple[Extension, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it has still to be done."""
        return self.state == OPEN

    def is_overdue(self, today: date) -> bool:
        """Whether it should have been done before a day."""
        return self.is_open and self.terms.due is not None and self.terms.due < today


@dataclass(frozen=True, slots=True)
class SignedOff:
    """Who signed a strand off, on which day."""

    name: str
    day: date


@dataclass(frozen=True, slots=True)
class ReviewDue:
    """A review that is due on a day, and of which kind."""

    kind: str
    day: date


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """A plan as it stands. `version` is that of its newest event, which was said on `newest_day`.

    `written_by` is the party that drafted it. `last_day` is its end with every extension.
    """

    number: int
    written_by: str
    terms: PlanTerms
    state: str
    version: int
    newest_day: date
    last_day: date | None = None
    actions: Mapping[int, Action] = field(default_factory=dict)
    signed_off: Mapping[int, SignedOff] = field(default_factory=dict)
    reviews: tuple[ReviewHeld, ...] = ()
    extensions: tuple[Extension, ...] = ()

    @property
    def is_running(self) -> bool:
        """Whether it was agreed and is not over."""
        return self.state == RUNNING

    @property
    def is_finished(self) -> bool:
        """Whether it is over."""
        return self.state in FINISHED

    def strand(self, number: int) -> Strand | None:
        """The strand with this number."""
        return next((one for one in self.terms.strands if one.number == number), None)

    def actions_of(self, strand: int) -> list[Action]:
        """The actions of a strand, the oldest first."""
        return [one for one in self.actions.values() if one.strand == strand]

    @property
    def open_actions(self) -> list[Action]:
        """Those that have still to be done, those due first in front."""
        its = [one for one in self.actions.values() if one.is_open]
        return sorted(its, key=lambda one: (one.terms.due or date.max, one.number))

    def overdue(self, today: date) -> list[Action]:
        """The actions that should have been done before a day; none of a plan that does not run."""
        return [one for one in self.open_actions if one.is_overdue(today)] if self.is_running else []

    @property
    def unsigned(self) -> list[Strand]:
        """The strands that nobody has signed off."""
        return [one for one in self.terms.strands if one.number not in self.signed_off]

    @property
    def reviews_due(self) -> list[ReviewDue]:
        """The next review of each kind, the earliest first; none of a plan that does not run."""
        if not self.is_running:
            return []
        due = (ReviewDue(one.kind, self._next_of(one)) for one in self.terms.cadence)
        return sorted(due, key=lambda one: (one.day, one.kind))

    def _next_of(self, cadence: Cadence) -> date:
        held = max((one.day for one in self.reviews if one.kind == cadence.kind), default=None)
        return max(cadence.first_day, cadence.after(held)) if held else cadence.first_day


def folded(events: Iterable[PlanEvent]) -> ActionPlan:
    """The plan that these events tell, in the order in which they were said; the first of them drafts it."""
    told = iter(events)
    first = next(told)
    assert isinstance(first, PlanDrafted)
    number, party, terms = first.number, first.party, first.terms
    plan = ActionPlan(number, party, terms, "draft", first.originator_version, first.occurred_on, terms.last_day)
    for event in told:
        plan = after(plan, event)
    return plan


def after(plan: ActionPlan, event: PlanEvent) -> ActionPlan:
    """The plan once this was said too."""
    stepped = replace(
        plan, state=state_after(plan.state, event), version=event.originator_version, newest_day=event.occurred_on
    )
    match event:
        case PlanWritten(terms=terms):
            return replace(stepped, terms=terms, last_day=terms.last_day)
        case ActionEvent():
            action = _after(plan.actions.get(event.action), event)
            return replace(stepped, actions={**plan.actions, event.action: action})
        case PlanExtended(before=before, until=until, reason=reason):
            extension = Extension(before, until, reason, event.occurred_on)
            return replace(stepped, last_day=until, extensions=(*plan.extensions, extension))
        case ReviewHeld():
            return replace(stepped, reviews=(*plan.reviews, event))
        case StrandSignedOff() | StrandReopened():
            return replace(stepped, signed_off=_signed_off_after(plan.signed_off, event))
    return stepped


def state_after(state: str, event: PlanEvent) -> str:
    """The state of a plan once this was said; most of what is said leaves it as it was."""
    match event:
        case PlanProposed(party=party):
            return by("proposed", party)
        case PlanSentBack(party=party):
            return f"sent back to the {PROVIDER if party == COMMISSIONER else COMMISSIONER}"
    return _STATE_AFTER.get(type(event), state)


_STATE_AFTER: Final[Mapping[type[PlanEvent], str]] = {
    PlanDrafted: "draft",
    PlanAgreed: RUNNING,
    PlanDiscarded: "discarded",
    PlanClosed: "closed",
    PlanWithdrawn: WITHDRAWN,
}


def _signed_off_after(
    signed_off: Mapping[int, SignedOff], event: StrandSignedOff | StrandReopened
) -> Mapping[int, SignedOff]:
    others = {number: signed for number, signed in signed_off.items() if number != event.strand}
    if isinstance(event, StrandSignedOff):
        return {**others, event.strand: SignedOff(event.name, event.day)}
    return others


def _after(action: Action | None, event: ActionEvent) -> Action:
    if isinstance(event, ActionAdded):
        return Action(event.action, event.strand, event.terms)
    assert action
    changed = action
    match event:
        case ActionChanged(terms=terms):
            changed = replace(action, terms=terms)
        case ActionExtended(before=before, until=until, reason=reason):
            extension = Extension(before, until, reason, event.occurred_on)
            terms = msgspec.structs.replace(action.terms, due=until)
            changed = replace(action, terms=terms, extensions=(*action.extensions, extension))
        case ActionDone(day=day, words=words):
            changed = replace(action, state=DONE, done_on=day, words=words)
        case ActionReopened():
            changed = replace(action, state=OPEN, done_on=None, words="")
        case ActionDropped(reason=reason):
            changed = replace(action, state=DROPPED, words=reason)
    return changed
