"""Figures: of one standpoint, through one time, through both; and the caseload of a day."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from flask import Flask, Response, current_app
from marshmallow import fields

from domain.definition import definition_in_force
from domain.measures.registry import measure_named
from web import parameters
from web.api import PREFIX
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.exports import csv, fhir
from web.parameters import Given
from web.problems import not_here
from web.queries import figures as asking
from web.queries.figure_texts import KeptFigures
from web.queries.parameters import measures_named, period_ends, version_named
from web.queries.public import PublicFigures, PublicRecord
from web.queries.public import series as public_series
from web.snapshot import Snapshot

from . import responses
from .blueprint import CSV, FHIR, JSON, ApiBlueprint
from .responses import Document, Freshness

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
    asking.FiguresResult,
    asks=FiguresParameters,
    media=(JSON, CSV, FHIR),
    tagged=True,
    errors=_ERRORS,
)
def figures(given: Given) -> Response:
    """The figures of one standpoint and slice."""
    where, snapshot = parameters.where_of(given), guard.snapshot()
    who, media = guard.viewer(Right.FIGURES, where), responses.media_asked(given, JSON, CSV, FHIR)
    as_of, known_at = parameters.standpoint_of(snapshot, given)
    measures, definition = measures_named(given["measure"]), version_named(given["definition"])
    asked = asking.FiguresQuery(as_of, known_at, measures, where, definition)
    public = public_figures(snapshot, asked, given) if who.reach is Reach.PUBLISHED else None
    standpoint = snapshot.standpoint(as_of, known_at)
    version = (definition or definition_in_force(as_of)).version
    codes = public.codes if public else [measure.code for measure in measures]
    kept = Freshness.of(snapshot, who, media, known_at, where, "figures", codes, version, as_of, standpoint.position)

    def document() -> Document:
        return (public or asking.figures(snapshot, who, asked)).document()

    if media == JSON and public is None:
        return responses.unless_known(kept, lambda: _texts(snapshot, asked, who))
    return _answer(kept, who, media, document, _FIGURES_AS)


def _texts(snapshot: Snapshot, asked: asking.FiguresQuery, who: Viewer) -> Response:
    """The same document, of texts that are kept from one request to the next."""
    body = _kept_figures().document(snapshot, who, asked, responses.notice())
    return responses.sent(body, JSON, who)


def _kept_figures() -> KeptFigures:
    kept: KeptFigures = current_app.extensions[_KEPT]
    return kept


def public_record() -> PublicRecord:
    """What the public sees of what was published."""
    record: PublicRecord = current_app.extensions[_PUBLIC]
    return record


_KEPT: Final = "recount-figures"
_PUBLIC: Final = "recount-public"


def keep_answers(app: Flask) -> None:
    """Give the application a place for the answers that are kept from one request to the next."""
    app.extensions[_KEPT] = KeptFigures()
    app.extensions[_PUBLIC] = PublicRecord()


def public_figures(snapshot: Snapshot, asked: asking.FiguresQuery, given: Given) -> PublicFigures:
    """The figures, if they were published from exactly this standpoint; without a measure, those that were.

    Raises:
        Problem: one of them was not, or none (404).
    """
    found = public_record().figures(snapshot, asked)
    if not found.figures or (given["measure"] and len(found.figures) < len(asked.measures)):
        raise not_here()
    return found


def _audience(given: Given) -> Viewer:
    return guard.not_public(guard.viewer(Right.FIGURES, parameters.where_of(given)))


def _answer(
    kept: Freshness, who: Viewer, media: str, document: Callable[[], Document], writers: dict[str, Callable[..., str]]
) -> Response:
    def make() -> Response:
        if media == JSON:
            return responses.sent(responses.encoded(document()), JSON, who)
        return responses.sent(writers[media](document(), who.audience), media, who)

    return responses.unless_known(kept, make)


_FIGURES_AS: Final[dict[str, Callable[[Any, str], str]]] = {
    CSV: lambda document, word: csv.figures(document["figures"], word),
    FHIR: lambda document, word: fhir.measure_report(document["figures"], word),
}


@blueprint.query(
    "/series",
    Right.FIGURES,
    asking.SeriesResult,
    asks=SeriesParameters,
    media=(JSON, CSV),
    tagged=True,
    errors=_ERRORS,
)
def series(given: Given) -> Response:
    """One measure through time: a figure at each period end; of the public, at those that were published."""
    where, snapshot = parameters.where_of(given), guard.snapshot()
    who, media = guard.viewer(Right.FIGURES, where), responses.media_asked(given, JSON, CSV)
    known_at, measure, definition = (
        given["known_at"],
        measure_named(given["measure"]),
        version_named(given["definition"]),
    )
    days = period_ends(given["first_day"], given["last_day"], given["every"])
    position = snapshot.standpoint(days[-1], known_at).position
    public: Sequence[Document] = ()
    if who.reach is Reach.PUBLISHED:
        of_days = asking.FiguresQuery(days[-1], known_at, (measure,), where, definition)
        public = public_series(public_record(), snapshot, days, of_days)
        if not public:
            raise not_here()
        days = tuple(date.fromisoformat(figure["as_of"]) for figure in public)
    kept = Freshness.of(
        snapshot, who, media, known_at, where, "series", measure.code, given["definition"], days, position
    )

    def document() -> Document:
        if public:
            return {"series": list(public)}
        asked = asking.SeriesQuery(measure, days, known_at, where, definition)
        return asking.series(snapshot, who, asked).document()

    return _answer(kept, who, media, document, {CSV: lambda said, word: csv.figures(said["series"], word)})


@blueprint.query(
    "/triangle",
    Right.FIGURES,
    asking.TriangleResult,
    asks=TriangleParameters,
    media=(JSON, CSV),
    tagged=True,
    errors=_ERRORS,
)
def triangle(given: Given) -> Response:
    """One measure through both times."""
    where, snapshot = parameters.where_of(given), guard.snapshot()
    who, media = _audience(given), responses.media_asked(given, JSON, CSV)
    measure, definition = measure_named(given["measure"]), version_named(given["definition"])
    days = period_ends(given["first_day"], given["last_day"], "month")
    newest = snapshot.standpoint(days[-1]).position
    kept = Freshness.of(snapshot, who, media, None, where, "triangle", measure.code, given["definition"], days, newest)

    def document() -> Document:
        asked = asking.TriangleQuery(measure, days, where, definition)
        return asking.triangle(snapshot, who, asked).document()

    return _answer(kept, who, media, document, {CSV: csv.triangle})


@blueprint.query(
    "/profile",
    Right.FIGURES,
    asking.ProfileResult,
    asks=parameters.StandpointParameters,
    tagged=True,
    errors=(404,),
)
def profile(given: Given) -> Response:
    """The caseload by substance group."""
    where, snapshot, who = parameters.where_of(given), guard.snapshot(), _audience(given)
    as_of, known_at = parameters.standpoint_of(snapshot, given)
    position = snapshot.standpoint(as_of, known_at).position
    kept = Freshness.of(snapshot, who, JSON, known_at, where, "profile", as_of, position)

    def document() -> Document:
        return asking.profile(snapshot, who, asking.OnTheDayQuery(as_of, known_at, where)).document()

    return _answer(kept, who, JSON, document, {})
