"""A re-tender: the old contract ends, the new one succeeds it, and the open caseload passes on. All of it, or nothing.

It is one commit of several submissions, one after the other: what is said of the contracts, then a handover for each
pair of agencies. All become known on the same day. Before it is said, it is tried (`trial`): over one snapshot, without
the writer's turn.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from domain.codes import SUBSTANCE_GROUPS, group_of_bits
from domain.contract_life.contract import Contract, ContractAgreed
from domain.contract_life.transitions import NONE, check_version, next_state
from domain.episode.episode import Episode
from domain.episode.reconcile import Provenance, handover
from domain.errors import Refused
from domain.history import episode_view
from domain.log.mapper import Event
from domain.periods import ONE_DAY
from domain.register import Register
from domain.submission import CaseloadHandedOver
from projections.store.submissions import load_contracts
from web.commands.agreement.parties import party_of
from web.commands.commit import (
    RECEIPT_REFUSALS,
    Receipt,
    client_of,
    committing,
    episodes_concerned,
    follow_returns,
    next_provenance,
    submission_event,
)
from web.commands.contract_life.contracts import check_beside, check_days
from web.commands.known import Knowledge, SubmissionKnown, folded
from web.files.episode_list import EpisodeLine
from web.queries.result import Result

from .schedules import PlannedEnd, ScheduleEndSaid, end_schedules, newest_step, planned_ends

REFUSALS: Final = RECEIPT_REFUSALS | {
    "handover-to-itself": "An agency cannot hand over to itself.",
    "handover-after-receipt": "The first day of the new contract lies after the day on which it was reported.",
    "nothing-to-hand-over": "An agency has no episode that is open on the day.",
    "retender-twice": "An agency is named twice among those that pass their caseload on, or on both sides.",
    "references-unknown": "Lines of the list name no open episode of an agency that passes its caseload on.",
    "contract-ends-before-it-begins": "The last day of the new contract lies before its first.",
    "contract-overlaps": "Another contract is in force on some of these days.",
    "schedule-before-the-last": "The contract that would end had its last step agreed after the day of receipt.",
    "step-not-yours": "The role may not say it.",
    "changed-meanwhile": "Something was submitted, or said of the contract, since it was tried. Nothing was stored.",
}
"""Why a re-tender is refused, by code; nothing is stored then."""

NO_GROUP: Final = "no group"
ROWS_NAMED: Final = 10
"""Of unknown references; a longer list was pasted in the wrong place."""


@dataclass(frozen=True, slots=True)
class Passing:
    """The caseload of an agency passes to another."""

    from_agency: str
    to_agency: str


@dataclass(frozen=True, slots=True)
class Retender:
    """The new contract begins on `on`, and the old one ends the day before; open episodes end on `on` by a transfer.

    `last_day` is the new contract's; None while none is agreed. `chosen` are the episodes that pass, None for all.
    """

    passes: tuple[Passing, ...]
    on: date
    last_day: date | None = None
    chosen: tuple[EpisodeLine, ...] | None = None


class CaseloadPassed(Result, frozen=True):
    """How much passes between two agencies: episodes, people, and episodes by substance group.

    `stay` counts the open episodes that are not on the list. `number` is the handover's submission, null in a trial.
    """

    from_agency: str
    to_agency: str
    episodes: int
    people: int
    by_group: dict[str, int]
    stay: int = 0
    number: int | None = None


class ContractSaid(Result, frozen=True):
    """A contract as it would stand: the old one with its end, or the new one."""

    agency: str
    first_day: date
    last_day: date | None
    succeeds: str


class RetenderNotice(Result, frozen=True):
    """Something worth knowing that keeps nothing back."""

    code: str
    message: str


class Retendered(Result, frozen=True):
    """What became of a re-tender; `position` is that of its last submission, null in a trial.

    `contracts` are those of agencies, `schedules` the contracts with KPIs that end with them. `seen` is the position of
    the newest submission before it, or of the newest word about such a contract: what a trial was made from.
    """

    on: date
    received_on: date
    passed: tuple[CaseloadPassed, ...]
    contracts: tuple[ContractSaid, ...]
    schedules: tuple[ScheduleEndSaid, ...]
    notices: tuple[RetenderNotice, ...]
    seen: int
    events: int
    position: int | None = None


@dataclass(frozen=True, slots=True)
class OpenHandedOver:
    """The episodes of one agency that pass to another."""

    passing: Passing
    episodes: tuple[Episode, ...]
    stay: int


@dataclass(frozen=True, slots=True)
class RetenderPlan:
    """A re-tender held against what is known: what is said of contracts, and which episodes pass."""

    retender: Retender
    contracts: tuple[Contract, ...]
    handed_over: tuple[OpenHandedOver, ...]
    schedules: tuple[PlannedEnd, ...]
    notices: tuple[RetenderNotice, ...]

    @property
    def agencies(self) -> tuple[str, ...]:
        """Those that pass their caseload on."""
        return tuple(one.from_agency for one in self.retender.passes)


def say_retender(register: Register, retender: Retender, receipt: Receipt, seen: int | None = None) -> Retendered:
    """End the old contracts with their KPIs, agree the new ones and hand the caseloads over, in one commit.

    `seen` is the position that the trial was made from; None if none was looked at.

    Raises:
        Refused: a day, an agency, a contract or a reference does not fit; the code is one of REFUSALS.
        ChangedMeanwhile: something was submitted, or said of a contract that ends, since `seen`.
    """
    check_retender(retender, receipt)
    with committing(register, receipt) as commit:
        newest = seen_from(commit.knowledge, commit.newest, retender)
        check_version("caseload", seen, newest)
        plan = plan_retender(commit.knowledge, retender, receipt)
        events = events_of(plan, commit.knowledge, commit.newest, receipt)
        recorded = commit.record(events)
        handovers = [event.number for event in events if isinstance(event, CaseloadHandedOver)]
        end_schedules(commit, plan.schedules, plan.agencies, handovers)
        return retendered(plan, receipt, newest, events, commit.position(recorded))


def seen_from(knowledge: Knowledge, newest: SubmissionKnown | None, retender: Retender) -> int:
    """What a trial is made from: `seen` of its result."""
    passing = [one.from_agency for one in retender.passes]
    return max(newest.position if newest else 0, newest_step(knowledge, passing, retender.on))


def check_retender(retender: Retender, receipt: Receipt) -> None:
    """What can be judged before anything is read; raises Refused."""
    next_state("handover", "say", NONE, party_of(receipt.role))
    if not retender.passes:
        raise Refused("nothing-to-hand-over", "Name at least one agency whose caseload passes, and the one after it.")
    for one in retender.passes:
        if one.from_agency == one.to_agency:
            raise Refused(
                "handover-to-itself",
                f"{one.from_agency} cannot hand over to itself. Name the agency that takes over.",
            )
    old = [one.from_agency for one in retender.passes]
    both = {one.to_agency for one in retender.passes}.intersection(old)
    if twice := sorted({*both, *(agency for agency in old if old.count(agency) > 1)}):
        raise Refused(
            "retender-twice",
            f"{twice[0]} is named twice. Each agency hands over once, and none both hands over and takes over.",
        )
    if retender.on > receipt.received_on:
        raise Refused(
            "handover-after-receipt",
            f"The new contract begins on {retender.on}, after {receipt.received_on}, when this is said. A caseload can "
            "pass once the day has come; try it then.",
        )


# ---- the plan


def plan_retender(knowledge: Knowledge, retender: Retender, receipt: Receipt) -> RetenderPlan:
    """A re-tender by what is known; raises as `say_retender`."""
    standing = load_contracts(knowledge.connection, knowledge.generation)
    contracts, notices = _contracts(standing.known_at(), retender)
    passing = [one.from_agency for one in retender.passes]
    after = standing.followed_by(one._replace(position=sys.maxsize) for one in contracts).known_at()
    ends, sentences = planned_ends(knowledge, passing, after, retender.on, receipt)
    notices += [RetenderNotice("contract-goes-on", sentence) for sentence in sentences]
    handed_over = _handed_over(knowledge, retender)
    return RetenderPlan(retender, tuple(contracts), tuple(handed_over), tuple(ends), tuple(notices))


def _contracts(standing: Sequence[Contract], retender: Retender) -> tuple[list[Contract], list[RetenderNotice]]:
    words: list[Contract] = []
    notices: list[RetenderNotice] = []
    for one in retender.passes:
        old = [contract for contract in standing if contract.agency == one.from_agency]
        words += _ended(old, retender.on)
        if not old:
            sentence = f"{one.from_agency} has no contract of its own on record, so none is ended for it."
            notices.append(RetenderNotice("no-contract", sentence))
    for one in retender.passes:
        new = Contract(0, one.to_agency, retender.on, retender.last_day, one.from_agency)
        # Of two caseloads that become one, the service of the first is continued.
        if any(word.agency == one.to_agency for word in words):
            continue
        check_days(new)
        its = [contract for contract in standing if contract.agency == one.to_agency]
        if not any(contract._replace(position=0) == new for contract in its):
            check_beside(new, its)
            words.append(new)
    return words, notices


def _ended(old: Sequence[Contract], on: date) -> Iterator[Contract]:
    """The contract of the old agency with its end, the day before the new one begins; none if it is over by then."""
    for contract in old:
        if contract.first_day >= on:
            raise Refused(
                "contract-overlaps",
                f"{contract.agency} has a contract from {contract.first_day}, which is not before the new one of {on}. "
                "Change it first, or take it back.",
            )
        if contract.last_day is None or contract.last_day >= on:
            yield contract._replace(position=0, last_day=on - ONE_DAY)


def _handed_over(knowledge: Knowledge, retender: Retender) -> Iterator[OpenHandedOver]:
    chosen = None if retender.chosen is None else list(retender.chosen)
    for one in retender.passes:
        known = knowledge.episodes_of(one.from_agency, retender.on, retender.on).values()
        open_ones = [episode for episode in known if episode.open and episode.touches]
        passing = open_ones
        if chosen is not None:
            wanted = {line[2:] for line in chosen if line.agency == one.from_agency}
            passing = [its for its in open_ones if (its.client_reference, its.episode_reference) in wanted]
            there = {(its.client_reference, its.episode_reference) for its in passing}
            chosen = [line for line in chosen if line.agency != one.from_agency or line[2:] not in there]
        if not passing and not chosen:
            raise Refused(
                "nothing-to-hand-over",
                f"{one.from_agency} has no episode {'of the list ' if passing != open_ones else ''}that is open on "
                f"{retender.on}.",
            )
        recorded = knowledge.recorded(its.episode for its in passing)
        episodes = tuple(folded(stream, its) for stream, its in recorded.items())
        yield OpenHandedOver(one, episodes, len(open_ones) - len(passing))
    if chosen:
        raise _unknown(chosen)


def _unknown(lines: Sequence[EpisodeLine]) -> Refused:
    """The lines that name no such episode; by their numbers, since a reference names a person."""
    named = ", ".join(str(line.row) for line in lines[:ROWS_NAMED])
    more = f" and {len(lines) - ROWS_NAMED} more" if len(lines) > ROWS_NAMED else ""
    which = "row" if len(lines) == 1 else "rows"
    return Refused(
        "references-unknown",
        f"No open episode of these agencies is known under the references of {which} {named}{more}. Look for a "
        "mistyped reference, or an episode that has ended.",
    )


# ---- what it says


def events_of(
    plan: RetenderPlan, knowledge: Knowledge, newest: SubmissionKnown | None, receipt: Receipt
) -> list[Event]:
    """The events of the commit, in their order; they are applied to the plan's episodes."""
    first = next_provenance(newest, receipt)
    events: list[Event] = []
    agreed = list(enumerate(plan.contracts, first.submission))
    for number, contract in agreed:
        by = replace(first, submission=number)
        events.append(_agreed(contract, by, receipt.received_on))
    for place, one in enumerate(plan.handed_over):
        by = replace(by, submission=first.submission + len(agreed) + place)
        for episode in one.episodes:
            for event in handover(episode, plan.retender.on, one.passing.to_agency, by).events:
                episode.apply(event)
                events.append(event)
        if place == len(plan.handed_over) - 1:
            events += _returns(knowledge, plan, by)
        its = {one.passing.from_agency, one.passing.to_agency}
        contracts = tuple(number for number, contract in agreed if contract.agency in its)
        events.append(_passed(plan.retender, one, contracts, by, receipt.received_on))
    return events


def _returns(knowledge: Knowledge, plan: RetenderPlan, by: Provenance) -> list[Event]:
    """What follows for recorded re-presentations, once all have passed."""
    changed = {episode.id: episode for one in plan.handed_over for episode in one.episodes}
    clients = {client for client in map(client_of, changed.values()) if client is not None}
    return follow_returns(episodes_concerned(knowledge, changed, clients), clients, by)


def _agreed(contract: Contract, by: Provenance, received_on: date) -> Event:
    return submission_event(
        ContractAgreed,
        by,
        received_on,
        agency=contract.agency,
        first_day=contract.first_day,
        last_day=contract.last_day,
        succeeds=contract.succeeds,
    )


def _passed(
    retender: Retender, one: OpenHandedOver, contracts: tuple[int, ...], by: Provenance, received_on: date
) -> Event:
    return submission_event(
        CaseloadHandedOver,
        by,
        received_on,
        agency=one.passing.from_agency,
        to_agency=one.passing.to_agency,
        handed_over_on=retender.on,
        episodes=len(one.episodes),
        chosen=retender.chosen is not None,
        contracts=contracts,
    )


def retendered(
    plan: RetenderPlan, receipt: Receipt, seen: int, events: Sequence[Event], position: int | None
) -> Retendered:
    """What became of it, in numbers."""
    said = [event.number for event in events if isinstance(event, CaseloadHandedOver)]
    numbers = said if position is not None else [None] * len(said)
    passed = [_counts(one, number) for one, number in zip(plan.handed_over, numbers, strict=True)]
    return Retendered(
        plan.retender.on,
        receipt.received_on,
        tuple(passed),
        tuple(ContractSaid(*contract[1:5]) for contract in plan.contracts),
        tuple(one.said for one in plan.schedules),
        plan.notices,
        seen,
        len(events),
        position,
    )


def _counts(one: OpenHandedOver, number: int | None) -> CaseloadPassed:
    by_group: dict[str, int] = {}
    for episode in one.episodes:
        view = episode_view(episode.id, episode.facts)
        group = group_of_bits(view.core.drugs) if view else -1
        name = str(SUBSTANCE_GROUPS[group]) if group >= 0 else NO_GROUP
        by_group[name] = by_group.get(name, 0) + 1
    order = (*map(str, SUBSTANCE_GROUPS), NO_GROUP)
    return CaseloadPassed(
        one.passing.from_agency,
        one.passing.to_agency,
        len(one.episodes),
        len({client_of(episode) for episode in one.episodes}),
        {name: by_group[name] for name in order if name in by_group},
        one.stay,
        number,
    )
