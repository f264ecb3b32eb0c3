"""Figures along both axes at once: each standing is a rectangle, which adds 1 at its corners, and takes it off again.

All of it is of one stretch of columns; the counts of several are added up.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.measures.families import PARTS_A_FAMILY

from .calculation import COUNTED, IMMATURE
from .columns import STATES, StandingColumns

Selected = NDArray[np.int64]
"""1 for each slice key that is asked for."""


def family_along_days(
    columns: StandingColumns, first: int, days: NDArray[np.int32], position: int, selected: Selected
) -> NDArray[np.int64]:
    """[part, day, (numerator, denominator)] of the family whose codes begin at `first`; days ascending.

    Each row adds 1 on its first day, and takes it off past its last.
    """
    height, rows = len(days) + 1, columns.lie(first, first + PARTS_A_FAMILY)
    reaches = (columns.as_of[rows] <= days[-1]) & (columns.until[rows] > days[0])
    reaches &= (columns.known_from[rows] <= np.int32(position)) & (columns.known_until[rows] > np.int32(position))
    chosen = columns.chosen(rows, reaches)
    chosen = chosen[selected[columns.slice[chosen]] > 0]
    cell = (columns.kind[chosen].astype(np.int64) - first * STATES) * height
    cells = PARTS_A_FAMILY * STATES * height
    begins, ends = (np.searchsorted(days, column[chosen]) for column in (columns.as_of, columns.until))
    steps = np.bincount(cell + begins, minlength=cells) - np.bincount(cell + ends, minlength=cells)
    totals = steps.reshape(PARTS_A_FAMILY, STATES, height).cumsum(axis=2)[..., :-1]
    return np.stack([totals[:, COUNTED] + totals[:, COUNTED | IMMATURE], totals.sum(axis=1)], axis=-1)


def triangle(
    columns: StandingColumns,
    codes: Sequence[int],
    days: NDArray[np.int32],
    known: NDArray[np.int32],
    selected: Selected,
) -> NDArray[np.int64]:
    """[as_of, position, (numerator, denominator)] of these parts together; days and positions ascending."""
    lie = [columns.lie(code, code + 1) for code in codes]
    # Rows that are gone may be of slices that had no number yet; they are not chosen, whatever they are taken for.
    is_asked = (selected.take(columns.slice[its], mode="clip") > 0 for its in lie)
    rows = np.concatenate([columns.chosen(its, asked) for its, asked in zip(lie, is_asked, strict=True)])
    counted = (columns.kind[rows] & COUNTED).astype(np.int64)
    height, width = len(days) + 1, len(known) + 1
    top, bottom = np.searchsorted(days, columns.as_of[rows]), np.searchsorted(days, columns.until[rows])
    left, right = np.searchsorted(known, columns.known_from[rows]), np.searchsorted(known, columns.known_until[rows])
    covers = (top < bottom) & (left < right)
    top, bottom, left, right, counted = (x[covers] for x in (top, bottom, left, right, counted))
    plane = counted * (height * width)

    def corners(row: NDArray[Any], column: NDArray[Any]) -> NDArray[np.int64]:
        return np.bincount(plane + row * width + column, minlength=2 * height * width)

    steps = corners(top, left) - corners(bottom, left) - corners(top, right) + corners(bottom, right)
    totals = steps.reshape(2, height, width).cumsum(1).cumsum(2)[:, :-1, :-1]
    return np.stack([totals[1], totals.sum(axis=0)], axis=-1)


def sum_of(counts: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    """The counts of all stretches together."""
    return reduce(np.add, counts)
