"""Figures: of one standpoint, through one time, through both; and the caseload of a day."""

from collections.abc import Callable
from typing import Any, Final

from flask import Response
from marshmallow import fields

from domain.definition import definition_in_force
from domain.measures.registry import measure_named
from web.answers import asking
from web.answers.parameters import measures_named, period_ends, version_named
from web.api import PREFIX
from web.auth import guard
from web.auth.roles import Right
from web.exports import csv, fhir
from web.schemas import described

from . import parameters, replies
from .parameters import Given
from .replies import Document, Kept
from .room import CSV, FHIR, JSON, Room
from .showing import Audience, audience, not_public

blueprint = Room("figures", __name__, url_prefix=PREFIX, description="Figures for any day, as known on any day.")


class FiguresAsked(parameters.StandpointAsked):
    """Some measures from one standpoint; all, where none is named."""

    measure = fields.List(parameters.measure_field(), load_default=list)
    definition = parameters.definition_field()
    format = parameters.format_field("json", "csv", "fhir")


class SeriesAsked(parameters.SliceAsked):
    """A measure at the ends of months or quarters."""

    measure = parameters.measure_field(required=True)
    first_day = parameters.from_field(required=True)
    last_day = parameters.to_field(required=True)
    every = parameters.every_field()
    known_at = parameters.KnownAtField()
    definition = parameters.definition_field()
    format = parameters.format_field("json", "csv")


class TriangleAsked(parameters.SliceAsked):
    """A measure at the ends of months, as known on each day on which something became known."""

    measure = parameters.measure_field(required=True)
    first_day = parameters.from_field(required=True)
    last_day = parameters.to_field(required=True)
    definition = parameters.definition_field()
    format = parameters.format_field("json", "csv")


_ERRORS: Final = (404, 406)


@blueprint.question(
    "/figures",
    Right.FIGURES,
    described.FiguresAnswer,
    asks=FiguresAsked,
    media=(JSON, CSV, FHIR),
    tagged=True,
    errors=_ERRORS,
)
def figures(given: Given) -> Response:
    """The figures of one standpoint and slice."""
    where, question = parameters.where_of(given), guard.question()
    who, media = _audience(given), replies.media_asked(given, JSON, CSV, FHIR)
    as_of, known_at = parameters.standpoint_of(question, given)
    measures, definition = measures_named(given["measure"]), version_named(given["definition"])
    standpoint = question.standpoint(as_of, known_at)
    version = (definition or definition_in_force(as_of)).version
    codes = [measure.code for measure in measures]
    kept = Kept.of(question, who, media, known_at, where, "figures", codes, version, as_of, standpoint.position)

    def document() -> Document:
        asked = asking.FiguresAsked(as_of, known_at, measures, where, definition)
        return who.shown(asking.figures(question, asked)).document()

    return _answer(kept, who, media, document, _FIGURES_AS)


def _audience(given: Given) -> Audience:
    return not_public(audience(Right.FIGURES, parameters.where_of(given)))


def _answer(
    kept: Kept, who: Audience, media: str, document: Callable[[], Document], writers: dict[str, Callable[..., str]]
) -> Response:
    def make() -> Response:
        if media == JSON:
            return replies.sent(replies.encoded(document()), JSON, who)
        return replies.sent(writers[media](document(), who.word), media, who)

    return replies.unless_known(kept, make)


_FIGURES_AS: Final[dict[str, Callable[[Any, str], str]]] = {
    CSV: lambda document, word: csv.figures(document["figures"], word),
    FHIR: lambda document, word: fhir.measure_report(document["figures"], word),
}


@blueprint.question(
    "/series",
    Right.FIGURES,
    described.SeriesAnswer,
    asks=SeriesAsked,
    media=(JSON, CSV),
    tagged=True,
    errors=_ERRORS,
)
def series(given: Given) -> Response:
    """One measure through time: a figure at each period end."""
    where, question = parameters.where_of(given), guard.question()
    who, media = _audience(given), replies.media_asked(given, JSON, CSV)
    known_at, measure, definition = (
        given["known_at"],
        measure_named(given["measure"]),
        version_named(given["definition"]),
    )
    days = period_ends(given["first_day"], given["last_day"], given["every"])
    position = question.standpoint(days[-1], known_at).position
    kept = Kept.of(question, who, media, known_at, where, "series", measure.code, given["definition"], days, position)

    def document() -> Document:
        asked = asking.SeriesAsked(measure, days, known_at, where, definition)
        return who.shown(asking.series(question, asked)).document()

    return _answer(kept, who, media, document, {CSV: lambda said, word: csv.figures(said["series"], word)})


@blueprint.question(
    "/triangle",
    Right.FIGURES,
    described.TriangleAnswer,
    asks=TriangleAsked,
    media=(JSON, CSV),
    tagged=True,
    errors=_ERRORS,
)
def triangle(given: Given) -> Response:
    """One measure through both times."""
    where, question = parameters.where_of(given), guard.question()
    who, media = _audience(given), replies.media_asked(given, JSON, CSV)
    measure, definition = measure_named(given["measure"]), version_named(given["definition"])
    days = period_ends(given["first_day"], given["last_day"], "month")
    newest = question.standpoint(days[-1]).position
    kept = Kept.of(question, who, media, None, where, "triangle", measure.code, given["definition"], days, newest)

    def document() -> Document:
        asked = asking.TriangleAsked(measure, days, where, definition)
        return who.shown(asking.triangle(question, asked)).document()

    return _answer(kept, who, media, document, {CSV: csv.triangle})


@blueprint.question(
    "/profile",
    Right.FIGURES,
    described.ProfileAnswer,
    asks=parameters.StandpointAsked,
    tagged=True,
    errors=(404,),
)
def profile(given: Given) -> Response:
    """The caseload by substance group."""
    where, question, who = parameters.where_of(given), guard.question(), _audience(given)
    as_of, known_at = parameters.standpoint_of(question, given)
    position = question.standpoint(as_of, known_at).position
    kept = Kept.of(question, who, JSON, known_at, where, "profile", as_of, position)

    def document() -> Document:
        return who.shown(asking.profile(question, asking.OnTheDayAsked(as_of, known_at, where))).document()

    return _answer(kept, who, JSON, document, {})
