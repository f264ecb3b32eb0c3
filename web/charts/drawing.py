"""What a chart is made of, and how values become coordinates. Coordinates are in the drawing's own units, y downwards,
rounded to a tenth.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, inf, log10
from typing import ClassVar, Final, Literal

from domain.rounding import half_up

Anchor = Literal["start", "middle", "end"]
Size = Literal["small", "wide", "natural"]

LETTER: Final = 8.6
"""The room for a letter of a label at the size that the stylesheet gives labels.

Where there is no Arial a browser takes another face: this is enough for DejaVu Sans, the widest of the usual ones.
"""
BOLD_LETTER: Final = 9.6
"""The same for a label in bold."""
LINE: Final = 18.0
"""From one line of a label to the next."""


@dataclass(frozen=True, slots=True)
class RuledLine:
    """A straight line."""

    shape: ClassVar = "rule"
    kind: str
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points; `closed` makes it an area."""

    shape: ClassVar = "path"
    kind: str
    points: tuple[tuple[float, float], ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle; `words` are what it says when pointed at."""

    shape: ClassVar = "block"
    kind: str
    x: float
    y: float
    width: float
    height: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A point in a series: a circle, or a diamond where it is a signal."""

    shape: ClassVar = "dot"
    kind: str
    x: float
    y: float
    size: float
    words: str = ""
    diamond: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A label; `y` is its baseline."""

    shape: ClassVar = "text"
    kind: str
    x: float
    y: float
    words: str
    anchor: Anchor = "start"


Mark = RuledLine | Path | Block | Dot | Text


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart: its `title`, its `finding` in a sentence, and marks from back to front.

    `size`: "small" stands in a line of text, "wide" fits its column, "natural" keeps its size and may be scrolled.
    `note` tells what the shapes of points mean, where they are not all alike. `newest_last`: what is newest stands at
    its right end, which a narrow window shows first.
    """

    title: str
    finding: str
    width: float
    height: float
    marks: tuple[Mark, ...]
    size: Size = "wide"
    note: str = ""
    newest_last: bool = False


def lines(words: str, width: float, letter: float = LETTER) -> list[str]:
    """Words broken into lines that have room in a width; one line at least, which may be empty."""
    return textwrap.wrap(words, max(1, int(width / letter))) or [""]


def at(value: float) -> float:
    """A coordinate as it is written: to a tenth, and never minus nothing."""
    return round(value, 1) + 0.0


def apart(wanted: Sequence[float], gap: float, end: float = inf) -> list[float]:
    """Heights of labels as near to the wanted ones as lets each stand `gap` from the next, in the same order.

    Labels that would touch form a group, which is centred on where its members wanted to be; none stands below `end`.
    """
    groups: list[list[int]] = []
    middles: list[float] = []
    for i in sorted(range(len(wanted)), key=lambda i: wanted[i]):
        group, middle = [i], wanted[i]
        while groups and middle - middles[-1] < gap * (len(group) + len(groups[-1])) / 2:
            group = groups.pop() + group
            middles.pop()
            middle = sum(wanted[j] for j in group) / len(group)
        groups.append(group)
        middles.append(middle)
    heights = [0.0] * len(wanted)
    for group, middle in zip(groups, middles, strict=True):
        for place, i in enumerate(group):
            heights[i] = middle + gap * (place - (len(group) - 1) / 2)
    for i in (i for group in reversed(groups) for i in reversed(group)):
        heights[i] = min(heights[i], end)
        end = heights[i] - gap
    return heights


_ROUND: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
ZOOMS_ABOVE: Final = 0.5
"""An axis begins at nothing, unless all its values lie above this share of the greatest: then what differs is shown."""
_FINEST: Final = 1e-4
"""What is smaller is no difference: no figure has so many decimals."""


@dataclass(frozen=True, slots=True)
class AxisScale:
    """Values from `low` to `high` laid along coordinates from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return at(self.start + share * (self.end - self.start))


@dataclass(frozen=True, slots=True)
class Frame:
    """The room for a series: the drawing's size, and what its edges are kept for (axis labels, direct labels)."""

    width: float = 760
    height: float = 340
    left: float = 64
    right: float = 170
    top: float = 20
    bottom: float = 56

    @property
    def end(self) -> float:
        """The x of the last point."""
        return self.width - self.right

    @property
    def labels(self) -> float:
        """Where what a line is stands, beside its end."""
        return self.end + 12

    @property
    def label_room(self) -> float:
        """The width that it has there."""
        return self.width - self.labels

    def across(self, count: int) -> list[float]:
        """The x of each of `count` points; one alone stands in the middle."""
        if count == 1:
            return [at((self.left + self.end) / 2)]
        return [at(self.left + (self.end - self.left) * i / (count - 1)) for i in range(count)]

    def upwards(self, values: Iterable[float]) -> tuple[AxisScale, list[float]]:
        """The scale of the y axis that holds these values, and its ticks."""
        marked = ticks(*axis_ends(values))
        return AxisScale(marked[0], marked[-1], self.height - self.bottom, self.top), marked


def axis_ends(values: Iterable[float]) -> tuple[float, float]:
    """From where to where an axis must reach for these values; of no values, from 0 to 1."""
    held = sorted(values)
    if not held or held[-1] < _FINEST:
        return 0.0, 1.0
    low, high = held[0], held[-1]
    return (low if low > ZOOMS_ABOVE * high and high - low > _FINEST else 0.0), high


def ticks(low: float, high: float, steps: int = 4) -> list[float]:
    """Round numbers at equal steps, from at or below `low` to at or above `high`, some `steps` of them."""
    rough = (high - low) / steps
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in _ROUND if power * factor >= rough * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(step * i, 9) for i in range(first, last + 1)]


def begins_at(first: float, unit: str = "") -> list[str]:
    """What has to be said of an axis that does not begin at nothing."""
    return [f"The axis begins at {number(first, unit)}, not at nothing."] if first else []


def number(value: float, unit: str = "") -> str:
    """A value on an axis, with as many decimals as it has (two at most)."""
    return f"{half_up(value, 2):,.2f}".rstrip("0").rstrip(".") + unit


def value_axis(frame: Frame, scale: AxisScale, marked: Iterable[float], unit: str) -> Iterator[Mark]:
    """Grid lines with their values before them."""
    for value in marked:
        y = scale(value)
        yield RuledLine("grid", frame.left, y, frame.end, y)
        yield Text("axis-label", frame.left - 10, at(y + 5), number(value, unit), "end")


def day_axis(frame: Frame, days: list[date]) -> Iterator[Mark]:
    """Months under the points, as many as there is room for, and each year under the first of its months."""
    every = max(1, ceil(len(days) * 3.5 * LETTER / (frame.end - frame.left)))
    xs, y = frame.across(len(days)), frame.height - frame.bottom + 22
    year = None
    for day, x in list(zip(days, xs, strict=True))[::every]:
        yield Text("axis-label", x, y, f"{day:%b}", "middle")
        if day.year != year:
            yield Text("label", x, y + LINE, str(day.year), "middle")
        year = day.year
