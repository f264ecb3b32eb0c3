"""Contracts, said by word: from when to when an agency works for the council, and whose service it continues.

Each is a submission of its own, received on a day, in order with the files: earlier standpoints keep what they knew. A
contract is known by its agency and first day.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from domain.contract_life.contract import Contract, ContractAgreed, ContractWithdrawn
from domain.errors import Refused
from domain.log.mapper import Event
from domain.register import Register
from projections.store.submissions import load_contracts
from web.commands.commit import RECEIPT_REFUSALS, Commit, Receipt, committing
from web.queries.contract_life.contracts import ContractResult

REFUSALS: Final = RECEIPT_REFUSALS | {
    "contract-ends-before-it-begins": "The last day of the contract lies before its first.",
    "contract-succeeds-itself": "An agency cannot continue its own service.",
    "contract-overlaps": "Another contract of the agency is in force on some of these days.",
    "contract-unknown": "There is no contract of the agency from that day that could be withdrawn.",
    "contract-unchanged": "The contract is known just so already.",
}
"""Why a word about a contract is refused, by code; nothing is stored then."""


class ContractConfirmed(ContractResult, frozen=True):
    """What became of a word about a contract; `position` is the submission's, null in a dry run."""

    withdrawn: bool
    received_on: date
    position: int | None


def agree_contract(register: Register, contract: Contract, receipt: Receipt) -> ContractConfirmed:
    """Store a contract, or, where its agency and first day are known, say it anew: with another end, say.

    Raises:
        Refused: its days do not fit, alone or beside the agency's others, or nothing would change.
    """
    with committing(register, receipt) as commit:
        return record_contract(commit, contract)


def record_contract(commit: Commit, contract: Contract) -> ContractConfirmed:
    """The same within a commit that holds more; raises as `agree_contract`."""
    check_days(contract)
    check_beside(contract, [one for one in _standing(commit) if one.agency == contract.agency])
    event = commit.event(
        ContractAgreed,
        agency=contract.agency,
        first_day=contract.first_day,
        last_day=contract.last_day,
        succeeds=contract.succeeds,
    )
    return _recorded(commit, contract, event)


def withdraw_contract(register: Register, agency: str, first_day: date, receipt: Receipt) -> ContractConfirmed:
    """Say of a contract that it was never one.

    Raises:
        Refused: there is none from that day.
    """
    with committing(register, receipt) as commit:
        same = (one for one in _standing(commit) if (one.agency, one.first_day) == (agency, first_day))
        contract = next(same, None)
        if contract is None:
            raise Refused("contract-unknown", f"No contract of {agency} from {first_day} is known.")
        return take_back(commit, contract)


def take_back(commit: Commit, contract: Contract) -> ContractConfirmed:
    """The same of a contract that stands, within a commit that holds more."""
    event = commit.event(ContractWithdrawn, agency=contract.agency, first_day=contract.first_day)
    return _recorded(commit, contract._replace(withdrawn=True), event)


def _standing(commit: Commit) -> Sequence[Contract]:
    """The contracts that stand before the commit, and after what it has recorded so far."""
    return load_contracts(commit.connection, commit.knowledge.generation).known_at()


def _recorded(commit: Commit, contract: Contract, event: Event) -> ContractConfirmed:
    _, agency, first_day, last_day, succeeds, withdrawn = contract
    position = commit.position(commit.record([event]))
    return ContractConfirmed(agency, first_day, last_day, succeeds, withdrawn, commit.receipt.received_on, position)


def check_days(contract: Contract) -> None:
    """Whether a contract can be one by itself; raises Refused."""
    if contract.last_day and contract.last_day < contract.first_day:
        raise Refused(
            "contract-ends-before-it-begins",
            f"The contract would end on {contract.last_day}, before it begins on {contract.first_day}.",
        )
    if contract.succeeds == contract.agency:
        raise Refused(
            "contract-succeeds-itself", f"{contract.agency} cannot continue its own service. Name the agency before it."
        )


def check_beside(contract: Contract, others: list[Contract]) -> None:
    """Whether it can stand beside the others of its agency, and says anything new; raises Refused."""
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
