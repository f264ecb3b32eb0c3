"""Small words of array arithmetic: distinct values, runs of equal parts, rows that touch joined.

A part and a value are packed into one number, `part * DAY_PART + day` or `part * KNOWN_PART + position`, so that values
of different parts never meet.
"""

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

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
    """Join rows of equal keys that touch: one row's index of each, its start and its stop.

    Rows of equal keys come in the order of `start`; the first key counts least.
    """
    order = np.lexsort(keys)
    start, stop = start[order], stop[order]
    differs = start[1:] != stop[:-1]
    for key in keys:
        sorted_key = key[order]
        differs |= sorted_key[1:] != sorted_key[:-1]
    begins = np.flatnonzero(np.append(True, differs))
    return order[begins], start[begins], stop[np.append(begins[1:], len(order)) - 1]
