"""A review of a plan is written down: who took part, what was said, and what of each open action."""

from typing import Any, ClassVar

from flask import redirect, url_for
from marshmallow import fields, validate

from domain.errors import ChangedMeanwhile, Refused
from domain.improvement.plan_terms import Progress
from domain.improvement.written import WrittenAbout
from web import parameters
from web.auth import guard
from web.auth.guard import principal, services, snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.improvement import action_plan_work as work
from web.commands.improvement.action_plan_work import NewReview
from web.pages.frame.forms import DateField, SeenForm, SelectField, TextareaField
from web.pages.frame.layout import Page
from web.presenters import text
from web.presenters.improvement import action_plans as words
from web.presenters.tables import Link, Table
from web.queries.improvement import action_plans as queries
from web.queries.improvement.results.plan_results import PlanResult

from .action_plans import NUMBER, ONE, author, blueprint, may, plan_or_404, viewer
from .plan_fields import FORMAL, NOBODY, PHONE
from .plan_writing import SEEN_COLUMNS

_PROGRESS = "progress_"


class ReviewForm(SeenForm):
    """A review; a field for each open action is added by `_form_of`."""

    field_of_code: ClassVar = {"plan-day": "day", "plan-too-many": "attendees"}

    kind = SelectField("Kind of review", choices={}, needed="Choose a kind.")
    day = DateField("Held on", needed="Enter the day on which it was held.")
    attendees = TextareaField("Who took part", "By role, one a line, like “service manager”.", rows=3)
    words = TextareaField("What was said", NOBODY, rows=5, needed="Write what was said, in a sentence or two.")

    @property
    def progress(self) -> list[Progress]:
        """What was said of single actions."""
        its = [field for field in self if field.name.startswith(_PROGRESS)]
        return [Progress(int(field.name.removeprefix(_PROGRESS)), field.data) for field in its if field.data.strip()]


def _form_of(plan: PlanResult) -> type[ReviewForm]:
    """The form of a review of this plan."""
    own: dict[str, Any] = {
        f"{_PROGRESS}{one.number}": TextareaField(f"Action {one.number}: {one.text}", words.action_words(one), rows=2)
        for one in plan.actions
        if one.is_open
    }
    return type("PlanReviewForm", (ReviewForm,), own)


def _offer_kinds(form: ReviewForm, plan: PlanResult) -> ReviewForm:
    kinds = [one.kind for one in plan.cadence] or [PHONE, FORMAL]
    form.kind.choices = {kind: kind.capitalize() for kind in dict.fromkeys([*kinds, PHONE, FORMAL])}
    return form


class ReviewAddress(parameters.Asks):
    """Of which kind."""

    kind = fields.String(load_default="", validate=validate.Length(max=100))


@blueprint.page(f"{NUMBER}/review", Right.AGREE, ReviewAddress)
def review(args: parameters.Given, number: int) -> Page:
    """The form of a review."""
    plan = plan_or_404(number)
    if not may(plan, "review"):
        guard.refuse(principal(), "step-not-now", f"The plan is {plan.state}: it is not reviewed now.")
    kind = args["kind"] or next((one.kind for one in plan.reviews_due), "")
    start = {"kind": kind, "day": today().isoformat(), "seen": str(plan.version)}
    return _page(plan, _offer_kinds(_form_of(plan)(None, data=start), plan))


def _page(plan: PlanResult, form: ReviewForm, versions: Table | None = None) -> Page:
    newest = plan.steps[-1]
    return Page(
        "action-plan-review.html",
        "Write down a review",
        {"versions": versions},
        plan=plan,
        form=form,
        errors=form.links,
        due=[words.due_words(one) for one in plan.reviews_due],
        figures=[words.about_now(about) for about in plan.about],
        action=url_for("action-plans.hold", number=plan.number),
        button="Save the review",
        back_link=Link(plan.title, url_for(ONE, number=plan.number)),
        who=newest.actor,
        on=text.day(newest.on),
    )


@blueprint.page(f"{NUMBER}/review", Right.AGREE, method="POST")
def hold(_given: parameters.Given, number: int) -> Any:
    """Write a review down."""
    plan = plan_or_404(number)
    form, versions, status = _offer_kinds(_form_of(plan)(), plan), None, 422
    if form.validate_on_submit() and form.day.day:
        attendees = form.attendees.data.splitlines()
        about = _as_now(plan)
        new = NewReview(form.kind.data, form.day.day, form.words.data, attendees, form.progress, about)
        try:
            work.hold_review(services().register, number, new, author(), form.version)
            return redirect(url_for(ONE, number=number, done="review"), 303)
        except ChangedMeanwhile as changed:
            form.seen.data, status = str(changed.newest), 409
            said = f"{words.STEPS[plan.steps[-1].step]}: {plan.steps[-1].words}"
            versions = Table(SEEN_COLUMNS, [("Said meanwhile", form.words.data, said)], "The two versions")
        except Refused as refused:
            form.refuse(refused, "words")
    return _page(plan, form, versions), status


def _as_now(plan: PlanResult) -> tuple[WrittenAbout, ...]:
    """The plan's figures at the newest day, as they are known now."""
    return queries.newest_about(snapshot(), viewer(), plan)
