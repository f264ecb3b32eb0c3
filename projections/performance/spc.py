"""Control charts of monthly counts: whether a month, or a run of months, stands out from what chance gives.

An XmR chart by the rules of NHS England's Making Data Count: limits at the mean and 2.66 times the mean moving range
either side; signals are a point beyond them, seven in a row on one side of the mean, seven in a row rising or falling,
and two of three near a limit. It is drawn of monthly counts alone, never of rolling twelve-month rates, whose
neighbours share eleven months, so that they would always seem to run.

The counts follow from the standings at one position: a journey is counted in the month in which, looking along the
days, it first stands among those that ended (or started), if it still does so at the month's end; a return on its day.
Completions and returns of a substance group are counted of its measures' standings: a person's latest journey each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.codes import EXIT_KINDS, ExitKind
from domain.measures.registry import Measure, measure_named
from domain.periods import ONE_DAY, last_day_of_month
from domain.rounding import READ_DECIMALS, half_up
from domain.standpoint import Standpoint
from projections.standings.calculation import COUNTED, Standings
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

from .trend import months_before

LIMIT: Final = 2.66
"""Mean moving ranges from the mean to a limit: three deviations, of which 1.128 make a mean moving range."""
SCREEN: Final = 3.267
"""A moving range of so many times their mean, or more, is left out of that mean: once, as the reference does."""
FEWEST_POINTS: Final = 12
"""Fewer months say too little for limits."""
RUN: Final = 7
"""Months in a row that make a shift or a trend."""
NEAR: Final = 2 / 3
"""How far from the mean to a limit a point is near it."""
NEAR_OF, NEAR_AMONG = 2, 3
FEWEST_A_MONTH: Final = 1
"""Where there are fewer on average, most months have none, and a run of such months says nothing."""
MONTHS: Final = 24
"""How many a chart looks back over."""


class Counted(StrEnum):
    """What happened in a month; no month shares one with another."""

    STARTED = "journeys started"
    ENDED = "journeys ended"
    COMPLETED = "successful completions"
    UNPLANNED = "unplanned exits"
    RETURNED = "returns within six months"


class Signal(StrEnum):
    """Why a month stands out."""

    BEYOND = "beyond a limit"
    SHIFT = "seven in a row on one side of the mean"
    TREND = "seven in a row rising or falling"
    NEAR = "two of three near a limit"


@dataclass(frozen=True, slots=True)
class MonthlyCount:
    """What happened in the month that ended on `last_day`."""

    last_day: date
    count: int


@dataclass(frozen=True, slots=True)
class ControlChart:
    """Months between limits. `signals` has, for each of `points`, why it stands out.

    `lower` is never below 0, where a count cannot lie. `left_out` are the months at the end for which a file is
    missing.
    """

    counted: Counted
    points: tuple[MonthlyCount, ...]
    mean: float
    lower: float
    upper: float
    signals: tuple[tuple[Signal, ...], ...]
    left_out: tuple[date, ...] = ()

    @property
    def stands_out(self) -> bool:
        """Whether anything is there that chance does not explain."""
        return any(self.signals)

    @property
    def sentence(self) -> str:
        """In words."""
        average = (
            f"{half_up(self.mean, READ_DECIMALS):.1f} {self.counted} a month on average over {len(self.points)} months."
        )
        if not self.stands_out:
            return f"{average} No month stands out from chance."
        signals = (f"{signal}: {', '.join(stretches)}" for signal in Signal if (stretches := self._stretches(signal)))
        return f"{average} Not explained by chance: {'; '.join(signals)}."

    def _stretches(self, signal: Signal) -> list[str]:
        """The months that take part in a signal, neighbours together."""
        numbered = [i for i, signals in enumerate(self.signals) if signal in signals]
        together = groupby(enumerate(numbered), lambda pair: pair[1] - pair[0])
        ends = [[self.points[i].last_day for _, i in stretch] for _, stretch in together]
        return [f"{days[0]:%B %Y}" if len(days) == 1 else f"{days[0]:%B %Y} to {days[-1]:%B %Y}" for days in ends]


@dataclass(frozen=True, slots=True)
class TooFew:
    """Too few months, or too few in a month, to draw limits."""

    counted: Counted
    points: tuple[MonthlyCount, ...]
    left_out: tuple[date, ...] = ()

    @property
    def sentence(self) -> str:
        """In words."""
        months = len(self.points)
        if months < FEWEST_POINTS:
            return f"Too few to say: limits need {FEWEST_POINTS} months, and there are {months}."
        mean = sum(point.count for point in self.points) / months
        return f"Too few to say: {half_up(mean, READ_DECIMALS):.1f} {self.counted} a month on average."


def control_chart(
    engine: StandingsEngine,
    counted: Counted,
    standpoint: Standpoint,
    slice_: Slice,
    months: int = MONTHS,
    groups: tuple[int, ...] | None = None,
) -> ControlChart | TooFew:
    """The chart of the whole months up to `as_of`, as known at the standpoint.

    `groups`: of these substance groups alone, which completions and returns have; None for all together.

    Months at the end without the file of an agency expected then are left out: what has not been reported would look
    like a fall. So are those at the beginning, before all agencies of their time had begun to report.
    """
    newest = _last_month_end(standpoint.as_of)
    ends = [months_before(newest, back) for back in range(months - 1, -1, -1)]
    complete = [_is_complete(engine, replace(standpoint, as_of=end)) for end in ends]
    missing_last = next((i for i, there in enumerate(reversed(complete)) if there), len(ends))
    usable = len(ends) - missing_last
    first = usable
    while first > 0 and complete[first - 1]:
        first -= 1
    counts = monthly_counts(engine, counted, ends[first:usable], standpoint.position, slice_, groups)
    points = tuple(map(MonthlyCount, ends[first:usable], counts))
    return chart_of(counted, points, tuple(ends[usable:]))


def _last_month_end(as_of: date) -> date:
    return as_of if last_day_of_month(as_of) == as_of else as_of.replace(day=1) - ONE_DAY


def _is_complete(engine: StandingsEngine, standpoint: Standpoint) -> bool:
    return engine.submissions.coverage(standpoint, engine.expected(standpoint)).status not in {None, "incomplete"}


def chart_of(
    counted: Counted, points: tuple[MonthlyCount, ...], left_out: tuple[date, ...] = ()
) -> ControlChart | TooFew:
    """Limits and signals of these months, or that they are too few."""
    counts = np.array([point.count for point in points], np.float64)
    if len(points) < FEWEST_POINTS or counts.mean() < FEWEST_A_MONTH:
        return TooFew(counted, points, left_out)
    mean = float(counts.mean())
    reach = LIMIT * _mean_moving_range(counts)
    flags = _flags(counts, mean, reach)
    signals = tuple(_signals_at(flags, i) for i in range(len(points)))
    return ControlChart(counted, points, mean, max(0.0, mean - reach), mean + reach, signals, left_out)


def _mean_moving_range(counts: NDArray[np.float64]) -> float:
    """The mean of the moving ranges, less those that are far greater than it."""
    ranges = np.abs(np.diff(counts))
    ordinary = ranges[ranges < SCREEN * ranges.mean()]
    return float(ordinary.mean()) if len(ordinary) else float(ranges.mean())


def _signals_at(flags: dict[Signal, NDArray[np.bool_]], i: int) -> tuple[Signal, ...]:
    return tuple(signal for signal, there in flags.items() if there[i])


def _flags(counts: NDArray[np.float64], mean: float, reach: float) -> dict[Signal, NDArray[np.bool_]]:
    """Of each signal the points that take part in it."""
    side = np.sign(counts - mean)
    steps = np.sign(np.diff(counts))
    near = np.where(np.abs(counts - mean) >= NEAR * reach, side, 0) if reach else np.zeros(len(counts))
    return {
        Signal.BEYOND: np.abs(counts - mean) > reach,
        Signal.SHIFT: _in_runs(side, RUN),
        # Seven points that rise are six steps up.
        Signal.TREND: _touching(_in_runs(steps, RUN - 1)),
        Signal.NEAR: _two_of_three(near),
    }


def _in_runs(signs: NDArray[np.float64], length: int) -> NDArray[np.bool_]:
    """Which belong to at least so many equal signs in a row; 0 is none."""
    in_run = np.zeros(len(signs), np.bool_)
    for begin in range(len(signs) - length + 1):
        window = signs[begin : begin + length]
        if window[0] and (window == window[0]).all():
            in_run[begin : begin + length] = True
    return in_run


def _touching(steps: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The points that these steps lead from or to."""
    points: NDArray[np.bool_] = np.append(steps, False) | np.append(False, steps)
    return points


def _two_of_three(near: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which near ones are at least two of three in a row near the same limit."""
    signals = np.zeros(len(near), np.bool_)
    for begin in range(len(near) - NEAR_AMONG + 1):
        window = slice(begin, begin + NEAR_AMONG)
        for side in (-1, 1):
            if (near[window] == side).sum() >= NEAR_OF:
                signals[window] |= near[window] == side
    return signals


# ---- what happened in a month


def monthly_counts(
    engine: StandingsEngine,
    counted: Counted,
    ends: Sequence[date],
    position: int,
    slice_: Slice,
    groups: tuple[int, ...] | None = None,
) -> list[int]:
    """How many in each of the months that end on these days, as known at a position of the log.

    `groups` are the parts of the measures of completions or returns; None counts all groups together.
    """
    measure, only_counted = measure_behind(counted, groups)
    if not ends:
        return []
    rows = engine.rows_along_days(measure, position, slice_)
    # What ended before the first month began touches nothing in it.
    rows = rows.take((rows.until >= ends[0].replace(day=1).toordinal()) & (rows.as_of <= ends[-1].toordinal()))
    if only_counted:
        rows = rows.take(rows.state & COUNTED > 0)
    rows, since = with_entry(rows)
    return [_entered(rows, since, end, still=counted is not Counted.RETURNED) for end in ends]


def measure_behind(counted: Counted, groups: tuple[int, ...] | None = None) -> tuple[Measure, bool]:
    """The measure whose standings tell it, of these groups, and whether those counted tell it alone."""
    if counted is Counted.STARTED:
        return measure_named("N.new"), False
    if counted is Counted.RETURNED:
        representations = measure_named("5.0u")
        parts = groups or tuple(range(len(representations.family.parts)))
        # Of all ages, as the other counts are: nobody returns by turning 18.
        return replace(representations, parts=parts, adults=False), True
    if counted is Counted.COMPLETED and groups:
        return replace(measure_named("4.0"), parts=groups, adults=False), True
    exits = measure_named("N.exits")
    kinds = {Counted.COMPLETED: ExitKind.SUCCESSFUL, Counted.UNPLANNED: ExitKind.UNPLANNED}
    return (replace(exits, parts=(EXIT_KINDS.index(kinds[counted]),)) if counted in kinds else exits), False


def with_entry(rows: Standings) -> tuple[Standings, NDArray[np.int64]]:
    """The rows by client, journey and day, each with the day from which its journey stands there without a break."""
    rows = rows.take(np.lexsort((rows.as_of, rows.journey, rows.client)))
    begins = np.ones(len(rows), np.bool_)
    begins[1:] = rows.client[1:] != rows.client[:-1]
    begins[1:] |= (rows.journey[1:] != rows.journey[:-1]) | (rows.as_of[1:] > rows.until[:-1])
    return rows, rows.as_of[np.maximum.accumulate(np.where(begins, np.arange(len(rows)), 0))]


def _entered(rows: Standings, since: NDArray[np.int64], end: date, *, still: bool) -> int:
    """How many entered in the month that ends on a day; `still`: and stand there at its end.

    A return may leave the window before the month ends, and has happened all the same.
    """
    first, last = end.replace(day=1).toordinal(), end.toordinal()
    inside = (since >= first) & (since <= last)
    if still:
        return int((inside & (rows.as_of <= last) & (rows.until > last)).sum())
    return int((inside & (rows.as_of == since)).sum())
