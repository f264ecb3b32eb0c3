"""What the commands that ask do: read the question, ask one function, print the answer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.definition import DEFINITIONS
from domain.errors import WrongUse
from domain.log.reading import read
from domain.measures.registry import MEASURES, measure_named
from domain.periods import month_ends, quarter_ends
from projections.caseload import caseload_profile
from projections.slices import Slice
from web.schemas import documents
from web.terminal import tables, words

from .answering import answer, new_context, note_unknown

KnownAt = date | int | None


def figures(
    *, as_of: date, known_at: KnownAt, measures: Sequence[str], definition: str | None, as_json: bool, **where: Any
) -> None:
    """The figures of one standpoint."""
    asked = [measure_named(code) for code in dict.fromkeys(measures)] or list(MEASURES)
    part = Slice(**where)
    with new_context().question() as question:
        note_unknown(question, part)
        standpoint = question.standpoint(as_of, known_at)
        found = question.figures(asked, standpoint, part, definition)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=lambda: documents.figures(standpoint, found),
            tables=lambda console: tables.print_figures(console, found),
        )


def series(
    *,
    measure: str,
    first_day: date,
    last_day: date,
    every: str,
    known_at: KnownAt,
    definition: str | None,
    as_json: bool,
    **where: Any,
) -> None:
    """One measure through time."""
    asked, part = measure_named(measure), Slice(**where)
    days = _period_ends(first_day, last_day, every)
    with new_context().question() as question:
        note_unknown(question, part)
        found = question.series(asked, days, known_at, part, definition)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=lambda: documents.series(found),
            tables=lambda console: tables.print_series(console, found, every),
        )


def triangle(
    *, measure: str, first_day: date, last_day: date, definition: str | None, as_json: bool, **where: Any
) -> None:
    """One measure through both times."""
    asked, part = measure_named(measure), Slice(**where)
    as_ofs = _period_ends(first_day, last_day, "month")
    with new_context().question() as question:
        note_unknown(question, part)
        found = question.triangle(asked, as_ofs, part, definition)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=lambda: documents.triangle(found),
            tables=lambda console: tables.print_triangle(console, found),
        )


def members(
    *, measure: str, as_of: date, known_at: KnownAt, definition: str | None, as_json: bool, **where: Any
) -> None:
    """The people of a figure."""
    asked, part = measure_named(measure), Slice(**where)
    with new_context().question() as question:
        note_unknown(question, part)
        figure, found = question.members(asked, question.standpoint(as_of, known_at), part, definition)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=lambda: documents.members(figure, found),
            tables=lambda console: tables.print_members(console, figure, found),
        )


def waiting(*, as_of: date, known_at: KnownAt, as_json: bool, **where: Any) -> None:
    """The people who wait, the longest first."""
    asked, part = measure_named("W.waiting"), Slice(**where)
    with new_context().question() as question:
        note_unknown(question, part)
        figure, found = question.members(asked, question.standpoint(as_of, known_at), part)
        found.sort(key=lambda member: (member.journey.start, member.client))
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=lambda: documents.waiting(figure, found),
            tables=lambda console: tables.print_waiting(console, figure, found),
        )


def profile(*, as_of: date, known_at: KnownAt, as_json: bool, **where: Any) -> None:
    """The caseload profile."""
    part = Slice(**where)
    with new_context().question() as question:
        note_unknown(question, part)
        recorded = read(question.connection, question.mapper, after=0)
        found = caseload_profile(recorded, question.standpoint(as_of, known_at), part)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=lambda: documents.profile(found, part),
            tables=lambda console: tables.print_profile(console, found, words.slice_of(part)),
        )


def definitions(*, as_json: bool) -> None:
    """The versions there are; the same in every database."""
    answer(
        as_json=as_json,
        demonstration=False,
        document=lambda: documents.definitions(DEFINITIONS),
        tables=lambda console: tables.print_definitions(console, DEFINITIONS),
    )


def _period_ends(first_day: date, last_day: date, every: str) -> list[date]:
    ends = quarter_ends if every == "quarter" else month_ends
    days = list(ends(first_day, last_day))
    if not days:
        raise WrongUse(f"No {every} ends between {first_day} and {last_day}. Give a longer period.")
    return days
