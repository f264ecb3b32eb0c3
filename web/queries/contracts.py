"""What was said by word and stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.contract_life.contract import Contract
from web.snapshot import Snapshot

from .parameters import Document


@dataclass(frozen=True, slots=True)
class ContractsResult:
    """The contracts that stand, by agency and first day."""

    contracts: Sequence[Contract]

    def document(self) -> Document:
        """CONTRACTS of the JSON reference."""
        return {
            "contracts": [
                {
                    "agency": one.agency,
                    "first_day": one.first_day.isoformat(),
                    "last_day": one.last_day.isoformat() if one.last_day else None,
                    "succeeds": one.succeeds,
                }
                for one in self.contracts
            ]
        }


def contracts(snapshot: Snapshot) -> ContractsResult:
    """The contracts that stand by what is known now."""
    return ContractsResult(snapshot.submissions.contracts.known_at())
