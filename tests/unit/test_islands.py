"""Rows that touch are joined, whatever numbers their keys are mixed to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.standings.calculation import arrays

ROWS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4), st.integers(-2, 2), st.integers(0, 1 << 60)))


@given(ROWS)
def test_rows_of_equal_keys_that_touch_become_one(rows: list[tuple[int, int, int, int]]) -> None:
    _joins_as_said(rows)


def test_keys_that_are_mixed_to_one_number_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "_MIXED_BY", np.uint64(0))
    _joins_as_said([(1, 2, 0, 0), (1, 2, 1, 0), (3, 1, 0, 0), (3, 1, 1, 5), (4, 1, 0, 0), (4, 2, 1, 5)])


def _joins_as_said(rows: list[tuple[int, int, int, int]]) -> None:
    rows = sorted(rows)
    start, length, *keys = (np.array(column, np.int64) for column in zip(*rows, strict=True)) if rows else [_NONE] * 4
    its, begin, stop = arrays.islands(start, start + length, *keys)
    joined = zip(*(key[its].tolist() for key in keys), begin.tolist(), stop.tolist(), strict=True)
    assert sorted(joined) == sorted(_one_by_one(rows))


_NONE = np.zeros(0, np.int64)


def _one_by_one(rows: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    runs: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for start, length, *keys in rows:
        its = runs.setdefault((keys[0], keys[1]), [])
        if its and its[-1][1] == start:
            its[-1] = its[-1][0], start + length
        else:
            its.append((start, start + length))
    return [(*keys, *run) for keys, its in runs.items() for run in its]
