"""Half up, in one place: from two whole numbers, or from a number as it is written."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from domain.rounding import half_up, percentage_of
from web.presenters import text


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        (6.25, 1, 6.3),
        (6.2499, 1, 6.2),
        (0.25, 1, 0.3),
        (0.15, 1, 0.2),
        (2.675, 2, 2.68),
        (-0.25, 1, -0.3),
        (-0.04, 1, 0.0),
        (0.5, 0, 1.0),
        (Fraction(1, 16), 3, 0.063),
        (Fraction(-1, 4), 1, -0.3),
    ],
)
def test_half_goes_away_from_zero(value: Fraction | float, decimals: int, rounded: float) -> None:
    assert half_up(value, decimals) == rounded
    assert str(half_up(value, decimals)) != "-0.0"


@pytest.mark.parametrize(
    ("numerator", "denominator", "stored", "read"),
    [(1, 16, 6.25, "6.3%"), (3, 2000, 0.15, "0.2%"), (782, 12513, 6.25, "6.2%"), (0, 9, 0.0, "0.0%"), (1, 0, None, "")],
)
def test_what_is_read_is_rounded_from_the_two_numbers(
    numerator: int, denominator: int, stored: float | None, read: str
) -> None:
    """782 of 12,513 is 6.2495%: stored as 6.25, and read as 6.2%."""
    assert percentage_of(numerator, denominator) == stored
    assert text.percent_of(numerator, denominator) == read


def test_every_percentage_of_up_to_two_hundred_people() -> None:
    for denominator in range(1, 201):
        for numerator in range(denominator + 1):
            exact = Decimal(100 * numerator) / denominator
            assert percentage_of(numerator, denominator, 1) == float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))
