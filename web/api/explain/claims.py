"""Another party's figure beside ours, with or without the people behind it, and what a printed percentage could be.

The endpoints belong to the blueprint `clients`: the trail of access names them by it.
"""

from typing import Any, Final

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.measures.registry import measure_named
from projections.claims.plausibility import StatedPercentage
from projections.claims.reconciliation import Listed
from web import parameters
from web.api import responses
from web.api.multipart import FileSent
from web.auth import guard
from web.auth.roles import Right
from web.auth.viewer import EVERYTHING, Viewer
from web.files.claim_lists import list_from, opened_text
from web.parameters import Given
from web.queries.explain import claims as queries
from web.queries.explain.claim import ClaimResult
from web.queries.explain.claims import PlausibleResult
from web.queries.parameters import version_named

from .people import blueprint, noted_question

_LIST: Final = "The list"
"""What a refusal calls it: a file's name may say more than it should."""


class ClaimParameters(parameters.MeasureParameters):
    """What another party says that a figure is."""

    numerator = parameters.number_field("Their numerator.", load_default=None)
    denominator = parameters.number_field("Their denominator.", load_default=None)
    percentage = fields.String(
        load_default=None,
        validate=validate.Length(1, 20),
        metadata={"description": "The percentage, as it is printed: its digits say how it was rounded."},
    )
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


@blueprint.query("/claims", Right.FIGURES, ClaimResult, asks=ClaimByNumbers, errors=(404,))
def claims(args: Given) -> Response:
    """Another party's figure beside ours, and where ours would be the same."""
    viewer = guard.not_public(guard.viewer(Right.FIGURES, parameters.where_of(guard.snapshot(), args)))
    return _answer(args, viewer)


@blueprint.endpoint(
    "POST",
    "/claims",
    Right.CLIENTS,
    ClaimResult,
    asks=ClaimWithList,
    location="files",
    clients=True,
    errors=(404, 413),
)
def claims_with_list(args: Given) -> Response:
    """A list of people beside the members of our figure, person by person."""
    slice_, measure = parameters.where_of(guard.snapshot(), args), measure_named(args["measure"])
    listed = tuple(list_from(opened_text(args["members"].stream), _LIST))
    viewer = guard.viewer(Right.CLIENTS, slice_)
    queries.check_list(viewer, listed)
    question = noted_question(args, slice_, lines=len(listed))
    guard.viewer_of_clients(Right.CLIENTS, question, slice_, measure=measure, reason=args["reason"])
    return _answer(args, viewer, listed)


def _answer(args: Given, viewer: Viewer, listed: tuple[Listed, ...] = ()) -> Response:
    snapshot = guard.snapshot()
    query = queries.ClaimQuery(
        measure_named(args["measure"]),
        *parameters.standpoint_of(snapshot, args),
        parameters.where_of(guard.snapshot(), args),
        version_named(args["definition"]),
        queries.stated_claim(args["numerator"], args["denominator"], args["percentage"], args["decimals"]),
        listed,
    )
    return responses.answered(queries.claim(snapshot, viewer, query).document(), viewer)


class PlausibleParameters(parameters.Asks):
    """A printed percentage, and the cohorts to list."""

    percentage = fields.String(
        required=True, validate=validate.Length(1, 20), metadata={"description": "The percentage, as it is printed."}
    )
    decimals = parameters.number_field("With how many decimals it was printed.", 0, 9, load_default=None)
    denominator_min = parameters.number_field("The smallest cohort to list.", 1, 100_000, load_default=1)
    denominator_max = parameters.number_field("The largest cohort to list.", 1, 100_000, load_default=500)


@blueprint.query("/plausible", Right.DEFINITIONS, PlausibleResult, asks=PlausibleParameters)
def plausible(args: Given) -> Response:
    """Which fractions a printed percentage could be; no data are needed for it."""
    stated = StatedPercentage.parse(args["percentage"], args["decimals"])
    query = queries.PlausibleQuery(stated, args["denominator_min"], args["denominator_max"])
    return responses.answered(queries.plausible(query).document(), EVERYTHING)
