"""The steps of a contract: its draft is agreed or given up, and what was agreed is corrected, or ends."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from flask import redirect, url_for

from web import parameters
from web.auth.guard import services
from web.auth.roles import Right
from web.commands.agreement import schedule as commands
from web.commands.agreement.schedule_checks import Correction
from web.pages.frame.forms import DateField, InvalidField, SeenForm, TextField
from web.pages.frame.layout import Page
from web.presenters import text as words
from web.presenters.agreement import schedule as presented
from web.queries.agreement.schedule import ScheduleResult

from .schedule import CONTRACT, NUMBER, blueprint, schedule_or_404
from .schedule_forms import AgreementForm, decision_of, form_page, taken, to_contract


@blueprint.page(f"{NUMBER}/agree", Right.KNOWLEDGE)
def agree(_given: parameters.Given, number: int) -> Page:
    """The form that agrees a draft."""
    return _agree_page(schedule_or_404(number, Right.KNOWLEDGE), AgreementForm(None))


@blueprint.page(f"{NUMBER}/agree", Right.KNOWLEDGE, method="POST")
def agree_draft(_given: parameters.Given, number: int) -> Any:
    """Agree a draft: its targets are set, and its hubs have to report."""
    one, form = schedule_or_404(number, Right.KNOWLEDGE), AgreementForm()
    form.leave_out("reason")
    said: dict[str, Any] = {}
    if form.validate_on_submit():
        register = services().register
        done, said = taken(one, form, "agreed_on", lambda: commands.agree_schedule(register, number, form.decision))
        if done:
            return to_contract(number, "agreed")
    return _agree_page(one, form, **said), 422


def _agree_page(one: ScheduleResult, form: AgreementForm, **said: Any) -> Page:
    form.leave_out("reason")
    action = url_for("schedules_pages.agree_draft", number=one.number)
    kpis, hubs = words.plural(len(one.lines), "KPI line"), words.plural(len(one.hubs), "hub")
    figures = f"{kpis}, {words.plural(_targets(one), 'target')}. The scorecard holds its figures against them."
    reports = f"{hubs}. One without a contract of its own gets one, and has to report {presented.days_of(one)}."
    return form_page(
        one, "Agree the contract", form, action, "Agree the contract", sentences=(figures, reports), **said
    )


def _targets(one: ScheduleResult) -> int:
    return sum(len(line.steps) for line in one.lines if line.measure)


class EndContractForm(AgreementForm):
    """The last day of a contract, and why."""

    field_of_code: ClassVar[Mapping[str, str]] = {
        **AgreementForm.field_of_code,
        "schedule-ends-before-it-begins": "last_day",
    }

    last_day = DateField("Last day of the contract", "No target counts after it.", needed="Enter the last day.")


@blueprint.page(f"{NUMBER}/end", Right.KNOWLEDGE)
def end(_given: parameters.Given, number: int) -> Page:
    """The form that ends a contract."""
    return _end_page(schedule_or_404(number, Right.KNOWLEDGE), EndContractForm(None))


@blueprint.page(f"{NUMBER}/end", Right.KNOWLEDGE, method="POST")
def end_contract(_given: parameters.Given, number: int) -> Any:
    """End a contract on a day."""
    one, form = schedule_or_404(number, Right.KNOWLEDGE), EndContractForm()
    said: dict[str, Any] = {}
    last_day = form.last_day
    if form.validate_on_submit() and last_day.day:
        register, day = services().register, last_day.day
        done, said = taken(
            one,
            form,
            "last_day",
            lambda: commands.end_schedule(register, number, day, form.decision, form.reason.data),
        )
        if done:
            return to_contract(number, "ended")
    return _end_page(one, form, **said), 422


def _end_page(one: ScheduleResult, form: EndContractForm, **said: Any) -> Page:
    action = url_for("schedules_pages.end_contract", number=one.number)
    return form_page(one, "End the contract", form, action, "Agree the end", **said)


class CorrectTermsForm(AgreementForm):
    """The first day that a contract should have had, and whose people it should have counted; and why."""

    field_of_code: ClassVar[Mapping[str, str]] = {
        **AgreementForm.field_of_code,
        "schedule-ends-before-it-begins": "first_day",
        "schedule-overlaps": "first_day",
        "contract-overlaps": "first_day",
        "target-outside-contract": "first_day",
        "schedule-unchanged": "first_day",
    }

    first_day = DateField("First day", "As the contract was signed.", needed="Enter the first day.")
    area = TextField("Only people living in one area", "Its code. Leave it empty for everybody.", width=10)
    agreed_on = DateField("Day of the correction", "Leave it empty for today. It is known from then on.")
    reason = TextField("Why", "A few words, like: the year was mistyped.", needed="Say why, in a few words.")

    def validate_area(self, field: TextField) -> None:
        """Refuse what is no code."""
        if field.data and not parameters.is_code(field.data):
            raise InvalidField("Write the area’s code as the files have it.")

    @property
    def correction(self) -> Correction:
        """What was written."""
        assert self.first_day.day is not None  # the form was validated
        return Correction(self.first_day.day, self.area.data)

    @property
    def written(self) -> dict[str, str]:
        """What was written, by the names of its fields."""
        return {"first_day": self.first_day.data, "area": self.area.data}


_CORRECTED: Final = {"first_day": "First day", "area": "Only people living in one area"}


def _correctable(one: ScheduleResult) -> dict[str, str]:
    return {"first_day": one.first_day.isoformat(), "area": one.area or ""}


@blueprint.page(f"{NUMBER}/correct", Right.KNOWLEDGE)
def correct(_given: parameters.Given, number: int) -> Page:
    """The form that corrects what was written down wrongly."""
    one = schedule_or_404(number, Right.KNOWLEDGE)
    return _correct_page(one, CorrectTermsForm(None, data=_correctable(one)))


@blueprint.page(f"{NUMBER}/correct", Right.KNOWLEDGE, method="POST")
def correct_contract(_given: parameters.Given, number: int) -> Any:
    """Correct the first day of a contract that was agreed, or whose people it counts."""
    one, form = schedule_or_404(number, Right.KNOWLEDGE), CorrectTermsForm()
    said: dict[str, Any] = {}
    if form.validate_on_submit():
        register = services().register
        done, said = taken(
            one,
            form,
            "first_day",
            lambda: commands.correct_schedule(register, number, form.correction, form.decision, form.reason.data),
            lambda: presented.versions_table(form.written, _correctable(one), _CORRECTED),
        )
        if done:
            return to_contract(number, "corrected")
    return _correct_page(one, form, **said), 422


def _correct_page(one: ScheduleResult, form: CorrectTermsForm, **said: Any) -> Page:
    action = url_for("schedules_pages.correct_contract", number=one.number)
    sentences = (
        "Correct here what was written down wrongly. What both have agreed anew is a change, not a correction.",
        "The hubs’ own contracts from the old first day begin on the new one.",
        "If other people are counted, each target is set anew for them.",
        "As known before the day of the correction, everything stays as it was.",
    )
    return form_page(one, "Correct the contract", form, action, "Correct the contract", sentences=sentences, **said)


@blueprint.page(f"{NUMBER}/discard", Right.KNOWLEDGE, method="POST")
def discard(_given: parameters.Given, number: int) -> Any:
    """Give a draft up."""
    schedule_or_404(number, Right.KNOWLEDGE)
    commands.discard_schedule(services().register, number, decision_of(SeenForm().version))
    return redirect(url_for(CONTRACT, done="discarded"), 303)
