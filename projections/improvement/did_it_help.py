"""Did a plan help? A figure before its first day and after it, with what was only corrected kept apart.

Three readings: the figure before, *as known when the plan began*; the same figure *as known now*; and the newest one
after. From the first to the second nothing happened, there is only more known of the same day: that is what was
corrected. From the second to the third is what changed. The two add up to the whole, and a third part says so: nothing
is left unexplained.

Whether the change is more than chance is judged by Fisher's exact test where the two windows share no day. Most windows
are twelve months, so soon after a plan's beginning they share some: then by Newcombe's interval, which takes the two
cohorts for different people and errs on the side of caution (`projections.performance.trend`).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from domain.periods import Period
from projections.performance.trend import Glyph, Judged, difference_interval, judge

from .exact_test import chance_of

FEWEST: Final = 20
"""With fewer people than that before or after, one of them moves the percentage by more than five points."""
SURE: Final = Fraction(1, 20)
"""A change that chance alone gives less often than this is more than chance."""


class Verdict(StrEnum):
    """What can be said of the change, in words."""

    BETTER = "better"
    WORSE = "worse"
    CHANCE = "no more than chance"
    TOO_FEW = "too few to tell"
    NOT_SAID = "cannot be said"


class WhyNot(StrEnum):
    """Why nothing can be said yet, or of such a figure."""

    NOTHING_BEFORE = "no file covered a day before the first day"
    NOTHING_AFTER = "no complete figure after the first day yet"
    WINDOW_BEFORE = "the window of the newest complete figure ends before the first day"
    COUNT = "a count has no better side"
    IMMATURE = "six months have not passed for all of them"
    NOBODY = "nobody to count"
    WITHHELD = "the figure is not shown"


@dataclass(frozen=True, slots=True)
class FigureRead:
    """A figure at one of the three places; `window` is the cohort's. A count has no denominator."""

    as_of: date
    window: Period
    numerator: int
    denominator: int | None

    @property
    def points(self) -> Fraction | None:
        """The exact percentage; None of a count, and of nobody."""
        return Fraction(100 * self.numerator, self.denominator) if self.denominator else None


@dataclass(frozen=True, slots=True)
class Shift:
    """From one reading to another: people counted, people in all (None of a count), and exact points where both are."""

    numerator: int
    denominator: int | None
    points: Fraction | None

    def less(self, other: "Shift") -> "Shift":
        """What is left of it."""
        denominator = None if self.denominator is None else self.denominator - (other.denominator or 0)
        points = None if self.points is None or other.points is None else self.points - other.points
        return Shift(self.numerator - other.numerator, denominator, points)


def difference(first: FigureRead, second: FigureRead) -> Shift:
    """The second reading less the first."""
    denominator = None
    if first.denominator is not None and second.denominator is not None:
        denominator = second.denominator - first.denominator
    before, after = first.points, second.points
    points = None if before is None or after is None else after - before
    return Shift(second.numerator - first.numerator, denominator, points)


@dataclass(frozen=True, slots=True)
class Parts:
    """From the figure as known when the plan began to the newest one: two parts, and what they leave."""

    whole: Shift
    corrected: Shift
    changed: Shift

    @property
    def unexplained(self) -> Shift:
        """What the two parts do not add up to: 0, or Recount is wrong and says so."""
        return self.whole.less(self.corrected).less(self.changed)


def parts(then: FigureRead, now: FigureRead, after: FigureRead) -> Parts:
    """The whole way, parted by what was corrected and what changed."""
    return Parts(difference(then, after), difference(then, now), difference(now, after))


def shared_days(first: Period, second: Period) -> int:
    """How many days two windows share."""
    first_day, last_day = max(first.first_day, second.first_day), min(first.last_day, second.last_day)
    return max(0, (last_day - first_day).days + 1)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What can be said of the change from `now` to `after`.

    `low` and `high` are the 95% Newcombe interval of the difference in points. `chance` is the exact probability, where
    the windows share no day.
    """

    verdict: Verdict
    low: float | None = None
    high: float | None = None
    chance: Fraction | None = None


def judgement(now: FigureRead, after: FigureRead, polarity: str) -> Judgement:
    """Better, worse, no more than chance, or too few to tell. Neither reading is of nobody."""
    assert now.denominator
    assert after.denominator
    first, second = (now.numerator, now.denominator), (after.numerator, after.denominator)
    low, high = difference_interval(first, second)
    chance = None if shared_days(now.window, after.window) else chance_of(first, second)
    if min(now.denominator, after.denominator) < FEWEST:
        return Judgement(Verdict.TOO_FEW, low, high, chance)
    is_chance = low <= 0 <= high if chance is None else chance >= SURE
    return Judgement(Verdict.CHANCE if is_chance else _way(now, after, polarity), low, high, chance)


def _way(now: FigureRead, after: FigureRead, polarity: str) -> Verdict:
    points = difference(now, after).points
    is_better = judge(Glyph.UP if points and points > 0 else Glyph.DOWN, polarity) is Judged.BETTER
    return Verdict.BETTER if is_better else Verdict.WORSE
