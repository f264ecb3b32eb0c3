"""Opening, answering and closing disputes: words about a figure, which change no figure."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from domain.dispute import (
    CLOSED,
    Dispute,
    DisputeAnswered,
    DisputeClosed,
    DisputeEvent,
    DisputeOpened,
    dispute_stream,
    dispute_text,
)
from domain.errors import Refused
from domain.log.tables import log
from domain.measures.registry import Measure
from domain.register import Recording, Register
from domain.standpoint import Standpoint
from projections.claim import Claim, check_claim
from projections.disputes import measure_of
from projections.slices import Slice

REFUSALS: Final = {
    "claim-negative": "A number of what is claimed, or agreed, is below zero.",
    "claim-of-count": "Something else than a numerator is claimed, or agreed, of a count.",
    "claim-half": "A numerator is claimed, or agreed, without a denominator, or the other way round.",
    "claim-impossible": "More are claimed, or agreed, to be counted than there are.",
    "dispute-no-text": "The reason, the statement or the outcome is empty.",
    "dispute-text-too-long": "The reason, the statement or the outcome is too long.",
    "dispute-text-unreadable": "The reason, the statement or the outcome has signs that cannot be printed.",
    "dispute-unknown": "There is no dispute with this number.",
    "dispute-closed": "The dispute is closed: nothing can be said about it any more.",
}
"""Why a word about a dispute is refused, by code; nothing is stored then."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, in which role, for which agency ("": for the commissioner), and what day it is."""

    actor: str
    role: str
    on: date
    party: str = ""

    def said(self, number: int, version: int) -> dict[str, Any]:
        """What every word about a dispute holds of them."""
        return {
            "originator_id": dispute_stream(number),
            "originator_version": version,
            "occurred_on": self.on,
            "actor": self.actor,
            "role": self.role,
            "number": number,
            "party": self.party,
        }


def open_dispute(
    register: Register,
    measure: Measure,
    standpoint: Standpoint,
    where: Slice,
    claimed: Claim,
    reason: str,
    speaker: Speaker,
) -> Dispute:
    """Dispute a figure, from the standpoint from which it was seen.

    Raises:
        Refused: no figure of the measure can be what is claimed, or the reason is no text.
    """
    check_claim(claimed, measure)
    reason = dispute_text(reason, "reason")
    with register.recording() as recording:
        event = DisputeOpened(
            **speaker.said(_next_number(recording), version=1),
            measure=measure.code,
            area=where.area,
            agency=where.agency,
            criminal_justice=where.criminal_justice,
            young_people=where.young_people,
            as_of=standpoint.as_of,
            known_at=standpoint.known_at,
            position=standpoint.position,
            numerator=claimed.numerator,
            denominator=claimed.denominator,
            percentage=claimed.printed.text if claimed.printed else "",
            reason=reason,
        )
        return Dispute.folded(recording.append([event]))


def answer_dispute(register: Register, number: int, statement: str, speaker: Speaker) -> Dispute:
    """State something about an open dispute.

    Raises:
        Refused: there is none, it is closed, or the statement is no text.
    """
    statement = dispute_text(statement, "statement")
    with register.recording() as recording:
        dispute = _open_one(recording, number)
        said = speaker.said(number, dispute.version + 1)
        return _with(recording, dispute, DisputeAnswered(**said, statement=statement))


def close_dispute(
    register: Register, number: int, outcome: str, speaker: Speaker, agreed: Claim | None = None
) -> Dispute:
    """Close an open dispute, with the figure that was agreed, if one was.

    Raises:
        Refused: there is none, it is closed, the outcome is no text, or no figure can be what was agreed.
    """
    outcome = dispute_text(outcome, "outcome")
    with register.recording() as recording:
        dispute = _open_one(recording, number)
        if agreed:
            check_claim(agreed, measure_of(dispute))
        event = DisputeClosed(
            **speaker.said(number, dispute.version + 1),
            outcome=outcome,
            numerator=agreed.numerator if agreed else None,
            denominator=agreed.denominator if agreed else None,
        )
        return _with(recording, dispute, event)


def _next_number(recording: Recording) -> int:
    count = sa.select(sa.func.count()).select_from(log).where(log.c.topic == DisputeOpened.TOPIC)
    return int(recording.connection.execute(count).scalar_one()) + 1


def _open_one(recording: Recording, number: int) -> Dispute:
    stream = dispute_stream(number)
    known = recording.read_streams([stream]).get(stream)
    if not known:
        raise Refused("dispute-unknown", f"There is no dispute {number}. 'recount dispute list' names them.")
    dispute = Dispute.folded(known)
    if dispute.state == CLOSED:
        raise Refused("dispute-closed", f"Dispute {number} is closed. Open another, if the figure is still disputed.")
    return dispute


def _with(recording: Recording, dispute: Dispute, event: DisputeEvent) -> Dispute:
    return Dispute.folded([*dispute.recorded, *recording.append([event])])
