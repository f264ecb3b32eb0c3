"""A triangle under another definition has the groups of that definition, as its figures have."""

from datetime import date

from domain.definition import definition_named
from domain.measures.registry import measure_named
from projections.standings.slices import Slice
from tests.histories import engine_in_memory

HISTORY = """
    client | event   | occurred_on | detail
    Ann    | started | 2015-09-01  | non-opiate
    Ben    | started | 2015-09-01  | non-opiate-and-alcohol
"""
DAY = date(2016, 12, 31)


def test_phof_ii_without_alcohol() -> None:
    engine, measure = engine_in_memory(HISTORY, definition_named("1-phof-separate")), measure_named("2.0")
    figure = engine.figure(measure, engine.standpoint(DAY), Slice())
    assert (figure.numerator, figure.denominator) == (0, 1)
    assert engine.triangle(measure, [DAY], [DAY], Slice()).tolist() == [[[0, 1]]]
