"""Targets of hubs and months: what was proposed and agreed, and the steps of both parties."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.contract_life.hub_targets import MOST_A_MONTH, MOST_HUBS, MOST_MONTHS, HubTargets, SharingRule
from domain.contract_life.targets import LONGEST_WORDS
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement import hub_targets as commands
from web.commands.agreement.hub_targets import HubSpeaker, Numbers
from web.parameters import Given
from web.problems import not_here
from web.queries.agreement import hub_targets as queries
from web.queries.agreement.hub_targets import HubTargetsQuery, ProposalQuery
from web.queries.contract_life.targets import all_targets

blueprint = ApiBlueprint(
    "hub-targets",
    __name__,
    url_prefix=PREFIX,
    description="How many completions each hub is to have in each month, as two parties agreed.",
)

_ONE = "/hub-targets/<int(min=1, max=2147483647):number>"


class HubTargetsParameters(parameters.Asks):
    """From which standpoint, and of which target; of all, where none is named."""

    as_of = parameters.DayField(required=True, description="Achieved up to this day.")
    known_at = parameters.KnownAtField()
    target = parameters.number_field("The number of one target.", 1, 2**31 - 1, load_default=None)


@blueprint.query("/hub-targets", Right.AGREED, queries.AllHubTargetsResult, asks=HubTargetsParameters, errors=(404,))
def hub_targets(args: Given) -> Response:
    """The hubs' part of each target, as agreed by then, beside what was achieved; a provider sees its own hubs."""
    viewer = guard.viewer(Right.AGREED)
    query = HubTargetsQuery(args["as_of"], args["known_at"], args["target"])
    return responses.answered(queries.hub_targets(guard.snapshot(), viewer, query).document(), viewer)


def _rule_field() -> fields.String:
    rules = list(map(str, SharingRule))
    words = {"description": "How the whole is shared out; typed in, where the numbers are given."}
    return fields.String(load_default=str(SharingRule.CASELOAD), validate=validate.OneOf(rules), metadata=words)


class ProposalParameters(HubTargetsParameters):
    """What is to be worked out."""

    target = parameters.number_field("The number of the target.", 1, 2**31 - 1, required=True)
    rule = _rule_field()
    whole = parameters.number_field(
        "How many completions are shared out; left out, those that are needed if as many start as before.",
        0,
        10**6,
        load_default=None,
    )


@blueprint.query("/hub-targets/proposal", Right.AGREE, queries.ProposalResult, asks=ProposalParameters, errors=(404,))
def proposal(args: Given) -> Response:
    """What a rule makes of a target, by hub and month; nothing is stored."""
    viewer = guard.viewer(Right.AGREE)
    return responses.answered(queries.proposal(guard.snapshot(), viewer, _proposal_query(args)).document(), viewer)


def _proposal_query(args: Given) -> ProposalQuery:
    return ProposalQuery(args["target"], SharingRule(args["rule"]), args["as_of"], args["known_at"], args["whole"])


class HubNumbersBody(parameters.Asks):
    """A hub's numbers, in the order of the months."""

    agency = parameters.CodeField(required=True, metadata={"description": "The hub.", "pattern": parameters.CODE})
    numbers = fields.List(
        fields.Integer(strict=True, validate=validate.Range(0, MOST_A_MONTH)),
        required=True,
        validate=validate.Length(1, MOST_MONTHS),
        metadata={"description": "Completions, month by month."},
    )


class StepBody(parameters.Asks):
    """What every step says: when it was said, and over which version."""

    seen = parameters.number_field("The `newest` that was read; left out, whatever stands.", load_default=None)
    on = parameters.DayField(load_default=None, description="The day on which it was said; today, if left out.")


class ProposalBody(StepBody):
    """A target and its numbers: worked out by a rule from a standpoint, or given."""

    target = parameters.number_field("The number of the target.", 1, 2**31 - 1, required=True)
    rule = _rule_field()
    as_of = parameters.DayField(load_default=None, description="Worked out by what had happened by this day.")
    known_at = parameters.KnownAtField()
    whole = parameters.number_field("How many are shared out.", 0, 10**6, load_default=None)
    first_month = parameters.DayField(load_default=None, description="The first day of the first month, with hubs.")
    hubs = fields.List(fields.Nested(HubNumbersBody), load_default=None, validate=validate.Length(1, MOST_HUBS))

    @validates_schema
    def _numbers_or_a_rule(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("hubs") is None and data.get("as_of") is None:
            raise ValidationError("Give the numbers of the hubs, or as_of, from where a rule works them out.", "hubs")
        if (data.get("hubs") is None) != (data.get("first_month") is None):
            raise ValidationError("The first month belongs to the numbers of the hubs.", "first_month")


@blueprint.endpoint(
    "POST",
    "/hub-targets",
    Right.AGREE,
    queries.HubTargetsResult,
    asks=ProposalBody,
    location="json",
    status=201,
    errors=(404, 409, 415),
)
def propose(args: Given) -> Response:
    """Propose how a target is shared out; whoever proposes has agreed to it, for its own side."""
    numbers = _numbers(args)
    return _said(
        args["target"],
        lambda: commands.propose(
            guard.services().register, args["target"], numbers, _speaker(args["on"]), args["seen"]
        ),
    )


def _numbers(args: Given) -> Numbers:
    """What is proposed: as it was given, else as the rule has it; a provider's beside those of others as they stand."""
    if args["hubs"] is None:
        made = queries.proposal(guard.snapshot(), guard.viewer(Right.AGREE), _proposal_query(args))
        return Numbers(made.whole, made.rule, made.months[0], {hub.agency: hub.numbers for hub in made.hubs})
    mine = {hub["agency"]: tuple(hub["numbers"]) for hub in args["hubs"]}
    of_hub = commands.with_others(guard.services().register, args["target"], mine, _speaker(args["on"]))
    whole = args["whole"] if args["whole"] is not None else sum(map(sum, of_hub.values()))
    return Numbers(whole, SharingRule.TYPED, args["first_month"], of_hub)


@blueprint.endpoint(
    "POST",
    f"{_ONE}/agree",
    Right.AGREE,
    queries.HubTargetsResult,
    asks=StepBody,
    location="json",
    status=201,
    errors=(404, 409, 415),
)
def agree(args: Given, number: int) -> Response:
    """Agree to what stands, for one's own side."""
    register = guard.services().register
    return _said(number, lambda: commands.agree(register, number, _speaker(args["on"]), args["seen"]))


class WithdrawalBody(StepBody):
    """Why it stands no more."""

    reason = fields.String(
        load_default="", validate=validate.Length(max=LONGEST_WORDS), metadata={"description": "Why, for the log."}
    )


@blueprint.endpoint(
    "POST",
    f"{_ONE}/withdraw",
    Right.AGREE,
    queries.HubTargetsResult,
    asks=WithdrawalBody,
    location="json",
    status=201,
    errors=(404, 409, 415),
)
def withdraw(args: Given, number: int) -> Response:
    """Take the newest version back; one that both sides had agreed to, the commissioner may end."""
    register = guard.services().register
    return _said(
        number, lambda: commands.withdraw(register, number, _speaker(args["on"]), args["reason"], args["seen"])
    )


def _speaker(on: date | None) -> HubSpeaker:
    """Who speaks: a provider for its own hubs, the commissioner for none."""
    user, viewer = guard.principal(), guard.viewer(Right.AGREE)
    return HubSpeaker(user.name, user.role, viewer.own if viewer.is_provider else None, on or today(), today())


def _said(number: int, step: Callable[[], HubTargets]) -> Response:
    """Take a step, and answer with what stands then."""
    viewer = guard.viewer(Right.AGREE)
    if all(one.number != number for one in all_targets(guard.snapshot())):
        raise not_here()
    step()
    with guard.services().snapshot() as after:
        result = queries.as_it_stands(after, viewer, number)
    return responses.answered(result.document(), viewer, 201)
