"""From one number to another, step by step: each step a bar that begins where the one before ended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .drawing import (
    BOLD_LETTER,
    LETTER,
    LINE,
    AxisScale,
    Block,
    Drawing,
    Mark,
    RuledLine,
    Text,
    at,
    axis_ends,
    lines,
    ticks,
)

_WIDTH: Final = 760.0
_WORDS: Final = 300.0
"""The width kept for what a row says."""
_SIGN: Final = 56.0
"""Kept at the right for what a bar comes to."""
_BAR: Final = 22.0


@dataclass(frozen=True, slots=True)
class Move:
    """A step: why, and by how much (never 0: what cancels out is no step)."""

    words: str
    diff: int


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str
    words: str
    low: int
    high: int
    value: str


def waterfall(title: str, start: tuple[str, int], moves: Sequence[Move], end_words: str) -> Drawing:
    """Rows downwards: where it started, each move, where it ended. The end is what start and moves add up to."""
    start_words, first = start
    rows = [_Row("total", start_words, 0, first, f"{first:,}")]
    now = first
    for move in moves:
        after = now + move.diff
        kind = "rise" if move.diff > 0 else "fall"
        rows.append(_Row(kind, move.words, min(now, after), max(now, after), signed(move.diff)))
        now = after
    rows.append(_Row("total", end_words, 0, now, f"{now:,}"))
    height, marks = _draw(rows, [first, *_ends(first, moves)])
    return Drawing(title, _finding(first, moves, now), _WIDTH, height, marks)


def signed(diff: int) -> str:
    """A number with its sign, a true minus: what a screen reader says right."""
    return f"+{diff:,}" if diff > 0 else f"−{-diff:,}"


def _ends(first: int, moves: Sequence[Move]) -> Iterator[int]:
    now = first
    for move in moves:
        now += move.diff
        yield now


def _draw(rows: Sequence[_Row], reached: Sequence[int]) -> tuple[float, tuple[Mark, ...]]:
    low, high = axis_ends(map(float, reached))
    # Where bars are cut off below, the shortest still has some length.
    first = ticks(max(0.0, low - (high - low) / 2), high)[0]
    scale = AxisScale(first, max(high, first + 1), _WORDS, _WIDTH - _SIGN)
    marks: list[Mark] = []
    y = 0.0
    for place, row in enumerate(rows):
        kind, letter = ("label", BOLD_LETTER) if row.kind == "total" else ("axis-label", LETTER)
        words = lines(row.words, _WORDS - 16, letter)
        height = max(_BAR, LINE * len(words)) + 12
        middle = y + height / 2
        top = middle - LINE * (len(words) - 1) / 2 + 5
        marks += [Text(kind, 0, at(top + LINE * i), line) for i, line in enumerate(words)]
        left, right = scale(max(row.low, first)), scale(row.high)
        width = at(max(right - left, 1))
        marks.append(Block(row.kind, left, at(middle - _BAR / 2), width, _BAR, f"{row.words}: {row.value}"))
        marks.append(Text("label", at(max(right, left + 1) + 8), at(middle + 5), row.value))
        if place + 1 < len(rows):
            joint = scale(reached[place])
            marks.append(RuledLine("connector", joint, at(middle + _BAR / 2), joint, at(y + height + 6)))
        y += height
    if first:
        marks.append(Text("note", _WORDS, at(y + 14), f"Bars begin at {first:,.0f}, not at nothing."))
        y += LINE + 4
    return at(y), tuple(marks)


def _finding(first: int, moves: Sequence[Move], last: int) -> str:
    up = sum(move.diff for move in moves if move.diff > 0)
    down = sum(move.diff for move in moves if move.diff < 0)
    parts = [signed(part) for part in (up, down) if part]
    return f"From {first:,} to {last:,}: {' and '.join(parts) or 'nothing changed'}."
