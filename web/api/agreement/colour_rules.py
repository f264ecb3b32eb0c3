"""Colour rules, by which figures beside their targets are green, amber or red: listed, tried, agreed and withdrawn."""

from datetime import date
from typing import Any, Final

from flask import Response
from marshmallow import fields, validate

from domain.contract_life.targets import LONGEST_WORDS
from domain.errors import Refused
from projections.performance.colours.colour_rules import AgreedRule
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement import colour_rules as commands
from web.commands.agreement.colour_rules import RuleDecision
from web.files.agreement.rule_files import RuleFileSchema, RuleSchema, rule_read
from web.parameters import Given
from web.problems import not_here
from web.queries.agreement import colour_rules as queries
from web.queries.agreement.colour_rules import ColourRuleResult, ColourRulesQuery, ColourRulesResult
from web.queries.agreement.colour_trials import ColourTrial, TrialQuery, trial
from web.queries.agreement.entered import all_entered

blueprint = ApiBlueprint(
    "colour_rules",
    __name__,
    url_prefix=PREFIX,
    description="By which rules figures beside their targets are green, amber or red.",
)

_ONE: Final = f"/colour-rules/<int(min=1, max={2**31 - 1}):number>"


@blueprint.query("/colour-rules", Right.AGREED, ColourRulesResult, asks=parameters.Asks)
def colour_rules(_args: Given) -> Response:
    """Every colour rule that was ever agreed, the oldest first, each with every step that led to it."""
    viewer = guard.viewer(Right.AGREED)
    return responses.answered(queries.colour_rules(guard.snapshot(), viewer, ColourRulesQuery()).document(), viewer)


class ColourRulesBody(RuleFileSchema):
    """Colour rules, as a file of them has them: all are agreed, or none."""


@blueprint.endpoint(
    "POST",
    "/colour-rules",
    Right.KNOWLEDGE,
    ColourRulesResult,
    asks=ColourRulesBody,
    location="json",
    status=201,
    errors=(409, 415),
)
def agree_rules(args: Given) -> Response:
    """Agree colour rules; what was known before their days stays as it was coloured."""
    read = map(rule_read, args["rules"])
    rules = commands.agree_rules(guard.services().register, [(one.terms, _decision(one.agreed_on)) for one in read])
    return _answered(ColourRulesResult(list(map(queries.rule_result, rules))), 201)


@blueprint.endpoint(
    "POST", "/colour-rules/trial", Right.KNOWLEDGE, ColourTrial, asks=ColourRulesBody, location="json", errors=(415,)
)
def try_rules(args: Given) -> Response:
    """Which KPIs of the newest scorecard would change colour by these rules. Nothing is stored."""
    entered = all_entered(guard.snapshot())
    terms = tuple(commands.check_terms(rule_read(one).terms, entered) for one in args["rules"])
    return _answered(trial(guard.snapshot(), guard.viewer(Right.KNOWLEDGE), TrialQuery(terms, today())), 200)


def _seen() -> fields.Integer:
    return parameters.number_field(
        "The version from which this was written: refused if it is not the newest.", 1, load_default=None
    )


class ColourRuleChangeBody(RuleSchema):
    """Other terms of a rule, for the same figures."""

    seen = _seen()


@blueprint.endpoint(
    "POST",
    f"{_ONE}/change",
    Right.KNOWLEDGE,
    ColourRuleResult,
    asks=ColourRuleChangeBody,
    location="json",
    status=201,
    errors=(404, 409, 415),
)
def change_rule(args: Given, number: int) -> Response:
    """Agree a colour rule anew, with other terms; as known before, it stays what it was."""
    read = rule_read(args)
    return _recorded(
        lambda register: commands.change_rule(register, number, read.terms, _decision(read.agreed_on), args["seen"])
    )


class ColourRuleWithdrawalBody(parameters.Asks):
    """From when on a rule colours nothing, and why."""

    on = parameters.DayField(load_default=None, description="The day from which it counts no more; today, if left out.")
    reason = fields.String(
        load_default="", validate=validate.Length(max=LONGEST_WORDS), metadata={"description": "Why, for the log."}
    )
    seen = _seen()


@blueprint.endpoint(
    "POST",
    f"{_ONE}/withdraw",
    Right.KNOWLEDGE,
    ColourRuleResult,
    asks=ColourRuleWithdrawalBody,
    location="json",
    status=201,
    errors=(404, 409, 415),
)
def withdraw_rule(args: Given, number: int) -> Response:
    """Let a colour rule count no more; as known before, it did."""
    decision = _decision(args["on"])
    return _recorded(lambda register: commands.withdraw_rule(register, number, decision, args["reason"], args["seen"]))


def _decision(on: date | None) -> RuleDecision:
    user = guard.principal()
    return RuleDecision(user.name, user.role, on or today(), today())


def _recorded(command: Any) -> Response:
    try:
        rule: AgreedRule = command(guard.services().register)
    except Refused as refused:
        if refused.code == "rule-unknown":
            raise not_here() from refused
        raise
    return _answered(queries.rule_result(rule), 201)


def _answered(result: ColourRulesResult | ColourRuleResult | ColourTrial, status: int) -> Response:
    return responses.answered(result.document(), guard.viewer(Right.KNOWLEDGE), status)
