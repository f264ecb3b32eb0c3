"""A figure as an answer: one KPI of one slice from one standpoint, with all that is needed to read it."""

from datetime import date
from typing import Annotated, Final

import msgspec

from domain.measures.registry import MEASURE_OF, Measure
from domain.periods import Period
from domain.standpoint import Standpoint
from projections.standings.engine import Figure, Waiting
from projections.standings.slices import Slice
from web.queries.result import SUPPRESSIBLE, Result

LEVEL: Final = 95
METHOD: Final = "wilson"
"""Which interval a figure carries, in percent confidence."""


class StandpointResult(Result, frozen=True):
    """Up to when things may have happened, up to when they may be known, and where in the log that is."""

    as_of: date
    known_at: date | None
    position: int


class IntervalResult(Result, frozen=True):
    """An interval of a percentage, in points."""

    low: float
    high: float
    level: int = LEVEL
    method: str = METHOD


class FigureCoverage(Result, frozen=True):
    """The agencies expected to report, and those of them without a file that covers `as_of`."""

    expected: tuple[str, ...]
    missing: tuple[str, ...]


class WaitingCount(Result, frozen=True):
    """Who still waits beside those who started."""

    people: Annotated[int, SUPPRESSIBLE]
    longest_days: Annotated[int | None, SUPPRESSIBLE]


class Suppression(Result, frozen=True):
    """Under which count nothing is shown to the public, and what to ask for instead."""

    under: int
    instead: str | None


class FigureResult(Result, frozen=True):
    """One figure with all that is needed to read it and to ask for it again; to the public, suppressed."""

    code: str = msgspec.field(name="measure")
    name: str
    kind: str
    definition: str
    slice: Slice
    numerator: Annotated[int, SUPPRESSIBLE]
    denominator: Annotated[int | None, SUPPRESSIBLE]
    percentage: Annotated[float | None, SUPPRESSIBLE]
    interval: Annotated[IntervalResult | None, SUPPRESSIBLE]
    cohort: Period
    as_of: date
    known_at: date | None
    position: int
    status: str
    coverage: FigureCoverage
    immature: bool
    matured: Annotated[int | None, SUPPRESSIBLE]
    polarity: str | None
    parts: dict[str, Annotated[int, SUPPRESSIBLE]] | None
    waiting: WaitingCount | None
    erased_records: Annotated[int, SUPPRESSIBLE]
    in_no_area: Annotated[int | None, SUPPRESSIBLE]
    suppression: Suppression | msgspec.UnsetType = msgspec.UNSET
    withheld: Annotated[str, msgspec.Meta(description="Why nothing of it is shown.")] | msgspec.UnsetType = (
        msgspec.UNSET
    )

    @property
    def measure(self) -> Measure:
        """What is counted."""
        return MEASURE_OF[self.code]

    @property
    def standpoint(self) -> Standpoint:
        """From where the figure is seen."""
        return Standpoint(self.as_of, self.known_at, self.position)

    @property
    def limits(self) -> tuple[float, float] | None:
        """The lower and upper end of the interval."""
        return None if self.interval is None else (self.interval.low, self.interval.high)

    @property
    def first_day(self) -> date:
        """The cohort's first day."""
        return self.cohort.first_day

    @property
    def last_day(self) -> date:
        """The cohort's last day, included."""
        return self.cohort.last_day


def figure_result(figure: Figure) -> FigureResult:
    """FIGURE of the JSON reference."""
    measure, standpoint, coverage = figure.measure, figure.standpoint, figure.coverage
    return FigureResult(
        measure.code,
        measure.name,
        measure.kind,
        figure.definition,
        figure.slice,
        figure.numerator,
        figure.denominator,
        figure.percentage,
        _interval(figure.limits),
        Period(figure.first_day, figure.last_day),
        standpoint.as_of,
        standpoint.known_at,
        standpoint.position,
        coverage.status,
        FigureCoverage(coverage.expected, coverage.missing),
        measure.immature,
        figure.matured,
        measure.polarity,
        figure.parts,
        _waiting(figure.waiting),
        figure.erased_records,
        figure.in_no_area,
    )


def standpoint_result(standpoint: Standpoint) -> StandpointResult:
    """STANDPOINT of the JSON reference."""
    return StandpointResult(standpoint.as_of, standpoint.known_at, standpoint.position)


def _interval(limits: tuple[float, float] | None) -> IntervalResult | None:
    return None if limits is None else IntervalResult(*limits)


def _waiting(waiting: Waiting | None) -> WaitingCount | None:
    return None if waiting is None else WaitingCount(waiting.people, waiting.longest_days)
