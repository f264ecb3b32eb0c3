"""Whose client-level records are a provider's on a day: access ends with a contract, and passes to the successor.

Contracts and handovers are dated facts; days include both ends. An agency of which no contract was ever said keeps its
own records for good: a small service may never have been told of here.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from domain.contract_life.contract import Contract
from domain.log.mapper import JsonMapper
from domain.log.reading import read_topics
from domain.periods import ONE_DAY
from domain.submission import CaseloadHandedOver, CaseloadReturned


class Passed(NamedTuple):
    """The caseload of an agency passed to another on a day."""

    agency: str
    to_agency: str
    on: date


def caseloads_passed(connection: sa.Connection, mapper: JsonMapper) -> list[Passed]:
    """Every handover of a whole caseload that stands, in the order of the log.

    With a list of episodes no agency's records pass as a whole: who continues its service has them by its contract.
    """
    topics = [CaseloadHandedOver.TOPIC, CaseloadReturned.TOPIC]
    events = [recorded.event for recorded in read_topics(connection, mapper, topics)]
    undone = {event.undoes for event in events if isinstance(event, CaseloadReturned)}
    return [
        Passed(event.agency, event.to_agency, event.handed_over_on)
        for event in events
        if isinstance(event, CaseloadHandedOver) and not event.chosen and event.number not in undone
    ]


def agencies_open_to(
    agencies: Iterable[str], contracts: Sequence[Contract], passed: Sequence[Passed], day: date
) -> frozenset[str]:
    """The agencies whose client-level records a provider, who is these `agencies`, may see on a day.

    `contracts` are those that stand by what is known now (`Contracts.known_at`). An agency has its own records while a
    contract of its own is in force, or if none was ever said. With them it has those of every agency whose service it
    continues, from its contract's first day on and once the other's contract is over, and of every agency whose
    caseload it took over, from that day on; and what these had got so in their time.
    """
    facts = _Facts(contracts, passed, day)
    open_agencies: set[str] = set()
    for agency in agencies:
        if facts.has_access(agency):
            open_agencies.add(agency)
            open_agencies.update(facts.passed_to(agency, facts.in_force_without_a_break(agency), day))
    return frozenset(open_agencies)


class _Facts:
    def __init__(self, contracts: Sequence[Contract], passed: Sequence[Passed], day: date) -> None:
        self.contracts, self.passed, self.day = contracts, passed, day

    def has_access(self, agency: str) -> bool:
        its = self._contracts_of(agency)
        return not its or any(one.covers(self.day) for one in its)

    def in_force_without_a_break(self, agency: str) -> list[Contract]:
        """The contract in force on the day, and those before it that it continues from the day after their last."""
        contracts: list[Contract] = []
        for one in sorted(self._contracts_of(agency), key=lambda one: one.first_day, reverse=True):
            if one.covers(self.day) or (contracts and one.last_day == contracts[-1].first_day - ONE_DAY):
                contracts.append(one)
        return contracts

    def passed_to(self, agency: str, contracts: Sequence[Contract], by: date) -> Iterator[str]:
        """The agencies whose records had passed to this one by a day: under these contracts, or by handover."""
        seen: set[tuple[str, date]] = set()
        ahead = list(self._passed_at_once(agency, contracts, by))
        while ahead:
            earlier, since = ahead.pop()
            if (earlier, since) in seen:
                continue
            seen.add((earlier, since))
            yield earlier
            # What came to the earlier one later than that did not pass on with its service.
            had = [one for one in self._contracts_of(earlier) if one.first_day <= since]
            ahead += self._passed_at_once(earlier, had, since)

    def _passed_at_once(self, agency: str, contracts: Iterable[Contract], by: date) -> Iterator[tuple[str, date]]:
        for one in contracts:
            if one.succeeds and one.first_day <= by and not self._is_under_contract(one.succeeds):
                yield one.succeeds, one.first_day
        for handover in self.passed:
            if handover.to_agency == agency and handover.on <= by:
                yield handover.agency, handover.on

    def _is_under_contract(self, agency: str) -> bool:
        return any(one.covers(self.day) for one in self._contracts_of(agency))

    def _contracts_of(self, agency: str) -> list[Contract]:
        return [one for one in self.contracts if one.agency == agency]
