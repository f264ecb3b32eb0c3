"""Quartiles of what areas reached, the rank of a figure among them, and whether it is better than another's.

All by the side that is better: rank 1 and quartile 1 are the best, also where lower is better. Shares are exact
fractions; how an interval lies to a percentage is told from the 95% Wilson interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Final

from projections.performance.colours.conditions import HIGHER
from projections.standings.wilson import Z_95

_Z2: Final = Fraction(Z_95) ** 2
FEWEST_AREAS: Final = 4
"""Of fewer areas than quartiles there are no quartiles."""


class QuartileMethod(StrEnum):
    """Where a quartile ends.

    `RANKED`: the areas in order, in four parts of as nearly the same number as can be; a quartile goes from the worst
    to the best of its areas, so that both of its ends are what an area reached. The papers' ranges are of this kind
    (3.45% is 1 of 29, and 12.5% 1 of 8), and so it is the default. `INCLUSIVE` and `EXCLUSIVE` put the ends between two
    areas, as QUARTILE.INC and QUARTILE.EXC of a spreadsheet do.
    """

    RANKED = "ranked"
    INCLUSIVE = "inclusive"
    EXCLUSIVE = "exclusive"


@dataclass(frozen=True, slots=True)
class Quartile:
    """A quarter of the areas: 1 is the top one. `worst` and `best` are shares from 0 to 1."""

    number: int
    worst: Fraction
    best: Fraction

    @property
    def low(self) -> Fraction:
        """Its lower end."""
        return min(self.worst, self.best)

    @property
    def high(self) -> Fraction:
        """Its upper end."""
        return max(self.worst, self.best)


def best_first(shares: Sequence[Fraction], polarity: str) -> list[Fraction]:
    """The shares from the best to the worst."""
    return sorted(shares, reverse=polarity == HIGHER)


def quartiles(
    shares: Sequence[Fraction], polarity: str, method: QuartileMethod = QuartileMethod.RANKED
) -> tuple[Quartile, ...]:
    """The four quartiles of what areas reached, the top one first; none of fewer than four areas."""
    if len(shares) < FEWEST_AREAS:
        return ()
    ordered = best_first(shares, polarity)
    if method is QuartileMethod.RANKED:
        count = len(ordered)
        parts = [ordered[(k * count) // 4 : ((k + 1) * count) // 4] for k in range(4)]
        return tuple(Quartile(number, part[-1], part[0]) for number, part in enumerate(parts, 1))
    ends = [_between(ordered, Fraction(k, 4), method) for k in range(5)]
    return tuple(Quartile(k, ends[k], ends[k - 1]) for k in range(1, 5))


def _between(ordered: Sequence[Fraction], part: Fraction, method: QuartileMethod) -> Fraction:
    """What lies at a part of the way along the ordered shares, between two of them."""
    count = len(ordered)
    place = (count - 1) * part if method is QuartileMethod.INCLUSIVE else (count + 1) * part - 1
    place = min(max(place, Fraction(0)), Fraction(count - 1))
    below = floor(place)
    after = min(below + 1, count - 1)
    return ordered[below] + (place - below) * (ordered[after] - ordered[below])


def quartile_of(share: Fraction, of_areas: Sequence[Quartile], polarity: str) -> int | None:
    """The quartile that a share reaches: the best one whose worst area is no better. None where there are none."""
    if not of_areas:
        return None
    reached = (one.number for one in of_areas if (share >= one.worst if polarity == HIGHER else share <= one.worst))
    return next(reached, 4)


def rank_of(share: Fraction, others: Sequence[Fraction], polarity: str) -> int:
    """The place among others, of whom so many are strictly better: equal shares have the same place."""
    better = (other > share if polarity == HIGHER else other < share for other in others)
    return 1 + sum(better)


class AreaJudgement(StrEnum):
    """How a figure lies to another's; without a better side it is only higher or lower."""

    BETTER = "better"
    SIMILAR = "similar"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"


def by_interval(
    numerator: int, denominator: int, low: Fraction, high: Fraction, polarity: str | None
) -> AreaJudgement | None:
    """A figure beside a percentage, or a range of them: similar where its interval reaches it. None of nobody.

    `low` and `high` are shares from 0 to 1, the same for a percentage.
    """
    if not denominator:
        return None
    share = Fraction(numerator, denominator)
    above = share > high and _leaves_out(share, denominator, high)
    below = share < low and _leaves_out(share, denominator, low)
    if not (above or below):
        return AreaJudgement.SIMILAR
    if polarity is None:
        return AreaJudgement.HIGHER if above else AreaJudgement.LOWER
    return AreaJudgement.BETTER if above == (polarity == HIGHER) else AreaJudgement.WORSE


def _leaves_out(share: Fraction, denominator: int, other: Fraction) -> bool:
    """Whether another share lies outside of the Wilson interval, exactly: its ends are where both sides are equal."""
    return denominator * (share - other) ** 2 > _Z2 * other * (1 - other)
