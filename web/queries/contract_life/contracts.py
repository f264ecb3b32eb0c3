"""The contracts that stand."""

from datetime import date

from web.auth.viewer import Viewer, unchanged
from web.queries.result import Result
from web.snapshot import Snapshot


class ContractResult(Result, frozen=True):
    """A contract; `last_day` is null while none is agreed, `succeeds` empty where it continues nobody's service."""

    agency: str
    first_day: date
    last_day: date | None
    succeeds: str


class ContractsResult(Result, frozen=True):
    """The contracts that stand, by agency and first day."""

    contracts: list[ContractResult]


def contracts(snapshot: Snapshot, viewer: Viewer) -> ContractsResult:
    """The contracts that stand by what is known now; they are the same for everybody who may see them."""
    standing = viewer.redacted(snapshot.submissions.contracts.known_at(), unchanged)
    return ContractsResult([ContractResult(one.agency, one.first_day, one.last_day, one.succeeds) for one in standing])
