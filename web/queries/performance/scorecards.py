"""A scorecard, what moved on it since another standpoint, and a figure as the sum of its agencies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import msgspec

from domain.measures import families
from domain.measures.registry import MEASURES, Measure
from domain.periods import Period
from domain.standpoint import Standpoint
from projections.performance import breakdown as parting
from projections.performance import scorecard as projection
from projections.performance.breakdown import Breakdown
from projections.performance.colours.colouring import ColourChange, Rating
from projections.performance.colours.rag import Against, NotRated, NumberNeeded, Unrated
from projections.performance.scorecard import Scorecard, ScorecardLine, State
from projections.performance.spc import ControlChart, Counted, TooFew, control_chart
from projections.performance.trend import Basis, Glyph, Judged, Movement, NoDirection, Point
from projections.privacy import complements, redaction
from projections.standings.slices import Slice, others_of
from projections.timeliness.later_moves import LaterMoves
from web.auth.viewer import Own, Viewer, unchanged
from web.queries import others
from web.queries.agreement.colour_rules import RuleBeside, all_rules, rule_beside
from web.queries.agreement.comparator_areas import BesideComparator
from web.queries.agreement.comparator_areas import beside as beside_others
from web.queries.contract_life.targets import TargetResult, all_targets, exact, target_result
from web.queries.parameters import EVERYBODY, KnownAt
from web.queries.result import Result
from web.snapshot import Snapshot, snapshot_cache

from .figure import (
    FigureCoverage,
    FigureResult,
    FilesResult,
    StandpointResult,
    figure_result,
    files_result,
    standpoint_result,
)


@dataclass(frozen=True, slots=True)
class ScorecardQuery:
    """A scorecard from one standpoint; its directions are beside `basis`, without one by each figure's colour rule."""

    as_of: date
    known_at: KnownAt = None
    slice_: Slice = EVERYBODY
    basis: Basis | None = None
    measures: tuple[Measure, ...] = MEASURES


class AgainstTarget(Result, frozen=True):
    """A figure against its target; without a colour all is null but `why_not`.

    `because` says in words why it has its colour, and `rule` by which rule; `change` how few people would change it.
    """

    rating: Rating | None
    reached: str | None
    points: float | None
    relative: float | None
    needed: NumberNeeded | None
    missing: int | None
    why_not: Unrated | None
    sentences: tuple[str, ...]
    because: str = ""
    rule: RuleBeside | None = None
    change: ColourChange | None = None


class MovementResult(Result, frozen=True):
    """Which way a figure went since `before`; without a direction all is null but `why_not`."""

    basis: Basis
    before: Point
    sentence: str
    glyph: Glyph | None = None
    judged: Judged | None = None
    difference: float | None = None
    within_chance: bool | None = None
    why_not: str | None = None


class ScorecardLineResult(Result, frozen=True):
    """A KPI of a scorecard. `spark` ends with the figure itself.

    `later_moves` says of a complete figure how those like it moved after they were complete, else it is null.
    `expired` is the target that ended last, where none is in force.
    `comparator` is what others reached, where that is known.
    """

    figure: FigureResult
    state: State
    target: TargetResult | None
    against: AgainstTarget
    movement: MovementResult = msgspec.field(name="travel")
    spark: tuple[Point, ...]
    later_moves: LaterMoves | None
    expired: TargetResult | None = None
    comparator: BesideComparator | None = None

    @property
    def measure(self) -> Measure:
        """What it measures."""
        return self.figure.measure


class ScorecardResult(Result, frozen=True):
    """Every KPI of a slice at a standpoint."""

    standpoint: StandpointResult
    slice: Slice
    basis: Basis
    status: str | None
    coverage: FigureCoverage
    lines: list[ScorecardLineResult]
    files: FilesResult

    @property
    def later_moves(self) -> LaterMoves | None:
        """How figures like these moved after they were complete; None while these are not."""
        moves = [line.later_moves for line in self.lines if line.later_moves]
        return LaterMoves.together(moves) if moves else None

    @property
    def files_status(self) -> str | None:
        """What the files make of the day; None where no file covers it."""
        return self.status

    @property
    def days_covered(self) -> Period | None:
        """From the first to the last day that any file covers."""
        return self.files.days


def scorecard(snapshot: Snapshot, viewer: Viewer, query: ScorecardQuery) -> ScorecardResult:
    """Every measure with its target, its direction and its last year; kept with the standings that it follows from."""
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    others.check_standpoint(snapshot, viewer, query.slice_, standpoint)
    card = viewer.redacted(
        _scorecard(snapshot, standpoint, query.slice_, query.basis, query.measures), _redacted_scorecard
    )
    if others.rests_on_others(snapshot, viewer, query.slice_):
        rest = others_of(query.slice_, viewer.agencies)
        beside = _scorecard(snapshot, standpoint, rest, query.basis, query.measures)
        card = complements.scorecard_beside_others(card, beside)
    result = scorecard_result(card)
    return msgspec.structs.replace(
        result,
        lines=[
            msgspec.structs.replace(line, comparator=beside_others(snapshot, line.figure, viewer))
            for line in result.lines
        ],
    )


def scorecard_result(card: Scorecard) -> ScorecardResult:
    """SCORECARD of the JSON reference."""
    coverage = card.coverage
    return ScorecardResult(
        standpoint_result(card.standpoint),
        card.slice,
        card.basis,
        coverage.status,
        FigureCoverage(coverage.expected, coverage.missing),
        [_line(line) for line in card.lines],
        files_result(coverage),
    )


def card_of(snapshot: Snapshot, viewer: Viewer, as_of: date, slice_: Slice) -> Scorecard:
    """A scorecard as it is coloured, for queries that colour it by other rules: of one's own figures, or of all."""
    return viewer.redacted(
        _scorecard(snapshot, snapshot.standpoint(as_of), slice_, None, MEASURES), _redacted_scorecard
    )


@snapshot_cache()
def _scorecard(
    snapshot: Snapshot, standpoint: Standpoint, slice_: Slice, basis: Basis | None, measures: tuple[Measure, ...]
) -> Scorecard:
    engine = snapshot.engine(measures, [standpoint.as_of])
    targets, rules = all_targets(snapshot), all_rules(snapshot)
    card = projection.scorecard(engine, targets, standpoint, slice_, basis, measures, rules=rules)
    return projection.with_later_moves(engine, card)


def _redacted_scorecard(card: Scorecard, own: Own) -> Scorecard:
    lines = tuple(replace(line, figure=redaction.redacted_figure(line.figure, own)) for line in card.lines)
    return replace(card, coverage=redaction.redacted_coverage(card.coverage, own), lines=lines)


def _line(line: ScorecardLine) -> ScorecardLineResult:
    against = line.against
    target = target_result(against.target) if against.target else None
    expired = target_result(against.expired) if isinstance(against, NotRated) and against.expired else None
    return ScorecardLineResult(
        figure_result(line.figure),
        line.state,
        target,
        against_result(against),
        movement_result(line.movement),
        line.spark,
        line.later_moves,
        expired,
    )


def against_result(against: Against) -> AgainstTarget:
    """AGAINST of the JSON reference."""
    if isinstance(against, NotRated):
        return AgainstTarget(None, None, None, None, None, None, against.why, against.sentences)
    return AgainstTarget(
        against.rating,
        exact(against.reached),
        against.points,
        against.relative,
        against.needed,
        against.missing,
        None,
        against.sentences,
        against.because,
        rule_beside(against.rule),
        against.change,
    )


def movement_result(movement: Movement) -> MovementResult:
    """TRAVEL of the JSON reference."""
    basis, before, sentence = movement.basis, movement.before, movement.sentence
    if isinstance(movement, NoDirection):
        return MovementResult(basis, before, sentence, why_not=movement.why)
    direction = (movement.glyph, movement.judged, movement.difference, movement.within_chance)
    return MovementResult(basis, before, sentence, *direction)


# ---- what moved


@dataclass(frozen=True, slots=True)
class MovesQuery:
    """Of a slice, from one standpoint to another."""

    before: Standpoint
    after: Standpoint
    slice_: Slice = EVERYBODY


@dataclass(frozen=True, slots=True)
class MovedFigure:
    """A figure that was another, and why in a sentence; nobody shows in it."""

    measure: Measure
    sentence: str


@dataclass(frozen=True, slots=True)
class Moves:
    """What moved on the way from one standpoint to another."""

    before: Standpoint
    after: Standpoint
    moved: Sequence[MovedFigure]


def moves(snapshot: Snapshot, viewer: Viewer, query: MovesQuery) -> Moves:
    """What moved between two standpoints, each figure with its sentence.

    Of sums with clients of other agencies a provider is told those that are shown at both ends, without reasons.

    Raises:
        Refused: one of the standpoints is none from which such a sum is shown.
    """
    moves = viewer.redacted(_moves(snapshot, query), unchanged)
    if not others.rests_on_others(snapshot, viewer, query.slice_):
        return moves
    for standpoint in (query.before, query.after):
        others.check_standpoint(snapshot, viewer, query.slice_, standpoint)
    return replace(moves, moved=list(_moved_beside_others(snapshot, viewer, query, moves)))


def _moved_beside_others(snapshot: Snapshot, viewer: Viewer, query: MovesQuery, moves: Moves) -> Iterable[MovedFigure]:
    for moved in moves.moved:
        before, after = (
            others.visible_figure(snapshot, viewer, figure)
            for standpoint in (query.before, query.after)
            for figure in snapshot.figures([moved.measure], standpoint, query.slice_)
        )
        if not before.withheld and not after.withheld:
            yield MovedFigure(moved.measure, f"{projection.fraction(before)} became {projection.fraction(after)}.")


@snapshot_cache(of_knowledge=True)
def _moves(snapshot: Snapshot, query: MovesQuery) -> Moves:
    before, after = query.before, query.after
    engine = snapshot.engine(MEASURES, [before.as_of, after.as_of])
    moved = projection.moved(snapshot.connection, snapshot.mapper, engine, before, after, query.slice_)
    return Moves(before, after, [MovedFigure(figure.after.measure, figure.sentence) for figure in moved])


# ---- one figure by agency, and by month


@dataclass(frozen=True, slots=True)
class FigureQuery:
    """One measure from one standpoint."""

    measure: Measure
    as_of: date
    known_at: KnownAt = None
    slice_: Slice = EVERYBODY


def breakdown(snapshot: Snapshot, viewer: Viewer, query: FigureQuery) -> Breakdown:
    """The figure of a slice by the agencies that its journeys belong to, each against the target of the whole."""
    others.check_standpoint(snapshot, viewer, query.slice_, snapshot.standpoint(query.as_of, query.known_at))
    parts = viewer.redacted(_breakdown(snapshot, query), redaction.redacted_breakdown)
    if not others.rests_on_others(snapshot, viewer, query.slice_):
        return parts
    return complements.breakdown_beside_others(parts, others.visible_figure(snapshot, viewer, parts.whole))


@snapshot_cache()
def _breakdown(snapshot: Snapshot, query: FigureQuery) -> Breakdown:
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    engine = snapshot.engine([query.measure], [query.as_of], at=standpoint)
    target = all_targets(snapshot).in_force(query.measure, query.slice_, standpoint)
    return parting.parts_of_area(engine, query.measure, standpoint, query.slice_, target)


COUNTED_MONTHLY: Final = {
    families.COMPLETIONS.name: Counted.COMPLETED,
    families.RE_PRESENTATIONS.name: Counted.RETURNED,
    families.RE_PRESENTATIONS_UNLAGGED.name: Counted.RETURNED,
    families.EARLY_EXITS.name: Counted.UNPLANNED,
    families.JOURNEYS_STARTED.name: Counted.STARTED,
    families.JOURNEYS_ENDED.name: Counted.ENDED,
}
"""By family of measures: the monthly count that tells whether chance explains what is seen."""


def chart(snapshot: Snapshot, viewer: Viewer, query: FigureQuery) -> ControlChart | TooFew | None:
    """The control chart that belongs to a measure, of its own substance groups; None where none does.

    To a provider there is none of all agencies together: it has the people of single months.
    """
    counted = COUNTED_MONTHLY.get(query.measure.family.name)
    if counted is None or others.rests_on_others(snapshot, viewer, query.slice_):
        return None
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    return viewer.redacted(_chart(snapshot, counted, standpoint, query.slice_, groups_of(query.measure)), unchanged)


def groups_of(measure: Measure) -> tuple[int, ...] | None:
    """The substance groups whose months are counted beside a measure; None for all together."""
    is_of_groups = COUNTED_MONTHLY.get(measure.family.name) in {Counted.COMPLETED, Counted.RETURNED}
    return measure.parts if is_of_groups else None


@snapshot_cache(of_knowledge=True)
def _chart(
    snapshot: Snapshot, counted: Counted, standpoint: Standpoint, slice_: Slice, groups: tuple[int, ...] | None
) -> ControlChart | TooFew:
    engine = snapshot.engine(MEASURES, [standpoint.as_of])
    return control_chart(engine, counted, standpoint, slice_, groups=groups)
