"""Whom a number of a table counts, and who is in the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from projections.standings.slices import Slice


class Status(StrEnum):
    """Which of those in a slice a number counts."""

    ALL = "all"
    COUNTED = "counted"
    NOT_COUNTED = "not counted"
    MATURED = "matured"
    NOT_MATURED = "not matured"


class Ages(StrEnum):
    """Of which ages they are."""

    ALL = "all"
    ADULTS = "adults"
    YOUNG = "young people"


@dataclass(frozen=True, slots=True)
class TableCell:
    """Whom a number counts; `parts` are the substance groups or kinds of exit."""

    parts: frozenset[str]
    slice: Slice
    adults: bool
    status: Status = Status.ALL

    @property
    def ages(self) -> Ages:
        """Of which ages they are."""
        if self.slice.young_people:
            return Ages.YOUNG
        return Ages.ADULTS if self.adults else Ages.ALL


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody in a table is, as far as any number can tell; of journeys and episodes, what each of those is."""

    part: str
    area: str
    agencies: frozenset[str]
    adult: bool
    criminal_justice: bool
    counted: bool
    matured: bool

    def is_in(self, cell: TableCell) -> bool:
        """Whether a number counts them."""
        slice_, ages = cell.slice, cell.ages
        return (
            self.part in cell.parts
            and slice_.area in {None, self.area}
            and (slice_.agency is None or slice_.agency in self.agencies)
            and (self.criminal_justice or not slice_.criminal_justice)
            and (ages is Ages.ALL or self.adult == (ages is Ages.ADULTS))
            and self.has(cell.status)
        )

    def has(self, status: Status) -> bool:
        """Whether they are counted, have matured, or not."""
        return {
            Status.ALL: True,
            Status.COUNTED: self.counted,
            Status.NOT_COUNTED: not self.counted,
            Status.MATURED: self.matured,
            Status.NOT_MATURED: not self.matured,
        }[status]


People = Mapping[Person, Sequence[int]]
"""The clients of a table, by what they are; somebody with several journeys is in it as often."""
