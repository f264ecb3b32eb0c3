"""What `explain` does: two stations from the options, one walk between them, one answer."""

from dataclasses import replace
from datetime import date
from typing import Any

from domain.definition import Definition, definition_in_force, definition_named
from domain.measures.registry import measure_named
from projections import bridge as walk
from projections.slices import Slice
from web.context import Question
from web.schemas import explanations as documents
from web.terminal import explanations as terminal

from .answering import answer, new_context, note_unknown

KnownAt = date | int | None


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
    definition: str | None,
    as_json: bool,
    **where: Any,
) -> None:
    """Why one figure is not another."""
    asked, part = measure_named(measure), Slice(**where)
    other = replace(part, area=to_area or part.area, agency=to_agency or part.agency)
    with new_context().question() as question:
        note_unknown(question, part, other)
        start = _station(question, as_of, known_at, part, definition)
        end = _station(
            question,
            to_as_of or as_of,
            known_at if to_known_at is None else to_known_at,
            other,
            to_definition or definition,
        )
        found = walk.bridge(question.connection, question.mapper, asked, start, end)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=lambda: documents.explanation(found),
            tables=lambda console: terminal.print_explanation(console, found),
        )


def _station(question: Question, as_of: date, known_at: KnownAt, part: Slice, version: str | None) -> walk.Station:
    return walk.Station(question.standpoint(as_of, known_at), part, _variant(version, as_of))


def _variant(version: str | None, as_of: date) -> Definition | None:
    """The version asked for; None if it is the one in force anyway, whose standings are stored."""
    definition = definition_named(version) if version else None
    return None if definition == definition_in_force(as_of) else definition
