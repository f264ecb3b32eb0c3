"""What somebody who works for one council sees of the others: what the public would, and nothing by subtraction.

They know their own council whole, and so take it from a sum over all. What is left are the others: their counts under
5, with their complements, are hidden, and with them the next smallest where the sum would give them back.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from domain.measures.registry import Measure
from projections.publication.suppression import Counts, visible, visible_beside
from projections.standings.hidden import HIDDEN, Hidden

from .counts import Pair


@dataclass(frozen=True, slots=True)
class SeenCount:
    """A numerator and a denominator as somebody sees them; a count has no denominator. Either may be `HIDDEN`."""

    numerator: int
    denominator: int | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it is hidden."""
        return not (isinstance(self.numerator, Hidden) or isinstance(self.denominator, Hidden))


def seen_whole(measure: Measure, pair: Pair) -> SeenCount:
    """All of it."""
    return SeenCount(pair.numerator, None if measure.kind == "count" else pair.denominator)


def hidden_whole(measure: Measure) -> SeenCount:
    """Nothing of it."""
    return SeenCount(HIDDEN, None if measure.kind == "count" else HIDDEN)


def sum_of_pairs(pairs: Collection[Pair]) -> Pair:
    """All councils together."""
    return Pair(sum(pair.numerator for pair in pairs), sum(pair.denominator for pair in pairs))


def sum_of_seen(measure: Measure, seen: Collection[SeenCount]) -> SeenCount:
    """Some councils together: as much of it as each of them shows, and nothing where one of them shows too little."""
    if not all(one.is_whole for one in seen):
        return hidden_whole(measure)
    pairs = [Pair(one.numerator, one.denominator or 0) for one in seen]
    return seen_whole(measure, sum_of_pairs(pairs))


def seen_by(measure: Measure, pairs: Mapping[str, Pair], own: str) -> tuple[dict[str, SeenCount], SeenCount]:
    """Of each council, and of all together, what those who work for `own` see."""
    others = {council: pair for council, pair in pairs.items() if council != own}
    total, seen = sum_of_pairs(others.values()), {}
    groups = [_counts(measure, pair) for pair in others.values()]
    for (council, pair), choice in zip(others.items(), visible_beside(_counts(measure, total), groups), strict=True):
        seen[council] = _seen(measure, pair, numerator=choice.numerator, denominator=choice.denominator)
    if own in pairs:
        seen[own] = seen_whole(measure, pairs[own])
    of_all = visible(_counts(measure, total))
    everybody = sum_of_pairs(pairs.values())
    return seen, _seen(measure, everybody, numerator=of_all.numerator, denominator=of_all.denominator)


def _counts(measure: Measure, pair: Pair) -> Counts:
    whole = seen_whole(measure, pair)
    return Counts(whole.numerator, whole.denominator)


def _seen(measure: Measure, pair: Pair, *, numerator: bool, denominator: bool) -> SeenCount:
    whole = seen_whole(measure, pair)
    of = None if whole.denominator is None else whole.denominator if denominator else HIDDEN
    return SeenCount(whole.numerator if numerator else HIDDEN, of)
