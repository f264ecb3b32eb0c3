"""Contracts, said by word: from when to when an agency works for the council, and whose service it continues.

Each word is a submission of its own, received on a day, in order with the files: earlier standpoints keep what they
knew. A contract is told apart by its agency and first day.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec

from domain.contract_life.contract import Contract, ContractAgreed, ContractWithdrawn
from domain.episode.reconcile import Provenance
from domain.errors import Refused
from domain.register import Register
from domain.submission import submission_stream
from projections.store.submissions import load_contracts

from .manual import submission_by_word

REFUSALS: Final = {
    "received-in-future": "The day of receipt lies after today.",
    "received-out-of-order": "The day of receipt lies before that of the newest submission.",
    "contract-ends-before-it-begins": "The last day of the contract lies before its first.",
    "contract-succeeds-itself": "An agency cannot continue its own service.",
    "contract-overlaps": "Another contract of the agency is in force on some of these days.",
    "contract-unknown": "There is no contract of the agency from that day that could be withdrawn.",
    "contract-unchanged": "The contract is known just so already.",
}
"""Why a word about a contract is refused, by code; nothing is stored then."""


@dataclass(frozen=True)
class ContractSaid:
    """What became of a word about a contract; `position` is the submission's, None in a dry run."""

    agency: str
    first_day: date
    last_day: date | None
    succeeds: str
    withdrawn: bool
    received_on: date
    position: int | None

    def document(self) -> dict[str, Any]:
        """What happened, as JSON."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def agree_contract(
    register: Register,
    contract: Contract,
    received_on: date,
    today: date,
    *,
    actor: str,
    role: str,
    dry_run: bool = False,
) -> ContractSaid:
    """Keep a contract, or, where its agency and first day are known, say it anew: with another end, say.

    Raises:
        Refused: its days do not fit, alone or beside the agency's others, or nothing would change.
    """
    _check(contract)
    with submission_by_word(register, received_on, today, actor, role, dry_run) as (recording, generation, by):
        standing = load_contracts(recording.connection, generation).known_at()
        _check_beside(contract, [one for one in standing if one.agency == contract.agency])
        event = ContractAgreed(
            **_of_submission(by, received_on),
            agency=contract.agency,
            first_day=contract.first_day,
            last_day=contract.last_day,
            succeeds=contract.succeeds,
        )
        return _said(contract, received_on, recording.append([event])[-1].position, dry_run)


def withdraw_contract(
    register: Register,
    agency: str,
    first_day: date,
    received_on: date,
    today: date,
    *,
    actor: str,
    role: str,
    dry_run: bool = False,
) -> ContractSaid:
    """Say of a contract that it was never one.

    Raises:
        Refused: there is none from that day.
    """
    with submission_by_word(register, received_on, today, actor, role, dry_run) as (recording, generation, by):
        standing = load_contracts(recording.connection, generation).known_at()
        found = next((one for one in standing if (one.agency, one.first_day) == (agency, first_day)), None)
        if found is None:
            raise Refused("contract-unknown", f"No contract of {agency} from {first_day} is known.")
        event = ContractWithdrawn(**_of_submission(by, received_on), agency=agency, first_day=first_day)
        position = recording.append([event])[-1].position
        return _said(found._replace(withdrawn=True), received_on, position, dry_run)


def _check(contract: Contract) -> None:
    if contract.last_day and contract.last_day < contract.first_day:
        raise Refused(
            "contract-ends-before-it-begins",
            f"The contract would end on {contract.last_day}, before it begins on {contract.first_day}.",
        )
    if contract.succeeds == contract.agency:
        raise Refused(
            "contract-succeeds-itself", f"{contract.agency} cannot continue its own service. Name the agency before it."
        )


def _check_beside(contract: Contract, others: list[Contract]) -> None:
    for other in others:
        if other.first_day == contract.first_day:
            if other._replace(position=contract.position) == contract:
                raise Refused("contract-unchanged", "The contract is known just so already. Nothing was stored.")
        elif _overlap(contract, other):
            until = f"to {other.last_day}" if other.last_day else "on, without an end"
            raise Refused(
                "contract-overlaps",
                f"{contract.agency} has a contract from {other.first_day} {until}. End that one first: say it anew "
                "with its last day.",
            )


def _overlap(one: Contract, other: Contract) -> bool:
    return one.first_day <= (other.last_day or date.max) and other.first_day <= (one.last_day or date.max)


def _of_submission(by: Provenance, received_on: date) -> dict[str, Any]:
    """What is the same of every submission's own event."""
    return {
        "originator_id": submission_stream(by.submission),
        "originator_version": 1,
        "occurred_on": received_on,
        "submission": by.submission,
        "actor": by.actor,
        "role": by.role,
        "number": by.submission,
        "received_on": received_on,
    }


def _said(contract: Contract, received_on: date, position: int, dry_run: bool) -> ContractSaid:
    _, agency, first_day, last_day, succeeds, withdrawn = contract
    return ContractSaid(agency, first_day, last_day, succeeds, withdrawn, received_on, None if dry_run else position)
