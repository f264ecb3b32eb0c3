"""Fisher's exact test of two proportions: how likely chance alone gives so large a difference, in whole numbers.

Source: R. A. Fisher (1922); two-sided, as is usual, by the sum of all tables that are no more likely than the one seen.
The people of both proportions are taken for different people.
"""

from fractions import Fraction
from math import comb


def chance_of(first: tuple[int, int], second: tuple[int, int]) -> Fraction:
    """The probability, of 0 to 1, that chance alone gives a difference as unlikely as this one.

    Each proportion is numerator and denominator. Of nobody it is 1: nothing can be told.
    """
    (first_counted, first_people), (second_counted, second_people) = first, second
    counted, people = first_counted + second_counted, first_people + second_people
    lowest, highest = max(0, counted - second_people), min(counted, first_people)
    weights = [_weight(number, first_people, counted, second_people) for number in range(lowest, highest + 1)]
    seen = weights[first_counted - lowest]
    return Fraction(sum(weight for weight in weights if weight <= seen), comb(people, counted))


def _weight(number: int, first_people: int, counted: int, second_people: int) -> int:
    """In how many ways so many of the first are among those counted."""
    return comb(first_people, number) * comb(second_people, counted - number)
