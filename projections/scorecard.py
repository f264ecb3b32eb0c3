"""The scorecard of a standpoint: each KPI with its target, its direction of travel, its last year, and a word for it.

And what moved between two scorecards, each figure with the reasons for it, added up from the walk between the two.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

import sqlalchemy as sa

from domain.log.mapper import JsonMapper
from domain.measures.registry import MEASURES, Measure
from domain.standpoint import Standpoint

from .bridge import Bridge, Side, Station, StepName, bridge
from .figures import Figure, StandingsEngine
from .rag import Against, NotRated, Rating, Unrated, against
from .reasons import Reason
from .slices import Slice
from .submissions import Coverage
from .targets import Targets
from .travel import Basis, Travel, basis_day, months_before, travel

SPARK_MONTHS: Final = 12
"""Month ends of a sparkline; the first of them is the first period of a direction of travel."""


class State(StrEnum):
    """The word for a figure at first sight."""

    INCOMPLETE = "file missing"
    EARLY = "too early"
    NOBODY = "nobody"
    MET = "on target"
    NEAR = "near target"
    MISSED = "off target"
    NO_TARGET = "no target"


_OF_RATING: Final = {Rating.GREEN: State.MET, Rating.AMBER: State.NEAR, Rating.RED: State.MISSED}
_OF_UNRATED: Final = {
    Unrated.INCOMPLETE: State.INCOMPLETE,
    Unrated.IMMATURE: State.EARLY,
    Unrated.NOBODY: State.NOBODY,
    Unrated.NO_TARGET: State.NO_TARGET,
}


@dataclass(frozen=True, slots=True)
class SparkPoint:
    """A figure of an earlier month end, as known at the scorecard's standpoint; a count has no denominator.

    `status` is that of the figure: a month whose files are not all there is incomplete.
    """

    last_day: date
    numerator: int
    denominator: int | None
    status: str

    @property
    def value(self) -> float | None:
        """What is drawn: the percentage, three decimals, of a count the count; None for an empty denominator."""
        if self.denominator is None:
            return float(self.numerator)
        return round(100 * self.numerator / self.denominator, 3) if self.denominator else None


@dataclass(frozen=True, slots=True)
class Line:
    """A KPI of a scorecard. `spark` ends with the figure itself."""

    figure: Figure
    against: Against
    travel: Travel
    spark: tuple[SparkPoint, ...]

    @property
    def measure(self) -> Measure:
        """What it measures."""
        return self.figure.measure

    @property
    def state(self) -> State:
        """The word for it; a missing file goes before everything else."""
        if self.figure.coverage.status == "incomplete":
            return State.INCOMPLETE
        return _OF_UNRATED[self.against.why] if isinstance(self.against, NotRated) else _OF_RATING[self.against.rating]


@dataclass(frozen=True, slots=True)
class RePresentations:
    """The two figures of one group's re-presentations: of those whose six months have passed, and of the newest."""

    lagged: Line
    so_far: Line

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


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The KPIs of a slice at a standpoint, in the order asked for."""

    standpoint: Standpoint
    slice: Slice
    basis: Basis
    coverage: Coverage
    lines: tuple[Line, ...]

    def line(self, measure: Measure) -> Line:
        """That of one measure, which was asked for."""
        return next(line for line in self.lines if line.measure.code == measure.code)

    @property
    def re_presentations(self) -> list[RePresentations]:
        """Of each group both figures, where both were asked for."""
        by_code = {line.measure.code: line for line in self.lines}
        return [
            RePresentations(by_code[code.removesuffix("u")], line)
            for code, line in by_code.items()
            if line.measure.immature and code.removesuffix("u") in by_code
        ]


def scorecard(
    engine: StandingsEngine,
    targets: Targets,
    standpoint: Standpoint,
    where: Slice,
    basis: Basis = Basis.PREVIOUS,
    measures: Sequence[Measure] = MEASURES,
) -> Scorecard:
    """The scorecard of a standpoint; everything on it, also of earlier days, is as known there."""
    days = [months_before(standpoint.as_of, back) for back in range(SPARK_MONTHS - 1, -1, -1)]
    figures = engine.figures(measures, standpoint, where)
    sparks = _sparks(engine, measures, standpoint, days, where)
    earlier = _earlier(engine, measures, standpoint, basis, days[0], where)
    lines = tuple(
        Line(figure, _against(figure, targets, where), travel(figure, before, basis), spark)
        for figure, before, spark in zip(figures, earlier, sparks, strict=True)
    )
    coverage = figures[0].coverage if figures else engine.submissions.coverage(standpoint, engine.expected(standpoint))
    return Scorecard(standpoint, where, basis, coverage, lines)


def _against(figure: Figure, targets: Targets, where: Slice) -> Against:
    return against(figure, targets.in_force(figure.measure, where, figure.standpoint))


def _earlier(
    engine: StandingsEngine,
    measures: Sequence[Measure],
    standpoint: Standpoint,
    basis: Basis,
    first: date,
    where: Slice,
) -> list[Figure]:
    """Of each measure the figure that it is compared with; measures of one day are asked together."""
    on = [basis_day(measure, standpoint.as_of, basis, first) for measure in measures]
    by_day: dict[date, Iterator[Figure]] = {}
    for day in dict.fromkeys(on):
        of_day = [measure for measure, its in zip(measures, on, strict=True) if its == day]
        by_day[day] = iter(engine.figures(of_day, replace(standpoint, as_of=day), where))
    return [next(by_day[day]) for day in on]


def _sparks(
    engine: StandingsEngine, measures: Sequence[Measure], standpoint: Standpoint, days: Sequence[date], where: Slice
) -> list[tuple[SparkPoint, ...]]:
    """Of each measure its figures at these days, all days of a definition in one pass over its standings."""
    counts: dict[date, list[tuple[int, int]]] = {}
    by_definition = defaultdict(list)
    for day in days:
        by_definition[engine.definition_at(day)].append(day)
    for definition, its_days in by_definition.items():
        under = [measure.under(definition) for measure in measures]
        plane = engine.triangles(under, its_days, [standpoint.position], where)[:, :, 0]
        for i, day in enumerate(its_days):
            counts[day] = [(int(numerator), int(denominator)) for numerator, denominator in plane[:, i]]
    status = {day: _status(engine, replace(standpoint, as_of=day)) for day in days}
    return [
        tuple(_spark_point(measure, day, counts[day][i], status[day]) for day in days)
        for i, measure in enumerate(measures)
    ]


def _status(engine: StandingsEngine, standpoint: Standpoint) -> str:
    return engine.submissions.coverage(standpoint, engine.expected(standpoint)).status


def _spark_point(measure: Measure, day: date, pair: tuple[int, int], status: str) -> SparkPoint:
    numerator, denominator = pair
    return SparkPoint(day, numerator, None if measure.kind == "count" else denominator, status)


# ---- what moved


_REASONS: Final = {
    Reason.LATE_START: ("late start", "late starts"),
    Reason.LATE_EXIT: ("late exit", "late exits"),
    Reason.AMENDED_EXIT_REASON: ("amended exit reason", "amended exit reasons"),
    Reason.AMENDED_EXIT_DATE: ("amended exit date", "amended exit dates"),
    Reason.AMENDED_START: ("amended start", "amended starts"),
    Reason.REOPENED: ("exit withdrawn, so open again", "exits withdrawn, so open again"),
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
    Reason.LATE_TOP: ("late TOP", "late TOPs"),
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
        return f"{_fraction(self.before)} became {_fraction(self.after)}: {because}."


def moved(
    connection: sa.Connection,
    mapper: JsonMapper,
    engine: StandingsEngine,
    before: Standpoint,
    after: Standpoint,
    where: Slice,
    measures: Sequence[Measure] = MEASURES,
) -> list[Moved]:
    """Which figures of a slice are others from the second standpoint than from the first, and why.

    The engine and the connection are of one snapshot.
    """
    pairs = zip(engine.figures(measures, before, where), engine.figures(measures, after, where), strict=True)
    changed = [old.measure for old, new in pairs if _numbers(old) != _numbers(new)]
    stations = Station(before, where), Station(after, where)
    return [_moved(bridge(connection, mapper, measure, *stations)) for measure in changed]


def _moved(walk: Bridge) -> Moved:
    return Moved(walk, tuple(sorted(_reason_sums(walk), key=lambda found: (-found.people, found.reason))))


def _reason_sums(walk: Bridge) -> Iterable[ReasonSum]:
    for step in walk.steps:
        for reason in dict.fromkeys(one.reason for one in step.contributions):
            of_it = [one for one in step.contributions if one.reason is reason]
            numerator, denominator = (sum(one.diff for one in of_it if one.side is side) for side in Side)
            yield ReasonSum(step.name, reason, len({one.client for one in of_it}), numerator, denominator)


def _numbers(figure: Figure) -> tuple[int, int | None]:
    return figure.numerator, figure.denominator


def _fraction(figure: Figure) -> str:
    return f"{figure.numerator:,}" if figure.denominator is None else f"{figure.numerator:,}/{figure.denominator:,}"
