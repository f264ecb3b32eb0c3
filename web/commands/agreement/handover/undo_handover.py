"""A handover said by mistake is taken back whole: dated, and what was known before it stays as it was known.

What was said of the contracts in the same step is taken back with it, unless it was said anew since. An episode
that a real discharge has ended since the handover stays as it is: the transfer of that one was undone then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from domain.contract_life.contract import Contract, ContractAgreed, ContractWithdrawn
from domain.contract_life.schedule import Schedule, ScheduleEnded
from domain.contract_life.transitions import next_state
from domain.episode.episode import Episode
from domain.episode.facts import HANDOVER
from domain.episode.reconcile import Provenance, handover_undone
from domain.errors import Refused
from domain.log.mapper import Event
from domain.log.reading import read_topics
from domain.register import Register
from domain.submission import CaseloadHandedOver, CaseloadReturned, submission_stream
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
from web.commands.known import Knowledge, SubmissionKnown, folded
from web.queries.result import Result

from .schedules import ended_with, resume_schedules

REFUSALS: Final = RECEIPT_REFUSALS | {
    "handover-unknown": "There is no handover of this number.",
    "handover-replaced": "Every episode of the handover was discharged since, and no contract was said with it.",
    "schedule-overlaps": "An agency has another contract by now in the days of the one that ended with it.",
    "step-not-yours": "The role may not take a handover back.",
    "step-not-now": "The handover was taken back already.",
}
"""Why a handover is not taken back, by code; nothing is stored then."""


class CaseloadTakenBack(Result, frozen=True):
    """What became of it: `episodes` are open again; `discharged` ones had a real discharge since and stay as they are.

    `contracts` counts the words about agencies' contracts that were taken back; `schedules` are the numbers of the
    contracts with KPIs that are in force again. `position` is null in a dry run.
    """

    undoes: int
    agency: str
    to_agency: str
    episodes: int
    discharged: int
    contracts: int
    schedules: tuple[int, ...]
    received_on: date
    events: int
    position: int | None


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What taking a handover back comes to: the episodes as they would be, and what is said of contracts."""

    said: CaseloadHandedOver
    episodes: tuple[Episode, ...]
    words: "tuple[_Word, ...]"
    schedules: tuple[tuple[Schedule, ScheduleEnded], ...]
    events: tuple[Event, ...]

    def result(self, receipt: Receipt, position: int | None) -> CaseloadTakenBack:
        """What became of it, in numbers."""
        return CaseloadTakenBack(
            self.said.number,
            self.said.agency,
            self.said.to_agency,
            len(self.episodes),
            self.said.episodes - len(self.episodes),
            len(self.words),
            tuple(schedule.number for schedule, _end in self.schedules),
            receipt.received_on,
            len(self.events),
            position,
        )

    @property
    def contracts(self) -> list[Contract]:
        """The agencies' contracts as they would be said anew."""
        return [
            Contract(0, **fields, withdrawn=kind is ContractWithdrawn)  # type: ignore[arg-type]  # the event's own
            for kind, fields in self.words
        ]


def undo_handover(register: Register, number: int, receipt: Receipt) -> CaseloadTakenBack:
    """Open again what the submission of this number handed over, and take back what it said of contracts.

    A contract with its KPIs that ended with it is in force again, and its targets as they were.

    Raises:
        Refused: there is no such handover, it was taken back, or the day of receipt does not fit.
    """
    with committing(register, receipt) as commit:
        plan = plan_undo(commit.knowledge, number, commit.newest, receipt)
        recorded = commit.record(plan.events)
        resume_schedules(commit, register, plan.schedules, plan.said.agency)
        return plan.result(receipt, commit.position(recorded))


def plan_undo(knowledge: Knowledge, number: int, newest: SubmissionKnown | None, receipt: Receipt) -> UndoPlan:
    """Taking a handover back by what is known; raises as `undo_handover`."""
    said = _said(knowledge, number)
    handovers = _standing(knowledge)
    next_state("handover", "undo", "said" if number in handovers else "undone", party_of(receipt.role))
    others = {word for its in handovers.values() if its.number != number for word in its.contracts}
    words = tuple(_words_taken_back(knowledge, [one for one in said.contracts if one not in others]))
    ended = tuple(ended_with(knowledge, number))
    episodes = tuple(_episodes(knowledge, said))
    if not (episodes or words or ended):
        raise Refused(
            "handover-replaced",
            f"All {said.episodes} episodes of handover {number} had a real discharge since, which undid the "
            "transfer. There is nothing left to take back.",
        )
    events = _events(knowledge, said, words, episodes, next_provenance(newest, receipt), receipt.received_on)
    return UndoPlan(said, episodes, words, ended, tuple(events))


def _said(knowledge: Knowledge, number: int) -> CaseloadHandedOver:
    stream = submission_stream(number)
    recorded = knowledge.recorded([stream]).get(stream, ())
    event = recorded[0].event if recorded else None
    if not isinstance(event, CaseloadHandedOver):
        raise Refused("handover-unknown", f"Submission {number} is no handover. The list of handovers numbers them.")
    return event


def _standing(knowledge: Knowledge) -> dict[int, CaseloadHandedOver]:
    """The handovers that were not taken back, by number."""
    topics = [CaseloadHandedOver.TOPIC, CaseloadReturned.TOPIC]
    events = [one.event for one in read_topics(knowledge.connection, knowledge.mapper, topics)]
    undone = {event.undoes for event in events if isinstance(event, CaseloadReturned)}
    said = (event for event in events if isinstance(event, CaseloadHandedOver))
    return {event.number: event for event in said if event.number not in undone}


def _episodes(knowledge: Knowledge, said: CaseloadHandedOver) -> list[Episode]:
    """Those that still end by it."""
    # Also of one whose triage was corrected to a later day since.
    known = knowledge.episodes_of(said.agency, said.handed_over_on, date.max).values()
    recorded = knowledge.recorded(one.episode for one in known if one.touches and not one.open)
    episodes = (folded(stream, its) for stream, its in recorded.items())
    return [one for one in episodes if (its := one.standing_events.get(HANDOVER)) and its.submission == said.number]


_Word = tuple[type[Event], dict[str, object]]
"""What is said of a contract: the kind of event, and its own fields."""


def _words_taken_back(knowledge: Knowledge, numbers: Sequence[int]) -> Iterator[_Word]:
    """What was said of contracts before each of these words; of one that was said anew since, nothing."""
    contracts = load_contracts(knowledge.connection, knowledge.generation)
    now = {(one.agency, one.first_day): one.position for one in contracts.known_at()}
    streams = [submission_stream(number) for number in numbers]
    recorded = knowledge.recorded(streams)
    for one in (its for stream in streams for its in recorded.get(stream, ())):
        event = one.event
        if not isinstance(event, ContractAgreed) or now.get((event.agency, event.first_day)) != one.position:
            continue
        earlier = contracts.known_at(one.position - 1)
        before = next((it for it in earlier if (it.agency, it.first_day) == (event.agency, event.first_day)), None)
        key = {"agency": event.agency, "first_day": event.first_day}
        if before is None:
            yield ContractWithdrawn, key
        else:
            yield ContractAgreed, key | {"last_day": before.last_day, "succeeds": before.succeeds}


def _events(
    knowledge: Knowledge,
    said: CaseloadHandedOver,
    words: Sequence[_Word],
    episodes: Sequence[Episode],
    first: Provenance,
    received_on: date,
) -> list[Event]:
    events: list[Event] = [
        submission_event(kind, replace(first, submission=number), received_on, **fields)
        for number, (kind, fields) in enumerate(words, first.submission)
    ]
    by = replace(first, submission=first.submission + len(words))
    for episode in episodes:
        for event in handover_undone(episode, by).events:
            episode.apply(event)
            events.append(event)
    events += _returns(knowledge, episodes, by)
    own = submission_event(
        CaseloadReturned, by, received_on, agency=said.agency, undoes=said.number, episodes=len(episodes)
    )
    return [*events, own]


def _returns(knowledge: Knowledge, episodes: Sequence[Episode], by: Provenance) -> list[Event]:
    clients = {client for client in map(client_of, episodes) if client is not None}
    concerned = episodes_concerned(knowledge, {episode.id: episode for episode in episodes}, clients)
    return follow_returns(concerned, clients, by)
