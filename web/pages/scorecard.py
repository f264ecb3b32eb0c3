"""The scorecard: every KPI of a slice at a standpoint, in few numbers and in words."""

from typing import Final

from flask import render_template

from domain.measures.registry import MEASURES
from web.answers import asking
from web.auth.roles import Right

from .navigation import Place
from .shell import Asked, Pages

SCORECARD: Final = "scorecard.scorecard"

blueprint = Pages("scorecard", __name__, Place("Scorecard", SCORECARD, Right.FIGURES, seen_from=True))


@blueprint.seen_from("/", Right.FIGURES, front=True)
def scorecard(asked: Asked) -> str:
    """The KPIs from one standpoint."""
    found = asking.figures(asked.question, asking.FiguresAsked(asked.as_of, asked.known_at, MEASURES, asked.where))
    return render_template("scorecard.html", asked=asked, found=asked.who.shown(found))
