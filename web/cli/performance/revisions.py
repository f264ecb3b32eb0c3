"""The commands about late knowledge: how figures were restated, what one will come to, and when files came."""

from collections.abc import Sequence
from datetime import date

import click

from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, answer_query, new_services
from web.presenters.performance import revisions as tables
from web.presenters.performance.forecasts import print_forecast
from web.queries.parameters import Every, KnownAt, measures_named, period_ends, version_named
from web.queries.performance import forecasts as forecasting
from web.queries.performance import revisions as queries


@click.command()
@options.measures
@options.period
@options.every
@click.option("--by", type=click.Choice(["agency"]), help="Each agency for itself.")
@options.known_at
@options.slice_
@options.definition
@options.as_json
def revisions(
    *,
    measures: Sequence[str],
    first_day: date,
    last_day: date,
    every: Every,
    by: str | None,
    known_at: KnownAt,
    slice_: Slice,
    definition: str | None,
    as_json: bool,
) -> None:
    """How later records restated figures: first, now, largest restatement, days until they stopped moving."""
    query = queries.RevisionsQuery(
        period_ends(first_day, last_day, every),
        measures_named(measures),
        known_at,
        slice_,
        by is not None,
        version_named(definition),
    )
    answer_query(
        queries.revisions,
        query,
        lambda console, result: tables.print_revisions(console, result, every),
        as_json=as_json,
    )


@click.command()
@options.measure
@options.standpoint
@options.slice_
@options.definition
@options.as_json
def forecast(
    *, measure: str, as_of: date, known_at: KnownAt, slice_: Slice, definition: str | None, as_json: bool
) -> None:
    """What a figure that still fills in is expected to come to, with the record of earlier forecasts."""
    query = forecasting.ForecastQuery(measure_named(measure), as_of, known_at, slice_, version_named(definition))
    with new_services().snapshot() as snapshot:
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=lambda: forecasting.forecast(snapshot, EVERYTHING, query).document(),
            tables=lambda console: print_forecast(console, forecasting.unrounded_forecast(snapshot, EVERYTHING, query)),
        )


@click.command()
@options.period
@options.known_at
@options.as_json
def coverage(*, first_day: date, last_day: date, known_at: KnownAt, as_json: bool) -> None:
    """Which agency's file covers the end of each month, and how many days after it the file came."""
    answer_query(
        queries.coverage,
        queries.CoverageQuery(period_ends(first_day, last_day, "month"), known_at),
        tables.print_coverage,
        as_json=as_json,
    )
