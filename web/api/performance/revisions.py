"""What late knowledge does to figures: restatements, forecasts, and which files came when."""

from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.measures.registry import measure_named
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.parameters import Given
from web.queries.parameters import measures_named, period_ends, version_named
from web.queries.performance import forecasts as forecasting
from web.queries.performance import revisions as revising

blueprint = ApiBlueprint("late", __name__, url_prefix=PREFIX, description="How far a figure can be relied on yet.")


class RevisionsParameters(parameters.SliceParameters):
    """Some measures, or all, at the ends of months or quarters."""

    measure = fields.List(parameters.measure_field(), load_default=list)
    first_day = parameters.from_field(required=True)
    last_day = parameters.to_field(required=True)
    every = parameters.every_field()
    known_at = parameters.KnownAtField()
    cut = parameters.cut_field("What a published scorecard was drawn from, in place of known_at.")
    by = fields.String(
        load_default=None,
        validate=validate.OneOf(["agency"]),
        metadata={"description": "Each agency for itself."},
    )
    definition = parameters.definition_field()

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        parameters.check_known_at_or_cut(data)
        if data.get("by") and data.get("agency"):
            raise ValidationError("Give one agency, or ask for each agency by itself, not both.", "by")


@blueprint.query("/revisions", Right.FIGURES, revising.RevisionsResult, asks=RevisionsParameters, errors=(404,))
def revisions(args: Given) -> Response:
    """How figures were restated: as first known in full, as known now, and how long they took to stop moving."""
    slice_, snapshot = parameters.where_of(guard.snapshot(), args), guard.snapshot()
    viewer = guard.not_public(guard.viewer(Right.FIGURES, slice_))
    query = revising.RevisionsQuery(
        period_ends(args["first_day"], args["last_day"], args["every"]),
        measures_named(args["measure"]),
        parameters.known_at_of(snapshot, args),
        slice_,
        args["by"] is not None,
        version_named(args["definition"]),
    )
    return responses.answered(revising.revisions(snapshot, viewer, query).document(), viewer)


@blueprint.query(
    "/forecast", Right.FIGURES, forecasting.ForecastResult, asks=parameters.MeasureParameters, errors=(404,)
)
def forecast(args: Given) -> Response:
    """What a figure is expected to come to, by what is known at a standpoint."""
    slice_, snapshot = parameters.where_of(guard.snapshot(), args), guard.snapshot()
    viewer = guard.not_public(guard.viewer(Right.FIGURES, slice_))
    as_of, known_at = parameters.standpoint_of(snapshot, args)
    definition = version_named(args["definition"])
    query = forecasting.ForecastQuery(measure_named(args["measure"]), as_of, known_at, slice_, definition)
    return responses.answered(forecasting.forecast(snapshot, viewer, query).document(), viewer)


class CoverageParameters(parameters.KnownParameters):
    """The month ends of a period."""

    first_day = parameters.from_field(required=True)
    last_day = parameters.to_field(required=True)


@blueprint.query("/coverage", Right.FIGURES, revising.CoverageResult, asks=CoverageParameters)
def coverage(args: Given) -> Response:
    """Which agency's files covered each month, and when they came; a provider sees its own."""
    viewer, snapshot = guard.not_public(guard.viewer(Right.FIGURES)), guard.snapshot()
    days = period_ends(args["first_day"], args["last_day"], "month")
    query = revising.CoverageQuery(days, parameters.known_at_of(snapshot, args))
    return responses.answered(revising.coverage(snapshot, viewer, query).document(), viewer)
