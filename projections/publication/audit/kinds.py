"""Kinds of persons: what the numbers of a table tell apart, and no more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .cells import Ages, People, Person, Status, TableCell

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]


_FLAGS: Final = ("adult", "criminal_justice", "counted", "matured")
_COLUMNS: Final = ("part", "area", "agencies", *_FLAGS)


@dataclass(frozen=True, slots=True)
class Kinds:
    """Every kind that there may be and that some number counts, a row each; agencies are the bits of a number.

    `uncounted` are the rows of those that no number counts.
    """

    rows: Whole
    names: "Names"
    uncounted: Whole

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def among(cls, names: "Names", cells: Sequence[TableCell]) -> "Kinds":
        """Those that some number counts."""
        parts = range(len(names.parts))
        places = [(area, bits) for area in range(len(names.areas)) for bits in names.sets_of_agencies(area)]
        flags = [names.values(flag) for flag in _FLAGS]
        rows = [(part, *place, *values) for part in parts for place in places for values in product(*flags)]
        kinds = cls(np.array(rows, np.int64).reshape(-1, len(_COLUMNS)), names, np.zeros((0, len(_COLUMNS)), np.int64))
        counted = np.any([kinds.of_cell(cell) for cell in cells], axis=0)
        return cls(kinds.rows[counted], names, kinds.rows[~counted])

    @property
    def outside(self) -> "Kinds":
        """The kinds that no number counts."""
        return Kinds(self.uncounted, self.names, self.uncounted[:0])

    def column(self, name: str) -> Whole:
        """What each of them is in one respect."""
        column: Whole = self.rows[:, _COLUMNS.index(name)]
        return column

    def flag(self, name: str) -> Flags:
        """Which of them are it."""
        flag: Flags = self.column(name) == 1
        return flag

    def of_cell(self, cell: TableCell) -> Flags:
        """Which of them a number counts."""
        names, slice_ = self.names, cell.slice
        counted: Flags = np.array([part in cell.parts for part in names.parts])[self.column("part")]
        if slice_.area is not None:
            counted &= self.column("area") == names.areas.index(slice_.area)
        if slice_.agency is not None:
            counted &= self.column("agencies") & names.bit(slice_.agency) > 0
        if slice_.criminal_justice:
            counted &= self.flag("criminal_justice")
        if cell.ages is not Ages.ALL:
            counted &= self.flag("adult") == (cell.ages is Ages.ADULTS)
        return counted & self.of_status(cell.status)

    def of_status(self, status: Status) -> Flags:
        """Which of them are counted, have matured, or not."""
        counted, matured = self.flag("counted"), self.flag("matured")
        return {
            Status.ALL: np.ones(len(self), bool),
            Status.COUNTED: counted,
            Status.NOT_COUNTED: ~counted,
            Status.MATURED: matured,
            Status.NOT_MATURED: ~matured,
        }[status]

    def placed(self, people: People) -> list[tuple[int, Sequence[int]]]:
        """The clients of each kind, by its number; without those whom no number counts."""
        numbers = {tuple(kind): i for i, kind in enumerate(self.rows.tolist())}
        kinds = ((numbers.get(self.names.kind(person)), clients) for person, clients in people.items())
        return [(kind, clients) for kind, clients in kinds if kind is not None]


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers tell apart. Whoever is in no named area or at no named agency is elsewhere: the last of each."""

    parts: list[str]
    areas: list[str]
    agencies: list[str]
    flags: frozenset[str]
    """Those by which some number of the table, or of another standpoint's, tells persons apart."""
    together: dict[int, int]
    """By area, which agencies are known to have clients there, as bits: everybody in the field knows that."""

    @classmethod
    def of(cls, people: People, cells: Sequence[TableCell], *, is_complete: bool) -> "Names":
        statuses = {cell.status for cell in cells}
        flags = {
            "adult": True,
            "criminal_justice": any(cell.slice.criminal_justice for cell in cells),
            "counted": any(not person.counted for person in people),
            "matured": not statuses.isdisjoint({Status.MATURED, Status.NOT_MATURED}),
        }
        names = cls(
            sorted(frozenset().union(*(cell.parts for cell in cells))),
            [*sorted({cell.slice.area for cell in cells if cell.slice.area is not None}), ""],
            sorted({cell.slice.agency for cell in cells if cell.slice.agency is not None}),
            frozenset(name for name, matters in flags.items() if matters),
            {},
        )
        for person in people:
            _part, area, agencies, *_ = names.kind(person)
            names.together[area] = names.together.get(area, 0) | agencies
        if not is_complete and names.agencies:
            everywhere = 2 << len(names.agencies)
            names.together.update(dict.fromkeys(range(len(names.areas)), everywhere - 1))
        return names

    def values(self, flag: str) -> tuple[bool, ...]:
        """What a flag may be."""
        return (False, True) if flag in self.flags else (False,)

    def bit(self, agency: str) -> int:
        """The bit of a named agency."""
        return 1 << self.agencies.index(agency)

    def sets_of_agencies(self, area: int) -> Iterator[int]:
        """The sets of agencies at which somebody in an area may be, one at least."""
        if not self.agencies:
            return iter((0,))
        among = self.together.get(area, 0)
        return (bits for bits in range(1, among + 1) if bits & among == bits)

    def kind(self, person: Person) -> tuple[int, ...]:
        """What somebody is, as far as it is told apart."""
        area = self.areas.index(person.area) if person.area in self.areas else len(self.areas) - 1
        part = self.parts.index(person.part) if person.part in self.parts else -1
        bits = sum(self.bit(agency) for agency in person.agencies if agency in self.agencies)
        if self.agencies and not person.agencies.issubset(self.agencies):
            bits |= 1 << len(self.agencies)
        return part, area, bits, *(flag in self.flags and getattr(person, flag) for flag in _FLAGS)
