"""Disputes, for people."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.console import Console

from domain.contract_life.dispute import OPEN, Dispute, DisputeAnswered, DisputeClosed
from domain.log.mapper import Event
from projections.claims.disputes import measure_of, slice_of, standpoint_of

from . import text
from .console import print_table, say
from .tables import Column, Table

_DISPUTES: Final = (
    Column("no.", number=True),
    Column("state"),
    Column("opened"),
    Column("what", folds=True),
    Column("as of"),
    Column("claimed"),
    Column("by"),
)


def print_disputes(console: Console, found: Sequence[Dispute]) -> None:
    """All disputes, the oldest first."""
    if not found:
        say(console, "Nothing is disputed.")
        return
    print_table(console, Table(_DISPUTES, list(map(_row, found))))


def _row(found: Dispute) -> tuple[str, ...]:
    said = found.opened
    return (
        str(found.number),
        found.state,
        text.short_day(said.occurred_on),
        _what(found),
        text.short_day(said.as_of),
        _claimed(found),
        said.party or said.actor,
    )


def print_dispute(console: Console, found: Dispute) -> None:
    """One dispute, word by word."""
    measure = measure_of(found)
    say(
        console,
        f"Dispute {found.number} ({found.state}): {measure.code} {measure.name}, claimed to be {_claimed(found)}",
    )
    say(console, text.standpoint(standpoint_of(found)), text.slice_of(slice_of(found)), "")
    say(console, *_spoken(found))
    if found.state == OPEN:
        say(console, "", "While it is open, the commissioner may look at the clients of this figure.")


def _what(found: Dispute) -> str:
    where = slice_of(found)
    parts = [part for part in (where.area, where.agency) if part]
    return " ".join([found.opened.measure, *(["for", " and ".join(parts)] if parts else [])])


def _claimed(found: Dispute) -> str:
    said = found.opened
    return f"{said.percentage}%" if said.percentage else _numbers(said.numerator, said.denominator)


def _numbers(numerator: int | None, denominator: int | None) -> str:
    return f"{numerator}" if denominator is None else f"{numerator} of {denominator}"


def _spoken(found: Dispute) -> Iterator[str]:
    said = found.opened
    yield f"{_when(said, said.party)} opened it: {said.reason}"
    events: Iterable[Event] = (recorded.event for recorded in found.recorded)
    for event in events:
        if isinstance(event, DisputeAnswered):
            yield f"{_when(event, event.party)}: {event.statement}"
        elif isinstance(event, DisputeClosed):
            agreed = "" if event.numerator is None else f" Agreed: {_numbers(event.numerator, event.denominator)}."
            yield f"{_when(event, event.party)} closed it: {event.outcome}{agreed}"


def _when(event: Event, party: str) -> str:
    who = f"{event.actor} for {party}" if party else event.actor
    return f"{text.short_day(event.occurred_on)}, {who}"
