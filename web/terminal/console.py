"""Printing for people: to a terminal as wide as it is, to a pipe without any folding."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

UNFOLDED: Final = 10_000
"""The width of what is no terminal: a line of a table stays one line, for whoever searches in it."""


def output() -> Console:
    """The console on standard output."""
    return _console(stderr=False)


def messages() -> Console:
    """The console on standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else UNFOLDED
    return Console(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading; whether it holds numbers; whether long values may be folded."""

    heading: str
    number: bool = False
    folds: bool = False


FOLDED_TO: Final = 16
"""A column that folds is never narrower than this."""


def print_table(console: Console, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """A table; where the terminal is too narrow for it, each row as lines of heading and value instead."""
    values = [list(row) for row in rows]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        table.add_column(
            column.heading,
            justify="right" if column.number else "left",
            no_wrap=not column.folds,
            min_width=FOLDED_TO if column.folds and _longest(column, columns, values) >= FOLDED_TO else None,
        )
    for row in values:
        table.add_row(*row)
    if Measurement.get(console, console.options, table).minimum <= console.width:
        console.print(table)
    else:
        _print_stacked(console, columns, values)


def _longest(column: Column, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> int:
    place = columns.index(column)
    return max((len(row[place]) for row in rows), default=0)


def _print_stacked(console: Console, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    width = max(len(column.heading) for column in columns)
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            if value:
                console.print(f"{column.heading:<{width}}  {value}", soft_wrap=True)
        console.print()


def say(console: Console, *lines: str) -> None:
    """Lines of text, folded at words on a terminal."""
    for line in lines:
        console.print(line)
