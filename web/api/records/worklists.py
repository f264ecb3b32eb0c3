"""What is to be done, and how good the data are: worklists, whose rows are single clients; data quality by agency."""

from typing import Any, Final

from flask import Response

from projections.standings.slices import Slice
from projections.worklists import WORKLISTS, Worklist
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import CSV, JSON, ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.auth.trail.access import question_noted
from web.exports import csv
from web.parameters import Given
from web.problems import not_here
from web.queries.records import worklists as queries
from web.queries.records.data_quality import DataQualityQuery, DataQualityResult, quality

blueprint = ApiBlueprint(
    "worklists", __name__, url_prefix=PREFIX, description="What the data already knows is to be done."
)

_BY_NAME: Final = {one.name: one for one in WORKLISTS}


@blueprint.query(
    "/worklists", Right.CLIENTS, queries.WorklistsResult, asks=parameters.StandpointParameters, errors=(404,)
)
def worklists(args: Given) -> Response:
    """Every worklist with how many rows it has; nobody shows in it."""
    slice_, snapshot = parameters.where_of(guard.snapshot(), args), guard.snapshot()
    viewer = guard.viewer(Right.CLIENTS, slice_)
    query = queries.WorklistsQuery(*parameters.standpoint_of(snapshot, args), slice_)
    return responses.answered(queries.worklists(snapshot, viewer, query).document(), viewer)


class WorklistParameters(parameters.StandpointParameters):
    """One worklist, a page at a time."""

    limit = parameters.limit_field(parameters.LONGEST_LIST)
    after = parameters.after_field()
    format = parameters.format_field("json", "csv")


@blueprint.query(
    "/worklists/<string:name>",
    Right.CLIENTS,
    queries.WorklistResult,
    asks=WorklistParameters,
    media=(JSON, CSV),
    paged=True,
    clients=True,
    errors=(404, 406),
)
def worklist(args: Given, name: str) -> Response:
    """Who is on a worklist, the most urgent first, and why."""
    slice_, media, one = (
        parameters.where_of(guard.snapshot(), args),
        responses.media_asked(args, JSON, CSV),
        _named(name),
    )
    viewer = guard.viewer_of_clients(Right.CLIENTS, _noted(args, slice_, one), slice_)
    snapshot = guard.snapshot()
    query = queries.WorklistQuery(one, *parameters.standpoint_of(snapshot, args), slice_)
    result = queries.worklist(snapshot, viewer, query)
    first, last = args["after"], args["after"] + args["limit"]
    headers = responses.next_page_of(result.standpoint, last) if last < len(result.rows) else {}
    document = result.page(first, last).document()
    if media == CSV:
        return responses.sent(csv.worklist(document, viewer.audience), CSV, viewer, headers=headers)
    return responses.answered(document, viewer, headers=headers)


def _named(name: str) -> Worklist:
    """The worklist of this name.

    Raises:
        Problem: there is none (404).
    """
    if name not in _BY_NAME:
        raise not_here("There is no such worklist.")
    return _BY_NAME[name]


def _noted(args: Given, slice_: Slice, one: Worklist) -> dict[str, Any]:
    names = ("as_of", "known_at", "cut")
    return question_noted(slice_, worklist=one.name, **{name: args[name] for name in names})


class DataQualityOf(parameters.KnownParameters):
    """The months that end in a period."""

    first_day = parameters.from_field(required=True)
    last_day = parameters.to_field(required=True)
    agency = parameters.code_field("Only this agency's files and records.")


@blueprint.query("/data-quality", Right.SUBMISSIONS, DataQualityResult, asks=DataQualityOf, errors=(404,))
def data_quality(args: Given) -> Response:
    """Files due, received and late, what was in them, and which fields are filled in; a provider sees its own."""
    viewer, snapshot = guard.viewer(Right.SUBMISSIONS, Slice(agency=args["agency"])), guard.snapshot()
    known_at = parameters.known_at_of(snapshot, args)
    query = DataQualityQuery(args["first_day"], args["last_day"], known_at, args["agency"])
    return responses.answered(quality(snapshot, viewer, query).document(), viewer)
