"""The contracts with their schedules of KPIs at a re-tender: ended with it, and in force again once it is taken back.

A contract ends when the last of its hubs passes its caseload on, and is in force again when one of them comes back. It
is the same transaction as the handover; a contract of which other hubs go on is left as it is, and named.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from domain.contract_life.contract import Contract
from domain.contract_life.schedule import (
    AGREED,
    ENDED,
    THING,
    Schedule,
    ScheduleEnded,
    ScheduleResumed,
)
from domain.contract_life.transitions import next_state
from domain.errors import Refused
from domain.periods import ONE_DAY
from domain.register import Register
from projections.performance.schedules import TargetChange, ended_on, live_targets, resumed, schedules
from projections.performance.targets import Targets
from web.commands.agreement.schedule_checks import ScheduleDecision, check_agreed_on, check_beside
from web.commands.agreement.schedule_effects import PlannedTargets
from web.commands.commit import Commit, Receipt
from web.commands.known import Knowledge
from web.queries.result import Result

REASON: Final = "Re-tender: the next contract begins on {}."
TAKEN_BACK: Final = "The handover that it ended with was taken back."


class ScheduleEndSaid(Result, frozen=True):
    """A contract with its schedule of KPIs that ends with the handover, on `last_day`, instead of `last_day_before`.

    `targets` are the numbers of those that count no longer after it.
    """

    number: int
    name: str
    last_day_before: date | None
    last_day: date
    targets: tuple[int, ...]


class PlannedEnd(NamedTuple):
    """A contract that ends, and what that does to the targets of its lines."""

    schedule: Schedule
    last_day: date
    targets: Mapping[str, TargetChange]

    @property
    def said(self) -> ScheduleEndSaid:
        """What becomes of it."""
        terms, numbers = self.schedule.terms, (one.withdrawn for one in self.targets.values())
        ended = sorted(target.number for its in numbers for target in its)
        return ScheduleEndSaid(self.schedule.number, terms.name, terms.last_day, self.last_day, tuple(ended))


def decision_of(receipt: Receipt) -> ScheduleDecision:
    """Who says it: what is said of a contract is agreed on the day on which the re-tender was received."""
    return ScheduleDecision(receipt.actor, receipt.role, receipt.received_on, receipt.today)


# ---- at the re-tender


def planned_ends(
    knowledge: Knowledge, passing: Collection[str], agencies: Sequence[Contract], on: date, receipt: Receipt
) -> tuple[list[PlannedEnd], list[str]]:
    """The contracts that end the day before `on`, and a sentence on each that goes on with other hubs.

    `agencies` are the agencies' own contracts as they would stand.

    Raises:
        Refused: a contract begins on `on` or later, or its last step was agreed after the day of receipt.
    """
    every = Targets.load(knowledge.connection, knowledge.mapper)
    ends, sentences = [], []
    for schedule in _passed_on(knowledge, passing, on):
        if staying := sorted(one for one in schedule.agencies - set(passing) if _works_on(one, agencies, on)):
            sentences.append(
                f"{schedule.terms.name} (contract {schedule.number}) goes on, for {', '.join(staying)} stays in it. "
                "Its hubs and its KPIs are left as they are: write them anew on its page if they change."
            )
            continue
        if schedule.terms.first_day >= on:
            raise Refused(
                "contract-overlaps",
                f"{schedule.terms.name} (contract {schedule.number}) begins on {schedule.terms.first_day}, which is "
                f"not before the new one of {on}. Correct it first.",
            )
        decision = decision_of(receipt)
        next_state(THING, "end", schedule.state, decision.party)
        check_agreed_on(schedule, decision)
        last_day = on - ONE_DAY
        changes = {code: ended_on(last_day, live_targets(schedule, code, every)) for code in schedule.targets}
        ends.append(PlannedEnd(schedule, last_day, changes))
    return ends, sentences


def _passed_on(knowledge: Knowledge, passing: Collection[str], on: date) -> Iterator[Schedule]:
    """The agreed contracts that are in force on the day, and have one of the agencies that pass their caseload on."""
    for one in schedules(knowledge.connection, knowledge.mapper):
        is_over = one.terms.last_day is not None and one.terms.last_day < on
        if one.state == AGREED and not is_over and not one.agencies.isdisjoint(passing):
            yield one


def _works_on(agency: str, agencies: Sequence[Contract], on: date) -> bool:
    """Whether it is under contract on the day or later; of an agency with no contract on record it is not known."""
    its = [one for one in agencies if one.agency == agency]
    return not its or any(one.last_day is None or one.last_day >= on for one in its)


def end_schedules(
    commit: Commit, ends: Sequence[PlannedEnd], agencies: Collection[str], handovers: Sequence[int]
) -> None:
    """Store the ends within the commit of the re-tender; `agencies` are those whose own contracts ended with it."""
    decision = decision_of(commit.receipt)
    for schedule, last_day, changes in ends:
        begins = last_day + ONE_DAY
        reason = REASON.format(f"{begins.day} {begins:%B %Y}")
        planned = PlannedTargets.of(commit.recording, schedule, schedule.lines, dict(changes), decision, reason)
        event = ScheduleEnded(
            **decision.fields(schedule.number, schedule.version + 1, decision.on),
            last_day=last_day,
            reason=reason,
            targets=planned.targets,
            withdrawn=planned.withdrawn,
            contracts=tuple(sorted(schedule.agencies.intersection(agencies))),
            handovers=tuple(handovers),
        )
        commit.recording.append([*planned.events, event])


def newest_step(knowledge: Knowledge, passing: Collection[str], on: date) -> int:
    """The position of the newest word about a contract that the re-tender could end; 0 without one."""
    return max((one.recorded[-1].position for one in _passed_on(knowledge, passing, on)), default=0)


# ---- when it is taken back


def ended_with(knowledge: Knowledge, number: int) -> list[tuple[Schedule, ScheduleEnded]]:
    """The contracts that ended with the handover of this number, and of which nothing was said since.

    Raises:
        Refused: an agency has another contract by now on some of the days.
    """
    every = schedules(knowledge.connection, knowledge.mapper)
    ended = []
    for one in every:
        event = one.recorded[-1].event
        if one.state == ENDED and isinstance(event, ScheduleEnded) and number in event.handovers:
            check_beside(replace(one, terms=_before(one).terms), every)
            ended.append((one, event))
    return ended


def _before(ended: Schedule) -> Schedule:
    return Schedule.folded(ended.recorded[:-1])


def resume_schedules(
    commit: Commit, register: Register, ended: Sequence[tuple[Schedule, ScheduleEnded]], agency: str
) -> None:
    """Store that they are in force again, within the commit that takes the handover of `agency` back."""
    decision = decision_of(commit.receipt)
    for schedule, end in ended:
        changes = resumed(schedule, end, Targets.load(commit.connection, register.mapper))
        planned = PlannedTargets.of(commit.recording, schedule, schedule.lines, changes, decision, TAKEN_BACK)
        event = ScheduleResumed(
            **decision.fields(schedule.number, schedule.version + 1, decision.on),
            last_day=_before(schedule).terms.last_day,
            reason=TAKEN_BACK,
            targets=planned.targets,
            withdrawn=planned.withdrawn,
            contracts=(agency,) if agency in end.contracts else (),
        )
        commit.recording.append([*planned.events, event])
