"""Figures and targets written down for tests, without a log behind them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from domain.contract_life.targets import Goal, TargetSet, TargetWithdrawn, target_stream
from domain.log.reading import Recorded
from domain.measures.registry import measure_named
from domain.standpoint import Standpoint
from projections.performance.targets import Target, Targets
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from projections.store.submissions import Coverage

JULY = date(2017, 7, 31)
KNOWN = date(2017, 8, 15)
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
STANDPOINT = Standpoint(JULY, KNOWN, 9)


def a_figure(
    numerator: int, denominator: int | None, measure: str = "4.0", status: str = "provisional", **others: Any
) -> Figure:
    """A figure of July."""
    asked = measure_named(measure)
    missing = ("H0003",) if status == "incomplete" else ()
    figure = Figure(
        measure=asked,
        definition="1",
        slice=Slice(),
        standpoint=STANDPOINT,
        numerator=numerator,
        denominator=denominator,
        first_day=date(2016, 8, 1),
        last_day=JULY,
        coverage=Coverage(("H0001", "H0003"), missing, status),
        matured=2 if asked.immature else None,
    )
    return replace(figure, **others)


def said(number: int, version: int, on: date) -> dict[str, Any]:
    """What every event of a target holds."""
    return {
        "originator_id": target_stream(number),
        "originator_version": version,
        "occurred_on": on,
        "actor": "ann",
        "role": "commissioner",
        "number": number,
    }


def set_at(number: int = 1, agreed_on: date = date(2017, 4, 10), **given: Any) -> Recorded:
    """The event of a target: 4.0 from April to December 2017, 8% unless `low` and `high` are given."""
    goal = given.pop("goal", Goal.level(Decimal(8)))
    period = {"first_day": date(2017, 4, 1), "last_day": date(2017, 12, 31)}
    asked = {"measure": "4.0", "kind": goal.kind, "low": goal.low, "high": goal.high} | period | given
    return Recorded(100 + number, AT, TargetSet(**said(number, 1, agreed_on), **asked))


def withdrawn_at(number: int, on: date) -> Recorded:
    """The event that withdraws a target."""
    return Recorded(200 + number, AT, TargetWithdrawn(**said(number, 2, on)))


def a_target(**given: Any) -> Target:
    """One target."""
    return next(iter(Targets([set_at(**given)])))
