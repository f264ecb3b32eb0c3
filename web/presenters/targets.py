"""Targets, for people."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console

from domain.contract_life.targets import TargetKind, TargetScale, TargetSet
from domain.measures.registry import measure_named
from projections.performance.targets import Target

from . import text
from .console import print_table, say
from .tables import Column, Table

_TARGETS: Final = (
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


def print_targets(console: Console, found: Sequence[Target]) -> None:
    """Targets, the oldest first."""
    if not found:
        say(console, "No target is set.")
        return
    print_table(console, Table(_TARGETS, list(map(_row, found))))


def _row(found: Target) -> tuple[str, ...]:
    said = found.terms
    return (
        str(found.number),
        said.measure,
        _whose(said),
        what(said),
        text.short_day(said.first_day),
        text.short_day(said.last_day),
        text.short_day(found.agreed_on),
        text.short_day(found.withdrawn_on) if found.withdrawn_on else "",
        said.actor,
    )


def print_target(console: Console, found: Target) -> None:
    """One target, as it was agreed."""
    measure = measure_named(found.terms.measure)
    say(console, f"Target {found.number}: {measure.code} {measure.name}, {_whose(found.terms)}: {what(found.terms)}.")
    say(console, *_about(found))


def what(said: TargetSet) -> str:
    """What is to be reached: 8%; 7.36% to 8.93%; 23.65%, which is 10% more than 21.5% (Q4 2015/16)."""
    if said.kind is TargetKind.RANGE:
        return f"{said.low:f}% to {said.high:f}%"
    if said.change is None:
        return f"{said.low:f}%"
    unit = "%" if said.kind is TargetKind.RELATIVE else " points"
    more = "more" if said.change >= 0 else "less"
    return f"{said.low:f}%, which is {abs(said.change):f}{unit} {more} than {said.baseline:f}% ({said.baseline_words})"


def _about(found: Target) -> Iterator[str]:
    said = found.terms
    first, last, agreed = (text.day(day) for day in (said.first_day, said.last_day, found.agreed_on))
    yield f"It counts from {first} to {last}, agreed on {agreed}."
    yield _colours(said)
    if said.comparator_low is not None:
        yield f"Comparator: {said.comparator_low:f}% to {said.comparator_high:f}% ({said.comparator_words})."
    if said.source:
        yield f"Source: {said.source}."
    if found.withdrawn_on:
        why = f": {found.reason}" if found.reason else ""
        yield f"Withdrawn on {text.day(found.withdrawn_on)}{why}."


def _colours(said: TargetSet) -> str:
    unit = "% of the target from it" if said.scale is TargetScale.RELATIVE else " points of it"
    green = f"within {said.green_within:f}{unit}" if said.green_within else "where it is reached"
    if said.amber_within <= said.green_within:
        return f"Green {green}, else red."
    return f"Green {green}, amber within {said.amber_within:f}{unit}, else red."


def _whose(said: TargetSet) -> str:
    return " and ".join(filter(None, (said.area, said.agency))) or "everybody"
