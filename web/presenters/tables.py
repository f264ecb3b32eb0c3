"""One table for the terminal, the page, CSV, XLSX, DOCX and PDF. A cell is a value; each renderer writes it its way.

A cell is None where there is nothing to say, text, a number, a day, a `Month`, a `Percentage`, a `Link`, `Lines` or
`Worded`. A row that ends early has one cell for all the columns that are left: its last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import singledispatch
from typing import Any

from domain.rounding import READ_DECIMALS, STORED_DECIMALS, half_up, percentage_of
from projections.standings.engine import Figure
from projections.standings.hidden import Hidden

from . import text as words


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. Numbers stand to the right.

    `whole`: what stands in it is short, and no page breaks it. `folds`: a narrow terminal may fold it. `aside`: a
    phone leaves it out before it breaks a word. `width` is in centimetres of a sheet of paper.
    """

    heading: str
    number: bool = False
    whole: bool = False
    folds: bool = False
    aside: bool = False
    width: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells below their columns. `notes` say where the numbers are from."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    title: str = ""
    notes: Sequence[str] = ()

    @property
    def headings(self) -> list[str]:
        return [column.heading for column in self.columns]


@dataclass(frozen=True, slots=True)
class Percentage:
    """So many of a hundred: not rounded, or to the one decimal that people read.

    A file has three decimals of it, a page and a spreadsheet show one.
    """

    percent: float

    def __str__(self) -> str:
        return f"{half_up(self.percent, STORED_DECIMALS):.10g}"


@dataclass(frozen=True, slots=True)
class Month:
    """A month, by its first day."""

    first_day: date

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Worded:
    """A value for files, in words of its own for people."""

    words: str
    value: Any

    def __str__(self) -> str:
        return self.words


class Code(str):
    """Words that are copied, letter by letter."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Words and where they lead; `current` where one is already there. `more` is for those who hear the page."""

    text: int | str | Worded
    href: str
    current: bool = False
    more: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """A cell of several lines: the first is what it says, the others say more of it."""

    lines: tuple[Any, ...]


def lines(*cells: Any) -> Lines:
    """A cell of those lines that say anything."""
    return Lines(tuple(cell for cell in cells if cell))


def rounded(numerator: int, denominator: int | None) -> Percentage | None:
    """A percentage with the one decimal that people read; None for an empty denominator."""
    percentage = percentage_of(numerator, denominator, READ_DECIMALS)
    return None if percentage is None else Percentage(percentage)


def rounded_of(figure: words.AnyFigure) -> Percentage | None:
    """The same of a figure; None where it has no percentage."""
    return None if figure.percentage is None else rounded(figure.numerator, figure.denominator)


def month(day: date) -> Worded:
    """The month of a day, written in full."""
    return Worded(f"{day:%B %Y}", Month(day.replace(day=1)))


def numbered(number: int) -> Worded:
    """A number that something is called by, which has no comma."""
    return Worded(str(number), number)


@singledispatch
def text(cell: Any) -> str:
    """What people read in a cell."""
    return "" if cell is None else str(cell)


text.register(bool, str)
text.register(int, "{:,}".format)
text.register(date, words.short_day)
text.register(Month, lambda cell: f"{cell.first_day:%b %Y}")
text.register(Percentage, lambda cell: words.percent(cell.percent))
text.register(Link, lambda cell: text(cell.text))
text.register(Lines, lambda cell: " ".join(map(text, cell.lines)))


def result(figure: Figure) -> int | str:
    """The numbers of a figure: a count alone is a number."""
    if silence := words.silence_of(figure):
        return silence
    return figure.numerator if figure.denominator is None else words.result(figure)


def value(cell: Any) -> Any:
    """What a file holds of a cell: a number, a day or words in one line; None for nothing."""
    match cell:
        case Hidden():
            return str(cell)
        case Worded():
            return value(cell.value)
        case Link():
            return value(cell.text)
        case Lines(lines=its):
            return value(its[0] if len(its) == 1 else text(cell))
        case str():
            return " ".join(cell.split()) or None
    return cell


def values(table: Table) -> list[list[Any]]:
    """What a file holds of each row, as wide as the table."""
    width = len(table.columns)
    return [([*map(value, row)] + [None] * width)[:width] for row in table.rows]
