"""The audit trail. A client or an episode is named in the body of a request, never in an address."""

from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from projections.standings.slices import Slice
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import CSV, JSON, ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.auth.viewer import Viewer
from web.exports import csv
from web.parameters import Given
from web.queries.administration import trail as queries
from web.queries.administration.trail import TrailQuery, TrailResult
from web.queries.parameters import client_numbered

blueprint = ApiBlueprint(
    "trail", __name__, url_prefix=PREFIX, description="Every event of the log, with where it came from."
)


def _position(description: str, data_key: str) -> fields.Integer:
    return parameters.number_field(description, 1, load_default=None, data_key=data_key)


class LogParameters(parameters.Asks):
    """Which part of the trail; positions include both ends, the newest entries are shown."""

    submission = parameters.number_field("Only what this submission brought.", 1, load_default=None)
    agency = parameters.code_field("Only what came with submissions of this agency.")
    first = _position("Only from this position of the log on.", "from")
    last = _position("Only up to this position of the log.", "to")
    limit = parameters.limit_field(50)
    format = parameters.format_field("json", "csv")


@blueprint.query(
    "/log",
    Right.LOG,
    TrailResult,
    asks=LogParameters,
    media=(JSON, CSV),
    paged=True,
    clients=True,
    errors=(404, 406),
)
def log(args: Given) -> Response:
    """The newest entries of the trail, the newest last; the header Link leads to those before."""
    media, slice_ = responses.media_asked(args, JSON, CSV), Slice(agency=args["agency"])
    noted = {name: args[name] for name in ("submission", "agency", "first", "last") if args[name] is not None}
    who = guard.viewer_of_clients(Right.LOG, noted, slice_)
    query = TrailQuery(
        submission=args["submission"],
        agency=args["agency"],
        first=args["first"],
        last=args["last"],
        limit=args["limit"],
    )
    result = queries.trail(guard.snapshot(), who, query)
    if who.is_provider and query.submission is not None and not result.entries:
        guard.refuse_as_not_there(guard.principal())
    return _answer(result, who, media, responses.next_page(to=result.earlier) if result.earlier else {})


class EpisodeRequest(parameters.Asks):
    """An episode as its agency refers to it."""

    agency = fields.String(required=True, validate=parameters.Whole(parameters.CODE))
    client_reference = fields.String(required=True, validate=validate.Length(1, 200))
    episode_reference = fields.String(required=True, validate=validate.Length(1, 200))


class TrailSearchRequest(parameters.Asks):
    """Whose entries: those of a client, or of an episode."""

    client = fields.String(
        load_default=None,
        validate=validate.Length(1, 40),
        metadata={"description": "The client's number, as the members of a figure show it."},
    )
    episode = fields.Nested(EpisodeRequest, load_default=None)
    first = _position("Only from this position of the log on.", "from")
    last = _position("Only up to this position of the log.", "to")
    limit = parameters.limit_field(50)
    reason = parameters.reason_field()

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("client") is None) == (data.get("episode") is None):
            raise ValidationError("Give a client or an episode.", "client")


@blueprint.endpoint(
    "POST",
    "/log/search",
    Right.LOG,
    TrailResult,
    asks=TrailSearchRequest,
    location="json",
    media=(JSON, CSV),
    clients=True,
    errors=(404, 406),
)
def search(args: Given) -> Response:
    """The entries of one client or one episode, as `log` gives them; `earlier` is the `to` of those before."""
    media, episode = responses.media_asked({}, JSON, CSV), args["episode"]
    slice_ = Slice(agency=episode["agency"]) if episode else Slice()
    who = guard.viewer_of_clients(Right.LOG, {"by": "episode" if episode else "client"}, slice_, reason=args["reason"])
    query = TrailQuery(
        client_numbered(args["client"]) if args["client"] else None,
        guard.services().settings.client_key.episode(**episode) if episode else None,
        first=args["first"],
        last=args["last"],
        limit=args["limit"],
    )
    return _answer(queries.trail(guard.snapshot(), who, query), who, media, {})


def _answer(result: TrailResult, who: Viewer, media: str, headers: dict[str, str]) -> Response:
    document = result.document()
    if media == CSV:
        return responses.sent(csv.log(document["entries"], who.audience), CSV, who, headers=headers)
    return responses.answered(document, who, headers=headers)
