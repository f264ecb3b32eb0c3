"""Agreeing colour rules by a form, changing them, and trying them first: which KPIs would change colour."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Final

from flask import redirect, request, url_for

from domain.contract_life.colour_rules import Condition, ConditionColour, ConditionKind, DirectionBasis, RuleTerms
from domain.contract_life.targets import TargetScale
from domain.errors import ChangedMeanwhile, Refused
from domain.measures.registry import MEASURES
from web import parameters
from web.auth import guard
from web.auth.guard import services, snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement import colour_rules as commands
from web.pages.agreement.agency_fields import OneAgencyField
from web.pages.frame.agency_names import named
from web.pages.frame.forms import (
    CheckboxesField,
    DateField,
    Form,
    HiddenField,
    InvalidField,
    SelectField,
    TextField,
    whole_number,
)
from web.pages.frame.layout import Page
from web.presenters import text
from web.presenters.agreement import colour_rules as words
from web.presenters.tables import Table
from web.queries.agreement.colour_rules import ColourRuleResult, terms_result
from web.queries.agreement.colour_trials import ColourTrial, TrialQuery, trial
from web.queries.agreement.entered import all_entered, proportions

from .colour_rules import NUMBER, ONE, PATH, blueprint, decision_of, one_rule

_DISTANCE: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")


class DistanceInput(TextField):
    """How far beyond a target: `distance`, once the form was validated."""

    distance: Decimal = Decimal(0)

    def __init__(self, *texts: str, **settings: Any) -> None:
        super().__init__(*texts, width=5, options={"inputmode": "decimal", "spellcheck": False}, **settings)

    def pre_validate(self, form: Form) -> None:
        """Read it."""
        super().pre_validate(form)
        if self.data and not _DISTANCE.fullmatch(self.data):
            raise InvalidField("Write a number in figures, like 2.5.")
        self.distance = Decimal(self.data or 0)


_CONDITIONS: Final = {
    "amber:not improved on last year": "At best amber where it has not improved on the same period last year",
    "red:not improved on last year": "At best red where it has not improved on the same period last year",
    "amber:improved on last year": "At worst amber where it has improved on the same period last year",
    "amber:interval reaches the target": "At worst amber where its 95% interval reaches the target",
    "amber:worse than the comparator": "At best amber where it is worse than the comparator agreed with the target",
    "red:worse than the comparator": "At best red where it is worse than the comparator agreed with the target",
}
"""Each condition as a form has it, in words."""


COLOURED: Final = tuple(one for one in MEASURES if one.polarity is not None and not one.immature)
"""The KPIs that may have a colour."""


class RuleForm(Form):
    """A rule: which figures it colours, and how."""

    field_of_code: ClassVar[Mapping[str, str]] = {
        "rule-unnamed": "name",
        "rule-distance": "amber_within",
        "rule-amber-before-green": "amber_within",
        "rule-condition-twice": "conditions",
        "rule-condition-idle": "conditions",
        "rule-twice": "first_day",
        "rule-in-future": "agreed_on",
        "rule-out-of-order": "agreed_on",
        "rule-published": "agreed_on",
        "target-words-too-long": "source",
        "target-words-unreadable": "source",
    }

    name = TextField("Name", "Each colour names its rule, like “Herefordshire’s”.", needed="Give the rule a name.")
    measure = SelectField(
        "KPI",
        "The rule of one KPI goes before that of the contract.",
        choices={"": "Every KPI: the contract’s rule"} | {one.code: f"{one.name} ({one.code})" for one in COLOURED},
    )
    agency = OneAgencyField("Only of one agency")
    first_day = DateField(
        "First day of the figures that it colours", needed="Enter the first day of the figures that it colours."
    )
    agreed_on = DateField(
        "Day on which it was agreed",
        "It decides in scorecards as known on it or later. Leave it empty for today.",
    )
    scale = SelectField(
        "Distances are in",
        choices={"points": "Points: 6% is 2 points below 8%", "relative": "Percent of the target: 6% is 25% below 8%"},
    )
    green_within = DistanceInput("Green up to", "So far from the target it is still green. Leave it empty for none.")
    amber_within = DistanceInput("Amber up to", "So far from it, it is amber, not red. Leave it empty for no amber.")
    conditions = CheckboxesField(
        "Conditions", "At best is no better than, at worst no worse than. Of one kind, choose one.", choices=_CONDITIONS
    )
    direction = SelectField(
        "Directions are compared with",
        choices={
            "": "Left to whoever reads",
            "previous": "The previous period",
            "last-year": "The same period last year",
            "first": "The first period shown",
        },
    )
    source = TextField("Where it was agreed", "A contract or a paper. You can leave it empty.")

    def __init__(self, *written: Any, **settings: Any) -> None:
        super().__init__(*written, **settings)
        entered = {one.code: f"{one.name} ({one.code})" for one in proportions(snapshot())}
        self.measure.choices = {**self.measure.choices, **entered}

    @property
    def rule(self) -> RuleTerms:
        """What is to be agreed."""
        code = self.measure.data if self.measure.data in self.measure.choices else ""
        return self.terms(code or None, self.agency.data.upper() or None)

    def terms(self, measure: str | None, agency: str | None) -> RuleTerms:
        """The rule, of the form as it was validated."""
        pairs = [one.split(":", 1) for one in self.conditions.data or []]
        return RuleTerms(
            name=self.name.data,
            first_day=self.first_day.day or today(),
            measure=measure,
            agency=agency,
            scale=TargetScale.RELATIVE if self.scale.data == "relative" else TargetScale.POINTS,
            green_within=self.green_within.distance,
            amber_within=self.amber_within.distance,
            conditions=tuple(Condition(ConditionKind(when), ConditionColour(colour)) for colour, when in pairs),
            direction=DirectionBasis(self.direction.data) if self.direction.data in set(DirectionBasis) else None,
            source=self.source.data,
        )


def trial_of(terms: list[RuleTerms], number: int | None = None) -> ColourTrial:
    """What rules would make of the newest scorecard, in place of the rule of this number; raises Refused."""
    entered = all_entered(snapshot())
    checked = tuple(commands.check_terms(one, entered) for one in terms)
    return trial(snapshot(), guard.viewer(Right.KNOWLEDGE), TrialQuery(checked, today(), number))


@blueprint.page(f"{PATH}/new", Right.KNOWLEDGE)
def new(_given: parameters.Given) -> Page:
    """The form of a new rule."""
    return _new_page(RuleForm(None))


def _new_page(form: RuleForm, tried: ColourTrial | None = None) -> Page:
    return rule_form_page("Agree a colour rule", form, url_for("colour_rules_pages.agree"), "Agree the rule", tried)


def rule_form_page(heading: str, form: Form, action: str, button: str, tried: ColourTrial | None, **more: Any) -> Page:
    """A form of rules, with two buttons: to try them, and to agree them; what was tried stands above it."""
    return Page(
        "colour-rule-form.html",
        heading,
        {"kpis": words.trial_table(tried)} if tried else {},
        form=form,
        action=action,
        button=button,
        tried=list(words.trial_sentences(tried)) if tried else [],
        **{"errors": form.links} | more,
    )


def is_trial() -> bool:
    """Whether the button was pressed that only tries what was entered."""
    return request.form.get("step") == "try"


@blueprint.page(f"{PATH}/new", Right.KNOWLEDGE, method="POST")
def agree(_given: parameters.Given) -> Any:
    """Try a rule, or agree it."""
    form = RuleForm()
    if form.validate_on_submit():
        with form.refusals_at("name"):
            if is_trial():
                return _new_page(form, trial_of([form.rule]))
            rule = commands.agree_rule(services().register, form.rule, decision_of(form.agreed_on))
            return redirect(url_for(ONE, number=rule.number, done="agreed"), 303)
    return _new_page(form), 422


class ChangeRuleForm(RuleForm):
    """Other terms of a rule for the same figures, and the version from which they were written."""

    seen = HiddenField()

    def __init__(self, *written: Any, **settings: Any) -> None:
        super().__init__(*written, **settings)
        del self.measure, self.agency


@blueprint.page(f"{NUMBER}/change", Right.KNOWLEDGE)
def to_change(_given: parameters.Given, number: int) -> Page:
    """A rule in a form, to be changed."""
    rule = one_rule(number)
    terms = rule.terms
    form = ChangeRuleForm(
        None,
        name=terms.name,
        first_day=terms.first_day.isoformat(),
        scale=str(terms.scale),
        green_within=_written(terms.green_within),
        amber_within=_written(terms.amber_within),
        conditions=[f"{one.colour}:{one.when}" for one in terms.conditions],
        direction=str(terms.direction or ""),
        source=terms.source,
        seen=str(rule.version),
    )
    return _change_page(rule, form)


def _written(distance: str) -> str:
    return "" if not Decimal(distance) else distance


def _change_page(
    rule: ColourRuleResult, form: ChangeRuleForm, tried: ColourTrial | None = None, versions: Table | None = None
) -> Page:
    newest = rule.steps[-1]
    return rule_form_page(
        f"Change {rule.terms.name}",
        form,
        url_for("colour_rules_pages.change", number=rule.number),
        "Change the rule",
        tried,
        rule=rule,
        scope=words.sentences_of(rule.terms, named)[0],
        versions=versions,
        who=newest.actor,
        when=text.day(newest.on),
    )


@blueprint.page(f"{NUMBER}/change", Right.KNOWLEDGE, method="POST")
def change(_given: parameters.Given, number: int) -> Any:
    """Try other terms of a rule, or agree them; over a version that is not the newest, both are shown."""
    rule, form = one_rule(number), ChangeRuleForm()
    if not form.validate_on_submit():
        return _change_page(rule, form), 422
    terms = form.terms(rule.terms.measure, rule.terms.agency)
    try:
        if is_trial():
            return _change_page(rule, form, trial_of([terms], number))
        commands.change_rule(
            services().register, number, terms, decision_of(form.agreed_on), whole_number(form.seen.data)
        )
    except ChangedMeanwhile:
        form.seen.data = str(rule.version)
        return _change_page(rule, form, versions=words.both_versions(terms_result(terms), rule)), 409
    except Refused as refused:
        form.refuse(refused, "name")
        return _change_page(rule, form), 422
    return redirect(url_for(ONE, number=number, done="changed"), 303)
