"""Disputes, as JSON."""

from collections.abc import Iterable
from typing import Any

from domain.contract_life.dispute import Dispute, DisputeAnswered, DisputeClosed, DisputeEvent
from domain.log.reading import Recorded
from projections.claims.disputes import slice_of, standpoint_of

from .figure import slice_document, standpoint_document

Document = dict[str, Any]


def dispute(found: Dispute) -> Document:
    """A dispute with all that was said about it."""
    said = found.opened
    closed = found.recorded[-1] if found.closed else None
    return {
        "number": found.number,
        "state": found.state,
        "measure": said.measure,
        "slice": slice_document(slice_of(found)),
        "standpoint": standpoint_document(standpoint_of(found)),
        "claimed": {
            "numerator": said.numerator,
            "denominator": said.denominator,
            "percentage": said.percentage or None,
        },
        "reason": said.reason,
        "opened": _spoken(found.recorded[0]),
        "answers": [_answer(one) for one in found.answers],
        "closed": _closed(closed) if closed else None,
    }


def disputes(found: Iterable[Dispute]) -> Document:
    """Disputes, in the order given."""
    return {"disputes": [dispute(one) for one in found]}


def _spoken(recorded: Recorded) -> Document:
    event = recorded.event
    assert isinstance(event, DisputeEvent)
    return {
        "on": event.occurred_on.isoformat(),
        "recorded_at": recorded.recorded_at.isoformat(),
        "actor": event.actor,
        "role": event.role,
        "party": event.party,
        "log_position": recorded.position,
    }


def _answer(recorded: Recorded) -> Document:
    event = recorded.event
    assert isinstance(event, DisputeAnswered)
    return _spoken(recorded) | {"statement": event.statement}


def _closed(recorded: Recorded) -> Document:
    event = recorded.event
    assert isinstance(event, DisputeClosed)
    agreed = {"numerator": event.numerator, "denominator": event.denominator}
    return _spoken(recorded) | {"outcome": event.outcome, "agreed": None if event.numerator is None else agreed}
