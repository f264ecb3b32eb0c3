"""Why one figure is not another."""

from dataclasses import replace

from flask import Response

from domain.measures.registry import measure_named
from web import parameters
from web.api import responses
from web.auth import guard
from web.auth.roles import Right
from web.parameters import Given
from web.queries.explain import explanations
from web.queries.parameters import version_named
from web.queries.slices import as_known

from .people import blueprint, noted_question


class DifferencesParameters(parameters.MeasureParameters):
    """The walk from one figure to another; what is not given for the end is as at the start."""

    to_as_of = parameters.DayField(load_default=None, description="The day of the end.")
    to_known_at = parameters.KnownAtField("Up to when is known at the end: a day, or @POSITION.")
    to_definition = parameters.definition_field("The definition's version at the end.")
    to_area = parameters.code_field("The area at the end.")
    to_agency = parameters.code_field("The agency at the end.")


@blueprint.query(
    "/differences",
    Right.CLIENTS,
    explanations.ExplanationResult,
    asks=DifferencesParameters,
    clients=True,
    errors=(404,),
)
def differences(args: Given) -> Response:
    """Why one figure is not another: step by step, and person by person."""
    slice_ = parameters.where_of(guard.snapshot(), args)
    end_slice = replace(slice_, area=args["to_area"] or slice_.area, agency=args["to_agency"] or slice_.agency)
    end_slice = as_known(guard.snapshot(), end_slice)
    ends = {name: value for name, value in args.items() if name.startswith("to_") and value is not None}
    snapshot, measure = guard.snapshot(), measure_named(args["measure"])
    question = noted_question(args, slice_, **ends)
    viewer = guard.viewer_of_clients(Right.CLIENTS, question, slice_, end_slice, measure=measure)
    as_of, known_at = parameters.standpoint_of(snapshot, args)
    start = explanations.StationQuery(as_of, known_at, slice_, version_named(args["definition"]))
    end = start.moved(
        args["to_as_of"],
        args["to_known_at"],
        end_slice.area,
        end_slice.agency,
        version_named(args["to_definition"]),
    )
    result = explanations.explain(snapshot, viewer, explanations.ExplanationQuery(measure, start, end))
    return responses.answered(result.document(), viewer)
