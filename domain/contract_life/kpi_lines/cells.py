"""Reading a KPI line from its cells: everything that is wrong is named at once, each with its cell and a sentence."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple, TypeVar

from domain.contract_life.kpi_lines.goals import (
    Baseline,
    TargetStep,
    backward,
    day_read,
    goal_read,
    is_dated,
    percentage_read,
    percentages_in,
    step_parts,
    steps_in,
)
from domain.contract_life.kpi_lines.line import CELLS, NO_MEASURE, KpiLine, may_be_counted
from domain.contract_life.targets import LONGEST_WORDS, Goal
from domain.errors import Refused
from domain.measures.registry import MEASURE_OF, Measure

T = TypeVar("T")

LONGEST_CELL: Final = 500
"""Characters of any cell but a trajectory."""
LONGEST_STEPS: Final = 4000
_SHORT: Final = frozenset({"source", "comparator_words", "baseline_source"})
"""Cells that become words of a target, which are shorter."""
MOST_STEPS: Final = 60

REFUSALS: Final = {
    "line-cell-missing": "A line has no code, or no wording.",
    "line-code": "The code of a line has other signs than letters, digits, dots, dashes and underscores.",
    "line-words-too-long": "A cell is too long.",
    "line-words-unreadable": "A cell has signs that cannot be printed.",
    "measure-unknown": "The measure of a line is none of those that are counted here.",
    "day-unreadable": "A cell that should be a day is none.",
    "percentage-unreadable": "A cell that should be a percentage is none.",
    "goal-unreadable": "What is to be reached is written in a way that cannot be read.",
    "steps-unreadable": "A step of a trajectory is written in a way that cannot be read.",
    "steps-beside-goal": "A trajectory is given beside a single target.",
    "better-unreadable": "Which way is better is neither higher nor lower.",
    "better-missing": "It is not said which way is better, and no measure says it.",
    "better-contradicts": "It is said that the other way is better than the measure has it.",
    "target-without-a-day": "A target has no first day, or no last.",
    "trajectory-back-in-time": "A step of a trajectory ends before it begins, or begins before the last one ended.",
    "trajectory-back": "A step of a trajectory asks for less than the one before it.",
    "deadline-not-the-end": "The deadline is another day than the last of the trajectory.",
    "target-words-differ": "The target as it is written names another percentage than the one to be reached.",
    "target-takes-none": "The measure of a line takes no target.",
}
"""Why a line is refused, by code, beside the refusals of targets."""


class CellProblem(NamedTuple):
    """What is wrong with a cell: its name, a code for programs, a sentence for people."""

    column: str
    code: str
    message: str


def read_line(cells: Mapping[str, str]) -> tuple[KpiLine | None, list[CellProblem]]:
    """The line that stands in these cells, and what is wrong with them; without a line where anything is."""
    reader = _Reader(cells)
    line = reader.line()
    return (None if reader.problems else line), reader.problems


class _Reader:
    """Reads the cells of one line, and goes on where one is wrong, so that all are named at once."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self.problems: list[CellProblem] = []
        self._cells = {name: self._words(name, cells.get(name, "")) for name in CELLS}

    def line(self) -> KpiLine:
        """The line; of use only where nothing is wrong."""
        cells = self._cells
        self._check_names()
        measured = self._measure()
        measure = MEASURE_OF.get(measured)
        polarity = self._polarity(measure)
        steps = self._steps(measure, polarity)
        comparator = self._comparator()
        as_written = ("code", "wording", "baseline", "baseline_source", "target", "deadline", "level", "comes_from")
        return KpiLine(
            **{name: cells[name] for name in (*as_written, "comparator_words", "method", "frequency", "source")},
            measure=measured,
            baseline_percentage=self._percentage("baseline_percentage"),
            baseline_day=self._day("baseline_day"),
            deadline_day=self._deadline_day(steps),
            comparator_low=comparator[0] if comparator else None,
            comparator_high=comparator[1] if comparator else None,
            polarity=polarity,
            steps=steps,
        )

    def _wrong(self, column: str, code: str, message: str) -> None:
        self.problems.append(CellProblem(column, code, message))

    def _words(self, name: str, text: str) -> str:
        normalised = " ".join(unicodedata.normalize("NFC", text).split())
        longest = LONGEST_STEPS if name == "steps" else LONGEST_WORDS if name in _SHORT else LONGEST_CELL
        if len(normalised) > longest:
            self._wrong(name, "line-words-too-long", f"This has {len(normalised)} characters; {longest} are the most.")
            return ""
        if not normalised.isprintable():
            self._wrong(name, "line-words-unreadable", "This has signs that cannot be printed. Leave them out.")
            return ""
        return normalised

    def _check_names(self) -> None:
        code = self._cells["code"]
        if not code:
            self._wrong("code", "line-cell-missing", "Give the line a code, as the contract numbers it.")
        elif not _CODE.fullmatch(code):
            self._wrong("code", "line-code", "A code has letters, digits, dots and dashes, 20 at most, like 4.0.")
        if not self._cells["wording"]:
            self._wrong("wording", "line-cell-missing", "Write the indicator, as the contract words it.")

    def _measure(self) -> str:
        """The code of the measure that counts it, or of the KPI that is entered by hand; empty for none."""
        wanted, own = self._cells["measure"], self._cells["code"]
        if wanted.lower() == NO_MEASURE:
            return ""
        if not wanted:
            return own if may_be_counted(own) else ""
        if not may_be_counted(wanted):
            self._wrong(
                "measure",
                "measure-unknown",
                f"Nothing here counts a measure {wanted!r}. Leave it empty, or give one of {', '.join(MEASURE_OF)}, or "
                "a KPI that is entered by hand, like X.housing.",
            )
        return wanted

    def _polarity(self, measure: Measure | None) -> str:
        better, own = self._cells["better"].lower(), (measure.polarity or "") if measure else ""
        if better not in {"", "higher", "lower"}:
            self._wrong("better", "better-unreadable", "Write higher or lower, or leave it empty.")
            return own
        if own and better not in {"", own}:
            self._wrong("better", "better-contradicts", f"Of {measure.code if measure else ''} {own} is better.")
        return own or better

    def _day(self, name: str) -> date | None:
        text = self._cells[name]
        try:
            return day_read(text) if text else None
        except ValueError:
            self._wrong(name, "day-unreadable", "This is no day. Write it as year-month-day, like 2017-12-31.")
            return None

    def _percentage(self, name: str) -> Decimal | None:
        text = self._cells[name]
        if not text:
            return None
        number = percentage_read(text)
        if number is None:
            self._wrong(name, "percentage-unreadable", "This is no percentage. Write it in figures, like 5.6.")
            return None
        return self._goal_of(name, lambda: Goal.level(number).low)

    def _goal_of(self, name: str, make: Callable[[], T]) -> T | None:
        """What a goal's own rules make of it; None, and a problem, where they refuse it."""
        try:
            return make()
        except Refused as refused:
            self._wrong(name, refused.code, refused.message)
            return None

    def _goal(self, name: str, text: str) -> Goal | None:
        try:
            return self._goal_of(name, lambda: goal_read(text, self._line_baseline))
        except ValueError:
            self._wrong(
                name,
                "goal-unreadable",
                f"{text!r} cannot be read. Write 8%, 7.36% to 8.93%, +10% of 21.5% (baseline) or +2 points on 21.5% "
                "(baseline).",
            )
            return None

    def _line_baseline(self) -> Baseline:
        """The line's own baseline, for growth that names none."""
        named = self._cells["baseline_source"] or self._cells["baseline"]
        return Baseline(percentage_read(self._cells["baseline_percentage"]), named)

    def _steps(self, measure: Measure | None, polarity: str) -> tuple[TargetStep, ...]:
        steps = self._trajectory() if self._cells["steps"] else self._single()
        if not steps:
            return ()
        column = "steps" if self._cells["steps"] else "goal"
        if measure and (measure.polarity is None or measure.immature):
            why = "is a count" if measure.polarity is None else "has people whose six months have not passed"
            self._wrong(column, "target-takes-none", f"{measure.code} {why}, and takes no target.")
        elif not polarity:
            self._wrong("better", "better-missing", "Say whether higher or lower is better.")
        else:
            self.problems += [CellProblem(column, *wrong) for wrong in backward(steps, polarity)]
        self._check_against_words(column, steps)
        return tuple(steps)

    def _check_against_words(self, column: str, steps: Sequence[TargetStep]) -> None:
        """Hold what is to be reached against the percentages that the target names in words, where it names any."""
        written = percentages_in(self._cells["target"])
        meant = {number for step in steps for number in (step.low, step.high, step.baseline, abs(step.change or 0))}
        if written and meant.isdisjoint(written):
            self._wrong(
                column,
                "target-words-differ",
                f"The target as it is written says {written[0]:f}%, and {steps[-1].low:f}% is to be reached. Write "
                "the same in both.",
            )

    def _single(self) -> list[TargetStep]:
        text = self._cells["goal"]
        if not text:
            return []
        goal, first_day, last_day = self._goal("goal", text), self._day("first_day"), self._day("deadline_day")
        if not self._cells["first_day"] or not self._cells["deadline_day"]:
            column = "deadline_day" if self._cells["first_day"] else "first_day"
            which = "last" if self._cells["first_day"] else "first"
            self._wrong(
                column, "target-without-a-day", f"A target needs its days. Give the {which} day for which it counts."
            )
        return [TargetStep.put(first_day, last_day, goal)] if goal and first_day and last_day else []

    def _trajectory(self) -> list[TargetStep]:
        if self._cells["goal"]:
            self._wrong("steps", "steps-beside-goal", "Give either a single target or steps, not both.")
        texts = steps_in(self._cells["steps"])
        if len(texts) > MOST_STEPS:
            self._wrong("steps", "steps-unreadable", f"A trajectory has at most {MOST_STEPS} steps.")
            return []
        return [step for text in texts if (step := self._step(text.strip()))]

    def _step(self, text: str) -> TargetStep | None:
        parts = step_parts(text)
        if parts is None:
            said = f"{text!r} needs its two days, and what is to be reached: 2017-04-01 to 2017-12-31: 8%"
            self._wrong("steps", "steps-unreadable" if is_dated(text) else "target-without-a-day", said)
            return None
        try:
            first_day, last_day = day_read(parts[0]), day_read(parts[1])
        except ValueError:
            self._wrong("steps", "day-unreadable", f"{text!r} has a day that is none.")
            return None
        goal = self._goal("steps", parts[2])
        return TargetStep.put(first_day, last_day, goal) if goal else None

    def _deadline_day(self, steps: Sequence[TargetStep]) -> date | None:
        if not self._cells["deadline_day"]:
            return steps[-1].last_day if steps else None
        day = self._day("deadline_day")
        if day and steps and steps[-1].last_day != day:
            self._wrong(
                "deadline_day",
                "deadline-not-the-end",
                f"The trajectory ends on {steps[-1].last_day} and the deadline is {day}. Give the same day.",
            )
        return day

    def _comparator(self) -> tuple[Decimal, Decimal] | None:
        text = self._cells["comparator"]
        if not text:
            return None
        if text.startswith(("+", "-")):
            self._wrong("comparator", "goal-unreadable", "Write what others reach: 8.8%, or 7.36% to 8.93%.")
            return None
        goal = self._goal("comparator", text)
        if goal is None:
            return None
        if not self._cells["comparator_words"]:
            self._wrong(
                "comparator_words", "target-comparator-unnamed", "Say whose figures the comparator's are, and of when."
            )
        return goal.low, goal.high


_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
