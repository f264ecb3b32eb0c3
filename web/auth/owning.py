"""Whose records are a provider's today: what was granted, as contracts and handovers have passed it on."""

from datetime import date

from web.context import Question


def records_of(asked: Question, granted: frozenset[str], on: date) -> frozenset[str]:
    """The agencies whose client-level records belong, on that day, to the agencies granted."""
    contracts = asked.submissions.contracts.known_at()
    ended = {one.agency for one in contracts} - {one.agency for one in contracts if one.covers(on)}
    return granted - ended
