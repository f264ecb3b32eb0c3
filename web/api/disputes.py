"""Disputes over figures: opened, answered and closed by the parties. They change no figure."""

from collections.abc import Callable
from typing import Any

from flask import Response, url_for
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.contract_life.dispute import CLOSED, LONGEST_TEXT, OPEN, Dispute
from domain.measures.registry import measure_named
from projections.claims import disputes as on_record
from projections.claims.claim import Claim
from projections.standings.slices import Slice
from web import parameters
from web.api import PREFIX
from web.auth import guard
from web.auth.roles import Reach, Right
from web.auth.viewer import Viewer
from web.clock import today
from web.commands import disputes as disputing
from web.commands.disputes import Speaker
from web.parameters import Given
from web.problems import not_here
from web.queries.claims import stated_claim
from web.schemas import described
from web.schemas import disputes as documents

from . import responses
from .blueprint import ApiBlueprint

blueprint = ApiBlueprint("disputes", __name__, url_prefix=PREFIX, description="Where the parties differ over a figure.")

_ONE = "/disputes/<int:number>"


class DisputesParameters(parameters.Asks):
    """Which disputes."""

    state = fields.String(
        load_default=None, validate=validate.OneOf([OPEN, CLOSED]), metadata={"description": "Only those in it."}
    )
    limit = parameters.limit_field(50)
    after = parameters.after_field()


@blueprint.query("/disputes", Right.DISPUTES, described.DisputesAnswer, asks=DisputesParameters, paged=True)
def disputes(given: Given) -> Response:
    """The disputes, the oldest first; a provider those to which it is a party."""
    who, after = guard.viewer(Right.DISPUTES), given["after"]
    everything = [
        one
        for one in guard.snapshot().disputes
        if one.number > after and given["state"] in {None, one.state} and is_shown(one, who)
    ]
    page = everything[: given["limit"]]
    headers = responses.next_page(after=page[-1].number) if len(page) < len(everything) else {}
    return responses.answered(documents.disputes(page), who, headers=headers)


@blueprint.query(_ONE, Right.DISPUTES, described.DisputeAnswer, errors=(404,))
def dispute(number: int) -> Response:
    """One dispute with all that was said about it."""
    who = guard.viewer(Right.DISPUTES)
    return responses.answered(documents.dispute(dispute_seen(number, who)), who)


def is_shown(found: Dispute, who: Viewer) -> bool:
    """Whether somebody sees a dispute: a provider those to which it is a party."""
    return who.reach is not Reach.OWN or on_record.is_party(found, who.agencies)


def dispute_seen(number: int, who: Viewer) -> Dispute:
    """A dispute, if whoever asks may see it.

    Raises:
        Problem: there is none, or they are no party to it (404).
    """
    found = next((one for one in guard.snapshot().disputes if one.number == number), None)
    if found is None:
        raise not_here()
    if not is_shown(found, who):
        guard.refuse_as_not_there(guard.principal())
    return found


def _party() -> fields.String:
    return fields.String(
        load_default="",
        validate=parameters.Whole(rf"^$|{parameters.CODE}", error="This is no such code."),
        metadata={"description": "The provider's agency for which this is said; may be left out if it has one."},
    )


def _text(description: str) -> fields.String:
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

    numerator = parameters.number_field("The claimed numerator.", load_default=None)
    denominator = parameters.number_field("The claimed denominator.", load_default=None)
    percentage = fields.String(
        load_default=None,
        validate=validate.Length(1, 20),
        metadata={"description": "The claimed percentage, as it was printed."},
    )
    reason = _text("Why the figure is disputed.")
    party = _party()

    @validates_schema
    def _claims_something(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("numerator") is None and data.get("percentage") is None:
            raise ValidationError("Give a numerator (and a denominator), or a percentage.", "numerator")


@blueprint.endpoint(
    "POST",
    "/disputes",
    Right.DISPUTE,
    described.DisputeAnswer,
    asks=DisputeOpens,
    location="json",
    status=201,
    errors=(404,),
)
def open_dispute(given: Given) -> Response:
    """Dispute a figure, from the standpoint from which it was seen."""
    where, snapshot = parameters.where_of(given), guard.snapshot()
    who = guard.viewer(Right.DISPUTE, where)
    as_of, known_at = parameters.standpoint_of(snapshot, given)
    claimed = stated_claim(given["numerator"], given["denominator"], given["percentage"], None) or Claim()
    said = disputing.open_dispute(
        guard.services().register,
        measure_named(given["measure"]),
        snapshot.standpoint(as_of, known_at),
        where,
        claimed,
        given["reason"],
        speaker(who, given["party"], where),
    )
    headers = {"Location": url_for("disputes.dispute", number=said.number)}
    return responses.answered(documents.dispute(said), who, 201, headers)


class DisputeAnswers(parameters.Asks):
    """What a party states."""

    statement = _text("The statement.")
    party = _party()


@blueprint.endpoint(
    "POST",
    f"{_ONE}/answers",
    Right.DISPUTE,
    described.DisputeAnswer,
    asks=DisputeAnswers,
    location="json",
    status=201,
    errors=(404, 409),
)
def answer_dispute(given: Given, number: int) -> Response:
    """State something about an open dispute."""
    return _say(
        number, given["party"], lambda by: disputing.answer_dispute(_register(), number, given["statement"], by)
    )


class DisputeCloses(parameters.Asks):
    """How it ended."""

    outcome = _text("The outcome.")
    numerator = parameters.number_field("The agreed numerator.", load_default=None)
    denominator = parameters.number_field("The agreed denominator.", load_default=None)
    party = _party()

    @validates_schema
    def _a_figure(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("numerator") is None and data.get("denominator") is not None:
            raise ValidationError("Give the numerator with the denominator.", "numerator")


@blueprint.endpoint(
    "POST",
    f"{_ONE}/close",
    Right.DISPUTE,
    described.DisputeAnswer,
    asks=DisputeCloses,
    location="json",
    status=201,
    errors=(404, 409),
)
def close_dispute(given: Given, number: int) -> Response:
    """Close an open dispute, with the figure that was agreed, if one was."""
    agreed = None if given["numerator"] is None else Claim(given["numerator"], given["denominator"])
    outcome = given["outcome"]
    return _say(number, given["party"], lambda by: disputing.close_dispute(_register(), number, outcome, by, agreed))


def _register() -> Any:
    return guard.services().register


def _say(number: int, party: str, what: Callable[[Speaker], Dispute]) -> Response:
    who = guard.viewer(Right.DISPUTE)
    found = dispute_seen(number, who)
    said = what(speaker(who, party, on_record.slice_of(found)))
    return responses.answered(documents.dispute(said), who, 201)


def speaker(who: Viewer, party: str, where: Slice) -> Speaker:
    """Who speaks, and for which agency: a provider for one of its own, the commissioner for none.

    Raises:
        Problem: the agency is somebody else's (404), or a provider with several names none (422).
    """
    by = guard.principal()
    if who.reach is not Reach.OWN:
        if party:
            guard.refuse(by, "party-not-own", "The commissioner speaks for no agency: leave party out.")
        return Speaker(by.name, by.role, today())
    if party and party not in who.agencies:
        guard.refuse_as_not_there(by)
    if not party and where.agency in who.agencies:
        party = where.agency or ""
    if not party and len(by.agencies) == 1:
        [party] = by.agencies
    if not party:
        guard.refuse(by, "party-needed", "Say for which of your agencies you speak: give party.")
    return Speaker(by.name, by.role, today(), party)
