"""How a cohort fills in: what became of earlier cohorts, and what that makes likely of one that is not complete yet.

A cohort's people are told apart by *cell*: counted already, or not counted yet, those by how long they have been in
it (in months, for a measure whose follow-up time runs). Of the people of a cell each is counted in the end with one
chance. The chance is not known; what is known are earlier people in the same cell, and it is drawn from

    Beta(w p + r, w (1 - p) + m - r)        p = (R + c) / (M + c + s)

where of m earlier people of this slice and group r were counted in the end, of M earlier people of all groups and
agencies R were, and w is `PRIOR_PEOPLE`: the fewer earlier people there are of its own, the closer the chance stays to
that of all. c and s are `CHANGES` and `STAYS` (the other way round for those counted already): where nobody was ever
seen in a cell, most stay as they are. Neighbouring cohorts share people and late records: what looks like so many
people is seen several times over. So both parameters are divided by how often (`shared`), which leaves the chance as it
is and widens the doubt about it.

The number counted in the end is the sum of the beta-binomial numbers of all cells. Where earlier forecasts missed by
more than their distributions allow, the intervals are stretched until they explain it (`stretch`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from math import ceil, floor, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .beta_binomial import DIGITS, Distribution, beta_binomial, certain

PRIOR_PEOPLE: Final = 20
"""How many people of its own it takes to weigh as much as all others together."""
CHANGES: Final = 0.5
STAYS: Final = 4.5
"""What is assumed of a cell before anybody was seen in it: of five people half a one changes."""
USUAL_MISSES: Final = 4
"""As many misses of the usual size are added to those seen, when it is worked out how much forecasts miss by."""
COUNTED: Final = 0
"""The cell of those counted already; the others are those not counted yet."""
_WITHOUT_MONTHS: Final = 2
"""Cells of a cohort in which the time plays no part: those counted, and all others."""

_Cells = NDArray[np.float64]


@dataclass(frozen=True)
class Filled:
    """An earlier cohort when it was as old as this one: by cell its `people`, and who of them `came` to be counted."""

    people: NDArray[np.int64]
    came: NDArray[np.int64]


@dataclass(frozen=True)
class CohortCell:
    """What is expected of some people of a cohort.

    `months`: for how many whole months those not counted yet have been in it, None where that plays no part.
    `earlier_people` and `earlier_came` are what was seen of earlier ones; `chance` is that of one to be counted.
    """

    counted: bool
    months: int | None
    people: int
    earlier_people: int
    earlier_came: int
    chance: float

    @property
    def expected(self) -> float:
        """How many of them are expected to be counted in the end."""
        return self.people * self.chance


@dataclass(frozen=True)
class Expectation:
    """How many of a cohort are expected to be counted in the end.

    Its intervals hold the mean, to the hundredth that is shown of it. `stretched`: how many times as wide as the
    distribution says they are.
    """

    distribution: Distribution
    cells: tuple[CohortCell, ...]
    stretched: float = 1.0

    @property
    def mean(self) -> float:
        """The expected number."""
        return round(self.distribution.mean, DIGITS)

    def interval(self, level: int) -> tuple[int, int]:
        """From where to where it lies in at least `level` percent of cases; never beyond nobody and everybody."""
        if level not in self._intervals:
            self._intervals[level] = self._interval(level)
        return self._intervals[level]

    @cached_property
    def _intervals(self) -> dict[int, tuple[int, int]]:
        """Those that were asked for: a record asks for the same ones in each of its rows and sums."""
        return {}

    def _interval(self, level: int) -> tuple[int, int]:
        low, high = self.distribution.interval(level)
        below, above = (self.mean - low) * self.stretched, (high - self.mean) * self.stretched
        low, high = floor(round(self.mean - below, DIGITS)), ceil(round(self.mean + above, DIGITS))
        return max(low, 0), min(high, self.people)

    @property
    def people(self) -> int:
        """How many people the cohort has."""
        return sum(cell.people for cell in self.cells)


def settled(counted: int, people: int) -> Expectation:
    """Of a cohort that is complete: what is counted is what is expected."""
    cells = (CohortCell(True, None, counted, 0, 0, 1.0), CohortCell(False, None, people - counted, 0, 0, 0.0))
    return Expectation(certain(counted), cells)


def expectation(
    people: NDArray[np.int64], earlier: Sequence[Filled], of_all: Sequence[Filled], *, shared: float = 1
) -> Expectation:
    """What is expected of a cohort with so many `people` in each cell.

    `earlier` are the complete cohorts of the same slice and group, seen at the same age, `of_all` those of all groups
    and agencies. `shared`: how many times over the same people, or the same late records, are seen in them.
    """
    seen, came = _totals(earlier, len(people))
    happens = PRIOR_PEOPLE * _common_chance(of_all, len(people)) + came
    chance = happens / (PRIOR_PEOPLE + seen)
    weight = (PRIOR_PEOPLE + seen) / shared
    numbers = map(beta_binomial, people.tolist(), (chance * weight).tolist(), ((1 - chance) * weight).tolist())
    columns = zip(people.tolist(), seen.tolist(), came.tolist(), chance.tolist(), strict=True)
    by_months = len(people) > _WITHOUT_MONTHS
    cells = (
        CohortCell(i == COUNTED, i - 1 if by_months and i != COUNTED else None, n, int(m), int(r), p)
        for i, (n, m, r, p) in enumerate(columns)
    )
    return Expectation(reduce(Distribution.plus, numbers), tuple(cells))


def _totals(cohorts: Sequence[Filled], cells: int) -> tuple[_Cells, _Cells]:
    none = np.zeros((0, cells))
    people, came = [c.people for c in cohorts], [c.came for c in cohorts]
    return np.vstack([none, *people]).sum(axis=0), np.vstack([none, *came]).sum(axis=0)


def _common_chance(of_all: Sequence[Filled], cells: int) -> _Cells:
    seen, came = _totals(of_all, cells)
    counted = np.where(np.arange(cells) == COUNTED, STAYS, CHANGES)
    common: _Cells = (came + counted) / (seen + CHANGES + STAYS)
    return common


def stretch(misses: Sequence[tuple[int, Distribution]]) -> float:
    """How many times as wide as the distributions say intervals must be, at least 1.

    `misses`: what came, and the distribution of what was expected. The factor is the root of their squared misses over
    their variances, as for overdispersed counts. Source: P. McCullagh and J. A. Nelder (1989), Generalized linear
    models, section 4.5; summed before dividing, since a rare miss of what hardly ever changes is not a wide one.
    """
    variance = sum(expected.variance for _, expected in misses)
    if not variance:
        return 1.0
    ratio = sum((came - expected.mean) ** 2 for came, expected in misses) / variance
    return max(1.0, sqrt((ratio * len(misses) + USUAL_MISSES) / (len(misses) + USUAL_MISSES)))
