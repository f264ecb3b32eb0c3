"""A paper that is a form: grids of cells as a council draws them, for a document and for print.

A cell has lines, and spans columns. In a text that somebody wrote, a line that begins with a bullet is a point of a
list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

BULLETS: Final = ("• ", "- ", "* ")
"""What a line of a list begins with, where people write one."""
BULLET: Final = "• "
"""What it begins with where it is read as text."""


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A line of a cell; `is_point`: of a list."""

    text: str
    is_point: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; `is_label`: it names what stands beside or below it. `span` is how many columns it is wide."""

    lines: tuple[PaperLine, ...] = ()
    is_label: bool = False
    span: int = 1

    @property
    def text(self) -> str:
        """Its words, a line each."""
        return "\n".join(f"{BULLET if line.is_point else ''}{line.text}" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells; `widths` are those of its columns, in centimetres of a sheet. `title` is for those who hear it.

    The first `heads` rows stand above the others on every page that they go on to.
    """

    title: str
    widths: Sequence[float]
    rows: Sequence[Sequence[Cell]]
    heads: int = 0


@dataclass(frozen=True, slots=True)
class Paper:
    """A form that is filled in: its title, what stands before the grids, and at the foot of each page."""

    title: str
    said: Sequence[str]
    grids: Sequence[Grid]
    foot: str


def written(text: str) -> tuple[PaperLine, ...]:
    """The lines of a text that somebody wrote; empty lines are left out."""
    return tuple(_line(line.strip()) for line in text.split("\n") if line.strip())


def _line(line: str) -> PaperLine:
    for bullet in BULLETS:
        if line.startswith(bullet):
            return PaperLine(line.removeprefix(bullet).strip(), is_point=True)
    return PaperLine(line)


def points(texts: Iterable[str]) -> tuple[PaperLine, ...]:
    """Texts as the points of a list."""
    return tuple(PaperLine(" ".join(text.split()), is_point=True) for text in texts)


def label(text: str, span: int = 1) -> Cell:
    """A cell that names others."""
    return Cell(written(text), True, span)


def cell(text: str, span: int = 1) -> Cell:
    """A cell with a text that somebody wrote."""
    return Cell(written(text), False, span)
