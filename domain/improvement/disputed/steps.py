"""The steps of a dispute beside opening, answering and closing it: client by client, with evidence, to a settlement.

They stand in the dispute's own stream, bring no knowledge and change no figure: a data error is cured by a new file. A
row names an episode by its stream, which is a keyed hash, and never a client: who may read the references finds them in
the records, and once the client is erased nobody does. Texts stay in the log for good, so they name nobody.
"""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Final, Literal
from uuid import UUID

import msgspec

from domain.contract_life.dispute import DISPUTE_EVENTS, DisputeEvent
from domain.contract_life.entered import Evidence

THING: Final = "dispute"
"""What it is called in the table of steps."""
MOST_ROWS: Final = 200
"""Rows of a dispute: more is a dispute over a file, and not over people."""
LEVELS: Final = ("contract officers of both sides", "directors of both sides", "chief executives of both sides")
"""The levels of escalation, of which a dispute begins at the first; numbered from 1."""

Place = Literal["counted", "not-counted", "out"]
"""Where a side has a client: counted, in the figure and not counted, or not in it."""
PLACES: Final[Mapping[str, str]] = {
    "counted": "counted",
    "not-counted": "in it, not counted",
    "out": "not in the figure",
}
"""The places in words."""
Verdict = Literal["accepted", "contested", "given-up"]

ROW_REASONS: Final[Mapping[str, str]] = {
    "data-error": "an error in the data, to be cured by a new file",
    "late-file": "it came with a later file",
    "exit": "the way in which treatment ended",
    "came-back": "the client came back within six months",
    "group": "another substance group",
    "day": "a day lies inside or outside of the window",
    "same-person": "two references are one person",
    "whose": "another agency’s or area’s client",
    "other": "something else, in words",
}
"""The short list of reasons for an answer to a row, by code."""
DATA_ERROR: Final = "data-error"


class DisputeRow(msgspec.Struct, frozen=True):
    """One client on whom the two figures differ: where ours has them, where theirs does, and why in words.

    `row` is counted through the dispute and never given twice. `episode` is the stream of an episode of the client.
    """

    row: int
    episode: UUID
    agency: str
    ours: Place
    theirs: Place
    words: str

    @property
    def numerator(self) -> int:
        """How many more are counted if theirs is right: -1, 0 or 1."""
        return (self.theirs == "counted") - (self.ours == "counted")

    @property
    def denominator(self) -> int:
        """How many more are in the figure if theirs is right: -1, 0 or 1."""
        return (self.theirs != "out") - (self.ours != "out")


class DisputeRowAnswer(msgspec.Struct, frozen=True):
    """What a side says to a row: its verdict, a reason of the short list ("": none), and words."""

    row: int
    verdict: Verdict
    reason: str = ""
    words: str = ""


class DisputeRowsListed(DisputeEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A side says on which clients the figures differ. What was listed before stays on record, and counts no more."""

    TOPIC: ClassVar[str] = "dispute.rows-listed.v1"
    rows: tuple[DisputeRow, ...]


class DisputeRowsAnswered(DisputeEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The other side accepts or contests rows; the side that listed them can give them up."""

    TOPIC: ClassVar[str] = "dispute.rows-answered.v1"
    answers: tuple[DisputeRowAnswer, ...]


class DisputeEvidenceGiven(DisputeEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A file was shown, with a note. Its hash is kept and the file is not; no later one takes its place."""

    TOPIC: ClassVar[str] = "dispute.evidence-given.v1"
    file: Evidence
    note: str


class DisputeReviewed(DisputeEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Both sides met over the rows: on which day, who was there by role, which rows they looked at, what they found."""

    TOPIC: ClassVar[str] = "dispute.reviewed.v1"
    level: int
    held_on: date
    attendees: str
    rows: tuple[int, ...] = ()
    findings: str


class DisputeEscalated(DisputeEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It was raised to a level of `LEVELS`, counted from 1."""

    TOPIC: ClassVar[str] = "dispute.escalated.v1"
    level: int
    words: str


class DisputeMeetingHeld(DisputeEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A meeting at a level: on which day, who was there by role, and what came of it."""

    TOPIC: ClassVar[str] = "dispute.meeting-held.v1"
    level: int
    held_on: date
    attendees: str
    outcome: str


class DisputeSettlementProposed(DisputeEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A side says which figure it would agree to, and why; a count has no denominator."""

    TOPIC: ClassVar[str] = "dispute.settlement-proposed.v1"
    numerator: int
    denominator: int | None = None
    words: str


class DisputeSettlementRefused(DisputeEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The other side does not agree to it, with reasons."""

    TOPIC: ClassVar[str] = "dispute.settlement-refused.v1"
    words: str


class DisputeSettlementAccepted(DisputeEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The other side agrees to the figure, with reasons; the event that closes the dispute follows at once."""

    TOPIC: ClassVar[str] = "dispute.settlement-accepted.v1"
    words: str


DISPUTE_STEPS: Final[Mapping[str, type[DisputeEvent]]] = {
    "list rows of": DisputeRowsListed,
    "answer rows of": DisputeRowsAnswered,
    "give evidence for": DisputeEvidenceGiven,
    "review": DisputeReviewed,
    "escalate": DisputeEscalated,
    "meet about": DisputeMeetingHeld,
    "propose a settlement of": DisputeSettlementProposed,
    "refuse the settlement of": DisputeSettlementRefused,
    "accept the settlement of": DisputeSettlementAccepted,
}
"""The steps, as the table of transitions calls them, each with its event."""
DISPUTE_STEP_EVENTS: Final = tuple(DISPUTE_STEPS.values())
EVERY_DISPUTE_EVENT: Final = (*DISPUTE_EVENTS, *DISPUTE_STEP_EVENTS)
