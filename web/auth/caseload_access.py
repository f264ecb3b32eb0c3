"""Whose records are a provider's today: what was granted, as contracts and handovers have passed it on."""

from datetime import date

from projections.privacy.caseload_access import Passed, agencies_open_to, caseloads_passed
from web.snapshot import Snapshot, snapshot_cache


def records_of(asked: Snapshot, granted: frozenset[str], on: date) -> frozenset[str]:
    """The agencies whose client-level records are, on that day, those of the agencies granted."""
    contracts = asked.submissions.contracts.known_at()
    return agencies_open_to(granted, contracts, _caseloads_passed(asked), on)


@snapshot_cache()
def _caseloads_passed(snapshot: Snapshot) -> list[Passed]:
    return caseloads_passed(snapshot.connection, snapshot.mapper)
