"""Figures: of one standpoint, through one time, through both; and the caseload of a day."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response
from marshmallow import fields

from domain.definition import definition_in_force
from domain.measures.registry import measure_named
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import CSV, FHIR, JSON, ApiBlueprint
from web.api.responses import Freshness
from web.auth import guard
from web.auth.roles import Right
from web.auth.viewer import Viewer
from web.exports import csv, fhir
from web.parameters import Given
from web.problems import not_here
from web.queries.parameters import measures_named, period_ends, version_named
from web.queries.performance import figures as queries
from web.queries.result import Result

blueprint = ApiBlueprint(
    "figures", __name__, url_prefix=PREFIX, description="Figures for any day, as known on any day."
)


class FiguresParameters(parameters.StandpointParameters):
    """Some measures from one standpoint; all, where none is named."""

    measure = fields.List(parameters.measure_field(), load_default=list)
    definition = parameters.definition_field()
    format = parameters.format_field("json", "csv", "fhir")


class SeriesParameters(parameters.SliceParameters):
    """A measure at the ends of months or quarters."""

    measure = parameters.measure_field(required=True)
    first_day = parameters.from_field(required=True)
    last_day = parameters.to_field(required=True)
    every = parameters.every_field()
    known_at = parameters.KnownAtField()
    definition = parameters.definition_field()
    format = parameters.format_field("json", "csv")


class TriangleParameters(parameters.SliceParameters):
    """A measure at the ends of months, as known on each day on which something became known."""

    measure = parameters.measure_field(required=True)
    first_day = parameters.from_field(required=True)
    last_day = parameters.to_field(required=True)
    definition = parameters.definition_field()
    format = parameters.format_field("json", "csv")


_ERRORS: Final = (404, 406)


@blueprint.query(
    "/figures",
    Right.FIGURES,
    queries.FiguresResult,
    asks=FiguresParameters,
    media=(JSON, CSV, FHIR),
    tagged=True,
    errors=_ERRORS,
)
def figures(args: Given) -> Response:
    """The figures of one standpoint and slice."""
    slice_, snapshot = parameters.where_of(guard.snapshot(), args), guard.snapshot()
    who, media = guard.viewer(Right.FIGURES, slice_), responses.media_asked(args, JSON, CSV, FHIR)
    as_of, known_at = parameters.standpoint_of(snapshot, args)
    measures, definition = measures_named(args["measure"]), version_named(args["definition"])
    query = queries.FiguresQuery(as_of, known_at, measures, slice_, definition)
    query = queries.answerable_figures(snapshot, who, query)
    codes = [measure.code for measure in query.measures]
    if not codes or not set(args["measure"]).issubset(codes):
        raise not_here()
    standpoint = snapshot.standpoint(as_of, known_at)
    version = (definition or definition_in_force(as_of)).version
    freshness = Freshness.of(snapshot, who, media, slice_, "figures", codes, version, as_of, standpoint.position)
    return _answer(freshness, who, media, lambda: queries.figures(snapshot, who, query), _FIGURES_AS)


def _audience(args: Given) -> Viewer:
    return guard.not_public(guard.viewer(Right.FIGURES, parameters.where_of(guard.snapshot(), args)))


_Writers = Mapping[str, Callable[[Any, str], str]]
"""What writes a document in another representation, for an audience."""


def _answer(freshness: Freshness, who: Viewer, media: str, ask: Callable[[], Result], writers: _Writers) -> Response:
    def make() -> Response:
        if media == JSON:
            return responses.sent(responses.encoded(ask()), JSON, who)
        return responses.sent(writers[media](ask().document(), who.audience), media, who)

    return responses.unless_known(freshness, make)


_FIGURES_AS: Final[_Writers] = {
    CSV: lambda document, word: csv.figures(document["figures"], word),
    FHIR: lambda document, word: fhir.measure_report(document["figures"], word),
}


@blueprint.query(
    "/series",
    Right.FIGURES,
    queries.SeriesResult,
    asks=SeriesParameters,
    media=(JSON, CSV),
    tagged=True,
    errors=_ERRORS,
)
def series(args: Given) -> Response:
    """One measure through time: a figure at each period end; of the public, at those that were published."""
    slice_, snapshot = parameters.where_of(guard.snapshot(), args), guard.snapshot()
    who, media = guard.viewer(Right.FIGURES, slice_), responses.media_asked(args, JSON, CSV)
    known_at, measure = args["known_at"], measure_named(args["measure"])
    days = period_ends(args["first_day"], args["last_day"], args["every"])
    position = snapshot.standpoint(days[-1], known_at).position
    query = queries.SeriesQuery(measure, days, known_at, slice_, version_named(args["definition"]))
    query = queries.answerable_series(snapshot, who, query)
    if not query.days:
        raise not_here()
    freshness = Freshness.of(
        snapshot, who, media, slice_, "series", measure.code, args["definition"], query.days, position
    )
    return _answer(freshness, who, media, lambda: queries.series(snapshot, who, query), _SERIES_AS)


_SERIES_AS: Final[_Writers] = {CSV: lambda document, word: csv.figures(document["series"], word)}


@blueprint.query(
    "/triangle",
    Right.FIGURES,
    queries.TriangleResult,
    asks=TriangleParameters,
    media=(JSON, CSV),
    tagged=True,
    errors=_ERRORS,
)
def triangle(args: Given) -> Response:
    """One measure through both times."""
    slice_, snapshot = parameters.where_of(guard.snapshot(), args), guard.snapshot()
    who, media = _audience(args), responses.media_asked(args, JSON, CSV)
    measure, definition = measure_named(args["measure"]), version_named(args["definition"])
    days = period_ends(args["first_day"], args["last_day"], "month")
    newest = snapshot.standpoint(days[-1]).position
    freshness = Freshness.of(snapshot, who, media, slice_, "triangle", measure.code, args["definition"], days, newest)
    query = queries.TriangleQuery(measure, days, slice_, definition)
    return _answer(freshness, who, media, lambda: queries.triangle(snapshot, who, query), {CSV: csv.triangle})


@blueprint.query(
    "/profile",
    Right.FIGURES,
    queries.ProfileResult,
    asks=parameters.StandpointParameters,
    tagged=True,
    errors=(404,),
)
def profile(args: Given) -> Response:
    """The caseload by substance group."""
    slice_, snapshot, who = parameters.where_of(guard.snapshot(), args), guard.snapshot(), _audience(args)
    as_of, known_at = parameters.standpoint_of(snapshot, args)
    position = snapshot.standpoint(as_of, known_at).position
    freshness = Freshness.of(snapshot, who, JSON, slice_, "profile", as_of, position)
    query = queries.OnTheDayQuery(as_of, known_at, slice_)
    return _answer(freshness, who, JSON, lambda: queries.profile(snapshot, who, query), {})
