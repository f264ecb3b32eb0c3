"""The command `did-it-help`."""

from datetime import date

import click

from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from web.cli import options
from web.cli.output import answer_query
from web.presenters.improvement.did_it_help import print_did_it_help
from web.queries.improvement import did_it_help as queries
from web.queries.parameters import KnownAt


@click.command()
@options.measure
@click.option("--first-day", type=options.DAY, required=True, help="The first day of the plan.")
@options.known_at
@options.slice_
@options.as_json
def did_it_help(*, measure: str, first_day: date, known_at: KnownAt, slice_: Slice, as_json: bool) -> None:
    """What was corrected and what changed since a plan's first day, and if chance gives as much."""
    answer_query(
        queries.did_it_help,
        queries.DidItHelpQuery(measure_named(measure), first_day, slice_, known_at),
        print_did_it_help,
        slice_,
        as_json=as_json,
    )
