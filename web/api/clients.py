"""Another party's figures: claims beside ours, with lists of people or without, and what a percentage can be."""

from typing import Any, Final

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.definition import Definition
from domain.measures.registry import measure_named
from projections.claims.plausibility import StatedPercentage
from projections.privacy import redaction
from projections.standings.slices import Slice
from web import parameters
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.viewer import EVERYTHING, Viewer
from web.files.claim_lists import list_from, opened_text
from web.parameters import Given
from web.queries import claims as claiming
from web.queries.parameters import KnownAt, version_named
from web.schemas import described

from . import responses
from .multipart import FileSent
from .people import blueprint, noted_question


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
    measure, asked = measure_named(given["measure"]), noted_question(given, where, lines=len(listed))
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
