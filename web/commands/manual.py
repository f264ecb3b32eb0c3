"""What reaches the commissioner by word, not by file: a withdrawal confirmed, a caseload handed over.

Each is a submission of its own: a commit that ends in its own event, received on a day, in order with the files.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec

from domain.client import ClientKey
from domain.episode.episode import Episode
from domain.episode.reconcile import Changes, Provenance, handover, withdrawal
from domain.errors import Refused
from domain.log.database import reading
from domain.log.mapper import Event
from domain.register import Recording, Register
from domain.submission import CaseloadHandedOver, WithdrawalConfirmed, submission_stream
from projections.store import generations

from . import known
from .ingest import EVERYTHING, check_not_ahead, check_order
from .representations import client_of, follow_returns

REFUSALS: Final = {
    "received-in-future": "The day of receipt lies after today.",
    "received-out-of-order": "The day of receipt lies before that of the newest submission.",
    "episode-unknown": "Nothing is known of the episode that should be withdrawn.",
    "handover-to-itself": "An agency cannot hand over to itself.",
    "handover-after-receipt": "The day of the handover lies after the day on which it was reported.",
    "nothing-to-hand-over": "The agency has no episode that is open on the day of the handover.",
}
"""Why a confirmed withdrawal or a handover is refused, by code; nothing is stored then."""


@dataclass(frozen=True)
class Confirmed:
    """What became of a confirmed withdrawal (`withdrawn` facts of one episode) or of a handover (of `episodes`).

    `events` counts what was added to the log; `position` is the submission's, None in a dry run.
    """

    agency: str
    received_on: date
    episodes: int
    withdrawn: int
    events: int
    position: int | None

    def document(self) -> dict[str, Any]:
        """What happened, as JSON."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def withdraw(
    register: Register,
    client_key: ClientKey,
    agency: str,
    client_reference: str,
    episode_reference: str,
    received_on: date,
    today: date,
    *,
    actor: str,
    role: str,
    dry_run: bool = False,
) -> Confirmed:
    """Withdraw an episode (AGNCY, CLIENT, EPISODID) that should never have been reported, with all its facts.

    Raises:
        Refused: nothing is known of it, or the day of receipt does not fit.
    """
    stream = client_key.episode(agency, client_reference, episode_reference)
    with submission_by_word(register, received_on, today, actor, role, dry_run) as (recording, generation, by):
        streams = recording.read_streams([stream])
        episode = Episode.folded(stream, (r.event for r in streams.get(stream, ())))
        if not episode.standing_events:
            raise Refused(
                "episode-unknown",
                f"Nothing is known of this episode at {agency}. Look for a mistyped reference, or it has been "
                "withdrawn already.",
            )
        result = withdrawal(episode, by, EVERYTHING)
        events = _through(recording, generation, [(episode, result)], by)
        events.append(
            WithdrawalConfirmed(
                originator_id=submission_stream(by.submission),
                originator_version=1,
                occurred_on=received_on,
                submission=by.submission,
                actor=actor,
                role=role,
                number=by.submission,
                agency=agency,
                received_on=received_on,
                episode=stream,
                withdrawn=result.withdrawn,
            )
        )
        recorded = recording.append(events)
        known.forget_taken_in(recording.connection, [stream])
    position = None if dry_run else recorded[-1].position
    return Confirmed(agency, received_on, 1, result.withdrawn, len(recorded), position)


def hand_over(
    register: Register,
    from_agency: str,
    to_agency: str,
    on: date,
    received_on: date,
    today: date,
    *,
    actor: str,
    role: str,
    dry_run: bool = False,
) -> Confirmed:
    """End the open episodes of an agency by an administrative transfer, on the day its caseload passed to another.

    Ended are those triaged by that day and open by what is known now. A real discharge undoes it for its episode.

    Raises:
        Refused: there is nothing to hand over, or a day or an agency does not fit.
    """
    if from_agency == to_agency:
        raise Refused(
            "handover-to-itself", f"{from_agency} cannot hand over to itself. Name the agency that takes over."
        )
    if on > received_on:
        raise Refused(
            "handover-after-receipt",
            f"The handover on {on} lies after {received_on}, when it was reported. Report it once it has happened.",
        )
    with submission_by_word(register, received_on, today, actor, role, dry_run) as (recording, generation, by):
        its = known.episodes_of(recording.connection, generation, from_agency, on, on)
        streams = recording.read_streams(e.episode for e in its.values() if e.open and e.touches)
        if not streams:
            raise Refused("nothing-to-hand-over", f"{from_agency} has no episode that is open on {on}.")
        episodes = [Episode.folded(stream, (r.event for r in recorded)) for stream, recorded in streams.items()]
        results = [(episode, handover(episode, on, to_agency, by)) for episode in episodes]
        events = _through(recording, generation, results, by)
        events.append(
            CaseloadHandedOver(
                originator_id=submission_stream(by.submission),
                originator_version=1,
                occurred_on=received_on,
                submission=by.submission,
                actor=actor,
                role=role,
                number=by.submission,
                agency=from_agency,
                to_agency=to_agency,
                handed_over_on=on,
                received_on=received_on,
                episodes=len(episodes),
            )
        )
        recorded_events = recording.append(events)
    position = None if dry_run else recorded_events[-1].position
    return Confirmed(from_agency, received_on, len(episodes), 0, len(recorded_events), position)


@contextmanager
def submission_by_word(
    register: Register, received_on: date, today: date, actor: str, role: str, dry_run: bool
) -> Iterator[tuple[Recording, int, Provenance]]:
    """The writer's transaction, the live generation, and who speaks, once the day of receipt is found to fit."""
    check_not_ahead(received_on, today)
    with reading(register.engine) as connection:
        check_order(connection, generations.live(connection), received_on)
    with register.recording(keep=not dry_run) as recording:
        generation = generations.live(recording.connection)
        newest = check_order(recording.connection, generation, received_on)
        yield recording, generation, Provenance(newest.number + 1 if newest else 1, actor, role)


def _through(
    recording: Recording, generation: int, results: list[tuple[Episode, Changes]], by: Provenance
) -> list[Event]:
    """The events of these changes, applied, and those of the re-presentations that follow from them."""
    clients: set[int | None] = set()
    events: list[Event] = []
    for episode, result in results:
        clients.add(client_of(episode))
        for event in result.events:
            episode.apply(event)
        events += result.events
    changed = {episode.id: episode for episode, _result in results}
    concerned = {client for client in clients if client is not None}
    return events + follow_returns(recording, generation, changed, concerned, by)
