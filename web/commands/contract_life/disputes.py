"""Opening, answering and closing disputes: words about a figure, which change no figure."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from domain.contract_life.dispute import (
    CLOSED,
    OPEN,
    Dispute,
    DisputeAnswered,
    DisputeClosed,
    DisputeEvent,
    DisputeOpened,
    dispute_stream,
    dispute_text,
)
from domain.contract_life.transitions import COMMISSIONER, NONE, PROVIDER, next_state
from domain.errors import Refused
from domain.improvement.disputed.course import DisputeCourse
from domain.improvement.disputed.steps import THING
from domain.log.mapper import Event, JsonMapper
from domain.measures.entered import is_entered
from domain.measures.registry import Measure
from domain.register import Recording, Register
from domain.standpoint import Standpoint
from projections.claims.claim import Claim, check_claim
from projections.claims.disputes import disputes, measure_of
from projections.standings.slices import Slice
from web.auth.roles import Principal
from web.auth.viewer import NotAllowed, NotOwn, Viewer
from web.commands.commit import event_fields, next_number

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
"""Why a dispute is not opened, answered or closed, by code; nothing is stored then."""


_PLACE: Final = frozenset({"originator_id", "originator_version", "number"})
"""Where an event stands, and not what it says."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, in which role, for which agency ("": for the commissioner), and what day it is."""

    actor: str
    role: str
    on: date
    party: str = ""

    @property
    def side(self) -> str:
        """For which side they speak, as the table of steps has it."""
        return PROVIDER if self.party else COMMISSIONER

    def fields(self, number: int, version: int) -> dict[str, Any]:
        """What every event of a dispute says of them."""
        common = event_fields(dispute_stream(number), version, number, self.on, self.actor, self.role)
        return common | {"party": self.party}


def speaker_of(principal: Principal, viewer: Viewer, party: str, slice_: Slice, on: date) -> Speaker:
    """Who speaks, and for which agency: a provider for one of its own, the commissioner for none. A provider that names
    none speaks for the agency of the figure, else for the only one that it has.

    Raises:
        NotOwn: the agency is somebody else's.
        NotAllowed: the commissioner names an agency, or a provider with several names none.
    """
    if not viewer.is_provider:
        if party:
            raise NotAllowed("party-not-own", "The commissioner speaks for no agency: leave party out.")
        return Speaker(principal.name, principal.role, on)
    if party and party not in viewer.agencies:
        raise NotOwn
    if not party and slice_.agency in viewer.agencies:
        party = slice_.agency or ""
    if not party and len(principal.agencies) == 1:
        [party] = principal.agencies
    if not party:
        raise NotAllowed("party-needed", "Say for which of your agencies you speak: give party.")
    return Speaker(principal.name, principal.role, on, party)


def open_dispute(
    register: Register,
    measure: Measure,
    standpoint: Standpoint,
    slice_: Slice,
    claimed: Claim,
    reason: str,
    speaker: Speaker,
    *,
    once: bool = False,
) -> Dispute:
    """Dispute a figure, from the standpoint from which it was seen.

    With `once`, what is open already in the same words is that one: a form that was sent twice says it once.

    Raises:
        Refused: no figure of the measure can be what is claimed, or the reason is no text.
    """
    next_state(THING, "open", NONE, speaker.side)
    check_claim(claimed, measure)
    reason = dispute_text(reason, "reason")
    with register.recording() as recording:
        event = DisputeOpened(
            **speaker.fields(next_number(recording, DisputeOpened), version=1),
            measure=measure.code,
            **asdict(slice_),
            **asdict(standpoint),
            numerator=claimed.numerator,
            denominator=claimed.denominator,
            percentage=claimed.percentage.text if claimed.percentage else "",
            reason=reason,
            entered_name=measure.name if is_entered(measure) else "",
            entered_kind=measure.kind if is_entered(measure) else "",
        )
        same = _open_already(recording, register.mapper, event) if once else None
        return same or Dispute.folded(recording.append([event]))


def answer_dispute(register: Register, number: int, statement: str, speaker: Speaker, *, once: bool = False) -> Dispute:
    """State something about an open dispute; with `once`, what was just said in the same words is not said again.

    Raises:
        Refused: there is none, it is closed, or the statement is no text.
    """
    statement = dispute_text(statement, "statement")
    with register.recording() as recording:
        dispute = open_one(recording, number)
        next_state(THING, "answer", DisputeCourse(dispute).stage, speaker.side)
        event = DisputeAnswered(**speaker.fields(number, dispute.version + 1), statement=statement)
        if once and _same_words(event, dispute.recorded[-1].event):
            return dispute
        return with_events(recording, dispute, event)


def close_dispute(
    register: Register, number: int, outcome: str, speaker: Speaker, agreed: Claim | None = None, *, once: bool = False
) -> Dispute:
    """Close an open dispute, with the figure that was agreed, if one was; with `once`, closing it once more in the same
    words is no mistake.

    Raises:
        Refused: there is none, it is closed, the outcome is no text, or no figure can be what was agreed.
    """
    outcome = dispute_text(outcome, "outcome")
    with register.recording() as recording:
        dispute = _one(recording, number)
        event = DisputeClosed(
            **speaker.fields(number, dispute.version + 1),
            outcome=outcome,
            numerator=agreed.numerator if agreed else None,
            denominator=agreed.denominator if agreed else None,
        )
        if once and _same_words(event, dispute.closed):
            return dispute
        _check_open(dispute)
        next_state(THING, "close", DisputeCourse(dispute).stage, speaker.side)
        if agreed:
            check_claim(agreed, measure_of(dispute))
        return with_events(recording, dispute, event)


def _open_already(recording: Recording, mapper: JsonMapper, event: DisputeOpened) -> Dispute | None:
    """The open dispute that says the same; None where there is none."""
    every = disputes(recording.connection, mapper)
    return next((one for one in every if one.state == OPEN and _same_words(event, one.opened)), None)


def _same_words(event: DisputeEvent, other: Event | None) -> bool:
    """Whether both say the same: by the same person for the same agency, and on the same day."""
    if type(event) is not type(other):
        return False
    return all(getattr(event, name) == getattr(other, name) for name in event.__struct_fields__ if name not in _PLACE)


def open_one(recording: Recording, number: int) -> Dispute:
    """The dispute with this number, which is open. Raises Refused if there is none, or it is closed."""
    dispute = _one(recording, number)
    _check_open(dispute)
    return dispute


def _one(recording: Recording, number: int) -> Dispute:
    stream = dispute_stream(number)
    recorded = recording.read_streams([stream]).get(stream)
    if not recorded:
        raise Refused("dispute-unknown", f"There is no dispute {number}. 'recount dispute list' names them.")
    return Dispute.folded(recorded)


def _check_open(dispute: Dispute) -> None:
    if dispute.state == CLOSED:
        raise Refused(
            "dispute-closed", f"Dispute {dispute.number} is closed. Open another, if the figure is still disputed."
        )


def with_events(recording: Recording, dispute: Dispute, event: DisputeEvent) -> Dispute:
    """The dispute with what is said now."""
    return Dispute.folded([*dispute.recorded, *recording.append([event])])
