"""The commands of `recount national`: a council's standings for others to read, and many councils at once."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from domain.errors import WrongUse
from domain.measures.registry import measure_named
from web.cli import options
from web.cli.output import answer, new_services
from web.commands.administration import national as commands
from web.presenters.performance import national as tables
from web.queries.parameters import Every, KnownAt, measures_named, period_ends
from web.queries.performance import national as queries
from web.queries.performance import national_triangle

_folder = click.argument("folder", type=options.FOLDER)
_reader = click.option(
    "--reader", metavar="COUNCIL", help="As who works for this council may see it: the others suppressed."
)


@click.group()
def national() -> None:
    """Many councils read together: write a council's standings as Parquet, and ask all of them at once."""


@national.command("export")
@_folder
@click.option("--council", required=True, metavar="CODE", help="Which council's database this is, like E08000026.")
@options.as_json
def export(*, folder: Path, council: str, as_json: bool) -> None:
    """Write the standings of this database into FOLDER, in place of those that were there before."""
    result = commands.export(new_services(), folder, council)
    answer(
        as_json=as_json,
        demonstration=False,
        document=result.document,
        tables=lambda console: tables.print_national_export(console, result),
    )


@national.command("figures")
@_folder
@click.option("--as-of", type=options.DAY, required=True, help="The last day whose happenings are seen.")
@options.known_at
@options.measures
@click.option(
    "--among",
    metavar="COUNCIL",
    multiple=True,
    help="A council to be compared with; again for each of the group. Its places and quartiles are shown beside.",
)
@_reader
@options.as_json
def figures(
    *,
    folder: Path,
    as_of: date,
    known_at: KnownAt,
    measures: Sequence[str],
    among: tuple[str, ...],
    reader: str | None,
    as_json: bool,
) -> None:
    """The figures of every council in FOLDER from one standpoint, with places and quartiles, also among a group."""
    if isinstance(known_at, int):
        raise WrongUse("A position is of one council's log. Give a day, on which every council knew something.")
    query = queries.NationalFiguresQuery(as_of, known_at, measures_named(measures), among)
    result = queries.figures(folder, queries.NationalViewer(reader), query)
    answer(
        as_json=as_json,
        demonstration=result.demonstration,
        document=result.document,
        tables=lambda console: tables.print_national_figures(console, result),
    )


@national.command("triangle")
@_folder
@click.option("--council", required=True, metavar="CODE", help="Whose triangle.")
@options.measure
@options.period
@options.every
@_reader
@options.as_json
def triangle(
    *,
    folder: Path,
    council: str,
    measure: str,
    first_day: date,
    last_day: date,
    every: Every,
    reader: str | None,
    as_json: bool,
) -> None:
    """One council's measure at each month end, as known on each day on which something became known there."""
    days = tuple(period_ends(first_day, last_day, every))
    query = national_triangle.NationalTriangleQuery(council, measure_named(measure), days)
    result = national_triangle.triangle(folder, queries.NationalViewer(reader), query)
    answer(
        as_json=as_json,
        demonstration=result.demonstration,
        document=result.document,
        tables=lambda console: tables.print_national_triangle(console, result),
    )
