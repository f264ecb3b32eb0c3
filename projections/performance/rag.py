"""A figure against its target: the colour, the variance in points and relative, and how many people would do.

All is computed in whole numbers and exact fractions, so that a figure on the very edge of a target has reached it. A
figure that is incomplete or immature, or of nobody, is not held against a target at all: it says why instead.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from typing import Final

from domain.contract_life.targets import ColourRule, TargetScale
from domain.rounding import READ_DECIMALS, STORED_DECIMALS, half_up, percentage_of
from projections.standings.engine import Figure

from .targets import Target

ACTION_PLAN: Final = "Red asks for an action plan."
HIGHER: Final = "higher"


class Rating(StrEnum):
    """The colour of a figure against its target."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Unrated(StrEnum):
    """Why a figure is not held against a target."""

    NO_TARGET = "no target"
    NOT_COVERED = "no file covers the day"
    INCOMPLETE = "incomplete"
    IMMATURE = "too early"
    NOBODY = "nobody"
    WITHHELD = "not shown"


WHY_UNRATED: Final = {
    Unrated.NO_TARGET: "No target was agreed for it.",
    Unrated.NOT_COVERED: "No file covers the day, so there is no figure to hold against a target.",
    Unrated.INCOMPLETE: "A file is missing, so the figure is not held against its target.",
    Unrated.IMMATURE: "Six months have not passed for all of them, so the figure has no target and no colour.",
    Unrated.NOBODY: "There was nobody to count, so there is nothing to hold against a target.",
    Unrated.WITHHELD: "The figure is not shown, so it is not held against a target.",
}


@dataclass(frozen=True, slots=True)
class NumberNeeded:
    """How many people, of `among`, make a figure that lies at the target: at least `fewest`, at most `most`.

    A level has one end alone: `fewest` where higher is better, `most` where lower is; the other is None.
    """

    fewest: int | None
    most: int | None
    among: int

    @property
    def sentence(self) -> str:
        """In words."""
        if self.most is None:
            return f"{self.fewest:,} of {self.among:,} would reach the target."
        if self.fewest is None:
            return f"At most {self.most:,} of {self.among:,} keep to the target."
        if self.fewest > self.most:
            return f"No whole number of {self.among:,} people lies in the range."
        return f"{self.fewest:,} to {self.most:,} of {self.among:,} lie in the range."


@dataclass(frozen=True, slots=True)
class Rated:
    """A figure held against a target.

    `points` is the figure less the number to be reached; `relative` the same in percent of that number, None where it
    is 0. Both are signed numerically, three decimals; which sign is the good one, `polarity` of the measure tells.
    `missing` is by how many people the figure misses the target (0 if it does not).
    """

    target: Target
    rating: Rating
    reached: Decimal
    points: float
    relative: float | None
    needed: NumberNeeded
    missing: int
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotRated:
    """A figure without a colour. The target is there where one is in force and the figure is to have one."""

    why: Unrated
    target: Target | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """In words."""
        return (WHY_UNRATED[self.why],)


Against = Rated | NotRated
"""What a figure is against its target."""


def against(figure: Figure, target: Target | None) -> Against:
    """The figure held against its target, or why it is not."""
    if figure.measure.immature:
        return NotRated(Unrated.IMMATURE)
    if target is None or figure.measure.polarity is None:
        return NotRated(Unrated.NO_TARGET)
    if not figure.is_covered:
        return NotRated(Unrated.NOT_COVERED, target)
    if figure.coverage.status == "incomplete":
        return NotRated(Unrated.INCOMPLETE, target)
    if not figure.denominator:
        return NotRated(Unrated.NOBODY, target)
    return _rated(figure.numerator, figure.denominator, figure.measure.polarity, target)


def _rated(numerator: int, denominator: int, polarity: str, target: Target) -> Rated:
    terms = target.terms
    reached = terms.edge(polarity)
    points = 100 * Fraction(numerator, denominator) - Fraction(reached)
    rule = ColourRule(terms.scale, terms.green_within, terms.amber_within)
    missing = people_missing(numerator, denominator, reached, polarity)
    rating = rating_of(Fraction(numerator, denominator), reached, polarity, rule)
    needed = number_needed(denominator, polarity, terms.low, terms.high)
    return Rated(
        target,
        rating,
        reached,
        half_up(points, STORED_DECIMALS),
        half_up(100 * points / Fraction(reached), STORED_DECIMALS) if reached else None,
        needed,
        missing,
        tuple(_sentences(rating, needed, missing, reached, polarity)),
    )


def rating_of(share: Fraction, reached: Decimal, polarity: str, rule: ColourRule) -> Rating:
    """The colour of a share (0 to 1) against the percentage to be reached.

    Of a target of 0% nothing is a relative distance: there, whatever misses it is beyond any relative bound.
    """
    edge = Fraction(reached)
    distance = edge - 100 * share if polarity == HIGHER else 100 * share - edge
    if distance <= 0:
        return Rating.GREEN
    if rule.scale is TargetScale.RELATIVE:
        if not edge:
            return Rating.RED
        distance = 100 * distance / edge
    if distance <= Fraction(rule.green_within):
        return Rating.GREEN
    return Rating.AMBER if distance <= Fraction(rule.amber_within) else Rating.RED


def number_needed(denominator: int, polarity: str, low: Decimal, high: Decimal) -> NumberNeeded:
    """How many of `denominator` people lie between two percentages; of a level, from it on in the good direction."""
    fewest, most = fewest_of(denominator, low), most_of(denominator, high)
    if low != high:
        return NumberNeeded(fewest, most, denominator)
    return NumberNeeded(fewest, None, denominator) if polarity == HIGHER else NumberNeeded(None, most, denominator)


def fewest_of(denominator: int, percentage: Decimal) -> int:
    """The smallest number that is at least a percentage of people: 7.36% of 485 is 36."""
    return ceil(Fraction(percentage) * denominator / 100)


def most_of(denominator: int, percentage: Decimal) -> int:
    """The greatest number that is at most a percentage of people: 8.93% of 485 is 43."""
    return floor(Fraction(percentage) * denominator / 100)


def people_missing(numerator: int, denominator: int, reached: Decimal, polarity: str) -> int:
    """By how many people a figure misses a percentage, the cohort staying as it is; 0 if it reaches it."""
    if polarity == HIGHER:
        return max(0, fewest_of(denominator, reached) - numerator)
    return max(0, numerator - most_of(denominator, reached))


def _sentences(rating: Rating, needed: NumberNeeded, missing: int, reached: Decimal, polarity: str) -> list[str]:
    sentences, denominator = [needed.sentence], needed.among
    if missing:
        few = "fewer" if polarity != HIGHER else "more"
        sentences.append(f"{missing:,} {few} would have reached it.")
    if polarity != HIGHER and needed.most == 0:
        one = f"one of {denominator:,} is {percentage_of(1, denominator, READ_DECIMALS):.1f}%"
        sentences.append(f"{'Here the target' if reached else 'A target of 0%'} is missed by one client: {one}.")
    if rating is Rating.RED:
        sentences.append(ACTION_PLAN)
    return sentences
