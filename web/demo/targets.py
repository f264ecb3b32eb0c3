"""The targets of the paper as they were agreed: of the contract's beginning, of Appendix C, and of the action plan.

They are set once the archive is loaded, behind all knowledge. The paper gives their quarters and not the days on which
they were agreed; we take the beginning of the contract, and of the improvement plan. It has no rule for amber.
"""

from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from domain.contract_life.targets import Comparator, Goal, TargetScale
from domain.log.database import reading
from domain.measures.registry import measure_named
from domain.periods import Period
from domain.register import Register
from projections.performance.targets import Targets, Whose
from web.commands.contract_life.targets import TargetDecision, set_target

CONTRACT, PLAN = date(2015, 12, 1), date(2017, 4, 10)
"""When the contract began, and the improvement plan."""


class Agreed(NamedTuple):
    """A target of the paper; `comparator` low and high, and whose they are."""

    measure: str
    first_day: date
    last_day: date
    goal: Goal
    agreed_on: date
    source: str
    comparator: tuple[str, str, str] | None = None


_ORIGINAL: Final = "Herefordshire, performance review of March 2017"
_REVISED: Final = "Herefordshire, Appendix C"
_ACTION_PLAN: Final = "Herefordshire, action plan, area 3: 80% for start, first review and exit"
_QUARTILE: Final = "top quartile of the comparator group, Q3 2016/17"
_NATIONAL: Final = "national average, Q3 2016/17"
_BASELINE: Final = "baseline, to be kept until the end of Q4 2015/16"
_Q4_END, _Q1_END, _Q2_END, _YEAR_END = date(2016, 3, 31), date(2016, 6, 30), date(2016, 9, 30), date(2017, 3, 31)


def _level(text: str) -> Goal:
    return Goal.level(Decimal(text))


def _growth(baseline: str, percent: str) -> Goal:
    return Goal.changed(Decimal(baseline), _BASELINE, Decimal(percent), TargetScale.RELATIVE)


def _original(measure: str, first_day: date, last_day: date, goal: Goal) -> Agreed:
    return Agreed(measure, first_day, last_day, goal, CONTRACT, _ORIGINAL)


def _revised(measure: str, level: str, comparator: tuple[str, str, str] | None = None) -> Agreed:
    return Agreed(measure, date(2017, 4, 1), date(2017, 12, 31), _level(level), PLAN, _REVISED, comparator)


def _planned(measure: str, level: str) -> Agreed:
    return _revised(measure, level)._replace(source=_ACTION_PLAN)


AGREED: Final = (
    _original("1.0", CONTRACT, _Q4_END, _level("5.40")),
    _original("1.0", date(2016, 4, 1), _Q2_END, _growth("5.40", "1.75")),
    _original("1.0", date(2016, 10, 1), _YEAR_END, _level("10")),
    _original("2.0", CONTRACT, _Q4_END, _level("21.5")),
    _original("2.0", date(2016, 4, 1), _Q1_END, _growth("21.5", "10")),
    _original("2.0", date(2016, 7, 1), _Q2_END, _growth("21.5", "20")),
    _original("2.0", date(2016, 10, 1), _YEAR_END, _level("52.50")),
    _revised("1.0", "8", ("7.36", "8.93", _QUARTILE)),
    _revised("2.0", "52.50", ("45.61", "57.73", _QUARTILE)),
    _revised("3.0", "38.5", ("38.3", "38.3", _NATIONAL)),
    _revised("4.0", "8"),
    _revised("4.1", "52.50"),
    _revised("4.2", "39.5", ("39.5", "39.5", _NATIONAL)),
    _revised("4.3", "48", ("42.59", "60.67", _QUARTILE)),
    _revised("5.0", "10", ("3.45", "12.5", _QUARTILE)),
    _revised("5.1", "0", ("0", "0", _QUARTILE)),
    _revised("5.2", "8.8", ("8.8", "8.8", _NATIONAL)),
    _revised("5.3", "3", ("0", "4.55", _QUARTILE)),
    _planned("T.start", "80"),
    _planned("T.review", "80"),
    _planned("T.exit", "80"),
)
"""In the order in which they are set."""


def set_targets(register: Register, today: date, *, actor: str, role: str) -> None:
    """Set those of the paper that are not set yet: a loading that was cut short goes on."""
    with reading(register.engine) as connection:
        there = len(Targets.load(connection, register.mapper))
    for one in AGREED[there:]:
        set_target(
            register,
            measure_named(one.measure),
            Whose(None, None),
            Period(one.first_day, one.last_day),
            one.goal,
            TargetDecision(actor, role, one.agreed_on, today),
            comparator=_comparator(*one.comparator) if one.comparator else None,
            source=one.source,
        )


def _comparator(low: str, high: str, words: str) -> Comparator:
    return Comparator(Decimal(low), Decimal(high), words)
