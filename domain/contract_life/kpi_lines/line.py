"""A KPI line of a contract: each cell as it is written, word for word, beside what it means to the machine.

A line comes as cells of text, the same ones from a form, a row of a file and a program (`CELLS`, read by `cells`),
and goes back as the cells that it came as. Days include both ends. Percentages are exact decimals.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from domain.contract_life.entered import CODE as ENTERED_CODE
from domain.contract_life.kpi_lines.goals import TargetStep, goal_text, range_text, step_text
from domain.measures.registry import MEASURE_OF

CELLS: Final[Mapping[str, str]] = {
    "code": "What the contract calls the line, like 4.0.",
    "wording": "The objective or indicator, as the contract words it.",
    "measure": "The measure or entered KPI that counts it. Empty: that of the same code, if any; none: nothing does.",
    "baseline": "The baseline, as it is written.",
    "baseline_percentage": "The baseline as a percentage.",
    "baseline_source": "Where the baseline is from.",
    "baseline_day": "The day that the baseline is of.",
    "target": "The target, as it is written.",
    "goal": "What is to be reached, like 8% or +10% of 21.5% (baseline).",
    "first_day": "The first day for which the target counts.",
    "deadline": "The deadline, as it is written.",
    "deadline_day": "The last day for which the target counts.",
    "steps": "In place of goal and first_day: steps, each with its days, with semicolons between.",
    "level": "The level, as it is written.",
    "comes_from": "What the target is taken from, as it is written, like Top quartile.",
    "comparator": "What others reach: 8.8% or 7.36% to 8.93%.",
    "comparator_words": "Who they are, and of when that is.",
    "method": "The method of measurement, as it is written.",
    "frequency": "How often it is monitored, as it is written.",
    "better": "higher or lower; empty: as the measure has it.",
    "source": "The paper in which the line was agreed.",
}
"""The cells of a line, in order, with what each is."""

NO_MEASURE: Final = "none"
"""What stands in the cell of the measure where nothing here counts the line."""


class KpiLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A KPI of a contract. The texts are the cells as they are written; see `CELLS`.

    `measure` is empty where nothing here counts it, `polarity` where it is not said and no target needs it. `steps`
    are in the order of their days, without overlaps, each asking for at least what the one before it does.
    """

    code: str
    wording: str
    measure: str = ""
    baseline: str = ""
    baseline_percentage: Decimal | None = None
    baseline_source: str = ""
    baseline_day: date | None = None
    target: str = ""
    deadline: str = ""
    deadline_day: date | None = None
    level: str = ""
    comes_from: str = ""
    comparator_low: Decimal | None = None
    comparator_high: Decimal | None = None
    comparator_words: str = ""
    method: str = ""
    frequency: str = ""
    polarity: str = ""
    steps: tuple[TargetStep, ...] = ()
    source: str = ""


# ---- the cells of a line


def cells_of(line: KpiLine) -> dict[str, str]:
    """The line as cells: read again, they are the same line."""
    single = line.steps[0] if len(line.steps) == 1 else None
    its: dict[str, str] = {name: getattr(line, name) for name in CELLS if isinstance(getattr(line, name, None), str)}
    its |= {
        "measure": _measure_cell(line),
        "baseline_percentage": f"{line.baseline_percentage:f}%" if line.baseline_percentage is not None else "",
        "baseline_day": line.baseline_day.isoformat() if line.baseline_day else "",
        "goal": goal_text(single) if single else "",
        "first_day": single.first_day.isoformat() if single else "",
        "deadline_day": line.deadline_day.isoformat() if line.deadline_day else "",
        "steps": "" if single else "; ".join(map(step_text, line.steps)),
        "comparator": range_text(line.comparator_low, line.comparator_high),
        "better": line.polarity,
    }
    return {name: its[name] for name in CELLS}


def _measure_cell(line: KpiLine) -> str:
    if line.measure:
        return "" if line.measure == line.code else line.measure
    return NO_MEASURE if may_be_counted(line.code) else ""


def may_be_counted(code: str) -> bool:
    """Whether this is the code of a measure, or may be that of a KPI that is entered by hand."""
    return code in MEASURE_OF or re.fullmatch(ENTERED_CODE, code) is not None
