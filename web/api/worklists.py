"""What is to be done, and how good the data are: worklists, whose rows are single clients; data quality by agency."""

from typing import Any, Final

from flask import Flask, Response, current_app

from projections.standings.slices import Slice
from projections.worklists import WORKLISTS, Worklist
from web import parameters
from web.api import PREFIX
from web.auth import guard
from web.auth.access import question_noted
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.exports import csv
from web.parameters import Given
from web.problems import not_here
from web.queries import worklists as answers
from web.queries.data_quality import DataQualityQuery, quality
from web.queries.worklists import KeptWorklists
from web.schemas import worklist_schemas as described

from . import responses
from .blueprint import CSV, JSON, ApiBlueprint

blueprint = ApiBlueprint(
    "worklists", __name__, url_prefix=PREFIX, description="What the data already knows is to be done."
)

_KEPT: Final = "recount-worklists"
_BY_NAME: Final = {one.name: one for one in WORKLISTS}


def keep_answers(app: Flask) -> None:
    """Give the application a place for the rows that are kept from one request to the next."""
    app.extensions[_KEPT] = KeptWorklists()


def kept_worklists() -> KeptWorklists:
    """The rows that this process worked out lately."""
    kept: KeptWorklists = current_app.extensions[_KEPT]
    return kept


@blueprint.query(
    "/worklists", Right.CLIENTS, described.WorklistsAnswer, asks=parameters.StandpointParameters, errors=(404,)
)
def worklists(given: Given) -> Response:
    """Every worklist with how many rows it has; nobody shows in it."""
    where = parameters.where_of(given)
    who = guard.viewer(Right.CLIENTS, where)
    found = answers.all_worklists(guard.snapshot(), _asked(given, where, who), kept_worklists())
    return responses.answered(found.document(), who)


class WorklistParameters(parameters.StandpointParameters):
    """One worklist, a page at a time."""

    limit = parameters.limit_field(parameters.LONGEST_LIST)
    after = parameters.after_field()
    format = parameters.format_field("json", "csv")


@blueprint.query(
    "/worklists/<string:name>",
    Right.CLIENTS,
    described.WorklistAnswer,
    asks=WorklistParameters,
    media=(JSON, CSV),
    paged=True,
    clients=True,
    errors=(404, 406),
)
def worklist(given: Given, name: str) -> Response:
    """Who is on a worklist, the most urgent first, and why."""
    where, media, one = parameters.where_of(given), responses.media_asked(given, JSON, CSV), _named(name)
    who = guard.viewer_of_clients(Right.CLIENTS, _noted(given, where, one), where)
    found = answers.worklist(guard.snapshot(), one, _asked(given, where, who), kept_worklists())
    first, last = given["after"], given["after"] + given["limit"]
    headers = responses.next_page_of(found.standpoint, last) if last < len(found.rows) else {}
    document = found.document(slice(first, last))
    if media == CSV:
        return responses.sent(csv.worklist(document, who.audience), CSV, who, headers=headers)
    return responses.answered(document, who, headers=headers)


def _named(name: str) -> Worklist:
    """The worklist of this name.

    Raises:
        Problem: there is none (404).
    """
    if name not in _BY_NAME:
        raise not_here("There is no such worklist.")
    return _BY_NAME[name]


def _noted(given: Given, where: Slice, one: Worklist) -> dict[str, Any]:
    names = ("as_of", "known_at", "cut")
    return question_noted(where, worklist=one.name, **{name: given[name] for name in names})


def _asked(given: Given, where: Slice, who: Viewer) -> answers.WorklistsQuery:
    as_of, known_at = parameters.standpoint_of(guard.snapshot(), given)
    own = who.own if who.reach is Reach.OWN else None
    return answers.WorklistsQuery(as_of, known_at, where, own=own)


class DataQualityOf(parameters.KnownParameters):
    """The months that end in a period."""

    first_day = parameters.from_field(required=True)
    last_day = parameters.to_field(required=True)
    agency = parameters.code_field("Only this agency's files and records.")


@blueprint.query("/data-quality", Right.SUBMISSIONS, described.DataQualityAnswer, asks=DataQualityOf, errors=(404,))
def data_quality(given: Given) -> Response:
    """Files due, received and late, what was in them, and which fields are filled in; a provider sees its own."""
    who, snapshot = guard.viewer(Right.SUBMISSIONS, Slice(agency=given["agency"])), guard.snapshot()
    known_at = parameters.known_at_of(snapshot, given)
    own = who.agencies if who.reach is Reach.OWN else None
    asked = DataQualityQuery(given["first_day"], given["last_day"], known_at, given["agency"], own)
    return responses.answered(quality(snapshot, asked).document(), who)
