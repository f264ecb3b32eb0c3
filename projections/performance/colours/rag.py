"""A figure against its target: the colour, the variance in points and relative, and how many people would do.

All is computed in whole numbers and exact fractions, so that a figure on the very edge of a target has reached it. A
figure that is incomplete or immature, or of nobody, is not held against a target at all: it says why instead. Nor is
one whose target has expired: it says when, and what the target was.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor
from typing import Final

from domain.contract_life.targets import TargetSet
from domain.rounding import READ_DECIMALS, STORED_DECIMALS, half_up, percentage_of
from projections.performance.colours.colouring import (
    WITHOUT_RULE,
    ColourChange,
    Rating,
    RuleInForce,
    because,
    colour_change,
    colouring,
    day_words,
    looks_at_last_year,
    rule_of_target,
)
from projections.performance.colours.conditions import HIGHER, Beside
from projections.performance.targets import NO_TARGETS, FigureTargets, Target
from projections.performance.trend import Point
from projections.standings.engine import Figure

ACTION_PLAN: Final = "Red asks for an action plan."


class Unrated(StrEnum):
    """Why a figure is not held against a target."""

    NO_TARGET = "no target"
    EXPIRED = "target expired"
    NOT_COVERED = "no file covers the day"
    INCOMPLETE = "incomplete"
    IMMATURE = "too early"
    NOBODY = "nobody"
    NOT_RECORDED = "not recorded"
    WITHHELD = "not shown"


WHY_UNRATED: Final = {
    Unrated.NO_TARGET: "No target was agreed for it.",
    Unrated.EXPIRED: "Its target has expired.",
    Unrated.NOT_COVERED: "No file covers the day, so there is no figure to hold against a target.",
    Unrated.INCOMPLETE: "A file is missing, so the figure is not held against its target.",
    Unrated.IMMATURE: "Six months have not passed for all of them, so the figure has no target and no colour.",
    Unrated.NOBODY: "There was nobody to count, so there is nothing to hold against a target.",
    Unrated.NOT_RECORDED: "Nothing is recorded of any of them, so there is nothing to hold against a target.",
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
    `missing` is by how many people the figure misses the target (0 if it does not). `rule` decided the colour, and
    `because` says why in words; `change` is how few people would change it.
    """

    target: Target
    rule: RuleInForce
    because: str
    change: ColourChange
    rating: Rating
    reached: Decimal
    points: float
    relative: float | None
    needed: NumberNeeded
    missing: int
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotRated:
    """A figure without a colour. The target is there where one is in force and the figure is to have one.

    Where none is in force, `expired` is the one that ended last, and `following` the next that begins.
    """

    why: Unrated
    target: Target | None = None
    expired: Target | None = None
    following: Target | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """In words."""
        if self.expired is None:
            return (WHY_UNRATED[self.why],)
        last = self.expired.terms
        ended = f"on {day_words(last.last_day)}: it was {level_words(last)}"
        if self.following is None:
            return (f"The target expired {ended}. None follows, so there is no colour.",)
        after = self.following.terms
        begins = f"{level_words(after)}, counts from {day_words(after.first_day)}"
        return (f"The last target ended {ended}. The next, {begins}.",)


Against = Rated | NotRated
"""What a figure is against its target."""


def level_words(terms: TargetSet) -> str:
    """What a target asks for: 8%; 7.36% to 8.93%."""
    return f"{terms.low:f}%" if terms.low == terms.high else f"{terms.low:f}% to {terms.high:f}%"


def against(
    figure: Figure,
    targets: FigureTargets = NO_TARGETS,
    rule: RuleInForce = WITHOUT_RULE,
    last_year: Point | None = None,
) -> Against:
    """The figure held against its target by the rule in force, or why it is not.

    `last_year` is the same figure twelve months before, which a rule may look at. A target that carries distances of
    its own is coloured by these.
    """
    target = targets.in_force
    if figure.measure.immature:
        return NotRated(Unrated.IMMATURE)
    if figure.is_covered and figure.says_nothing:
        return NotRated(Unrated.NOT_RECORDED, target)
    if target is None or figure.measure.polarity is None:
        return _without_target(targets)
    if why := _nothing_to_hold(figure):
        return NotRated(why, target)
    beside = _beside(figure.measure.polarity, target, last_year)
    return _rated(figure.numerator, figure.denominator or 0, beside, target, rule_of_target(target.terms) or rule)


def _nothing_to_hold(figure: Figure) -> Unrated | None:
    if not figure.is_covered:
        return Unrated.NOT_COVERED
    if figure.coverage.status == "incomplete":
        return Unrated.INCOMPLETE
    return None if figure.denominator else Unrated.NOBODY


def _without_target(targets: FigureTargets) -> NotRated:
    expired, following = targets.expired, targets.following
    why = Unrated.EXPIRED if expired and following is None else Unrated.NO_TARGET
    return NotRated(why, None, expired, following)


def rests_on_last_year(against: Against) -> bool:
    """Whether the colour says something of the same figure a year before."""
    return isinstance(against, Rated) and looks_at_last_year(against.rule.terms)


def _beside(polarity: str, target: Target, last_year: Point | None) -> Beside:
    terms = target.terms
    comparator = terms.comparator_low if polarity == HIGHER else terms.comparator_high
    return Beside(polarity, terms.edge(polarity), last_year, comparator)


def _rated(numerator: int, denominator: int, beside: Beside, target: Target, rule: RuleInForce) -> Rated:
    terms, reached, polarity = target.terms, beside.reached, beside.polarity
    points = 100 * Fraction(numerator, denominator) - Fraction(reached)
    missing = people_missing(numerator, denominator, reached, polarity)
    colour_of = colouring(beside, rule.terms)
    rating, _ = colour_of(numerator, denominator)
    needed = number_needed(denominator, polarity, terms.low, terms.high)
    change = colour_change(lambda counted, people: colour_of(counted, people)[0], numerator, denominator)
    return Rated(
        target,
        rule,
        because(numerator, denominator, beside, rule.terms, terms),
        change,
        rating,
        reached,
        half_up(points, STORED_DECIMALS),
        half_up(100 * points / Fraction(reached), STORED_DECIMALS) if reached else None,
        needed,
        missing,
        tuple(_sentences(rating, needed, missing, reached, polarity)),
    )


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
