"""Whose records are a provider's today: what was granted, as contracts and handovers have passed it on."""

from datetime import date

from projections.privacy.caseload_access import agencies_open_to, caseloads_passed
from web.snapshot import Snapshot


def records_of(asked: Snapshot, granted: frozenset[str], on: date) -> frozenset[str]:
    """The agencies whose client-level records are, on that day, those of the agencies granted."""
    contracts = asked.submissions.contracts.known_at()
    passed = asked.kept("caseloads passed", lambda: caseloads_passed(asked.connection, asked.mapper))
    return agencies_open_to(granted, contracts, passed, on)
