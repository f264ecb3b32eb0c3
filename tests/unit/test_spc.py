"""The limits and the signals of a control chart."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import pytest

from domain.periods import month_ends
from projections.performance.spc import LIMIT, ControlChart, Counted, MonthlyCount, Signal, TooFew, chart_of

QUIET = (10, 12, 11, 13, 10, 12, 9, 11, 12, 10, 11, 13)


def charted(counts: Sequence[int]) -> ControlChart | TooFew:
    days = month_ends(date(2015, 1, 31), date(2019, 12, 31))
    return chart_of(
        Counted.COMPLETED, tuple(MonthlyCount(day, count) for day, count in zip(days, counts, strict=False))
    )


def chart(*counts: int) -> ControlChart:
    found = charted(counts)
    assert isinstance(found, ControlChart)
    return found


def months(found: ControlChart, signal: Signal) -> list[int]:
    return [i for i, signals in enumerate(found.signals) if signal in signals]


def test_the_limits_are_two_point_six_six_mean_ranges_from_the_mean() -> None:
    found = chart(*QUIET)
    ranges = [abs(b - a) for a, b in pairwise(QUIET)]
    mean, reach = sum(QUIET) / 12, 2.66 * sum(ranges) / 11
    assert (found.mean, found.lower, found.upper) == pytest.approx((mean, mean - reach, mean + reach))
    assert not found.stands_out
    assert (
        found.sentence
        == "11.2 successful completions a month on average over 12 months. No month stands out from chance."
    )


def test_a_count_is_never_below_nothing() -> None:
    assert chart(0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4).lower == 0


def test_one_beyond_a_limit() -> None:
    found = chart(*(9, 13) * 6, 30)
    assert months(found, Signal.BEYOND) == [12]
    assert found.sentence.endswith("Not explained by chance: beyond a limit: January 2016.")


def test_a_shift_is_seven_on_one_side_and_not_six() -> None:
    assert months(chart(20, 9, 20, 9, 20, 9, 16, 16, 16, 16, 16, 16, 9, 20, 9), Signal.SHIFT) == []
    assert months(chart(20, 9, 20, 9, 20, 9, 16, 16, 16, 16, 16, 16, 16, 9, 20, 9), Signal.SHIFT) == list(range(6, 13))


def test_a_month_on_the_mean_ends_a_run() -> None:
    on_the_mean = (6, 14, 6, 14, 11, 11, 11, 10, 11, 11, 11, 6, 8)
    assert chart(*on_the_mean).mean == 10
    assert months(chart(*on_the_mean), Signal.SHIFT) == []


def test_a_trend_is_seven_that_rise_or_fall() -> None:
    assert months(chart(9, 15, 8, 9, 10, 11, 12, 13, 9, 15, 9, 12), Signal.TREND) == []
    assert months(chart(9, 15, 8, 9, 10, 11, 12, 13, 14, 9, 15, 9), Signal.TREND) == list(range(2, 9))
    assert months(chart(9, 15, 14, 13, 12, 11, 10, 9, 15, 9, 12, 9), Signal.TREND) == list(range(1, 8))
    assert months(chart(9, 15, 8, 9, 10, 10, 12, 13, 14, 9, 15, 9), Signal.TREND) == []


def test_two_of_three_near_the_same_limit() -> None:
    found = chart(*QUIET, *QUIET, 16, 11, 16)
    near = found.mean + 2 / 3 * (found.upper - found.mean)
    assert near <= 16 <= found.upper
    assert months(found, Signal.NEAR) == [24, 26]
    assert months(chart(*QUIET, *QUIET, 16, 11, 11, 16), Signal.NEAR) == []
    assert months(chart(*QUIET, *QUIET, 16, 11, 7), Signal.NEAR) == []


def test_months_that_are_all_alike_have_no_signal() -> None:
    found = chart(*[5] * 12)
    assert (found.lower, found.upper, found.stands_out) == (5, 5, False)


def test_neighbours_are_named_together() -> None:
    found = chart(20, 9, 20, 9, 20, 9, 16, 16, 16, 16, 16, 16, 16, 9, 20, 9)
    assert "seven in a row on one side of the mean: July 2015 to January 2016" in found.sentence


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (QUIET[:11], "Too few to say: limits need 12 months, and there are 11."),
        ((), "Too few to say: limits need 12 months, and there are 0."),
        ((0, 1) * 6, "Too few to say: 0.5 successful completions a month on average."),
    ],
)
def test_too_few_to_say(counts: tuple[int, ...], said: str) -> None:
    found = charted(counts)
    assert isinstance(found, TooFew)
    assert found.sentence == said


def test_a_moving_range_far_above_their_mean_is_left_out_of_it_once() -> None:
    """Of fourteen ranges of 2 and two of 88 and 90 the mean is 12.9: 42.1 and more are left out, and the mean is 2."""
    found = chart(*[10, 12] * 4, 100, *[10, 12] * 4)
    assert round(found.upper - found.mean, 9) == round(2 * LIMIT, 9)
