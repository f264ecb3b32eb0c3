"""Direction of travel: a figure beside the same one of an earlier day, as known at the same time.

The *glyph* says which way the number went; whether that is better is said apart, since of re-presentations down is
better. Each direction names its basis: a figure may have risen since last month and fallen since last year, and both
are true. Neither an immature nor an incomplete figure has a direction.

Whether chance alone would give such a difference is judged by the interval of R. G. Newcombe (1998, method 10) for the
difference of two proportions, which is made of the two Wilson intervals and behaves with few people. It takes the two
cohorts for different people. Windows that overlap share people, so that their difference varies less than it allows
for: it calls rather too little than too much a real change.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import sqrt
from typing import Final

from domain.measures.registry import Measure
from domain.periods import ONE_DAY, add_months
from domain.rounding import READ_DECIMALS, STORED_DECIMALS, half_up, percentage_of
from projections.standings.engine import Figure
from projections.standings.hidden import Hidden
from projections.standings.wilson import wilson


class Basis(StrEnum):
    """With what a figure is compared."""

    PREVIOUS = "previous period"
    FIRST = "first period"
    LAST_YEAR = "same period last year"


BASES: Final = {"previous": Basis.PREVIOUS, "last-year": Basis.LAST_YEAR, "first": Basis.FIRST}
"""Each basis by the word that asks for it."""


class Glyph(StrEnum):
    """Which way a number went."""

    UP = "↑"
    DOWN = "↓"
    LEVEL = "→"


class Judged(StrEnum):
    """Whether the way it went is the good one."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "no change"


MONTHS_OF_PERIOD: Final = {"monthly": 1, "quarterly": 3}
"""How far back the previous period ended, by how often a contract looks at a measure first of all."""
MONTHS_OF_YEAR: Final = 12

CHANCE_ALONE: Final = "Chance alone may give such a difference."
"""Said of most directions: where there are many, it is said once of all that are not more than chance."""

NOT_COMPARABLE: Final = {
    "immature": "Six months have not passed for all of them, so no direction is given.",
    "not covered": "No file covers the day, so no direction is given.",
    "basis not covered": "No file covers {basis}, so no direction is given.",
    "incomplete": "A file is missing, so no direction is given.",
    "basis incomplete": "A file is missing on {basis}, so no direction is given.",
    "nobody": "There was nobody to count, so no direction is given.",
    "basis nobody": "There was nobody to count on {basis}, so no direction is given.",
    "withheld": "The figure is not shown, so no direction is given.",
    "basis withheld": "The figure of {basis} is not shown, so no direction is given.",
}
"""Why there is no direction; {basis} stands for the day that it would be compared with."""


@dataclass(frozen=True, slots=True)
class Point:
    """What a figure was on a day, as known at the figure's standpoint; a count has no denominator.

    `value` is what is drawn: the percentage, three decimals, of a count the count; None for an empty denominator, and
    on a day that no file covers. `status` is that of the coverage: None on such a day.
    """

    as_of: date
    numerator: int
    denominator: int | None
    value: float | None
    status: str | None

    @classmethod
    def of(cls, as_of: date, numerator: int, denominator: int | None, status: str | None) -> "Point":
        """The point of these counts."""
        value = None
        if status is not None:
            value = float(numerator) if denominator is None else percentage_of(numerator, denominator)
        return cls(as_of, numerator, denominator, value, status)

    @property
    def is_withheld(self) -> bool:
        """Whether its counts are not shown to whoever asks."""
        return isinstance(self.numerator, Hidden)

    @property
    def exact(self) -> Fraction | None:
        """The value, not rounded."""
        if self.status is None or self.is_withheld:
            return None
        if self.denominator is None:
            return Fraction(self.numerator)
        return Fraction(100 * self.numerator, self.denominator) if self.denominator else None

    @property
    def words(self) -> str:
        """In words: 4.8% (21 of 442)."""
        if self.status is None:
            return "no file covers the day"
        if self.is_withheld:
            return "not shown"
        if self.denominator is None:
            return f"{self.numerator:,}"
        percentage = percentage_of(self.numerator, self.denominator, READ_DECIMALS) or 0
        return f"{percentage:.1f}% ({self.numerator:,} of {self.denominator:,})"


def point_of(figure: Figure) -> Point:
    """A figure as a point."""
    return Point.of(figure.standpoint.as_of, figure.numerator, figure.denominator, figure.coverage.status)


@dataclass(frozen=True, slots=True)
class Direction:
    """Which way a figure went since the last day of its basis.

    `difference` is in points (of a count, in people), three decimals. `judged` is None of a count, which has no better
    side. `within_chance` is None where chance cannot be judged: of a count.
    """

    basis: Basis
    before: Point
    glyph: Glyph
    judged: Judged | None
    difference: float
    within_chance: bool | None

    @property
    def sentence(self) -> str:
        """In words, with the basis, and with what chance has to do with it."""
        return f"{self._change}{self._chance}"

    @property
    def _change(self) -> str:
        way = {Glyph.UP: "Up from", Glyph.DOWN: "Down from", Glyph.LEVEL: "Level with"}[self.glyph]
        better = f": {self.judged}" if self.judged and self.judged is not Judged.SAME else ""
        return f"{way} {self.before.words} on {_day(self.before.as_of)} ({self.basis}){better}."

    @property
    def _chance(self) -> str:
        if self.within_chance is None or self.glyph is Glyph.LEVEL:
            return ""
        if self.within_chance:
            return f" {CHANCE_ALONE}"
        return " That is more than chance alone is likely to give."


@dataclass(frozen=True, slots=True)
class NoDirection:
    """Why a figure has no direction."""

    basis: Basis
    before: Point
    why: str

    @property
    def sentence(self) -> str:
        """In words."""
        return NOT_COMPARABLE[self.why].format(basis=_day(self.before.as_of))


Movement = Direction | NoDirection
"""What a figure is beside its basis."""


def basis_day(measure: Measure, as_of: date, basis: Basis, first: date) -> date:
    """The last day of the period that a figure is compared with; `first` is that of the first period shown.

    Month ends stay month ends.
    """
    match basis:
        case Basis.PREVIOUS:
            return months_before(as_of, MONTHS_OF_PERIOD[measure.frequency[0]])
        case Basis.LAST_YEAR:
            return months_before(as_of, MONTHS_OF_YEAR)
        case Basis.FIRST:
            return first


def months_before(as_of: date, months: int) -> date:
    """A day moved back by whole months such that the last day of a month stays one."""
    return add_months(as_of + ONE_DAY, -months) - ONE_DAY


def movement(figure: Figure, before: Point, basis: Basis) -> Movement:
    """Which way a figure went since an earlier day, or why that cannot be said."""
    now, then = point_of(figure).exact, before.exact
    why = _why_not(figure, before)
    if why or now is None or then is None:
        return NoDirection(basis, before, why)
    difference = now - then
    glyph = Glyph.UP if difference > 0 else Glyph.DOWN if difference < 0 else Glyph.LEVEL
    chance = None
    if figure.denominator and before.denominator:
        chance = within_chance((before.numerator, before.denominator), (figure.numerator, figure.denominator))
    judged, far = judge(glyph, figure.measure.polarity), half_up(difference, STORED_DECIMALS)
    return Direction(basis, before, glyph, judged, far, chance)


def judge(glyph: Glyph, polarity: str | None) -> Judged | None:
    """Whether a way is the good one; None of a measure that has no better side."""
    if polarity is None:
        return None
    if glyph is Glyph.LEVEL:
        return Judged.SAME
    return Judged.BETTER if (glyph is Glyph.UP) == (polarity == "higher") else Judged.WORSE


def within_chance(before: tuple[int, int], after: tuple[int, int]) -> bool:
    """Whether no difference lies in the 95% interval of the difference of two proportions (numerator, denominator)."""
    low, high = difference_interval(before, after)
    return low <= 0 <= high


def difference_interval(before: tuple[int, int], after: tuple[int, int]) -> tuple[float, float]:
    """The 95% interval of the second proportion less the first, in points; neither denominator is 0."""
    first, second = (100 * numerator / denominator for numerator, denominator in (before, after))
    first_low, first_high = _limits(before)
    second_low, second_high = _limits(after)
    below = sqrt((second - second_low) ** 2 + (first_high - first) ** 2)
    above = sqrt((second_high - second) ** 2 + (first - first_low) ** 2)
    return second - first - below, second - first + above


def _limits(counts: tuple[int, int]) -> tuple[float, float]:
    limits = wilson(*counts)
    assert limits  # of nobody there is no direction
    return limits


def _why_not(figure: Figure, before: Point) -> str:
    if figure.measure.immature:
        return "immature"
    reasons = {
        "not covered": not figure.is_covered,
        "incomplete": figure.coverage.status == "incomplete",
        "basis not covered": before.status is None,
        "basis incomplete": before.status == "incomplete",
        "nobody": figure.denominator == 0,
        "basis nobody": before.denominator == 0,
    }
    return next((why for why, holds in reasons.items() if holds), "")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
