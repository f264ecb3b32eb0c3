"""Targets, for people."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from rich.console import Console

from domain.contract_life.targets import TargetKind, TargetScale, TargetSet
from domain.measures.registry import MEASURE_OF
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table
from web.queries.contract_life.targets import (
    TargetBaseline,
    TargetColours,
    TargetResult,
    TargetsResult,
    baseline_result,
    exact,
)

_COLUMNS: Final = (
    Column("no.", number=True),
    Column("measure"),
    Column("whose", folds=True),
    Column("target", folds=True),
    Column("from"),
    Column("to"),
    Column("agreed"),
    Column("withdrawn"),
    Column("by"),
)


def print_targets(console: Console, result: TargetsResult) -> None:
    """Targets, the oldest first."""
    if not result.targets:
        say(console, "No target is set.")
        return
    print_table(console, Table(_COLUMNS, list(map(_row, result.targets))))


def _row(target: TargetResult) -> tuple[str, ...]:
    return (
        str(target.number),
        target.measure,
        _whose(target),
        to_be_reached(target),
        text.short_day(target.first_day),
        text.short_day(target.last_day),
        text.short_day(target.agreed.on),
        text.short_day(target.withdrawn.on) if target.withdrawn else "",
        target.agreed.actor,
    )


def print_target(console: Console, target: TargetResult) -> None:
    """One target, as it was agreed."""
    measure = MEASURE_OF.get(target.measure)
    name = f"{measure.code} {measure.name}" if measure else target.measure
    say(console, f"Target {target.number}: {name}, {_whose(target)}: {to_be_reached(target)}.")
    say(console, *terms_of(target))


def to_be_reached(target: TargetResult) -> str:
    """What is to be reached: 8%; 7.36% to 8.93%; 23.65%, which is 10% more than 21.5% (Q4 2015/16)."""
    return _goal(target.kind, target.low, target.high, target.baseline)


def agreed(terms: TargetSet) -> str:
    """The same of the event that set it."""
    return _goal(terms.kind, exact(terms.low), exact(terms.high), baseline_result(terms))


def _goal(kind: TargetKind, low: str, high: str, baseline: TargetBaseline | None) -> str:
    if kind is TargetKind.RANGE:
        return f"{low}% to {high}%"
    if baseline is None:
        return f"{low}%"
    change = Decimal(baseline.change)
    unit = "%" if kind is TargetKind.RELATIVE else " points"
    more = "more" if change >= 0 else "less"
    return f"{low}%, which is {abs(change):f}{unit} {more} than {baseline.percentage}% ({baseline.words})"


def terms_of(target: TargetResult) -> Iterator[str]:
    """From when to when it counts, which colours it gives, and where it is from."""
    first, last, agreed_on = map(text.day, (target.first_day, target.last_day, target.agreed.on))
    yield f"It counts from {first} to {last}, agreed on {agreed_on}."
    yield _colours(target.colours)
    if comparator := target.comparator:
        yield f"Comparator: {comparator.low}% to {comparator.high}% ({comparator.words})."
    if target.source:
        yield f"Source: {target.source}."
    if withdrawn := target.withdrawn:
        why = f": {withdrawn.reason}" if withdrawn.reason else ""
        yield f"Withdrawn on {text.day(withdrawn.on)}{why}."


def _colours(colours: TargetColours) -> str:
    green_within, amber_within = Decimal(colours.green_within), Decimal(colours.amber_within)
    unit = "% of the target from it" if colours.scale is TargetScale.RELATIVE else " points of it"
    green = f"within {colours.green_within}{unit}" if green_within else "where it is reached"
    if amber_within <= green_within:
        return f"Green {green}, else red."
    return f"Green {green}, amber within {colours.amber_within}{unit}, else red."


def _whose(target: TargetResult) -> str:
    return " and ".join(filter(None, (target.area, target.agency))) or "everybody"
