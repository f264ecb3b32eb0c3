"""Percentages as bars: one with its interval, small enough to stand beside the number; and how a whole divides, a row a
part, a bar for each of a few sets of people, all on one scale from 0 to 100%.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from domain.rounding import READ_DECIMALS, half_up

from .drawing import BOLD_LETTER, LETTER, LINE, AxisScale, Block, Dot, Drawing, Mark, RuledLine, Text, at, number, ticks

_SMALL_WIDTH: Final = 200.0
_SMALL_EDGE: Final = 24.0
_MIDDLE: Final = 14.0


def interval_bar(
    percentage: float,
    interval: tuple[float, float],
    *,
    target: float | None = None,
    upto: float | None = None,
) -> Drawing:
    """A dot at the percentage on a line from the interval's low to its high, over a scale from nothing to `upto`.

    `upto` is the same for figures that are to be compared; left out, it is the next round number above all shown.
    """
    low, high = interval
    top = ticks(0, upto or max(high, target or 0, 1), 2)[-1]
    scale = AxisScale(0, top, _SMALL_EDGE, _SMALL_WIDTH - _SMALL_EDGE)
    marks: list[Mark] = [
        RuledLine("grid", scale(0), _MIDDLE, scale(top), _MIDDLE),
        RuledLine("whisker", scale(low), _MIDDLE, scale(high), _MIDDLE),
        *(RuledLine("whisker", scale(end), _MIDDLE - 5, scale(end), _MIDDLE + 5) for end in interval),
        *([RuledLine("target", scale(target), 2, scale(target), 2 * _MIDDLE - 2)] if target is not None else []),
        Dot("point", scale(percentage), _MIDDLE, 5),
        Text("scale", scale(0), 40, "0%", "middle"),
        Text("scale", scale(top), 40, number(top, "%"), "middle"),
    ]
    point_words, low_said, high_said = (f"{half_up(value, READ_DECIMALS):.1f}%" for value in (percentage, low, high))
    finding = f"{point_words}, 95% interval {low_said} to {high_said}"
    if target is not None:
        finding += f", target {number(target, '%')}"
    return Drawing("Interval", f"{finding}.", at(_SMALL_WIDTH), 44, tuple(marks), "small")


_WIDTH: Final = 760.0
_EDGE: Final = 16.0
_BAR: Final = 16.0
_BETWEEN: Final = 4.0
"""Between the bars of a row."""
_APART: Final = 14.0
"""Between rows."""
_KINDS: Final = ("share", "share-beside")
"""What the bars of the first set are, and of the one beside it: filled, and hollow."""
_TICKS: Final = (0, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A part of one set: its percentage, how that is written, and what its bar says when pointed at."""

    percentage: float
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class SharePart:
    """A row: the part's name, and its share of each set; None where nobody is in the set."""

    name: str
    shares: tuple[ShareRow | None, ...]


def shares(title: str, sets: Sequence[str], parts: Sequence[SharePart]) -> Drawing:
    """The parts downwards, in the order given; `sets` are one or two, by name, the first the one that is read first.

    The scale ends at 100% whatever the shares are, so that drawings of several groups can be compared. Numbers stand
    before their bars: a phone shows the left of a drawing, and so all of them.
    """
    names = max(len(part.name) for part in parts) * LETTER
    numbers = max(len(_text(share)) for part in parts for share in part.shares) * BOLD_LETTER
    scale = AxisScale(0, 100, at(names + numbers + 3 * _EDGE), _WIDTH - 1.5 * _EDGE)
    top = len(sets) * LINE + _APART
    row = len(sets) * (_BAR + _BETWEEN) - _BETWEEN
    bottom = top + len(parts) * (row + _APART)
    marks: list[Mark] = [*_named(sets), *_grid(scale, top, bottom)]
    for place, part in enumerate(parts):
        marks += _part_marks(part, scale, top + place * (row + _APART) + _APART / 2, row)
    return Drawing(title, _finding(sets, parts), _WIDTH, at(bottom + 24), tuple(marks))


def _named(sets: Sequence[str]) -> Iterator[Mark]:
    """Which bars are which, above them; one below the other, so that a phone shows both."""
    for place, (kind, name) in enumerate(zip(_KINDS, sets, strict=False)):
        y = place * LINE
        yield Block(kind, 1, at(y + 3), _BAR, _BAR - 4)
        yield Text("axis-label", _BAR + 8, at(y + 14), name)


def _grid(scale: AxisScale, top: float, bottom: float) -> Iterator[Mark]:
    for tick in _TICKS:
        yield RuledLine("grid", scale(tick), at(top), scale(tick), at(bottom))
        yield Text("scale", scale(tick), at(bottom + 18), number(tick, "%"), "middle")


def _part_marks(part: SharePart, scale: AxisScale, y: float, row: float) -> Iterator[Mark]:
    yield Text("axis-label", 0, at(y + row / 2 + 5), part.name)
    for place, (kind, share) in enumerate(zip(_KINDS, part.shares, strict=False)):
        top = y + place * (_BAR + _BETWEEN)
        yield Text("axis-label" if place else "label", at(scale(0) - 8), at(top + 13), _text(share), "end")
        if share is not None and share.percentage:
            width = at(scale(share.percentage) - scale(0))
            yield Block(kind, scale(0), at(top), max(width, 1), _BAR, share.words)


def _text(share: ShareRow | None) -> str:
    return "nobody" if share is None else share.text


def _finding(sets: Sequence[str], parts: Sequence[SharePart]) -> str:
    """The largest part of each set."""
    return " ".join(f"{name}: {_largest([(p.name, p.shares[i]) for p in parts])}." for i, name in enumerate(sets))


def _largest(named: Sequence[tuple[str, ShareRow | None]]) -> str:
    known = [(name, share) for name, share in named if share is not None]
    most = max((share.percentage for _, share in known), default=0.0)
    if not most:
        return "nobody"
    names = [name[0].lower() + name[1:] for name, share in known if share.percentage == most]
    text = next(share.text for _, share in known if share.percentage == most)
    if len(names) == 1:
        return f"the largest part is {names[0]}, {text}"
    return f"the largest parts are {', '.join(names[:-1])} and {names[-1]}, {text} each"
