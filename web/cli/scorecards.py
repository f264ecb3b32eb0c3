"""What `recount scorecard` does."""

from datetime import date
from typing import Any

from projections.performance.trend import BASES
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING
from web.presenters.scorecards import print_scorecard
from web.queries import scorecards as answers
from web.queries.parameters import KnownAt

from .output import answer, new_services, note_unknown


def scorecard(*, as_of: date, known_at: KnownAt, basis: str, as_json: bool, **where: Any) -> None:
    """Every KPI with its target and its direction of travel."""
    asked = answers.ScorecardQuery(as_of, known_at, Slice(**where), BASES[basis])
    with new_services().snapshot() as snapshot:
        note_unknown(snapshot, asked.where)
        found = answers.scorecard(snapshot, EVERYTHING, asked)
        answer(
            as_json=as_json,
            demonstration=snapshot.is_demonstration,
            document=found.document,
            tables=lambda console: print_scorecard(console, found.scorecard),
        )
