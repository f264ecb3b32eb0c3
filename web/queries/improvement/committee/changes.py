"""What changed since the last report that was given out: each of its figures then, the same day now, and the new day.

A figure that was restated is taken apart by people: so many are counted anew and so many no longer, so that what was
printed, more and less, adds up to what is known now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.errors import Refused
from domain.improvement.committee_report import as_given
from domain.improvement.written import WrittenAbout
from domain.log.reading import Recorded
from domain.measures.registry import MEASURE_OF
from projections.explain.bridge import Side
from projections.standings.slices import Slice
from web.auth.viewer import Viewer
from web.queries.explain.explanations import ExplanationQuery, StationQuery, sums
from web.queries.parameters import KnownAt
from web.queries.performance.figure import FigureResult
from web.queries.performance.figures import FiguresQuery, figures
from web.queries.result import Result
from web.snapshot import Snapshot

from .given import GivenReport, given_result


class PeopleMoved(Result, frozen=True):
    """One number of a figure as it was printed, how many people came into it and left it since, and what it is now."""

    printed: int
    more: int
    fewer: int
    now: int


class FigureSince(Result, frozen=True):
    """A figure of the last report, the same day by what is known now, and the day of the new report.

    `numerator` and `denominator` are null where nothing changed, or the people cannot be shown.
    """

    measure: str
    name: str
    as_of: date
    then: tuple[int, int | None]
    same_day: tuple[int, int | None]
    newest: tuple[int, int | None]
    newest_day: date
    numerator: PeopleMoved | None
    denominator: PeopleMoved | None

    @property
    def is_restated(self) -> bool:
        """Whether it is another by what is known now."""
        return self.then != self.same_day


class SinceLast(Result, frozen=True):
    """What changed since a report."""

    last: GivenReport
    figures: list[FigureSince]


@dataclass(frozen=True, slots=True)
class SinceQuery:
    """Since which report, and what is known now. `days` is the day of each measure's figure in the new report."""

    last: Recorded
    days: Mapping[str, date]
    known_at: KnownAt
    slice_: Slice


def since_last(snapshot: Snapshot, viewer: Viewer, query: SinceQuery) -> SinceLast:
    """Each figure of the last report beside what it is by now; those left out that this viewer may not see."""
    given = as_given(query.last.event)
    its = [_figure(snapshot, viewer, about, query) for about in given.figures if about.measure in query.days]
    return SinceLast(given_result(query.last), [one for one in its if one is not None])


def _figure(snapshot: Snapshot, viewer: Viewer, about: WrittenAbout, query: SinceQuery) -> FigureSince | None:
    same_day = _seen(snapshot, viewer, about.measure, about.as_of, query)
    newest = _seen(snapshot, viewer, about.measure, query.days[about.measure], query)
    if same_day is None or newest is None:
        return None
    then, now = (about.numerator, about.denominator), (same_day.numerator, same_day.denominator)
    moved = _moved(snapshot, viewer, about, query) if then != now else {}
    return FigureSince(
        about.measure,
        MEASURE_OF[about.measure].name,
        about.as_of,
        then,
        now,
        (newest.numerator, newest.denominator),
        newest.as_of,
        moved.get(Side.NUMERATOR),
        moved.get(Side.DENOMINATOR),
    )


def _seen(snapshot: Snapshot, viewer: Viewer, code: str, as_of: date, query: SinceQuery) -> FigureResult | None:
    try:
        its = FiguresQuery(as_of, query.known_at, (MEASURE_OF[code],), query.slice_)
        figure = figures(snapshot, viewer, its).figures[0]
    except Refused:
        return None
    return None if figure.withheld or not figure.is_covered else figure


def _moved(snapshot: Snapshot, viewer: Viewer, about: WrittenAbout, query: SinceQuery) -> dict[Side, PeopleMoved]:
    start = StationQuery(about.as_of, about.position, query.slice_)
    end = StationQuery(about.as_of, query.known_at, query.slice_)
    try:
        walk = sums(snapshot, viewer, ExplanationQuery(MEASURE_OF[about.measure], start, end))
    except Refused:
        return {}
    people = [one for step in walk.steps for one in step.contributions]
    moved = {}
    for side, printed in ((Side.NUMERATOR, about.numerator), (Side.DENOMINATOR, about.denominator)):
        if printed is None:
            continue
        more = sum(one.diff for one in people if one.side is side and one.diff > 0)
        fewer = -sum(one.diff for one in people if one.side is side and one.diff < 0)
        moved[side] = PeopleMoved(printed, more, fewer, printed + more - fewer)
    return moved
