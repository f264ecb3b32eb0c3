"""Scorecards, as tables for people; and the two figures of re-presentations side by side."""

from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console

from projections.performance.rag import ACTION_PLAN
from web.queries.scorecards import MovementResult, ScorecardLineResult, ScorecardResult

from . import text
from .console import print_table, say
from .tables import Column, Percentage, Table
from .targets import to_be_reached

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


def print_scorecard(console: Console, card: ScorecardResult) -> None:
    """Every KPI in a row, and below what the targets would take."""
    say(console, text.standpoint(card.standpoint), text.slice_of(card.slice), "")
    print_table(console, Table(_COLUMNS, list(map(_row, card.lines))))
    say(console, "", f"Directions are beside the {card.basis}.", text.status(card))
    rated = [line for line in card.lines if line.against.rating]
    for line in rated:
        sentences = (sentence for sentence in line.against.sentences if sentence != ACTION_PLAN)
        say(console, f"{line.measure.code}: {' '.join(sentences)}")
    if any(ACTION_PLAN in line.against.sentences for line in rated):
        say(console, ACTION_PLAN)
    say(console, text.LOCAL_ESTIMATE)


def _row(line: ScorecardLineResult) -> tuple[str, ...]:
    figure, points = line.figure, line.against.points
    return (
        line.measure.code,
        line.measure.name,
        text.result(figure),
        text.percent(figure.percentage),
        to_be_reached(line.target) if line.target else "",
        str(line.state),
        "" if points is None else f"{points:+.1f}",
        _direction(line.movement),
    )


def _direction(movement: MovementResult) -> str:
    if movement.glyph is None:
        return ""
    judged = f" {movement.judged}" if movement.judged else ""
    chance = ", within chance" if movement.within_chance and movement.difference else ""
    return f"{movement.glyph}{judged}{chance}"


# ---- who came back


@dataclass(frozen=True, slots=True)
class RePresentations:
    """The two figures of one group's re-presentations: of those whose six months have passed, and of the newest."""

    lagged: ScorecardLineResult
    so_far: ScorecardLineResult

    @property
    def lagged_sentence(self) -> str:
        """In words: 4 of 10 returned within six months."""
        figure = self.lagged.figure
        return f"{figure.numerator:,} of {figure.denominator:,} returned within six months."

    @property
    def so_far_sentence(self) -> str:
        """In words: 0 returned of 9 so far; 2 have had their six months."""
        figure = self.so_far.figure
        matured = figure.matured or 0
        have = "has had its" if matured == 1 else "have had their"
        return f"{figure.numerator:,} returned of {figure.denominator:,} so far; {matured:,} {have} six months."


def re_presentations(card: ScorecardResult) -> list[RePresentations]:
    """Of each group both figures, where both were asked for."""
    by_code = {line.measure.code: line for line in card.lines}
    return [
        RePresentations(by_code[code.removesuffix("u")], line)
        for code, line in by_code.items()
        if line.measure.immature and code.removesuffix("u") in by_code
    ]


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


def whole_table(card: ScorecardResult) -> Table:
    """Every line of a scorecard, a number a column."""
    return Table(WHOLE_COLUMNS, [_numbers(line, card.status) for line in card.lines], "Scorecard")


def _numbers(line: ScorecardLineResult, status: str) -> list[Any]:
    figure, movement, reached = line.figure, line.movement, line.against.reached
    # An immature figure has its counts: its percentage would be read as the answer.
    low, high = (None if figure.matured is not None else figure.limits) or (None, None)
    return [
        *(figure.measure.code, figure.measure.name, figure.numerator, figure.denominator),
        *(_percentage(None if figure.matured is not None else figure.percentage), _percentage(low), _percentage(high)),
        str(line.state),
        None if reached is None else Percentage(float(reached)),
        line.target.last_day if line.target else None,
        str(movement.judged or movement.why_not or "") or None,
        movement.before.as_of,
        movement.difference,
        None if movement.within_chance is None else "yes" if movement.within_chance else "no",
        *(figure.first_day, figure.last_day, figure.matured, status, figure.definition),
    ]


def _percentage(value: float | None) -> Percentage | None:
    return None if value is None else Percentage(value)
