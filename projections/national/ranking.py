"""Where councils stand among each other: place, the places that an interval leaves open, quartile, beside all of them.

Everything by the side that is better: place 1 and quartile 1 are the best, also where lower is better. Of an immature
measure, of a suppressed count and of a council that treats nobody there is no place.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from domain.measures.registry import Measure
from projections.performance.beside.quartiles import AreaJudgement, Quartile, by_interval, quartile_of, quartiles
from projections.performance.colours.conditions import HIGHER
from projections.standings.wilson import wilson

from .disclosure import SeenCount


@dataclass(frozen=True, slots=True)
class PlaceRange:
    """The places that a council may have: behind those whose whole 95% interval is better than its own, before those
    whose whole interval is worse.
    """

    best: int
    worst: int


@dataclass(frozen=True)
class Ranking:
    """A measure of some councils, as somebody sees it, and of `whole`, which they are held against."""

    measure: Measure
    seen: Mapping[str, SeenCount]
    whole: SeenCount

    @cached_property
    def shares(self) -> Mapping[str, Fraction]:
        """What each council reached, of those that can be set beside each other."""
        if self.measure.immature:
            return {}
        return {
            council: Fraction(one.numerator, one.denominator)
            for council, one in self.seen.items()
            if one.is_whole and one.denominator
        }

    @cached_property
    def quartiles(self) -> tuple[Quartile, ...]:
        """The quartiles, the best first; none where neither side is better, or of fewer than four councils."""
        return quartiles(list(self.shares.values()), self.measure.polarity) if self.measure.polarity else ()

    def place(self, council: str) -> int | None:
        """Its place: as many are strictly better, and one."""
        if not self._is_ranked(council):
            return None
        return 1 + len(self._goodness) - bisect_right(self._goodness, self._good(self.shares[council]))

    def places(self, council: str) -> PlaceRange | None:
        """The places that its interval and those of the others leave open."""
        if not self._is_ranked(council):
            return None
        worst_end, best_end = self._ends[council]
        better = len(self._ends) - bisect_right(self._worst_ends, best_end)
        return PlaceRange(1 + better, len(self._ends) - bisect_left(self._best_ends, worst_end))

    def quartile(self, council: str) -> int | None:
        """The quartile that it reaches."""
        if not self._is_ranked(council):
            return None
        return quartile_of(self.shares[council], self.quartiles, self.measure.polarity or HIGHER)

    def beside(self, council: str) -> AreaJudgement | None:
        """How its figure lies to the whole, by its interval."""
        seen, whole = self.seen.get(council), self.whole
        if council not in self.shares or seen is None or not (whole.is_whole and whole.denominator):
            return None
        share = Fraction(whole.numerator, whole.denominator)
        return by_interval(seen.numerator, seen.denominator or 0, share, share, self.measure.polarity)

    def _is_ranked(self, council: str) -> bool:
        return self.measure.polarity is not None and council in self.shares

    def _good(self, share: Fraction) -> Fraction:
        return share if self.measure.polarity == HIGHER else -share

    @cached_property
    def _goodness(self) -> list[Fraction]:
        return sorted(map(self._good, self.shares.values()))

    @cached_property
    def _ends(self) -> Mapping[str, tuple[float, float]]:
        """The worse and the better end of each interval; the greater number is the better one."""
        return {council: self._ends_of(self.seen[council]) for council in self.shares}

    def _ends_of(self, seen: SeenCount) -> tuple[float, float]:
        limits = wilson(seen.numerator, seen.denominator or 0)
        assert limits  # of nobody there is no share
        low, high = limits
        return (low, high) if self.measure.polarity == HIGHER else (-high, -low)

    @cached_property
    def _worst_ends(self) -> list[float]:
        return sorted(worst for worst, _ in self._ends.values())

    @cached_property
    def _best_ends(self) -> list[float]:
        return sorted(best for _, best in self._ends.values())
