"""What the commands about late knowledge do: how figures were restated, what one comes to, and when files came."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.definition import definition_in_force, definition_named
from domain.errors import WrongUse
from domain.measures.registry import MEASURES, Measure, measure_named
from domain.periods import month_ends, quarter_ends
from projections.figures import StandingsEngine
from projections.forecast import forecast as forecast_of
from projections.forecast import measures_read
from projections.reporting import reporting
from projections.revisions import revisions as revisions_of
from projections.slices import Slice
from web.context import Question
from web.schemas import revisions as documents
from web.terminal import forecasts as forecasts_terminal
from web.terminal import revisions as terminal

from .answering import answer, new_context

KnownAt = date | int | None


def revisions(
    *,
    measures: Sequence[str],
    first_day: date,
    last_day: date,
    every: str,
    by: str | None,
    known_at: KnownAt,
    definition: str | None,
    as_json: bool,
    **where: Any,
) -> None:
    """How figures were restated."""
    asked = [measure_named(code) for code in dict.fromkeys(measures)] or list(MEASURES)
    part, days = Slice(**where), _period_ends(first_day, last_day, every)
    with new_context().question() as question:
        engine = _engine(question, asked, days, definition)
        slices = _by_agency(part, engine.submissions.agencies()) if by else [part]
        found = revisions_of(engine, asked, days, slices, known_at)
        standpoint = engine.standpoint(days[-1], known_at)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=lambda: documents.revisions(found, standpoint),
            tables=lambda console: terminal.print_revisions(console, found, standpoint, every),
        )


def forecast(
    *, measure: str, as_of: date, known_at: KnownAt, definition: str | None, as_json: bool, **where: Any
) -> None:
    """What a figure is expected to come to."""
    asked, part = measure_named(measure), Slice(**where)
    with new_context().question() as question:
        engine = _engine(question, measures_read(asked), [as_of], definition)
        found = forecast_of(engine, asked, question.standpoint(as_of, known_at), part)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=lambda: documents.forecast(found),
            tables=lambda console: forecasts_terminal.print_forecast(console, found),
        )


def coverage(*, first_day: date, last_day: date, known_at: KnownAt, as_json: bool) -> None:
    """Which agency's files covered each month, and when they came."""
    days = _period_ends(first_day, last_day, "month")
    with new_context().question() as question:
        found = reporting(StandingsEngine.load(question.connection, []), days, known_at)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=lambda: documents.coverage(found),
            tables=lambda console: terminal.print_coverage(console, found),
        )


def _engine(
    question: Question, measures: Sequence[Measure], days: Sequence[date], version: str | None
) -> StandingsEngine:
    """The engine for these measures; a version that is not in force on all the days is measured anew."""
    if version is not None:
        definition = definition_named(version)
        if any(definition_in_force(day) != definition for day in days):
            return StandingsEngine.under(question.connection, question.mapper, definition)
    return StandingsEngine.load(question.connection, measures)


def _by_agency(part: Slice, agencies: Sequence[str]) -> list[Slice]:
    if part.agency:
        raise WrongUse("Give --agency or --by agency, not both.")
    return [Slice(part.area, agency, part.criminal_justice, part.young_people) for agency in agencies]


def _period_ends(first_day: date, last_day: date, every: str) -> list[date]:
    days = list((quarter_ends if every == "quarter" else month_ends)(first_day, last_day))
    if not days:
        raise WrongUse(f"No {every} ends between {first_day} and {last_day}. Give a longer period.")
    return days
