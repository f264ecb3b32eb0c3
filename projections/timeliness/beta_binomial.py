"""How many of so many people something will happen to, when the chance itself is known only from earlier people.

With a chance drawn from a beta distribution, the number among `people` is beta-binomial. Source: J. G. Skellam (1948),
A probability distribution derived from the binomial distribution by regarding the probability of success as variable
between the sets of trials.
"""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

_Chances = NDArray[np.float64]
_NEGLIGIBLE: Final = 1e-12
"""Chances at either end that are left out, so that many people cost no more than those who make a difference."""

DIGITS: Final = 2
"""Of a mean that is shown; an interval holds it so far."""


@dataclass(frozen=True)
class Distribution:
    """Chances of the whole numbers `lowest`, `lowest + 1`, ...; they add up to 1."""

    lowest: int
    chances: _Chances

    @cached_property
    def mean(self) -> float:
        """The expected number."""
        return self.lowest + float(self.chances @ np.arange(len(self.chances)))

    @cached_property
    def variance(self) -> float:
        """The mean squared difference from the mean."""
        return float(self.chances @ (self.lowest + np.arange(len(self.chances)) - self.mean) ** 2)

    def plus(self, other: "Distribution") -> "Distribution":
        """The sum of two numbers that do not depend on each other."""
        return _trimmed(self.lowest + other.lowest, np.convolve(self.chances, other.chances))

    def interval(self, level: int) -> tuple[int, int]:
        """From where to where the number lies in at least `level` percent of cases, the rest on both sides alike.

        The mean always lies in it, also where nearly all of the chance is on one number.
        """
        outside = (100 - level) / 200
        up_to = np.cumsum(self.chances)
        low = self.lowest + int(np.searchsorted(up_to, outside, side="right"))
        high = self.lowest + int(np.searchsorted(up_to, 1 - outside - _NEGLIGIBLE))
        mean = round(self.mean, DIGITS)
        return min(low, floor(mean)), max(high, ceil(mean))


def certain(number: int) -> Distribution:
    """A number that is known."""
    return Distribution(number, np.ones(1))


def beta_binomial(people: int, happens: float, stays_away: float) -> Distribution:
    """To how many of `people` it happens, the chance being beta distributed: as if it had been seen to happen to
    `happens` earlier people, and not to `stays_away`. Both are greater than 0.
    """
    if not people:
        return certain(0)
    number = np.arange(people)
    odds = np.log(people - number) - np.log(number + 1) + np.log(number + happens)
    odds -= np.log(people - number - 1 + stays_away)
    logs = np.concatenate([[0.0], np.cumsum(odds)])
    chances = np.exp(logs - logs.max())
    return _trimmed(0, chances / chances.sum())


def _trimmed(lowest: int, chances: _Chances) -> Distribution:
    matter = np.flatnonzero(chances > _NEGLIGIBLE)
    first, last = int(matter[0]), int(matter[-1])
    trimmed = chances[first : last + 1]
    return Distribution(lowest + first, trimmed / trimmed.sum())
