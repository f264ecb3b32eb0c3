"""What became of files, and what they would do to the figures, as tables for people."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console

from web.commands.ingest.submission import Submission
from web.commands.ingest.take_in import Effect

from . import text
from .console import print_table, say
from .tables import Column, Table

_COUNTS: Final = ("rows", "new", "amended", "withdrawn", "unchanged", "not in file", "rejected")


def print_effects(console: Console, effects: Sequence[Effect]) -> None:
    """The measures that a file would move."""
    if not effects:
        return
    changed = moved(effects)
    standpoint = effects[0].after.standpoint
    if not changed:
        say(console, f"No figure as of {text.day(standpoint.as_of)} would change.", "")
        return
    say(console, f"Figures as of {text.day(standpoint.as_of)} that would change; all others stay as they are.", "")
    columns = (
        Column("KPI"),
        Column("measure", folds=True),
        Column("agencies"),
        Column("before", folds=True),
        Column("after", folds=True),
    )
    print_table(console, Table(columns, list(map(_effect_row, changed))))
    say(console, "")


def moved(effects: Sequence[Effect]) -> list[Effect]:
    """The figures that a file would move; an agency's own only where it says something else than that of all."""
    return [effect for effect in effects if effect.changes and not _repeats(effect, effects)]


def _repeats(effect: Effect, effects: Sequence[Effect]) -> bool:
    """Whether an agency's figure says what that of all agencies does."""
    everywhere = next(e for e in effects if e.after.measure == effect.after.measure)
    return effect is not everywhere and _words(effect) == _words(everywhere)


def _words(effect: Effect) -> tuple[str, str]:
    return text.result(effect.before), text.result(effect.after)


def _effect_row(effect: Effect) -> tuple[str, ...]:
    figure = effect.after
    return (
        figure.measure.code,
        figure.measure.name,
        figure.slice.agency or "all",
        *_words(effect),
    )


def print_archive(console: Console, submissions: Sequence[Submission]) -> None:
    """Many files, a line each; counts are of facts, but for the rows, the episodes not in the file and the rejected."""
    if not submissions:
        return
    columns = (Column("received"), Column("file", folds=True), *(Column(name, number=True) for name in _COUNTS))
    print_table(console, Table(columns, list(map(_archive_row, submissions))))
    passed_over = sum(submission.already_received for submission in submissions)
    say(console, "", f"{text.plural(len(submissions) - passed_over, 'file')} taken in.")
    if passed_over:
        say(console, f"{text.plural(passed_over, 'file')} passed over: received before, on that day, with these bytes.")


def _archive_row(submission: Submission) -> tuple[str, ...]:
    received = text.short_day(submission.received_on)
    if submission.already_received:
        return received, submission.file, *("" for _ in _COUNTS[:-1]), "before"
    counts = (
        submission.rows,
        submission.new,
        submission.amended,
        submission.withdrawn,
        submission.unchanged,
        submission.not_in_file,
        len({rejection.row for rejection in submission.rejected}),
    )
    return received, submission.file, *(f"{count:,}" for count in counts)
