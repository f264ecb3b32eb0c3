"""The command `explain`: one walk between two figures."""

from dataclasses import replace
from datetime import date

import click

from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, new_services, note_unknown
from web.presenters.explain import explanations as tables
from web.queries.explain import explanations as queries
from web.queries.explain.explanations import ExplanationQuery, StationQuery
from web.queries.parameters import KnownAt, version_named
from web.queries.slices import as_known


@click.command()
@options.measure
@options.standpoint
@click.option("--to-as-of", type=options.DAY, help="The other figure's last day; the same if left out.")
@click.option("--to-known-at", type=options.KNOWN_AT, help="The other figure's day of knowledge, or @POSITION.")
@click.option("--to-definition", metavar="VERSION", help="The other figure's version of the definition.")
@click.option("--to-area", metavar="CODE", help="The other figure's area.")
@click.option("--to-agency", metavar="CODE", help="The other figure's agency.")
@options.slice_
@options.definition
@options.as_json
def explain(
    *,
    measure: str,
    as_of: date,
    known_at: KnownAt,
    to_as_of: date | None,
    to_known_at: KnownAt,
    to_definition: str | None,
    to_area: str | None,
    to_agency: str | None,
    slice_: Slice,
    definition: str | None,
    as_json: bool,
) -> None:
    """Why one figure is not another: client by client, each with its event and row, adding up exactly.

    The walk goes first to what is known for the other figure, then to its dates, its definition, its slice.
    """
    start = StationQuery(as_of, known_at, slice_, version_named(definition))
    end = start.moved(to_as_of, to_known_at, to_area, to_agency, version_named(to_definition))
    with new_services().snapshot() as snapshot:
        end = replace(end, slice_=as_known(snapshot, end.slice_))
        query = ExplanationQuery(measure_named(measure), start, end)
        if note_unknown(snapshot, query.start.slice_, query.end.slice_) and not as_json:
            return
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=lambda: queries.explain(snapshot, EVERYTHING, query).document(),
            tables=lambda console: tables.print_explanation(console, queries.walk(snapshot, EVERYTHING, query)),
        )
