"""Colour rules: which are in force and what they mean, a trial of one before it is agreed, agreeing and withdrawing."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from flask import redirect, url_for
from marshmallow import fields, validate

from web import parameters
from web.auth import guard
from web.auth.guard import principal, services, snapshot
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement import colour_rules as commands
from web.commands.agreement.colour_rules import RuleDecision
from web.pages.frame.agency_names import named
from web.pages.frame.forms import (
    DateField,
    Form,
    HiddenField,
    TextField,
    whole_number,
)
from web.pages.frame.layout import Page
from web.pages.frame.navigation import Place, PlaceGroup
from web.pages.frame.page import Pages
from web.presenters.agreement import colour_rules as words
from web.presenters.tables import Column, Link, Table
from web.queries.agreement import colour_rules as queries
from web.queries.agreement.colour_rules import ColourRuleResult, ColourRulesQuery
from web.queries.agreement.colour_trials import ColourTrial, TrialQuery, trial

LIST: Final = "colour_rules_pages.colour_rules"
ONE: Final = "colour_rules_pages.colour_rule"
PATH: Final = "/contract/colour-rules"
NUMBER: Final = f"{PATH}/<int(min=1, max=2147483647):number>"
DONE: Final = {
    "agreed": "The rule is agreed.",
    "loaded": "The rules of the file are agreed.",
    "changed": "The rule is changed.",
    "withdrawn": "The rule colours nothing any more.",
}

blueprint = Pages(
    "colour_rules_pages",
    __name__,
    Place(
        "Colour rules",
        LIST,
        Right.AGREED,
        PlaceGroup.AGREED,
        "When a figure is green, amber or red.",
    ),
)


class ColourRulesAddress(parameters.Asks):
    """What was just done."""

    done = fields.String(load_default=None, validate=validate.OneOf(list(DONE)))


COLUMNS: Final = (
    Column("Rule"),
    Column("KPI", aside=True),
    Column("Whose", aside=True),
    Column("In words"),
    Column("Figures from", whole=True),
    Column("Agreed", whole=True, aside=True),
    Column("State", aside=True),
)


@blueprint.page(PATH, Right.AGREED, ColourRulesAddress)
def colour_rules(args: parameters.Given) -> Page:
    """Every rule: those in force in words, each on the newest scorecard, and all of them in a table."""
    result = queries.colour_rules(snapshot(), guard.viewer(Right.AGREED), ColourRulesQuery())
    standing = [one for one in result.rules if one.state == "agreed"]
    rows = [_row(one) for one in reversed(result.rules)]
    return Page(
        "colour-rules.html",
        "Colour rules",
        {"rules": Table(COLUMNS, rows, "Every rule that was ever agreed, the newest first") if rows else None},
        standing=[(one, words.sentences_of(one.terms, named), words.example(_on_newest(one))) for one in standing],
        may_agree=_may_agree(),
        done=DONE.get(args["done"], ""),
    )


def _row(rule: ColourRuleResult) -> tuple[Any, ...]:
    terms = rule.terms
    return (
        Link(terms.name, url_for(ONE, number=rule.number), more=f", rule {rule.number}"),
        words.kpi_of(terms),
        named(terms.agency) if terms.agency else "everybody",
        terms.words,
        terms.first_day,
        rule.agreed_on,
        rule.state,
    )


def _on_newest(rule: ColourRuleResult) -> ColourTrial:
    """The rule on the newest scorecard."""
    return trial(snapshot(), guard.viewer(Right.AGREED), TrialQuery((), today(), rule.number))


def _may_agree() -> bool:
    return principal().reach(Right.KNOWLEDGE) is not None


# ---- one rule


class WithdrawRuleForm(Form):
    """Why a rule counts no more."""

    field_of_code: ClassVar[Mapping[str, str]] = {"rule-out-of-order": "on", "rule-in-future": "on"}

    reason = TextField("Why it counts no more", "It stays on record.", needed="Say why.")
    on = DateField("Day on which that was agreed", "Leave it empty for today.")
    seen = HiddenField()


@blueprint.page(NUMBER, Right.AGREED, ColourRulesAddress)
def colour_rule(args: parameters.Given, number: int) -> Page:
    """One rule: what it says, what it makes of the newest scorecard, and every step that led to it."""
    rule = one_rule(number)
    return _rule_page(rule, WithdrawRuleForm(None, seen=str(rule.version)), done=DONE.get(args["done"], ""))


def one_rule(number: int) -> ColourRuleResult:
    """The rule with this number.

    Raises:
        Problem: there is none (404).
        NotOwn: it is for another agency of a provider.
    """
    rule = queries.colour_rule(snapshot(), guard.viewer(Right.AGREED), number)
    if rule is None:
        guard.refuse_as_missing()
    return rule


_STEPS: Final = (Column("Step"), Column("On", whole=True), Column("By", aside=True), Column("What it says"))


def _rule_page(rule: ColourRuleResult, form: WithdrawRuleForm, **more: Any) -> Page:
    is_standing = rule.state == "agreed"
    steps = [
        (step.step, step.on, f"{step.actor}, {step.role}", step.terms.words if step.terms else step.reason)
        for step in rule.steps
    ]
    tried = _on_newest(rule) if is_standing else None
    return Page(
        "colour-rule.html",
        rule.terms.name,
        {
            "steps": Table(_STEPS, steps, "What was agreed of it, the oldest first"),
            "kpis": words.trial_table(tried) if tried else None,
        },
        title=f"Colour rule {rule.number}",
        rule=rule,
        sentences=words.sentences_of(rule.terms, named),
        example=words.example(tried) if tried else "",
        form=form,
        errors=form.links,
        may_agree=is_standing and _may_agree(),
        **more,
    )


@blueprint.page(f"{NUMBER}/withdraw", Right.KNOWLEDGE, method="POST")
def withdraw(_given: parameters.Given, number: int) -> Any:
    """Let a rule count no more, from a day on."""
    rule, form = one_rule(number), WithdrawRuleForm()
    if form.validate_on_submit():
        with form.refusals_at("reason"):
            decision = decision_of(form.on)
            commands.withdraw_rule(
                services().register, number, decision, form.reason.data, whole_number(form.seen.data)
            )
            return redirect(url_for(LIST, done="withdrawn"), 303)
    form.seen.data = str(rule.version)
    return _rule_page(rule, form), 422


def decision_of(agreed_on: DateField) -> RuleDecision:
    """Who decides, and on which day: today where none is entered."""
    who = principal()
    return RuleDecision(who.name, who.role, agreed_on.day or today(), today())
