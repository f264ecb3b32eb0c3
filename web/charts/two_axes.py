"""What happened when, and when it became known: happenings across, days of knowledge down.

Each row is a day of knowledge: the spells as they were known then, and a point for all that became known on it. A
spell that changes its length from one row to the next was corrected.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from .drawing import LETTER, LINE, AxisScale, Block, Dot, Drawing, Mark, RuledLine, Text, at

_ROW: Final = 34.0
_BAR: Final = 8.0
_GAP: Final = 3.0
_WIDTH: Final = 820.0
_TOP: Final = 48.0
_EDGE: Final = 24.0
_MANY_YEARS: Final = 800
"""Days from which on only years are marked."""
_FEWEST_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class SpellBar:
    """A spell from `start` to `end`, both included; None goes on to the end of the drawing."""

    start: date
    end: date | None
    words: str


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that became known: on which day it happened, and what it was; `decides` marks the one looked for."""

    day: date
    words: str
    decides: bool = False


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A day of knowledge with its label."""

    label: str
    bars: tuple[SpellBar, ...]
    happenings: tuple[Happening, ...]


@dataclass(frozen=True, slots=True)
class SeenState:
    """From where a figure was seen: behind so many rows, with its label."""

    rows: int
    words: str


def two_axes(
    title: str,
    rows: Sequence[KnownRow],
    *,
    finding: str,
    window: tuple[date, date] | None = None,
    as_of: date | None = None,
    seen: Sequence[SeenState] = (),
) -> Drawing:
    """Rows downwards in the order of knowledge; the figure's `window` shaded, `as_of` as a line."""
    left = max([len(row.label) * LETTER for row in rows], default=0.0) + 16
    low, high = _ends(rows, as_of)
    scale = AxisScale(low.toordinal(), high.toordinal(), left, _WIDTH - _EDGE)
    heights = [max(_ROW, len(row.bars) * (_BAR + _GAP) + 2 * _GAP + _BAR) for row in rows]
    bottom = _TOP + sum(heights) + LINE * len(seen)
    marks: list[Mark] = []
    if window:
        marks += _window(scale, window, bottom)
    marks += _days(scale, low, high, bottom)
    if as_of:
        x = scale(as_of.toordinal())
        marks += [RuledLine("mean", x, _TOP - 4, x, at(bottom)), Text("label", x, at(bottom + LINE), "as of", "middle")]
    y = _TOP
    for place in range(len(rows) + 1):
        for one in (one for one in seen if one.rows == place):
            marks.append(RuledLine("limit", 0, at(y + LINE / 2), _WIDTH, at(y + LINE / 2)))
            crossing = scale(as_of.toordinal()) if as_of else None
            marks.append(_said_beside(crossing, left, at(y + LINE / 2 - 4), one.words))
            y += LINE
        if place < len(rows):
            marks += _row(scale, rows[place], y, heights[place], high)
            y += heights[place]
    decides = any(one.decides for row in rows for one in row.happenings)
    diamond = "; the diamond is what made the difference" if decides else ""
    note = f"Grey bars are treatment as it was known then{diamond}."
    return Drawing(title, finding, _WIDTH, at(bottom + LINE + 8), tuple(marks), note=note)


def _said_beside(crossing: float | None, left: float, y: float, words: str) -> Text:
    """Words of a line across the drawing: at its beginning, or at its end where another, at the x `crossing`, would
    run through them.
    """
    if crossing is None or crossing > left + len(words) * LETTER:
        return Text("note", left, y, words)
    return Text("note", _WIDTH, y, words, "end")


def _ends(rows: Sequence[KnownRow], as_of: date | None) -> tuple[date, date]:
    """The first and the last day that the drawing has room for, a month apart at least."""
    days = [bar.start for row in rows for bar in row.bars] + [bar.end for row in rows for bar in row.bars if bar.end]
    days += [one.day for row in rows for one in row.happenings] + ([as_of] if as_of else [])
    low, high = min(days), max(days)
    spare = max(_FEWEST_DAYS, (high - low).days // 20)
    return date.fromordinal(low.toordinal() - spare // 2), date.fromordinal(high.toordinal() + spare)


def _window(scale: AxisScale, window: tuple[date, date], bottom: float) -> Iterator[Mark]:
    first = max(scale(window[0].toordinal()), scale.start)
    last = min(scale(window[1].toordinal() + 1), scale.end)
    if first < last:
        yield Block("band", at(first), _TOP - 4, at(last - first), at(bottom - _TOP + 4), "The figure’s own window")


def _days(scale: AxisScale, low: date, high: date, bottom: float) -> Iterator[Mark]:
    """The first days of years, or of quarters where there is room, above the rows."""
    months = (1,) if (high - low).days > _MANY_YEARS else (1, 4, 7, 10)
    firsts = [date(year, month, 1) for year in range(low.year, high.year + 1) for month in months]
    for day in (day for day in firsts if low <= day <= high):
        x = scale(day.toordinal())
        yield RuledLine("grid", x, _TOP - 4, x, at(bottom))
        words = f"{day.year}" if len(months) == 1 else f"{day:%b %Y}"
        yield Text("axis-label", at(min(x, _WIDTH - len(words) * LETTER / 2)), _TOP - 12, words, "middle")
    yield Text("note", 0, 14, "known on, downwards")
    yield Text("note", at(scale.end), 14, "happened, across", "end")


def _row(scale: AxisScale, row: KnownRow, y: float, height: float, high: date) -> Iterator[Mark]:
    yield Text("axis-label", 0, at(y + height / 2 + 5), row.label)
    top = y + (height - len(row.bars) * (_BAR + _GAP)) / 2
    for place, bar in enumerate(row.bars):
        x = scale(bar.start.toordinal())
        end = scale((bar.end or high).toordinal())
        yield Block("total", x, at(top + place * (_BAR + _GAP)), at(max(end - x, 2)), _BAR, bar.words)
    ordered = sorted(row.happenings, key=lambda one: one.decides)
    for one in ordered:
        x, middle = scale(one.day.toordinal()), at(y + height / 2)
        yield Dot("signal" if one.decides else "point", x, middle, 7 if one.decides else 4.5, one.words, one.decides)
