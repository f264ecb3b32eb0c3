"""Did it help: a measure before a plan's first day and after it."""

from flask import Response

from domain.measures.registry import measure_named
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.parameters import Given
from web.queries.improvement import did_it_help as queries

blueprint = ApiBlueprint(
    "did_it_help", __name__, url_prefix=PREFIX, description="A measure before a plan's first day and after it."
)


class DidItHelpParameters(parameters.SliceParameters):
    """A measure of a slice, and the first day of what was to help."""

    measure = parameters.measure_field(required=True)
    first_day = parameters.DayField(required=True, description="The first day of the plan.")
    known_at = parameters.KnownAtField()


@blueprint.query("/did-it-help", Right.FIGURES, queries.DidItHelpResult, asks=DidItHelpParameters, errors=(404,))
def did_it_help(args: Given) -> Response:
    """A measure before and after a day: what was corrected since, what changed, and whether chance gives as much."""
    snapshot = guard.snapshot()
    slice_ = parameters.where_of(snapshot, args)
    viewer = guard.not_public(guard.viewer(Right.FIGURES, slice_))
    query = queries.DidItHelpQuery(measure_named(args["measure"]), args["first_day"], slice_, args["known_at"])
    return responses.answered(queries.did_it_help(snapshot, viewer, query).document(), viewer)
