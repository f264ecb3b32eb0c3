"""The command `scorecard`."""

from datetime import date

import click

from projections.performance.trend import BASES
from projections.standings.slices import Slice
from web.cli import options
from web.cli.output import answer_query
from web.clock import today
from web.presenters.agreement.whole_scorecard import print_whole_scorecard
from web.queries.agreement.whole_scorecard import WholeScorecardQuery, whole_scorecard
from web.queries.parameters import KnownAt
from web.queries.performance import scorecards as queries


@click.command()
@options.standpoint
@options.slice_
@click.option(
    "--basis",
    type=click.Choice(["previous", "last-year", "first"]),
    help="With what a figure is compared: the previous period, the same last year, the first of twelve months. Left "
    "out, as its colour rule says, else the previous period.",
)
@options.as_json
def scorecard(*, as_of: date, known_at: KnownAt, slice_: Slice, basis: str | None, as_json: bool) -> None:
    """Every KPI with its target, colour, variance and direction of travel."""
    card = queries.ScorecardQuery(as_of, known_at, slice_, BASES[basis] if basis else None)
    answer_query(
        whole_scorecard,
        WholeScorecardQuery(card, today()),
        print_whole_scorecard,
        slice_,
        as_json=as_json,
    )
