"""The columns of standings, a row a rectangle of (as_of, position) in which a client stands in a part of a measure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .arrays import Ints

FOREVER: Final = 1 << 39
"""`known_until` of what is still known; below half of the part of a packed key."""
COUNTED, IMMATURE = 1, 2
"""Bits of a standing's `state`; above them, a number that tells alike rows of one client and day apart."""
COLUMNS: Final = ("client", "part", "state", "slice", "journey", "as_of", "until", "known_from", "known_until")


@dataclass(frozen=True, slots=True)
class Standings:
    """Columns of standings, one row a rectangle; see `tables.standing`."""

    client: Ints
    part: Ints
    state: Ints
    slice: Ints
    journey: Ints
    as_of: Ints
    until: Ints
    known_from: Ints
    known_until: Ints

    def __len__(self) -> int:
        return len(self.client)

    def columns(self) -> list[Ints]:
        """The columns in the order of `COLUMNS`."""
        return [getattr(self, name) for name in COLUMNS]

    def rows(self) -> Iterator[tuple[int, ...]]:
        """The rows as plain integers, in the order of `COLUMNS`."""
        return zip(*self.lists(), strict=True)

    def lists(self) -> list[list[int]]:
        """The columns as plain integers, in the order of `COLUMNS`."""
        return [column.tolist() for column in self.columns()]

    def take(self, chosen: NDArray[Any]) -> "Standings":
        """The `chosen` rows (indices or flags)."""
        return Standings(*(column[chosen] for column in self.columns()))

    @classmethod
    def of(cls, parts: Sequence["Standings"]) -> "Standings":
        """All rows of `parts`, one after the other."""
        if not parts:
            return cls(*(np.zeros(0, np.int64) for _ in COLUMNS))
        return cls(*(np.concatenate(columns) for columns in zip(*(p.columns() for p in parts), strict=True)))
