"""Who is in a figure, and who waits.

Whoever looks is noted in the trail before anything is shown; a commissioner says why.
"""

from typing import Any

from flask import Response

from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import CSV, JSON
from web.api.multipart import FileBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.auth.trail.access import question_noted
from web.exports import csv
from web.parameters import Given
from web.queries.explain import people
from web.queries.parameters import version_named
from web.queries.performance.figures import OnTheDayQuery

blueprint = FileBlueprint(
    "clients", __name__, url_prefix=PREFIX, description="Who is behind a figure, and why it moved."
)
"""What single clients show in; the walks between figures and the claims stand in it too."""


class MembersParameters(parameters.MeasureParameters):
    """The people of one figure, a page at a time."""

    limit = parameters.limit_field(parameters.LONGEST_LIST)
    after = parameters.after_field()
    format = parameters.format_field("json", "csv")


@blueprint.query(
    "/members",
    Right.CLIENTS,
    people.MembersResult,
    asks=MembersParameters,
    media=(JSON, CSV),
    paged=True,
    clients=True,
    errors=(404, 406),
)
def members(args: Given) -> Response:
    """The people of a figure, each with the journey, rule and events that put them there."""
    slice_, media = parameters.where_of(guard.snapshot(), args), responses.media_asked(args, JSON, CSV)
    snapshot, measure = guard.snapshot(), measure_named(args["measure"])
    viewer = guard.viewer_of_clients(Right.CLIENTS, noted_question(args, slice_), slice_, measure=measure)
    as_of, known_at = parameters.standpoint_of(snapshot, args)
    query = people.MembersQuery(measure, as_of, known_at, slice_, version_named(args["definition"]))
    result = people.members(snapshot, viewer, query)
    document, first = result.document(), args["after"]
    page = document["members"][first : first + args["limit"]]
    headers: dict[str, str] = {}
    if first + len(page) < len(document["members"]):
        headers = responses.next_page_of(result.figure.standpoint, first + len(page))
    if media == CSV:
        return responses.sent(csv.members(page, viewer.audience), CSV, viewer, headers=headers)
    return responses.answered(document | {"members": page}, viewer, headers=headers)


@blueprint.query(
    "/waiting",
    Right.CLIENTS,
    people.WaitingResult,
    asks=parameters.StandpointParameters,
    clients=True,
    errors=(404,),
)
def waiting(args: Given) -> Response:
    """The people who were referred and have not started structured treatment, the longest wait first."""
    slice_, measure = parameters.where_of(guard.snapshot(), args), people.WAITING
    question = noted_question({**args, "measure": measure.code}, slice_)
    viewer = guard.viewer_of_clients(Right.CLIENTS, question, slice_, measure=measure)
    snapshot = guard.snapshot()
    query = OnTheDayQuery(*parameters.standpoint_of(snapshot, args), slice_)
    return responses.answered(people.waiting(snapshot, viewer, query).document(), viewer)


def noted_question(args: Given, slice_: Slice, **more: Any) -> dict[str, Any]:
    """What the trail of access says was asked of single clients."""
    names = ("measure", "as_of", "known_at", "cut", "definition")
    return question_noted(slice_, **{name: args.get(name) for name in names}, **more)
