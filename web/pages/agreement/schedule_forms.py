"""What all forms about a contract share, and the form of its terms: who works where, and when.

Each form carries the version that it was filled from. Where that is not the newest, nothing is stored: both versions
are shown, and the form keeps what was entered. Of a draft no day and no reason are wanted; what changes a contract that
was agreed says both.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar, Final

from flask import redirect, url_for

from domain.contract_life.schedule import LONGEST_NAME, Terms
from domain.errors import ChangedMeanwhile
from web import parameters
from web.auth import guard
from web.auth.guard import principal, services, snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement import schedule as commands
from web.commands.agreement.schedule_checks import Edit, ScheduleDecision
from web.pages.frame.forms import (
    DateField,
    InvalidField,
    SeenForm,
    TextField,
)
from web.pages.frame.layout import Page
from web.presenters import text as words
from web.presenters.agreement import schedule as presented
from web.presenters.tables import Table
from web.queries.agreement import schedule as queries
from web.queries.agreement.schedule import ScheduleResult

from .schedule import CONTRACT, NUMBER, blueprint, schedule_or_404
from .schedule_hubs import HubsField, hub_lines, hub_rows

AGREEMENT: Final = ("agreed_on", "reason")
"""The fields that only a change of what was agreed has."""


class AgreementForm(SeenForm):
    """A step with the day on which it was agreed, and why: of a draft neither."""

    field_of_code: ClassVar[Mapping[str, str]] = {
        "schedule-in-future": "agreed_on",
        "schedule-before-the-last": "agreed_on",
        "schedule-no-reason": "reason",
        "schedule-words-too-long": "reason",
    }

    agreed_on = DateField("Day on which it was agreed", "Leave it empty for today.")
    reason = TextField("Why", "A few words, like: refreshed in April 2017.", needed="Say why, in a few words.")

    @property
    def decision(self) -> ScheduleDecision:
        """Who decides, on which day, by the version that was read."""
        who = principal()
        on = self.agreed_on.day if "agreed_on" in self else None
        return ScheduleDecision(who.name, who.role, on or today(), today(), self.version)

    def leave_out(self, *names: str) -> None:
        """Leave out fields that this step has no use for."""
        for name in names:
            if name in self:
                del self[name]


def decision_of(version: int | None = None) -> ScheduleDecision:
    who = principal()
    return ScheduleDecision(who.name, who.role, today(), today(), version)


def edit_taken(one: ScheduleResult, edit: Edit, form: AgreementForm) -> str:
    """Write it, as a draft or as a change that was agreed; what was done."""
    register = services().register
    if one.is_draft:
        commands.edit_schedule(register, one.number, edit, form.decision)
        return "written"
    commands.change_schedule(register, one.number, edit, form.decision, form.reason.data)
    return "changed"


def form_page(
    one: ScheduleResult | None,
    heading: str,
    form: SeenForm,
    action: str,
    button: str,
    **context: Any,
) -> Page:
    """Any form about a contract."""
    if one is not None and not form.seen.data:
        form.seen.data = str(one.version)
    back = url_for(CONTRACT, number=one.number) if one else url_for(CONTRACT)
    return Page(
        "schedule-form.html",
        heading,
        schedule=one,
        form=form,
        errors=form.links,
        action=action,
        button={"text": button, "preventDoubleClick": True},
        back_to=back,
        **context,
    )


def to_contract(number: int, done: str) -> Any:
    return redirect(url_for(CONTRACT, number=number, done=done), 303)


def taken(
    one: ScheduleResult,
    form: SeenForm,
    field: str,
    step: Callable[[], Any],
    versions: Callable[[], Table] | None = None,
) -> tuple[Any, dict[str, Any]]:
    """Take a step: what it came to, else what the form's page shows more.

    `versions` is what was written beside what stands; without it, what was read is set beside that.
    """
    said: dict[str, Any] = {}
    with form.refusals_at(field):
        try:
            return step(), said
        except ChangedMeanwhile as changed:
            its_versions = versions() if versions else _read_beside(one, changed.seen)
            on = words.day(date.fromisoformat(one.written_at[:10]))
            said |= {"conflict": its_versions, "changed_by": one.written_by, "changed_on": on}
            form.seen.data = str(changed.newest)
    return None, said


def _read_beside(one: ScheduleResult, seen: int) -> Table:
    read = queries.schedule(snapshot(), guard.viewer(Right.KNOWLEDGE), one.number, version=seen)
    before = presented.as_cells(read) if read else {}
    return presented.versions_table(before, presented.as_cells(one), {}, "As you read it")


# ---- who works where, and when


class ContractTermsForm(AgreementForm):
    """A contract beside its KPIs."""

    field_of_code: ClassVar[Mapping[str, str]] = {
        **AgreementForm.field_of_code,
        "schedule-ends-before-it-begins": "last_day",
        "schedule-no-hubs": "hubs",
        "hub-twice": "hubs",
        "hub-unknown": "hubs",
        "agency-name-unfit": "hubs",
        "contract-overlaps": "hubs",
        "contract-succeeds-itself": "hubs",
        "schedule-overlaps": "first_day",
        "schedule-fixed": "first_day",
        "target-outside-contract": "last_day",
        "schedule-words-too-long": "name",
        "schedule-words-unreadable": "name",
    }

    name = TextField(
        "Name of the contract",
        "Like: Adult substance misuse service, Herefordshire.",
        needed="Give the contract a name.",
        render_kw={"maxlength": LONGEST_NAME},
    )
    provider = TextField("Provider", needed="Name the provider.", render_kw={"maxlength": LONGEST_NAME})
    hubs = HubsField(
        "Hubs",
        "The provider’s agencies that work under this contract, a row each. Empty a row to leave it out. An agency "
        "that is not in the list yet is called here what the contract calls it.",
    )
    first_day = DateField("First day", needed="Enter the first day.")
    last_day = DateField("Last day", "Leave it empty while none is agreed.")
    succeeds = TextField("Which contract it succeeds", "Leave it empty if there is none.")
    area = TextField("Only people living in one area", "Its code. Leave it empty for everybody.", width=10)

    def validate_area(self, field: TextField) -> None:
        """Refuse what is no code."""
        if field.data and not parameters.is_code(field.data):
            raise InvalidField("Write the area’s code as the files have it.")

    @property
    def terms(self) -> Terms:
        """What was written."""
        assert self.first_day.day is not None  # the form was validated
        return Terms(
            name=self.name.data,
            provider=self.provider.data,
            hubs=self.hubs.hubs,
            first_day=self.first_day.day,
            last_day=self.last_day.day,
            succeeds=self.succeeds.data,
            area=self.area.data,
        )

    @property
    def written(self) -> dict[str, str]:
        """What was written, by the names of its fields."""
        return {name: self[name].data for name in _TERMS} | {"hubs": self.hubs.text}


_TERMS: Final = ("name", "provider", "hubs", "first_day", "last_day", "succeeds", "area")


def _terms_of(one: ScheduleResult) -> dict[str, str]:
    return {
        "name": one.name,
        "provider": one.provider,
        "hubs": hub_lines(one.hubs),
        "first_day": one.first_day.isoformat(),
        "last_day": one.last_day.isoformat() if one.last_day else "",
        "succeeds": one.succeeds,
        "area": one.area or "",
    }


@blueprint.page("/contract/new", Right.KNOWLEDGE)
def new(_given: parameters.Given) -> Page:
    """The form of a new contract."""
    return _terms_page(None, ContractTermsForm(None))


@blueprint.page("/contract/new", Right.KNOWLEDGE, method="POST")
def draft(_given: parameters.Given) -> Any:
    """Write a contract down, as a draft."""
    form = ContractTermsForm()
    form.leave_out(*AGREEMENT)
    if form.hubs.adds_row:
        return _terms_page(None, form)
    if form.validate_on_submit():
        with form.refusals_at("name"):
            drafted = commands.draft_schedule(
                services().register, form.terms, (), decision_of(), new_names=form.hubs.new_names
            )
            return to_contract(drafted.number, "drafted")
    return _terms_page(None, form), 422


@blueprint.page(f"{NUMBER}/terms", Right.KNOWLEDGE)
def terms(_given: parameters.Given, number: int) -> Page:
    """The form of who works where, and when."""
    one = schedule_or_404(number, Right.KNOWLEDGE)
    return _terms_page(one, ContractTermsForm(None, data=_terms_of(one) | {"hubs": hub_rows(one.hubs)}))


@blueprint.page(f"{NUMBER}/terms", Right.KNOWLEDGE, method="POST")
def write_terms(_given: parameters.Given, number: int) -> Any:
    """Write who works where, and when, anew."""
    one, form = schedule_or_404(number, Right.KNOWLEDGE), ContractTermsForm()
    fit(form, one)
    if form.hubs.adds_row:
        return _terms_page(one, form)
    said: dict[str, Any] = {}
    if form.validate_on_submit():
        done, said = taken(
            one,
            form,
            "name",
            lambda: edit_taken(one, Edit(terms=form.terms, new_names=form.hubs.new_names), form),
            lambda: presented.versions_table(form.written, _terms_of(one), _TERM_WORDS),
        )
        if done:
            return to_contract(number, done)
    return _terms_page(one, form, **said), 422


_TERM_WORDS: Final = {
    "name": "Name of the contract",
    "provider": "Provider",
    "hubs": "Hubs",
    "first_day": "First day",
    "last_day": "Last day",
    "succeeds": "Which contract it succeeds",
    "area": "Only people living in one area",
}


def fit(form: AgreementForm, one: ScheduleResult | None) -> None:
    """Of a draft, no day and no reason are wanted."""
    if one is None or one.is_draft:
        form.leave_out(*AGREEMENT)


def _terms_page(one: ScheduleResult | None, form: ContractTermsForm, **said: Any) -> Page:
    fit(form, one)
    if one is None:
        return form_page(None, "Write down a contract", form, url_for("schedules_pages.draft"), "Save as a draft")
    button = "Save the draft" if one.is_draft else "Agree the change"
    action = url_for("schedules_pages.write_terms", number=one.number)
    return form_page(one, "Who works where, and when", form, action, button, **said)
