"""How far something long has come: a bar on standard error, where that is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .console import messages

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
