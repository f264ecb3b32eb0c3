"""Action plans: those that are open first, the reviews that are due, and one with everything that was said of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for
from marshmallow import fields, validate

from domain.contract_life.transitions import ACTION_PLAN, next_state
from domain.errors import Refused
from domain.improvement.plan_forms import FORM_OF
from web import parameters
from web.auth import guard
from web.auth.guard import principal, snapshot
from web.auth.roles import Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.agreement.parties import party_of
from web.commands.improvement.author import Author, author_of
from web.pages.frame.agency_names import named
from web.pages.frame.layout import Page
from web.pages.frame.navigation import FigurePage, NeededWeekly, Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters.improvement import action_plans as words
from web.presenters.tables import Column, Link, Table
from web.queries.improvement import action_plans as queries
from web.queries.improvement.about import AboutResult
from web.queries.improvement.results.plan_results import PlanActionResult, PlanLine, PlanResult, PlanStrandResult

LIST: Final = "action-plans.plans"
ONE: Final = "action-plans.one"
NUMBER: Final = "/action-plans/<int(min=1, max=2147483647):number>"
DONE: Final = {
    "drafted": "The plan is drafted. Only your side reads it until you share it.",
    "edit": "The plan is changed.",
    "propose": "The plan is shared. The other side reads it now.",
    "agree": "The plan is agreed and runs.",
    "send-back": "The plan went back, with your reason.",
    "extend": "The plan runs on.",
    "close": "The plan is closed.",
    "withdraw": "The plan is withdrawn.",
    "discard": "The draft is given up.",
    "add-action": "The action is added.",
    "change-action": "The action is changed.",
    "extend-action": "The action is extended.",
    "finish-action": "The action is done.",
    "reopen-action": "The action is open again.",
    "drop-action": "The action is dropped.",
    "review": "The review is written down.",
    "sign-off": "The strand is signed off.",
    "reopen-strand": "The strand is open again.",
}

blueprint = Pages(
    "action-plans",
    __name__,
    Place(
        "Action plans",
        LIST,
        Right.AGREED,
        PlaceGroup.IMPROVEMENT,
        "What is being done about a red figure, by whom and by when.",
        NeededWeekly.ALWAYS,
    ),
    of_figure=(FigurePage("Open an action plan", "action-plans.new", Right.AGREE),),
)


class PlansAddress(parameters.Asks):
    """Of which KPI; and what was just done."""

    measure = parameters.any_measure_field(load_default=None)
    done = fields.String(load_default=None, validate=validate.OneOf(list(DONE)))


def viewer() -> Viewer:
    """Who reads plans."""
    return guard.not_public(guard.viewer_of_party(Right.AGREED))


def author() -> Author:
    """Who writes, today."""
    return author_of(principal(), guard.viewer_of_party(Right.AGREE), today(), today())


def may_write() -> bool:
    """Whether this person writes at all."""
    return principal().reach(Right.AGREE) is not None


def may(plan: PlanResult, step: str) -> bool:
    """Whether this person may take a step of a plan now."""
    if not may_write():
        return False
    try:
        next_state(ACTION_PLAN, step, plan.state, party_of(principal().role))
    except Refused:
        return False
    return True


@blueprint.page("/action-plans", Right.AGREED, PlansAddress)
def plans(args: parameters.Given) -> Page:
    """Every plan that one may read, those that are open first."""
    result = queries.plans(snapshot(), viewer(), queries.PlansQuery(today(), args["measure"])).plans
    still_open = [one for one in result if not one.is_finished]
    finished = [one for one in result if one.is_finished]
    return Page(
        "action-plans.html",
        "Action plans",
        {
            "open": words.plans_table(still_open, _to, "Open plans") if still_open else None,
            "finished": words.plans_table(finished, _to, "Plans that are over") if finished else None,
        },
        of_measure=args["measure"],
        running=sum(one.state == "agreed" for one in result),
        overdue=sum(one.is_overdue for one in still_open),
        still_open=len(still_open),
        may_write=may_write(),
        done=DONE.get(args["done"], ""),
    )


def _to(line: PlanLine) -> Link:
    return Link(f"Plan {line.number}", url_for(ONE, number=line.number), more=f", {line.title}")


REVIEWS: Final = (Column("Due", whole=True), Column("Kind"), Column("Plan"), Column("To do"))


@blueprint.page("/action-plans/reviews", Right.AGREED)
def reviews(_given: parameters.Given) -> Page:
    """The reviews that are due, the earliest first."""
    lines = queries.plans(snapshot(), viewer(), queries.PlansQuery(today(), only_open=True)).plans
    due = sorted(((one, line) for line in lines for one in line.reviews_due), key=lambda pair: pair[0].day)
    rows = [
        (one.day, f"{one.kind}{', overdue' if one.overdue else ''}", _titled(line), _hold(line, one.kind))
        for one, line in due
    ]
    return Page(
        "action-plan-reviews.html",
        "Reviews due",
        {"due": Table(REVIEWS, rows, "The earliest first") if rows else None},
        overdue=sum(one.overdue for one, _line in due),
    )


def _titled(line: PlanLine) -> Link:
    return Link(f"{line.title} (plan {line.number})", url_for(ONE, number=line.number))


def _hold(line: PlanLine, kind: str) -> Link | None:
    if not may_write():
        return None
    address = url_for("action-plans.review", number=line.number, kind=kind)
    return Link("Write it down", address, more=f": {kind} review of plan {line.number}")


# ---- one


class PlanAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(DONE)))


def plan_or_404(number: int) -> PlanResult:
    """The plan with this number.

    Raises:
        Problem: there is none (404).
        NotOwn: this person does not read it.
    """
    one = queries.plan(snapshot(), viewer(), number, today())
    if one is None:
        guard.refuse_as_missing()
    return one


@blueprint.page(NUMBER, Right.AGREED, PlanAddress)
def one(args: parameters.Given, number: int) -> Page:
    """One plan."""
    plan = plan_or_404(number)
    form = FORM_OF[plan.form]
    return Page(
        "action-plan.html",
        plan.title,
        {"actions": words.actions_table(plan), "timeline": words.timeline_table(plan.steps)},
        title=f"Action plan {plan.number}: {plan.title}",
        plan=plan,
        form=form,
        shown=words,
        stands=list(words.stands(plan)),
        whose=", ".join(map(named, plan.agencies)) or "all agencies",
        fields=words.field_words(form.fields, plan.values),
        figures=[(words.about_words(about, named), figure_address(about)) for about in plan.about],
        strands=[_strand(plan, strand) for strand in plan.strands],
        reviews=list(reversed(plan.reviews)),
        to_do=list(_to_do(plan)),
        at_once=[(step, label) for step, name, label in AT_ONCE if may(plan, name)],
        may_edit=may(plan, "edit"),
        done=DONE.get(args["done"], ""),
    )


AT_ONCE: Final = (
    ("propose", "propose", "Share it with the other side"),
    ("agree", "agree", "Agree to it"),
)
"""Steps that need no words: they are taken by a press, with the step of the table and what the button says."""

_WITH_A_FORM: Final = (
    ("send-back", "send back", "Send it back"),
    ("extend", "extend", "Extend the plan"),
    ("close", "close", "Close the plan"),
    ("discard", "discard", "Give up the draft"),
    ("withdraw", "withdraw", "Withdraw the plan"),
)


def _to_do(plan: PlanResult) -> Iterator[Link]:
    """What this person can do about a plan as a whole."""
    if may(plan, "review"):
        yield Link("Write down a review", url_for("action-plans.review", number=plan.number))
    for step, name, label in _WITH_A_FORM:
        if may(plan, name) and (step != "close" or all(one.signed_off for one in plan.strands)):
            yield Link(label, step_address(plan, step))


def step_address(plan: PlanResult, step: str, **part: Any) -> str:
    """Where a step of a plan, of an action or of a strand has its form."""
    return url_for("action-plans.step", number=plan.number, step=step, **part)


def figure_address(about: AboutResult) -> str:
    """The figure that something was written about, as it was known then."""
    slice_ = about.slice
    address: dict[str, Any] = {
        "as_of": about.as_of,
        "known_at": about.known_at,
        "area": slice_.area,
        "agency": slice_.agency,
    }
    address |= {name: "true" for name in ("criminal_justice", "young_people") if getattr(slice_, name)}
    said: dict[str, Any] = {name: str(value) for name, value in address.items() if value is not None}
    return url_for("figure.figure", measure=about.measure, **said)


@dataclass(frozen=True, slots=True)
class StrandShown:
    """A strand with what can be done about it."""

    strand: PlanStrandResult
    fields: list[tuple[str, list[str]]]
    actions: list["ActionShown"]
    links: list[Link]


@dataclass(frozen=True, slots=True)
class ActionShown:
    """An action with what can be done about it."""

    action: PlanActionResult
    links: list[Link]


def _strand(plan: PlanResult, strand: PlanStrandResult) -> StrandShown:
    fields_of = words.field_words(FORM_OF[plan.form].strand_fields, strand.values)
    actions = [ActionShown(action, list(_of_action(plan, strand, action))) for action in strand.actions]
    return StrandShown(strand, fields_of, actions, list(_of_strand(plan, strand)))


def _of_strand(plan: PlanResult, strand: PlanStrandResult) -> Iterator[Link]:
    more = f" in {strand.title}" if len(plan.strands) > 1 else ""
    if strand.signed_off:
        if may(plan, "reopen a strand of"):
            yield Link("Open it again", step_address(plan, "reopen-strand", strand=strand.number), more=more)
        return
    if may(plan, "add an action to"):
        yield Link("Add an action", step_address(plan, "add-action", strand=strand.number), more=more)
    if may(plan, "edit") and FORM_OF[plan.form].has_strands:
        address = url_for("action-plans.strand", number=plan.number, strand=strand.number)
        yield Link("Change this strand", address, more=more)
    if may(plan, "sign off a strand of") and not strand.still_open:
        yield Link("Sign it off", step_address(plan, "sign-off", strand=strand.number), more=more)


_OF_ACTIONS: Final = {
    "open": (
        ("finish-action", "finish an action of", "Done"),
        ("extend-action", "extend an action of", "Extend"),
        ("change-action", "change an action of", "Change"),
        ("drop-action", "drop an action of", "Drop"),
    ),
    "done": (("reopen-action", "reopen an action of", "Open again"),),
    "dropped": (("reopen-action", "reopen an action of", "Open again"),),
}


def _of_action(plan: PlanResult, strand: PlanStrandResult, action: PlanActionResult) -> Iterator[Link]:
    if strand.signed_off:
        return
    for step, name, label in _OF_ACTIONS[action.state]:
        if may(plan, name):
            yield Link(label, step_address(plan, step, action=action.number), more=f": action {action.number}")
