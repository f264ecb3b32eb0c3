"""Targets: what each KPI is to reach, from when to when. Listed, set and withdrawn."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Final

from flask import redirect, url_for
from marshmallow import fields, validate

from domain.contract_life.targets import ColourRule, Goal
from domain.measures.registry import MEASURES
from domain.periods import Period
from projections.performance.targets import Whose
from web import parameters
from web.auth import guard
from web.auth.guard import principal, services, snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.contract_life import targets as commands
from web.commands.contract_life.targets import TargetDecision
from web.pages.agreement.agency_fields import OneAgencyField
from web.pages.frame.agency_names import named
from web.pages.frame.forms import DateField, Form, InvalidField, SelectField, TextField
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters.contract_life.targets import terms_of, to_be_reached
from web.presenters.tables import Column, Link, Table
from web.queries.agreement.entered import measure_in, proportions
from web.queries.contract_life import targets as queries
from web.queries.contract_life.targets import TargetResult, TargetsQuery

LIST: Final = "targets_pages.targets"
_NUMBER: Final = "/targets/<int(min=1, max=2147483647):number>"
_DONE: Final = {"set": "The target is set.", "withdrawn": "The target counts no more."}
_PERCENTAGE: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")

blueprint = Pages(
    "targets_pages",
    __name__,
    Place(
        "Targets",
        LIST,
        Right.FIGURES,
        PlaceGroup.AGREED,
        "What each measure should reach, and from when.",
    ),
)


class TargetsAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(_DONE)))


COLUMNS: Final = (
    Column("KPI"),
    Column("Target"),
    Column("Whose", aside=True),
    Column("From", whole=True),
    Column("To", whole=True),
    Column("Agreed", whole=True, aside=True),
    Column("State", aside=True),
)


@blueprint.page("/targets", Right.FIGURES, TargetsAddress)
def targets(args: parameters.Given) -> Page:
    """Every target that was ever set, those that end last first."""
    result = queries.targets(snapshot(), _viewer(), TargetsQuery())
    newest_first = sorted(result.targets, key=lambda one: (one.last_day, one.number), reverse=True)
    rows = [_row(one) for one in newest_first]
    return Page(
        "targets.html",
        "Targets",
        {"targets": Table(COLUMNS, rows, "Those that end last first") if rows else None},
        may_set=principal().reach(Right.KNOWLEDGE) is not None,
        done=_DONE.get(args["done"], ""),
    )


def _viewer() -> Any:
    return guard.not_public(guard.viewer(Right.FIGURES))


def _row(one: TargetResult) -> tuple[Any, ...]:
    return (
        Link(_name(one), url_for("targets_pages.target", number=one.number), more=f", target {one.number}"),
        to_be_reached(one),
        whose(one),
        one.first_day,
        one.last_day,
        one.agreed.on,
        "withdrawn" if one.withdrawn else "counts",
    )


def _name(one: TargetResult) -> str:
    measure = measure_in(snapshot(), one.measure)
    return f"{measure.name} ({measure.code})"


def whose(one: TargetResult) -> str:
    """Of whom the figure is that the target is for."""
    parts = [f"area {one.area}" if one.area else "", named(one.agency) if one.agency else ""]
    return ", ".join(filter(None, parts)) or "everybody"


class WithdrawTargetForm(Form):
    """Why a target counts no more."""

    reason = TextField("Why it counts no more", "It stays on record.", needed="Say why.")


@blueprint.page(_NUMBER, Right.FIGURES)
def target(_given: parameters.Given, number: int) -> Page:
    """One target, as it was agreed."""
    return _target_page(_one(number), WithdrawTargetForm(None))


def _one(number: int) -> TargetResult:
    """The target with this number.

    Raises:
        Problem: there is none (404).
        NotOwn: it is for another agency of a provider.
    """
    one = queries.target(snapshot(), _viewer(), number)
    if one is None:
        guard.refuse_as_missing()
    return one


def _target_page(one: TargetResult, form: WithdrawTargetForm) -> Page:
    return Page(
        "target.html",
        _name(one),
        title=f"Target {one.number}",
        target=one,
        said=f"{to_be_reached(one)}, of {whose(one)}.",
        terms=list(terms_of(one)),
        form=form,
        errors=form.links,
        may_withdraw=one.withdrawn is None and principal().reach(Right.KNOWLEDGE) is not None,
    )


@blueprint.page(f"{_NUMBER}/withdraw", Right.KNOWLEDGE, method="POST")
def withdraw(_given: parameters.Given, number: int) -> Any:
    """Let a target count no more, from today on."""
    one, form = _one(number), WithdrawTargetForm()
    if form.validate_on_submit():
        with form.refusals_at("reason"):
            commands.withdraw_target(services().register, number, _decision(), form.reason.data)
            return redirect(url_for(LIST, done="withdrawn"), 303)
    return _target_page(one, form), 422


# ---- setting one


class PercentageField(TextField):
    """A percentage: `percentage`, once the form was validated."""

    percentage: Decimal | None = None

    def __init__(self, *texts: str, **settings: Any) -> None:
        options = {"suffix": {"text": "%"}, "inputmode": "decimal", "spellcheck": False}
        super().__init__(*texts, width=5, options=options, **settings)

    def pre_validate(self, form: Form) -> None:
        """Read it."""
        super().pre_validate(form)
        written = self.data.removesuffix("%").strip()
        if written and not _PERCENTAGE.fullmatch(written):
            raise InvalidField("Write a percentage in figures, like 52.5.")
        self.percentage = Decimal(written) if written else None


MAY_HAVE_ONE: Final = tuple(one for one in MEASURES if one.polarity is not None and not one.immature)
"""The KPIs that may have a target."""


class TargetForm(Form):
    """What a KPI is to reach: one percentage, or from one to another."""

    field_of_code: ClassVar[Mapping[str, str]] = {
        "target-period-empty": "last_day",
        "target-in-future": "agreed_on",
        "target-range-empty": "high",
        "target-colours": "amber_within",
        "target-words-too-long": "source",
        "target-words-unreadable": "source",
    }

    measure = SelectField(
        "KPI",
        choices={"": "Choose a KPI"} | {one.code: f"{one.name} ({one.code})" for one in MAY_HAVE_ONE},
        needed="Choose a KPI.",
    )
    low = PercentageField("Target", "The percentage to be reached.", needed="Enter the percentage.")
    high = PercentageField("Up to", "Only if the target is a range, from one percentage to another.")
    amber_within = PercentageField(
        "Nearly reached within",
        "So many points from the target a figure is amber and not red. Leave it empty for none.",
    )
    agency = OneAgencyField("Only of one agency")
    first_day = DateField("First day for which it counts", needed="Enter the first day.")
    last_day = DateField("Last day for which it counts", needed="Enter the last day.")
    agreed_on = DateField("Day on which it was agreed", "Leave it empty for today.")
    source = TextField("Where it was agreed", "A contract or a paper. You can leave it empty.")

    def __init__(self, *sent: Any, **settings: Any) -> None:
        super().__init__(*sent, **settings)
        entered = {one.code: f"{one.name} ({one.code})" for one in proportions(snapshot())}
        self.measure.choices = {**self.measure.choices, **entered}

    @property
    def goal(self) -> Goal:
        """What is to be reached."""
        low, high = self.low.percentage or Decimal(0), self.high.percentage
        return Goal.level(low) if high is None else Goal.range(low, high)

    @property
    def colours(self) -> ColourRule:
        """From where on a figure is red."""
        return ColourRule(amber_within=self.amber_within.percentage or Decimal(0))


class NewTargetAddress(parameters.Asks):
    """What the form is filled with."""

    measure = fields.String(
        load_default="", validate=validate.Length(max=40), metadata={"description": "Of which KPI."}
    )


@blueprint.page("/targets/new", Right.KNOWLEDGE, NewTargetAddress)
def new(args: parameters.Given) -> Page:
    """The form of a new target."""
    return _new_page(TargetForm(None, data={"measure": args["measure"]}))


def _new_page(form: TargetForm) -> Page:
    may_see = principal().reach(Right.FIGURES) is not None
    return Page("target-new.html", "Set a target", form=form, errors=form.links, may_see=may_see)


@blueprint.page("/targets/new", Right.KNOWLEDGE, method="POST")
def set_target(_given: parameters.Given) -> Any:
    """Set what a KPI is to reach."""
    form = TargetForm()
    if form.validate_on_submit() and form.first_day.day and form.last_day.day:
        period = Period(form.first_day.day, form.last_day.day)
        with form.refusals_at("low"):
            commands.set_target(
                services().register,
                measure_in(snapshot(), form.measure.data),
                Whose(None, form.agency.data.upper() or None),
                period,
                form.goal,
                _decision(form.agreed_on),
                colours=form.colours,
                source=form.source.data,
            )
            may_see = principal().reach(Right.FIGURES) is not None
            return redirect(url_for(LIST, done="set") if may_see else url_for("set_up.tasks"), 303)
    return _new_page(form), 422


def _decision(agreed_on: DateField | None = None) -> TargetDecision:
    who = principal()
    return TargetDecision(who.name, who.role, (agreed_on.day if agreed_on else None) or today(), today())
