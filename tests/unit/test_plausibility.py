"""Which fractions a printed percentage could be."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Refused, WrongUse
from projections.claims.plausibility import StatedPercentage, plausible

EXACT = Context(prec=60)


def printed_as(numerator: int, denominator: int, decimals: int) -> set[str]:
    """How a share may stand on paper, by Python's own decimal arithmetic."""
    share = EXACT.divide(Decimal(100 * numerator), Decimal(denominator))
    digit = Decimal(1).scaleb(-decimals)
    return {str(share.quantize(digit, rounding, EXACT)) for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN)}


@given(st.integers(0, 3), st.data())
def test_every_fraction_named_prints_so_and_none_in_range_is_left_out(decimals: int, data: st.DataObject) -> None:
    printed = StatedPercentage(data.draw(st.integers(0, 100 * 10**decimals)), decimals)
    first = data.draw(st.integers(1, 300))
    last = data.draw(st.integers(first, first + 30))
    found = set(plausible(printed, first, last).fractions)
    every = {(k, n) for n in range(first, last + 1) for k in range(n + 1)}
    assert found == {(k, n) for k, n in every if printed.text in printed_as(k, n, decimals)}


@given(st.integers(1, 400), st.data(), st.integers(0, 4))
def test_a_share_is_found_under_what_it_prints(denominator: int, data: st.DataObject, decimals: int) -> None:
    numerator = data.draw(st.integers(0, denominator))
    for text in printed_as(numerator, denominator, decimals):
        printed = StatedPercentage.parse(text)
        assert printed.text == text
        assert printed.could_be(numerator, denominator)


@given(st.integers(0, 2), st.data())
def test_the_smallest_denominator_prints_so_and_no_smaller_one_does(decimals: int, data: st.DataObject) -> None:
    printed = StatedPercentage(data.draw(st.integers(0, 100 * 10**decimals)), decimals)
    numerator, denominator = printed.smallest
    assert printed.text in printed_as(numerator, denominator, decimals)
    assert not any(printed.numerators(n) for n in range(1, denominator))


@pytest.mark.parametrize(
    ("text", "smallest"),
    [
        ("15.67", (21, 134)),
        ("14.9", (7, 47)),
        ("2.22", (1, 45)),
        ("21.5", (14, 65)),
        ("40%", (2, 5)),
        ("0", (0, 1)),
        ("100", (1, 1)),
        ("0.0001", (1, 666_667)),
    ],
)
def test_the_smallest_denominator_of_what_was_printed(text: str, smallest: tuple[int, int]) -> None:
    assert StatedPercentage.parse(text).smallest == smallest


def test_no_cohort_of_20_to_60_prints_21_and_a_half() -> None:
    answer = plausible(StatedPercentage.parse("21.5"), 20, 60)
    assert answer.fractions == ()
    assert answer.smallest == (14, 65)


def test_a_half_behind_the_last_digit_may_have_been_rounded_to_either_neighbour() -> None:
    assert StatedPercentage.parse("12").could_be(1, 8)  # 12.5 to even
    assert StatedPercentage.parse("13").could_be(1, 8)  # 12.5 up
    assert StatedPercentage.parse("14").could_be(27, 200)  # 13.5 goes to 14 by both
    assert not StatedPercentage.parse("13").could_be(27, 200)
    assert StatedPercentage.parse("14").could_be(29, 200)  # 14.5 to even


def test_decimals_that_were_not_written_can_be_said() -> None:
    assert StatedPercentage.parse("29", 2).text == "29.00"
    assert StatedPercentage.parse("29").could_be(2, 7)
    assert not StatedPercentage.parse("29", 2).could_be(2, 7)


@pytest.mark.parametrize("text", ["120", "-1", "100.01", "1.23456"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        StatedPercentage.parse(text)


@pytest.mark.parametrize("text", ["", "about 5", "1e1", "nan", "12,5"])
def test_what_is_no_number_is_wrong_use(text: str) -> None:
    with pytest.raises(WrongUse):
        StatedPercentage.parse(text)


@pytest.mark.parametrize(("first", "last"), [(0, 10), (11, 10), (1, 10_001)])
def test_denominators_that_make_no_range_are_wrong_use(first: int, last: int) -> None:
    with pytest.raises(WrongUse):
        plausible(StatedPercentage.parse("5"), first, last)
