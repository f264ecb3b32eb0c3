"""Completions needed: what it takes to meet each target by its last day, by hub and by month."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Annotated, Final

import msgspec

from domain.errors import WrongUse
from domain.log.reading import Recorded
from domain.measures.registry import MEASURE_OF, Measure
from domain.periods import Period
from domain.rounding import READ_DECIMALS, half_up
from domain.standpoint import Standpoint
from projections.explain.provenance import WITHOUT_TOPS, recorded_of, streams_of_clients
from projections.performance.needed import completions_needed as needed
from projections.performance.needed.completions_needed import COURSE_RULES, NEEDED_OF, CompletionsNeeded, Need
from projections.performance.needed.people import PACE_MONTHS, START_MONTHS, standings_needed
from projections.performance.targets import Target
from projections.privacy.needed import need_beside_others, redacted_need
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from web.auth.viewer import Viewer
from web.queries import others
from web.queries.contract_life.targets import TargetResult, all_targets, target_result
from web.queries.parameters import EVERYBODY, KnownAt
from web.queries.performance.figure import FigureResult, StandpointResult, figure_result, standpoint_result
from web.queries.result import SUPPRESSIBLE, Result
from web.snapshot import Snapshot, snapshot_cache

Count = Annotated[int, SUPPRESSIBLE]
"""A count that a provider may not be shown, where it would tell of fewer than 5 people of others."""


class MonthNeed(Result, frozen=True):
    """A calendar month, as far as completions in it are of use, and how many are needed in it."""

    first_day: date
    last_day: date
    needed: int


class HubNeedResult(Result, frozen=True):
    """A hub's part; an empty `agency` stands for all hubs of others together. `months` are in the order of the whole's.

    `needed` are completions; `room`, of re-presentations, is how many more may come back.
    """

    agency: str
    cohort: int
    counted: int
    wanted: int
    needed: int | None
    room: int | None
    could_count: Count
    may_change: Count
    recent: Count
    months: tuple[int, ...]


class MovesResult(Result, frozen=True):
    """Who leaves the window by the deadline and who enters it; how many of either are counted."""

    leaving: Count
    leaving_counted: Count
    entering: Count
    entering_counted: Count


class PaceResult(Result, frozen=True):
    """How many completed in the last `months`, and how many come of that pace (of re-presentations: come back)."""

    recent: Count
    months: int
    expected: float | None


class NewStarts(Result, frozen=True):
    """The range: how many stand in the cohort anew at the pace of the last `months`, and what is needed then."""

    people: int
    months: int
    needed: int | None
    room: int | None


class NeedResult(Result, frozen=True):
    """What it takes to meet the target at its last day, the `deadline`; see the JSON reference.

    `counts` says what is asked: "completions" that are needed, or "returns" for which there is room.
    """

    counts: str
    deadline: date
    window: Period
    useful: Period | None
    last_useful_day: date
    reached: str
    cohort: int
    counted: int
    wanted: int
    needed: int | None
    room: int | None
    could_count: Count
    may_change: Count
    moves: MovesResult
    pace: PaceResult
    new_starts: NewStarts
    state: str | None
    rule: str
    rules: dict[str, str]
    months: list[MonthNeed]
    hubs: list[HubNeedResult]

    @property
    def of_returns(self) -> bool:
        """Whether it is returns that are counted."""
        return self.counts == RETURNS

    @property
    def to_go(self) -> int:
        """The completions needed, or the room that is left for returns."""
        return (self.room if self.needed is None else self.needed) or 0

    @property
    def over(self) -> int:
        """By how many returns the target is exceeded; 0 of completions."""
        return max(0, self.counted - self.wanted) if self.of_returns else 0


COMPLETIONS, RETURNS = "completions", "returns"


class MeasureNeed(Result, frozen=True):
    """One measure: today's figure, its target, and what it takes; without `need`, `why` there is none."""

    code: str = msgspec.field(name="measure")
    name: str
    figure: FigureResult
    target: TargetResult | None
    need: NeedResult | None
    why: str

    @property
    def measure(self) -> Measure:
        """What is counted."""
        return MEASURE_OF[self.code]


class CompletionsNeededResult(Result, frozen=True):
    """Completions needed, from one standpoint, a measure each."""

    standpoint: StandpointResult
    slice: Slice
    completions_needed: list[MeasureNeed]


@dataclass(frozen=True, slots=True)
class CompletionsNeededQuery:
    """Some measures, or all that have a target then, from one standpoint; of an area or of everybody.

    Of an agency it is not asked by itself: its part is that of the hub in the whole.
    """

    as_of: date
    known_at: KnownAt = None
    measures: tuple[Measure, ...] = ()
    slice_: Slice = EVERYBODY


NOT_OF_COMPLETIONS: Final = "Completions needed are worked out for {}, and not for {}."


def completions_needed(snapshot: Snapshot, viewer: Viewer, query: CompletionsNeededQuery) -> CompletionsNeededResult:
    """What it takes to meet each target by its last day.

    Raises:
        WrongUse: a measure is named that completions do not decide.
        Refused: to a provider, a day that is no month end where other agencies' clients are in it.
    """
    standpoint, slice_ = snapshot.standpoint(query.as_of, query.known_at), replace(query.slice_, agency=None)
    _check_measures(query.measures)
    others.check_standpoint(snapshot, viewer, slice_, standpoint)
    asked = query.measures or NEEDED_OF
    answers = (_visible(snapshot, viewer, measure, standpoint, slice_) for measure in asked)
    results = [_result(one) for one in answers if query.measures or one.target is not None]
    return CompletionsNeededResult(standpoint_result(standpoint), slice_, results)


def _check_measures(measures: Iterable[Measure]) -> None:
    if wrong := [measure.code for measure in measures if measure not in NEEDED_OF]:
        codes = ", ".join(measure.code for measure in NEEDED_OF)
        raise WrongUse(NOT_OF_COMPLETIONS.format(codes, ", ".join(wrong)))


def _visible(
    snapshot: Snapshot, viewer: Viewer, measure: Measure, standpoint: Standpoint, slice_: Slice
) -> CompletionsNeeded:
    answer = viewer.redacted(_needed(snapshot, measure, standpoint, slice_), redacted_need)
    if not others.rests_on_others(snapshot, viewer, slice_):
        return answer
    return need_beside_others(answer, others.visible_figure(snapshot, viewer, answer.whole))


def _needed(snapshot: Snapshot, measure: Measure, standpoint: Standpoint, slice_: Slice) -> CompletionsNeeded:
    target = all_targets(snapshot).in_force(measure, slice_, standpoint)
    return needed_for(snapshot, target.number if target else 0, measure, standpoint, slice_)


@snapshot_cache()
def needed_for(
    snapshot: Snapshot, target: int, measure: Measure, standpoint: Standpoint, slice_: Slice
) -> CompletionsNeeded:
    """What the target of this number takes (0: none), whether it is in force on the day or not; for other queries."""
    one = next((one for one in all_targets(snapshot) if one.number == target), None)

    def read(clients: Collection[int]) -> Iterable[Recorded]:
        streams = streams_of_clients(snapshot.connection, snapshot.generation, clients)
        recorded = recorded_of(snapshot.connection, snapshot.mapper, streams, standpoint.position, WITHOUT_TOPS)
        return chain.from_iterable(recorded.values())

    engine = _engine(snapshot, measure, standpoint, one)
    return needed.completions_needed(engine, read, measure, standpoint, slice_, one)


def _engine(snapshot: Snapshot, measure: Measure, standpoint: Standpoint, target: Target | None) -> StandingsEngine:
    """What stands between the standpoint's day and the deadline; all of it, where the process keeps that."""
    if snapshot.loaded is not None:
        return snapshot.loaded.engine
    deadline = target.terms.last_day if target else standpoint.as_of
    then = replace(standpoint, as_of=deadline)
    return StandingsEngine.load(snapshot.connection, standings_needed(measure), standpoint, to=then)


# ---- the results


def _result(one: CompletionsNeeded) -> MeasureNeed:
    target = target_result(one.target) if one.target else None
    need = _need_result(one.need) if one.need else None
    measure = one.whole.measure
    return MeasureNeed(measure.code, measure.name, figure_result(one.whole), target, need, one.why)


def _need_result(need: Need) -> NeedResult:
    counts = RETURNS if need.of_returns else COMPLETIONS
    moves, expected = need.moves, need.expected
    return NeedResult(
        counts=counts,
        deadline=need.deadline,
        window=need.window,
        useful=need.useful,
        last_useful_day=need.window.last_day,
        reached=f"{need.reached:f}",
        cohort=need.cohort,
        counted=need.counted,
        wanted=need.wanted,
        needed=None if need.of_returns else need.to_go,
        room=need.to_go if need.of_returns else None,
        could_count=need.could_count,
        may_change=need.may_change,
        moves=MovesResult(moves.leaving, moves.leaving_counted, moves.entering, moves.entering_counted),
        pace=PaceResult(need.recent, PACE_MONTHS, None if expected is None else half_up(expected, READ_DECIMALS)),
        new_starts=_new_starts(need),
        state=None if need.course is None else str(need.course),
        rule=need.rule,
        rules={str(course): words for course, words in COURSE_RULES[counts].items()},
        months=_months(need),
        hubs=_hubs(need),
    )


def _new_starts(need: Need) -> NewStarts:
    to_go, months = need.to_go_with_starts, PACE_MONTHS if need.of_returns else START_MONTHS
    return NewStarts(need.starts, months, None if need.of_returns else to_go, to_go if need.of_returns else None)


def _months(need: Need) -> list[MonthNeed]:
    columns = zip(*(hub.months for hub in need.hubs), strict=True)
    return [
        MonthNeed(month.first_day, month.last_day, sum(column))
        for month, column in zip(need.months, columns, strict=True)
    ]


def _hubs(need: Need) -> list[HubNeedResult]:
    return [
        HubNeedResult(
            hub.agency,
            hub.cohort,
            hub.counted,
            hub.wanted,
            None if need.of_returns else hub.to_go,
            hub.to_go if need.of_returns else None,
            hub.could_count,
            hub.may_change,
            hub.recent,
            hub.months,
        )
        for hub in need.hubs
    ]
