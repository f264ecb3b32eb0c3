"""How figures were restated: as first known in full, as known now, and how long they took to stop moving.

A figure moves when records of what it is about become known later. That is reporting delay: the table says how long to
wait before a figure can be relied on, not who was late or why. Whoever reports, a journey that several agencies share
moves for all of them.

The *first* figure is the one as known at the end of the first day on which every agency expected to report had sent a
file that covers `as_of`. Expected are those that are now known to have had an open episode on that day: so the months
in which a service began to report do not start from half of it. A *restatement* is a day of knowledge after that one
at whose end the numerator or the denominator is another than the day before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.measures.registry import Measure
from domain.rounding import STORED_DECIMALS, half_up, percentage_of
from domain.standpoint import Standpoint
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

STILL_MOVING_DAYS: Final = 92
"""A figure may still move until it has stood for so many days of reporting: three monthly files without a change."""
_POINT: Final = 1e6
"""What a change by a point counts against one by a person, where the larger of two is sought."""


@dataclass(frozen=True, slots=True)
class KnownFigure:
    """A figure as known on a day; a count has no denominator.

    `percentage` has three decimals, None for an empty denominator or a count.
    """

    known_at: date
    numerator: int
    denominator: int | None
    percentage: float | None

    @classmethod
    def on(cls, known_at: date, numerator: int, denominator: int | None) -> "KnownFigure":
        """The figure with its percentage."""
        return cls(known_at, numerator, denominator, percentage_of(numerator, denominator))


@dataclass(frozen=True, slots=True)
class Restatement:
    """What one day of knowledge changed; `points` is None of a count, or where a denominator is empty."""

    known_at: date
    numerator: int
    denominator: int | None
    points: float | None


@dataclass(frozen=True, slots=True)
class Revision:
    """How one figure was restated.

    `first` is None while an expected agency's file is missing (`missing` names them), and then there is nothing to
    restate. `latest` is None while no file covers the day. `settled_after_days` is how many days after `as_of` it
    stopped moving (the day of the last restatement, or of the first figure), None while it may still move.
    """

    as_of: date
    missing: tuple[str, ...]
    first: KnownFigure | None
    latest: KnownFigure | None
    restatements: int
    largest: Restatement | None
    settled_after_days: int | None


@dataclass(frozen=True, slots=True)
class Revisions:
    """A measure of a slice at several days."""

    measure: Measure
    slice: Slice
    rows: tuple[Revision, ...]

    @property
    def reported(self) -> list[Revision]:
        """Those that have a first figure."""
        return [row for row in self.rows if row.first]

    @property
    def restated(self) -> int:
        """How many of them were restated."""
        return sum(row.restatements > 0 for row in self.reported)

    @property
    def still_moving(self) -> int:
        """How many of them may still move."""
        return sum(row.settled_after_days is None for row in self.reported)

    @property
    def median_days(self) -> float | None:
        """The days from `as_of` until they stopped moving: the median of those that have."""
        days = self._days()
        return median(days) if days else None

    @property
    def longest_days(self) -> int | None:
        """The same, the longest."""
        return max(self._days(), default=None)

    def _days(self) -> list[int]:
        return [row.settled_after_days for row in self.reported if row.settled_after_days is not None]


def revisions(
    engine: StandingsEngine,
    measures: Sequence[Measure],
    as_ofs: Sequence[date],
    slices: Sequence[Slice],
    known_at: date | int | None = None,
) -> list[Revisions]:
    """How the measures of the slices at the days were restated, by what was known at `known_at` (None: all).

    The days ascend. All standpoints of a slice are counted in one pass over its standings.
    """
    last = engine.standpoint(as_ofs[-1], known_at)
    days = [day for day in engine.submissions.days_of_knowledge() if last.known_at and day <= last.known_at]
    positions = [min(engine.standpoint(day, day).position, last.position) for day in days]
    files = engine.submissions.days_covered(last.position)
    firsts = [_first(engine, as_of, last, days) for as_of in as_ofs]
    result = []
    for slice_ in slices:
        counts = engine.triangles(measures, as_ofs, positions, slice_)
        for measure, plane in zip(measures, counts, strict=True):
            seen = _Plane(plane, days, measure.kind == "count")
            rows = (
                seen.revision(i, as_of, *firsts[i], is_covered=files is not None and as_of in files)
                for i, as_of in enumerate(as_ofs)
            )
            result.append(Revisions(measure, slice_, tuple(rows)))
    return result


def most_restated(rows: Iterable[Revision]) -> Revision | None:
    """The one with the largest restatement."""
    return max((row for row in rows if row.largest), key=lambda row: _size(row.largest), default=None)


def _first(
    engine: StandingsEngine, as_of: date, last: Standpoint, days: Sequence[date]
) -> tuple[int | None, tuple[str, ...]]:
    """Which of the days of knowledge has the first figure, and which expected agencies have not reported yet."""
    at = Standpoint(as_of, last.known_at, last.position)
    reported = {
        agency: row.received_on
        for agency, row in engine.submissions.reports(as_of, position=last.position).items()
        if row.position <= last.position
    }
    expected = engine.expected(at)
    missing = tuple(sorted(expected - reported.keys()))
    received = [reported[agency] for agency in (expected or reported) if agency in reported]
    return (days.index(max(received)) if received and not missing else None), missing


class _Plane:
    """A triangle of one measure as [as_of, day of knowledge], with what changed from one such day to the next."""

    def __init__(self, counts: NDArray[np.int64], days: Sequence[date], is_count: bool) -> None:
        self._counts, self._days, self._is_count = counts, days, is_count
        self._diff = np.diff(counts, axis=1)
        self._changes: NDArray[np.bool_] = np.logical_or(*np.moveaxis(self._diff != 0, 2, 0))
        numerator, denominator = counts[..., 0], counts[..., 1]
        share = np.full(numerator.shape, np.nan)
        np.divide(100 * numerator, denominator, out=share, where=denominator > 0)
        self._points = np.diff(np.full_like(share, np.nan) if is_count else share, axis=1)
        by_people = np.abs(self._diff) @ np.array([1, 1e-3])
        self._size = np.where(self._changes, 1 + by_people + _POINT * np.nan_to_num(np.abs(self._points)), 0)
        self._today = np.array([day.toordinal() for day in days], np.int64)

    def revision(
        self, row: int, as_of: date, first: int | None, missing: tuple[str, ...], *, is_covered: bool
    ) -> Revision:
        latest = self._known(row, len(self._days) - 1) if self._days and is_covered else None
        if first is None:
            return Revision(as_of, missing, None, latest, 0, None, None)
        changed = first + 1 + np.flatnonzero(self._changes[row, first:])
        moved = self._today[changed[-1] if len(changed) else first]
        stands = int(self._today[-1] - moved)
        return Revision(
            as_of,
            missing,
            self._known(row, first),
            latest,
            len(changed),
            self._restatement(row, first + int(self._size[row, first:].argmax())) if len(changed) else None,
            int(moved) - as_of.toordinal() if stands >= STILL_MOVING_DAYS else None,
        )

    def _known(self, row: int, column: int) -> KnownFigure:
        numerator, denominator = self._counts[row, column].tolist()
        return KnownFigure.on(self._days[column], numerator, None if self._is_count else denominator)

    def _restatement(self, row: int, before: int) -> Restatement:
        """What changed from one day of knowledge to the next."""
        numerator, denominator = self._diff[row, before].tolist()
        points = float(self._points[row, before])
        return Restatement(
            self._days[before + 1],
            numerator,
            None if self._is_count else denominator,
            None if np.isnan(points) else half_up(points, STORED_DECIMALS),
        )


def _size(change: Restatement | None) -> tuple[float, int]:
    return (abs(change.points or 0), abs(change.numerator)) if change else (0, 0)
