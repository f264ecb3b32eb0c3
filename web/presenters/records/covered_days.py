"""Corrections of the days that files cover, for people."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from rich.console import Console

from web.commands.records.covered_days import DaysCorrected
from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table, numbered
from web.queries.records.covered_days import CorrectionLine

NO_DAY: Final = "no day"
COLUMNS: Final = (
    Column("Submission", number=True),
    Column("Received"),
    Column("File", folds=True),
    Column("By its name", aside=True),
    Column("Covers"),
    Column("Why", folds=True),
    Column("State"),
)


def covered(first_day: date | None, last_day: date | None) -> str:
    """Which days a file covers, in words."""
    return text.window(first_day, last_day) if first_day and last_day else NO_DAY


def correction_sentences(done: DaysCorrected) -> Iterator[str]:
    """What a correction does, and which ends of months no file covers from then on."""
    verb = "would cover" if done.position is None else "covers"
    days = covered(done.first_day, done.last_day)
    yield (
        f"{done.file} {verb} {days} from now on, and {covered(done.first_day_before, done.last_day_before)} before; by "
        f"its name {covered(done.named_first_day, done.named_last_day)}."
    )
    ends = done.no_file_covers
    if ends:
        yield (
            f"{text.plural(len(ends), 'month end')} ({text.window(ends[0], ends[-1])}) "
            f"{'is' if len(ends) == 1 else 'are'} covered by no other file of {done.agency}: its file is missing there."
        )
    else:
        yield f"No month end that {done.agency} had covered is without a file."


def print_correction(console: Console, done: DaysCorrected) -> None:
    """What became of a correction."""
    stored = "A trial: nothing was stored." if done.position is None else f"Stored at position {done.position}."
    say(console, *correction_sentences(done), f"Received on {text.day(done.received_on)}. {stored}")


def print_corrections(console: Console, lines: Sequence[CorrectionLine]) -> None:
    """Every correction, the newest first."""
    if not lines:
        say(console, "The covered days of no file were corrected.")
        return
    print_table(console, corrections_table(lines))


def corrections_table(lines: Sequence[CorrectionLine]) -> Table:
    """Every correction, the newest first."""
    return Table(COLUMNS, [correction_row(line) for line in lines], "The newest first")


def correction_row(line: CorrectionLine) -> tuple[Any, ...]:
    """A correction as a row of COLUMNS."""
    return (
        numbered(line.number),
        text.short_day(line.received_on),
        line.file,
        covered(line.named_first_day, line.named_last_day),
        covered(line.first_day, line.last_day),
        line.reason,
        f"replaced by {line.replaced_by}" if line.replaced_by else "in force",
    )
