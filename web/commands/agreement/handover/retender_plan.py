"""A re-tender held against what is known: what is said of contracts, and which episodes pass. Nothing is stored."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.contract_life.contract import Contract
from domain.episode.episode import Episode
from domain.errors import Refused
from domain.periods import ONE_DAY
from projections.store.submissions import load_contracts
from web.commands.commit import Receipt
from web.commands.contract_life.contracts import check_beside, check_days
from web.commands.known import Knowledge, folded
from web.files.episode_list import EpisodeLine

from .retender_results import RetenderNotice
from .schedules import PlannedEnd, planned_ends

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
