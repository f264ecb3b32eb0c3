"""What a chart is made of. Coordinates are in the drawing's own units, y downwards, rounded to a tenth."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import ClassVar, Final, Literal

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
    `note` tells what the shapes of points mean, where they are not all alike.
    """

    title: str
    finding: str
    width: float
    height: float
    marks: tuple[Mark, ...]
    size: Size = "wide"
    note: str = ""


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
