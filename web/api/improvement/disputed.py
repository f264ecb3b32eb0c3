"""The steps of a dispute: its clients row by row, evidence, joint reviews, escalation and settlement."""

from typing import Any, Final

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.contract_life.entered import Evidence
from domain.improvement.disputed.steps import MOST_ROWS, ROW_REASONS, DisputeRowAnswer
from domain.improvement.written import LONGEST_LINE, LONGEST_TEXT
from projections.claims.claim import Claim
from web import parameters
from web.api import responses
from web.api.agreement.entered import EvidenceBody
from web.api.contract_life.disputes import ONE, blueprint, dispute_or_404, party_field, speak
from web.auth import guard
from web.auth.roles import Right
from web.auth.trail.access import question_noted
from web.auth.viewer import Viewer
from web.commands.improvement.disputed import steps as commands
from web.commands.improvement.disputed.steps import PLAIN_STEPS, DisputeSaid
from web.files.evidence import file_name
from web.parameters import Given
from web.queries.contract_life.disputes import DisputeResult
from web.queries.improvement.disputed import rows as queries
from web.queries.improvement.disputed.account import DisputeAccount, account
from web.queries.improvement.disputed.rows import DisputeReferencesResult

_LONGEST_LIST: Final = 100_000


@blueprint.query(f"{ONE}/account", Right.DISPUTES, DisputeAccount, errors=(404,))
def dispute_account(number: int) -> Response:
    """The numbers of a dispute: ours and theirs, what no row explains, what was published, and the files since."""
    viewer = guard.viewer(Right.DISPUTES)
    its = account(guard.snapshot(), viewer, guard.viewer_of_party(Right.AGREED), dispute_or_404(number, viewer))
    return responses.answered(its.document(), viewer)


@blueprint.query(f"{ONE}/references", Right.CLIENTS, DisputeReferencesResult, errors=(404,))
def dispute_references(number: int) -> Response:
    """Whose the rows of a dispute are, by the agencies' own references. The look is noted."""
    dispute = dispute_or_404(number, guard.viewer(Right.DISPUTES))
    viewer = _viewer_of_rows(dispute)
    return responses.answered(queries.references(guard.snapshot(), viewer, number).document(), viewer)


def _viewer_of_rows(dispute: DisputeResult) -> Viewer:
    question = question_noted(
        dispute.slice, measure=dispute.code, as_of=dispute.standpoint.as_of, dispute=dispute.number
    )
    return guard.viewer_of_clients(Right.CLIENTS, question, dispute.slice, measure=dispute.measure)


class DisputeRowsBody(parameters.Asks):
    """On which clients the figures differ."""

    list = fields.String(
        required=True,
        validate=validate.Length(1, _LONGEST_LIST),
        metadata={
            "description": "On each line an agency, its reference of a client, `counted`, `not counted` or `out`, and "
            "why, with commas between them. No names."
        },
    )
    party = party_field()
    seen = parameters.seen_version()


@blueprint.endpoint(
    "POST", f"{ONE}/rows", Right.DISPUTE, DisputeResult, asks=DisputeRowsBody, location="json", status=201,
    errors=(404, 409),
)  # fmt: skip
def list_dispute_rows(args: Given, number: int) -> Response:
    """Say on which clients the figures differ; an older list stays on record, and counts no more."""
    dispute = dispute_or_404(number, guard.viewer(Right.DISPUTE))
    rows = queries.named_rows(guard.snapshot(), _viewer_of_rows(dispute), dispute, args["list"])
    register = guard.services().register
    return speak(number, args["party"], lambda by: commands.list_rows(register, number, rows, by, args["seen"]))


class DisputeRowAnswerBody(parameters.Asks):
    """An answer to a row."""

    row = parameters.number_field("The row.", 1, 2**31 - 1, required=True)
    verdict = fields.String(
        required=True,
        validate=validate.OneOf(["accepted", "contested", "given-up"]),
        metadata={"description": "The other side accepts or contests a row; the side that listed it gives it up."},
    )
    reason = fields.String(
        load_default="",
        validate=validate.OneOf(["", *ROW_REASONS]),
        metadata={"description": "A reason of the short list."},
    )
    words = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_LINE),
        metadata={"description": "The reason in words. It stays in the log: name nobody."},
    )


class DisputeRowAnswersBody(parameters.Asks):
    """Answers to rows."""

    answers = fields.List(
        fields.Nested(DisputeRowAnswerBody),
        required=True,
        validate=validate.Length(1, MOST_ROWS),
        metadata={"description": "Rows with what is said to each."},
    )
    party = party_field()
    seen = parameters.seen_version()


@blueprint.endpoint(
    "POST", f"{ONE}/row-answers", Right.DISPUTE, DisputeResult, asks=DisputeRowAnswersBody, location="json", status=201,
    errors=(404, 409),
)  # fmt: skip
def answer_dispute_rows(args: Given, number: int) -> Response:
    """Accept or contest rows of the other side, or give up rows of one's own."""
    answers = [DisputeRowAnswer(**one) for one in args["answers"]]
    register = guard.services().register
    return speak(number, args["party"], lambda by: commands.answer_rows(register, number, answers, by, args["seen"]))


class DisputeStepBody(parameters.Asks):
    """A step, and what is said with it."""

    step = fields.String(
        required=True, validate=validate.OneOf(list(PLAIN_STEPS)), metadata={"description": "Which step is taken."}
    )
    words = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_TEXT),
        metadata={"description": "What there is to say. It stays in the log: name nobody."},
    )
    held_on = parameters.DayField(
        load_default=None, description="Of a review or a meeting: its day; today if left out."
    )
    attendees = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_LINE),
        metadata={"description": "Of a review or a meeting: who was there, by role."},
    )
    rows = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, 2**31 - 1)),
        load_default=[],
        validate=validate.Length(max=MOST_ROWS),
        metadata={"description": "Of a review: the rows that were looked at."},
    )
    file = fields.Nested(EvidenceBody, load_default=None, allow_none=True)
    numerator = parameters.number_field("Of a settlement: the numerator.", load_default=None)
    denominator = parameters.number_field("Of a settlement: the denominator.", load_default=None)
    party = party_field()
    seen = parameters.seen_version()

    @validates_schema
    def _a_figure(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("numerator") is None and data.get("denominator") is not None:
            raise ValidationError("Give the numerator with the denominator.", "numerator")


@blueprint.endpoint(
    "POST", f"{ONE}/steps", Right.DISPUTE, DisputeResult, asks=DisputeStepBody, location="json", status=201,
    errors=(404, 409),
)  # fmt: skip
def take_dispute_step(args: Given, number: int) -> Response:
    """Take a step of a dispute: evidence, a joint review, a meeting, escalation, or of a settlement."""
    sent, register = args["file"], guard.services().register
    file = Evidence(sent["sha256"], file_name(sent["name"]), sent["size"]) if sent else None
    agreed = None if args["numerator"] is None else Claim(args["numerator"], args["denominator"])
    said = DisputeSaid(args["words"], args["held_on"], args["attendees"], tuple(args["rows"]), file, agreed)
    return speak(
        number,
        args["party"],
        lambda by: commands.take_dispute_step(register, number, args["step"], said, by, args["seen"]),
    )
