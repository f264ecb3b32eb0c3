"""Handovers: which there were, what one did to the figures, and how a mistaken one is taken back."""

from flask import Response

from domain.errors import Refused
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.api.openapi import reference
from web.api.records.manual import ManualRequest
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.agreement.handover.undo_handover import CaseloadTakenBack, undo_handover
from web.commands.agreement.handover.undo_trial import TakeBackTrial, try_undo
from web.commands.commit import Receipt
from web.parameters import Given
from web.problems import not_here
from web.queries.agreement import handovers as queries

blueprint = ApiBlueprint(
    "handover_list", __name__, url_prefix=PREFIX, description="Which caseloads passed from which agency to which."
)


@blueprint.query("/handovers", Right.AGREED, queries.HandoversResult)
def handovers() -> Response:
    """Every handover, the newest first; to a provider those of its own agencies."""
    viewer = guard.viewer(Right.AGREED)
    return responses.answered(queries.handovers(guard.snapshot(), viewer).document(), viewer)


@blueprint.query("/handovers/<int:number>", Right.AGREED, queries.HandoverResult, errors=(404,))
def handover(number: int) -> Response:
    """One handover, with the figures that it moved."""
    viewer = guard.viewer(Right.AGREED)
    result = queries.handover(guard.snapshot(), viewer, number)
    if result is None:
        raise not_here()
    return responses.answered(result.document(), viewer)


@blueprint.endpoint(
    "POST",
    "/handovers/<int:number>/undo",
    Right.KNOWLEDGE,
    CaseloadTakenBack,
    asks=ManualRequest,
    location="json",
    status=201,
    errors=(404, 409),
)
@blueprint.alt_response(200, schema=reference(TakeBackTrial), description="Tried; nothing stored.", success=True)
def undo(args: Given, number: int) -> Response:
    """Take a whole handover back, with what was said of contracts in the same step; or try it."""
    who, on = guard.principal(), today()
    receipt = Receipt(args["received_on"] or on, on, who.name, who.role, args["dry_run"])
    try:
        if args["dry_run"]:
            trial = try_undo(guard.services(), number, receipt)
            return responses.answered(trial.document(), guard.viewer(Right.KNOWLEDGE))
        result = undo_handover(guard.services().register, number, receipt)
    except Refused as refused:
        if refused.code == "handover-unknown":
            raise not_here() from refused
        raise
    return responses.answered(result.document(), guard.viewer(Right.KNOWLEDGE), 201)
