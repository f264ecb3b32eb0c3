"""The commands that say what is to be done: worklist, data-quality."""

from datetime import date

import click

from projections.standings.slices import Slice
from projections.worklists import worklist_named
from web.cli import options
from web.cli.output import answer_query
from web.presenters.records import worklists as tables
from web.presenters.records.data_quality import print_data_quality
from web.queries.parameters import KnownAt
from web.queries.records import worklists as queries
from web.queries.records.data_quality import DataQualityQuery, quality


@click.command()
@click.argument("name", required=False)
@click.option("--list", "listed", is_flag=True, help="Every worklist, with how many are on it, in place of one.")
@options.standpoint
@options.slice_
@options.as_json
def worklist(*, name: str | None, listed: bool, as_of: date, known_at: KnownAt, slice_: Slice, as_json: bool) -> None:
    """Who is on worklist NAME, the most urgent first, and why.

    A row belongs to the agency whose episode it names, which is who can act; so agencies add up to the area.
    """
    if listed == bool(name):
        raise click.UsageError("Give the name of a worklist, or --list, and not both.")
    if name:
        query = queries.WorklistQuery(worklist_named(name), as_of, known_at, slice_)
        answer_query(queries.worklist, query, tables.print_worklist, slice_, as_json=as_json)
    else:
        every = queries.WorklistsQuery(as_of, known_at, slice_)
        answer_query(queries.worklists, every, tables.print_overview, slice_, as_json=as_json)


@click.command()
@options.period
@options.known_at_or_cut
@click.option("--agency", metavar="CODE", help="Only this agency's files and records.")
@options.as_json
def data_quality(*, first_day: date, last_day: date, known_at: KnownAt, agency: str | None, as_json: bool) -> None:
    """Files due, received and late, month by month; rejected rows; days to report; which fields are filled in."""
    answer_query(
        quality,
        DataQualityQuery(first_day, last_day, known_at, agency),
        print_data_quality,
        Slice(agency=agency),
        as_json=as_json,
    )
