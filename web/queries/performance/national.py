"""Many councils at one standpoint: each one's figures beside the others', and one council's triangle.

They are read from the Parquet files that each council wrote (`projections.national`), and from no database. An area is
a council, as its own database counts it. Whoever works for one council sees the others suppressed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Final

import msgspec

from domain.definition import definition_in_force
from domain.errors import Refused
from domain.measures.registry import MEASURE_OF, MEASURES, Measure
from domain.periods import last_day_of_month
from domain.rounding import STORED_DECIMALS, half_up, percentage_of
from projections.national.counts import NOBODY, CouncilCounts, Pair, counts_of, triangle_of
from projections.national.disclosure import SeenCount, hidden_whole, seen_by, seen_whole, sum_of_pairs
from projections.national.folder import CouncilManifest, Councils
from projections.performance.beside.quartiles import Quartile, by_interval, quartile_of, quartiles, rank_of
from projections.standings.wilson import wilson
from web.queries.performance.figure import IntervalResult
from web.queries.result import SUPPRESSIBLE, Result
from web.snapshot import Cell

MONTH_ENDS: Final = "month-ends-only"
OWN_ONLY: Final = "own-council-only"


@dataclass(frozen=True, slots=True)
class NationalViewer:
    """Whom a national answer is for: somebody who may see every council whole, or who works for `own`."""

    own: str | None = None


@dataclass(frozen=True, slots=True)
class NationalFiguresQuery:
    """Some measures of all councils; `known_at` None for all that each council knows."""

    as_of: date
    known_at: date | None = None
    measures: tuple[Measure, ...] = MEASURES


class CouncilRead(Result, frozen=True):
    """What a council's figures rest on: how far its log had come when its standings were written, and when that was."""

    council: str
    position: int
    generation: int
    newest_received_on: date | None
    written_at: datetime


class CouncilAbsent(Result, frozen=True):
    """A council whose figures are not there, and why."""

    council: str
    reason: str


class CouncilFigure(Result, frozen=True):
    """One council's figure. `covered`: whether files cover the day; else it has no percentage and no place.

    `place` and `quartile` are among the councils of which this viewer sees all, 1 for the best; `beside_all` is how the
    figure lies to that of all councils together, by its interval.
    """

    council: str
    covered: bool
    numerator: Annotated[int, SUPPRESSIBLE]
    denominator: Annotated[int | None, SUPPRESSIBLE]
    percentage: float | None
    interval: IntervalResult | None
    place: int | None = None
    quartile: int | None = None
    beside_all: str | None = None


class NationalQuartile(Result, frozen=True):
    """A quarter of the councils by what they reached, in percent; 1 is the best."""

    number: int
    low: float
    high: float


class NationalMeasure(Result, frozen=True):
    """One measure: all councils together whose files cover the day, each by itself, and the quartiles."""

    code: str = msgspec.field(name="measure")
    name: str
    kind: str
    polarity: str | None
    immature: bool
    numerator: Annotated[int, SUPPRESSIBLE]
    denominator: Annotated[int | None, SUPPRESSIBLE]
    percentage: float | None
    interval: IntervalResult | None
    quartiles: list[NationalQuartile]
    councils: list[CouncilFigure]

    @property
    def measure(self) -> Measure:
        """What is counted."""
        return MEASURE_OF[self.code]


class NationalFiguresResult(Result, frozen=True):
    """All councils' figures at one standpoint, by measure; with what they rest on, and who is not there.

    `reader` is the council that it was made for, whose own figures are whole; null where nothing is hidden.
    """

    as_of: date
    known_at: date | None
    definition: str
    reader: str | None
    measures: list[NationalMeasure]
    councils: list[CouncilRead]
    absent: list[CouncilAbsent]
    demonstration: bool


def figures(folder: Path, viewer: NationalViewer, query: NationalFiguresQuery) -> NationalFiguresResult:
    """The figures of every council in a folder at one standpoint.

    Raises:
        Refused: somebody of one council asks of the others on a day that is no month's end.
        WrongUse, SettingMissing: as `counts_of`.
    """
    if viewer.own is not None:
        _check_month_ends(query)
    councils, counts = counts_of(folder, query.measures, query.as_of, query.known_at)
    return NationalFiguresResult(
        query.as_of,
        query.known_at,
        definition_in_force(query.as_of).version,
        viewer.own,
        [_measure(measure, councils, counts, viewer, query) for measure in query.measures],
        [_read(manifest) for manifest in councils.present],
        [CouncilAbsent(one.council, one.reason) for one in councils.absent],
        any(manifest.demonstration for manifest in councils.present),
    )


def _check_month_ends(query: NationalFiguresQuery) -> None:
    """Day by day, figures of others would tell of single people."""
    days = [query.as_of, *([query.known_at] if query.known_at else [])]
    if any(day != last_day_of_month(day) for day in days):
        raise Refused(
            MONTH_ENDS,
            "Figures of other councils are shown at month ends only: day by day they would tell of single people. Ask "
            "as of a month's end, and as known at one or by all that is known.",
        )


def _read(manifest: CouncilManifest) -> CouncilRead:
    return CouncilRead(
        manifest.council, manifest.position, manifest.generation, manifest.newest_received_on, manifest.written_at
    )


def _measure(
    measure: Measure, councils: Councils, counts: CouncilCounts, viewer: NationalViewer, query: NationalFiguresQuery
) -> NationalMeasure:
    covered = {one.council: one.covers(query.as_of, query.known_at) for one in councils.present}
    pairs = {council: counts.get((council, measure.code), NOBODY) for council in covered}
    seen, total = _seen(measure, {council: pairs[council] for council in pairs if covered[council]}, viewer)
    for council in pairs.keys() - seen.keys():
        # Of a day that no file covers, what is known is no figure; and to others nothing at all.
        is_shown = viewer.own in {None, council}
        seen[council] = seen_whole(measure, pairs[council]) if is_shown else hidden_whole(measure)
    shares = _shares(measure, {council: seen[council] for council in pairs if covered[council]})
    of_areas = quartiles(list(shares.values()), measure.polarity) if measure.polarity else ()
    return NationalMeasure(
        measure.code,
        measure.name,
        measure.kind,
        measure.polarity,
        measure.immature,
        total.numerator,
        total.denominator,
        _percentage(total),
        _interval(total),
        [_quartile(one) for one in of_areas],
        [
            _council(measure, council, seen[council], total, shares, of_areas, covered=covered[council])
            for council in pairs
        ],
    )


def _seen(
    measure: Measure, pairs: Mapping[str, Pair], viewer: NationalViewer
) -> tuple[dict[str, SeenCount], SeenCount]:
    if viewer.own is not None:
        return seen_by(measure, pairs, viewer.own)
    whole = {council: seen_whole(measure, pair) for council, pair in pairs.items()}
    return whole, seen_whole(measure, sum_of_pairs(pairs))


def _shares(measure: Measure, seen: Mapping[str, SeenCount]) -> dict[str, Fraction]:
    """What each council reached, of those that can be set beside each other: nothing hidden, mature, and of anybody."""
    if measure.immature:
        return {}
    return {
        council: Fraction(one.numerator, one.denominator)
        for council, one in seen.items()
        if one.is_whole and one.denominator
    }


def _council(
    measure: Measure,
    council: str,
    seen: SeenCount,
    total: SeenCount,
    shares: Mapping[str, Fraction],
    of_areas: Sequence[Quartile],
    *,
    covered: bool,
) -> CouncilFigure:
    share = shares.get(council)
    is_ranked = share is not None and measure.polarity is not None
    return CouncilFigure(
        council,
        covered,
        seen.numerator,
        seen.denominator,
        _percentage(seen) if covered else None,
        _interval(seen) if covered else None,
        rank_of(share, list(shares.values()), measure.polarity) if is_ranked else None,  # type: ignore[arg-type]
        quartile_of(share, of_areas, measure.polarity) if is_ranked else None,  # type: ignore[arg-type]
        _beside_all(measure, seen, total) if share is not None else None,
    )


def _beside_all(measure: Measure, seen: SeenCount, total: SeenCount) -> str | None:
    if not (total.is_whole and total.denominator and seen.denominator):
        return None
    of_all = Fraction(total.numerator, total.denominator)
    return by_interval(seen.numerator, seen.denominator, of_all, of_all, measure.polarity)


def _percentage(seen: SeenCount) -> float | None:
    return percentage_of(seen.numerator, seen.denominator) if seen.is_whole else None


def _interval(seen: SeenCount) -> IntervalResult | None:
    limits = wilson(seen.numerator, seen.denominator) if seen.is_whole and seen.denominator else None
    if limits is None:
        return None
    low, high = limits
    return IntervalResult(half_up(low, STORED_DECIMALS), half_up(high, STORED_DECIMALS))


def _quartile(one: Quartile) -> NationalQuartile:
    return NationalQuartile(
        one.number, half_up(100 * one.low, STORED_DECIMALS), half_up(100 * one.high, STORED_DECIMALS)
    )


@dataclass(frozen=True, slots=True)
class NationalTriangleQuery:
    """A measure of one council at each of `days`, as known on each day on which something became known there."""

    council: str
    measure: Measure
    days: tuple[date, ...]


class NationalTriangleResult(Result, frozen=True):
    """A council's measure through both times: `cells[row][column]` is numerator and denominator, or null."""

    council: CouncilRead
    code: str = msgspec.field(name="measure")
    as_ofs: Sequence[date] = msgspec.field(name="as_of")
    known_ats: Sequence[date] = msgspec.field(name="known_at")
    cells: list[list[Cell]]
    demonstration: bool


def triangle(folder: Path, viewer: NationalViewer, query: NationalTriangleQuery) -> NationalTriangleResult:
    """One council's revision triangle.

    Raises:
        Refused: somebody of another council asks for it.
        WrongUse, SettingMissing: as `triangle_of`.
    """
    if viewer.own not in {None, query.council}:
        raise Refused(
            OWN_ONLY,
            "A figure along what was known is shown to its own council only: receipt by receipt it would tell of "
            "single people of another.",
        )
    councils, counts = triangle_of(folder, query.council, query.measure, query.days)
    manifest = councils.manifest_of(query.council)
    known_ats = [day.received_on for day in manifest.knowledge]
    cells = [[_cell(query.measure, day, known, counts) for known in known_ats] for day in query.days]
    return NationalTriangleResult(
        _read(manifest), query.measure.code, query.days, known_ats, cells, manifest.demonstration
    )


def _cell(measure: Measure, day: date, known: date, counts: Mapping[tuple[date, date], Pair]) -> Cell:
    if known < day:
        return None
    pair = counts.get((day, known), NOBODY)
    return [pair.numerator, None if measure.kind == "count" else pair.denominator]
