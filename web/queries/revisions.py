"""What late knowledge did to figures: how they were restated, what one comes to, and when the files came."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.definition import Definition
from domain.errors import WrongUse
from domain.measures.registry import MEASURES, Measure
from domain.standpoint import Standpoint
from projections.privacy import redaction
from projections.standings.slices import Slice
from projections.timeliness import coverage as reporting
from projections.timeliness import forecast as forecasting
from projections.timeliness import revisions as restating
from projections.timeliness.coverage import CoverageMonth, Reporting
from web.auth.viewer import Own, Viewer
from web.schemas import revisions as documents
from web.snapshot import Snapshot

from .parameters import EVERYBODY, Document, KnownAt


@dataclass(frozen=True, slots=True)
class RevisionsQuery:
    """Some measures, or all, at each of `days`, through all that was known up to `known_at`; each agency for itself,
    where `by_agency`.
    """

    days: tuple[date, ...]
    measures: tuple[Measure, ...] = MEASURES
    known_at: KnownAt = None
    where: Slice = EVERYBODY
    by_agency: bool = False
    definition: Definition | None = None


@dataclass(frozen=True, slots=True)
class RevisionsResult:
    """How figures were restated, seen from `standpoint`."""

    revisions: Sequence[restating.Revisions]
    standpoint: Standpoint

    def document(self) -> Document:
        """REVISIONS of the JSON reference."""
        return documents.revisions(self.revisions, self.standpoint)


def revisions(snapshot: Snapshot, viewer: Viewer, asked: RevisionsQuery) -> RevisionsResult:
    """How figures were restated.

    Raises:
        WrongUse: one agency and each agency are asked for at once.
    """
    engine = snapshot.engine(asked.measures, asked.days, asked.definition)
    slices = _by_agency(asked.where, engine.submissions.agencies()) if asked.by_agency else [asked.where]
    found = restating.revisions(engine, asked.measures, asked.days, slices, asked.known_at)
    return viewer.redacted(
        RevisionsResult(found, engine.standpoint(asked.days[-1], asked.known_at)), _redacted_revisions
    )


def _by_agency(where: Slice, agencies: Sequence[str]) -> list[Slice]:
    if where.agency:
        raise WrongUse("Give one agency, or ask for each agency by itself, not both.")
    return [replace(where, agency=agency) for agency in agencies]


@dataclass(frozen=True, slots=True)
class ForecastQuery:
    """What one figure is expected to come to, by what is known at a standpoint."""

    measure: Measure
    as_of: date
    known_at: KnownAt = None
    where: Slice = EVERYBODY
    definition: Definition | None = None


@dataclass(frozen=True, slots=True)
class ForecastResult:
    """A forecast beside its figure, with the record of earlier ones."""

    forecast: forecasting.Forecast

    def document(self) -> Document:
        """FORECAST of the JSON reference."""
        return documents.forecast(self.forecast)


def forecast(snapshot: Snapshot, viewer: Viewer, asked: ForecastQuery) -> ForecastResult:
    """What a figure is expected to come to."""
    engine = snapshot.engine(forecasting.measures_read(asked.measure), [asked.as_of], asked.definition)
    standpoint = snapshot.standpoint(asked.as_of, asked.known_at)
    return viewer.redacted(
        ForecastResult(forecasting.forecast(engine, asked.measure, standpoint, asked.where)), _redacted_forecast
    )


@dataclass(frozen=True, slots=True)
class CoverageQuery:
    """Which files covered each of these month ends, by what is known at `known_at`."""

    days: tuple[date, ...]
    known_at: KnownAt = None


@dataclass(frozen=True, slots=True)
class CoverageResult:
    """Who reported each month, and when."""

    reporting: reporting.Reporting

    def document(self) -> Document:
        """COVERAGE of the JSON reference."""
        return documents.coverage(self.reporting)


def coverage(snapshot: Snapshot, viewer: Viewer, asked: CoverageQuery) -> CoverageResult:
    """Which agency's files covered the month ends, and when they came."""
    return viewer.redacted(
        CoverageResult(reporting.reporting(snapshot.engine([], asked.days), asked.days, asked.known_at)),
        _redacted_coverage,
    )


def _redacted_revisions(answer: RevisionsResult, own: Own) -> RevisionsResult:
    shown = [
        replace(one, rows=tuple(replace(row, missing=_own(row.missing, own)) for row in one.rows))
        for one in answer.revisions
        if one.slice.agency is None or one.slice.agency in own
    ]
    return replace(answer, revisions=shown)


def _redacted_forecast(answer: ForecastResult, own: Own) -> ForecastResult:
    forecast = answer.forecast
    return replace(answer, forecast=replace(forecast, figure=redaction.redacted_figure(forecast.figure, own)))


def _redacted_coverage(answer: CoverageResult, own: Own) -> CoverageResult:
    reporting = answer.reporting
    months = tuple(
        CoverageMonth(month.month_end, tuple(report for report in month.reports if report.agency in own))
        for month in reporting.months
    )
    agencies = _own(reporting.agencies, own)
    return replace(answer, reporting=Reporting(reporting.known_at, reporting.position, agencies, months))


def _own(agencies: tuple[str, ...], own: Own) -> tuple[str, ...]:
    return tuple(agency for agency in agencies if agency in own)
