"""Where this service's council stands among all that are read together."""

from typing import Final

from flask import Response
from marshmallow import fields, validate

from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.parameters import Given
from web.queries.parameters import measures_named
from web.queries.performance.national import NationalFiguresQuery, NationalFiguresResult
from web.queries.performance.national_here import figures_here

_MOST_COMPARED: Final = 200

blueprint = ApiBlueprint(
    "national", __name__, url_prefix=PREFIX, description="Where this council stands among all that are read together."
)


class NationalFiguresParameters(parameters.Asks):
    """Some measures of all councils at one standpoint; all measures, where none is named."""

    as_of = parameters.DayField(required=True, description="The last day whose happenings are seen; a month's end.")
    known_at = parameters.DayField(
        load_default=None,
        description="A month's end, as known on which; if left out, all that each council knows.",
    )
    measure = fields.List(parameters.measure_field(), load_default=list)
    among = fields.List(
        parameters.CodeField(),
        load_default=list,
        validate=validate.Length(max=_MOST_COMPARED),
        metadata={"description": "A council to be compared with; again for each of the group."},
    )


@blueprint.query("/national", Right.NATIONAL, NationalFiguresResult, asks=NationalFiguresParameters, errors=(422,))
def figures(args: Given) -> Response:
    """All councils' figures with places and quartiles; other councils' small counts are suppressed."""
    measures, among = measures_named(args["measure"]), tuple(dict.fromkeys(args["among"]))
    query = NationalFiguresQuery(args["as_of"], args["known_at"], measures, among)
    result = figures_here(guard.services().settings.national, query)
    return responses.answered(result, guard.viewer(Right.NATIONAL))
