"""Axes and labels: round numbers that hold every value, and labels that never touch."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.periods import add_months, last_day_of_month
from web.charts.drawing import AxisScale, Frame, Text, apart, axis_ends, day_axis, number, ticks

SPANS = st.tuples(st.floats(0, 1e5), st.floats(0.01, 1e5)).map(lambda span: (span[0], span[0] + span[1]))


@settings(deadline=None)
@given(SPANS)
def test_ticks_hold_the_values_at_equal_steps(span):
    low, high = span
    marked = ticks(low, high)
    steps = {round(after - before, 6) for before, after in pairwise(marked)}
    assert marked[0] <= low + 1e-6
    assert marked[-1] >= high - 1e-6
    assert len(steps) == 1
    assert 2 <= len(marked) <= 7


def test_ticks_are_round():
    assert ticks(0, 7.4) == [0, 2, 4, 6, 8]
    assert ticks(0, 100) == [0, 25, 50, 75, 100]
    assert ticks(0, 1) == [0, 0.25, 0.5, 0.75, 1]


@pytest.mark.parametrize(
    ("values", "ends"),
    [([], (0, 1)), ([0, 0], (0, 1)), ([5, 8], (5, 8)), ([3, 8], (0, 8)), ([8, 8], (0, 8))],
    ids=["no values", "all nothing", "far from nothing", "near nothing", "all the same"],
)
def test_an_axis_begins_at_nothing_unless_that_would_hide_what_differs(values, ends):
    assert axis_ends(values) == ends


@settings(deadline=None)
@given(st.lists(st.floats(0, 300), max_size=8), st.floats(1, 40))
def test_labels_stand_apart_in_their_order(wanted, gap):
    heights = apart(wanted, gap)
    in_order = [heights[i] for i in sorted(range(len(wanted)), key=lambda i: wanted[i])]
    assert all(after - before >= gap - 1e-6 for before, after in pairwise(in_order))


def test_labels_with_room_stay_where_they_belong():
    assert apart([100, 10, 50], 18) == [100, 10, 50]
    assert apart([10, 10], 18) == [1, 19]
    assert apart([95, 100, 100], 18, end=100) == [64, 82, 100]


def test_a_scale_has_its_ends_where_it_was_told():
    scale = AxisScale(0, 8, 284, 20)
    assert (scale(0), scale(4), scale(8)) == (284, 152, 20)


def test_one_point_stands_in_the_middle():
    assert Frame(width=200, left=50, right=50).across(1) == [100]


@pytest.mark.parametrize("months", [1, 12, 24, 120])
def test_months_are_left_out_before_they_touch(months):
    days = [last_day_of_month(add_months(date(2016, 8, 31), i)) for i in range(months)]
    labels = [mark for mark in day_axis(Frame(), days) if isinstance(mark, Text)]
    names = [label.x for label in labels if not label.words.isdigit()]
    assert all(after - before >= 28 for before, after in pairwise(names))
    assert len({label.words for label in labels if label.words.isdigit()}) == len({day.year for day in days})


def test_numbers_on_an_axis_have_the_decimals_that_they_need():
    assert [number(value, "%") for value in (5.0, 5.5, 0.25, 1200)] == ["5%", "5.5%", "0.25%", "1,200%"]
