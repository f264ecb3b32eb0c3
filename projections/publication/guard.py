"""The guard between two figures, and between the sums of one standpoint: nobody is told by what they differ in.

A figure's counts are *cells*: sets of its members, held as the bits of a number. Compared are

- the same cell of the same measure (another day, knowledge, slice or definition): the people in one and not in the
  other must be none, or at least 5;
- a cell that lies in another one: those left of it must be none, or at least 5;
- cells of one standpoint that share nobody and lie in another one: those left of it must be none, or at least 5.

Sets that overlap, as agencies do, are beyond such sums: what follows from all numbers of a table together is for the
audit (`shown_tables`, `audit`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Final

from .suppression import UNDER

MOST_LOOKED_AT: Final = 20_000
"""Ways of adding cells up that are looked at for one cell; where there are more, the figure is withheld."""

Question = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """People whom a shown number counts, or who are worked out from shown numbers.

    `people` has a bit for each of them (of measures of journeys and episodes, one for each of those). `erased` are
    those of the count who cannot be asked for any more. `question` and `name` tell it apart from all others.
    """

    question: Question
    name: str
    people: int
    erased: int = 0

    @property
    def key(self) -> Question:
        """What makes it the same people: asked again after an erasure, it is another cell."""
        return (*self.question, self.name, self.erased)

    @property
    def measure(self) -> str:
        """The code of its measure."""
        return str(self.question[0])

    @property
    def standpoint(self) -> Question:
        """From where it was seen: as_of, and the position of the log."""
        return self.question[1:3]


class Guard:
    """The cells that may have been seen, and whether others may be shown beside them."""

    def __init__(self) -> None:
        self.cells: dict[Question, PublishedCell] = {}
        self._bits: dict[tuple[int, int], int] = {}
        self._persons: list[int] = []

    def people(self, clients: Iterable[int]) -> int:
        """The bits of these clients; one who comes twice has two."""
        bits = 0
        times: Counter[int] = Counter()
        for client in clients:
            key = (client, times[client])
            times[client] += 1
            if key not in self._bits:
                self._bits[key] = len(self._persons)
                self._persons.append(client)
            bits |= 1 << self._bits[key]
        return bits

    def persons(self, people: int) -> int:
        """How many persons these bits are of; UNDER stands for so many and more."""
        persons: set[int] = set()
        while people and len(persons) < UNDER:
            lowest = people & -people
            persons.add(self._persons[lowest.bit_length() - 1])
            people ^= lowest
        return len(persons)

    def admits(self, cells: Sequence[PublishedCell]) -> bool:
        """Whether these, all of one figure, may be shown beside what may have been seen."""
        new = [cell for cell in cells if cell.key not in self.cells]
        seen = [*self.cells.values()]
        return all(self._is_apart(cell, other) for cell in new for other in seen) and self._adds_up_to_nobody(
            new, [*seen, *new]
        )

    def show(self, cells: Iterable[PublishedCell]) -> None:
        """These may have been seen from now on."""
        self.cells |= {cell.key: cell for cell in cells}

    def _is_apart(self, one: PublishedCell, other: PublishedCell) -> bool:
        if (one.measure, one.name) == (other.measure, other.name):
            known = one.people ^ other.people
            return self._enough(known, abs(one.erased - other.erased), one.erased + other.erased)
        return all(
            self._enough(outer.people & ~inner.people, *_erased_between(outer, inner))
            for outer, inner in ((one, other), (other, one))
            if not inner.people & ~outer.people
        )

    def _enough(self, known: int, at_least: int, at_most: int) -> bool:
        """Whether these, and so many who were erased, are nobody, or enough not to be told by."""
        if known.bit_count() + at_most == 0:
            return True
        return self.persons(known) + at_least >= UNDER

    def _adds_up_to_nobody(self, new: Sequence[PublishedCell], everything: Sequence[PublishedCell]) -> bool:
        """Whether no cell of a standpoint, less others of it that share nobody, leaves a few; one of them being new.

        How many were erased is taken off as the counts are.
        """
        sets: dict[Question, dict[int, int]] = {cell.standpoint: {} for cell in new}
        for cell in everything:
            if cell.standpoint in sets:
                sets[cell.standpoint].setdefault(cell.people, cell.erased)
        return not any(
            remainder.is_few() for cell in new for remainder in self._remainders(cell, sets[cell.standpoint])
        )

    def _remainders(self, cell: PublishedCell, sets: Mapping[int, int]) -> Iterator["_Remainder"]:
        outside = [(outer, erased) for outer, erased in sets.items() if not cell.people & ~outer]
        for outer, erased in outside:
            inner = [(one, lost) for one, lost in sets.items() if one != outer and not one & ~outer]
            if cell.people == outer:
                yield _Remainder(self, outer, erased, inner)
            elif (cell.people, cell.erased) in inner:
                apart = [(one, lost) for one, lost in inner if not one & cell.people]
                yield _Remainder(self, outer & ~cell.people, erased - cell.erased, apart)


def _erased_between(outer: PublishedCell, inner: PublishedCell) -> tuple[int, int]:
    """How many of the one who were erased are not in the other: at least, and at most."""
    difference = max(0, outer.erased - inner.erased)
    return difference, difference if outer.question == inner.question else outer.erased


@dataclass
class _Remainder:
    """What is left of some people after taking away sets of them that share nobody: looked for is a few.

    A search for an exact cover that may miss a few: somebody is either in one of the sets, or among those who are left.
    """

    guard: Guard
    people: int
    erased: int
    sets: Sequence[tuple[int, int]]
    looked_at: int = field(default=0)

    def is_few(self) -> bool:
        """Whether some sets leave a few, or there are too many ways to look."""
        return self._is_few(self.people, 0, self.erased, self.sets)

    def _is_few(self, uncovered: int, missed: int, erased: int, sets: Sequence[tuple[int, int]]) -> bool:
        self.looked_at += 1
        left = self.guard.persons(uncovered | missed) + max(0, erased)
        if self.looked_at > MOST_LOOKED_AT or 0 < left < UNDER:
            return True
        sets = [(people, lost) for people, lost in sets if not people & ~uncovered]
        # Whoever is in no set any more is left in any case.
        missed |= uncovered & ~reduce(or_, (people for people, _ in sets), 0)
        uncovered &= ~missed
        if not sets or self.guard.persons(missed) >= UNDER:
            return False
        somebody = uncovered & -uncovered
        covering = [(people, lost) for people, lost in sets if people & somebody]
        others = [(people, lost) for people, lost in sets if not people & somebody]
        return any(
            self._is_few(uncovered & ~people, missed, erased - lost, others) for people, lost in covering
        ) or self._is_few(uncovered & ~somebody, missed | somebody, erased, others)
