"""Series over time: a trend with its target and comparator, the sparkline, and the chart of process control, which has
the mean, the limits of chance and the signals.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from domain.rounding import READ_DECIMALS, half_up

from .drawing import (
    BOLD_LETTER,
    LETTER,
    LINE,
    AxisScale,
    Dot,
    Drawing,
    Frame,
    Mark,
    Path,
    RuledLine,
    Text,
    apart,
    at,
    axis_ends,
    begins_at,
    day_axis,
    lines,
    number,
    value_axis,
)

NOT_COMPLETE: Final = "Hollow points are not complete: more may still be reported."


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One value of a series: its day, what it says when pointed at, and whether all files of it are in.

    A value of None (an empty denominator, a suppressed figure) leaves a gap.
    """

    day: date
    value: float | None
    words: str
    is_complete: bool = True


@dataclass(frozen=True, slots=True)
class Band:
    """Where a comparator lies, from `low` to `high`; one number where both are the same."""

    words: str
    low: float
    high: float


def trend(
    title: str,
    points: Sequence[TrendPoint],
    *,
    unit: str = "%",
    target: float | None = None,
    band: Band | None = None,
) -> Drawing:
    """A line through the points, hollow where not complete, with the target and a comparator labelled at its end."""
    frame = Frame()
    edges = [target] if target is not None else []
    edges += [band.low, band.high] if band else []
    scale, marked = frame.upwards([point.value for point in points if point.value is not None] + edges)
    xs = frame.across(len(points))
    marks: list[Mark] = []
    if band:
        marks.append(_band(frame, scale, band))
    marks += value_axis(frame, scale, marked, unit)
    marks += day_axis(frame, [point.day for point in points])
    if target is not None:
        marks.append(RuledLine("target", frame.left, scale(target), frame.end, scale(target)))
    marks += _series(points, xs, scale, size=4.5)
    marks += _direct_labels(frame, scale, points, unit, target, band)
    note = " ".join(
        [*([] if all(point.is_complete for point in points) else [NOT_COMPLETE]), *begins_at(marked[0], unit)]
    )
    finding, size = _finding(points, unit, target), (frame.width, frame.height)
    return Drawing(title, finding, *size, tuple(marks), note=note, newest_last=True)


def sparkline(title: str, points: Sequence[TrendPoint], *, unit: str = "%", target: float | None = None) -> Drawing:
    """The shape of a series, for a table: its line, its last point, and the target if there is one."""
    width, height, edge = 140.0, 36.0, 6.0
    values = [point.value for point in points if point.value is not None]
    low, high = axis_ends([*values, *([target] if target is not None else [])])
    scale = AxisScale(low, high, height - edge, edge)
    frame = Frame(width=width, height=height, left=edge, right=edge)
    marks: list[Mark] = []
    if target is not None:
        marks.append(RuledLine("target", edge, scale(target), width - edge, scale(target)))
    marks += _series(points, frame.across(len(points)), scale, size=4.0, only_last=True)
    return Drawing(title, _finding(points, unit, target), width, height, tuple(marks), "small")


def _band(frame: Frame, scale: AxisScale, band: Band) -> Mark:
    top, bottom = scale(band.high), scale(band.low)
    corners = ((frame.left, top), (frame.end, top), (frame.end, bottom), (frame.left, bottom))
    return Path("band", corners, closed=True)


def _series(
    points: Sequence[TrendPoint], xs: Sequence[float], scale: AxisScale, *, size: float, only_last: bool = False
) -> list[Mark]:
    """Lines between neighbours that have values, then the points."""
    placed = [(x, point) for x, point in zip(xs, points, strict=True)]
    marks: list[Mark] = []
    for there, stretch in groupby(placed, key=lambda place: place[1].value is not None):
        line = tuple((x, scale(point.value)) for x, point in stretch if point.value is not None)
        if there and len(line) > 1:
            marks.append(Path("series", line))
    dots = [
        Dot("point" if point.is_complete else "open-point", x, scale(point.value), size, point.words)
        for x, point in placed
        if point.value is not None
    ]
    return marks + (dots[-1:] if only_last else dots)


def _direct_labels(
    frame: Frame, scale: AxisScale, points: Sequence[TrendPoint], unit: str, target: float | None, band: Band | None
) -> Iterator[Mark]:
    """What each line is, beside its end, so that no key need be read."""
    wanted: list[tuple[float, str, str]] = []
    if points and (last := points[-1].value) is not None:
        wanted.append((scale(last), "label", _value(last, unit)))
    if target is not None:
        label = lines(f"Target {number(target, unit)}", frame.label_room, BOLD_LETTER)
        wanted += [(scale(target), "target-label", line) for line in label]
    if band:
        middle = (scale(band.low) + scale(band.high)) / 2
        wanted += [(middle, "note", line) for line in lines(_band_words(band, unit), frame.label_room, LETTER)]
    heights = apart([y for y, _kind, _words in wanted], LINE, frame.height - frame.bottom)
    for height, (_y, kind, words) in zip(heights, wanted, strict=True):
        yield Text(kind, frame.labels, at(height + 5), words)


def _band_words(band: Band, unit: str) -> str:
    ends = dict.fromkeys((number(band.low), number(band.high)))
    return f"{band.words[:1].upper()}{band.words[1:]} {' to '.join(ends)}{unit}"


def _finding(points: Sequence[TrendPoint], unit: str, target: float | None) -> str:
    known = [(point.value, point.day) for point in points if point.value is not None]
    if not known:
        return "There is nothing to show yet."
    (latest, on), (least, least_on), (most, most_on) = known[-1], min(known), max(known)
    finding = f"From {_month(points[0].day)} to {_month(points[-1].day)}: {_value(latest, unit)} in {_month(on)}"
    if least < most:
        finding += (
            f", lowest {_value(least, unit)} in {_month(least_on)}, highest {_value(most, unit)} in {_month(most_on)}"
        )
    if target is not None:
        side = "at" if latest == target else "above" if latest > target else "below"
        finding += f"; {side} the target of {number(target, unit)}"
    return f"{finding}."


def _value(value: float, unit: str) -> str:
    """A figure as everywhere: a percentage with one decimal, a count with those that it has."""
    return f"{half_up(value, READ_DECIMALS):.1f}%" if unit == "%" else number(half_up(value, READ_DECIMALS), unit)


def _month(day: date) -> str:
    return f"{day:%B %Y}"


@dataclass(frozen=True, slots=True)
class ProcessPoint:
    """A month's count, what it says when pointed at, and the `signal` it takes part in ("" for none)."""

    day: date
    value: float
    words: str
    signal: str = ""


def process_chart(
    title: str, points: Sequence[ProcessPoint], *, mean: float, lower: float, upper: float, noun: str
) -> Drawing:
    """Counts of a plural `noun` between the limits; a point of a signal is a diamond."""
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
        Text("label", frame.labels, at(height + 5), f"{words} {number(half_up(value, READ_DECIMALS))}")
        for height, (value, words) in zip(heights, labelled, strict=True)
    ]
    signals = ["Diamonds are signals."] if any(point.signal for point in points) else []
    note = " ".join([*signals, *begins_at(marked[0])])
    finding, size = _process_finding(points, mean, noun), (frame.width, frame.height)
    return Drawing(title, finding, *size, tuple(marks), note=note, newest_last=True)


def _dot(x: float, y: float, point: ProcessPoint) -> Mark:
    if point.signal:
        return Dot("signal", x, y, 7, f"{point.words}: {point.signal}", diamond=True)
    return Dot("point", x, y, 4.5, point.words)


def _process_finding(points: Sequence[ProcessPoint], mean: float, noun: str) -> str:
    months = f"{len(points)} month{'' if len(points) == 1 else 's'}"
    average = f"{months}, {number(half_up(mean, READ_DECIMALS))} {noun} a month on average."
    signals = [f"{point.day:%B %Y} ({number(point.value)}, {point.signal})" for point in points if point.signal]
    if not signals:
        return f"{average} No month stands out from chance."
    return f"{average} Not explained by chance: {', '.join(signals)}."
