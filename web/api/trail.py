"""The audit trail. A client or an episode is named in the body of a request, never in an address."""

from dataclasses import replace
from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from projections.explain.trail import Entry
from projections.privacy import redaction
from projections.standings.slices import Slice
from web import parameters
from web.api import PREFIX
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.exports import csv
from web.parameters import Given
from web.queries import trail as trails
from web.queries.parameters import client_numbered
from web.schemas import described

from . import responses
from .blueprint import CSV, JSON, ApiBlueprint

blueprint = ApiBlueprint(
    "trail", __name__, url_prefix=PREFIX, description="Every event of the log, with where it came from."
)

_BITE = 500
"""Entries that are read at once where only one's own are shown."""


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
    described.LogAnswer,
    asks=LogParameters,
    media=(JSON, CSV),
    paged=True,
    clients=True,
    errors=(404, 406),
)
def log(given: Given) -> Response:
    """The newest entries of the trail, the newest last; the header Link leads to those before."""
    media, where = responses.media_asked(given, JSON, CSV), Slice(agency=given["agency"])
    noted = {name: given[name] for name in ("submission", "agency", "first", "last") if given[name] is not None}
    who = guard.viewer_of_clients(Right.LOG, noted, where)
    asked = trails.TrailQuery(
        submission=given["submission"],
        agency=given["agency"],
        first=given["first"],
        last=given["last"],
        limit=given["limit"],
    )
    found = _trail(asked, who)
    if who.reach is Reach.OWN and given["submission"] is not None and not found.entries:
        guard.refuse_as_not_there(guard.principal())
    return _answer(found, who, media, responses.next_page(to=found.earlier) if found.earlier else {})


class EpisodeWanted(parameters.Asks):
    """An episode as its agency refers to it."""

    agency = fields.String(required=True, validate=parameters.Whole(parameters.CODE))
    client_reference = fields.String(required=True, validate=validate.Length(1, 200))
    episode_reference = fields.String(required=True, validate=validate.Length(1, 200))


class SearchParameters(parameters.Asks):
    """Whose entries: those of a client, or of an episode."""

    client = fields.String(
        load_default=None,
        validate=validate.Length(1, 40),
        metadata={"description": "The client's number, as the members of a figure show it."},
    )
    episode = fields.Nested(EpisodeWanted, load_default=None)
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
    described.LogAnswer,
    asks=SearchParameters,
    location="json",
    media=(JSON, CSV),
    clients=True,
    errors=(404, 406),
)
def search(given: Given) -> Response:
    """The entries of one client or one episode, as `log` gives them; `earlier` is the `to` of those before."""
    media, episode = responses.media_asked({}, JSON, CSV), given["episode"]
    where = Slice(agency=episode["agency"]) if episode else Slice()
    who = guard.viewer_of_clients(Right.LOG, {"by": "episode" if episode else "client"}, where, reason=given["reason"])
    asked = trails.TrailQuery(
        client_numbered(given["client"]) if given["client"] else None,
        guard.services().settings.client_key.episode(**episode) if episode else None,
        first=given["first"],
        last=given["last"],
        limit=given["limit"],
    )
    return _answer(_trail(asked, who), who, media, {})


def _answer(found: trails.TrailResult, who: Viewer, media: str, headers: dict[str, str]) -> Response:
    document = found.document()
    if media == CSV:
        return responses.sent(csv.log(document["entries"], who.audience), CSV, who, headers=headers)
    return responses.answered(document, who, headers=headers)


def _trail(asked: trails.TrailQuery, who: Viewer) -> trails.TrailResult:
    snapshot = guard.snapshot()
    if who.reach is not Reach.OWN:
        return trails.trail(snapshot, asked)
    # What was said by word, an erasure too, belongs to no agency and may be of one's own episodes.
    part = replace(asked, limit=_BITE, agencies=who.own | {""})
    found: list[Entry] = []
    while True:
        read = trails.trail(snapshot, part)
        found = [*redaction.redacted_trail(read.entries, who.own), *found]
        if read.earlier is None or len(found) > asked.limit:
            break
        part = replace(part, last=read.earlier)
    earlier = found[-asked.limit - 1].position if len(found) > asked.limit else None
    return trails.TrailResult(found[-asked.limit :], earlier)
