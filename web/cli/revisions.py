"""What the commands about late knowledge do: how figures were restated, what one comes to, and when files came."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING
from web.presenters import forecasts as forecasts_terminal
from web.presenters import revisions as terminal
from web.queries import revisions as revising
from web.queries.parameters import Every, KnownAt, measures_named, period_ends, version_named

from .output import answer, new_services


def revisions(
    *,
    measures: Sequence[str],
    first_day: date,
    last_day: date,
    every: Every,
    by: str | None,
    known_at: KnownAt,
    definition: str | None,
    as_json: bool,
    **where: Any,
) -> None:
    """How figures were restated."""
    asked = revising.RevisionsQuery(
        period_ends(first_day, last_day, every),
        measures_named(measures),
        known_at,
        Slice(**where),
        by is not None,
        version_named(definition),
    )
    with new_services().snapshot() as snapshot:
        found = revising.revisions(snapshot, EVERYTHING, asked)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=found.document,
            tables=lambda console: terminal.print_revisions(console, found.revisions, found.standpoint, every),
        )


def forecast(
    *, measure: str, as_of: date, known_at: KnownAt, definition: str | None, as_json: bool, **where: Any
) -> None:
    """What a figure is expected to come to."""
    asked = revising.ForecastQuery(measure_named(measure), as_of, known_at, Slice(**where), version_named(definition))
    with new_services().snapshot() as snapshot:
        found = revising.forecast(snapshot, EVERYTHING, asked)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=found.document,
            tables=lambda console: forecasts_terminal.print_forecast(console, found.forecast),
        )


def coverage(*, first_day: date, last_day: date, known_at: KnownAt, as_json: bool) -> None:
    """Which agency's files covered each month, and when they came."""
    asked = revising.CoverageQuery(period_ends(first_day, last_day, "month"), known_at)
    with new_services().snapshot() as snapshot:
        found = revising.coverage(snapshot, EVERYTHING, asked)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=found.document,
            tables=lambda console: terminal.print_coverage(console, found.reporting),
        )
