"""The scorecard of a standpoint: each KPI with its target, its direction of travel, its last year, and a word for it.

And what moved between two scorecards, each figure with the reasons for it, added up from the walk between the two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Final

import sqlalchemy as sa

from domain.log.mapper import JsonMapper
from domain.measures.registry import MEASURES, Measure
from domain.standpoint import Standpoint
from projections.explain.bridge import Bridge, Side, Station, StepName, bridge
from projections.explain.reasons import Reason
from projections.performance.colours.colour_rules import NO_RULES, ColourRules
from projections.performance.colours.colouring import Rating, RuleInForce
from projections.performance.colours.rag import Against, NotRated, Unrated, against
from projections.standings.engine import Figure
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.store.submissions import Coverage
from projections.timeliness.later_moves import LaterMoves, later_moves

from .targets import NO_TARGETS, FigureTargets, Targets
from .trend import BASES, MONTHS_OF_YEAR, Basis, Movement, Point, basis_day, months_before, movement

SPARK_MONTHS: Final = 12
"""Month ends of a sparkline; the first of them is the first period of a direction of travel."""


class State(StrEnum):
    """The word for a figure at first sight."""

    NOT_COVERED = "no file"
    INCOMPLETE = "file missing"
    EARLY = "too early"
    NOBODY = "nobody"
    NOT_RECORDED = "not recorded"
    MET = "on target"
    NEAR = "near target"
    MISSED = "off target"
    NO_TARGET = "no target"
    EXPIRED = "target expired"
    WITHHELD = "not shown"


_OF_RATING: Final = {Rating.GREEN: State.MET, Rating.AMBER: State.NEAR, Rating.RED: State.MISSED}
_OF_UNRATED: Final = {
    Unrated.NOT_COVERED: State.NOT_COVERED,
    Unrated.INCOMPLETE: State.INCOMPLETE,
    Unrated.IMMATURE: State.EARLY,
    Unrated.NOBODY: State.NOBODY,
    Unrated.NOT_RECORDED: State.NOT_RECORDED,
    Unrated.NO_TARGET: State.NO_TARGET,
    Unrated.EXPIRED: State.EXPIRED,
    Unrated.WITHHELD: State.WITHHELD,
}


@dataclass(frozen=True, slots=True)
class ScorecardLine:
    """A KPI of a scorecard. `spark` ends with the figure itself.

    `later_moves` stands beside a figure that is complete: how such figures moved later. `last_year` is the same figure
    twelve months before, and `agreed` what it is held against.
    """

    figure: Figure
    against: Against
    movement: Movement
    spark: tuple[Point, ...]
    later_moves: LaterMoves | None = None
    last_year: Point | None = None
    agreed: FigureTargets = NO_TARGETS

    @property
    def measure(self) -> Measure:
        """What it measures."""
        return self.figure.measure

    @property
    def state(self) -> State:
        """The word for it; a missing file goes before everything else."""
        if not self.figure.is_covered:
            return State.NOT_COVERED
        if self.figure.coverage.status == "incomplete":
            return State.INCOMPLETE
        return _OF_UNRATED[self.against.why] if isinstance(self.against, NotRated) else _OF_RATING[self.against.rating]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The KPIs of a slice at a standpoint, in the order asked for."""

    standpoint: Standpoint
    slice: Slice
    basis: Basis
    coverage: Coverage
    lines: tuple[ScorecardLine, ...]


def scorecard(
    engine: StandingsEngine,
    targets: Targets,
    standpoint: Standpoint,
    slice_: Slice,
    basis: Basis | None = Basis.PREVIOUS,
    measures: Sequence[Measure] = MEASURES,
    *,
    rules: ColourRules = NO_RULES,
) -> Scorecard:
    """The scorecard of a standpoint; everything on it, also of earlier days, is as known there.

    Without a `basis`, a direction goes by that of the figure's colour rule, else beside the previous period.
    """
    days = [months_before(standpoint.as_of, back) for back in range(MONTHS_OF_YEAR, -1, -1)]
    figures = engine.figures(measures, standpoint, slice_)
    points = _points(engine, measures, standpoint, days, slice_)
    coverage = engine.submissions.coverage(standpoint, engine.expected(standpoint))
    lines = tuple(_line(figure, targets, rules, basis, its) for figure, its in zip(figures, points, strict=True))
    return Scorecard(standpoint, slice_, basis or Basis.PREVIOUS, coverage, lines)


def recoloured(card: Scorecard, rules: ColourRules, known_at: date) -> Scorecard:
    """The scorecard as other rules colour it, by what had been agreed of them by a day; nothing else changes."""

    def line_of(line: ScorecardLine) -> ScorecardLine:
        figure = line.figure
        rule = rules.in_force(figure.measure, figure.slice, figure.standpoint.as_of, known_at)
        return replace(line, against=against(figure, line.agreed, rule, line.last_year))

    return replace(card, lines=tuple(map(line_of, card.lines)))


def with_later_moves(engine: StandingsEngine, card: Scorecard) -> Scorecard:
    """The scorecard with how figures like its own moved after they were complete, where they are complete."""
    if card.coverage.status != "complete":
        return card
    moves = later_moves(engine, [line.measure for line in card.lines], card.standpoint, card.slice)
    lines = (
        line if line.measure.immature else replace(line, later_moves=its)
        for line, its in zip(card.lines, moves, strict=True)
    )
    return replace(card, lines=tuple(lines))


def _line(
    figure: Figure, targets: Targets, rules: ColourRules, basis: Basis | None, points: Sequence[Point]
) -> ScorecardLine:
    spark, standpoint = tuple(points[-SPARK_MONTHS:]), figure.standpoint
    rule = rules.in_force(figure.measure, figure.slice, standpoint.as_of, standpoint.known_at)
    basis = basis or _basis_of(rule)
    day = basis_day(figure.measure, standpoint.as_of, basis, spark[0].as_of)
    before = next(point for point in points if point.as_of == day)
    agreed, last_year = targets.of_figure(figure.measure, figure.slice, standpoint), points[0]
    held = against(figure, agreed, rule, last_year)
    return ScorecardLine(figure, held, movement(figure, before, basis), spark, None, last_year, agreed)


def _basis_of(rule: RuleInForce) -> Basis:
    return BASES[rule.terms.direction] if rule.terms.direction else Basis.PREVIOUS


def _points(
    engine: StandingsEngine, measures: Sequence[Measure], standpoint: Standpoint, days: Sequence[date], slice_: Slice
) -> list[list[Point]]:
    """Of each measure what it was on these days, all days of a definition in one pass over the standings."""
    by_measure: list[list[Point]] = [[] for _ in measures]
    for definition, its in groupby(days, engine.definition_at):
        its_days = list(its)
        under = [measure.under(definition) for measure in measures]
        counts = engine.counts_along_days(under, its_days, standpoint.position, slice_).tolist()
        status = [_status(engine, replace(standpoint, as_of=day)) for day in its_days]
        for measure, points, row in zip(measures, by_measure, counts, strict=True):
            is_count = measure.kind == "count"
            points += [
                Point.of(day, numerator, None if is_count else denominator, of_day)
                for day, (numerator, denominator), of_day in zip(its_days, row, status, strict=True)
            ]
    return by_measure


def _status(engine: StandingsEngine, standpoint: Standpoint) -> str | None:
    return engine.submissions.coverage(standpoint, engine.expected(standpoint)).status


# ---- what moved


_REASONS: Final = {
    Reason.LATE_START: ("late start", "late starts"),
    Reason.LATE_EXIT: ("late exit", "late exits"),
    Reason.AMENDED_EXIT_REASON: ("amended exit reason", "amended exit reasons"),
    Reason.AMENDED_EXIT_DATE: ("amended exit date", "amended exit dates"),
    Reason.AMENDED_START: ("amended start", "amended starts"),
    Reason.REOPENED: ("discharge taken back", "discharges taken back"),
    Reason.WITHDRAWN: ("withdrawn record", "withdrawn records"),
    Reason.VOIDED: ("completion voided by a return within 21 days", "completions voided by returns within 21 days"),
    Reason.LATE_RETURN: ("late return", "late returns"),
    Reason.RETURNED: ("return", "returns"),
    Reason.ENTERED_WINDOW: ("person entered the window", "people entered the window"),
    Reason.LEFT_WINDOW: ("person left the window", "people left the window"),
    Reason.TURNED_18: ("person turned 18", "people turned 18"),
    Reason.MOVED_GROUP: ("person moved group", "people moved group"),
    Reason.MERGED_OR_SPLIT: ("person merged or split", "people merged or split"),
    Reason.MOVED_AREA: ("person moved area", "people moved area"),
    Reason.HANDOVER: ("handover", "handovers"),
    Reason.SAME_RECORD: ("record joined with another reference", "records joined with other references"),
    Reason.TWO_RECORDS: ("record parted from another reference", "records parted from other references"),
    Reason.LATE_TOP: ("late TOP", "late TOPs"),
    Reason.AMENDED_TOP: ("TOP with other answers", "TOPs with other answers"),
    Reason.HEPATITIS: ("hepatitis record changed", "hepatitis records changed"),
    Reason.LATE_REVIEW: ("late review", "late reviews"),
    Reason.LATE_INTERVENTION: ("late intervention", "late interventions"),
    Reason.LATE_REFERRAL: ("late referral", "late referrals"),
    Reason.DEFINITION: ("person by another definition", "people by another definition"),
    Reason.SLICE: ("person of another part", "people of another part"),
    Reason.OTHER_RECORD: ("other record changed", "other records changed"),
}
"""Each reason of one person, and of more."""


@dataclass(frozen=True, slots=True)
class ReasonSum:
    """All of one reason: how many people, and by how much they change the numerator and the denominator."""

    step: StepName
    reason: Reason
    people: int
    numerator: int
    denominator: int

    @property
    def words(self) -> str:
        """In words: 3 late returns."""
        one, many = _REASONS[self.reason]
        return f"{self.people:,} {one if self.people == 1 else many}"


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure that is another now, with the walk from one to the other, and its reasons, the commonest first."""

    walk: Bridge
    reasons: tuple[ReasonSum, ...]

    @property
    def before(self) -> Figure:
        """As it was."""
        return self.walk.start

    @property
    def after(self) -> Figure:
        """As it is."""
        return self.walk.end

    @property
    def sentence(self) -> str:
        """In words: 24/438 became 22/438: 3 late returns, 1 amended exit reason."""
        because = ", ".join(reason.words for reason in self.reasons)
        return f"{fraction(self.before)} became {fraction(self.after)}: {because}."


def moved(
    connection: sa.Connection,
    mapper: JsonMapper,
    engine: StandingsEngine,
    before: Standpoint,
    after: Standpoint,
    slice_: Slice,
    measures: Sequence[Measure] = MEASURES,
) -> list[Moved]:
    """Which figures of a slice are others from the second standpoint than from the first, and why.

    Of a standpoint whose day no file covers there is no figure that could have moved.

    The engine holds all stored standings of these measures; it and the connection are of one snapshot.
    """
    pairs = zip(engine.figures(measures, before, slice_), engine.figures(measures, after, slice_), strict=True)
    changed = [
        old.measure for old, new in pairs if old.is_covered and new.is_covered and _numbers(old) != _numbers(new)
    ]
    stations = Station(before, slice_), Station(after, slice_)
    return [_moved(bridge(connection, mapper, measure, *stations, engine)) for measure in changed]


def _moved(walk: Bridge) -> Moved:
    return Moved(walk, tuple(sorted(_reason_sums(walk), key=lambda cause: (-cause.people, cause.reason))))


def _reason_sums(walk: Bridge) -> Iterable[ReasonSum]:
    for step in walk.steps:
        for reason in dict.fromkeys(one.reason for one in step.contributions):
            of_it = [one for one in step.contributions if one.reason is reason]
            numerator, denominator = (sum(one.diff for one in of_it if one.side is side) for side in Side)
            yield ReasonSum(step.name, reason, len({one.client for one in of_it}), numerator, denominator)


def _numbers(figure: Figure) -> tuple[int, int | None]:
    return figure.numerator, figure.denominator


def fraction(figure: Figure) -> str:
    """A figure in the shortest form: 24/438; a count alone."""
    return f"{figure.numerator:,}" if figure.denominator is None else f"{figure.numerator:,}/{figure.denominator:,}"
