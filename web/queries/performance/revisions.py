"""What late knowledge did to figures: how they were restated, and when the files came."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import msgspec

from domain.definition import Definition
from domain.errors import WrongUse
from domain.measures.registry import MEASURES, Measure
from projections.standings.slices import Slice
from projections.timeliness import coverage as reporting
from projections.timeliness import revisions as restating
from projections.timeliness.coverage import CoverageMonth, Delays, FileReport, Reporting
from projections.timeliness.revisions import STILL_MOVING_DAYS, Revision, Revisions
from web.auth.viewer import Own, Viewer, unchanged
from web.queries import others
from web.queries.parameters import EVERYBODY, KnownAt
from web.queries.result import Result
from web.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class RevisionsQuery:
    """Some measures, or all, at each of `days`, through all that was known up to `known_at`; each agency for itself,
    where `by_agency`.
    """

    days: tuple[date, ...]
    measures: tuple[Measure, ...] = MEASURES
    known_at: KnownAt = None
    slice_: Slice = EVERYBODY
    by_agency: bool = False
    definition: Definition | None = None


class MeasureRevisions(Result, frozen=True):
    """How one measure of one slice was restated."""

    code: str = msgspec.field(name="measure")
    name: str
    kind: str
    slice: Slice
    reported: int
    restated: int
    still_moving: int
    median_days: float | None
    longest_days: int | None
    rows: tuple[Revision, ...] = msgspec.field(name="periods")


class RevisionsResult(Result, frozen=True):
    """How figures were restated, up to a day and position."""

    known_at: date | None
    position: int
    still_moving_days: int
    revisions: list[MeasureRevisions]


def revisions(snapshot: Snapshot, viewer: Viewer, query: RevisionsQuery) -> RevisionsResult:
    """How figures were restated.

    Raises:
        WrongUse: one agency and each agency are asked for at once.
        Refused: to a provider, of all agencies together.
    """
    if not query.by_agency:
        others.check_own(snapshot, viewer, query.slice_, "How figures were restated is")
    engine = snapshot.engine(query.measures, query.days, query.definition)
    slices = _by_agency(query.slice_, engine.submissions.agencies()) if query.by_agency else [query.slice_]
    revisions = restating.revisions(engine, query.measures, query.days, slices, query.known_at)
    visible = viewer.redacted(revisions, _redacted_revisions)
    last = engine.standpoint(query.days[-1], query.known_at)
    return RevisionsResult(last.known_at, last.position, STILL_MOVING_DAYS, [_of_measure(one) for one in visible])


def _by_agency(slice_: Slice, agencies: Sequence[str]) -> list[Slice]:
    if slice_.agency:
        raise WrongUse("Give one agency, or ask for each agency by itself, not both.")
    return [replace(slice_, agency=agency) for agency in agencies]


def _redacted_revisions(revisions: Sequence[Revisions], own: Own) -> list[Revisions]:
    return [
        replace(one, rows=tuple(replace(row, missing=_own(row.missing, own)) for row in one.rows))
        for one in revisions
        if one.slice.agency is None or one.slice.agency in own
    ]


def _of_measure(one: Revisions) -> MeasureRevisions:
    return MeasureRevisions(
        code=one.measure.code,
        name=one.measure.name,
        kind=one.measure.kind,
        slice=one.slice,
        reported=len(one.reported),
        restated=one.restated,
        still_moving=one.still_moving,
        median_days=one.median_days,
        longest_days=one.longest_days,
        rows=one.rows,
    )


def first_known(snapshot: Snapshot, viewer: Viewer, measure: Measure, as_of: date, slice_: Slice) -> date | None:
    """The day on which every agency expected to report `as_of` had done so, by all that is known; None before.

    It is the same for everybody.
    """
    engine = snapshot.engine([measure], [as_of])
    [revisions] = restating.revisions(engine, [measure], [as_of], [slice_])
    first = viewer.redacted(revisions.rows[0].first, unchanged)
    return first.known_at if first else None


@dataclass(frozen=True, slots=True)
class CoverageQuery:
    """Which files covered each of these month ends, by what is known at `known_at`."""

    days: tuple[date, ...]
    known_at: KnownAt = None


class FileReportResult(Result, frozen=True):
    """When an agency's file came, and how many days after the month's end."""

    agency: str
    is_expected: bool = msgspec.field(name="expected")
    received_on: date | None
    days: int | None
    position: int | None


class CoverageMonthResult(Result, frozen=True):
    """The files of one month, and when all of them were there."""

    month_end: date
    complete_on: date | None
    days: int | None
    missing: tuple[str, ...]
    reports: list[FileReportResult]


class CoverageResult(Result, frozen=True):
    """Who reported each month, and when."""

    known_at: date | None
    position: int
    months: list[CoverageMonthResult]
    agencies: list[Delays]


def coverage(snapshot: Snapshot, viewer: Viewer, query: CoverageQuery) -> CoverageResult:
    """Which agency's files covered the month ends, and when they came."""
    reports = reporting.reporting(snapshot.engine([], query.days), query.days, query.known_at)
    visible = viewer.redacted(reports, _redacted_coverage)
    months = [_month(month) for month in visible.months]
    return CoverageResult(visible.known_at, visible.position, months, list(visible.delays()))


def _redacted_coverage(reports: Reporting, own: Own) -> Reporting:
    months = tuple(
        CoverageMonth(month.month_end, tuple(report for report in month.reports if report.agency in own))
        for month in reports.months
    )
    return replace(reports, agencies=_own(reports.agencies, own), months=months)


def _own(agencies: tuple[str, ...], own: Own) -> tuple[str, ...]:
    return tuple(agency for agency in agencies if agency in own)


def _month(month: CoverageMonth) -> CoverageMonthResult:
    reports = [_report(report) for report in month.reports]
    return CoverageMonthResult(month.month_end, month.complete_on, month.days, month.missing, reports)


def _report(report: FileReport) -> FileReportResult:
    return FileReportResult(report.agency, report.is_expected, report.received_on, report.days, report.position)
