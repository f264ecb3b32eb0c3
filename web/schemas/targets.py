"""Targets, as JSON. Percentages are text: exact, as they were agreed."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from domain.log.reading import Recorded
from projections.performance.targets import Target

Document = dict[str, Any]


def target(found: Target) -> Document:
    """TARGET of the JSON reference."""
    said = found.terms
    return {
        "number": found.number,
        "measure": said.measure,
        "area": said.area,
        "agency": said.agency,
        "first_day": said.first_day.isoformat(),
        "last_day": said.last_day.isoformat(),
        "kind": str(said.kind),
        "low": _text(said.low),
        "high": _text(said.high),
        "baseline": _baseline(found),
        "colours": {
            "scale": str(said.scale),
            "green_within": _text(said.green_within),
            "amber_within": _text(said.amber_within),
        },
        "comparator": _comparator(found),
        "source": said.source,
        "agreed": _spoken(found.recorded),
        "withdrawn": _spoken(found.withdrawn) | {"reason": found.reason} if found.withdrawn else None,
    }


def targets(found: Iterable[Target]) -> Document:
    """Targets, in the order given."""
    return {"targets": [target(one) for one in found]}


def _baseline(found: Target) -> Document | None:
    said = found.terms
    if said.baseline is None:
        return None
    return {"percentage": _text(said.baseline), "words": said.baseline_words, "change": _text(said.change)}


def _comparator(found: Target) -> Document | None:
    said = found.terms
    if said.comparator_low is None:
        return None
    return {"low": _text(said.comparator_low), "high": _text(said.comparator_high), "words": said.comparator_words}


def _spoken(recorded: Recorded) -> Document:
    event = recorded.event
    return {
        "on": event.occurred_on.isoformat(),
        "recorded_at": recorded.recorded_at.isoformat(),
        "actor": event.actor,
        "role": event.role,
        "log_position": recorded.position,
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
