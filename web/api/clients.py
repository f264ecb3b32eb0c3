"""What single clients show in: the people of a figure, those who wait, the walk from one figure to another, and lists.

Whoever looks is noted in the trail before anything is shown; a commissioner says why.
"""

from typing import Any, Final

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.definition import Definition
from domain.measures.registry import measure_named
from projections.claims.plausibility import StatedPercentage
from projections.privacy import redaction
from projections.standings.slices import Slice
from web import parameters
from web.api import PREFIX
from web.auth import guard
from web.auth.access import question_noted
from web.auth.roles import Reach, Right
from web.auth.viewer import EVERYTHING, Viewer
from web.exports import csv
from web.files.claim_lists import list_from, opened_text
from web.parameters import Given
from web.queries import claims as claiming
from web.queries import explanations, figures
from web.queries.parameters import KnownAt, version_named
from web.schemas import described

from . import responses
from .blueprint import CSV, JSON
from .multipart import FileBlueprint, FileSent

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


def _percentage() -> fields.String:
    return fields.String(
        load_default=None,
        validate=validate.Length(1, 20),
        metadata={"description": "The percentage, as it is printed: its digits say how it was rounded."},
    )


class ClaimParameters(parameters.MeasureParameters):
    """What another party says that a figure is."""

    numerator = parameters.number_field("Their numerator.", load_default=None)
    denominator = parameters.number_field("Their denominator.", load_default=None)
    percentage = _percentage()
    decimals = parameters.number_field("With how many decimals it was printed.", 0, 9, load_default=None)


class ClaimByNumbers(ClaimParameters):
    """A claim in numbers, or as a percentage."""

    @validates_schema
    def _says_something(self, data: dict[str, Any], **_: Any) -> None:
        if all(data.get(name) is None for name in ("numerator", "denominator", "percentage")):
            raise ValidationError("Give numerator and denominator, or a percentage.", "numerator")


class ClaimWithList(ClaimParameters):
    """A claim with the people behind it: CSV text with AGNCY, CLIENT, and if there EPISODID and COUNTED (Y or N)."""

    members = FileSent(required=True)
    reason = parameters.reason_field()


@blueprint.query("/claims", Right.FIGURES, described.ClaimAnswer, asks=ClaimByNumbers, errors=(404,))
def claims(given: Given) -> Response:
    """Another party's figure beside ours, and where ours would be the same."""
    where = parameters.where_of(given)
    who = guard.not_public(guard.viewer(Right.FIGURES, where))
    return responses.answered(_claim(given, who, where, ()).document(), who)


@blueprint.endpoint(
    "POST",
    "/claims",
    Right.CLIENTS,
    described.ClaimAnswer,
    asks=ClaimWithList,
    location="files",
    clients=True,
    errors=(404, 413),
)
def claims_with_list(given: Given) -> Response:
    """A list of people beside the members of our figure, person by person."""
    where = parameters.where_of(given)
    listed = tuple(list_from(opened_text(given["members"].stream), _LIST))
    who = guard.viewer(Right.CLIENTS, where)
    if who.reach is Reach.OWN:
        redaction.check_own_list(listed, who.own)
    measure, asked = measure_named(given["measure"]), _noted(given, where, lines=len(listed))
    guard.viewer_of_clients(Right.CLIENTS, asked, where, measure=measure, reason=given["reason"])
    return responses.answered(_claim(given, who, where, listed).document(), who)


_LIST: Final = "The list"
"""What a refusal calls it: a file's name may say more than it should."""


def _claim(given: Given, who: Viewer, where: Slice, listed: tuple[Any, ...]) -> claiming.ClaimResult:
    snapshot = guard.snapshot()
    as_of, known_at = parameters.standpoint_of(snapshot, given)
    return claiming.claim(
        snapshot, who, _asked(given, where, as_of, known_at, version_named(given["definition"]), listed)
    )


def _asked(
    given: Given, where: Slice, as_of: Any, known_at: KnownAt, definition: Definition | None, listed: tuple[Any, ...]
) -> claiming.ClaimQuery:
    stated = claiming.stated_claim(given["numerator"], given["denominator"], given["percentage"], given["decimals"])
    return claiming.ClaimQuery(measure_named(given["measure"]), as_of, known_at, where, definition, stated, listed)


class PlausibleParameters(parameters.Asks):
    """A printed percentage, and the cohorts to list."""

    percentage = fields.String(
        required=True, validate=validate.Length(1, 20), metadata={"description": "The percentage, as it is printed."}
    )
    decimals = parameters.number_field("With how many decimals it was printed.", 0, 9, load_default=None)
    denominator_min = parameters.number_field("The smallest cohort to list.", 1, 100_000, load_default=1)
    denominator_max = parameters.number_field("The largest cohort to list.", 1, 100_000, load_default=500)


@blueprint.query("/plausible", Right.DEFINITIONS, described.PlausibleAnswer, asks=PlausibleParameters)
def plausible(given: Given) -> Response:
    """Which fractions a printed percentage could be; no data are needed for it."""
    printed = StatedPercentage.parse(given["percentage"], given["decimals"])
    asked = claiming.PlausibleQuery(printed, given["denominator_min"], given["denominator_max"])
    return responses.answered(claiming.plausible(asked).document(), EVERYTHING)
