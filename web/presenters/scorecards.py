"""Scorecards, as tables for people."""

from typing import Final

from rich.console import Console

from projections.performance.rag import ACTION_PLAN, Rated
from projections.performance.scorecard import Scorecard, ScorecardLine
from projections.performance.trend import NoDirection, Travel

from . import text
from .console import print_table, say
from .tables import Column, Table
from .targets import what

_COLUMNS: Final = (
    Column("KPI"),
    Column("measure", folds=True),
    Column("result", folds=True),
    Column("percent", number=True),
    Column("target", folds=True),
    Column("state"),
    Column("points off", number=True),
    Column("direction", folds=True),
)


def print_scorecard(console: Console, found: Scorecard) -> None:
    """Every KPI in a row, and below what the targets would take."""
    say(console, text.standpoint(found.standpoint), text.slice_of(found.slice), "")
    print_table(console, Table(_COLUMNS, list(map(_row, found.lines))))
    say(console, "", f"Directions are beside the {found.basis}.", text.status(found.coverage, found.standpoint))
    for line in found.lines:
        if isinstance(line.against, Rated):
            said = (one for one in line.against.sentences if one != ACTION_PLAN)
            say(console, f"{line.measure.code}: {' '.join(said)}")
    if any(isinstance(line.against, Rated) and ACTION_PLAN in line.against.sentences for line in found.lines):
        say(console, ACTION_PLAN)
    say(console, text.LOCAL_ESTIMATE)


def _row(line: ScorecardLine) -> tuple[str, ...]:
    figure, against = line.figure, line.against
    return (
        line.measure.code,
        line.measure.name,
        text.result(figure),
        text.percent(figure.percentage),
        what(against.target.said) if against.target else "",
        str(line.state),
        f"{against.points:+.1f}" if isinstance(against, Rated) else "",
        _direction(line.travel),
    )


def _direction(found: Travel) -> str:
    if isinstance(found, NoDirection):
        return ""
    judged = f" {found.judged}" if found.judged else ""
    chance = ", within chance" if found.within_chance and found.difference else ""
    return f"{found.glyph}{judged}{chance}"
