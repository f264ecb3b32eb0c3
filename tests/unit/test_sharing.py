"""Whole numbers shared out by hub and month: the parts add up, whatever the weights and the limits."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.periods import Period
from projections.performance.needed.sharing import by_month, months_of, share_out

ENOUGH = 10**6


@pytest.mark.parametrize(
    ("total", "weights", "most", "expected"),
    [
        (20, (10, 5, 5), (ENOUGH,) * 3, [10, 5, 5]),
        (10, (1, 1, 1), (ENOUGH,) * 3, [4, 3, 3]),
        (10, (1, 1, 1), (2, ENOUGH, ENOUGH), [2, 4, 4]),
        (5, (1, 0, 0), (2, 3, 1), [2, 2, 1]),
        (5, (0, 0), (ENOUGH,) * 2, [3, 2]),
        (7, (1, 1), (0, 0), [4, 3]),
        (0, (1, 1), (5, 5), [0, 0]),
    ],
    ids=["exact", "first-by-code", "limit", "over-to-who-has-room", "no-weight", "nobody-can", "nothing"],
)
def test_parts_by_weight(total: int, weights: tuple[int, ...], most: tuple[int, ...], expected: list[int]) -> None:
    assert share_out(total, weights, most) == expected


@given(st.integers(0, 200), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 60)), min_size=1, max_size=6))
def test_parts_add_up_and_nobody_has_more_than_they_can_while_others_have_room(
    total: int, hubs: list[tuple[int, int]]
) -> None:
    parts = share_out(total, [weight for weight, _ in hubs], [most for _, most in hubs])
    assert sum(parts) == total
    if total <= sum(most for _, most in hubs):
        assert all(part <= most for part, (_, most) in zip(parts, hubs, strict=True))


@given(st.lists(st.integers(0, 40), min_size=1, max_size=5), st.lists(st.integers(1, 31), min_size=1, max_size=12))
def test_months_add_up_to_each_hub_and_are_as_even_as_their_days(totals: list[int], days: list[int]) -> None:
    rows = by_month(totals, days)
    assert [sum(row) for row in rows] == totals
    for place, its in enumerate(days):
        exact = Fraction(sum(totals) * its, sum(days))
        assert abs(sum(row[place] for row in rows) - exact) < 1


def test_a_hub_that_needs_few_is_not_asked_for_all_in_one_month() -> None:
    assert by_month([10, 5, 5], [31, 30, 31, 30, 31]) == [(2,) * 5, (1,) * 5, (1,) * 5]


def test_the_months_of_a_period_begin_and_end_with_it() -> None:
    months = months_of(Period(date(2017, 8, 20), date(2017, 10, 31)))
    assert [(one.first_day.day, one.last_day.isoformat()) for one in months] == [
        (20, "2017-08-31"),
        (1, "2017-09-30"),
        (1, "2017-10-31"),
    ]
