"""What was erased, and what is due, for people."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from rich.console import Console

from domain.client import client_text
from domain.retention import RetentionPeriod
from projections.privacy.retention import Due
from web.commands.erase import Erasure

from . import text
from .console import print_table, say
from .tables import Column, Table

MONTHS_A_YEAR: Final = 12

_DUE: Final = (Column("due since"), Column("kind"), Column("client"), Column("agency: client/episode", folds=True))


def print_erasure(console: Console, done: Erasure, *, dry_run: bool) -> None:
    """What went, and what stays."""
    if not done.episodes:
        say(console, "Nothing was there to erase.")
        return
    would = "would be erased" if dry_run else "erased for good"
    say(
        console,
        f"{text.plural(done.persons, 'person', 'people')}, {text.plural(done.episodes, 'episode')}, "
        f"{text.plural(done.records, 'event')} of the log: {would}.",
    )
    if done.shared:
        say(
            console,
            f"Of these, {text.plural(done.shared, 'episode')} had become another person's by a correction. The "
            "history goes with the rest; the next file that has it brings the other person's record back.",
        )
    stored = "A trial: nothing was erased." if done.position is None else f"Stored at position {done.position}."
    say(console, f"Received on {text.day(done.received_on)}. {stored}")


def print_disposals(console: Console, done: Sequence[Erasure], *, dry_run: bool) -> None:
    """What was disposed of, kind by kind."""
    if not done:
        say(console, "Nothing is due.")
    for one in done:
        say(console, f"{one.reason[0].upper()}{one.reason[1:]}.")
        print_erasure(console, one, dry_run=dry_run)


def print_retention(console: Console, on: date, schedule: Sequence[RetentionPeriod], found: Sequence[Due]) -> None:
    """How long each kind of record is kept and why, and what is due."""
    columns = (Column("kind"), Column("kept"), Column("from", folds=True), Column("source", folds=True))
    print_table(console, Table(columns, [(p.kind, _length(p.months), p.counted_from, p.source) for p in schedule]))
    say(console, "")
    if not found:
        say(console, f"Nothing is due on {text.day(on)}.")
        return
    episodes = sum(len(one.episodes) for one in found)
    say(console, f"Due on {text.day(on)}: {text.plural(episodes, 'episode')}. 'recount dispose' erases them.", "")
    print_table(console, Table(_DUE, list(map(_row, found))))


def _length(months: int) -> str:
    years, rest = divmod(months, MONTHS_A_YEAR)
    return text.plural(months, "month") if rest else text.plural(years, "year")


def _row(one: Due) -> tuple[str, ...]:
    return (
        text.short_day(one.due_on),
        one.kind,
        client_text(one.client),
        ", ".join(f"{e.agency}: {e.client_reference}/{e.episode_reference}" for e in one.episodes),
    )
