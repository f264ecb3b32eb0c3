"""Areas in their order, one below the other: a dot with its interval each, ours filled, and lines of all together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .drawing import BOLD_LETTER, LETTER, LINE, AxisScale, Block, Dot, Drawing, Mark, RuledLine, Text, at, number, ticks

_WIDTH: Final = 760.0
_EDGE: Final = 16.0
_ROW: Final = 22.0
_DOT: Final = 5.0


@dataclass(frozen=True, slots=True)
class RankedRow:
    """An area: its percentage, how that is written, its interval where it is known, and whether it is ours."""

    name: str
    percentage: float
    text: str
    interval: tuple[float, float] | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class RankedLine:
    """What all of them reached together, or the nation: `kind` says how it is drawn, "mean" or "limit"."""

    kind: str
    name: str
    percentage: float


def ranked(
    title: str,
    finding: str,
    rows: Sequence[RankedRow],
    lines: Sequence[RankedLine] = (),
    band: tuple[float, float] | None = None,
    note: str = "",
) -> Drawing:
    """The rows downwards, in the order given; `band` is a range that is shaded, like that of the top quartile."""
    names = max((len(row.name) * (BOLD_LETTER if row.own else LETTER) for row in rows), default=0)
    numbers = max((len(row.text) for row in rows), default=0) * BOLD_LETTER
    highest = max(
        [row.interval[1] if row.interval else row.percentage for row in rows] + [one.percentage for one in lines]
    )
    marked = ticks(0, max(highest, 1), 5)
    scale = AxisScale(0, marked[-1], at(names + numbers + 3 * _EDGE), _WIDTH - 1.5 * _EDGE)
    top = (len(lines) + bool(band)) * LINE + 8
    bottom = top + len(rows) * _ROW + 6
    marks = [
        *_band(scale, band, top, bottom, len(lines)),
        *_grid(scale, marked, top, bottom),
        *_lines(scale, lines, top, bottom),
    ]
    for place, row in enumerate(rows):
        marks += _row(row, scale, top + (place + 0.5) * _ROW)
    return Drawing(title, finding, _WIDTH, at(bottom + 24), tuple(marks), note=note)


def _band(scale: AxisScale, band: tuple[float, float] | None, top: float, bottom: float, place: int) -> Iterator[Mark]:
    if band is None:
        return
    low, high = band
    yield Block("band", 1, at(place * LINE + 3), _EDGE, 12)
    yield Text(
        "axis-label", _EDGE + 8, at(place * LINE + 14), f"Top quartile, {number(low, '%')} to {number(high, '%')}"
    )
    yield Block("band", scale(low), at(top), at(max(scale(high) - scale(low), 2)), at(bottom - top))


def _grid(scale: AxisScale, marked: Sequence[float], top: float, bottom: float) -> Iterator[Mark]:
    for tick in marked:
        yield RuledLine("grid", scale(tick), at(top), scale(tick), at(bottom))
        yield Text("scale", scale(tick), at(bottom + 18), number(tick, "%"), "middle")


def _lines(scale: AxisScale, lines: Sequence[RankedLine], top: float, bottom: float) -> Iterator[Mark]:
    """Each with its name above the rows, one below the other."""
    for place, one in enumerate(lines):
        y = at(place * LINE + 9)
        yield RuledLine(one.kind, 1, y, _EDGE + 1, y)
        yield Text("axis-label", _EDGE + 8, at(y + 5), one.name)
        yield RuledLine(one.kind, scale(one.percentage), at(top), scale(one.percentage), at(bottom))


def _row(row: RankedRow, scale: AxisScale, y: float) -> Iterator[Mark]:
    kind = "label" if row.own else "axis-label"
    yield Text(kind, 0, at(y + 5), row.name)
    yield Text(kind, at(scale(0) - 12), at(y + 5), row.text, "end")
    if row.interval:
        yield RuledLine("whisker", scale(row.interval[0]), at(y), scale(row.interval[1]), at(y))
    words = f"{row.name}: {row.text}"
    yield Dot("point" if row.own else "open-point", scale(row.percentage), at(y), _DOT + row.own, words)
