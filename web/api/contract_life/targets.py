"""Targets, which scorecards hold figures against: listed, set and withdrawn."""

import re
from datetime import date
from decimal import Decimal
from typing import Any, Final

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.contract_life.targets import LONGEST_WORDS, ColourRule, Comparator, Goal, TargetScale, target_words
from domain.errors import Refused
from domain.periods import Period
from projections.performance.targets import Target, Whose
from web import parameters
from web.api import responses
from web.api.performance.scorecards import blueprint
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.contract_life import targets as commands
from web.commands.contract_life.targets import TargetDecision
from web.parameters import Given
from web.problems import not_here
from web.queries.agreement.entered import measure_in
from web.queries.contract_life import targets as queries

_LAST_NUMBER: Final = 2**31 - 1
_ONE: Final = f"/targets/<int(min=1, max={_LAST_NUMBER}):number>"
_NUMBER: Final = r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?"


class TargetsParameters(parameters.Asks):
    """Which targets."""

    measure = parameters.any_measure_field(load_default=None)


@blueprint.query("/targets", Right.FIGURES, queries.TargetsResult, asks=TargetsParameters)
def targets(args: Given) -> Response:
    """Every target that was ever set, the oldest first; a provider sees those of its agencies and of sums over all."""
    viewer = guard.not_public(guard.viewer(Right.FIGURES))
    query = queries.TargetsQuery(measure_in(guard.snapshot(), args["measure"]) if args["measure"] else None)
    return responses.answered(queries.targets(guard.snapshot(), viewer, query).document(), viewer)


class ExactNumber(fields.Field[Decimal]):
    """A number as text, exact as it is written: 52.50."""

    def __init__(self, description: str, **kwargs: Any) -> None:
        described = {"description": description, "type": "string", "pattern": f"^{_NUMBER}$"}
        super().__init__(**kwargs, metadata=described)

    def _deserialize(self, value: Any, *_beside: Any, **_given: Any) -> Decimal:
        if not isinstance(value, str) or not re.fullmatch(_NUMBER, value):
            raise ValidationError('This is no number as text. Write it like "52.50".')
        return Decimal(value)


def _words(description: str, **kwargs: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=LONGEST_WORDS), metadata={"description": description}, **kwargs)


class RangeBody(parameters.Asks):
    """From one percentage to another."""

    low = ExactNumber("The low end, in percent.", required=True)
    high = ExactNumber("The high end, in percent.", required=True)


class BaselineBody(parameters.Asks):
    """On what a change is agreed."""

    percentage = ExactNumber("In percent.", required=True)
    words = _words("What it is, and of when.", required=True)


class ColoursBody(parameters.Asks):
    """How far on the wrong side of the target a figure is green still, or amber; beyond, it is red."""

    scale = fields.String(load_default=str(TargetScale.POINTS), validate=validate.OneOf(list(map(str, TargetScale))))
    green_within = ExactNumber("How far it is green.", load_default=Decimal(0))
    amber_within = ExactNumber("How far it is amber.", load_default=Decimal(0))


class ComparatorBody(RangeBody):
    """What others reach."""

    words = _words("Whose figures these are, and of when.", required=True)


class TargetBody(parameters.Asks):
    """What a measure is to reach: one of level, range, relative and points."""

    measure = parameters.any_measure_field(required=True)
    area = parameters.code_field("Of people living in this area; else of everybody.")
    agency = parameters.code_field("Of journeys at this agency; else of everybody.")
    first_day = parameters.DayField(required=True, description="The first day for which it counts.")
    last_day = parameters.DayField(required=True, description="The last.")
    level = ExactNumber("One percentage.", load_default=None)
    range = fields.Nested(RangeBody, load_default=None)
    relative = ExactNumber("A change on the baseline, in percent of it, signed.", load_default=None)
    points = ExactNumber("A change on the baseline in points, signed.", load_default=None)
    baseline = fields.Nested(BaselineBody, load_default=None)
    colours = fields.Nested(ColoursBody, load_default=None)
    comparator = fields.Nested(ComparatorBody, load_default=None)
    source = _words("Where it was agreed.", load_default="")
    agreed_on = parameters.DayField(
        load_default=None, description="The day on which it was agreed; today, if left out."
    )

    @validates_schema
    def _one_goal(self, data: dict[str, Any], **_: Any) -> None:
        goals = [name for name in ("level", "range", "relative", "points") if data.get(name) is not None]
        if len(goals) != 1:
            raise ValidationError("Give one of level, range, relative and points.", "level")
        if (data.get("baseline") is not None) != (goals[0] in {"relative", "points"}):
            raise ValidationError("A baseline belongs to relative and points, and only to these.", "baseline")


@blueprint.endpoint(
    "POST",
    "/targets",
    Right.KNOWLEDGE,
    queries.TargetResult,
    asks=TargetBody,
    location="json",
    status=201,
    errors=(415,),
)
def set_target(args: Given) -> Response:
    """Keep a target that was agreed; an earlier one stays what it was for whoever asks as known before."""
    target = commands.set_target(
        guard.services().register,
        measure_in(guard.snapshot(), args["measure"]),
        Whose(args["area"], args["agency"]),
        Period(args["first_day"], args["last_day"]),
        _goal(args),
        _decision(args["agreed_on"]),
        colours=_colours(args["colours"]),
        comparator=_comparator(args["comparator"]),
        source=args["source"],
    )
    return _recorded(target)


def _goal(args: Given) -> Goal:
    between, baseline = args["range"], args["baseline"] or {"percentage": None, "words": ""}
    return commands.goal_put(
        level=args["level"],
        between=(between["low"], between["high"]) if between else None,
        relative=args["relative"],
        points=args["points"],
        baseline=baseline["percentage"],
        baseline_words=baseline["words"],
    )


def _colours(colours: Given | None) -> ColourRule | None:
    if colours is None:
        return None
    return ColourRule(TargetScale(colours["scale"]), colours["green_within"], colours["amber_within"])


def _comparator(comparator: Given | None) -> Comparator | None:
    if comparator is None:
        return None
    return Comparator(comparator["low"], comparator["high"], target_words(comparator["words"]))


class TargetWithdrawalBody(parameters.Asks):
    """From when on a target counts no more, and why."""

    on = parameters.DayField(load_default=None, description="The day from which it counts no more; today, if left out.")
    reason = _words("Why, for the log.", load_default="")


@blueprint.endpoint(
    "POST",
    f"{_ONE}/withdraw",
    Right.KNOWLEDGE,
    queries.TargetResult,
    asks=TargetWithdrawalBody,
    location="json",
    status=201,
    errors=(404, 409, 415),
)
def withdraw_target(args: Given, number: int) -> Response:
    """Let a target count no more, for any day; as known before, it did."""
    try:
        target = commands.withdraw_target(guard.services().register, number, _decision(args["on"]), args["reason"])
    except Refused as refused:
        if refused.code == "target-unknown":
            raise not_here() from refused
        raise
    return _recorded(target)


def _decision(on: date | None) -> TargetDecision:
    user = guard.principal()
    return TargetDecision(user.name, user.role, on or today(), today())


def _recorded(target: Target) -> Response:
    return responses.answered(queries.target_result(target).document(), guard.viewer(Right.KNOWLEDGE), 201)
