"""Worklists, as tables for people."""

from rich.console import Console

from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.tables import Column, Table
from web.queries.records.worklists import WorklistEntry, WorklistResult, WorklistsResult


def print_overview(console: Console, result: WorklistsResult) -> None:
    """Every worklist with how many rows it has."""
    say(console, text.standpoint(result.standpoint), text.slice_of(result.slice), "")
    if silence := text.silence_of_day(result.standpoint, result.days_covered):
        say(console, silence)
        return
    columns = (Column("name"), Column("rows", number=True), Column("what is on it", folds=True))
    print_table(console, Table(columns, [(one.name, f"{one.rows:,}", one.words) for one in result.worklists]))
    say(console, "", text.LOCAL_ESTIMATE)


def print_worklist(console: Console, result: WorklistResult) -> None:
    """One worklist, the most urgent first."""
    one, rows = result.worklist, result.rows
    silence = text.silence_of_day(result.standpoint, result.days_covered)
    say(console, one.title if silence else f"{one.title}: {text.plural(len(rows), 'row')}", one.words)
    say(console, text.standpoint(result.standpoint), text.slice_of(result.slice), "")
    if silence:
        say(console, silence)
        return
    if not rows:
        say(console, "Nothing is on this list.")
        return
    columns = (
        Column("agency: client/episode", folds=True),
        Column("client"),
        Column("area"),
        Column(one.counts, number=True),
        Column("why", folds=True),
    )
    print_table(console, Table(columns, list(map(_row, rows))))
    say(console, "", text.LOCAL_ESTIMATE)


def _row(row: WorklistEntry) -> tuple[str, ...]:
    days = "" if row.days is None else f"{row.days:,}"
    return row.reference, row.client, row.area or "", days, row.because
