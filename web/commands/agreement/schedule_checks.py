"""What holds for every step of a contract's schedule: who may take it, and what it must keep to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import msgspec

from domain.contract_life.kpi_lines.line import KpiLine
from domain.contract_life.schedule import (
    MOST_LINES,
    THING,
    ContractHub,
    Schedule,
    Terms,
    checked_terms,
    schedule_stream,
    schedule_words,
)
from domain.contract_life.transitions import check_version, next_state
from domain.errors import Refused
from domain.measures.registry import MEASURE_OF
from domain.register import Recording, Register
from projections.performance.entered import Entered
from projections.performance.schedules import schedules, standing
from projections.standings.stored import load_slices
from projections.store import generations
from projections.store.submissions import load_contracts
from web.commands.administration.accounts import name_agency
from web.commands.agreement.parties import party_of
from web.commands.commit import event_fields
from web.commands.contract_life.targets import TargetDecision
from web.queries.administration.accounts import agency_names


@dataclass(frozen=True, slots=True)
class ScheduleDecision:
    """Who takes a step, in which role; `on` is the day on which it was agreed; `seen` the version that was read."""

    actor: str
    role: str
    on: date
    today: date
    seen: int | None = None

    @property
    def party(self) -> str:
        """For whom they act: whoever has the machine's command line acts for the commissioner."""
        return party_of(self.role)

    @property
    def of_target(self) -> TargetDecision:
        """The same of the targets that follow."""
        return TargetDecision(self.actor, self.role, self.on, self.today)

    def fields(self, number: int, version: int, on: date) -> dict[str, Any]:
        """What every event says of it."""
        return event_fields(schedule_stream(number), version, number, on, self.actor, self.role)


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be written anew: the terms, lines by their codes, and the codes of lines to be taken out.

    `new_names` call agencies among the hubs that are not known here yet.
    """

    terms: Terms | None = None
    lines: Sequence[KpiLine] = ()
    removed: Collection[str] = ()
    new_names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Correction:
    """What a contract should have said: its first day, and the area whose people it counts; empty for everybody."""

    first_day: date
    area: str = ""


def corrected(before: Schedule, correction: Correction) -> Schedule:
    """The schedule as it should have been written down.

    Raises:
        Refused: nothing differs, or it would end before it begins.
    """
    wanted = msgspec.structs.replace(before.terms, first_day=correction.first_day, area=correction.area)
    if (terms := checked_terms(wanted)) == before.terms:
        raise Refused("schedule-unchanged", "It is written just so already. Nothing was stored.")
    return replace(before, terms=terms)


def schedule_before(
    recording: Recording, register: Register, number: int, step: str, decision: ScheduleDecision
) -> Schedule:
    """The schedule on which a step is taken.

    Raises:
        Refused: there is none, the step is not theirs or not now.
        ChangedMeanwhile: it was changed since it was read.
    """
    every = schedules(recording.connection, register.mapper)
    schedule = next((one for one in every if one.number == number), None)
    if schedule is None:
        raise Refused("schedule-unknown", f"There is no contract {number}. 'recount schedule list' names them.")
    check_version("contract", decision.seen, schedule.version)
    next_state(THING, step, schedule.state, decision.party)
    return schedule


def check_agreed_on(schedule: Schedule, decision: ScheduleDecision) -> None:
    if decision.on > decision.today:
        raise Refused("schedule-in-future", f"{decision.on} lies after today, {decision.today}.")
    last = max((one.event.occurred_on for one in schedule.statements), default=date.min)
    if decision.on < last:
        raise Refused(
            "schedule-before-the-last",
            f"The last step was agreed on {last}. Give that day, or a later one, so that the order stays.",
        )


def checked_reason(text: str) -> str:
    reason = schedule_words(text)
    if not reason:
        raise Refused("schedule-no-reason", "Say why, in a few words, like: refreshed in April 2017.")
    return reason


def name_agencies(recording: Recording, new_names: Mapping[str, str] | None) -> None:
    """Call agencies by names, those that have none: in the transaction that makes them hubs."""
    known = agency_names(recording.connection) if new_names else {}
    for code, name in (new_names or {}).items():
        if code not in known:
            name_agency(recording.connection, code, name)


def check_hubs(recording: Recording, hubs: Iterable[ContractHub]) -> None:
    connection = recording.connection
    standing_contracts = load_contracts(connection, generations.live(connection)).known_at()
    known = set(agency_names(connection)) | set(load_slices(connection).agencies)
    known |= {one.agency for one in standing_contracts}
    for code in (code for hub in hubs for code in (hub.agency, hub.succeeds) if code):
        if code not in known:
            raise Refused(
                "hub-unknown",
                f"{code} is no agency that is known here: it has no file, no contract and no name. Give it a name "
                "under Agencies first, or correct the code.",
            )


def check_lines(terms: Terms, lines: Sequence[KpiLine]) -> None:
    if len(lines) > MOST_LINES:
        raise Refused("schedule-too-large", f"A contract has at most {MOST_LINES} lines.")
    codes, measures = [line.code for line in lines], [line.measure for line in lines if line.measure]
    if twice := next((code for code in codes if codes.count(code) > 1), ""):
        raise Refused("line-twice", f"Line {twice} is there twice.")
    if same := next((measure for measure in measures if measures.count(measure) > 1), ""):
        raise Refused("measure-twice", f"Two lines are counted by measure {same}; one of them can be.")
    for line in lines:
        _check_within(terms, line)


def _check_within(terms: Terms, line: KpiLine) -> None:
    last_day = terms.last_day or date.max
    outside = [step for step in line.steps if step.first_day < terms.first_day or step.last_day > last_day]
    if outside:
        until = f"to {terms.last_day}" if terms.last_day else "on"
        raise Refused(
            "target-outside-contract",
            f"The target of line {line.code} counts from {outside[0].first_day} to {outside[0].last_day}, and the "
            f"contract from {terms.first_day} {until}.",
        )


def edit_planned(before: Schedule, edit: Edit) -> tuple[dict[str, Any], Schedule]:
    """What an event of an edit says, which is only what differs from before, and the schedule after it.

    Raises:
        Refused: nothing differs, a line is there twice, or one to be taken out is not there.
    """
    codes = [line.code for line in edit.lines]
    if twice := next((code for code in codes if codes.count(code) > 1), ""):
        raise Refused("line-twice", f"Line {twice} is there twice.")
    if missing := next((code for code in edit.removed if before.line(code) is None), ""):
        raise Refused("line-unknown", f"There is no line {missing} to be taken out.")
    terms = checked_terms(edit.terms) if edit.terms else before.terms
    lines = tuple(line for line in edit.lines if before.line(line.code) != line)
    if not (terms != before.terms or lines or edit.removed):
        raise Refused("schedule-unchanged", "It is written just so already. Nothing was stored.")
    by_code = {line.code: line for line in (*before.lines, *lines)}
    left = tuple(line for code, line in by_code.items() if code not in edit.removed)
    fields = {"terms": terms if terms != before.terms else None, "lines": lines, "removed": tuple(edit.removed)}
    return fields, replace(before, terms=terms, lines=left)


def check_edited(recording: Recording, before: Schedule, after: Schedule) -> None:
    """What a schedule must keep to once it is written anew."""
    stays = before.terms.first_day, before.terms.area
    if before.statements and (after.terms.first_day, after.terms.area) != stays:
        raise Refused(
            "schedule-fixed",
            "The first day of a contract that was agreed, and whose people it counts, are not changed by agreement. If "
            "one of them was written down by mistake, correct the contract.",
        )
    check_lines(after.terms, after.lines)
    if after.terms.hubs != before.terms.hubs:
        check_hubs(recording, after.terms.hubs)


def check_entered(recording: Recording, register: Register, lines: Sequence[KpiLine]) -> None:
    """A line that is counted by an entered KPI needs it to be defined, as a proportion with the same better side."""
    codes = {line.measure for line in lines} - set(MEASURE_OF) - {""}
    entered = Entered.load(recording.connection, register.mapper) if codes else Entered()
    for line in lines:
        if line.measure not in codes:
            continue
        kpi = entered.coded(line.measure)
        if kpi is None:
            raise Refused(
                "measure-unknown",
                f"Line {line.code}: no KPI {line.measure} is entered by hand. Define it first, or write none as the "
                "line's measure.",
            )
        if line.steps and (kpi.terms.kind, kpi.terms.polarity) != ("proportion", line.polarity):
            raise Refused(
                "better-contradicts",
                f"Line {line.code}: {line.measure} is a {kpi.terms.kind}, of which {kpi.terms.polarity or 'neither'} "
                "is better. A target is set of a proportion, by its better side.",
            )


def check_beside(schedule: Schedule, every: Iterable[Schedule]) -> None:
    for other in standing(every):
        if other.number != schedule.number and (agencies := schedule.overlaps(other)):
            until = f"to {other.terms.last_day}" if other.terms.last_day else "on, without an end"
            raise Refused(
                "schedule-overlaps",
                f"{', '.join(sorted(agencies))}: {other.terms.name} (contract {other.number}) has it from "
                f"{other.terms.first_day} {until}. End that contract first.",
            )
