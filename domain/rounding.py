"""Rounding: half up, in one place. 6.25% is 6.3%, and -0.25 points are -0.3 points: half goes away from zero.

A share is rounded from its two whole numbers, never from a number that was rounded before: 6.2496% is 6.2%, although
its three decimals, 6.250, would give 6.3%. A number without such a pair is taken as it is written (6.25 and not the
binary fraction next to it).
"""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

STORED_DECIMALS: Final = 3
"""Decimals of a percentage in JSON, which are rounded last."""
READ_DECIMALS: Final = 1
"""Decimals of a percentage wherever a person reads it."""


def half_up(value: Fraction | float, decimals: int) -> float:
    """A number with so many decimals, half away from zero; never -0.0."""
    if isinstance(value, Fraction):
        return _quotient(value.numerator, value.denominator, decimals)
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)) + 0.0


def percentage_of(numerator: int, denominator: int | None, decimals: int = STORED_DECIMALS) -> float | None:
    """The numerator in percent of the denominator; None where there is none, or where it is 0."""
    return _quotient(100 * numerator, denominator, decimals) if denominator else None


def _quotient(numerator: int, denominator: int, decimals: int) -> float:
    """A fraction with so many decimals, in whole numbers until the last step."""
    scale: int = 10**decimals
    units = (2 * abs(numerator) * scale + denominator) // (2 * denominator)
    return (-units if numerator < 0 else units) / scale + 0.0
