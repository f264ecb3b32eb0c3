"""Figures, a measure through one time or both, and the caseload of a day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from domain.definition import Definition, definition_in_force
from domain.measures.registry import MEASURE_OF, MEASURES, Measure
from domain.periods import Period
from domain.standpoint import Standpoint
from projections.performance.caseload import MEASURES as CASELOAD
from projections.performance.caseload import CaseloadProfile, CaseloadRead, GroupProfile, caseload_read
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from projections.timeliness.later_moves import LaterMoves, later_moves
from web.auth.viewer import Viewer, unchanged
from web.queries import others
from web.queries.contract_life import public
from web.queries.parameters import EVERYBODY, KnownAt
from web.queries.result import Result
from web.snapshot import Cell, Snapshot, snapshot_cache

from .figure import FigureResult, StandpointResult, figure_result, standpoint_result


@dataclass(frozen=True, slots=True)
class FiguresQuery:
    """Some measures, or all, from one standpoint; `definition` None for the version in force on the day.

    `with_later_moves`: also how such figures moved after they were complete.
    """

    as_of: date
    known_at: KnownAt = None
    measures: tuple[Measure, ...] = MEASURES
    slice_: Slice = EVERYBODY
    definition: Definition | None = None
    with_later_moves: bool = False


class FiguresResult(Result, frozen=True):
    """The figures of one standpoint, in the order asked for."""

    standpoint: StandpointResult
    figures: list[FigureResult]
    later_moves: LaterMoves | msgspec.UnsetType = msgspec.UNSET


def figures(snapshot: Snapshot, viewer: Viewer, query: FiguresQuery) -> FiguresResult:
    """The figures of one standpoint and slice; to the public, those that were published, suppressed."""
    if viewer.is_public:
        standpoint = snapshot.standpoint(query.as_of, query.known_at)
        return FiguresResult(standpoint_result(standpoint), _published(snapshot, query))
    return _figures(snapshot, viewer, query)


# The same figures are asked for again and again, and counting them is a third of such a request.
@snapshot_cache()
def _figures(snapshot: Snapshot, viewer: Viewer, query: FiguresQuery) -> FiguresResult:
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    others.check_standpoint(snapshot, viewer, query.slice_, standpoint, query.definition)
    figures = snapshot.figures(query.measures, standpoint, query.slice_, query.definition)
    wants_moves = query.with_later_moves and not others.rests_on_others(snapshot, viewer, query.slice_)
    moves = _later_moves(snapshot, query, figures) if wants_moves else msgspec.UNSET
    return FiguresResult(standpoint_result(standpoint), _results(snapshot, viewer, figures), moves)


def _later_moves(snapshot: Snapshot, query: FiguresQuery, figures: Sequence[Figure]) -> LaterMoves | msgspec.UnsetType:
    complete = [figure for figure in figures if figure.status == "complete"]
    if not complete:
        return msgspec.UNSET
    measures, standpoint = [figure.measure for figure in complete], complete[0].standpoint
    engine = snapshot.engine(measures, [query.as_of], query.definition)
    return LaterMoves.together(later_moves(engine, measures, standpoint, query.slice_))


def answerable_figures(snapshot: Snapshot, viewer: Viewer, query: FiguresQuery) -> FiguresQuery:
    """The query with those of its measures that this viewer gets: the public, what was published from the standpoint.

    For everybody else nothing is looked up.
    """
    if not viewer.is_public:
        return query
    return replace(query, measures=tuple(figure.measure for figure in _published(snapshot, query)))


def _published(snapshot: Snapshot, query: FiguresQuery) -> list[FigureResult]:
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    definition = query.definition or definition_in_force(query.as_of)
    return public.public_figures(snapshot, query.measures, standpoint, query.slice_, definition)


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """A measure at each of `days`, all as known at one; see `parameters.period_ends`."""

    measure: Measure
    days: tuple[date, ...]
    known_at: KnownAt = None
    slice_: Slice = EVERYBODY
    definition: Definition | None = None


class SeriesResult(Result, frozen=True):
    """One measure through time, an entry for each period end."""

    figures: list[FigureResult] = msgspec.field(name="series")


def series(snapshot: Snapshot, viewer: Viewer, query: SeriesQuery) -> SeriesResult:
    """One measure through time; to the public, at the days for which it was published."""
    if viewer.is_public:
        return SeriesResult([figure for day in query.days for figure in _published_on(snapshot, query, day)])
    for day in query.days:
        standpoint = snapshot.standpoint(day, query.known_at)
        others.check_standpoint(snapshot, viewer, query.slice_, standpoint, query.definition)
    figures = snapshot.series(query.measure, query.days, query.known_at, query.slice_, query.definition)
    return SeriesResult(_results(snapshot, viewer, figures))


def answerable_series(snapshot: Snapshot, viewer: Viewer, query: SeriesQuery) -> SeriesQuery:
    """The query with those of its days for which this viewer gets a figure, as `answerable_figures`."""
    if not viewer.is_public:
        return query
    return replace(query, days=tuple(day for day in query.days if _published_on(snapshot, query, day)))


def _published_on(snapshot: Snapshot, query: SeriesQuery, day: date) -> list[FigureResult]:
    of_day = FiguresQuery(day, query.known_at, (query.measure,), query.slice_, query.definition)
    return _published(snapshot, of_day)


def _results(snapshot: Snapshot, viewer: Viewer, figures: Sequence[Figure]) -> list[FigureResult]:
    return [figure_result(figure) for figure in others.visible_figures(snapshot, viewer, figures)]


@dataclass(frozen=True, slots=True)
class TriangleQuery:
    """A measure at each of `days`, as known on each day on which something became known."""

    measure: Measure
    days: tuple[date, ...]
    slice_: Slice = EVERYBODY
    definition: Definition | None = None


class TriangleResult(Result, frozen=True):
    """A measure through both times: `cells[row][column]` is numerator and denominator, or null."""

    code: str = msgspec.field(name="measure")
    slice: Slice
    as_ofs: Sequence[date] = msgspec.field(name="as_of")
    known_ats: Sequence[date] = msgspec.field(name="known_at")
    cells: list[list[Cell]]
    days_covered: list[Period | None]
    """As known on each of `known_at`: from the first to the last day that any file covers."""

    def covered_cell(self, row: int, column: int) -> Cell:
        """A cell for people: none for a day that no file covered yet."""
        days = self.days_covered[column]
        return self.cells[row][column] if days and self.as_ofs[row] in days else None

    @property
    def covered_cells(self) -> list[list[Cell]]:
        """All cells for people."""
        columns = range(len(self.known_ats))
        return [[self.covered_cell(row, column) for column in columns] for row in range(len(self.as_ofs))]

    @property
    def measure(self) -> Measure:
        """What is counted."""
        return MEASURE_OF[self.code]


def triangle(snapshot: Snapshot, viewer: Viewer, query: TriangleQuery) -> TriangleResult:
    """One measure through both times.

    Raises:
        Refused: to a provider, of all agencies together.
    """
    others.check_own(snapshot, viewer, query.slice_, "A figure along what was known is")
    triangle = viewer.redacted(snapshot.triangle(query.measure, query.days, query.slice_, query.definition), unchanged)
    submissions, as_of = snapshot.submissions, query.days[-1]
    positions = [submissions.standpoint(as_of, known_at).position for known_at in triangle.known_ats]
    return TriangleResult(
        query.measure.code,
        triangle.slice,
        triangle.as_ofs,
        triangle.known_ats,
        triangle.cells,
        [submissions.days_covered(position) for position in positions],
    )


@dataclass(frozen=True, slots=True)
class OnTheDayQuery:
    """What is asked of one standpoint and slice, by no measure's name: who waits, or the caseload's profile."""

    as_of: date
    known_at: KnownAt = None
    slice_: Slice = EVERYBODY


class ProfileResult(Result, frozen=True):
    """The caseload of a slice by substance group; its counts say nothing of a day outside of `days_covered`.

    `days_covered` is from the first to the last day that any file covers, null without a file.
    """

    standpoint: StandpointResult
    slice: Slice
    in_twelve_months: tuple[GroupProfile, ...]
    open_on_the_day: tuple[GroupProfile, ...]
    days_covered: Period | None = None


def profile(snapshot: Snapshot, viewer: Viewer, query: OnTheDayQuery) -> ProfileResult:
    """The caseload profile; raises as `triangle`."""
    others.check_own(snapshot, viewer, query.slice_, "The caseload profile is")
    standpoint, slice_ = snapshot.standpoint(query.as_of, query.known_at), query.slice_
    profile = viewer.redacted(_caseload(snapshot, standpoint, slice_), unchanged)
    in_twelve_months, on_the_day = profile.in_twelve_months, profile.open_on_the_day
    days_covered = snapshot.submissions.days_covered(standpoint.position)
    return ProfileResult(standpoint_result(standpoint), slice_, in_twelve_months, on_the_day, days_covered)


@dataclass(frozen=True, slots=True)
class CaseloadOn:
    """What is kept: the people of a slice by what had happened up to a day."""

    as_of: date
    slice_: Slice


# Every record of a year is looked at.
@snapshot_cache(of_knowledge=True)
def _caseload(snapshot: Snapshot, standpoint: Standpoint, slice_: Slice) -> CaseloadProfile:
    engine = snapshot.engine(CASELOAD, [standpoint.as_of], at=standpoint)

    def read(before: tuple[int, CaseloadRead] | None = None) -> CaseloadRead:
        source = (snapshot.connection, snapshot.mapper, snapshot.generation)
        return caseload_read(*source, engine, standpoint, slice_, before)

    key = CaseloadOn(standpoint.as_of, slice_)
    return snapshot.brought_up(key, standpoint.position, read, lambda *before: read(before)).profile
