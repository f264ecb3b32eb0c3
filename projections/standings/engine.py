"""What an engine of standings answers: figures, and who stands in them.

Two engines do: the one in memory (`in_memory`), which the product asks, and the reference (`reference`), which shows
that it is right.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from domain.definition import Definition
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.store.submissions import Coverage

from .slices import Slice, SliceKey
from .wilson import wilson


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who still waits at a standpoint: how many people, and the longest wait in days (None if nobody waits)."""

    people: int
    longest_days: int | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure's answer for a slice, at a standpoint, with what is needed to read it.

    `definition` is the version that answered. A count has no denominator. `first_day` and `last_day` bound the cohort's
    window, both included. `matured`: of an immature figure, how many of its cohort have had their six months. `parts`:
    of a count the numbers that add up to it, by substance group or kind of exit. `waiting` stands beside the measures
    of waiting. `erased_records` counts the episodes, of whatever slice, that it cannot see any more (see `stored`).
    `in_no_area`: of a figure of an area, how many of its cohort are in no area, since their journey says none.
    """

    measure: Measure
    definition: str
    slice: Slice
    standpoint: Standpoint
    numerator: int
    denominator: int | None
    first_day: date
    last_day: date
    coverage: Coverage
    matured: int | None = None
    parts: dict[str, int] | None = None
    waiting: Waiting | None = None
    erased_records: int = 0
    in_no_area: int | None = None

    @property
    def percentage(self) -> float | None:
        """The numerator in percent of the denominator, three decimals; None for an empty denominator or a count."""
        return round(100 * self.numerator / self.denominator, 3) if self.denominator else None

    @property
    def status(self) -> str:
        """Whether the files are in; see `Coverage`."""
        return self.coverage.status

    @property
    def limits(self) -> tuple[float, float] | None:
        """The 95% Wilson interval in percent, three decimals; None where there is no percentage."""
        limits = wilson(self.numerator, self.denominator) if self.denominator else None
        return (round(limits[0], 3), round(limits[1], 3)) if limits else None


class Standing(NamedTuple):
    """One client standing in a figure, by the journey (or the episode, the referral) that started on `journey`.

    `immature`: its six months have not passed.
    """

    client: int
    counted: bool
    immature: bool
    part: int
    slice: SliceKey
    journey: date


class Engine(Protocol):
    """What every engine answers, however it works it out; `recount verify` holds two of them against each other."""

    def definition_at(self, as_of: date) -> Definition:
        """The version that answers for a day."""

    def members(self, measure: Measure, standpoint: Standpoint, slice_: Slice) -> list[Standing]:
        """Who stands in a figure."""
