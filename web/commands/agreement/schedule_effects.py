"""What follows from a step of a contract's schedule: the agencies' own contracts, and the targets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

import msgspec

from domain.contract_life.contract import Contract
from domain.contract_life.kpi_lines.goals import TargetStep
from domain.contract_life.kpi_lines.line import KpiLine
from domain.contract_life.schedule import LineTarget, Schedule, Terms
from domain.contract_life.targets import Comparator, TargetSet
from domain.log.mapper import Event
from domain.measures.entered import as_measure
from domain.measures.registry import MEASURE_OF, Measure
from domain.periods import Period
from domain.register import Recording, Register
from projections.performance.schedules import (
    Readdressed,
    Shortened,
    TargetChange,
    ended_on,
    live_targets,
    target_change,
)
from projections.performance.targets import Target, Targets, Whose
from projections.store.submissions import load_contracts
from web.commands.commit import Commit, Receipt, check_order, next_number
from web.commands.contract_life.contracts import record_contract, take_back
from web.commands.contract_life.targets import target_event, withdrawal_event
from web.commands.known import Knowledge

from .schedule_checks import ScheduleDecision

# ---- the agencies' own contracts


def record_contracts(
    recording: Recording,
    register: Register,
    before: Terms | None,
    after: Terms,
    decision: ScheduleDecision,
    *,
    ending: bool = False,
) -> tuple[str, ...]:
    """Record the contract of each hub that has none from the first day, and the new end of those that had the old one.

    Raises:
        Refused: an agency has another contract in force on some of these days.
    """
    receipt = _receipt(recording, register, decision)
    recorded = []
    for hub in after.hubs:
        commit = _commit(recording, register, receipt)
        own = _own_contract(commit, hub.agency, after.first_day)
        if own is None and not ending:
            wanted = Contract(0, hub.agency, after.first_day, after.last_day, hub.succeeds)
        elif own and before and own.last_day == before.last_day != after.last_day:
            wanted = own._replace(position=0, last_day=after.last_day)
        else:
            continue
        record_contract(commit, wanted)
        recorded.append(hub.agency)
    return tuple(recorded)


def move_contracts(
    recording: Recording, register: Register, before: Terms, after: Terms, decision: ScheduleDecision
) -> tuple[str, ...]:
    """Take the contract back of each hub that has one from the old first day, and record it from the new one.

    Raises:
        Refused: an agency has another contract in force on some of these days.
    """
    receipt = _receipt(recording, register, decision)
    moved = []
    for hub in after.hubs:
        commit = _commit(recording, register, receipt)
        own = _own_contract(commit, hub.agency, before.first_day)
        if own is None or before.first_day == after.first_day:
            continue
        take_back(commit, own)
        record_contract(_commit(recording, register, receipt), own._replace(position=0, first_day=after.first_day))
        moved.append(hub.agency)
    return tuple(moved)


def _own_contract(commit: Commit, agency: str, first_day: date) -> Contract | None:
    """The contract that an agency has from this day; None without one."""
    every = load_contracts(commit.connection, commit.knowledge.generation).known_at()
    return next((one for one in every if (one.agency, one.first_day) == (agency, first_day)), None)


def _receipt(recording: Recording, register: Register, decision: ScheduleDecision) -> Receipt:
    """When the agencies' contracts became known: as they were agreed, unless something was received since; then today.

    Received today in any case, they would keep out an archive of older files that is to be loaded after them.
    """
    newest = Knowledge.of(recording.connection, register.mapper).newest()
    in_order = newest is None or newest.received_on <= decision.on
    return Receipt(decision.on if in_order else decision.today, decision.today, decision.actor, decision.role)


def _commit(recording: Recording, register: Register, receipt: Receipt) -> Commit:
    """A commit of knowledge within this transaction, after those that it has made already."""
    knowledge = Knowledge.of(recording.connection, register.mapper)
    return Commit(recording, knowledge, receipt, check_order(knowledge, receipt))


# ---- the targets that follow


def target_changes(before: Schedule, after: Schedule, every: Targets, on: date) -> dict[str, TargetChange]:
    """What becomes of the targets, by line; those of a line that is taken out count to the day on which it is."""
    changes = {
        line.code: target_change(before.line(line.code), line, live_targets(before, line.code, every))
        for line in after.lines
    }
    gone = [line.code for line in before.lines if after.line(line.code) is None]
    return changes | {code: ended_on(on, live_targets(before, code, every)) for code in gone}


def readdressed(before: Schedule, area: str, every: Targets) -> dict[str, TargetChange]:
    """What becomes of targets, by line, where the contract counts others: each is withdrawn, and set anew for them."""
    if area == before.terms.area:
        return {}
    live = {code: live_targets(before, code, every) for code in before.targets}
    return {
        code: TargetChange(tuple(its), readdressed=tuple(Readdressed(one, area or None) for one in its))
        for code, its in live.items()
    }


@dataclass(frozen=True, slots=True)
class PlannedTargets:
    """The events of targets that go with a step, and what the step says of them."""

    events: tuple[Event, ...]
    targets: tuple[LineTarget, ...]
    withdrawn: tuple[int, ...]

    @classmethod
    def of(
        cls,
        recording: Recording,
        before: Schedule,
        lines: Iterable[KpiLine],
        changes: dict[str, TargetChange],
        decision: ScheduleDecision,
        reason: str = "",
    ) -> "PlannedTargets":
        """Those of these changes, numbered from the first free number on."""
        by_code = {line.code: line for line in (*before.lines, *lines)}
        number = next_number(recording, TargetSet)
        events: list[Event] = []
        its_targets: list[LineTarget] = []
        withdrawn: list[int] = []
        for code, change in changes.items():
            for target in change.withdrawn:
                events.append(withdrawal_event(target, target.number, decision.of_target, reason))
                withdrawn.append(target.number)
            makes = [partial(_shortened, one, decision=decision) for one in change.shortened]
            makes += [partial(_readdressed, *one, decision=decision) for one in change.readdressed]
            makes += [partial(_target, by_code[code], step, before.terms, decision=decision) for step in change.set]
            for make in makes:
                events.append(make(number=number))
                its_targets.append(LineTarget(code, number))
                number += 1
        return cls(tuple(events), tuple(its_targets), tuple(withdrawn))


def _target(line: KpiLine, step: TargetStep, terms: Terms, *, number: int, decision: ScheduleDecision) -> TargetSet:
    comparator = None
    if line.comparator_low is not None and line.comparator_high is not None:
        comparator = Comparator(line.comparator_low, line.comparator_high, line.comparator_words)
    return target_event(
        number,
        _measure_of(line),
        Whose(terms.area or None, None),
        Period(step.first_day, step.last_day),
        step.goal,
        decision.of_target,
        comparator=comparator,
        source=line.source or terms.name,
    )


def _measure_of(line: KpiLine) -> Measure:
    """The measure of a line; of a KPI that is entered by hand what a target has to know of it."""
    entered = as_measure(line.measure, line.wording, "proportion", line.polarity, line.frequency)
    return MEASURE_OF.get(line.measure) or entered


def _shortened(one: Shortened, *, number: int, decision: ScheduleDecision) -> TargetSet:
    """The target as it was set, but for its number, its day and its end."""
    fields = decision.of_target.fields(number, version=1)
    return msgspec.structs.replace(one.target.terms, **fields, last_day=one.last_day)


def _readdressed(target: Target, area: str | None, *, number: int, decision: ScheduleDecision) -> TargetSet:
    """The target as it was set, but for its number, its day and whose figures it is for."""
    return msgspec.structs.replace(target.terms, **decision.of_target.fields(number, version=1), area=area)
