"""Printing for people: to a terminal as wide as it is, to a pipe without any folding."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as Grid

from .tables import Column, Table, text

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


UNFOLDED_TO: Final = 14
"""Values up to this length are not folded."""
BETWEEN: Final = 2
"""Spaces from one column to the next."""


def print_table(console: Console, table: Table) -> None:
    """A table; where the terminal is too narrow for it, each row as lines of heading and value instead."""
    columns, values = table.columns, [[text(cell) for cell in row] for row in table.rows]
    widths = _widths(columns, values, console.width)
    if widths is None:
        _print_stacked(console, columns, values)
        return
    grid = Grid(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for column, width in zip(columns, widths, strict=True):
        grid.add_column(column.heading, justify="right" if column.number else "left", width=width)
    for row in values:
        grid.add_row(*row)
    console.print(grid)


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], space: int) -> list[int] | None:
    """How wide each column is, so that no word is cut; None if the space does not do."""
    of_column = [[column.heading, *(row[i] for row in rows)] for i, column in enumerate(columns)]
    wanted = [max(map(len, values)) for values in of_column]
    widths = [
        _folded(values) if column.folds else width
        for column, values, width in zip(columns, of_column, wanted, strict=True)
    ]
    left = space - BETWEEN * (len(columns) - 1) - sum(widths)
    if left < 0:
        return None
    for _ in range(min(left, sum(wanted) - sum(widths))):
        # One more to the column that folds into most lines.
        most = max(range(len(widths)), key=lambda i: wanted[i] / widths[i])
        widths[most] += 1
    return widths


def _folded(values: Sequence[str]) -> int:
    """The least width of a column that folds: short values, and long words, stay whole."""
    words = (word for value in values for word in value.split(" "))
    return max(min(max(map(len, values)), UNFOLDED_TO), *map(len, words))


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


Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


@contextmanager
def progress(what: str, shown_from: int = 0) -> Iterator[Progress | None]:
    """A bar under a name for what takes long; none where nobody watches, or where fewer than `shown_from` are to do."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=messages(), transient=True) as bar:
        task = bar.add_task(what, total=None, visible=False)

        def come(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, visible=total >= shown_from)

        yield come
