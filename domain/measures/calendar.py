"""Edges of windows as tables over all days, so that they can be read in both directions.

A period includes its first and its last day; here a window is held by its first day and by the day *after* its
last. Days are ordinals. An edge never falls as `as_of` grows, so the first `as_of` whose edge lies past a day is
one binary search away: that is how the days on which an answer can change are found.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]
Flags = NDArray[np.bool_]

FIRST_DAY: Final = dt.date(1900, 1, 1).toordinal()
END_OF_DAYS: Final = dt.date(2100, 1, 1).toordinal()
"""No question is asked on or after this day: an open journey has no end to pass."""
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
ALL_DAYS: Final[Days] = np.arange(FIRST_DAY, END_OF_DAYS, dtype=np.int64)


def add_months(day: Days, months: int) -> Days:
    """`periods.add_months` of whole arrays."""
    date = (day - _EPOCH).astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    same_day = (month + months).astype("datetime64[D]") + (date - month.astype("datetime64[D]"))
    last_day = (month + months + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return np.minimum(same_day, last_day).astype(np.int64) + _EPOCH


def look_up(table: Days, day: Days) -> Days:
    """The table's entry for each day; days outside the calendar are held to its ends."""
    return table.take(day - FIRST_DAY, mode="clip")


_SIX_MONTHS_LATER: Final = add_months(ALL_DAYS, 6)


def six_months_later(day: Days) -> Days:
    """The day by which a return is no re-presentation any more: `add_months(day, 6)`."""
    return look_up(_SIX_MONTHS_LATER, day)


@dataclass(frozen=True, slots=True)
class Edge:
    """A day that moves with `as_of`: the day after `as_of`, moved back by `days`, then by `months`."""

    months: int
    days: int = 0

    def on(self, as_of: Days) -> Days:
        """Where the edge lies, for each `as_of`."""
        return look_up(_edge(self), as_of)

    def first_past(self, day: Days) -> Days:
        """The first `as_of` whose edge lies after `day`."""
        return look_up(_edge_past(self), day)

    def first_past_day(self, day: int) -> int:
        """`first_past` of one day."""
        table = _edge_past(self)
        return int(table[min(max(day - FIRST_DAY, 0), len(table) - 1)])


@cache
def _edge(edge: Edge) -> Days:
    return add_months(ALL_DAYS + 1 - edge.days, -edge.months)


@cache
def _edge_past(edge: Edge) -> Days:
    # "right": the day itself is still inside; "left" would move every window by a day
    return np.searchsorted(_edge(edge), ALL_DAYS, "right").astype(np.int64) + FIRST_DAY


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a measure looks at from `as_of`: from `first` to the day before `after`."""

    first: Edge
    after: Edge


def months_back(start: int, end: int = 0, *, days: int = 0) -> Window:
    """From `start` to `end` months back, seen from `days` days before `as_of`."""
    return Window(Edge(start, days), Edge(end, days))


def days_to_as_of(days: int) -> Window:
    """The last `days` days, `as_of` being the last of them; 1 is the day itself."""
    return Window(Edge(0, days), Edge(0))
