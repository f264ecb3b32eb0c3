"""The steps of a plan: one small form each, for the plan, an action or a strand; what was entered is never lost."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from flask import redirect, url_for

from domain.errors import ChangedMeanwhile, Refused
from domain.improvement.action_plan import ActionTerms
from domain.register import Register
from web import parameters
from web.auth import guard
from web.auth.guard import principal, services
from web.auth.roles import Right
from web.clock import today
from web.commands.improvement import action_plan_work as work
from web.commands.improvement import action_plans as commands
from web.commands.improvement.author import Author
from web.pages.frame.forms import DateField, HiddenField, SeenForm, TextareaField, TextField
from web.pages.frame.layout import Page
from web.presenters import text
from web.presenters.improvement import action_plans as words
from web.presenters.tables import Link, Table
from web.queries.improvement.action_plans import PlanActionResult, PlanResult, PlanStrandResult

from .action_plans import NUMBER, ONE, author, blueprint, may, plan_or_404
from .plan_fields import NOBODY, kpis_in, kpis_written
from .plan_writing import SEEN_COLUMNS


class ConfirmStepForm(SeenForm):
    """A step that needs no words."""


class StepReasonForm(SeenForm):
    """A step that needs a reason."""

    reason = TextareaField("Why", NOBODY, rows=3, needed="Say why.")


class UntilForm(StepReasonForm):
    """A later day, and why."""

    field_of_code: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("plan-end-too-early", "plan-due-too-early", "plan-due-same"), "until"
    )

    until = DateField("New day", needed="Enter the new day.")


class WordsForm(SeenForm):
    """A step with words, if one likes."""

    words = TextareaField("What came of it", f"You can leave it empty. {NOBODY}", rows=3)


class FinishForm(WordsForm):
    """When an action was done, and what came of it."""

    field_of_code: ClassVar[Mapping[str, str]] = {"plan-day": "day"}

    day = DateField("Done on", needed="Enter the day on which it was done.")


class SignForm(SeenForm):
    """Who signs a strand off, on which day."""

    field_of_code: ClassVar[Mapping[str, str]] = {"plan-day": "day"}

    name = TextField("Signed off as completed by", "A role, or a name at work.", needed="Enter who signs it off.")
    day = DateField("Date", needed="Enter the day of the signature.")


class ActionForm(SeenForm):
    """An action: what, by whom, by when, what can be measured then."""

    field_of_code: ClassVar[Mapping[str, str]] = {
        "plan-kpi-unknown": "kpis",
        "plan-due-too-early": "due",
        "plan-due-by-extension": "text",
    }

    text = TextareaField("What is done", f"One thing, in a sentence. {NOBODY}", rows=3, needed="Say what is done.")
    owner = TextField("Who does it", "A role, or a name at work.")
    due = DateField("By what date")
    output = TextareaField(
        "What is there when it is done",
        "Something that can be held against: a number, “all”, a document. Like “all recovery plans are in date”.",
        rows=2,
    )
    kpis = TextField("Linked KPIs", "Their codes, like 4.0, 4.1. Left empty, those of the strand.")

    @property
    def terms(self) -> ActionTerms:
        """The action; the form was validated."""
        return ActionTerms(self.text.data, self.owner.data, self.due.day, self.output.data, kpis_in(self.kpis.data))


class RunningActionForm(ActionForm):
    """An action of a plan that runs: its due day changes by an extension."""

    due = HiddenField()

    @property
    def terms(self) -> ActionTerms:
        """The action; the form was validated."""
        due = parameters.day_written(self.due.data)
        return ActionTerms(self.text.data, self.owner.data, due, self.output.data, kpis_in(self.kpis.data))


# ---- which steps there are


@dataclass(frozen=True, slots=True)
class Taken:
    """Where a step is taken: the plan, its action or strand, and who takes it."""

    register: Register
    plan: PlanResult
    action: PlanActionResult | None
    strand: PlanStrandResult | None
    author: Author

    @property
    def part(self) -> int:
        """The number of the action, or of the strand."""
        one = self.action or self.strand
        assert one
        return one.number

    @property
    def on(self) -> tuple[Register, int]:
        """What each command begins with."""
        return self.register, self.plan.number


Run = Callable[[Taken, Any], object]


@dataclass(frozen=True, slots=True)
class StepPage:
    """A step: its name in the table of steps, its heading, its form, and the command that takes it.

    `of` is what it is taken of: "plan", "action" or "strand". `said` explains it.
    """

    name: str
    of_what: str
    heading: str
    form: type[SeenForm]
    run: Run
    said: str = ""
    warns: bool = False


def _day(field: DateField) -> date:
    day = field.day
    assert day
    return day


STEPS: Final[Mapping[str, StepPage]] = {
    "propose": StepPage(
        "propose",
        "plan",
        "Share the plan",
        ConfirmStepForm,
        lambda at, form: commands.propose_plan(*at.on, at.author, form.version),
        "The other side reads it from now on, and agrees or sends it back.",
    ),
    "agree": StepPage(
        "agree",
        "plan",
        "Agree to the plan",
        ConfirmStepForm,
        lambda at, form: commands.agree_plan(*at.on, at.author, form.version),
        "It runs from now on.",
    ),
    "send-back": StepPage(
        "send back",
        "plan",
        "Send the plan back",
        StepReasonForm,
        lambda at, form: commands.send_back_plan(*at.on, form.reason.data, at.author, form.version),
        "The other side reads your reason, changes the plan and shares it again.",
    ),
    "extend": StepPage(
        "extend",
        "plan",
        "Extend the plan",
        UntilForm,
        lambda at, form: commands.extend_plan(*at.on, _day(form.until), form.reason.data, at.author, form.version),
        "Its last day moves. Actions keep their due days: extend those one by one.",
    ),
    "close": StepPage(
        "close",
        "plan",
        "Close the plan",
        WordsForm,
        lambda at, form: commands.close_plan(*at.on, form.words.data, at.author, form.version),
        "All strands are signed off. Nothing can be added to a closed plan.",
    ),
    "discard": StepPage(
        "discard",
        "plan",
        "Give up the draft",
        ConfirmStepForm,
        lambda at, form: commands.discard_plan(*at.on, at.author, form.version),
        "Nobody but your side has read it. It cannot be taken up again.",
        warns=True,
    ),
    "withdraw": StepPage(
        "withdraw",
        "plan",
        "Withdraw the plan",
        StepReasonForm,
        lambda at, form: commands.withdraw_plan(*at.on, form.reason.data, at.author, form.version),
        "It is over, and what was said of it stays on record.",
        warns=True,
    ),
    "add-action": StepPage(
        "add an action to",
        "strand",
        "Add an action",
        ActionForm,
        lambda at, form: work.add_action(*at.on, at.part, form.terms, at.author, form.version),
    ),
    "change-action": StepPage(
        "change an action of",
        "action",
        "Change the action",
        ActionForm,
        lambda at, form: work.change_action(*at.on, at.part, form.terms, at.author, form.version),
    ),
    "extend-action": StepPage(
        "extend an action of",
        "action",
        "Extend the action",
        UntilForm,
        lambda at, form: work.extend_action(
            *at.on, at.part, _day(form.until), form.reason.data, at.author, form.version
        ),
        "The old day stays on record, with your reason.",
    ),
    "finish-action": StepPage(
        "finish an action of",
        "action",
        "The action is done",
        FinishForm,
        lambda at, form: work.finish_action(*at.on, at.part, _day(form.day), form.words.data, at.author, form.version),
    ),
    "reopen-action": StepPage(
        "reopen an action of",
        "action",
        "Open the action again",
        StepReasonForm,
        lambda at, form: work.reopen_action(*at.on, at.part, form.reason.data, at.author, form.version),
    ),
    "drop-action": StepPage(
        "drop an action of",
        "action",
        "Drop the action",
        StepReasonForm,
        lambda at, form: work.drop_action(*at.on, at.part, form.reason.data, at.author, form.version),
        "It need not be done any more. It stays in the plan, with your reason.",
        warns=True,
    ),
    "sign-off": StepPage(
        "sign off a strand of",
        "strand",
        "Sign off the strand",
        SignForm,
        lambda at, form: work.sign_off_strand(*at.on, at.part, form.name.data, _day(form.day), at.author, form.version),
        "All its actions are done or dropped.",
    ),
    "reopen-strand": StepPage(
        "reopen a strand of",
        "strand",
        "Open the strand again",
        StepReasonForm,
        lambda at, form: work.reopen_strand(*at.on, at.part, form.reason.data, at.author, form.version),
    ),
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
    return page, Taken(services().register, plan, action, strand, author())


@blueprint.page(f"{NUMBER}/steps/<step>", Right.AGREE, StepAddress)
def step(args: parameters.Given, number: int, step: str) -> Page:
    """The form of a step."""
    page, at = _at(args, number, step)
    if not may(at.plan, page.name):
        guard.refuse(principal(), "step-not-now", f"The plan is {at.plan.state}: your side cannot do this now.")
    return _page(step, page, at, _form(page, at)(None, data=_start(at)))


def _form(page: StepPage, at: Taken) -> type[SeenForm]:
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


def _page(step: str, page: StepPage, at: Taken, form: SeenForm, versions: Table | None = None) -> Page:
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
            page.run(at, form)
            return redirect(url_for(ONE, number=number, done=step), 303)
        except ChangedMeanwhile as changed:
            form.seen.data, status = str(changed.newest), 409
            versions = _versions(at, form)
        except Refused as refused:
            first = next((field.name for field in form if not isinstance(field, HiddenField)), "seen")
            form.refuse(refused, first)
    return _page(step, page, at, form, versions), status


def _versions(at: Taken, form: SeenForm) -> Table:
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
