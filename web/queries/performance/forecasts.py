"""What a figure is expected to come to, with the record of how earlier forecasts came true."""

from dataclasses import dataclass, replace
from datetime import date

from domain.definition import Definition
from domain.measures.registry import Measure
from projections.privacy import redaction
from projections.standings.slices import Slice
from projections.timeliness import forecast as forecasting
from projections.timeliness.completeness import CohortCell, Expectation
from projections.timeliness.forecast import LEVELS, Earlier, Forecast, Record
from web.auth.viewer import Own, Viewer
from web.queries import others
from web.queries.parameters import EVERYBODY, KnownAt
from web.queries.result import Result
from web.snapshot import Snapshot, snapshot_cache

from .figure import FigureResult, figure_result


@dataclass(frozen=True, slots=True)
class ForecastQuery:
    """What one figure is expected to come to, by what is known at a standpoint."""

    measure: Measure
    as_of: date
    known_at: KnownAt = None
    slice_: Slice = EVERYBODY
    definition: Definition | None = None


class FinalFigure(Result, frozen=True):
    """The measure and the day that have the last word."""

    measure: str
    as_of: date


class ForecastInterval(Result, frozen=True):
    """Between how many people, both included."""

    level: int
    low: int
    high: int


class ForecastCell(Result, frozen=True):
    """People of the cohort by what is known of them; `months` is null where that plays no part."""

    counted: bool
    months: int | None
    people: int
    earlier_people: int
    earlier_came: int
    chance: float


class IntervalsHeld(Result, frozen=True):
    """How many forecasts came within their interval."""

    level: int
    forecasts: int


class EarlierForecast(Result, frozen=True):
    """An earlier forecast, and what came."""

    as_of: date
    known_at: date | None
    position: int
    numerator: int
    denominator: int
    expected: float
    intervals: list[ForecastInterval]
    came: int


class ForecastRecord(Result, frozen=True):
    """How earlier forecasts turned out."""

    forecasts: int
    held: list[IntervalsHeld]
    borne_out: bool
    mean_error: float
    mean_change: float
    earlier: list[EarlierForecast]


class ForecastResult(Result, frozen=True):
    """A forecast beside its figure, with the record of earlier ones."""

    figure: FigureResult
    final: FinalFigure
    age_months: int | None
    settled: bool
    silent: str | None
    expected: float | None
    intervals: list[ForecastInterval]
    stretched: float | None
    cohorts: int
    people: int
    cells: list[ForecastCell]
    record: ForecastRecord | None


def forecast(snapshot: Snapshot, viewer: Viewer, query: ForecastQuery) -> ForecastResult:
    """What a figure is expected to come to, its chances rounded; raises Refused to a provider, of all agencies."""
    return forecast_result(unrounded_forecast(snapshot, viewer, query))


def unrounded_forecast(snapshot: Snapshot, viewer: Viewer, query: ForecastQuery) -> Forecast:
    """The same before anything is rounded: what people read is rounded in other places."""
    others.check_own(snapshot, viewer, query.slice_, "A forecast, with the people of each month, is")
    return viewer.redacted(_forecast(snapshot, query), _redacted_forecast)


# It is learned from years of earlier cohorts.
@snapshot_cache(of_knowledge=True)
def _forecast(snapshot: Snapshot, query: ForecastQuery) -> Forecast:
    engine = snapshot.engine(forecasting.measures_read(query.measure), [query.as_of], query.definition)
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    return forecasting.forecast(engine, query.measure, standpoint, query.slice_)


def _redacted_forecast(forecast: Forecast, own: Own) -> Forecast:
    return replace(forecast, figure=redaction.redacted_figure(forecast.figure, own))


def forecast_result(forecast: Forecast) -> ForecastResult:
    """FORECAST of the JSON reference."""
    expected = forecast.expectation
    return ForecastResult(
        figure=figure_result(forecast.figure),
        final=FinalFigure(forecast.final_measure.code, forecast.final_as_of),
        age_months=forecast.age,
        settled=forecast.is_settled,
        silent=forecast.silence,
        expected=expected.mean if expected else None,
        intervals=_intervals(expected) if expected else [],
        stretched=round(expected.stretched, 3) if expected else None,
        cohorts=forecast.cohorts,
        people=forecast.people,
        cells=[_cell(cell) for cell in expected.cells] if expected else [],
        record=_record(forecast.record) if forecast.record else None,
    )


def _intervals(expected: Expectation) -> list[ForecastInterval]:
    return [ForecastInterval(level, *expected.interval(level)) for level in LEVELS]


def _cell(cell: CohortCell) -> ForecastCell:
    numbers = (cell.people, cell.earlier_people, cell.earlier_came)
    return ForecastCell(cell.counted, cell.months, *numbers, round(cell.chance, 4))


def _record(record: Record) -> ForecastRecord:
    return ForecastRecord(
        forecasts=len(record.earlier),
        held=[IntervalsHeld(level, record.held(level)) for level in LEVELS],
        borne_out=record.is_borne_out,
        mean_error=round(record.mean_error, 3),
        mean_change=round(record.mean_change, 3),
        earlier=[_earlier(one) for one in record.earlier],
    )


def _earlier(one: Earlier) -> EarlierForecast:
    return EarlierForecast(
        as_of=one.standpoint.as_of,
        known_at=one.standpoint.known_at,
        position=one.standpoint.position,
        numerator=one.numerator,
        denominator=one.denominator,
        expected=one.expectation.mean,
        intervals=_intervals(one.expectation),
        came=one.came,
    )
