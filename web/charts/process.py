"""A statistical process control chart: monthly counts, their mean, the limits of chance, and the signals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .drawing import LINE, Dot, Drawing, Mark, Path, RuledLine, Text, apart, at
from .scale import Frame, begins_at, day_axis, number, value_axis


@dataclass(frozen=True, slots=True)
class ProcessPoint:
    """A month's count, what it says when pointed at, and the `signal` it takes part in ("" for none)."""

    day: date
    value: float
    words: str
    signal: str = ""


def process_chart(
    title: str, points: Sequence[ProcessPoint], *, mean: float, lower: float, upper: float, of: str
) -> Drawing:
    """Counts of `of` (a plural noun) between the limits; a point of a signal is a diamond."""
    frame = Frame()
    scale, marked = frame.upwards([*(point.value for point in points), lower, upper])
    xs = frame.across(len(points))
    marks: list[Mark] = [*value_axis(frame, scale, marked, ""), *day_axis(frame, [point.day for point in points])]
    marks += [RuledLine("limit", frame.left, scale(limit), frame.end, scale(limit)) for limit in (upper, lower)]
    marks.append(RuledLine("mean", frame.left, scale(mean), frame.end, scale(mean)))
    marks.append(Path("series", tuple((x, scale(point.value)) for x, point in zip(xs, points, strict=True))))
    marks += [_dot(x, scale(point.value), point) for x, point in zip(xs, points, strict=True)]
    labelled = ((upper, "Upper limit"), (mean, "Mean"), (lower, "Lower limit"))
    heights = apart([scale(value) for value, _words in labelled], LINE)
    marks += [
        Text("label", frame.labels, at(height + 5), f"{words} {number(round(value, 1))}")
        for height, (value, words) in zip(heights, labelled, strict=True)
    ]
    signals = ["Diamonds are signals."] if any(point.signal for point in points) else []
    note = " ".join([*signals, *begins_at(marked[0])])
    return Drawing(title, _finding(points, mean, of), frame.width, frame.height, tuple(marks), note=note)


def _dot(x: float, y: float, point: ProcessPoint) -> Mark:
    if point.signal:
        return Dot("signal", x, y, 7, f"{point.words}: {point.signal}", diamond=True)
    return Dot("point", x, y, 4.5, point.words)


def _finding(points: Sequence[ProcessPoint], mean: float, of: str) -> str:
    months = f"{len(points)} month{'' if len(points) == 1 else 's'}"
    said = f"{months}, {number(round(mean, 1))} {of} a month on average."
    signals = [f"{point.day:%B %Y} ({number(point.value)}, {point.signal})" for point in points if point.signal]
    if not signals:
        return f"{said} No month stands out from chance."
    return f"{said} Not explained by chance: {', '.join(signals)}."
