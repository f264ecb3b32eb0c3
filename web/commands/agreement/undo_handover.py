"""A handover said by mistake is taken back whole: dated, and what was known before it stays as it was known.

What was said of the two contracts in the same breath is taken back with it, unless it was said anew since. An episode
that a real discharge has ended since the handover stays as it is: the transfer of that one was undone then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from domain.contract_life.contract import ContractAgreed, ContractWithdrawn
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
    Commit,
    Receipt,
    client_of,
    committing,
    episodes_concerned,
    follow_returns,
    submission_event,
)
from web.commands.known import folded
from web.queries.result import Result

REFUSALS: Final = RECEIPT_REFUSALS | {
    "handover-unknown": "There is no handover of this number.",
    "handover-replaced": "Every episode of the handover was discharged since, and no contract was said with it.",
    "step-not-yours": "The role may not take a handover back.",
    "step-not-now": "The handover was taken back already.",
}
"""Why a handover is not taken back, by code; nothing is stored then."""


class CaseloadTakenBack(Result, frozen=True):
    """What became of it: `episodes` are open again; `discharged` ones had a real discharge since and stay as they are.

    `contracts` counts the words about contracts that were taken back. `position` is null in a dry run.
    """

    undoes: int
    agency: str
    to_agency: str
    episodes: int
    discharged: int
    contracts: int
    received_on: date
    events: int
    position: int | None


def undo_handover(register: Register, number: int, receipt: Receipt) -> CaseloadTakenBack:
    """Open again what the submission of this number handed over, and take back what it said of contracts.

    Raises:
        Refused: there is no such handover, it was taken back, or the day of receipt does not fit.
    """
    with committing(register, receipt) as commit:
        said = _said(commit, number)
        handovers = _standing(commit)
        next_state("handover", "undo", "said" if number in handovers else "undone", party_of(receipt.role))
        others = {word for its in handovers.values() if its.number != number for word in its.contracts}
        words = list(_words_taken_back(commit, [one for one in said.contracts if one not in others]))
        episodes = _episodes(commit, said)
        if not episodes and not words:
            raise Refused(
                "handover-replaced",
                f"All {said.episodes} episodes of handover {number} had a real discharge since, which undid the "
                "transfer. There is nothing left to take back.",
            )
        events = _events(commit, said, words, episodes)
        recorded = commit.record(events)
        return CaseloadTakenBack(
            number,
            said.agency,
            said.to_agency,
            len(episodes),
            said.episodes - len(episodes),
            len(words),
            receipt.received_on,
            len(events),
            commit.position(recorded),
        )


def _said(commit: Commit, number: int) -> CaseloadHandedOver:
    stream = submission_stream(number)
    recorded = commit.knowledge.recorded([stream]).get(stream, ())
    event = recorded[0].event if recorded else None
    if not isinstance(event, CaseloadHandedOver):
        raise Refused("handover-unknown", f"Submission {number} is no handover. The list of handovers numbers them.")
    return event


def _standing(commit: Commit) -> dict[int, CaseloadHandedOver]:
    """The handovers that were not taken back, by number."""
    topics = [CaseloadHandedOver.TOPIC, CaseloadReturned.TOPIC]
    events = [one.event for one in read_topics(commit.connection, commit.knowledge.mapper, topics)]
    undone = {event.undoes for event in events if isinstance(event, CaseloadReturned)}
    said = (event for event in events if isinstance(event, CaseloadHandedOver))
    return {event.number: event for event in said if event.number not in undone}


def _episodes(commit: Commit, said: CaseloadHandedOver) -> list[Episode]:
    """Those that still end by it."""
    # Also of one whose triage was corrected to a later day since.
    known = commit.knowledge.episodes_of(said.agency, said.handed_over_on, date.max).values()
    recorded = commit.knowledge.recorded(one.episode for one in known if one.touches and not one.open)
    episodes = (folded(stream, its) for stream, its in recorded.items())
    return [one for one in episodes if (its := one.standing_events.get(HANDOVER)) and its.submission == said.number]


_Word = tuple[type[Event], dict[str, object]]
"""What is said of a contract: the kind of event, and its own fields."""


def _words_taken_back(commit: Commit, numbers: Sequence[int]) -> Iterator[_Word]:
    """What was said of contracts before each of these words; of one that was said anew since, nothing."""
    contracts = load_contracts(commit.connection, commit.knowledge.generation)
    now = {(one.agency, one.first_day): one.position for one in contracts.known_at()}
    streams = [submission_stream(number) for number in numbers]
    recorded = commit.knowledge.recorded(streams)
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
    commit: Commit, said: CaseloadHandedOver, words: Sequence[_Word], episodes: Sequence[Episode]
) -> list[Event]:
    first, received_on = commit.by, commit.receipt.received_on
    events: list[Event] = [
        submission_event(kind, replace(first, submission=number), received_on, **fields)
        for number, (kind, fields) in enumerate(words, first.submission)
    ]
    by = replace(first, submission=first.submission + len(words))
    for episode in episodes:
        for event in handover_undone(episode, by).events:
            episode.apply(event)
            events.append(event)
    events += _returns(commit, episodes, by)
    own = submission_event(
        CaseloadReturned, by, received_on, agency=said.agency, undoes=said.number, episodes=len(episodes)
    )
    return [*events, own]


def _returns(commit: Commit, episodes: Sequence[Episode], by: Provenance) -> list[Event]:
    clients = {client for client in map(client_of, episodes) if client is not None}
    concerned = episodes_concerned(commit.knowledge, {episode.id: episode for episode in episodes}, clients)
    return follow_returns(concerned, clients, by)
