"""The audit of cell suppression: what somebody can work out who has every shown number and adds and subtracts.

Unknown to the public is how many persons there are of each *kind*: of a substance group, in an area, at a set of
agencies, counted or not. Every shown number is an equation over these unknowns, which are whole numbers and never
negative. The least and the greatest that a small group can be are then two linear programs, its *feasibility interval*
(Fischetti and Salazar; Willenborg and de Waal; the audit of tau-ARGUS).

The rule: of every group of 1 to 4 persons, and of every 0 to 4 persons counted among some, both 0 and 5 must stay
possible. For each, two tables are looked for that give every shown number: one in which nobody is in the group, and
one in which 5 are. A table that was found is checked in whole numbers, so that the answer rests on no solver.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from .cells import People, TableCell
from .groups import small_groups
from .kinds import Flags, Kinds, Names, Whole
from .overlap import Group
from .programs import Programs

MOST_AGENCIES: Final = 10
"""Agencies of which figures of one table are shown: each more doubles the kinds of persons."""

Range = tuple[int, int]
_ANY_NUMBER: Final = 1_000_000
_NO_NUMBER: Final = (1, 0)


def can_be_audited(numbers: Iterable[TableCell]) -> bool:
    """Whether the numbers are of few enough agencies."""
    return len({cell.slice.agency for cell in numbers} - {None}) <= MOST_AGENCIES


class Audit:
    """The numbers of one table that are shown, or may be, with all that can be worked out from them.

    `people` are everybody in the table; `unseen` more may have been, who were erased.
    """

    def __init__(self, people: People, numbers: Mapping[TableCell, int], unseen: int = 0) -> None:
        cells = [*numbers]
        self.kinds = Kinds.among(Names.of(people, cells, is_complete=not unseen), cells)
        equations = np.stack([self.kinds.of_cell(cell) for cell in cells])
        self.programs = Programs(equations.astype(np.int64), np.array([*numbers.values()], np.int64))
        self.groups = small_groups(self.kinds, people, cells, unseen)
        self.masks = self.groups.kinds.astype(np.int64)
        self.is_empty_somewhere = ~self.groups.nobody
        self.is_large_somewhere = np.zeros(len(self.groups.nobody), bool)
        self._kinds_in: dict[Group, tuple[Flags | None, bool]] = {}

    def keeps_hidden(self) -> bool:
        """Whether of every small group both 0 and 5 stay possible."""
        # As few as can be in all of them at once is often nobody in most of them.
        if (table := self.programs.least(self.masks[self.groups.nobody].sum(axis=0))) is not None:
            self._learn(table)
        while (left := np.flatnonzero(~self.is_large_somewhere)).size:
            if not self._found(left[0], -1, int(self.groups.enough[left[0]])):
                return False
        while (left := np.flatnonzero(~self.is_empty_somewhere)).size:
            if not self._found(left[0], 1, 0):
                return False
        return True

    def tells_of(self, group: Group) -> bool:
        """Whether some number counts anybody in a group."""
        return self._inside(group)[0] is not None

    def seen_of(self, group: Group) -> Range:
        """The least and the greatest that a group is in the tables found so far; without one, no number."""
        inside, is_whole = self._inside(group)
        if inside is None or not self.programs.found:
            return _NO_NUMBER
        sizes = np.stack(self.programs.found) @ inside
        return int(sizes.min()), int(sizes.max()) if is_whole else _ANY_NUMBER

    def range_of(self, group: Group) -> Range:
        """The least and the greatest that a group can be; no number where it could not be found out."""
        inside, is_whole = self._inside(group)
        if inside is None:
            return _NO_NUMBER
        cost = inside.astype(np.int64)
        few, many = self.programs.least(cost), self.programs.least(-cost)
        if few is None or many is None:
            return _NO_NUMBER
        return int(cost @ few), int(cost @ many) if is_whole else _ANY_NUMBER

    def _inside(self, group: Group) -> tuple[Flags | None, bool]:
        if group not in self._kinds_in:
            inside = group.among(self.kinds)
            self._kinds_in[group] = (inside, inside is not None and group.is_counted_whole(self.kinds))
        return self._kinds_in[group]

    def _found(self, group: int, sign: int, needed: int) -> bool:
        table = self.programs.reaching(sign * self.masks[group], sign * needed)
        if table is not None and int(self.masks[group] @ table) * sign <= needed * sign:
            self._learn(table)
            return True
        if not len(self.groups.wholes) or not self._was_never_small(group):
            return False
        self.is_empty_somewhere[group] = self.is_large_somewhere[group] = True
        return True

    def _was_never_small(self, group: int) -> bool:
        """Whether the shown numbers say that there was nobody, or enough, whoever was erased."""
        whole, few = self.groups.wholes[group].astype(np.int64), self.programs.least(self.masks[group])
        most = self.programs.least(-whole)
        return (most is not None and int(whole @ most) == 0) or (
            few is not None and int(self.masks[group] @ few) >= self.groups.plenty[group]
        )

    def _learn(self, table: Whole) -> None:
        sizes = self.masks @ table
        self.is_empty_somewhere |= sizes == 0
        self.is_large_somewhere |= sizes >= self.groups.enough
