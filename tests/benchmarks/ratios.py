"""Times side by side: what is measured, its yardstick, the ratio of the two and the limit that it must keep."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from rich.console import Console
from rich.table import Table

T = TypeVar("T")


@dataclass
class Timing:
    """The seconds that some runs of one thing took. Compared is the best: what else the machine did only adds.

    `clock` says which seconds: those on the wall, or the processor's.
    """

    seconds: list[float] = field(default_factory=list)
    clock: Callable[[], float] = time.perf_counter

    def run(self, once: Callable[[], T]) -> T:
        """One more run, with nothing left over for the collector from what was before; what it answers."""
        gc.collect()
        begin = self.clock()
        answer = once()
        self.seconds.append(self.clock() - begin)
        return answer

    @property
    def best(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return sorted(self.seconds)[len(self.seconds) // 2]

    def times(self, factor: float) -> "Timing":
        """The time of `factor` such runs, where only one was measured."""
        return Timing([seconds * factor for seconds in self.seconds])


def side_by_side(runs: int, *things: Callable[[], object]) -> list[Timing]:
    """Times the things in turn, so that whatever slows the machine down slows all of them."""
    timings = [Timing() for _ in things]
    for _ in range(runs):
        for timing, thing in zip(timings, things, strict=True):
            timing.run(thing)
    return timings


def in_words(seconds: float) -> str:
    """A time with three digits and its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} us"


@dataclass(frozen=True)
class Row:
    """A line of the table. `at_most` limits ours over the yardstick, `at_least` the yardstick over ours.

    A row without a yardstick only shows a time. What is measured may be another thing than seconds: `words` writes it.
    """

    what: str
    ours: Timing
    against: str = ""
    yardstick: Timing | None = None
    at_most: float | None = None
    at_least: float | None = None
    words: Callable[[float], str] = in_words

    @property
    def ratio(self) -> float | None:
        if self.yardstick is None:
            return None
        if self.at_least is not None:
            return self.yardstick.best / self.ours.best
        return self.ours.best / self.yardstick.best

    @property
    def limit(self) -> str:
        if self.at_most is not None:
            return f"at most {self.at_most:g}"
        return f"at least {self.at_least:g}" if self.at_least is not None else ""

    @property
    def holds(self) -> bool:
        """Whether the limit is kept; a row without one always holds."""
        if self.ratio is None:
            return True
        if self.at_most is not None:
            return self.ratio <= self.at_most
        return self.at_least is None or self.ratio >= self.at_least


def show(rows: Sequence[Row], title: str) -> None:
    table = Table(title=title)
    table.add_column("measured", overflow="fold")
    for heading in ("best", "median"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("yardstick", overflow="fold")
    for heading in ("best", "ratio", "limit", ""):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            row.what,
            row.words(row.ours.best),
            row.words(row.ours.median),
            row.against,
            row.words(row.yardstick.best) if row.yardstick else "",
            "" if row.ratio is None else f"{row.ratio:,.1f}" if row.ratio >= 1 else f"{row.ratio:.2f}",
            row.limit,
            "" if not row.limit else "kept" if row.holds else "BROKEN",
        )
    Console(width=None if Console().is_terminal else 150).print(table)


def in_mebibytes(size: float) -> str:
    """A size in bytes, in MiB."""
    return f"{size / (1 << 20):.0f} MiB"
