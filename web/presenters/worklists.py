"""Worklists, as tables for people."""

from rich.console import Console

from domain.client import client_text
from projections.worklists import WorklistRow
from web.queries.worklists import WorklistResult, WorklistsResult

from . import text
from .console import print_table, say
from .tables import Column, Table


def print_overview(console: Console, found: WorklistsResult) -> None:
    """Every worklist with how many rows it has."""
    say(console, text.standpoint(found.standpoint), text.slice_of(found.where), "")
    columns = (Column("name"), Column("rows", number=True), Column("what is on it", folds=True))
    lists = ((one.worklist, len(one.rows)) for one in found.each())
    print_table(console, Table(columns, [(one.name, f"{rows:,}", one.words) for one, rows in lists]))
    say(console, "", text.LOCAL_ESTIMATE)


def print_worklist(console: Console, found: WorklistResult) -> None:
    """One worklist, the most urgent first."""
    one, rows = found.worklist, found.rows
    say(console, f"{one.title}: {text.plural(len(rows), 'row')}", one.words)
    say(console, text.standpoint(found.standpoint), text.slice_of(found.where), "")
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


def _row(row: WorklistRow) -> tuple[str, ...]:
    of = row.episode
    return (
        f"{of.agency}: {of.client_reference}/{of.episode_reference}",
        client_text(of.client),
        row.area,
        "" if row.days is None else f"{row.days:,}",
        row.because,
    )
