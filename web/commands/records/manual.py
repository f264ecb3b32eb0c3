"""What reaches the commissioner by word, not by file: a withdrawal confirmed, a caseload handed over.

Each is a submission of its own: a commit that ends in its own event, received on a day, in order with the files.
"""

from datetime import date
from typing import Final

from domain.client import ClientKey
from domain.episode.reconcile import handover, withdrawal
from domain.errors import Refused
from domain.register import Register
from domain.submission import CaseloadHandedOver, WithdrawalConfirmed
from web.commands.commit import EVERYTHING, RECEIPT_REFUSALS, Receipt, committing
from web.commands.known import folded, forget_rows
from web.queries.result import Result

REFUSALS: Final = RECEIPT_REFUSALS | {
    "episode-unknown": "Nothing is known of the episode that should be withdrawn.",
    "handover-to-itself": "An agency cannot hand over to itself.",
    "handover-after-receipt": "The day of the handover lies after the day on which it was reported.",
    "nothing-to-hand-over": "The agency has no episode that is open on the day of the handover.",
}
"""Why a confirmed withdrawal or a handover is refused, by code; nothing is stored then."""


class Confirmed(Result, frozen=True):
    """What became of a confirmed withdrawal (`withdrawn` facts of one episode) or of a handover (of `episodes`).

    `events` counts what was added to the log; `position` is the submission's, null in a dry run.
    """

    agency: str
    received_on: date
    episodes: int
    withdrawn: int
    events: int
    position: int | None


def withdraw(
    register: Register,
    client_key: ClientKey,
    agency: str,
    client_reference: str,
    episode_reference: str,
    receipt: Receipt,
) -> Confirmed:
    """Withdraw an episode (AGNCY, CLIENT, EPISODID) that should never have been reported, with all its facts.

    Raises:
        Refused: nothing is known of it, or the day of receipt does not fit.
    """
    key = client_key.episode(agency, client_reference, episode_reference)
    with committing(register, receipt) as commit:
        stream = commit.knowledge.aliases().resolve(key)
        episode = folded(stream, commit.knowledge.recorded([stream]).get(stream, ()))
        if not episode.standing_events:
            raise Refused(
                "episode-unknown",
                f"Nothing is known of this episode at {agency}. Look for a mistyped reference, or it has been "
                "withdrawn already.",
            )
        result = withdrawal(episode, commit.by, EVERYTHING)
        withdrawn = result.withdrawn
        own = commit.event(WithdrawalConfirmed, agency=agency, episode=stream, withdrawn=withdrawn)
        recorded = commit.record([*commit.changes([(episode, result)]), own])
        forget_rows(commit.connection, [stream])
    return Confirmed(agency, receipt.received_on, 1, withdrawn, len(recorded), commit.position(recorded))


def hand_over(register: Register, from_agency: str, to_agency: str, on: date, receipt: Receipt) -> Confirmed:
    """End the open episodes of an agency by an administrative transfer, on the day its caseload passed to another.

    Ended are those triaged by that day and open by what is known now. A real discharge undoes it for its episode.

    Raises:
        Refused: there is nothing to hand over, or a day or an agency does not fit.
    """
    _check_handover(from_agency, to_agency, on, receipt.received_on)
    with committing(register, receipt) as commit:
        known = commit.knowledge.episodes_of(from_agency, on, on).values()
        streams = commit.knowledge.recorded(one.episode for one in known if one.open and one.touches)
        if not streams:
            raise Refused("nothing-to-hand-over", f"{from_agency} has no episode that is open on {on}.")
        episodes = [folded(stream, recorded) for stream, recorded in streams.items()]
        results = [(episode, handover(episode, on, to_agency, commit.by)) for episode in episodes]
        own = commit.event(
            CaseloadHandedOver,
            agency=from_agency,
            to_agency=to_agency,
            handed_over_on=on,
            episodes=len(episodes),
        )
        recorded = commit.record([*commit.changes(results), own])
    return Confirmed(from_agency, receipt.received_on, len(episodes), 0, len(recorded), commit.position(recorded))


def _check_handover(from_agency: str, to_agency: str, on: date, received_on: date) -> None:
    if from_agency == to_agency:
        raise Refused(
            "handover-to-itself", f"{from_agency} cannot hand over to itself. Name the agency that takes over."
        )
    if on > received_on:
        raise Refused(
            "handover-after-receipt",
            f"The handover on {on} lies after {received_on}, when it was reported. Report it once it has happened.",
        )
