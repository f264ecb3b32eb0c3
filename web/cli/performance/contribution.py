"""The command `contribution`."""

from datetime import date

import click

from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from web.cli import options
from web.cli.output import answer_query
from web.presenters.performance.contribution import print_contribution
from web.queries.parameters import KnownAt
from web.queries.performance import contribution as queries


@click.command()
@options.measure
@options.standpoint
@options.slice_
@click.option(
    "--handover-on",
    type=options.DAY,
    help="The first day of a new contract: the figure is also parted by who was in treatment then.",
)
@options.as_json
def contribution(
    *, measure: str, as_of: date, known_at: KnownAt, slice_: Slice, handover_on: date | None, as_json: bool
) -> None:
    """Which agency and which segment makes a figure miss its target; the parts add up exactly."""
    answer_query(
        queries.contribution,
        queries.ContributionQuery(measure_named(measure), as_of, known_at, slice_, handover_on),
        print_contribution,
        slice_,
        as_json=as_json,
    )
