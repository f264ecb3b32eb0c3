"""A percentage with its interval, small enough to stand beside the number."""

from typing import Final

from .drawing import AxisScale, Dot, Drawing, Mark, RuledLine, Text, at, number, ticks

_WIDTH: Final = 200.0
_EDGE: Final = 24.0
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
    scale = AxisScale(0, top, _EDGE, _WIDTH - _EDGE)
    marks: list[Mark] = [
        RuledLine("grid", scale(0), _MIDDLE, scale(top), _MIDDLE),
        RuledLine("whisker", scale(low), _MIDDLE, scale(high), _MIDDLE),
        *(RuledLine("whisker", scale(end), _MIDDLE - 5, scale(end), _MIDDLE + 5) for end in interval),
        *([RuledLine("target", scale(target), 2, scale(target), 2 * _MIDDLE - 2)] if target is not None else []),
        Dot("point", scale(percentage), _MIDDLE, 5),
        Text("scale", scale(0), 40, "0%", "middle"),
        Text("scale", scale(top), 40, number(top, "%"), "middle"),
    ]
    finding = f"{percentage:.1f}%, 95% interval {low:.1f}% to {high:.1f}%"
    if target is not None:
        finding += f", target {number(target, '%')}"
    return Drawing("Interval", f"{finding}.", at(_WIDTH), 44, tuple(marks), "small")
