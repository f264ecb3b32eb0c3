"""Scorecards as JSON: each figure with its target, what it is against it, its direction of travel and its last year."""

from decimal import Decimal
from typing import Any

from projections.performance.rag import Against, NotRated, NumberNeeded
from projections.performance.scorecard import Scorecard, ScorecardLine
from projections.performance.trend import Movement, NoDirection, Point

from .figure import figure_document, slice_document, standpoint_document
from .targets import target

Document = dict[str, Any]


def scorecard(found: Scorecard) -> Document:
    """SCORECARD of the JSON reference."""
    coverage = found.coverage
    return {
        "standpoint": standpoint_document(found.standpoint),
        "slice": slice_document(found.slice),
        "basis": str(found.basis),
        "status": coverage.status,
        "coverage": {"expected": list(coverage.expected), "missing": list(coverage.missing)},
        "lines": [_line(line) for line in found.lines],
    }


def _line(line: ScorecardLine) -> Document:
    return {
        "figure": figure_document(line.figure),
        "state": str(line.state),
        "target": target(line.against.target) if line.against.target else None,
        "against": _against(line.against),
        "travel": _travel(line.movement),
        "spark": [_point(point) for point in line.spark],
    }


def _against(found: Against) -> Document:
    if isinstance(found, NotRated):
        nothing = dict.fromkeys(("rating", "reached", "points", "relative", "needed", "missing"))
        return {**nothing, "why_not": str(found.why), "sentences": list(found.sentences)}
    return {
        "rating": str(found.rating),
        "reached": _text(found.reached),
        "points": found.points,
        "relative": found.relative,
        "needed": _needed(found.needed),
        "missing": found.missing,
        "why_not": None,
        "sentences": list(found.sentences),
    }


def _needed(found: NumberNeeded) -> Document:
    return {"fewest": found.fewest, "most": found.most, "among": found.among}


def _travel(found: Movement) -> Document:
    said = {"basis": str(found.basis), "before": _point(found.before), "sentence": found.sentence}
    if isinstance(found, NoDirection):
        nothing = dict.fromkeys(("glyph", "judged", "difference", "within_chance"))
        return {**said, **nothing, "why_not": found.why}
    return {
        **said,
        "glyph": str(found.glyph),
        "judged": str(found.judged) if found.judged else None,
        "difference": found.difference,
        "within_chance": found.within_chance,
        "why_not": None,
    }


def _point(found: Point) -> Document:
    return {
        "as_of": found.last_day.isoformat(),
        "numerator": found.numerator,
        "denominator": found.denominator,
        "value": found.value,
        "status": found.status,
    }


def _text(value: Decimal) -> str:
    return f"{value:f}"
