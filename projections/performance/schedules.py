"""The contracts' schedules of KPIs, and what a change of one does to the targets that were set by it.

A change follows what it does not touch: a target that ended before the new ones begin stays. One that reaches into
their days is withdrawn, and set anew for the days before them. So nothing comes back to life once the new ones end,
and what was known before the change stays as it was said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from domain.contract_life.kpi_lines.goals import TargetStep
from domain.contract_life.kpi_lines.line import KpiLine
from domain.contract_life.schedule import DISCARDED, DRAFT, SCHEDULE_EVENTS, Schedule, ScheduleEnded, ScheduleEvent
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read_topics
from domain.periods import ONE_DAY
from projections.performance.targets import Target, Targets


def schedules(connection: sa.Connection, mapper: JsonMapper) -> list[Schedule]:
    """Every schedule, in the order in which they were first written down."""
    of_number: dict[int, list[Recorded]] = {}
    for recorded in read_topics(connection, mapper, [event.TOPIC for event in SCHEDULE_EVENTS]):
        event = recorded.event
        assert isinstance(event, ScheduleEvent)
        of_number.setdefault(event.number, []).append(recorded)
    return [Schedule.folded(recorded) for recorded in of_number.values()]


def standing(every: Iterable[Schedule]) -> list[Schedule]:
    """Those that were agreed, also where they have ended since."""
    return [one for one in every if one.state not in {DRAFT, DISCARDED}]


class Shortened(NamedTuple):
    """A target that is set anew, as it was, with this last day: an earlier one, or again the one that it had."""

    target: Target
    last_day: date


class Readdressed(NamedTuple):
    """A target that is set anew, as it was, for the people of another area; None for everybody."""

    target: Target
    area: str | None


@dataclass(frozen=True, slots=True)
class TargetChange:
    """What becomes of the targets of one line: those that count no more, those that end earlier, the steps that are
    set, those that are for another area. What is set anew is among the `withdrawn`, too.
    """

    withdrawn: tuple[Target, ...] = ()
    shortened: tuple[Shortened, ...] = ()
    set: tuple[TargetStep, ...] = ()
    readdressed: tuple[Readdressed, ...] = ()


def live_targets(schedule: Schedule, code: str, targets: Targets) -> list[Target]:
    """The targets of a line that were set by its schedule and not withdrawn since, by whom ever."""
    numbers = set(schedule.targets.get(code, ()))
    return [one for one in targets if one.number in numbers and one.withdrawn is None]


def target_change(before: KpiLine | None, after: KpiLine, live: Sequence[Target]) -> TargetChange:
    """What a line written anew does to its targets; nothing where what is to be reached stays the same."""
    if before is not None and _sets_the_same(before, after):
        return TargetChange()
    if not after.steps or not after.measure:
        return TargetChange(tuple(live))
    return _from_day(after.steps[0].first_day, live, after.steps)


def resumed(schedule: Schedule, ended: ScheduleEnded, every: Targets) -> dict[str, TargetChange]:
    """What becomes of the targets, by line, where an end is taken back: each is set anew with the days that it had.

    One that was withdrawn or set by hand since stays so.
    """
    line_of = {number: code for code, numbers in schedule.targets.items() for number in numbers}
    said = {one.target for one in ended.targets}
    by_number = {one.number: one for one in every}
    changes: dict[str, TargetChange] = {}
    for code in dict.fromkeys(line_of[number] for number in ended.withdrawn):
        cut = [by_number[number] for number in said if line_of[number] == code]
        before = [by_number[number] for number in ended.withdrawn if line_of[number] == code]
        back = [one for one in before if not _was_taken_back(one, cut)]
        changes[code] = TargetChange(
            tuple(one for one in cut if one.withdrawn is None),
            tuple(Shortened(one, one.terms.last_day) for one in back),
        )
    return changes


def _was_taken_back(target: Target, cut: Iterable[Target]) -> bool:
    """Whether what was left of a target, with an earlier end, was withdrawn since."""
    return any(one.withdrawn and one.terms.first_day == target.terms.first_day for one in cut)


def ended_on(last_day: date, live: Sequence[Target]) -> TargetChange:
    """What the end of the contract, or of one line, does to the targets: none counts after the last day."""
    return _from_day(last_day + ONE_DAY, live, ())


def _sets_the_same(before: KpiLine, after: KpiLine) -> bool:
    names = ("measure", "steps", "comparator_low", "comparator_high", "comparator_words", "source")
    return all(getattr(before, name) == getattr(after, name) for name in names)


def _from_day(first_day: date, live: Sequence[Target], steps: Sequence[TargetStep]) -> TargetChange:
    withdrawn = tuple(one for one in live if one.terms.last_day >= first_day)
    shortened = (Shortened(one, first_day - ONE_DAY) for one in withdrawn if one.terms.first_day < first_day)
    return TargetChange(withdrawn, tuple(shortened), tuple(steps))
