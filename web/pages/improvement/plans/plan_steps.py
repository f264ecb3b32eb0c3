"""The steps of a plan: one small form each, for the plan, an action or a strand; what was entered is never lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import redirect, url_for

from domain.errors import ChangedMeanwhile, Refused
from web import parameters
from web.auth import guard
from web.auth.guard import principal, services
from web.auth.roles import Right
from web.clock import today
from web.commands.improvement.plan_steps import PlanSaid, take_plan_step
from web.pages.frame.forms import HiddenField
from web.pages.frame.layout import Page
from web.presenters import text
from web.presenters.improvement import action_plans as words
from web.presenters.tables import Link, Table
from web.queries.improvement.results.plan_results import PlanActionResult, PlanResult, PlanStrandResult

from .action_plans import NUMBER, ONE, author, blueprint, may, plan_or_404
from .plan_fields import kpis_written
from .plan_step_forms import (
    ActionForm,
    ConfirmStepForm,
    FinishForm,
    PlanStepForm,
    RunningActionForm,
    SignForm,
    StepReasonForm,
    UntilForm,
    WordsForm,
)
from .plan_writing import SEEN_COLUMNS

# ---- which steps there are


@dataclass(frozen=True, slots=True)
class Taken:
    """Where a step is taken: the plan, and its action or strand."""

    plan: PlanResult
    action: PlanActionResult | None
    strand: PlanStrandResult | None

    def said(self, form: PlanStepForm) -> PlanSaid:
        """What was entered, and of which part; the form was validated."""
        action, strand = (one.number if one else None for one in (self.action, self.strand))
        return replace(form.said, action=action, strand=strand)


@dataclass(frozen=True, slots=True)
class StepPage:
    """A step: its name in the table of steps, its heading and its form.

    `of_what` is what it is taken of: "plan", "action" or "strand". `said` explains it.
    """

    name: str
    of_what: str
    heading: str
    form: type[PlanStepForm]
    said: str = ""
    warns: bool = False


STEPS: Final[Mapping[str, StepPage]] = {
    "propose": StepPage(
        "propose",
        "plan",
        "Share the plan",
        ConfirmStepForm,
        "The other side reads it from now on, and agrees or sends it back.",
    ),
    "agree": StepPage("agree", "plan", "Agree to the plan", ConfirmStepForm, "It runs from now on."),
    "send-back": StepPage(
        "send back",
        "plan",
        "Send the plan back",
        StepReasonForm,
        "The other side reads your reason, changes the plan and shares it again.",
    ),
    "extend": StepPage(
        "extend",
        "plan",
        "Extend the plan",
        UntilForm,
        "Its last day moves. Actions keep their due days: extend those one by one.",
    ),
    "close": StepPage(
        "close",
        "plan",
        "Close the plan",
        WordsForm,
        "All strands are signed off. Nothing can be added to a closed plan.",
    ),
    "discard": StepPage(
        "discard",
        "plan",
        "Give up the draft",
        ConfirmStepForm,
        "Nobody but your side has read it. It cannot be taken up again.",
        warns=True,
    ),
    "withdraw": StepPage(
        "withdraw",
        "plan",
        "Withdraw the plan",
        StepReasonForm,
        "It is over, and what was said of it stays on record.",
        warns=True,
    ),
    "add-action": StepPage("add an action to", "strand", "Add an action", ActionForm),
    "change-action": StepPage("change an action of", "action", "Change the action", ActionForm),
    "extend-action": StepPage(
        "extend an action of",
        "action",
        "Extend the action",
        UntilForm,
        "The old day stays on record, with your reason.",
    ),
    "finish-action": StepPage("finish an action of", "action", "The action is done", FinishForm),
    "reopen-action": StepPage("reopen an action of", "action", "Open the action again", StepReasonForm),
    "drop-action": StepPage(
        "drop an action of",
        "action",
        "Drop the action",
        StepReasonForm,
        "It need not be done any more. It stays in the plan, with your reason.",
        warns=True,
    ),
    "sign-off": StepPage(
        "sign off a strand of", "strand", "Sign off the strand", SignForm, "All its actions are done or dropped."
    ),
    "reopen-strand": StepPage("reopen a strand of", "strand", "Open the strand again", StepReasonForm),
}


# ---- the pages


class StepAddress(parameters.Asks):
    """Of which action, or of which strand."""

    action = parameters.number_field("The action's number.", 1, load_default=None)
    strand = parameters.number_field("The strand's number.", 1, load_default=None)


def _at(args: parameters.Given, number: int, step: str) -> tuple[StepPage, Taken]:
    """The step of an address, and where it is taken.

    Raises:
        Problem: there is no such step, plan, action or strand (404), or the step is not this person's, or not now.
    """
    page, plan = STEPS.get(step), plan_or_404(number)
    if page is None:
        guard.refuse_as_missing()
    action = next((one for one in plan.actions if one.number == args["action"]), None)
    strand = next((one for one in plan.strands if one.number == args["strand"]), None)
    if (page.of_what == "action" and action is None) or (page.of_what == "strand" and strand is None):
        guard.refuse_as_missing()
    return page, Taken(plan, action, strand)


@blueprint.page(f"{NUMBER}/steps/<step>", Right.AGREE, StepAddress)
def step(args: parameters.Given, number: int, step: str) -> Page:
    """The form of a step."""
    page, at = _at(args, number, step)
    if not may(at.plan, page.name):
        guard.refuse(principal(), "step-not-now", f"The plan is {at.plan.state}: your side cannot do this now.")
    return _page(step, page, at, _form(page, at)(None, data=_start(at)))


def _form(page: StepPage, at: Taken) -> type[PlanStepForm]:
    return RunningActionForm if page.name == "change an action of" and at.plan.is_running else page.form


def _start(at: Taken) -> dict[str, Any]:
    """What the form has already."""
    start: dict[str, Any] = {"seen": str(at.plan.version), "day": today().isoformat()}
    if action := at.action:
        due = action.due.isoformat() if action.due else ""
        start |= {
            "text": action.text,
            "owner": action.owner,
            "due": due,
            "output": action.output,
            "kpis": kpis_written(action.kpis),
        }
    return start


def _page(step: str, page: StepPage, at: Taken, form: PlanStepForm, versions: Table | None = None) -> Page:
    plan, newest = at.plan, at.plan.steps[-1]
    part = {"action": at.action, "strand": at.strand}[page.of_what] if page.of_what != "plan" else None
    address: dict[str, Any] = {page.of_what: part.number} if part else {}
    return Page(
        "action-plan-step.html",
        page.heading,
        {"versions": versions},
        plan=plan,
        form=form,
        errors=form.links,
        sentences=list(_about(at, page)),
        action=url_for("action-plans.take", number=plan.number, step=step, **address),
        button=page.heading,
        warns=page.warns,
        back_link=Link(plan.title, url_for(ONE, number=plan.number)),
        who=newest.actor,
        on=text.day(newest.on),
    )


def _about(at: Taken, page: StepPage) -> Iterator[str]:
    if page.of_what == "action" and at.action:
        yield f"Action {at.action.number}: {at.action.text}"
        yield f"{words.action_words(at.action)}."
    if page.of_what == "strand" and at.strand and len(at.plan.strands) > 1:
        yield f"Strand {at.strand.number}: {at.strand.title}"
    if page.said:
        yield page.said


@blueprint.page(f"{NUMBER}/steps/<step>", Right.AGREE, StepAddress, method="POST")
def take(args: parameters.Given, number: int, step: str) -> Any:
    """Take a step."""
    page, at = _at(args, number, step)
    form, versions, status = _form(page, at)(), None, 422
    if form.validate_on_submit():
        try:
            take_plan_step(services().register, number, page.name, at.said(form), author(), form.version)
            return redirect(url_for(ONE, number=number, done=step), 303)
        except ChangedMeanwhile as changed:
            form.seen.data, status = str(changed.newest), 409
            versions = _versions(at, form)
        except Refused as refused:
            first = next((field.name for field in form if not isinstance(field, HiddenField)), "seen")
            form.refuse(refused, first)
    return _page(step, page, at, form, versions), status


def _versions(at: Taken, form: PlanStepForm) -> Table:
    """What somebody wrote beside what stands."""
    stands = _start(at)
    rows = [
        (field.label.text, field.data or None, stands.get(field.name) or None)
        for field in form
        if isinstance(field.data, str) and not isinstance(field, HiddenField)
    ]
    newest = at.plan.steps[-1]
    said = f"{words.STEPS[newest.step]}: {newest.words}" if newest.words else words.STEPS[newest.step]
    return Table(SEEN_COLUMNS, [*rows, ("Said meanwhile", None, said)], "The two versions")
