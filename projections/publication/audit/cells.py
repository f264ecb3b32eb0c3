"""Whom a number of a table counts, and who is in the table."""

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
class TableRow:
    """A person in a table, or one of several journeys or episodes of a person."""

    client: int
    part: str
    area: str
    agencies: frozenset[str]
    adult: bool
    criminal_justice: bool
    counted: bool
    matured: bool

    def is_in(self, cell: TableCell) -> bool:
        """Whether a number counts it."""
        part = cell.slice
        return (
            self.part in cell.parts
            and part.area in {None, self.area}
            and (part.agency is None or part.agency in self.agencies)
            and (self.criminal_justice or not part.criminal_justice)
            and (cell.ages is Ages.ALL or self.adult == (cell.ages is Ages.ADULTS))
            and {
                Status.ALL: True,
                Status.COUNTED: self.counted,
                Status.NOT_COUNTED: not self.counted,
                Status.MATURED: self.matured,
                Status.NOT_MATURED: not self.matured,
            }[cell.status]
        )
