"""The audit of cell suppression: what somebody can work out who has every shown number and adds and subtracts.

Unknown to the public is how many persons there are of each *kind*: of a substance group, in an area, at a set of
agencies, counted or not. Every shown number is an equation over these unknowns, which are whole numbers and never
negative. The least and the greatest that a small group can be are then two linear programs, its *feasibility interval*
(Fischetti and Salazar; Willenborg and de Waal; the audit of tau-ARGUS).

The rule: of every group of 1 to 4 persons, and of every 0 to 4 persons counted among some, both 0 and 5 must stay
possible. For each, two tables are looked for that give every shown number: one in which nobody is in the group, and
one in which 5 are. A table that was found is checked in whole numbers, so that the answer rests on no solver.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from .cells import People, TableCell
from .groups import SmallGroups, small_groups
from .kinds import Flags, Kinds, Names, Whole
from .programs import Programs

MOST_AGENCIES: Final = 10
"""Agencies of which figures of one table are shown: each more doubles the kinds of persons."""


def keeps_hidden(people: People, numbers: Mapping[TableCell, int], unseen: int = 0) -> bool:
    """Whether these numbers, all of one table, narrow no small group too far.

    `people` are everybody in the table; `unseen` more may have been, who were erased.
    """
    cells = [*numbers]
    names = Names.of(people, cells, is_complete=not unseen)
    if len(names.agencies) > MOST_AGENCIES:
        return False
    kinds = Kinds.among(names, cells)
    equations = np.stack([kinds.of_cell(cell) for cell in cells])
    counts = np.array([*numbers.values()], np.int64)
    return _Audit(equations, counts, small_groups(kinds, people, cells, unseen)).keeps_hidden()


class _Audit:
    """Looks for tables in which a small group is empty, and for ones in which it is not small."""

    def __init__(self, equations: Flags, counts: Whole, groups: SmallGroups) -> None:
        self.groups = groups
        self.programs = Programs(equations.astype(np.int64), counts)
        self.masks = groups.kinds.astype(np.int64)
        self.is_empty_somewhere = ~groups.nobody
        self.is_large_somewhere = np.zeros(len(groups.nobody), bool)

    def keeps_hidden(self) -> bool:
        """Whether there are both for every group."""
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

    def _found(self, group: int, sign: int, needed: int) -> bool:
        table = self.programs.least(sign * self.masks[group])
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
