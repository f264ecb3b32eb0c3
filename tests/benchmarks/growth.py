"""What is measured of an archive once, four and sixteen times, and how it grows: values, limits, fitted exponent."""

import resource
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from .ratios import in_words

SIZES: Final = (1, 4, 16)
"""How many times the archive of one council's ten years."""
WIDTH: Final = 150


@dataclass(frozen=True)
class Measured:
    """One value of one archive: seconds, bytes or a ratio, as `words` writes it.

    `limits` are the most that it may be at each of `SIZES`, None where there is none; `exponent` is the most of the
    power of the size with which it may grow. All values of one `what` make a line, and have the same limits.
    """

    what: str
    value: float
    limits: Sequence[float | None] = ()
    exponent: float | None = None
    words: Callable[[float], str] = in_words


@dataclass
class Growth:
    """A line of the table: one thing, measured at several sizes."""

    first: Measured
    values: dict[int, float] = field(default_factory=dict)

    @property
    def exponent(self) -> float | None:
        """The power of the size with which it grows: the straight line through the logarithms. None of one size."""
        if len(self.values) <= 1 or min(self.values.values()) <= 0:
            return None
        sizes, values = np.log([*self.values]), np.log([*self.values.values()])
        return float(np.polyfit(sizes, values, 1)[0])

    @property
    def limits(self) -> Mapping[int, float | None]:
        """The most at each size."""
        return dict(zip_longest(SIZES, self.first.limits))

    @property
    def holds(self) -> bool:
        """Whether every limit is kept."""
        within = all((most := self.limits[size]) is None or value <= most for size, value in self.values.items())
        most, grows = self.first.exponent, self.exponent
        return within and (most is None or grows is None or grows <= most)

    def cells(self, sizes: Sequence[int]) -> Iterator[str]:
        """What the table says of it."""
        words = self.first.words
        yield self.first.what
        for size in sizes:
            yield words(self.values[size]) if size in self.values else ""
            most = self.limits[size]
            yield "" if most is None else words(most)
        yield "" if self.exponent is None else f"{self.exponent:.2f}"
        yield "" if self.first.exponent is None else f"{self.first.exponent:g}"
        is_limited = any(most is not None for most in (*self.first.limits, self.first.exponent))
        yield "" if not is_limited else "kept" if self.holds else "BROKEN"


def by_line(measured: Iterable[tuple[int, Measured]]) -> list[Growth]:
    """What was measured at each size, a line for each thing."""
    lines: dict[str, Growth] = {}
    for size, one in measured:
        lines.setdefault(one.what, Growth(one)).values[size] = one.value
    return list(lines.values())


def show_growth(lines: Sequence[Growth], sizes: Sequence[int], title: str) -> None:
    """Print the table."""
    table = Table(title=title)
    table.add_column("measured", overflow="fold")
    for size in sizes:
        table.add_column(f"{size}x", justify="right", no_wrap=True)
        table.add_column("at most", justify="right", no_wrap=True)
    for heading in ("exponent", "at most", ""):
        table.add_column(heading, justify="right", no_wrap=True)
    for line in lines:
        table.add_row(*line.cells(sizes))
    Console(width=None if Console().is_terminal else WIDTH).print(table)


def processor_seconds(once: Callable[[], object]) -> float:
    """The processor time that something takes, here and in the processes that it starts and waits for."""
    before = _processor()
    once()
    return _processor() - before


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
