"""The commands that ask for figures and for the people in them, and `definitions`."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import click

from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING
from web.cli import options
from web.cli.output import answer, answer_query, new_services, note_unknown
from web.presenters.console import output, say
from web.presenters.explain.people import print_members, print_waiting
from web.presenters.performance import figures as tables
from web.presenters.performance.caseload import print_profile
from web.queries.explain import people
from web.queries.parameters import Every, KnownAt, measures_named, period_ends, version_named
from web.queries.performance import figures as queries
from web.queries.performance import measures as registry


@click.command()
@options.standpoint
@options.measures
@options.slice_
@options.definition
@options.as_json
def figures(
    *, as_of: date, known_at: KnownAt, measures: Sequence[str], slice_: Slice, definition: str | None, as_json: bool
) -> None:
    """The figures of some measures, or of all, from one standpoint."""
    query = queries.FiguresQuery(
        as_of, known_at, measures_named(measures), slice_, version_named(definition), with_later_moves=not as_json
    )
    if not as_json and _is_nothing_received():
        say(output(), *NOTHING_YET)
        return
    answer_query(
        queries.figures,
        query,
        tables.print_figures,
        slice_,
        as_json=as_json,
    )


NOTHING_YET: Final = (
    "No monthly file has been received yet, so there are no figures.",
    "  recount submit FILE takes one in; recount demo loads invented ones into an empty database.",
    "  recount serve runs the pages, where /set-up leads through what is to be done.",
)


def _is_nothing_received() -> bool:
    with new_services().snapshot() as snapshot:
        return not snapshot.submissions.has_monthly_file


@click.command()
@options.measure
@options.period
@options.every
@options.known_at_or_cut
@options.slice_
@options.definition
@options.as_json
def series(
    *,
    measure: str,
    first_day: date,
    last_day: date,
    every: Every,
    known_at: KnownAt,
    slice_: Slice,
    definition: str | None,
    as_json: bool,
) -> None:
    """One measure at the ends of the months, or of the council's quarters, between two days."""
    days = period_ends(first_day, last_day, every)
    answer_query(
        queries.series,
        queries.SeriesQuery(measure_named(measure), days, known_at, slice_, version_named(definition)),
        lambda console, result: tables.print_series(console, result.figures, every),
        slice_,
        as_json=as_json,
    )


@click.command()
@options.measure
@options.period
@options.slice_
@options.definition
@options.as_json
def triangle(
    *, measure: str, first_day: date, last_day: date, slice_: Slice, definition: str | None, as_json: bool
) -> None:
    """One measure at each month end, as known on each day on which something became known."""
    days = period_ends(first_day, last_day, "month")
    answer_query(
        queries.triangle,
        queries.TriangleQuery(measure_named(measure), days, slice_, version_named(definition)),
        tables.print_triangle,
        slice_,
        as_json=as_json,
    )


@click.command()
@options.measure
@options.standpoint
@options.slice_
@options.definition
@options.as_json
def members(
    *, measure: str, as_of: date, known_at: KnownAt, slice_: Slice, definition: str | None, as_json: bool
) -> None:
    """Who is in a figure: counted or not, by which rule and journey, from which events."""
    answer_query(
        people.members,
        people.MembersQuery(measure_named(measure), as_of, known_at, slice_, version_named(definition)),
        lambda console, result: print_members(console, result.figure, result.members),
        slice_,
        as_json=as_json,
    )


@click.command()
@options.standpoint
@options.slice_
@options.as_json
def waiting(*, as_of: date, known_at: KnownAt, slice_: Slice, as_json: bool) -> None:
    """Who was referred and has not started structured treatment, the longest wait first."""
    with new_services().snapshot() as snapshot:
        if note_unknown(snapshot, slice_) and not as_json:
            return
        result = people.waiting(snapshot, EVERYTHING, queries.OnTheDayQuery(as_of, known_at, slice_))
        of_figure = queries.FiguresQuery(as_of, known_at, (people.WAITING,), slice_)
        [figure] = queries.figures(snapshot, EVERYTHING, of_figure).figures
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=result.document,
            tables=lambda console: print_waiting(console, result, figure),
        )


@click.command()
@options.standpoint
@options.slice_
@options.as_json
def profile(*, as_of: date, known_at: KnownAt, slice_: Slice, as_json: bool) -> None:
    """The caseload by substance group: years in treatment, length of career, first treatment."""
    answer_query(
        queries.profile,
        queries.OnTheDayQuery(as_of, known_at, slice_),
        print_profile,
        slice_,
        as_json=as_json,
    )


@click.command()
@options.as_json
def definitions(*, as_json: bool) -> None:
    """The versions of the definitions, for --definition: what each says, and from when it is in force."""
    result = registry.definitions()  # the same in every database
    answer(
        as_json=as_json,
        demonstration=False,
        document=result.document,
        tables=lambda console: tables.print_definitions(console, result.definitions),
    )
