"""A re-tender: POST /retenders tries it or says it, all at once."""

from flask import Response
from marshmallow import Schema, fields, validate

from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.api.openapi import reference
from web.api.records.manual import ManualRequest
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement.handover.retender import say_retender
from web.commands.agreement.handover.retender_plan import Passing, Retender
from web.commands.agreement.handover.retender_results import Retendered
from web.commands.agreement.handover.retender_trial import RetenderTrial, try_retender
from web.commands.commit import Receipt
from web.files.episode_list import EpisodeLine
from web.files.mapping import LONGEST_REFERENCE, MOST_LINES
from web.parameters import Given

blueprint = ApiBlueprint(
    "retender", __name__, url_prefix=PREFIX, description="One contract ends, the next begins, and a caseload passes."
)

_MOST_PASSES = 50


def _agency(description: str) -> fields.String:
    return fields.String(
        required=True,
        validate=parameters.Whole(parameters.CODE, error="This is no such code."),
        metadata={"description": description},
    )


def _reference(description: str) -> fields.String:
    length = validate.Length(1, LONGEST_REFERENCE)
    return fields.String(required=True, validate=length, metadata={"description": description})


class PassingSchema(Schema):
    """Which agency's caseload passes to which."""

    from_agency = _agency("The agency before.")
    to_agency = _agency("The agency after it.")


class EpisodeLineSchema(Schema):
    """An episode by its agency's own references."""

    agency = _agency("The agency before.")
    client_reference = _reference("Its CLIENT.")
    episode_reference = _reference("Its EPISODID.")


class RetenderRequest(ManualRequest):
    """A re-tender; with `dry_run` it is tried, and every figure is given before and after."""

    passes = fields.List(
        fields.Nested(PassingSchema),
        required=True,
        validate=validate.Length(1, _MOST_PASSES),
        metadata={"description": "The pairs of agencies."},
    )
    on = parameters.DayField(required=True, description="The first day of the new contract.")
    last_day = parameters.DayField(
        load_default=None, allow_none=True, description="Its last; null while none is agreed."
    )
    episodes = fields.List(
        fields.Nested(EpisodeLineSchema),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, MOST_LINES),
        metadata={"description": "Only these episodes pass; null for the whole open caseload."},
    )
    seen = parameters.number_field(
        "The position that the trial was made from: refused if something was submitted since.", load_default=None
    )


@blueprint.endpoint(
    "POST",
    "/retenders",
    Right.KNOWLEDGE,
    Retendered,
    asks=RetenderRequest,
    location="json",
    status=201,
    errors=(409,),
)
@blueprint.alt_response(200, schema=reference(RetenderTrial), description="Tried; nothing stored.", success=True)
def retenders(args: Given) -> Response:
    """End the old contracts, agree the new ones and hand the caseloads over, in one commit; or try it."""
    services, who, on = guard.services(), guard.principal(), today()
    receipt = Receipt(args["received_on"] or on, on, who.name, who.role, args["dry_run"])
    asked = _asked(args)
    viewer = guard.viewer(Right.KNOWLEDGE)
    if args["dry_run"]:
        return responses.answered(try_retender(services, asked, receipt).document(), viewer)
    return responses.answered(say_retender(services.register, asked, receipt, args["seen"]).document(), viewer, 201)


def _asked(args: Given) -> Retender:
    passes = tuple(Passing(one["from_agency"].upper(), one["to_agency"].upper()) for one in args["passes"])
    episodes = args["episodes"]
    chosen = None
    if episodes is not None:
        chosen = tuple(
            EpisodeLine(row, one["agency"].upper(), one["client_reference"], one["episode_reference"])
            for row, one in enumerate(episodes, 1)
        )
    return Retender(passes, args["on"], args["last_day"], chosen)
