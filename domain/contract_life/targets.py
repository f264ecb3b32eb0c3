"""Targets of measures: what was agreed should be reached, from when to when, and by which rule it turns amber or red.

A target is a stream of its own. It brings no knowledge and takes no part in what `known_at` resolves to; no figure
changes by it. `occurred_on` is the day on which it was agreed, or withdrawn: a scorecard as known on a day shows the
target that had been agreed by then. A period includes its first and its last day. All numbers are exact decimals;
percentages are written like 52.50, changes with their sign.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID, uuid5

from domain.errors import Refused
from domain.log.mapper import Event
from domain.periods import Period
from domain.words import kept_words

_TARGETS: Final = UUID("5b0cfd6e-0d0b-4a52-9d0e-2f6a6c1f7d31")
"""Namespace of the targets' stream ids; they are told apart by their number."""

LONGEST_WORDS: Final = 200
"""Characters of a target's source, of a baseline's name, of a comparator's name."""
MOST_DECIMALS: Final = 4
"""Of a percentage, as of one that is printed."""


class TargetKind(StrEnum):
    """How a target is put; "10% better" and "10 points better" than a baseline are two."""

    LEVEL = "level"
    RANGE = "range"
    RELATIVE = "relative"
    POINTS = "points"


class TargetScale(StrEnum):
    """In what the distance from a target is measured where its colour is decided."""

    POINTS = "points"
    RELATIVE = "relative"


class TargetEvent(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What all say: the target's ordinal."""

    number: int


class TargetSet(TargetEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A target was agreed for a measure, of everybody (no `area`, no `agency`) or of a part of the people.

    `low` and `high` bound what is to be reached, in percent; a level has one number in both. Where the target was put
    as a `change` on a baseline (in percent of it, or in points), `baseline` and its name say on which, and `low` and
    `high` are what it comes to. A figure is green up to `green_within` on the wrong side of the target, amber up to
    `amber_within`, and red beyond, each on the `scale`. The comparator is what others reach, in whose `words`.
    """

    TOPIC: ClassVar[str] = "target.set.v1"
    measure: str
    area: str | None = None
    agency: str | None = None
    first_day: date
    last_day: date
    kind: TargetKind
    low: Decimal
    high: Decimal
    baseline: Decimal | None = None
    baseline_words: str = ""
    change: Decimal | None = None
    scale: TargetScale = TargetScale.POINTS
    green_within: Decimal = Decimal(0)
    amber_within: Decimal = Decimal(0)
    comparator_low: Decimal | None = None
    comparator_high: Decimal | None = None
    comparator_words: str = ""
    source: str = ""

    @property
    def period(self) -> Period:
        """The days for which it counts."""
        return Period(self.first_day, self.last_day)

    def edge(self, polarity: str) -> Decimal:
        """The number that has to be reached: the low end of a range where higher is better, else the high end."""
        return self.low if polarity == "higher" else self.high


class TargetWithdrawn(TargetEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """From this day on the target is known not to count, for any day; as known before, it did."""

    TOPIC: ClassVar[str] = "target.withdrawn.v1"
    reason: str = ""


TARGET_EVENTS: Final[tuple[type[TargetEvent], ...]] = (TargetSet, TargetWithdrawn)


def target_stream(number: int) -> UUID:
    """The stream of the target with this ordinal."""
    return uuid5(_TARGETS, str(number))


@dataclass(frozen=True, slots=True)
class Goal:
    """What a target asks for, however it was put; see `TargetSet`."""

    kind: TargetKind
    low: Decimal
    high: Decimal
    baseline: Decimal | None = None
    baseline_words: str = ""
    change: Decimal | None = None

    @classmethod
    def level(cls, percentage: Decimal) -> "Goal":
        """One percentage. Raises Refused if it is none."""
        return cls(TargetKind.LEVEL, _share(percentage), percentage)

    @classmethod
    def range(cls, low: Decimal, high: Decimal) -> "Goal":
        """From one percentage to another.

        Raises:
            Refused: one is no percentage, or the range is empty.
        """
        if _share(low) > _share(high):
            raise Refused("target-range-empty", f"A range from {low}% to {high}% is empty. Give the lower one first.")
        return cls(TargetKind.RANGE, low, high)

    @classmethod
    def changed(cls, baseline: Decimal, words: str, change: Decimal, scale: TargetScale) -> "Goal":
        """A change on a named baseline: 10 on 21.5 is 23.65 where it is relative, 31.5 where it is points.

        Raises:
            Refused: the baseline has no name, or what the change comes to is no percentage.
        """
        if not words:
            raise Refused(
                "target-baseline-unnamed", "Name the baseline, like 'Q4 2015/16': a change needs to say on what."
            )
        _share(baseline)
        relative = scale is TargetScale.RELATIVE
        reached = baseline * (100 + change) / 100 if relative else baseline + change
        if not 0 <= reached <= 100:
            raise Refused(
                "target-impossible",
                f"{change:+} on {baseline}% comes to {reached}%, and a percentage lies between 0 and 100.",
            )
        kind = TargetKind.RELATIVE if relative else TargetKind.POINTS
        return cls(kind, reached, reached, baseline, words, change)


@dataclass(frozen=True, slots=True)
class ColourRule:
    """How far on the wrong side of a target a figure may be and is still green, or amber; beyond, it is red.

    Left as it is, what misses the target is red: amber is only given where it was agreed how far it goes.
    """

    scale: TargetScale = TargetScale.POINTS
    green_within: Decimal = Decimal(0)
    amber_within: Decimal = Decimal(0)

    def checked(self) -> "ColourRule":
        """The rule. Raises Refused if amber would end before green does."""
        if not 0 <= self.green_within <= max(self.green_within, self.amber_within) <= 100:
            raise Refused(
                "target-colours", "Green and amber reach from 0 to 100 beyond the target, in points or percent."
            )
        if self.amber_within and self.amber_within < self.green_within:
            raise Refused("target-colours", "Amber reaches at least as far beyond the target as green does.")
        return self


@dataclass(frozen=True, slots=True)
class Comparator:
    """What others reach, from `low` to `high` percent; `words` say who, and when."""

    low: Decimal
    high: Decimal
    words: str

    def checked(self) -> "Comparator":
        """The comparator. Raises Refused if it is nobody's, no percentage, or empty."""
        if not self.words:
            raise Refused("target-comparator-unnamed", "Say whose figures the comparator's are, and of when.")
        if _share(self.low) > _share(self.high):
            raise Refused(
                "target-range-empty", f"A range from {self.low}% to {self.high}% is empty. Give the lower one first."
            )
        return self


def _share(percentage: Decimal) -> Decimal:
    """A percentage. Raises Refused if it is none, or finer than any that is printed."""
    if not (percentage.is_finite() and 0 <= percentage <= 100):
        raise Refused("target-impossible", f"{percentage} is no target: a percentage lies between 0 and 100.")
    if -int(percentage.as_tuple().exponent) > MOST_DECIMALS:
        raise Refused("target-decimals", f"{percentage} has more than {MOST_DECIMALS} decimals.")
    return percentage


def target_words(text: str) -> str:
    """A name or a source as it is kept: its letters in one way of writing, single spaces between words.

    Raises:
        Refused: it is too long, or not all of it can be read.
    """
    return kept_words(text, LONGEST_WORDS, "A name or source", "target-words")
