"""The steps of a notice, each a form of its own: what is said, on which day, and what else belongs to the step."""

from typing import Any, ClassVar, Final

from flask import redirect, url_for

from domain.errors import ChangedMeanwhile
from domain.improvement.performance_notices import STEPS
from web import parameters
from web.auth import guard
from web.auth.guard import principal, services
from web.auth.roles import Right
from web.clock import today
from web.commands.improvement import performance_notices as commands
from web.commands.improvement.author import author_of
from web.commands.improvement.performance_notices import MAY_BE_WORDLESS, Said
from web.pages.frame.agency_names import named
from web.pages.frame.forms import DateField, InvalidField, SeenForm, TextareaField, TextField, whole_number
from web.pages.frame.layout import Page
from web.presenters.agreement.schedule import versions_table
from web.presenters.improvement import performance_notices as presenter
from web.presenters.improvement.notices.step_words import STEP_OF_SLUG, STEP_WORDS
from web.problems import not_here
from web.queries.improvement.results.notice_results import NoticeResult

from .links import ONE
from .performance_notices import NUMBER, blueprint, notice_or_404

_OWN_FIELDS: Final = {
    "propose a plan for": {"action_plan"},
    "meet about": {"attendees"},
    "withhold for": {"percentage", "since"},
    "end the withholding of": {"last_day"},
}
"""The fields that only some steps have."""


class NoticeStepForm(SeenForm):
    """What a step says; fields that it does not have are taken out."""

    field_of_code: ClassVar = {
        "said-in-future": "on",
        "said-too-early": "on",
        "said-out-of-order": "on",
        "working-days-unknown": "on",
        "notice-response-due": "on",
        "notice-percentage": "percentage",
        "notice-withholding": "last_day",
    }

    on = DateField("On which day", "Leave it empty for today.")
    attendees = TextField("Who was there", "By role, like: contracts officer, Director of Public Health.",
                          needed="Say who was there, by role.")  # fmt: skip
    percentage = TextField("Percentage of the monthly sum", "Like 2 or 2.5.", width=5,
                           needed="Enter the percentage.")  # fmt: skip
    since = DateField("Since when", "Leave it empty for the day of the decision.")
    last_day = DateField("Last day of the withholding", "Leave it empty for today.")
    action_plan = TextField("Number of an action plan", "Only if the plan was written as one.", width=5,
                            options={"inputmode": "numeric"})  # fmt: skip
    words = TextareaField("", "", rows=5)

    def validate_action_plan(self, field: TextField) -> None:
        """A whole number."""
        if field.data and not 0 < (whole_number(field.data) or 0) < 2**31:
            raise InvalidField("Enter the number of the plan, like 3, or leave it empty.")

    @property
    def said(self) -> Said:
        """What was entered."""
        plan = self.action_plan.data if "action_plan" in self else ""
        return Said(
            self.words.data,
            int(plan) if plan else None,
            self.attendees.data if "attendees" in self else "",
            self.percentage.data if "percentage" in self else "",
            self.since.day if "since" in self else None,
            self.last_day.day if "last_day" in self else None,
        )


def _fit(form: NoticeStepForm, step: str) -> NoticeStepForm:
    """Leave the fields that the step has, with its own words for them."""
    for name in set().union(*_OWN_FIELDS.values()) - _OWN_FIELDS.get(step, set()):
        del form[name]
    its = STEP_WORDS[step]
    form.words.label.text, form.words.description = its.label, its.hint
    if step not in MAY_BE_WORDLESS and step != "propose a plan for":
        form.words.needed = f"Write something here: {its.label[:1].lower()}{its.label[1:]}."
    return form


@blueprint.page(f"{NUMBER}/<slug>", Right.AGREE)
def step(_given: parameters.Given, number: int, slug: str) -> Page:
    """The form that takes a step."""
    its = notice_or_404(number, Right.AGREE)
    form = _fit(NoticeStepForm(None, data={"seen": str(its.version)}), _step_of(slug))
    return _page(its, slug, form)


def _step_of(slug: str) -> str:
    """The step of an address.

    Raises:
        Problem: there is none (404).
    """
    its = STEP_OF_SLUG.get(slug)
    if its is None or its not in STEPS:
        raise not_here()
    return its


def _page(its: NoticeResult, slug: str, form: NoticeStepForm, **more: Any) -> Page:
    said = STEP_WORDS[_step_of(slug)]
    last = its.happened[-1] if its.happened else None
    return Page(
        "notice-step.html",
        said.button,
        notice=its,
        name=presenter.name_of(its),
        form=form,
        errors=form.links,
        action=url_for("performance-notices.take", number=its.number, slug=slug),
        button={"text": said.button, "preventDoubleClick": True},
        last_happened=presenter.happened(last, its.rules) if last else "",
        last=last,
        level=its.level_name if slug == "meeting" else "",
        next_level=_next_level(its) if slug == "escalate" else "",
        **more,
    )


def _next_level(its: NoticeResult) -> str:
    levels = its.rules.levels
    return levels[its.level] if its.level < len(levels) else ""


@blueprint.page(f"{NUMBER}/<slug>", Right.AGREE, method="POST")
def take(_given: parameters.Given, number: int, slug: str) -> Any:
    """Take a step."""
    its, form = notice_or_404(number, Right.AGREE), _fit(NoticeStepForm(), _step_of(slug))
    if form.validate_on_submit():
        author = author_of(principal(), guard.viewer_of_party(Right.AGREE), form.on.day or today(), today())
        with form.refusals_at("words"):
            try:
                commands.take_step(services().register, number, _step_of(slug), form.said, author, form.version)
                return redirect(url_for(ONE, number=number, done=slug), 303)
            except ChangedMeanwhile as changed:
                form.seen.data = str(changed.newest)
                return _page(its, slug, form, **_conflict(its, changed.seen)), 409
    return _page(its, slug, form), 422


def _conflict(its: NoticeResult, seen: int) -> dict[str, Any]:
    """What was read beside what stands."""
    read = notice_or_404(its.number, Right.AGREE, seen)
    before, stands = presenter.as_cells(read, named), presenter.as_cells(its, named)
    last = its.happened[-1] if its.happened else None
    changed = {"changed_by": last.actor, "changed_on": presenter.day_words(last.on)} if last else {}
    return {"conflict": versions_table(before, stands, {}, "As you read it"), **changed}
