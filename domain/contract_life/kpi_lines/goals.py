"""What is to be reached, and when: steps as they are written and read.

A goal is written `8%`, `7.36% to 8.93%`, `+10% of 21.5% (baseline)` or `+2 points on 5.40% (baseline)`; a step has its
days before it, like `2017-04-01 to 2017-12-31: 8%`, and a trajectory semicolons between its steps. Growth that names no
baseline is growth on the line's own. Days include both ends. Percentages are exact decimals.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

import msgspec

from domain.contract_life.targets import Goal, TargetKind, TargetScale, target_words
from domain.errors import Refused


class TargetStep(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be reached from one day to another; the other fields are those of `TargetSet`."""

    first_day: date
    last_day: date
    kind: TargetKind
    low: Decimal
    high: Decimal
    baseline: Decimal | None = None
    baseline_words: str = ""
    change: Decimal | None = None

    @classmethod
    def put(cls, first_day: date, last_day: date, goal: Goal) -> "TargetStep":
        """A step by its days and its goal."""
        return cls(first_day, last_day, goal.kind, goal.low, goal.high, goal.baseline, goal.baseline_words, goal.change)

    @property
    def goal(self) -> Goal:
        """What it asks for."""
        return Goal(self.kind, self.low, self.high, self.baseline, self.baseline_words, self.change)

    def edge(self, polarity: str) -> Decimal:
        """The number that has to be reached; see `TargetSet`."""
        return self.low if polarity == "higher" else self.high


def backward(steps: Sequence[TargetStep], polarity: str) -> Iterator[tuple[str, str]]:
    """Where a trajectory goes back, in time or in what it asks for: a code and a sentence each."""
    for step in steps:
        if step.last_day < step.first_day:
            yield "trajectory-back-in-time", f"A step ends on {step.last_day}, before it begins on {step.first_day}."
    for before, after in pairwise(steps):
        if after.first_day <= before.last_day:
            yield (
                "trajectory-back-in-time",
                f"A step begins on {after.first_day}, and the one before it counts until {before.last_day}.",
            )
        least, next_ = before.edge(polarity), after.edge(polarity)
        if next_ < least if polarity == "higher" else next_ > least:
            yield (
                "trajectory-back",
                f"The trajectory goes back from {least:f}% to {next_:f}%, and {polarity} is better.",
            )


# ---- as it is written


def step_text(step: TargetStep) -> str:
    """A step as it is written in a trajectory."""
    return f"{step.first_day} to {step.last_day}: {goal_text(step)}"


def goal_text(step: TargetStep) -> str:
    """What a step asks for, as it is written: the machine's own words."""
    if step.baseline is None or step.change is None:
        return range_text(step.low, step.high)
    on = f"{step.baseline:f}% ({step.baseline_words})"
    if step.kind is TargetKind.RELATIVE:
        return f"{step.change:+f}% of {on}"
    return f"{step.change:+f} points on {on}"


def range_text(low: Decimal | None, high: Decimal | None) -> str:
    """One percentage, or from one to another; empty where there is none."""
    if low is None or high is None:
        return ""
    return f"{low:f}%" if low == high else f"{low:f}% to {high:f}%"


# ---- read


class Baseline(NamedTuple):
    """On what something grows: a percentage (None where it is not given), and what that is."""

    percentage: Decimal | None
    words: str


def goal_read(text: str, own: Callable[[], Baseline]) -> Goal:
    """The goal that is written; `own` is the baseline on which it grows where it names none.

    Raises:
        ValueError: it is not written in any of the four ways.
        Refused: it is no percentage, an empty range, or grows on nothing.
    """
    if match := _LEVEL.fullmatch(text):
        return Goal.level(Decimal(match[1]))
    if match := _RANGE.fullmatch(text):
        return Goal.range(Decimal(match[1]), Decimal(match[2]))
    if not (match := _CHANGE.fullmatch(text)):
        raise ValueError(text)
    sign, change, unit, baseline, words = match.groups()
    on = Baseline(Decimal(baseline) if baseline else own().percentage, words or own().words)
    if on.percentage is None:
        raise Refused("target-baseline-unnamed", "Say on what it grows, like +10% of 21.5% (baseline).")
    scale = TargetScale.RELATIVE if unit == "%" else TargetScale.POINTS
    return Goal.changed(on.percentage, target_words(on.words), Decimal(sign + change), scale)


def percentage_read(text: str) -> Decimal | None:
    """The percentage that is written; None for what is none."""
    match = _LEVEL.fullmatch(text)
    return Decimal(match[1]) if match else None


def percentages_in(text: str) -> list[Decimal]:
    """The percentages that a sentence names."""
    return [Decimal(number) for number in _PERCENTAGES.findall(text)]


def steps_in(text: str) -> list[str]:
    """The steps of a trajectory, each as it is written."""
    return [step.strip() for step in _BETWEEN_STEPS.split(text.rstrip("; "))]


def step_parts(text: str) -> tuple[str, str, str] | None:
    """The first day of a step, its last, and its goal, as they are written; None where it has not all three."""
    match = _STEP.fullmatch(text)
    return (match[1], match[2], match[3]) if match else None


def is_dated(text: str) -> bool:
    """Whether a step begins with its two days."""
    return _DATED.match(text) is not None


_NUMBER: Final = r"([0-9]{1,3}(?:\.[0-9]{1,6})?)"
_LEVEL: Final = re.compile(rf"{_NUMBER} ?%?")
_RANGE: Final = re.compile(rf"{_NUMBER} ?%? (?:to|-|–) {_NUMBER} ?%?")
_PERCENTAGES: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?%")
_CHANGE: Final = re.compile(
    rf"([+-]) ?{_NUMBER} ?(%|points?)(?: (?:of|on) {_NUMBER} ?%?(?: \((.+)\))?)?",
)
_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DATED: Final = re.compile(rf"{_DAY} to {_DAY}")
_STEP: Final = re.compile(rf"({_DAY}) to ({_DAY}): ?(.+)")
_BETWEEN_STEPS: Final = re.compile(rf"(?:; ?| )(?={_DAY} to )")


def day_read(text: str) -> date:
    """The day that is written. Raises ValueError for what is none, and for a year before 1990 or after 2100."""
    day = date.fromisoformat(text)
    if not re.fullmatch(_DAY, text) or not 1990 <= day.year <= 2100:
        raise ValueError(text)
    return day
