"""Standings whose slices are said in full, as Spark brings them, are those whose slices are numbered."""

import numpy as np
import pyarrow as pa
import pytest
from numpy.random import default_rng

from projections.standings.calculation import COLUMNS
from projections.standings.measured import SLICE, STANDINGS, standings_in
from projections.standings.slices import Slices

KEYS = [
    ("E06000019", "H0001", "H0001", True, False),
    ("E06000019", "H0001", "H0001", True, True),
    ("E06000019", "H0001,H0002", "H0002", True, False),
    ("", "H0002", "H0002", False, False),
]


@pytest.mark.parametrize("count", [0, 1, 500])
def test_the_same_standings_come_of_both(count: int) -> None:
    chance = default_rng(17)
    keys = pa.array([dict(zip((field.name for field in SLICE), key, strict=True)) for key in KEYS], SLICE)
    which = pa.array(chance.integers(0, len(KEYS), count))
    numbers = {name: pa.array(chance.integers(0, 1000, count)) for name in COLUMNS if name != "slice"}
    numbered = pa.table(numbers | {"slice": pa.DictionaryArray.from_arrays(which, keys)}).select(list(COLUMNS))
    in_full = pa.table(numbers | {"slice": keys.take(which)}).select(list(COLUMNS))
    assert numbered.schema.equals(STANDINGS)
    of_numbered, of_full = Slices(), Slices()
    one, other = standings_in(numbered, of_numbered), standings_in(in_full, of_full)
    for name in COLUMNS:
        if name != "slice":
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    first, second = list(of_numbered), list(of_full)
    assert [first[number] for number in one.slice.tolist()] == [second[number] for number in other.slice.tolist()]
