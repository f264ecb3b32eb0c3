"""The steps of a contract: its draft is agreed or given up, and what was agreed ends."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import redirect, url_for

from web import parameters
from web.auth.guard import services
from web.auth.roles import Right
from web.commands.agreement import schedule as commands
from web.pages.frame.forms import (
    DateField,
)
from web.pages.frame.layout import Page
from web.presenters import text as words
from web.presenters.agreement import schedule as presented
from web.queries.agreement.schedule import ScheduleResult

from .schedule import CONTRACT, NUMBER, StepForm, blueprint, schedule_or_404
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


@blueprint.page(f"{NUMBER}/discard", Right.KNOWLEDGE, method="POST")
def discard(_given: parameters.Given, number: int) -> Any:
    """Give a draft up."""
    schedule_or_404(number, Right.KNOWLEDGE)
    commands.discard_schedule(services().register, number, decision_of(StepForm().version))
    return redirect(url_for(CONTRACT, done="discarded"), 303)
