"""A revision triangle as shades: how far each later answer moved from the first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .drawing import BOLD_LETTER, LETTER, Block, Drawing, Mark, Text, at

_ROW: Final = 30.0
_EDGE: Final = 16.0
_NARROWEST: Final = 56.0


@dataclass(frozen=True, slots=True)
class HeatMapCell:
    """An answer: how far it moved from the row's first (points, or persons), its text, and what it says."""

    moved: float
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class HeatMapRow:
    """The answers for one day as they became known; None where nothing could be known yet."""

    label: str
    cells: tuple[HeatMapCell | None, ...]


def heat_map(title: str, columns: Sequence[str], rows: Sequence[HeatMapRow], *, across: str, down: str) -> Drawing:
    """A row a day, a column a day of knowledge; blue where an answer rose, orange where it fell, deeper where by more.

    A cell that rose or fell says so with an arrow too. `across` and `down` name what columns and rows are.
    """
    texts = (f"↑ {cell.text}" for row in rows for cell in row.cells if cell)
    wide = max(
        [_NARROWEST, *(len(text) * LETTER + 12 for text in texts), *(len(text) * BOLD_LETTER + 12 for text in columns)]
    )
    left = max([len(down) * LETTER, *(len(row.label) * LETTER for row in rows)]) + 16
    top = 2 * _ROW
    most = max((abs(cell.moved) for row in rows for cell in row.cells if cell), default=0.0)
    marks: list[Mark] = [Text("note", at(left), 16, across), Text("note", 0, at(top - 10), down)]
    marks += [
        Text("label", at(left + wide * (i + 0.5)), at(top - 10), name, "middle") for i, name in enumerate(columns)
    ]
    for place, row in enumerate(rows):
        y = top + _ROW * place
        marks.append(Text("axis-label", 0, at(y + 20), row.label))
        for i, cell in enumerate(row.cells):
            if cell:
                marks += _cell_marks(cell, most, left + wide * i, y, wide)
    width, height = left + wide * len(columns) + 2, top + _ROW * len(rows) + _EDGE
    return Drawing(title, _finding(rows), at(width), at(height), tuple(marks), "natural")


def _cell_marks(cell: HeatMapCell, most: float, x: float, y: float, wide: float) -> Iterator[Mark]:
    yield Block(shade(cell.moved, most), at(x + 1), at(y + 1), at(wide - 2), _ROW - 2, cell.words)
    arrow = "↑ " if cell.moved > 0 else "↓ " if cell.moved < 0 else ""
    yield Text("axis-label", at(x + wide / 2), at(y + 20), arrow + cell.text, "middle")


def shade(moved: float, most: float) -> str:
    """The kind of a cell: same, or rise or fall, by less or by more than half of the greatest move."""
    if not moved:
        return "cell-same"
    return f"cell-{'rise' if moved > 0 else 'fall'}-{1 if abs(moved) * 2 < most else 2}"


def _finding(rows: Sequence[HeatMapRow]) -> str:
    last = [[cell for cell in row.cells if cell] for row in rows]
    latest = [cells[-1].moved for cells in last if cells]
    if not latest:
        return "Nothing is known of these months yet."
    rose, fell = sum(moved > 0 for moved in latest), sum(moved < 0 for moved in latest)
    same = len(latest) - rose - fell
    return f"Of {len(latest)} rows, {rose} now stand higher than first known, {fell} lower, {same} the same."
