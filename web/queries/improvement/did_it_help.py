"""Did it help? A measure before a plan's first day and after it, with corrections since kept apart from change."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated, Final

import msgspec

from domain.errors import Refused
from domain.measures.registry import MEASURE_OF, Measure
from domain.periods import ONE_DAY, Period, month_ends
from domain.rounding import STORED_DECIMALS, half_up
from projections.improvement.did_it_help import (
    FEWEST,
    FigureRead,
    Judgement,
    Shift,
    Verdict,
    WhyNot,
    judgement,
    parts,
    shared_days,
)
from projections.standings.slices import Slice
from web.auth.viewer import NotOwn, Viewer
from web.queries import others
from web.queries.parameters import EVERYBODY, KnownAt
from web.queries.performance.days import newest_day
from web.queries.performance.figure import FigureResult
from web.queries.performance.figures import FiguresQuery, figures
from web.queries.result import SUPPRESSIBLE, Result
from web.snapshot import Snapshot, snapshot_cache

CORRECTED, CHANGED, UNEXPLAINED = "corrected", "changed", "unexplained"
"""The three parts, in the order in which they add up."""
LONGEST_LOOK: Final = 12
"""Months that are looked back for a complete figure."""


@dataclass(frozen=True, slots=True)
class DidItHelpQuery:
    """A measure of a slice around the first day of a plan; `known_at` None for all that is known."""

    measure: Measure
    first_day: date
    slice_: Slice = EVERYBODY
    known_at: KnownAt = None


class DifferencePart(Result, frozen=True):
    """A part of the way from the figure before to the one after; `points_exact` is the same as an exact fraction."""

    part: str
    numerator: int
    denominator: int | None
    points: float | None
    points_exact: str | None


class Overlap(Result, frozen=True):
    """How much the windows before and after share; `people` in both is null where few others might be told of."""

    days: int
    days_of_window: int
    people: Annotated[int | None, SUPPRESSIBLE]


class DidItHelpResult(Result, frozen=True):
    """A measure before and after a plan's first day; see the JSON reference.

    `then` is the figure before as known when the plan began, `now` the same figure as known now. The parts add up to
    `after` less `then`. `low` and `high` are the 95% interval of `after` less `now`, in points, by `method`; `chance`
    is the probability of the exact test, null where the windows share days. `why` is set where nothing can be said.
    """

    code: str = msgspec.field(name="measure")
    name: str
    slice: Slice
    first_day: date
    verdict: str
    why: str | None
    fewest: int
    then: FigureResult | None = None
    now: FigureResult | None = None
    after: FigureResult | None = None
    overlap: Overlap | None = None
    parts: tuple[DifferencePart, ...] = ()
    low: float | None = None
    high: float | None = None
    method: str | None = None
    chance: float | None = None

    @property
    def measure(self) -> Measure:
        """What is counted."""
        return MEASURE_OF[self.code]

    def part(self, name: str) -> DifferencePart | None:
        """The part of this name, where there are parts."""
        return next((one for one in self.parts if one.part == name), None)


# The page of a plan asks for each of its measures, and counts who stands in both windows.
@snapshot_cache(most=128)
def did_it_help(snapshot: Snapshot, viewer: Viewer, query: DidItHelpQuery) -> DidItHelpResult:
    """The measure before and after.

    The figure before is that of the last month end before the first day that the files covered when the plan began. The
    one after is that of the newest month end for which all files are in, on the first day or later.

    Raises:
        NotOwn: to a provider, of another's agency; to the public.
    """
    if viewer.is_public or not viewer.may_ask_for(query.slice_):
        raise NotOwn(f"before and after of {query.slice_}")
    then = _before(snapshot, viewer, query)
    if then is None:
        return _unsaid(query, WhyNot.NOTHING_BEFORE)
    now = _figure(snapshot, viewer, query, then.as_of, query.known_at)
    after = _after(snapshot, viewer, query)
    if after is None:
        return msgspec.structs.replace(_unsaid(query, WhyNot.NOTHING_AFTER), then=then, now=now)
    return _beside(snapshot, viewer, query, then, now, after)


def _before(snapshot: Snapshot, viewer: Viewer, query: DidItHelpQuery) -> FigureResult | None:
    covered = newest_day(snapshot, query.first_day)
    if covered is None:
        return None
    day = min(covered, query.first_day.replace(day=1) - ONE_DAY)
    figure = _figure(snapshot, viewer, query, day, query.first_day)
    return figure if figure.is_covered else None


def _figure(snapshot: Snapshot, viewer: Viewer, query: DidItHelpQuery, as_of: date, known_at: KnownAt) -> FigureResult:
    about = FiguresQuery(as_of, known_at, (query.measure,), query.slice_)
    try:
        return figures(snapshot, viewer, about).figures[0]
    except Refused as refused:
        if refused.code != others.MONTH_ENDS or known_at is None:
            raise
    # Of a sum with others a provider learns what was known at the end of a month.
    _, known_at = others.nearest_month_ends(snapshot, snapshot.standpoint(as_of, known_at))
    return figures(snapshot, viewer, FiguresQuery(as_of, known_at, (query.measure,), query.slice_)).figures[0]


def _after(snapshot: Snapshot, viewer: Viewer, query: DidItHelpQuery) -> FigureResult | None:
    newest = newest_day(snapshot, query.known_at)
    if newest is None or newest < query.first_day:
        return None
    for day in list(month_ends(query.first_day, newest))[: -LONGEST_LOOK - 1 : -1]:
        figure = _figure(snapshot, viewer, query, day, query.known_at)
        if figure.files_status == "complete":
            return figure
    return None


def _beside(
    snapshot: Snapshot,
    viewer: Viewer,
    query: DidItHelpQuery,
    then: FigureResult,
    now: FigureResult,
    after: FigureResult,
) -> DidItHelpResult:
    said = msgspec.structs.replace(_unsaid(query, WhyNot.WITHHELD), then=then, now=now, after=after)
    if any(figure.withheld for figure in (then, now, after)):
        return said
    readings = [_reading(figure) for figure in (then, now, after)]
    its = parts(*readings)
    why = _why_not(query, now, after)
    judged = judgement(readings[1], readings[2], query.measure.polarity or "") if why is None else None
    return msgspec.structs.replace(
        said,
        verdict=str(judged.verdict if judged else Verdict.NOT_SAID),
        why=None if why is None else str(why),
        overlap=_overlap(snapshot, viewer, query, now, after),
        parts=tuple(
            _part(name, one)
            for name, one in ((CORRECTED, its.corrected), (CHANGED, its.changed), (UNEXPLAINED, its.unexplained))
        ),
        **_judged(judged),
    )


def _why_not(query: DidItHelpQuery, now: FigureResult, after: FigureResult) -> WhyNot | None:
    reasons = {
        WhyNot.COUNT: after.denominator is None or query.measure.polarity is None,
        WhyNot.IMMATURE: query.measure.immature,
        WhyNot.NOBODY: not now.denominator or not after.denominator,
        WhyNot.WINDOW_BEFORE: after.last_day < query.first_day,
    }
    return next((why for why, holds in reasons.items() if holds), None)


def _judged(judged: Judgement | None) -> dict[str, float | str | None]:
    if judged is None or judged.low is None or judged.high is None:
        return {}
    return {
        "low": half_up(judged.low, STORED_DECIMALS),
        "high": half_up(judged.high, STORED_DECIMALS),
        "method": "newcombe",
        "chance": None if judged.chance is None else half_up(judged.chance, STORED_DECIMALS),
    }


def _reading(figure: FigureResult) -> FigureRead:
    return FigureRead(figure.as_of, figure.cohort, figure.numerator, figure.denominator)


def _part(name: str, one: Shift) -> DifferencePart:
    return DifferencePart(name, one.numerator, one.denominator, _rounded(one.points), _exact(one.points))


def _rounded(points: Fraction | None) -> float | None:
    return None if points is None else half_up(points, STORED_DECIMALS)


def _exact(points: Fraction | None) -> str | None:
    return None if points is None else str(points)


def _overlap(
    snapshot: Snapshot, viewer: Viewer, query: DidItHelpQuery, now: FigureResult, after: FigureResult
) -> Overlap:
    days = shared_days(now.cohort, after.cohort)
    whole = _days(after.cohort)
    if others.rests_on_others(snapshot, viewer, query.slice_):
        return Overlap(days, whole, None)
    return Overlap(days, whole, _people_in_both(snapshot, query, now, after))


def _days(window: Period) -> int:
    return (window.last_day - window.first_day).days + 1


def _people_in_both(snapshot: Snapshot, query: DidItHelpQuery, now: FigureResult, after: FigureResult) -> int:
    first, second = (
        {one.client for one in snapshot.standings(query.measure, figure.standpoint, query.slice_)[1]}
        for figure in (now, after)
    )
    return len(first & second)


def _unsaid(query: DidItHelpQuery, why: WhyNot) -> DidItHelpResult:
    measure = query.measure
    return DidItHelpResult(
        measure.code, measure.name, query.slice_, query.first_day, str(Verdict.NOT_SAID), str(why), FEWEST
    )
