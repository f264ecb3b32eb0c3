"""The colour of a figure by a rule: from its distance to the target and the rule's conditions, with its reason.

First the distance gives a colour. Then the conditions that keep it from being worse than theirs are asked, and last
those that keep it from being better. So a better figure never has a worse colour: how few people would change a colour
is found by halving, and is exact.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from domain.contract_life.colour_rules import (
    LIMITS,
    NO_RULE,
    Condition,
    ConditionColour,
    Limit,
    RuleTerms,
)
from domain.contract_life.targets import TargetScale, TargetSet
from domain.rounding import READ_DECIMALS, half_up
from projections.performance.colours.conditions import (
    ABOUT_LAST_YEAR,
    HIGHER,
    QUESTIONS,
    Beside,
    described,
    not_applied,
    reason,
)


class Rating(StrEnum):
    """The colour of a figure against its target."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


_ORDER: Final = {Rating.RED: 0, Rating.AMBER: 1, Rating.GREEN: 2}
_OF_CONDITION: Final = {ConditionColour.AMBER: Rating.AMBER, ConditionColour.RED: Rating.RED}


class RuleOrigin(StrEnum):
    """Whose rule decides a colour."""

    TARGET = "target"
    KPI = "KPI"
    CONTRACT = "contract"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """The rule that decides a colour, and when it was agreed; `number` is that of a colour rule."""

    origin: RuleOrigin
    terms: RuleTerms
    agreed_on: date | None = None
    number: int | None = None

    @property
    def sentence(self) -> str:
        """In words: Rule: Herefordshire’s, agreed 10 April 2017: no amber."""
        if self.origin is RuleOrigin.NONE or self.agreed_on is None:
            return "Rule: none was agreed, so what misses its target is red."
        name = "the target’s own" if self.origin is RuleOrigin.TARGET else self.terms.name
        return f"Rule: {name}, agreed {day_words(self.agreed_on)}: {rule_words(self.terms)}."


WITHOUT_RULE: Final = RuleInForce(RuleOrigin.NONE, NO_RULE)
"""Where no rule was agreed."""


def rule_of_target(terms: TargetSet) -> RuleInForce | None:
    """The rule of a target that carries distances of its own, which go before every other; None where it has none."""
    if not (terms.green_within or terms.amber_within):
        return None
    own = RuleTerms(
        name="the target’s own",
        first_day=terms.first_day,
        scale=terms.scale,
        green_within=terms.green_within,
        amber_within=terms.amber_within,
    )
    return RuleInForce(RuleOrigin.TARGET, own, terms.occurred_on)


def rule_words(terms: RuleTerms) -> str:
    """A rule in words: amber within 2 points; at best red where it has not improved on the same period last year."""
    unit = "% of the target" if terms.scale is TargetScale.RELATIVE else " points"
    parts = [f"green within {terms.green_within:f}{unit}"] if terms.green_within else []
    if terms.amber_within > terms.green_within:
        parts.append(f"amber within {terms.amber_within:f}{unit}")
    elif all(one.colour is not ConditionColour.AMBER for one in terms.conditions):
        parts.append("no amber")
    return "; ".join([*parts, *map(described, terms.conditions)])


# ---- the colour


Edge = tuple[int, int]
"""A percentage as a fraction of two whole numbers, so that a share is held against it without making one."""
Colouring = Callable[[int, int], tuple[Rating, Condition | None]]
"""The colour of a numerator and a denominator, and the condition that decided it; None where the distance did."""


def rating_of(share: Fraction, reached: Decimal, polarity: str, rule: RuleTerms) -> Rating:
    """The colour of a share (0 to 1) by its distance from the percentage to be reached alone.

    Of a target of 0% nothing is a relative distance: there, whatever misses it is beyond any relative bound.
    """
    return _by_distance(share.numerator, share.denominator, polarity == HIGHER, *_edges(reached, polarity, rule))


def _edges(reached: Decimal, polarity: str, rule: RuleTerms) -> tuple[Edge, Edge]:
    """Up to where a figure is green, and up to where it is amber."""
    edge = Fraction(reached)
    unit = edge / 100 if rule.scale is TargetScale.RELATIVE else Fraction(1)
    sign = -1 if polarity == HIGHER else 1
    ends = (edge + sign * unit * Fraction(within) for within in (rule.green_within, rule.amber_within))
    green, amber = ((end.numerator, end.denominator) for end in ends)
    return green, amber


def _by_distance(numerator: int, denominator: int, is_higher: bool, green: Edge, amber: Edge) -> Rating:
    for colour, (top, bottom) in ((Rating.GREEN, green), (Rating.AMBER, amber)):
        beyond = 100 * numerator * bottom - top * denominator
        if beyond >= 0 if is_higher else beyond <= 0:
            return colour
    return Rating.RED


def colouring(beside: Beside, terms: RuleTerms) -> Colouring:
    """By which colour each figure of somebody would have, held against the same."""
    is_higher, edges = beside.polarity == HIGHER, _edges(beside.reached, beside.polarity, terms)
    ordered = [
        one for limit in (Limit.AT_WORST, Limit.AT_BEST) for one in terms.conditions if LIMITS[one.kind] is limit
    ]

    def colour_of(numerator: int, denominator: int) -> tuple[Rating, Condition | None]:
        colour, decided = _by_distance(numerator, denominator, is_higher, *edges), None
        for one in ordered:
            bound = _OF_CONDITION[one.colour]
            below, above = _ORDER[colour] < _ORDER[bound], _ORDER[colour] > _ORDER[bound]
            concerns = below if LIMITS[one.kind] is Limit.AT_WORST else above
            if concerns and QUESTIONS[one.kind](numerator, denominator, beside):
                colour, decided = bound, one
        return colour, decided

    return colour_of


def coloured(numerator: int, denominator: int, beside: Beside, terms: RuleTerms) -> tuple[Rating, Condition | None]:
    """The colour of one figure; see `Colouring`."""
    return colouring(beside, terms)(numerator, denominator)


def looks_at_last_year(terms: RuleTerms) -> bool:
    """Whether a colour by these terms says something of the figure a year before."""
    return any(one.kind in ABOUT_LAST_YEAR for one in terms.conditions)


def because(numerator: int, denominator: int, beside: Beside, terms: RuleTerms, target: TargetSet) -> str:
    """The colour with its reason: Red: 2.6 points below the target of 8%."""
    colour, decided = coloured(numerator, denominator, beside, terms)
    points = Fraction(100 * numerator, denominator) - Fraction(beside.reached)
    parts = [_distance(points, beside, terms, target)]
    if decided:
        parts.append(reason(decided, beside))
    sentences = [f"{colour.capitalize()}: {', '.join(parts)}."]
    unasked = dict.fromkeys(
        not_applied(one, beside)
        for one in terms.conditions
        if QUESTIONS[one.kind](numerator, denominator, beside) is None
    )
    sentences += [f"A condition of the rule was not applied: {why}." for why in unasked]
    return " ".join(sentences)


def _distance(points: Fraction, beside: Beside, terms: RuleTerms, target: TargetSet) -> str:
    level = f"{beside.reached:f}%"
    what = f"the target of {level}" if target.low == target.high else f"{level}, the nearer end of its target"
    if not points:
        return f"just at {what}"
    way = "above" if points > 0 else "below"
    far = f"{_far(points)} points {way} {what}"
    if terms.scale is not TargetScale.RELATIVE or not beside.reached:
        return far
    return f"{far}, which is {_far(100 * points / Fraction(beside.reached))}% of the target"


def _far(distance: Fraction) -> str:
    rounded = half_up(abs(distance), READ_DECIMALS)
    return f"{rounded:,.1f}" if rounded else "less than 0.1"


# ---- how few people would change it


@dataclass(frozen=True, slots=True)
class ColourChange:
    """How few people would change a colour.

    `people` is the least number that, added to the numerator or taken from it, changes the colour, the denominator
    staying as it is: to `more` if added, to `fewer` if taken, each null where that many do not change it. It is null
    where no number does. `one_less` is the colour with one person fewer in the denominator who is not counted, null
    where that is the same colour or there is no such person. `among` is the denominator.
    """

    people: int | None
    more: Rating | None
    fewer: Rating | None
    one_less: Rating | None
    among: int

    @property
    def is_one(self) -> bool:
        """Whether one person would change the colour."""
        return self.people == 1 or self.one_less is not None

    @property
    def sentence(self) -> str:
        """In words."""
        ways = [
            f"{self.people:,} {word} counted would make it {colour}"
            for word, colour in (("more", self.more), ("fewer", self.fewer))
            if colour
        ]
        if self.people == 1:
            ways = [way.replace("1", "one", 1) for way in ways]
        if self.one_less:
            ways.append(f"one person fewer among the {self.among:,}, who is not counted, would make it {self.one_less}")
        if not ways:
            return f"However many of the {self.among:,} were counted, the colour would be the same."
        said = "; ".join(ways)
        return f"One person would change the colour: {said}." if self.is_one else f"{said[:1].upper()}{said[1:]}."


def colour_change(colour_of: Callable[[int, int], Rating], numerator: int, denominator: int) -> ColourChange:
    """How few people would change the colour of a figure; a better one never has a worse colour."""
    colour = colour_of(numerator, denominator)

    def after(change: int) -> Rating:
        return colour_of(numerator + change, denominator)

    up = _fewest(lambda people: after(people) is not colour, denominator - numerator)
    down = _fewest(lambda people: after(-people) is not colour, numerator)
    people = min((one for one in (up, down) if one is not None), default=None)
    less = colour_of(numerator, denominator - 1) if max(numerator, 1) < denominator else colour
    return ColourChange(
        people,
        after(people) if people is not None and people == up else None,
        after(-people) if people is not None and people == down else None,
        None if less is colour else less,
        denominator,
    )


def _fewest(changes: Callable[[int], bool], most: int) -> int | None:
    """The least number from 1 to `most` that changes the colour, None where none does; from it on, all of them do."""
    if most < 1 or not changes(most):
        return None
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if changes(middle) else (middle + 1, high)
    return low


def day_words(day: date) -> str:
    """A day as sentences have it: 10 April 2017."""
    return f"{day.day} {day:%B %Y}"
