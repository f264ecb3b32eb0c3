"""A re-tender: the old contract ends, the new one succeeds it, and the open caseload passes on. All of it, or nothing.

It is one commit of several submissions, one after the other: what is said of the contracts, then a handover for each
pair of agencies. All become known on the same day. Before it is said, it is tried (`retender_trial`): over one
snapshot, without the writer's turn.
"""

from collections.abc import Sequence
from typing import Final

from domain.codes import SUBSTANCE_GROUPS, group_of_bits
from domain.contract_life.transitions import NONE, check_version, next_state
from domain.errors import Refused
from domain.history import episode_view
from domain.log.mapper import Event
from domain.register import Register
from domain.submission import CaseloadHandedOver
from web.commands.agreement.parties import party_of
from web.commands.commit import RECEIPT_REFUSALS, Receipt, client_of, committing
from web.commands.known import Knowledge, SubmissionKnown

from .retender_events import events_of
from .retender_plan import OpenHandedOver, Retender, RetenderPlan, plan_retender
from .retender_results import CaseloadPassed, ContractSaid, Retendered
from .schedules import end_schedules, newest_step

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
