"""A figure as an answer: one KPI of one slice from one standpoint, with all that is needed to read it."""

from datetime import date
from typing import Annotated, Final

import msgspec

from domain.measures.registry import MEASURE_OF, Measure
from domain.periods import Period
from domain.standpoint import Standpoint
from projections.publication.suppression import UNDER
from projections.standings.engine import Belonging, Figure, Waiting
from projections.standings.slices import Slice
from projections.store.submissions import Coverage
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


class FilesResult(Result, frozen=True):
    """From the first to the last day that any file covers, by what is known; both are null without a file.

    `status` is what the files make of `as_of`, also of an immature figure; null where `as_of` lies outside of them.
    """

    status: str | None
    first_day: date | None
    last_day: date | None

    @property
    def days(self) -> Period | None:
        """The days that files cover."""
        return Period(self.first_day, self.last_day) if self.first_day and self.last_day else None


class WaitingCount(Result, frozen=True):
    """Who still waits beside those who started."""

    people: Annotated[int, SUPPRESSIBLE]
    longest_days: Annotated[int | None, SUPPRESSIBLE]


class BelongingResult(Result, frozen=True):
    """The part of an agency's figure that belongs to it where parts add up; a count has no denominator."""

    numerator: int
    denominator: int | None


class Suppression(Result, frozen=True):
    """Under which count nothing is shown to the public, and what to ask for instead."""

    under: int
    instead: str | None


class FigureResult(Result, frozen=True):
    """One figure with all that is needed to read it and to ask for it again; to the public, suppressed.

    `unknown` names the area or the agency of the slice of which nothing is known, so that nobody is counted.
    """

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
    status: str | None
    coverage: FigureCoverage
    immature: bool
    matured: Annotated[int | None, SUPPRESSIBLE]
    polarity: str | None
    parts: dict[str, Annotated[int, SUPPRESSIBLE]] | None
    waiting: WaitingCount | None
    erased_records: Annotated[int, SUPPRESSIBLE]
    in_no_area: Annotated[int | None, SUPPRESSIBLE] = None
    files: FilesResult | None = None
    unknown: str | None = None
    belonging: BelongingResult | None = None
    not_recorded: Annotated[int, SUPPRESSIBLE] | msgspec.UnsetType = msgspec.UNSET
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
    def is_covered(self) -> bool:
        """Whether the day lies within the days that files cover."""
        return self.files_status is not None

    @property
    def files_status(self) -> str | None:
        """What the files make of the day, also of an immature figure; None where no file covers it."""
        # What was published before had no `files`, and its status also where it was immature.
        return self.files.status if self.files else self.status

    @property
    def days_covered(self) -> Period | None:
        """From the first to the last day that any file covers."""
        return self.files.days if self.files else None

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
        figure.status,
        FigureCoverage(coverage.expected, coverage.missing),
        measure.immature,
        figure.matured,
        measure.polarity,
        figure.parts,
        _waiting(figure.waiting),
        figure.erased_records,
        figure.in_no_area,
        files_result(coverage),
        figure.unknown or None,
        _belonging(figure.belonging),
        msgspec.UNSET if figure.not_recorded is None else figure.not_recorded,
        _suppression(figure),
        figure.withheld or msgspec.UNSET,
    )


def _suppression(figure: Figure) -> Suppression | msgspec.UnsetType:
    return Suppression(UNDER, "your own agency") if figure.withheld else msgspec.UNSET


def files_result(coverage: Coverage) -> FilesResult:
    """The files of FIGURE."""
    days = coverage.files
    first_day, last_day = (days.first_day, days.last_day) if days else (None, None)
    return FilesResult(coverage.status, first_day, last_day)


def standpoint_result(standpoint: Standpoint) -> StandpointResult:
    """STANDPOINT of the JSON reference."""
    return StandpointResult(standpoint.as_of, standpoint.known_at, standpoint.position)


def _interval(limits: tuple[float, float] | None) -> IntervalResult | None:
    return None if limits is None else IntervalResult(*limits)


def _belonging(part: Belonging | None) -> BelongingResult | None:
    return None if part is None else BelongingResult(part.numerator, part.denominator)


def _waiting(waiting: Waiting | None) -> WaitingCount | None:
    return None if waiting is None else WaitingCount(waiting.people, waiting.longest_days)
