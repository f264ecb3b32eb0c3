"""Parts of a whole, beside each other for two sets of people."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from web.charts import Block, Drawing, RuledLine, SharePart, ShareRow, Text, shares

from .test_charts import inside, marks

YEARS = ("Under 1 year", "1 to 6 years", "6 years or more")
TWELVE, OPEN = "In the last 12 months", "Open on the day"


def part(name: str, *counts: tuple[int, int]) -> SharePart:
    """A part of each set; nobody is in a set of none."""
    return SharePart(
        name, tuple(ShareRow(100 * n / of, f"{n} of {of}", f"{name}: {n}") if of else None for n, of in counts)
    )


def drawn(twelve_months: tuple[int, ...], on_the_day: tuple[int, ...]) -> Drawing:
    counts = zip(YEARS, twelve_months, on_the_day, strict=True)
    parts = [part(name, (n, sum(twelve_months)), (m, sum(on_the_day))) for name, n, m in counts]
    return shares("Years in treatment", [TWELVE, OPEN], parts)


def test_bars_are_as_long_as_their_shares_on_a_scale_to_a_hundred():
    chart = drawn((10, 20, 70), (0, 50, 50))
    (nothing, *_, all_of_it) = [rule.x1 for rule in marks(chart, RuledLine, "grid")]
    _legend, *bars = marks(chart, Block, "share")
    assert [bar.width / (all_of_it - nothing) for bar in bars] == pytest.approx([0.1, 0.2, 0.7], abs=0.001)
    assert {bar.x for bar in bars} == {nothing}


def test_both_sets_are_told_apart_by_more_than_colour_and_named():
    chart = drawn((10, 20, 70), (10, 20, 20))
    assert len(marks(chart, Block, "share")) == len(marks(chart, Block, "share-beside")) == 1 + len(YEARS)
    labels = {text.words for text in marks(chart, Text)}
    assert {TWELVE, OPEN, *YEARS, "70 of 100", "20 of 50", "0%", "100%"} <= labels


def test_numbers_stand_before_the_bars_which_all_begin_in_one_line():
    chart = drawn((1, 1, 4998), (1, 1, 1))
    (begin,) = {bar.x for bar in marks(chart, Block)} - {1}
    numbers = [text for text in marks(chart, Text) if text.anchor == "end"]
    assert len(numbers) == 2 * len(YEARS)
    assert {text.x for text in numbers} == {begin - 8}
    assert begin < chart.width / 2


def test_each_bar_says_what_it_is():
    _legend, *bars = marks(drawn((1, 0, 2), (1, 1, 1)), Block, "share")
    assert [bar.words for bar in bars] == ["Under 1 year: 1", "6 years or more: 2"]


def test_a_share_of_nothing_has_its_number_and_no_bar():
    chart = drawn((5, 0, 5), (5, 0, 5))
    assert len(marks(chart, Block, "share")) == 1 + 2
    assert "0 of 10" in {text.words for text in marks(chart, Text)}


def test_the_finding_is_the_largest_part_of_each():
    assert drawn((10, 20, 70), (5, 30, 15)).finding == (
        "In the last 12 months: the largest part is 6 years or more, 70 of 100. "
        "Open on the day: the largest part is 1 to 6 years, 30 of 50."
    )


def test_largest_parts_that_are_equal_are_all_named():
    assert drawn((2, 2, 2), (3, 0, 3)).finding == (
        "In the last 12 months: the largest parts are under 1 year, 1 to 6 years and 6 years or more, 2 of 6 each. "
        "Open on the day: the largest parts are under 1 year and 6 years or more, 3 of 6 each."
    )


def test_a_set_without_anybody_is_said_to_be_that():
    chart = drawn((1, 0, 0), (0, 0, 0))
    assert chart.finding.endswith("Open on the day: nobody.")
    assert [text.words for text in marks(chart, Text)].count("nobody") == len(YEARS)
    assert len(marks(chart, Block, "share-beside")) == 1, "its name alone"


COUNTS = st.tuples(*[st.integers(0, 5000)] * len(YEARS))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(COUNTS, COUNTS)
def test_everything_is_inside(twelve_months: tuple[int, ...], on_the_day: tuple[int, ...]):
    assert inside(drawn(twelve_months, on_the_day))
