"""Small words of array arithmetic (distinct values, runs, rows that touch), and the columns of standings.

A part and a value are packed into one number, `part * DAY_PART + day` or `part * KNOWN_PART + position`, so that values
of different parts never meet.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_Sortable = TypeVar("_Sortable", str, tuple[str, str, str])

DAY_PART: Final = 1 << 26
KNOWN_PART: Final = 1 << 40


def ints(values: Iterable[int]) -> Ints:
    return np.array(values, np.int64)


def coded(values: Sequence[_Sortable]) -> tuple[Ints, list[_Sortable]]:
    """Small numbers for values, in their order."""
    names = sorted(set(values))
    number = {name: i for i, name in enumerate(names)}
    return ints([number[value] for value in values]), names


def distinct(values: Ints) -> Ints:
    # not np.unique, which hashes: sorting and comparing neighbours is four times as fast here
    values = np.sort(values)
    return values[np.append(True, values[1:] != values[:-1])] if len(values) else values


def place_in(ascending: Ints, values: Ints) -> Ints:
    """Where each value lies among `ascending`; of one that is not there, some place. There must be any."""
    return np.minimum(np.searchsorted(ascending, values), len(ascending) - 1)


def is_among(values: Ints, ascending: Ints) -> NDArray[np.bool_]:
    """Which values are among those of `ascending`, where each is once; not np.isin, which sorts both."""
    if not len(ascending):
        return np.zeros(len(values), np.bool_)
    there: NDArray[np.bool_] = ascending[place_in(ascending, values)] == values
    return there


def following(part: Ints, value: Ints, never: int) -> Ints:
    """The next value of the same part, or `never`."""
    if not len(part):
        return value
    last = np.append(part[1:] != part[:-1], True)
    return np.where(last, never, np.append(value[1:], 0))


def spread(first: Ints, count: Ints) -> tuple[Ints, Ints]:
    """(i, first[i]), (i, first[i] + 1) ...: count[i] pairs for each i."""
    i = np.repeat(np.arange(len(count)), count)
    return i, np.arange(len(i)) + np.repeat(first - (np.cumsum(count) - count), count)


def islands(start: Ints, stop: Ints, *keys: Ints) -> tuple[Ints, Ints, Ints]:
    """Join rows of equal keys that touch: one row's index of each, its start and its stop, in any order.

    Rows of equal keys come in the order of `start`.
    """
    order = together(*keys)
    begins, start, stop = islands_in_line(start[order], stop[order], *(key[order] for key in keys))
    return order[begins], start, stop


def islands_in_line(start: Ints, stop: Ints, *keys: Ints) -> tuple[Ints, Ints, Ints]:
    """`islands` of rows of which those of equal keys already stand together; they stay in their order."""
    differs = _differs(*keys)
    differs[1:] |= start[1:] != stop[:-1]
    begins = np.flatnonzero(differs)
    return begins, start[begins], stop[np.append(begins[1:], len(start))[: len(begins)] - 1]


def _differs(*keys: Ints) -> NDArray[np.bool_]:
    """Which rows have other keys than the one above; the first row has."""
    differs = np.ones(len(keys[0]), np.bool_)
    differs[1:] = keys[0][1:] != keys[0][:-1]
    for key in keys[1:]:
        differs[1:] |= key[1:] != key[:-1]
    return differs


_MIXED_BY: Final = np.uint64(0x9E3779B97F4A7C15)
_MIXED_OVER: Final = np.uint64(32)


def together(*keys: Ints) -> Ints:
    """An order in which rows of equal keys stand together, those of equal keys in the order that they have.

    Numbers mixed from the keys are sorted, which takes a fifth of the time of sorting by one key after the other. Where
    other keys were mixed to the same number, which next to never happens, it is done the long way.
    """
    mixed = np.zeros(len(keys[0]), np.uint64)
    for key in keys:
        mixed = (mixed ^ key.astype(np.int64, copy=False).view(np.uint64)) * _MIXED_BY
        mixed ^= mixed >> _MIXED_OVER
    ordered, order = _sorted(mixed)
    same = ordered[1:] == ordered[:-1]
    if (same & _differs(*(key[order] for key in keys))[1:]).any():
        return np.lexsort(keys)
    return order


def by_number(numbers: Ints) -> Ints:
    """An order by large numbers that stand for something, clients, as good as sorted: for who only wants those of one
    together mostly. Equal ones stay in the order that they have.
    """
    return _sorted(numbers.view(np.uint64))[1]


def _sorted(numbers: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], Ints]:
    """The numbers without their last bits, in order, and where each was; their places take the room of these bits."""
    bits = np.uint64(max(len(numbers) - 1, 0).bit_length())
    packed = numbers >> bits << bits | np.arange(len(numbers), dtype=np.uint64)
    packed.sort()
    return packed >> bits, (packed & ((np.uint64(1) << bits) - np.uint64(1))).view(np.int64)


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
