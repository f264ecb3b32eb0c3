"""Which fractions a printed percentage could be.

A percentage on paper was rounded, and papers seldom say how: rounding half up and half to even are both admitted (a
share that ends in a 5 right behind the printed digits may so have two neighbours), cutting off is not. All arithmetic
is exact, in whole numbers.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from domain.errors import Refused, WrongUse

GREATEST_DECIMALS: Final = 4
GREATEST_DENOMINATOR: Final = 10_000
"""More people than any cohort of one council; beyond it the list of fractions serves nobody."""
DEFAULT_GREATEST_DENOMINATOR: Final = 500
ROUNDING: Final = "half up or half even"

Fraction = tuple[int, int]
"""Numerator and denominator, as counted: 2/8 and 1/4 are two."""


@dataclass(frozen=True, slots=True)
class StatedPercentage:
    """A percentage as printed: `units` of its last digit, of which there are `decimals` behind the point."""

    units: int
    decimals: int

    @classmethod
    def parse(cls, text: str, decimals: int | None = None) -> "StatedPercentage":
        """The percentage that is written, like 15.67 or 15.67%; with `decimals`, 29 may stand for a printed 29.00.

        Raises:
            WrongUse: the text is no number, or has more decimals than are said.
            Refused: it is below 0 or above 100, or has more than four decimals.
        """
        number = _number(text)
        written = max(0, -int(number.as_tuple().exponent))
        digits = written if decimals is None else decimals
        if digits < written:
            raise WrongUse(f"{text.strip()} has {written} decimals, and not {decimals}.")
        if not 0 <= number <= 100:
            raise Refused("percentage-impossible", f"{text.strip()} is no share: a percentage lies between 0 and 100.")
        if not 0 <= digits <= GREATEST_DECIMALS:
            raise Refused("percentage-decimals", f"A percentage is read with 0 to {GREATEST_DECIMALS} decimals.")
        return cls(int(number.scaleb(digits)), digits)

    @property
    def text(self) -> str:
        """As it was printed, without a sign: 15.67."""
        return f"{Decimal(self.units).scaleb(-self.decimals):.{self.decimals}f}"

    @property
    def value(self) -> Decimal:
        """The printed value in percent."""
        return Decimal(self.units).scaleb(-self.decimals)

    def numerators(self, denominator: int) -> range:
        """Every numerator with which a cohort of `denominator` people prints so."""
        if denominator < 1:
            return range(0)
        # k/n prints so from (units - 1/2) to (units + 1/2) of the last digit; all doubled, so that it stays whole.
        scale = self._scale
        lowest = -(-(2 * self.units - 1) * denominator // scale)
        highest, rest = divmod((2 * self.units + 1) * denominator, scale)
        if rest == 0 and not self._takes_upper_half:
            highest -= 1
        return range(max(lowest, 0), min(highest, denominator) + 1)

    def could_be(self, numerator: int, denominator: int) -> bool:
        """Whether the fraction prints so."""
        return numerator in self.numerators(denominator)

    @property
    def smallest(self) -> Fraction:
        """The fraction with the smallest denominator of all that print so; 15.67% has 21/134."""
        denominators = range(1, self._scale)  # the printed value is itself a fraction: one of them fits
        return next((fits[0], n) for n in denominators if (fits := self.numerators(n)))

    @property
    def _scale(self) -> int:
        return int(200 * 10**self.decimals)

    @property
    def _takes_upper_half(self) -> bool:
        """Half to even rounds a half down where the printed digit is even; half up never does."""
        return self.units % 2 == 0


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip().removesuffix("%").rstrip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or "e" in text.lower():
        raise WrongUse("This is no percentage. Write it as it was printed, like 15.67.")
    return number


@dataclass(frozen=True, slots=True)
class Plausible:
    """The fractions that a printed percentage could be, between two sizes of a cohort, and the smallest of all."""

    percentage: StatedPercentage
    denominator_min: int
    denominator_max: int
    fractions: tuple[Fraction, ...]
    smallest: Fraction


def plausible(
    percentage: StatedPercentage, denominator_min: int = 1, denominator_max: int = DEFAULT_GREATEST_DENOMINATOR
) -> Plausible:
    """Every fraction that prints so with `denominator_min` to `denominator_max` people, by denominator.

    Raises:
        WrongUse: the denominators are not between 1 and 10,000, or the first is above the last.
    """
    if not 1 <= denominator_min <= denominator_max <= GREATEST_DENOMINATOR:
        raise WrongUse(
            f"Denominators from {denominator_min} to {denominator_max} make no range: "
            f"give 1 to {GREATEST_DENOMINATOR:,}, the smaller one first."
        )
    fractions = tuple((k, n) for n in range(denominator_min, denominator_max + 1) for k in percentage.numerators(n))
    return Plausible(percentage, denominator_min, denominator_max, fractions, percentage.smallest)
