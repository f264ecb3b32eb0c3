"""What the commands about late knowledge do: how figures were restated, what one comes to, and when files came."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from web.presenters import forecasts as forecasts_terminal
from web.presenters import revisions as terminal
from web.queries import revisions as revising
from web.queries.parameters import Every, KnownAt, measures_named, period_ends, version_named

from .output import answer, new_context


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
    asked = revising.RevisionsAsked(
        period_ends(first_day, last_day, every),
        measures_named(measures),
        known_at,
        Slice(**where),
        by is not None,
        version_named(definition),
    )
    with new_context().question() as question:
        found = revising.revisions(question, asked)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=found.document,
            tables=lambda console: terminal.print_revisions(console, found.revisions, found.standpoint, every),
        )


def forecast(
    *, measure: str, as_of: date, known_at: KnownAt, definition: str | None, as_json: bool, **where: Any
) -> None:
    """What a figure is expected to come to."""
    asked = revising.ForecastAsked(measure_named(measure), as_of, known_at, Slice(**where), version_named(definition))
    with new_context().question() as question:
        found = revising.forecast(question, asked)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=found.document,
            tables=lambda console: forecasts_terminal.print_forecast(console, found.forecast),
        )


def coverage(*, first_day: date, last_day: date, known_at: KnownAt, as_json: bool) -> None:
    """Which agency's files covered each month, and when they came."""
    asked = revising.CoverageAsked(period_ends(first_day, last_day, "month"), known_at)
    with new_context().question() as question:
        found = revising.coverage(question, asked)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=found.document,
            tables=lambda console: terminal.print_coverage(console, found.reporting),
        )
