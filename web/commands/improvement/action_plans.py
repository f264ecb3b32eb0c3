"""Action plans: drafted and edited by a party, shared with the other, agreed, extended, closed and withdrawn."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from domain.contract_life.transitions import ACTION_PLAN, NONE, PROVIDER, check_version, next_state
from domain.errors import Refused
from domain.improvement.action_plan import (
    STEP_OF,
    ActionAdded,
    PlanAgreed,
    PlanClosed,
    PlanDiscarded,
    PlanDrafted,
    PlanEdited,
    PlanEvent,
    PlanExtended,
    PlanProposed,
    PlanSentBack,
    PlanWithdrawn,
    plan_stream,
)
from domain.improvement.action_plan_fold import ActionPlan, after, folded
from domain.improvement.plan_terms import ActionTerms, PlanTerms
from domain.improvement.reach import is_within_reach
from domain.improvement.written import WRITING_REFUSALS, written_text
from domain.register import Recording, Register
from projections.improvement.action_plans import ActionPlans, RecordedPlan
from web.auth.viewer import NotOwn

from .author import Author, check_day
from .plan_terms import TERMS_REFUSALS, checked_action, checked_terms

REFUSALS: Final = (
    WRITING_REFUSALS
    | TERMS_REFUSALS
    | {
        "plan-unknown": "There is no action plan with this number.",
        "plan-strand-in-use": "A strand with actions, or one that is signed off, is left out.",
        "plan-end-too-early": "The plan would end before it begins, or no later than it does now.",
        "plan-not-signed-off": "A plan is closed before each of its strands is signed off.",
    }
)
"""Why a plan is not stored or changed, by code; nothing is stored then."""


def draft_plan(
    register: Register, terms: PlanTerms, author: Author, actions: Sequence[tuple[int, ActionTerms]] = ()
) -> RecordedPlan:
    """Begin a plan, which its writer alone reads until it is proposed; `actions` go with the number of their strand.

    Raises:
        Refused: something does not fit; the code is one of REFUSALS.
        NotOwn: a provider names an agency that is not its own.
    """
    with register.recording() as recording:
        next_state(ACTION_PLAN, "draft", NONE, author.party)
        check_day(author, None)
        number = ActionPlans.load(recording.connection, register.mapper).next_number
        checked = checked_terms(recording, register, terms, author)
        events: list[PlanEvent] = [PlanDrafted(**author.fields(plan_stream(number), 1, number), terms=checked)]
        for ordinal, (strand, action) in enumerate(actions, 1):
            its = checked_action(recording, register, checked, strand, action)
            fields = author.fields(plan_stream(number), ordinal + 1, number)
            events.append(ActionAdded(**fields, action=ordinal, strand=strand, terms=its))
        recorded = tuple(recording.append(events))
        return RecordedPlan(folded(events), recorded)


Fields = dict[str, Any]


def take_step(
    register: Register,
    number: int,
    event: type[PlanEvent],
    author: Author,
    seen: int | None,
    say: Callable[[Recording, ActionPlan], Fields],
) -> RecordedPlan:
    """Record one event of a plan; `say` checks what it says and answers its fields.

    Raises:
        Refused: there is no such plan, the step is not the author's or not now, or what is said does not fit.
        ChangedMeanwhile: it is not the version that was `seen`.
        NotOwn: the author does not read the plan.
    """
    with register.recording() as recording:
        known = ActionPlans.load(recording.connection, register.mapper).plan(number)
        if known is None:
            raise Refused("plan-unknown", f"There is no action plan {number}.")
        plan = known.plan
        if not _reads(plan, author):
            raise NotOwn(f"action plan {number}")
        check_version(ACTION_PLAN, seen, plan.version)
        next_state(ACTION_PLAN, STEP_OF[event], plan.state, author.party)
        check_day(author, plan.newest_day)
        fields = author.fields(plan_stream(number), plan.version + 1, number)
        new = event(**fields, **say(recording, plan))
        return RecordedPlan(after(plan, new), (*known.recorded, *recording.append([new])))


def _reads(plan: ActionPlan, author: Author) -> bool:
    """Whether the author reads a plan. Whoever has the command line speaks for a provider, and has no agencies."""
    agencies, own = plan.terms.agencies, author.own
    if own is None and author.party == PROVIDER:
        own = frozenset(agencies)
    return is_within_reach(ACTION_PLAN, plan.state, plan.written_by, agencies, own)


def _nothing(_recording: Recording, _plan: ActionPlan) -> Fields:
    return {}


def edit_plan(
    register: Register, number: int, terms: PlanTerms, author: Author, seen: int | None = None
) -> RecordedPlan:
    """Put other words in the place of a draft's, or of what was sent back. Its origin and its figures stay, and of a
    provider's plan the agencies that are not the author's own.

    Raises:
        Refused, ChangedMeanwhile, NotOwn: as `take_step`; also where a strand with actions is left out.
    """

    def say(recording: Recording, plan: ActionPlan) -> Fields:
        kept = msgspec.structs.replace(terms, origin=plan.terms.origin, about=terms.about or plan.terms.about)
        checked = checked_terms(recording, register, kept, author)
        others = set(plan.terms.agencies) - author.own if author.own is not None else set()
        checked = msgspec.structs.replace(checked, agencies=tuple(sorted({*checked.agencies, *others})))
        left = {strand.number for strand in checked.strands}
        if any(one.strand not in left for one in plan.actions.values()):
            raise Refused(
                "plan-strand-in-use", "A strand with actions cannot be left out. Leave it, and write it anew."
            )
        return {"terms": checked}

    return take_step(register, number, PlanEdited, author, seen, say)


def propose_plan(register: Register, number: int, author: Author, seen: int | None = None) -> RecordedPlan:
    """Share a plan with the other party; raises as `take_step`."""
    return take_step(register, number, PlanProposed, author, seen, _nothing)


def agree_plan(register: Register, number: int, author: Author, seen: int | None = None) -> RecordedPlan:
    """Let a plan hold from now on; raises as `take_step`."""
    return take_step(register, number, PlanAgreed, author, seen, _nothing)


def discard_plan(register: Register, number: int, author: Author, seen: int | None = None) -> RecordedPlan:
    """Give up a draft; raises as `take_step`."""
    return take_step(register, number, PlanDiscarded, author, seen, _nothing)


def send_back_plan(
    register: Register, number: int, reason: str, author: Author, seen: int | None = None
) -> RecordedPlan:
    """Do not agree to a plan as it stands, and say why; raises as `take_step`."""
    return take_step(register, number, PlanSentBack, author, seen, _because(reason))


def withdraw_plan(
    register: Register, number: int, reason: str, author: Author, seen: int | None = None
) -> RecordedPlan:
    """Give up a plan that the other party has seen, and say why; raises as `take_step`."""
    return take_step(register, number, PlanWithdrawn, author, seen, _because(reason))


def _because(reason: str) -> Callable[[Recording, ActionPlan], Fields]:
    return lambda _recording, _plan: {"reason": written_text(reason, "reason")}


def extend_plan(
    register: Register, number: int, until: date, reason: str, author: Author, seen: int | None = None
) -> RecordedPlan:
    """Let a plan run on to a later day; raises as `take_step`."""

    def say(_recording: Recording, plan: ActionPlan) -> Fields:
        if until < plan.terms.first_day or (plan.last_day and until <= plan.last_day):
            ends = f"ends on {plan.last_day}" if plan.last_day else f"begins on {plan.terms.first_day}"
            raise Refused("plan-end-too-early", f"The plan {ends}. Give a later day.")
        return {"before": plan.last_day, "until": until, "reason": written_text(reason, "reason")}

    return take_step(register, number, PlanExtended, author, seen, say)


def close_plan(register: Register, number: int, words: str, author: Author, seen: int | None = None) -> RecordedPlan:
    """End a plan whose strands are all signed off; raises as `take_step`."""

    def say(_recording: Recording, plan: ActionPlan) -> Fields:
        if unsigned := plan.unsigned:
            names = ", ".join(f"“{one.title}”" for one in unsigned)
            raise Refused("plan-not-signed-off", f"Sign off each strand first. Not signed off: {names}.")
        return {"words": written_text(words, "words", needed=False)}

    return take_step(register, number, PlanClosed, author, seen, say)
