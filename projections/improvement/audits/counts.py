"""What an audit counts, what a sample tells of the whole caseload, and whether two audits differ by more than chance.

A sample is drawn without putting files back, from a caseload whose size is known. So its exact interval is that of the
hypergeometric distribution, in whole files: those numbers of the caseload with which a sample at least as far off would
come in more than 2.5% of draws, on either side. Two audits are held against each other by Fisher's exact test.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Final

from domain.improvement.audits.case_file_audit import Marks
from domain.improvement.audits.item_set import IN_DATE, JUDGED, NOT_NEEDED, AuditItem
from projections.improvement.did_it_help import SURE
from projections.improvement.exact_test import chance_of

_TAIL: Final = Fraction(1, 40)
"""The 2.5% on either side of a 95% interval."""


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """How many files of a sample of `files` an item is in which state in, and of each kind of file."""

    files: int
    states: Counter[str]
    kinds: Counter[tuple[str, str]]

    @property
    def in_date(self) -> int:
        """In date."""
        return self.states[IN_DATE]

    @property
    def judged(self) -> int:
        """In date, out of date or missing: those that a percentage is of."""
        return sum(count for state, count in self.states.items() if state in JUDGED)

    @property
    def not_looked_at(self) -> int:
        """Of which nothing was said."""
        return self.files - sum(self.states.values())


def item_counts(item: AuditItem, marks: Marks, places: Iterable[int]) -> ItemCounts:
    """The counts of an item over these places of a sample."""
    its = [marks.get((place, item.code)) for place in places]
    said = [mark for mark in its if mark]
    return ItemCounts(len(its), Counter(one.state for one in said), Counter((one.kind, one.state) for one in said))


def of_caseload(counts: ItemCounts, population: int) -> tuple[int, int, int] | None:
    """Of how many files of the whole caseload the item is in date: the least, the most, and of how many files.

    Files that do not need it are left out of the caseload as far as the sample has them. None where none was judged.
    """
    files = max(population - counts.states[NOT_NEEDED], counts.judged)
    return (*limits_in_all(counts.in_date, counts.judged, files), files) if counts.judged else None


def limits_in_all(counted: int, drawn: int, files: int) -> tuple[int, int]:
    """The exact 95% interval of how many of `files` would be counted, where `counted` of `drawn` were."""
    least, most = counted, files - (drawn - counted)
    all_ways = comb(files, drawn)

    def ways(inside: int, numbers: range) -> int:
        return sum(comb(inside, one) * comb(files - inside, drawn - one) for one in numbers)

    low, high = least, most
    # Both tails go one way as the number grows, so that halving finds the edge.
    begin, end = least, most
    while begin < end:
        middle = (begin + end) // 2
        if ways(middle, range(counted, drawn + 1)) > _TAIL * all_ways:
            end = middle
        else:
            begin = middle + 1
    low, begin, end = begin, least, most
    while begin < end:
        middle = (begin + end + 1) // 2
        if ways(middle, range(counted + 1)) > _TAIL * all_ways:
            begin = middle
        else:
            end = middle - 1
    high = begin
    return low, high


@dataclass(frozen=True, slots=True)
class Compared:
    """One item in two audits: how likely chance alone gives so large a difference, and what can be said of it."""

    chance: Fraction
    verdict: str


def compared(first: ItemCounts, second: ItemCounts) -> Compared:
    """Two audits of one item: "better", "worse", "no more than chance", or "nothing to compare"."""
    if not first.judged or not second.judged:
        return Compared(Fraction(1), "nothing to compare")
    chance = chance_of((first.in_date, first.judged), (second.in_date, second.judged))
    if chance >= SURE:
        return Compared(chance, "no more than chance")
    is_better = second.in_date * first.judged > first.in_date * second.judged
    return Compared(chance, "better" if is_better else "worse")
