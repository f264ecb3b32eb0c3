"""Which part of a figure makes the miss: the parts of its people, each against the target of the whole.

A part is behind by the people whom the target's percentage asks of its own cohort, less those who are counted there (or
the other way round, where lower is better). So the parts add up to the miss exactly, in fractions of people, whatever
they are parted by. Two things are kept apart: who makes most of the miss, which goes with how many people a part has,
and who is furthest behind for its size.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from projections.performance.colours.conditions import HIGHER
from projections.standings.wilson import wilson


@dataclass(frozen=True, slots=True)
class ToReach:
    """What a figure is held against: the percentage to be reached, and which way is better."""

    percentage: Decimal
    polarity: str

    def behind(self, numerator: int, denominator: int) -> Fraction:
        """By how many people so many are behind it; negative where they are ahead."""
        needed = Fraction(self.percentage) * denominator / 100
        return needed - numerator if self.polarity == HIGHER else numerator - needed


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a figure's people. Of a count there is no denominator; `behind` is None without a target."""

    name: str
    numerator: int
    denominator: int | None
    behind: Fraction | None = None

    @property
    def limits(self) -> tuple[float, float] | None:
        """The 95% Wilson interval of its percentage, in percent; None where nobody is in it."""
        return wilson(self.numerator, self.denominator) if self.denominator else None

    @property
    def behind_for_its_size(self) -> Fraction:
        """By how many of a hundred of its own people it is behind: points; 0 where that cannot be said."""
        return 100 * self.behind / self.denominator if self.behind is not None and self.denominator else Fraction(0)


def parts_by(
    names: Sequence[str], members: Iterable[tuple[str, bool]], to_reach: ToReach | None, *, is_count: bool = False
) -> list[Part]:
    """The parts of these names, in their order, from each member's part and whether it is counted.

    Parts that nobody is in are left out.
    """
    cohort, counted = Counter[str](), Counter[str]()
    for name, is_counted in members:
        cohort[name] += 1
        counted[name] += is_counted
    present = [name for name in names if cohort[name]]
    if is_count:
        return [Part(name, counted[name], None) for name in present]
    return [
        Part(name, counted[name], cohort[name], to_reach.behind(counted[name], cohort[name]) if to_reach else None)
        for name in present
    ]


def by_contribution(parts: Iterable[Part]) -> list[Part]:
    """The parts that make most of the miss first; of equal ones, and without a target, in the order given."""
    return sorted(parts, key=lambda part: -(part.behind or 0))


def largest(parts: Sequence[Part]) -> Part | None:
    """The part that has most of the people; None of a count, and of nobody."""
    return max((part for part in parts if part.denominator), key=lambda part: part.denominator or 0, default=None)


def furthest_behind(parts: Sequence[Part]) -> Part | None:
    """The part that is furthest behind for its size; None where none is behind."""
    behind = [part for part in parts if part.behind_for_its_size > 0]
    return max(behind, key=lambda part: part.behind_for_its_size, default=None)
