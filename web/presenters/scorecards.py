"""Scorecards, as tables for people."""

from typing import Any, Final

from rich.console import Console

from projections.performance.rag import ACTION_PLAN, Rated
from projections.performance.scorecard import Scorecard, ScorecardLine
from projections.performance.trend import Movement, NoDirection

from . import text
from .console import print_table, say
from .tables import Column, Percentage, Table
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
    say(console, "", f"Directions are beside the {found.basis}.", text.status(found))
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
        what(against.target.terms) if against.target else "",
        str(line.state),
        f"{against.points:+.1f}" if isinstance(against, Rated) else "",
        _direction(line.movement),
    )


def _direction(found: Movement) -> str:
    if isinstance(found, NoDirection):
        return ""
    judged = f" {found.judged}" if found.judged else ""
    chance = ", within chance" if found.within_chance and found.difference else ""
    return f"{found.glyph}{judged}{chance}"


# ---- a number a column


WHOLE_COLUMNS: Final = tuple(
    map(
        Column,
        (
            *("Measure", "Name", "Numerator", "Denominator", "Percentage", "95% from", "95% to", "State", "Target"),
            *("Target ends", "Direction", "Compared with", "Difference (points; of counts, people)", "May be chance"),
            *("Cohort from", "Cohort to", "Had six months", "Status", "Definition"),
        ),
    )
)


def whole_table(card: Scorecard) -> Table:
    """Every line of a scorecard, a number a column."""
    return Table(WHOLE_COLUMNS, [_line(line, card) for line in card.lines], "Scorecard")


def _line(line: ScorecardLine, card: Scorecard) -> list[Any]:
    figure, travel, target = line.figure, line.movement, line.against.target
    # An immature figure has its counts: its percentage would be read as the answer.
    low, high = (None if figure.matured is not None else figure.limits) or (None, None)
    reached = getattr(line.against, "reached", None)
    before = getattr(travel, "before", None)
    return [
        *(figure.measure.code, figure.measure.name, figure.numerator, figure.denominator),
        *(_percentage(None if figure.matured is not None else figure.percentage), _percentage(low), _percentage(high)),
        str(line.state),
        _percentage(float(reached)) if reached is not None else None,
        target.terms.last_day if target is not None else None,
        str(getattr(travel, "judged", None) or getattr(travel, "why", "")) or None,
        before.last_day if before is not None else None,
        getattr(travel, "difference", None),
        {True: "yes", False: "no"}.get(getattr(travel, "within_chance", None)),  # type: ignore[arg-type]
        *(figure.first_day, figure.last_day, figure.matured, card.coverage.status, figure.definition),
    ]


def _percentage(value: float | None) -> Percentage | None:
    return None if value is None else Percentage(value)
