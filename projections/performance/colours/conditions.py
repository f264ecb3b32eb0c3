"""What a colour rule may look at beside the distance from the target: each condition a question with yes or no.

All is computed in whole numbers and exact fractions. A question that cannot be answered (no figure a year before, no
comparator) is None: then the condition says nothing, and the colour says that it could not be applied.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from domain.contract_life.colour_rules import LIMITS, Condition, ConditionKind, Limit
from projections.performance.trend import Point
from projections.standings.wilson import Z_95

HIGHER: Final = "higher"
_Z2: Final = Fraction(Z_95) ** 2


@dataclass(frozen=True, slots=True)
class Beside:
    """What a figure is held against: the edge that has to be reached, in percent, and what else was agreed or known.

    `last_year` is the same figure on the day twelve months before, `comparator` the end of the others' range that lies
    nearer, in percent; None where there is none.
    """

    polarity: str
    reached: Decimal
    last_year: Point | None = None
    comparator: Decimal | None = None

    @property
    def earlier(self) -> Fraction | None:
        """The percentage of a year before; None where it cannot be compared with."""
        before = self.last_year
        return None if before is None or before.status in {None, "incomplete"} else before.exact


def is_better(share: Fraction, than: Fraction, polarity: str) -> bool:
    """Whether the first of two percentages is the better one."""
    return share > than if polarity == HIGHER else share < than


def not_improved(numerator: int, denominator: int, beside: Beside) -> bool | None:
    """Whether the figure is no better than a year before."""
    improves = improved(numerator, denominator, beside)
    return None if improves is None else not improves


def improved(numerator: int, denominator: int, beside: Beside) -> bool | None:
    """Whether the figure is better than a year before."""
    earlier = beside.earlier
    return None if earlier is None else is_better(Fraction(100 * numerator, denominator), earlier, beside.polarity)


def interval_reaches(numerator: int, denominator: int, beside: Beside) -> bool | None:
    """Whether the target lies in the figure's 95% Wilson interval, or on its good side.

    The interval holds just those proportions p for which (share - p)^2 <= z^2 p (1 - p) / n, so no root is needed.
    """
    share, target = Fraction(numerator, denominator), Fraction(beside.reached) / 100
    if not is_better(target, share, beside.polarity):
        return True
    return (share - target) ** 2 <= _Z2 * target * (1 - target) / denominator


def worse_than_comparator(numerator: int, denominator: int, beside: Beside) -> bool | None:
    """Whether the figure is worse than what others reach."""
    if beside.comparator is None:
        return None
    return is_better(Fraction(beside.comparator), Fraction(100 * numerator, denominator), beside.polarity)


QUESTIONS: Final[Mapping[ConditionKind, Callable[[int, int, Beside], bool | None]]] = {
    ConditionKind.NOT_IMPROVED: not_improved,
    ConditionKind.IMPROVED: improved,
    ConditionKind.INTERVAL: interval_reaches,
    ConditionKind.COMPARATOR: worse_than_comparator,
}
"""Each condition's question of a figure (numerator, denominator) and what it is held against."""

ABOUT_LAST_YEAR: Final = frozenset({ConditionKind.NOT_IMPROVED, ConditionKind.IMPROVED})
"""The conditions that look at the figure of a year before."""

_DESCRIBED: Final = {
    ConditionKind.NOT_IMPROVED: "where it has not improved on the same period last year",
    ConditionKind.IMPROVED: "where it has improved on the same period last year",
    ConditionKind.INTERVAL: "where its 95% interval reaches the target",
    ConditionKind.COMPARATOR: "where it is worse than the comparator agreed with the target",
}
_HOLDS: Final = {
    ConditionKind.NOT_IMPROVED: "not improved on {before}",
    ConditionKind.IMPROVED: "improved on {before}",
    ConditionKind.INTERVAL: "its 95% interval reaches the target",
    ConditionKind.COMPARATOR: "worse than the comparator of {comparator}%",
}
_NOT_APPLIED: Final = {
    ConditionKind.NOT_IMPROVED: "there is no figure of {day} to compare with",
    ConditionKind.IMPROVED: "there is no figure of {day} to compare with",
    ConditionKind.COMPARATOR: "no comparator was agreed with the target",
}


def described(condition: Condition) -> str:
    """A condition as a rule says it: at best amber where it has not improved on the same period last year."""
    limit = LIMITS[condition.kind]
    return f"{limit} {condition.colour} {_DESCRIBED[condition.kind]}"


def reason(condition: Condition, beside: Beside) -> str:
    """Why the condition decided: not improved on 4.8% (21 of 442) of 31 July 2016."""
    before = beside.last_year
    words = f"{before.words} on {_day(before)}" if before else ""
    level = f"{beside.comparator:f}" if beside.comparator is not None else ""
    said = _HOLDS[condition.kind].format(before=words, comparator=level)
    return said if LIMITS[condition.kind] is Limit.AT_WORST else f"but {said}"


def not_applied(condition: Condition, beside: Beside) -> str:
    """Why the condition could not be applied."""
    before = beside.last_year
    day = _day(before) if before else "a year before"
    return _NOT_APPLIED[condition.kind].format(day=day)


def _day(point: Point) -> str:
    return f"{point.as_of.day} {point.as_of:%B %Y}"
