"""Restatements, forecasts, and coverage through time, as JSON."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.standpoint import Standpoint
from projections.timeliness.completeness import Expectation
from projections.timeliness.coverage import CoverageMonth, Reporting
from projections.timeliness.forecast import LEVELS, Earlier, Forecast, Record
from projections.timeliness.revisions import STILL_MOVING_DAYS, KnownFigure, Restatement, Revision, Revisions

from .figure import figure_document, slice_document

Document = dict[str, Any]


def revisions(found: Sequence[Revisions], standpoint: Standpoint) -> Document:
    """How each measure of each slice was restated."""
    return {
        "known_at": _day(standpoint.known_at),
        "position": standpoint.position,
        "still_moving_days": STILL_MOVING_DAYS,
        "revisions": [
            {
                "measure": one.measure.code,
                "name": one.measure.name,
                "kind": one.measure.kind,
                "slice": slice_document(one.slice),
                "reported": len(one.reported),
                "restated": one.restated,
                "still_moving": one.still_moving,
                "median_days": one.median_days,
                "longest_days": one.longest_days,
                "periods": [_revision(row) for row in one.rows],
            }
            for one in found
        ],
    }


def _revision(row: Revision) -> Document:
    return {
        "as_of": row.as_of.isoformat(),
        "missing": list(row.missing),
        "first": _known(row.first),
        "latest": _known(row.latest),
        "restatements": row.restatements,
        "largest": _restatement(row.largest),
        "settled_after_days": row.settled_after,
    }


def _known(known: KnownFigure | None) -> Document | None:
    if known is None:
        return None
    return {
        "known_at": known.known_at.isoformat(),
        "numerator": known.numerator,
        "denominator": known.denominator,
        "percentage": known.percentage,
    }


def _restatement(change: Restatement | None) -> Document | None:
    if change is None:
        return None
    return {
        "known_at": change.known_at.isoformat(),
        "numerator": change.numerator,
        "denominator": change.denominator,
        "points": change.points,
    }


def forecast(found: Forecast) -> Document:
    """A forecast beside its figure, with its record."""
    expected = found.expectation
    return {
        "figure": figure_document(found.figure),
        "final": {"measure": found.final_measure.code, "as_of": found.final_as_of.isoformat()},
        "age_months": found.age,
        "settled": found.is_settled,
        "silent": found.silence,
        "expected": expected.mean if expected else None,
        "intervals": _intervals(expected) if expected else [],
        "stretched": round(expected.stretched, 3) if expected else None,
        "cohorts": found.cohorts,
        "people": found.people,
        "cells": [
            {
                "counted": cell.counted,
                "months": cell.months,
                "people": cell.people,
                "earlier_people": cell.earlier_people,
                "earlier_came": cell.earlier_came,
                "chance": round(cell.chance, 4),
            }
            for cell in (expected.cells if expected else ())
        ],
        "record": _record(found.record) if found.record else None,
    }


def _intervals(expected: Expectation) -> list[Document]:
    limits = ((level, expected.interval(level)) for level in LEVELS)
    return [{"level": level, "low": low, "high": high} for level, (low, high) in limits]


def _record(record: Record) -> Document:
    return {
        "forecasts": len(record.earlier),
        "held": [{"level": level, "forecasts": record.held(level)} for level in LEVELS],
        "borne_out": record.is_borne_out,
        "mean_error": round(record.mean_error, 3),
        "mean_change": round(record.mean_change, 3),
        "earlier": [_earlier(one) for one in record.earlier],
    }


def _earlier(one: Earlier) -> Document:
    return {
        "as_of": one.standpoint.as_of.isoformat(),
        "known_at": _day(one.standpoint.known_at),
        "position": one.standpoint.position,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "expected": one.expectation.mean,
        "intervals": _intervals(one.expectation),
        "came": one.came,
    }


def coverage(found: Reporting) -> Document:
    """Which agency's file covered the end of each month, and after how many days it came."""
    return {
        "known_at": _day(found.known_at),
        "position": found.position,
        "months": [_month(month) for month in found.months],
        "agencies": [
            {
                "agency": delays.agency,
                "reported": delays.reported,
                "missing": delays.missing,
                "median_days": delays.median_days,
                "longest_days": delays.longest_days,
            }
            for delays in found.delays()
        ],
    }


def _month(month: CoverageMonth) -> Document:
    return {
        "month_end": month.month_end.isoformat(),
        "complete_on": _day(month.complete_on),
        "days": month.days,
        "missing": list(month.missing),
        "reports": [
            {
                "agency": report.agency,
                "expected": report.is_expected,
                "received_on": _day(report.received_on),
                "days": report.days,
                "position": report.position,
            }
            for report in month.reports
        ],
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
