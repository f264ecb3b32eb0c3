"""A figure as the sum of its agencies: hubs side by side, who contributes how much to a miss, how many each one needs.

Each journey belongs to one agency here, that of its last discharge, or of the open episode that started last; so the
parts add up to the whole, which the figures of the agencies (every agency of a journey has it) do not.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor

from domain.measures.registry import Measure
from domain.rounding import percentage_of
from domain.standpoint import Standpoint
from projections.performance.colours.conditions import HIGHER
from projections.performance.colours.rag import fewest_of, most_of
from projections.standings.engine import Figure
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

from .targets import Target


@dataclass(frozen=True, slots=True)
class TargetShare:
    """An agency's part of a figure against the target of the whole.

    `behind` is by how many people it is behind the target (negative: ahead of it), an exact fraction: the parts add up
    to the whole. `wanted` is its part, in whole people, of how many the whole is to have
    (at least, where higher is better; else at most); `to_go` is how many of them are not there yet, or how many there
    are too many.
    """

    behind: Fraction
    wanted: int
    to_go: int


@dataclass(frozen=True, slots=True)
class AgencyPart:
    """An agency's part of a figure; a count has no denominator. `share` is None without a target.

    `by_any_episode` is the agency's own figure beside it, numerator and denominator: every journey with an episode
    there, so that these add to more than the whole. None of several agencies together.
    """

    agency: str
    numerator: int
    denominator: int | None
    share: TargetShare | None
    by_any_episode: tuple[int, int] | None = None

    @property
    def percentage(self) -> float | None:
        """The numerator in percent of the denominator, three decimals; None for an empty denominator or a count."""
        return percentage_of(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A figure and its parts, in the order of the agencies' codes; `wanted` of the whole is None without a target.

    `target` is the one in force; a count, and a figure of nobody, is not held against it.
    """

    whole: Figure
    parts: tuple[AgencyPart, ...]
    reached: Decimal | None
    wanted: int | None
    target: Target | None = None

    @property
    def behind(self) -> Fraction | None:
        """By how many people the whole is behind the target; None without one."""
        shares = [part.share for part in self.parts if part.share]
        return sum((share.behind for share in shares), Fraction(0)) if self.reached is not None else None


def parts_of_area(
    engine: StandingsEngine, measure: Measure, standpoint: Standpoint, slice_: Slice, target: Target | None = None
) -> Breakdown:
    """A figure by the agencies that its journeys belong to, each against the target of the whole."""
    whole = engine.figure(measure, standpoint, slice_)
    cohort, counted = Counter[str](), Counter[str]()
    for member in engine.members(measure, standpoint, slice_):
        owner = member.slice[2]
        cohort[owner] += 1
        counted[owner] += member.counted
    shares: Mapping[str, TargetShare] = {}
    wanted = reached = None
    if target is not None and measure.polarity is not None and whole.denominator:
        reached = target.terms.edge(measure.polarity)
        wanted = (fewest_of if measure.polarity == HIGHER else most_of)(whole.denominator, reached)
        shares = _shares(counted, cohort, reached, wanted, measure.polarity)
    owners = sorted(cohort)
    slices = [replace(slice_, agency=owner) for owner in owners]
    own = engine.counts([whole.measure], standpoint, slices)[0].tolist() if slices else []
    parts = (
        AgencyPart(
            owner,
            counted[owner],
            None if whole.denominator is None else cohort[owner],
            shares.get(owner),
            (numerator, denominator),
        )
        for owner, (numerator, denominator) in zip(owners, own, strict=True)
    )
    return Breakdown(whole, tuple(parts), reached, wanted, target)


def _shares(
    counted: Mapping[str, int], cohort: Mapping[str, int], reached: Decimal, wanted: int, polarity: str
) -> dict[str, TargetShare]:
    agencies = sorted(cohort)
    exact = [Fraction(reached) * cohort[agency] / 100 for agency in agencies]
    sign = 1 if polarity == HIGHER else -1
    return {
        agency: TargetShare(sign * (quota - counted[agency]), whole, max(0, sign * (whole - counted[agency])))
        for agency, quota, whole in zip(agencies, exact, in_whole_people(exact, wanted), strict=True)
    }


def in_whole_people(exact: Sequence[Fraction], total: int) -> list[int]:
    """Whole numbers that add up to a total, each next to its exact one: the largest remainders are rounded up.

    The total is that of the exact numbers, rounded up or down. Of equal remainders the first goes first.
    """
    whole = [floor(quota) for quota in exact]
    left = total - sum(whole)
    if not left:
        return whole
    by_remainder = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], i))
    for i in by_remainder[:left]:
        whole[i] += 1
    return whole
