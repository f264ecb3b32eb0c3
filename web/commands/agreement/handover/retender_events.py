"""What a re-tender says, in the order of its commit: of the contracts, then a handover for each pair of agencies."""

from dataclasses import replace
from datetime import date

from domain.contract_life.contract import Contract, ContractAgreed
from domain.episode.reconcile import Provenance, handover
from domain.log.mapper import Event
from domain.submission import CaseloadHandedOver
from web.commands.commit import (
    Receipt,
    client_of,
    episodes_concerned,
    follow_returns,
    next_provenance,
    submission_event,
)
from web.commands.known import Knowledge, SubmissionKnown

from .retender_plan import OpenHandedOver, Retender, RetenderPlan


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
