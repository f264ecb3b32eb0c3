"""Scorecards: every KPI with its target, what it is against it, its direction and its last year."""

from flask import Response
from marshmallow import fields, validate

from projections.performance.trend import BASES
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.parameters import Given
from web.queries.agreement.whole_scorecard import WholeScorecardQuery, WholeScorecardResult, whole_scorecard
from web.queries.performance import scorecards as queries

blueprint = ApiBlueprint(
    "scorecards", __name__, url_prefix=PREFIX, description="Every KPI with its target, and the targets themselves."
)


class ScorecardParameters(parameters.StandpointParameters):
    """A scorecard; its directions go by `basis`."""

    basis = fields.String(
        load_default=None,
        validate=validate.OneOf(list(BASES)),
        metadata={
            "description": "With what a figure is compared: the previous period, last year's, the first shown; left "
            "out, as its colour rule says, else the previous period."
        },
    )


@blueprint.query("/scorecard", Right.FIGURES, WholeScorecardResult, asks=ScorecardParameters, errors=(404,))
def scorecard(args: Given) -> Response:
    """Every KPI with its target, colour, variance, direction of travel and last twelve month ends."""
    slice_, snapshot = parameters.where_of(guard.snapshot(), args), guard.snapshot()
    viewer = guard.not_public(guard.viewer(Right.FIGURES, slice_))
    as_of, known_at = parameters.standpoint_of(snapshot, args)
    query = queries.ScorecardQuery(as_of, known_at, slice_, BASES.get(args["basis"]))
    card = whole_scorecard(snapshot, viewer, WholeScorecardQuery(query, today()))
    return responses.answered(card.document(), viewer)
