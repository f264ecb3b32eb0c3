"""Scorecards in words and tables: by group, in a sentence, a number a column, and what came of those who returned."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console

from domain.rounding import READ_DECIMALS, half_up
from projections.performance.caseload import MEASURES as CASELOAD
from projections.performance.colours.rag import ACTION_PLAN
from projections.performance.scorecard import State
from web.presenters import text
from web.presenters.agreement.comparator_words import short as beside_others
from web.presenters.console import print_table, say
from web.presenters.contract_life.targets import to_be_reached
from web.presenters.tables import Column, Percentage, Table
from web.queries.performance.scorecards import MovementResult, ScorecardLineResult, ScorecardResult

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
    say(console, f"Directions are beside the {card.basis}. {text.UNLESS_MORE_THAN_CHANCE}")
    if any(ACTION_PLAN in line.against.sentences for line in card.lines):
        say(console, ACTION_PLAN)
    say(console, "")
    print_table(console, Table(_COLUMNS, list(map(_row, card.lines))))
    in_no_area = text.in_no_area(line.figure for line in card.lines)
    say(console, "", _status(card), *filter(None, [belonging(card), in_no_area]))
    for line in card.lines:
        if line.against.rating or line.expired:
            sentences = (sentence for sentence in line.against.sentences if sentence != ACTION_PLAN)
            say(console, f"{line.measure.code}: {' '.join([*colour_sentences(line), *sentences])}")
    say(console, text.LOCAL_ESTIMATE)


def colour_sentences(line: ScorecardLineResult) -> Sequence[str]:
    """Why a line has its colour, by which rule, and how few people would change it; nothing where it has none."""
    against = line.against
    if against.rule is None or against.change is None:
        return ()
    return against.because, against.rule.sentence, against.change.sentence


def rules_of(card: ScorecardResult) -> list[str]:
    """The rules by which a scorecard is coloured, each once, with the KPIs of each where there are several."""
    by_rule: dict[str, list[str]] = {}
    for line in card.lines:
        if line.against.rule:
            by_rule.setdefault(line.against.rule.sentence, []).append(line.measure.code)
    if len(by_rule) == 1:
        return list(by_rule)
    return [f"{text.listed(codes)}: {sentence}" for sentence, codes in by_rule.items()]


def _status(card: ScorecardResult) -> str:
    return " ".join(filter(None, [text.status(card), text.later_moves(card.later_moves)]))


def _row(line: ScorecardLineResult) -> tuple[str, ...]:
    figure, points = line.figure, line.against.points
    return (
        line.measure.code,
        line.measure.name,
        text.result(figure),
        text.percentage(figure),
        to_be_reached(line.target) if line.target else "",
        str(line.state),
        "" if points is None else text.points(points),
        _direction(line.movement),
    )


def _direction(movement: MovementResult) -> str:
    if movement.glyph is None:
        return ""
    judged = f" {movement.judged}" if movement.judged else ""
    chance = ", more than chance" if movement.within_chance is False and movement.difference else ""
    return f"{movement.glyph}{judged}{chance}"


# ---- in groups, and in a sentence


GROUPS: Final = (
    ("Successful completions", "Of all in treatment in twelve months, who left having completed it.", "4."),
    (
        "Completed and not back within six months",
        "The national outcome (PHOF 2.15), told when six months have passed.",
        "1.0 2.0 3.0",
    ),
    ("Treatment Outcomes Profiles", "Whether the forms were filled in when they were due.", "T."),
    (
        "Recovery plans and risk assessments",
        "Of everybody open on the day, whose was looked at in the last 84 days.",
        "R.",
    ),
    ("Waiting", "How soon treatment was offered, and began.", "W."),
    ("Keeping people in treatment", "Who left early, and who stayed long enough for treatment to help.", "E."),
    (
        "Health, home and work",
        "Who was offered a hepatitis B vaccination, or tested for hepatitis C; who left with a home, and with work.",
        "B. H.",
    ),
    ("How many people", "Counts, which have no target.", "N."),
)
"""Heading, what it is about, and the beginnings of the codes that belong there."""


@dataclass(frozen=True, slots=True)
class MeasureGroup:
    """Lines that are read together."""

    heading: str
    about: str
    lines: Sequence[ScorecardLineResult]

    @property
    def has_profile(self) -> bool:
        """Whether it says how many the people are of whom the caseload profile tells more."""
        return any(line.measure in CASELOAD for line in self.lines)


def groups(card: ScorecardResult) -> list[MeasureGroup]:
    """The lines under their headings; re-presentations stand apart, in pairs."""
    every = [
        MeasureGroup(
            heading, about, [line for line in card.lines if line.measure.code.startswith(tuple(codes.split()))]
        )
        for heading, about, codes in GROUPS
    ]
    return [group for group in every if group.lines]


def lead(card: ScorecardResult) -> str:
    """The whole in a sentence."""
    if unknown := next((line.figure.unknown for line in card.lines if line.figure.unknown), None):
        return f"Nothing is known of the {unknown}."
    states = Counter(line.state for line in card.lines if not line.measure.immature)
    if states[State.NOT_COVERED]:
        return text.no_file_covers(card.standpoint, card.days_covered)
    if states[State.INCOMPLETE]:
        return "A file is missing, so nothing is held against a target yet, and no direction is given."
    rated = [f"{states[state]} {state}" for state in (State.MET, State.NEAR, State.MISSED) if states[state]]
    expired = text.plural(states[State.EXPIRED], "target has expired", "targets have expired")
    ways = Counter(line.movement.judged for line in card.lines)
    moved = [f"{count} {judged}" for judged, count in sorted(ways.items(), key=str) if judged and judged != "no change"]
    sentence = "No target is set for any of these figures."
    if rated:
        sentence = f"Of the figures with a target, {text.listed(rated)}."
    if states[State.EXPIRED]:
        sentence = f"{sentence} {expired}." if rated else f"No target is in force: {expired}."
    return f"{sentence} Beside the {card.basis}, {text.listed(moved)}." if moved else sentence


def belonging(card: ScorecardResult) -> str:
    """Of an agency's scorecard: that each number has another where agencies add up, by the widest of its figures."""
    widest = next(
        (line.figure for line in card.lines if line.measure in CASELOAD and text.belonging(line.figure)), None
    )
    return f"{widest.measure.code} {widest.measure.name}: {text.belonging(widest)}" if widest else ""


def short_direction(movement: MovementResult, unit: str) -> str:
    """A direction for a table: how far, in a `unit` or in people, since when."""
    difference = abs(movement.difference or 0)
    far = f"{half_up(difference, READ_DECIMALS):.1f}{unit}" if unit else f"{difference:,.0f}"
    return f"{far} since {text.short_day(movement.before.as_of)}"


# ---- who came back


@dataclass(frozen=True, slots=True)
class RePresentations:
    """The two figures of one group's re-presentations: of those whose six months have passed, and of the newest."""

    lagged: ScorecardLineResult
    so_far: ScorecardLineResult

    @property
    def so_far_words(self) -> str:
        """How many came back already: 0 returned of 9 so far."""
        figure = self.so_far.figure
        if figure.withheld:
            return text.NOT_SHOWN
        return f"{figure.numerator:,} returned of {figure.denominator:,} so far"

    @property
    def matured_words(self) -> str:
        """Of how many the time has passed: ; 2 have had their six months."""
        if self.so_far.figure.withheld:
            return "."
        matured = self.so_far.figure.matured or 0
        have = "has had its" if matured == 1 else "have had their"
        return f"; {matured:,} {have} six months."


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
            *("Colour", "Points off", "% of target off", "Why", "Rule", "People to change colour"),
            *("One person fewer gives", "Expired target", "Expired on"),
            *("Cohort from", "Cohort to", "Had six months", "Status", "Definition", "Comparator"),
        ),
    )
)


def whole_table(card: ScorecardResult) -> Table:
    """Every line of a scorecard, a number a column."""
    return Table(WHOLE_COLUMNS, [_numbers(line, card.status or text.NOT_COVERED) for line in card.lines], "Scorecard")


def _numbers(line: ScorecardLineResult, status: str) -> list[Any]:
    figure, movement, reached = line.figure, line.movement, line.against.reached
    # An immature figure has its counts: its percentage would be read as the answer.
    ripe = figure.matured is None
    low, high = (text.exact_limits(figure) if ripe else None) or (None, None)
    counts = (figure.numerator, figure.denominator) if figure.is_covered and not figure.withheld else (None, None)
    percentage = text.exact_percentage(figure) if ripe else None
    return [
        *(figure.measure.code, figure.measure.name, *counts),
        *(_percentage(percentage), _percentage(low), _percentage(high)),
        str(line.state),
        None if reached is None else Percentage(float(reached)),
        line.target.last_day if line.target else None,
        str(movement.judged or movement.why_not or "") or None,
        movement.before.as_of,
        movement.difference,
        None if movement.within_chance is None else "yes" if movement.within_chance else "no",
        *_colour(line),
        *(figure.first_day, figure.last_day, figure.matured, status, figure.definition),
        beside_others(line.comparator) or None,
    ]


def _colour(line: ScorecardLineResult) -> list[Any]:
    against, change, expired = line.against, line.against.change, line.expired
    return [
        str(against.rating) if against.rating else None,
        against.points,
        against.relative,
        against.because or None,
        against.rule.sentence if against.rule else None,
        change.people if change else None,
        str(change.one_less) if change and change.one_less else None,
        to_be_reached(expired) if expired else None,
        expired.last_day if expired else None,
    ]


def _percentage(value: float | None) -> Percentage | None:
    return None if value is None else Percentage(value)
