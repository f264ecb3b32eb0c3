"""Completions needed: what it takes to meet each target by its last day."""

from flask import Response
from marshmallow import fields

from domain.measures.registry import measure_named
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.parameters import Given
from web.queries.agreement import completions_needed as queries

blueprint = ApiBlueprint(
    "completions-needed", __name__, url_prefix=PREFIX, description="What it takes to meet a target by its last day."
)


class CompletionsNeededParameters(parameters.StandpointParameters):
    """Some measures from one standpoint; all that have a target then, where none is named."""

    measure = fields.List(parameters.measure_field(), load_default=list)


@blueprint.query(
    "/completions-needed",
    Right.FIGURES,
    queries.CompletionsNeededResult,
    asks=CompletionsNeededParameters,
    errors=(404,),
)
def completions_needed(args: Given) -> Response:
    """What it takes to meet each target as it will be published at its last day: by hub and by month."""
    slice_, snapshot = parameters.where_of(guard.snapshot(), args), guard.snapshot()
    viewer = guard.not_public(guard.viewer(Right.FIGURES, slice_))
    as_of, known_at = parameters.standpoint_of(snapshot, args)
    asked = tuple(measure_named(code) for code in dict.fromkeys(args["measure"]))
    query = queries.CompletionsNeededQuery(as_of, known_at, asked, slice_)
    return responses.answered(queries.completions_needed(snapshot, viewer, query).document(), viewer)
