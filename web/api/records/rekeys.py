"""Joined references: POST /rekeys joins the episodes of a mapping, or parts what a submission joined."""

from typing import Any

from flask import Response
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.api.openapi import reference
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.commit import Receipt
from web.commands.records.rekey import Rekeyed, rekey, undo_rekey
from web.files.mapping import LONGEST_REFERENCE, MOST_LINES, MappingLine
from web.parameters import Given
from web.queries.records.rekeys import RekeysResult
from web.queries.records.rekeys import rekeys as rekeys_of

from .manual import ManualRequest

blueprint = ApiBlueprint(
    "rekeys", __name__, url_prefix=PREFIX, description="Episodes that came again under another reference."
)


def _reference(description: str) -> fields.String:
    length = validate.Length(1, LONGEST_REFERENCE)
    return fields.String(required=True, validate=length, metadata={"description": description})


class MappingLineSchema(Schema):
    """An episode by its old references and its new ones."""

    agency = fields.String(
        required=True,
        validate=parameters.Whole(parameters.CODE, error="This is no such code."),
        metadata={"description": "The agency whose references they are."},
    )
    client_reference = _reference("The old CLIENT.")
    episode_reference = _reference("The old EPISODID.")
    new_client_reference = _reference("The new CLIENT.")
    new_episode_reference = _reference("The new EPISODID.")


class RekeyRequest(ManualRequest):
    """Either a mapping, or which rekey is undone."""

    mapping = fields.List(
        fields.Nested(MappingLineSchema),
        load_default=None,
        validate=validate.Length(1, MOST_LINES),
        metadata={"description": "The old and new references of the episodes to join."},
    )
    undo = parameters.WholeNumber(
        load_default=None,
        strict=True,
        validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "The number of the submission whose episodes are parted again."},
    )

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **_: Any) -> None:
        if (data.get("mapping") is None) == (data.get("undo") is None):
            raise ValidationError("Give a mapping, or undo, and not both.", "mapping")


@blueprint.endpoint(
    "POST",
    "/rekeys",
    Right.KNOWLEDGE,
    Rekeyed,
    asks=RekeyRequest,
    location="json",
    status=201,
    errors=(409,),
)
@blueprint.alt_response(200, schema=reference(Rekeyed), description="Tried; nothing stored.", success=True)
def rekey_episodes(args: Given) -> Response:
    """Join the episodes of a mapping, or part those that an earlier rekey joined."""
    services, who, on = guard.services(), guard.principal(), today()
    receipt = Receipt(args["received_on"] or on, on, who.name, who.role, args["dry_run"])
    if args["undo"] is not None:
        outcome = undo_rekey(services, args["undo"], receipt)
    else:
        outcome = rekey(services, _lines(args["mapping"]), receipt)
    status = 200 if args["dry_run"] else 201
    return responses.answered(outcome.rekeyed.document(), guard.viewer(Right.KNOWLEDGE), status)


def _lines(mapping: list[dict[str, str]]) -> list[MappingLine]:
    return [MappingLine(row, **{**line, "agency": line["agency"].upper()}) for row, line in enumerate(mapping, 1)]


@blueprint.query("/rekeys", Right.KNOWLEDGE, RekeysResult)
def rekeys() -> Response:
    """Every rekey with how many episodes it joined, and whether it was undone."""
    viewer = guard.viewer(Right.KNOWLEDGE)
    return responses.answered(rekeys_of(guard.snapshot(), viewer).document(), viewer)
