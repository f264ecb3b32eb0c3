"""Contribution: which agency and which segment makes a figure miss its target."""

from flask import Response

from domain.measures.registry import measure_named
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.parameters import Given
from web.queries.performance import contribution as queries

blueprint = ApiBlueprint(
    "contribution", __name__, url_prefix=PREFIX, description="Which part of a figure makes it miss its target."
)


class ContributionParameters(parameters.StandpointParameters):
    """One figure, and the day on which a caseload passed on, if one is given."""

    measure = parameters.measure_field(required=True)
    handover_on = parameters.DayField(
        load_default=None,
        description="The first day of a new contract: the figure is parted by who was in treatment then.",
    )


@blueprint.query("/contribution", Right.FIGURES, queries.MissResult, asks=ContributionParameters, errors=(404,))
def contribution(args: Given) -> Response:
    """A figure by agency and by segment, each against the target of the whole; the parts add up exactly."""
    slice_, snapshot = parameters.where_of(guard.snapshot(), args), guard.snapshot()
    viewer = guard.not_public(guard.viewer(Right.FIGURES, slice_))
    as_of, known_at = parameters.standpoint_of(snapshot, args)
    measure = measure_named(args["measure"])
    query = queries.ContributionQuery(measure, as_of, known_at, slice_, args["handover_on"])
    return responses.answered(queries.contribution(snapshot, viewer, query).document(), viewer)
