"""The contract and its schedule of KPIs: drafted, agreed, changed and ended, each with the targets that follow from it.

One step is one transaction: the schedule's own event, the targets that it sets and withdraws, and the agencies' own
contracts, or nothing. Agencies' contracts bring knowledge, and so keep to the order of receipt; what the schedule says
counts from the day of its agreement.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from domain.contract_life.kpi_lines import cells
from domain.contract_life.kpi_lines.line import KpiLine
from domain.contract_life.schedule import (
    THING,
    Schedule,
    ScheduleAgreed,
    ScheduleChanged,
    ScheduleCorrected,
    ScheduleDiscarded,
    ScheduleDrafted,
    ScheduleEdited,
    ScheduleEnded,
    ScheduleEvent,
    Terms,
    checked_terms,
)
from domain.contract_life.transitions import NONE, next_state
from domain.errors import Refused
from domain.register import Recording, Register
from projections.performance.schedules import (
    ended_on,
    live_targets,
    schedules,
    target_change,
)
from projections.performance.targets import Targets
from web.commands.commit import next_number
from web.commands.contract_life import contracts, targets

from .schedule_checks import (
    Correction,
    Edit,
    ScheduleDecision,
    check_agreed_on,
    check_beside,
    check_edited,
    check_entered,
    check_hubs,
    check_lines,
    checked_reason,
    corrected,
    edit_planned,
    name_agencies,
    schedule_before,
)
from .schedule_effects import PlannedTargets, move_contracts, readdressed, record_contracts, target_changes

REFUSALS: Final = (
    contracts.REFUSALS
    | targets.REFUSALS
    | cells.REFUSALS
    | {
        "schedule-unknown": "There is no contract with this number.",
        "schedule-unnamed": "The contract, or its provider, has no name.",
        "schedule-no-hubs": "The contract names no hub.",
        "schedule-too-large": "The contract has too many hubs, or too many lines.",
        "schedule-no-lines": "The contract has no KPI line yet.",
        "schedule-ends-before-it-begins": "The last day of the contract lies before its first.",
        "schedule-fixed": "A contract that was agreed would begin on another day, or count others; correct it.",
        "schedule-overlaps": "An agency has another contract in force on some of these days.",
        "schedule-in-future": "The step would be agreed after today.",
        "schedule-before-the-last": "The step would be agreed before the one before it.",
        "schedule-no-reason": "A change, or an end, has no reason.",
        "schedule-unchanged": "Nothing would change.",
        "schedule-words-too-long": "A name or a reason is too long.",
        "schedule-words-unreadable": "A name or a reason has signs that cannot be printed.",
        "hub-twice": "A hub is named twice.",
        "hub-unknown": "A hub is no agency that is known here.",
        "line-twice": "A line is there twice.",
        "line-unknown": "There is no line of this code.",
        "measure-twice": "Two lines are counted by the same measure.",
        "target-outside-contract": "A target counts before the contract begins, or after it ends.",
        "changed-meanwhile": "It was changed since it was read.",
        "step-not-yours": "The role may not take this step.",
        "step-not-now": "The step cannot be taken in this state.",
    }
)
"""Why a step is refused, by code; nothing is stored then."""


def draft_schedule(
    register: Register,
    terms: Terms,
    lines: Sequence[KpiLine],
    decision: ScheduleDecision,
    *,
    new_names: Mapping[str, str] | None = None,
) -> Schedule:
    """Write a contract down. It counts for nothing until it is agreed. `new_names` call agencies not known here.

    Raises:
        Refused: the step is not theirs, a hub is no agency, a line is there twice, or the words or days do not fit.
    """
    next_state(THING, "draft", NONE, decision.party)
    terms = checked_terms(terms)
    check_lines(terms, lines)
    with register.recording() as recording:
        name_agencies(recording, new_names)
        check_hubs(recording, terms.hubs)
        check_entered(recording, register, lines)
        number = next_number(recording, ScheduleDrafted)
        event = ScheduleDrafted(
            **decision.fields(number, version=1, on=decision.today), terms=terms, lines=tuple(lines)
        )
        return Schedule.folded(recording.append([event]))


def edit_schedule(register: Register, number: int, edit: Edit, decision: ScheduleDecision) -> Schedule:
    """Write a draft anew, in part or whole; raises as `draft_schedule`, and if it was changed meanwhile."""
    with register.recording() as recording:
        before = schedule_before(recording, register, number, "edit", decision)
        fields, after = edit_planned(before, edit)
        name_agencies(recording, edit.new_names)
        check_edited(recording, before, after)
        check_entered(recording, register, after.lines)
        event = ScheduleEdited(**decision.fields(number, before.version + 1, decision.today), **fields)
        return Schedule.folded([*before.recorded, *recording.append([event])])


def discard_schedule(register: Register, number: int, decision: ScheduleDecision) -> Schedule:
    """Give a draft up."""
    with register.recording() as recording:
        before = schedule_before(recording, register, number, "discard", decision)
        event = ScheduleDiscarded(**decision.fields(number, before.version + 1, decision.today))
        return Schedule.folded([*before.recorded, *recording.append([event])])


def agree_schedule(
    register: Register, number: int, decision: ScheduleDecision, *, with_contracts: bool = True
) -> Schedule:
    """Let a draft be agreed: its targets are set, and each hub that has no contract of its own gets one.

    Without `with_contracts`, the agencies' own contracts are left as they are.

    Raises:
        Refused: it has no line, an agency has another contract in these days, the day does not fit, or as before.
    """
    with register.recording() as recording:
        before = schedule_before(recording, register, number, "agree", decision)
        check_agreed_on(before, decision)
        if not before.lines:
            raise Refused("schedule-no-lines", "The contract has no KPI line yet. Write one, or load a file of them.")
        check_beside(before, schedules(recording.connection, register.mapper))
        recorded = record_contracts(recording, register, None, before.terms, decision) if with_contracts else ()
        changes = {line.code: target_change(None, line, ()) for line in before.lines}
        planned = PlannedTargets.of(recording, before, before.lines, changes, decision)
        event = ScheduleAgreed(
            **decision.fields(number, before.version + 1, decision.on), targets=planned.targets, contracts=recorded
        )
        return _stored(recording, before, planned, event)


def change_schedule(register: Register, number: int, edit: Edit, decision: ScheduleDecision, reason: str) -> Schedule:
    """Let a change be agreed: a reset of targets, another wording, a line more or less, another end.

    Raises:
        Refused: no reason is given, nothing would change, the first day would, or as before.
    """
    reason = checked_reason(reason)
    with register.recording() as recording:
        before = schedule_before(recording, register, number, "change", decision)
        check_agreed_on(before, decision)
        fields, after = edit_planned(before, edit)
        name_agencies(recording, edit.new_names)
        check_edited(recording, before, after)
        check_entered(recording, register, after.lines)
        if edit.terms:
            check_beside(after, schedules(recording.connection, register.mapper))
        recorded = record_contracts(recording, register, before.terms, after.terms, decision) if edit.terms else ()
        changes = target_changes(before, after, Targets.load(recording.connection, register.mapper), decision.on)
        planned = PlannedTargets.of(recording, before, after.lines, changes, decision, reason)
        event = ScheduleChanged(
            **decision.fields(number, before.version + 1, decision.on),
            **fields,
            reason=reason,
            targets=planned.targets,
            withdrawn=planned.withdrawn,
            contracts=recorded,
        )
        return _stored(recording, before, planned, event)


def correct_schedule(
    register: Register, number: int, correction: Correction, decision: ScheduleDecision, reason: str
) -> Schedule:
    """Say that a contract that was agreed was written down wrongly: it begins on another day, or counts others.

    As known before the day of the correction, all stays as it was said. The hubs' own contracts from the old first day
    are taken back and recorded from the new one; targets are set anew for the other area, each as it was.

    Raises:
        Refused: no reason is given, nothing differs, a target would count before the first day, an agency has another
            contract on some of these days, or as before.
    """
    reason = checked_reason(reason)
    with register.recording() as recording:
        before = schedule_before(recording, register, number, "correct", decision)
        check_agreed_on(before, decision)
        after = corrected(before, correction)
        check_lines(after.terms, after.lines)
        check_beside(after, schedules(recording.connection, register.mapper))
        moved = move_contracts(recording, register, before.terms, after.terms, decision)
        changes = readdressed(before, after.terms.area, Targets.load(recording.connection, register.mapper))
        planned = PlannedTargets.of(recording, before, before.lines, changes, decision, reason)
        event = ScheduleCorrected(
            **decision.fields(number, before.version + 1, decision.on),
            first_day=after.terms.first_day,
            area=after.terms.area,
            reason=reason,
            targets=planned.targets,
            withdrawn=planned.withdrawn,
            contracts=moved,
        )
        return _stored(recording, before, planned, event)


def end_schedule(register: Register, number: int, last_day: date, decision: ScheduleDecision, reason: str) -> Schedule:
    """Let it be agreed that a contract ends on `last_day`: no target counts after it, and its hubs' own contracts end.

    Raises:
        Refused: no reason is given, it would end before it begins, or as before.
    """
    reason = checked_reason(reason)
    with register.recording() as recording:
        before = schedule_before(recording, register, number, "end", decision)
        check_agreed_on(before, decision)
        terms = checked_terms(msgspec.structs.replace(before.terms, last_day=last_day))
        recorded = record_contracts(recording, register, before.terms, terms, decision, ending=True)
        every = Targets.load(recording.connection, register.mapper)
        changes = {code: ended_on(last_day, live_targets(before, code, every)) for code in before.targets}
        planned = PlannedTargets.of(recording, before, before.lines, changes, decision, reason)
        event = ScheduleEnded(
            **decision.fields(number, before.version + 1, decision.on),
            last_day=last_day,
            reason=reason,
            targets=planned.targets,
            withdrawn=planned.withdrawn,
            contracts=recorded,
        )
        return _stored(recording, before, planned, event)


def _stored(recording: Recording, before: Schedule, planned: PlannedTargets, event: ScheduleEvent) -> Schedule:
    recorded = recording.append([*planned.events, event])
    return Schedule.folded([*before.recorded, recorded[-1]])
