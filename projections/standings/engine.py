"""What an engine of standings answers: figures, and who stands in them.

Two engines do: the one in memory (`in_memory`), which the product asks, and the reference (`reference`), which shows
that it is right.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple, Protocol

from domain.definition import Definition
from domain.measures.registry import Measure
from domain.periods import Period
from domain.rounding import STORED_DECIMALS, half_up, percentage_of
from domain.standpoint import Standpoint
from projections.store.submissions import Coverage

from .slices import Slice, SliceKey
from .wilson import wilson

LONG_WAIT_DAYS: Final = 182
"""A wait of more days than this is more likely a record that nobody closed: it is asked whether it is right. [K]"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who still waits at a standpoint: how many people, and the longest wait in days (None if nobody waits)."""

    people: int
    longest_days: int | None


@dataclass(frozen=True, slots=True)
class Belonging:
    """Of an agency's figure the part that belongs to it where parts add up; a count has no denominator.

    A figure of an agency counts every journey with an episode there, so agencies add to more than the area. Where
    parts add up, a journey belongs to one agency: that of its last discharge, or of the open episode that started last.
    """

    numerator: int
    denominator: int | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure's answer for a slice, at a standpoint, with what is needed to read it.

    `definition` is the version that answered. A count has no denominator. `first_day` and `last_day` bound the cohort's
    window, both included. `matured`: of an immature figure, how many of its cohort have had their six months. `parts`:
    of a count the numbers that add up to it, by substance group or kind of exit. `waiting` stands beside the measures
    of waiting. `erased_records` counts the episodes, of whatever slice, that it cannot see any more (see `stored`).
    `unknown` names the area or agency of the slice of which nothing is known ("area E99"), so that nobody counts in it;
    else it is empty. `belonging` is, of an agency's figure, the part that adds up.
    `in_no_area`: of a figure of an area, how many of its cohort are in no area, since their journey says none.
    `not_recorded` stands beside the measures that read what may be left empty: of how many nothing is recorded, who are
    in the cohort and not counted, or are left out of it (`Family.unrecorded`, `Family.left_out_of`).
    `withheld` says why its counts are not shown to whoever asks; else it is empty.
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
    unknown: str = ""
    belonging: Belonging | None = None
    in_no_area: int | None = None
    not_recorded: int | None = None
    withheld: str = ""

    @property
    def percentage(self) -> float | None:
        """The numerator in percent of the denominator, three decimals.

        None for an empty denominator, for a count, and where no file covers the day: then the counts are those of the
        records known, and say nothing of that day.
        """
        return percentage_of(self.numerator, self.denominator) if self.is_covered else None

    @property
    def says_nothing(self) -> bool:
        """Whether of nobody in the cohort is anything recorded that it reads: 0% is then no answer."""
        return (
            bool(self.denominator)
            and self.measure.family.unrecorded is not None
            and (self.not_recorded == self.denominator)
        )

    @property
    def is_covered(self) -> bool:
        """Whether the day lies within the days that files cover."""
        return self.coverage.status is not None

    @property
    def files_status(self) -> str | None:
        """What the files make of the day, also of an immature figure; None where no file covers it."""
        return self.coverage.status

    @property
    def days_covered(self) -> Period | None:
        """From the first to the last day that any file covers."""
        return self.coverage.files

    @property
    def status(self) -> str | None:
        """Whether the files are in, see `Coverage`; None where no file covers the day, or while it is too early."""
        return None if self.measure.immature else self.coverage.status

    @property
    def limits(self) -> tuple[float, float] | None:
        """The 95% Wilson interval in percent, three decimals; None where there is no percentage."""
        limits = wilson(self.numerator, self.denominator) if self.denominator and self.is_covered else None
        return (half_up(limits[0], STORED_DECIMALS), half_up(limits[1], STORED_DECIMALS)) if limits else None


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
