"""What `explain` does: two stations from the options, one walk between them, one answer."""

from datetime import date
from typing import Any

from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING
from web.presenters import explanations as terminal
from web.queries.explanations import ExplanationQuery, StationQuery
from web.queries.explanations import explain as explain_walk
from web.queries.parameters import KnownAt, version_named

from .output import answer, new_services, note_unknown


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
    start = StationQuery(as_of, known_at, Slice(**where), version_named(definition))
    end = start.moved(to_as_of, to_known_at, to_area, to_agency, version_named(to_definition))
    asked = ExplanationQuery(measure_named(measure), start, end)
    with new_services().snapshot() as snapshot:
        note_unknown(snapshot, start.where, end.where)
        found = explain_walk(snapshot, EVERYTHING, asked)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=found.document,
            tables=lambda console: terminal.print_explanation(console, found.bridge),
        )
