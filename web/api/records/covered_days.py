"""Covered days: POST /covered-days corrects which days a monthly file covers; GET lists the corrections."""

from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.periods import Period
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.api.openapi import reference
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.commit import Receipt
from web.commands.records.covered_days import AS_NAMED, LONGEST_REASON, DaysCorrected, correct_covered_days
from web.parameters import Given
from web.queries.records.covered_days import CorrectionsResult
from web.queries.records.covered_days import corrections as corrections_of

from .manual import ManualRequest

blueprint = ApiBlueprint(
    "covered-days",
    __name__,
    url_prefix=PREFIX,
    description="Which days a monthly file covers, where its name is wrong.",
)


class CoveredDaysRequest(ManualRequest):
    """Which file, and the days that it covers: two days, none, or those of its name."""

    submission = parameters.WholeNumber(
        required=True,
        strict=True,
        validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "The number of the file's submission."},
    )
    first_day = parameters.DayField(
        load_default=None, allow_none=True, description="The first day that it covers; null, as last_day, for none."
    )
    last_day = parameters.DayField(load_default=None, allow_none=True, description="The last day that it covers.")
    none = parameters.flag_field("It covers no day.")
    as_named = parameters.flag_field("It covers the days of its name after all.")
    reason = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_REASON),
        metadata={"description": "Why, for the log and for the agency. Name nobody in it."},
    )

    @validates_schema
    def _one_of_three(self, data: dict[str, Any], **_: Any) -> None:
        days = (data.get("first_day"), data.get("last_day"))
        ways = [any(days), bool(data.get("none")), bool(data.get("as_named"))]
        if ways.count(True) != 1 or (any(days) and not all(days)):
            raise ValidationError("Give first_day and last_day, or none, or as_named.", "first_day")


@blueprint.endpoint(
    "POST",
    "/covered-days",
    Right.KNOWLEDGE,
    DaysCorrected,
    asks=CoveredDaysRequest,
    location="json",
    status=201,
    errors=(409,),
)
@blueprint.alt_response(200, schema=reference(DaysCorrected), description="Tried; nothing stored.", success=True)
def correct(args: Given) -> Response:
    """Say which days a monthly file covers: only days of its name, or none."""
    who, on = guard.principal(), today()
    receipt = Receipt(args["received_on"] or on, on, who.name, who.role, args["dry_run"])
    period = Period(args["first_day"], args["last_day"]) if args["first_day"] else None
    days = AS_NAMED if args["as_named"] else period
    done = correct_covered_days(guard.services().register, args["submission"], days, args["reason"], receipt)
    status = 200 if args["dry_run"] else 201
    return responses.answered(done.document(), guard.viewer(Right.KNOWLEDGE), status)


@blueprint.query("/covered-days", Right.KNOWLEDGE, CorrectionsResult)
def corrections() -> Response:
    """Every correction of covered days, and whether it still stands."""
    viewer = guard.viewer(Right.KNOWLEDGE)
    return responses.answered(corrections_of(guard.snapshot(), viewer).document(), viewer)
