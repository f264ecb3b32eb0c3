"""What is said by word: withdrawals, handovers, contracts. References stand in the body, never in an address."""

from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.contract_life.contract import Contract
from web import parameters
from web.api import PREFIX, responses
from web.api.blueprint import ApiBlueprint
from web.api.openapi import reference
from web.auth import guard
from web.auth.roles import Right
from web.clock import today
from web.commands.commit import Receipt
from web.commands.contract_life.contracts import ContractConfirmed, agree_contract, withdraw_contract
from web.commands.records.manual import Confirmed, hand_over, withdraw
from web.parameters import Given
from web.queries.contract_life import contracts as queries
from web.queries.contract_life.contracts import ContractsResult

blueprint = ApiBlueprint(
    "knowledge", __name__, url_prefix=PREFIX, description="What the commissioner says by word, each with its own day."
)

_LONGEST_REFERENCE = 200


def _reference(description: str) -> fields.String:
    return fields.String(
        required=True, validate=validate.Length(1, _LONGEST_REFERENCE), metadata={"description": description}
    )


def _agency(description: str) -> fields.String:
    return fields.String(
        required=True,
        validate=parameters.Whole(parameters.CODE, error="This is no such code."),
        metadata={"description": description},
    )


class ManualRequest(parameters.Asks):
    """What every word has."""

    received_on = parameters.DayField(
        load_default=None, description="The day on which it reached the commissioner; today, if left out."
    )
    dry_run = parameters.flag_field("Say what would happen, and store nothing.")


class WithdrawalRequest(ManualRequest):
    """An episode that should never have been reported."""

    agency = _agency("The agency that reported it.")
    client_reference = _reference("The agency's CLIENT.")
    episode_reference = _reference("The agency's EPISODID.")


class HandoverRequest(ManualRequest):
    """A caseload that passed to another agency."""

    from_agency = _agency("The agency whose caseload passed on.")
    to_agency = _agency("The agency that took it over.")
    on = parameters.DayField(required=True, description="The day on which it passed.")


class ContractRequest(ManualRequest):
    """A contract, or that there never was one."""

    agency = _agency("The agency under contract.")
    first_day = parameters.DayField(required=True, description="The contract's first day.")
    last_day = parameters.DayField(
        load_default=None, allow_none=True, description="Its last; null while none is agreed."
    )
    succeeds = fields.String(
        load_default="",
        validate=parameters.Whole(f"{parameters.CODE}|^$", error="This is no such code."),
        metadata={"description": "The agency whose service it continues."},
    )
    withdrawn = parameters.flag_field("It was never a contract.")

    @validates_schema
    def _nothing_beside_withdrawn(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("withdrawn") and (data.get("last_day") or data.get("succeeds")):
            raise ValidationError("A contract that is withdrawn has neither last_day nor succeeds.", "withdrawn")


@blueprint.endpoint(
    "POST",
    "/withdrawals",
    Right.KNOWLEDGE,
    Confirmed,
    asks=WithdrawalRequest,
    location="json",
    status=201,
    errors=(409,),
)
@blueprint.alt_response(200, schema=reference(Confirmed), description="Tried; nothing stored.", success=True)
def withdrawals(args: Given) -> Response:
    """Confirm that an episode was reported by mistake."""
    services = guard.services()
    result = withdraw(
        services.register,
        services.client_key,
        args["agency"],
        args["client_reference"],
        args["episode_reference"],
        _receipt(args),
    )
    return _answered(result.document(), args)


@blueprint.endpoint(
    "POST",
    "/handovers",
    Right.KNOWLEDGE,
    Confirmed,
    asks=HandoverRequest,
    location="json",
    status=201,
    errors=(409,),
)
@blueprint.alt_response(200, schema=reference(Confirmed), description="Tried; nothing stored.", success=True)
def handovers(args: Given) -> Response:
    """Pass a caseload from one agency to another."""
    register = guard.services().register
    result = hand_over(register, args["from_agency"], args["to_agency"], args["on"], _receipt(args))
    return _answered(result.document(), args)


@blueprint.endpoint(
    "POST",
    "/contracts",
    Right.KNOWLEDGE,
    ContractConfirmed,
    asks=ContractRequest,
    location="json",
    status=201,
    errors=(409,),
)
@blueprint.alt_response(200, schema=reference(ContractConfirmed), description="Tried; nothing stored.", success=True)
def contract(args: Given) -> Response:
    """Keep a contract of an agency, change it, or take it back."""
    register, agency, first_day = guard.services().register, args["agency"], args["first_day"]
    if args["withdrawn"]:
        result = withdraw_contract(register, agency, first_day, _receipt(args))
    else:
        contract = Contract(0, agency, first_day, args["last_day"], args["succeeds"])
        result = agree_contract(register, contract, _receipt(args))
    return _answered(result.document(), args)


@blueprint.query("/contracts", Right.CONTRACTS, ContractsResult)
def contracts() -> Response:
    """The contracts that stand, by what is known now."""
    viewer = guard.viewer(Right.CONTRACTS)
    return responses.answered(queries.contracts(guard.snapshot(), viewer).document(), viewer)


def _receipt(args: Given) -> Receipt:
    who, on = guard.principal(), today()
    return Receipt(args["received_on"] or on, on, who.name, who.role, args["dry_run"])


def _answered(document: dict[str, Any], args: Given) -> Response:
    return responses.answered(document, guard.viewer(Right.KNOWLEDGE), 200 if args["dry_run"] else 201)
