"""What single clients show in: the people of a figure, those who wait, and the walk from one figure to another.

Whoever looks is noted in the trail before anything is shown; a commissioner says why.
"""

from typing import Any

from flask import Response

from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from web import parameters
from web.api import PREFIX
from web.auth import guard
from web.auth.access import question_noted
from web.auth.roles import Right
from web.exports import csv
from web.parameters import Given
from web.queries import explanations, figures
from web.queries.parameters import version_named
from web.schemas import described

from . import responses
from .blueprint import CSV, JSON
from .multipart import FileBlueprint

blueprint = FileBlueprint(
    "clients", __name__, url_prefix=PREFIX, description="Who is behind a figure, and why it moved."
)


class MembersParameters(parameters.MeasureParameters):
    """The people of one figure, a page at a time."""

    limit = parameters.limit_field(parameters.LONGEST_LIST)
    after = parameters.after_field()
    format = parameters.format_field("json", "csv")


@blueprint.query(
    "/members",
    Right.CLIENTS,
    figures.MembersResult,
    asks=MembersParameters,
    media=(JSON, CSV),
    paged=True,
    clients=True,
    errors=(404, 406),
)
def members(given: Given) -> Response:
    """The people of a figure, each with the journey, rule and events that put them there."""
    where, media = parameters.where_of(given), responses.media_asked(given, JSON, CSV)
    snapshot, measure = guard.snapshot(), measure_named(given["measure"])
    who = guard.viewer_of_clients(Right.CLIENTS, _noted(given, where), where, measure=measure)
    as_of, known_at = parameters.standpoint_of(snapshot, given)
    asked = figures.MembersQuery(measure, as_of, known_at, where, version_named(given["definition"]))
    found = figures.members(snapshot, who, asked)
    document, first = found.document(), given["after"]
    page = document["members"][first : first + given["limit"]]
    headers: dict[str, str] = {}
    if first + len(page) < len(document["members"]):
        headers = responses.next_page_of(found.figure.standpoint, first + len(page))
    if media == CSV:
        return responses.sent(csv.members(page, who.audience), CSV, who, headers=headers)
    return responses.answered(document | {"members": page}, who, headers=headers)


def _noted(given: Given, where: Slice, **more: Any) -> dict[str, Any]:
    names = ("measure", "as_of", "known_at", "cut", "definition")
    return question_noted(where, **{name: given.get(name) for name in names}, **more)


@blueprint.query(
    "/waiting",
    Right.CLIENTS,
    figures.WaitingResult,
    asks=parameters.StandpointParameters,
    clients=True,
    errors=(404,),
)
def waiting(given: Given) -> Response:
    """The people who were referred and have not started structured treatment, the longest wait first."""
    where = parameters.where_of(given)
    who = guard.viewer_of_clients(
        Right.CLIENTS, _noted({**given, "measure": figures.WAITING.code}, where), where, measure=figures.WAITING
    )
    snapshot = guard.snapshot()
    as_of, known_at = parameters.standpoint_of(snapshot, given)
    found = figures.waiting(snapshot, who, figures.OnTheDayQuery(as_of, known_at, where))
    return responses.answered(found.document(), who)


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
    described.ExplanationAnswer,
    asks=DifferencesParameters,
    clients=True,
    errors=(404,),
)
def differences(given: Given) -> Response:
    """Why one figure is not another: step by step, and person by person."""
    where = parameters.where_of(given)
    to = {name: value for name, value in given.items() if name.startswith("to_") and value is not None}
    end_where = Slice(to.get("to_area", where.area), to.get("to_agency", where.agency), *_flags(where))
    snapshot, measure = guard.snapshot(), measure_named(given["measure"])
    who = guard.viewer_of_clients(Right.CLIENTS, _noted(given, where, **to), where, end_where, measure=measure)
    as_of, known_at = parameters.standpoint_of(snapshot, given)
    start = explanations.StationQuery(as_of, known_at, where, version_named(given["definition"]))
    end = start.moved(
        given["to_as_of"],
        given["to_known_at"],
        given["to_area"],
        given["to_agency"],
        version_named(given["to_definition"]),
    )
    asked = explanations.ExplanationQuery(measure, start, end)
    return responses.answered(explanations.explain(snapshot, who, asked).document(), who)


def _flags(where: Slice) -> tuple[bool, bool]:
    return where.criminal_justice, where.young_people
