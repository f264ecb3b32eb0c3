"""What the commands that ask do: read the options, ask one function, print the answer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING
from web.presenters import figures as tables
from web.presenters import text
from web.queries import figures as asking
from web.queries.parameters import Every, KnownAt, measures_named, period_ends, version_named

from .output import answer, new_services, note_unknown


def figures(
    *, as_of: date, known_at: KnownAt, measures: Sequence[str], definition: str | None, as_json: bool, **where: Any
) -> None:
    """The figures of one standpoint."""
    part = Slice(**where)
    asked = asking.FiguresQuery(as_of, known_at, measures_named(measures), part, version_named(definition))
    with new_services().snapshot() as snapshot:
        note_unknown(snapshot, part)
        found = asking.figures(snapshot, EVERYTHING, asked)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=found.document,
            tables=lambda console: tables.print_figures(console, found.figures),
        )


def series(
    *,
    measure: str,
    first_day: date,
    last_day: date,
    every: Every,
    known_at: KnownAt,
    definition: str | None,
    as_json: bool,
    **where: Any,
) -> None:
    """One measure through time."""
    part, days = Slice(**where), period_ends(first_day, last_day, every)
    asked = asking.SeriesQuery(measure_named(measure), days, known_at, part, version_named(definition))
    with new_services().snapshot() as snapshot:
        note_unknown(snapshot, part)
        found = asking.series(snapshot, EVERYTHING, asked)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=found.document,
            tables=lambda console: tables.print_series(console, found.figures, every),
        )


def triangle(
    *, measure: str, first_day: date, last_day: date, definition: str | None, as_json: bool, **where: Any
) -> None:
    """One measure through both times."""
    part, days = Slice(**where), period_ends(first_day, last_day, "month")
    asked = asking.TriangleQuery(measure_named(measure), days, part, version_named(definition))
    with new_services().snapshot() as snapshot:
        note_unknown(snapshot, part)
        found = asking.triangle(snapshot, EVERYTHING, asked)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=found.document,
            tables=lambda console: tables.print_triangle(console, found.triangle),
        )


def members(
    *, measure: str, as_of: date, known_at: KnownAt, definition: str | None, as_json: bool, **where: Any
) -> None:
    """The people of a figure."""
    part = Slice(**where)
    asked = asking.MembersQuery(measure_named(measure), as_of, known_at, part, version_named(definition))
    with new_services().snapshot() as snapshot:
        note_unknown(snapshot, part)
        found = asking.members(snapshot, EVERYTHING, asked)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=found.document,
            tables=lambda console: tables.print_members(console, found.figure, found.members),
        )


def waiting(*, as_of: date, known_at: KnownAt, as_json: bool, **where: Any) -> None:
    """The people who wait, the longest first."""
    part = Slice(**where)
    with new_services().snapshot() as snapshot:
        note_unknown(snapshot, part)
        found = asking.waiting(snapshot, EVERYTHING, asking.OnTheDayQuery(as_of, known_at, part))
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=found.document,
            tables=lambda console: tables.print_waiting(console, found.figure, found.members),
        )


def profile(*, as_of: date, known_at: KnownAt, as_json: bool, **where: Any) -> None:
    """The caseload profile."""
    part = Slice(**where)
    with new_services().snapshot() as snapshot:
        note_unknown(snapshot, part)
        found = asking.profile(snapshot, EVERYTHING, asking.OnTheDayQuery(as_of, known_at, part))
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=found.document,
            tables=lambda console: tables.print_profile(console, found.profile, text.slice_of(part)),
        )


def definitions(*, as_json: bool) -> None:
    """The versions there are; the same in every database."""
    found = asking.DefinitionsResult()
    answer(
        as_json=as_json,
        demonstration=False,
        document=found.document,
        tables=lambda console: tables.print_definitions(console, found.definitions),
    )
