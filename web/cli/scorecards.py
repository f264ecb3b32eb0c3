"""What `recount scorecard` does."""

from datetime import date
from typing import Any

from projections.slices import Slice
from projections.travel import BASES
from web.answers import scorecards as answers
from web.answers.parameters import KnownAt
from web.terminal.scorecards import print_scorecard

from .answering import answer, new_context, note_unknown


def scorecard(*, as_of: date, known_at: KnownAt, basis: str, as_json: bool, **where: Any) -> None:
    """Every KPI with its target and its direction of travel."""
    asked = answers.ScorecardAsked(as_of, known_at, Slice(**where), BASES[basis])
    with new_context().question() as question:
        note_unknown(question, asked.where)
        found = answers.scorecard(question, asked)
        answer(
            as_json=as_json,
            demonstration=question.is_demonstration,
            document=found.document,
            tables=lambda console: print_scorecard(console, found.scorecard),
        )
