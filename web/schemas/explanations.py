"""The document that holds a walk from one figure to another."""

from typing import Any

import msgspec

from domain.client import client_text
from projections.explain.bridge import Bridge, Contribution, Side, Step

from .figure import figure_document

Document = dict[str, Any]


def explanation(found: Bridge) -> Document:
    """The walk, step by step; `unexplained` is what its contributions do not add up to."""
    return {
        "from": figure_document(found.start),
        "to": figure_document(found.end),
        "steps": [_step(step) for step in found.steps],
        "unexplained": {str(side): found.unexplained(side) for side in Side},
    }


def _step(step: Step) -> Document:
    return {
        "step": str(step.name),
        "numerator": step.explained(Side.NUMERATOR),
        "denominator": step.explained(Side.DENOMINATOR),
        "contributions": [_contribution(one) for one in step.contributions],
    }


def _contribution(one: Contribution) -> Document:
    source: Document | None = msgspec.to_builtins(one.source)
    submission = source and {
        "number": source.pop("submission"),
        "agency": source.pop("agency"),
        "file": source.pop("file"),
        "row": source.pop("row"),
        "received_on": source["received_on"],
        "actor": source.pop("actor"),
        "role": source.pop("role"),
    }
    return {
        "client": None if one.client is None else client_text(one.client),
        "side": str(one.side),
        "diff": one.diff,
        "reason": str(one.reason),
        "event": source,
        "submission": submission,
    }
