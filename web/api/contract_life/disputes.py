"""Disputes over figures: opened, answered and closed by the parties. They change no figure."""

from collections.abc import Callable
from typing import Any

from flask import Response, url_for
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.contract_life.dispute import CLOSED, LONGEST_TEXT, OPEN, Dispute
from domain.register import Register
from projections.claims.claim import Claim
from projections.standings.slices import Slice
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.auth import guard
from web.auth.roles import Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands.contract_life import disputes as commands
from web.commands.contract_life.disputes import Speaker
from web.parameters import Given
from web.queries.agreement.entered_figures import disputed_in
from web.queries.contract_life import disputes as queries
from web.queries.contract_life.disputes import DisputeResult, DisputesQuery, DisputesResult, dispute_result
from web.queries.explain.claims import stated_claim

blueprint = ApiBlueprint("disputes", __name__, url_prefix=PREFIX, description="Where the parties differ over a figure.")

ONE = "/disputes/<int:number>"


class DisputesParameters(parameters.Asks):
    """Which disputes."""

    state = fields.String(
        load_default=None, validate=validate.OneOf([OPEN, CLOSED]), metadata={"description": "Only those in it."}
    )
    limit = parameters.limit_field(50)
    after = parameters.after_field()


@blueprint.query("/disputes", Right.DISPUTES, DisputesResult, asks=DisputesParameters, paged=True)
def disputes(args: Given) -> Response:
    """The disputes, the oldest first; a provider those to which it is a party."""
    viewer = guard.viewer(Right.DISPUTES)
    matching = queries.disputes(guard.snapshot(), viewer, DisputesQuery(args["after"], args["state"])).disputes
    page = matching[: args["limit"]]
    headers = responses.next_page(after=page[-1].number) if len(page) < len(matching) else {}
    return responses.answered(DisputesResult(page).document(), viewer, headers=headers)


@blueprint.query(ONE, Right.DISPUTES, DisputeResult, errors=(404,))
def dispute(number: int) -> Response:
    """One dispute with all that was said about it."""
    viewer = guard.viewer(Right.DISPUTES)
    return responses.answered(dispute_or_404(number, viewer).document(), viewer)


def dispute_or_404(number: int, viewer: Viewer) -> DisputeResult:
    """The dispute with this number.

    Raises:
        Problem: there is none (404).
    """
    result = queries.dispute(guard.snapshot(), viewer, number)
    if result is None:
        guard.refuse_as_missing()
    return result


def party_field() -> fields.String:
    """For which agency something is said."""
    return fields.String(
        load_default="",
        validate=parameters.Whole(rf"^$|{parameters.CODE}", error="This is no such code."),
        metadata={"description": "The provider's agency for which this is said; may be left out if it has one."},
    )


def text_field(description: str) -> fields.String:
    """Words that stay in the log."""
    return fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_TEXT),
        metadata={"description": f"{description} It stays in the log: name nobody."},
    )


class DisputeOpens(parameters.MeasureParameters):
    """A figure, what it is claimed to be, and why."""

    class Meta(parameters.MeasureParameters.Meta):
        """A dispute is over the definition in force."""

        exclude = ("definition",)

    measure = parameters.any_measure_field(required=True)
    numerator = parameters.number_field("The claimed numerator.", load_default=None)
    denominator = parameters.number_field("The claimed denominator.", load_default=None)
    percentage = fields.String(
        load_default=None,
        validate=validate.Length(1, 20),
        metadata={"description": "The claimed percentage, as it was printed."},
    )
    reason = text_field("Why the figure is disputed.")
    party = party_field()

    @validates_schema
    def _claims_something(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("numerator") is None and data.get("percentage") is None:
            raise ValidationError("Give a numerator (and a denominator), or a percentage.", "numerator")


@blueprint.endpoint(
    "POST",
    "/disputes",
    Right.DISPUTE,
    DisputeResult,
    asks=DisputeOpens,
    location="json",
    status=201,
    errors=(404,),
)
def open_dispute(args: Given) -> Response:
    """Dispute a figure, from the standpoint from which it was seen."""
    slice_, snapshot = parameters.where_of(guard.snapshot(), args), guard.snapshot()
    viewer = guard.viewer(Right.DISPUTE, slice_)
    measure, standpoint = disputed_in(
        snapshot, viewer, args["measure"], *parameters.standpoint_of(snapshot, args), slice_
    )
    dispute = commands.open_dispute(
        guard.services().register,
        measure,
        standpoint,
        slice_,
        stated_claim(args["numerator"], args["denominator"], args["percentage"], None) or Claim(),
        args["reason"],
        _speaker(viewer, args["party"], slice_),
    )
    headers = {"Location": url_for("disputes.dispute", number=dispute.number)}
    return responses.answered(dispute_result(dispute, queries.own_of(viewer)).document(), viewer, 201, headers)


class DisputeAnswers(parameters.Asks):
    """What a party states."""

    statement = text_field("The statement.")
    party = party_field()


@blueprint.endpoint(
    "POST",
    f"{ONE}/answers",
    Right.DISPUTE,
    DisputeResult,
    asks=DisputeAnswers,
    location="json",
    status=201,
    errors=(404, 409),
)
def answer_dispute(args: Given, number: int) -> Response:
    """State something about an open dispute."""
    statement = args["statement"]
    return speak(number, args["party"], lambda by: commands.answer_dispute(_register(), number, statement, by))


class DisputeCloses(parameters.Asks):
    """How it ended."""

    outcome = text_field("The outcome.")
    numerator = parameters.number_field("The agreed numerator.", load_default=None)
    denominator = parameters.number_field("The agreed denominator.", load_default=None)
    party = party_field()

    @validates_schema
    def _a_figure(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("numerator") is None and data.get("denominator") is not None:
            raise ValidationError("Give the numerator with the denominator.", "numerator")


@blueprint.endpoint(
    "POST",
    f"{ONE}/close",
    Right.DISPUTE,
    DisputeResult,
    asks=DisputeCloses,
    location="json",
    status=201,
    errors=(404, 409),
)
def close_dispute(args: Given, number: int) -> Response:
    """Close an open dispute, with the figure that was agreed, if one was."""
    agreed = None if args["numerator"] is None else Claim(args["numerator"], args["denominator"])
    outcome = args["outcome"]
    return speak(number, args["party"], lambda by: commands.close_dispute(_register(), number, outcome, by, agreed))


def _register() -> Register:
    return guard.services().register


def speak(number: int, party: str, command: Callable[[Speaker], Dispute]) -> Response:
    """Say something of a dispute, and answer with what stands then."""
    viewer = guard.viewer(Right.DISPUTE)
    speaker = _speaker(viewer, party, dispute_or_404(number, viewer).slice)
    return responses.answered(dispute_result(command(speaker), queries.own_of(viewer)).document(), viewer, 201)


def _speaker(viewer: Viewer, party: str, slice_: Slice) -> Speaker:
    return commands.speaker_of(guard.principal(), viewer, party, slice_, today())
