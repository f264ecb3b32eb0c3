"""Disputes over a figure: opened with what is claimed and why, answered by the parties, closed with an outcome.

A dispute is a stream of its own. It brings no knowledge and takes no part in what `known_at` resolves to; figures do
not change by it. `occurred_on` is the day on which a party spoke. Texts stay in the log for good, so they name nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final
from uuid import UUID, uuid5

from domain.errors import Refused
from domain.log.mapper import Event
from domain.log.reading import Recorded
from domain.words import as_kept

_DISPUTES: Final = UUID("a3f6a3c9-4f3e-4f4e-8f3a-6d2c1f0b9e57")
"""Namespace of the disputes' stream ids; they are told apart by their number."""

LONGEST_TEXT: Final = 2000
"""Characters of a reason, a statement or an outcome."""
OPEN, CLOSED = "open", "closed"


class DisputeEvent(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What all say: the dispute's ordinal, and the agency for which `actor` speaks ("": the commissioner)."""

    number: int
    party: str = ""


class DisputeOpened(DisputeEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A figure is disputed: its measure, slice and standpoint, what it is claimed to be, and the reason.

    Claimed are numbers (of a count the numerator alone), or a `percentage` as it was printed. Of a KPI that is entered
    by hand, `entered_name` and `entered_kind` are what it was called then, and its kind.
    """

    TOPIC: ClassVar[str] = "dispute.opened.v1"
    measure: str
    area: str | None = None
    agency: str | None = None
    criminal_justice: bool = False
    young_people: bool = False
    as_of: date
    known_at: date | None = None
    position: int
    numerator: int | None = None
    denominator: int | None = None
    percentage: str = ""
    reason: str
    entered_name: str = ""
    entered_kind: str = ""


class DisputeAnswered(DisputeEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A party stated something about it."""

    TOPIC: ClassVar[str] = "dispute.answered.v1"
    statement: str


class DisputeClosed(DisputeEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It is settled, or given up: the outcome in words, and the figure that was agreed, if one was."""

    TOPIC: ClassVar[str] = "dispute.closed.v1"
    outcome: str
    numerator: int | None = None
    denominator: int | None = None


DISPUTE_EVENTS: Final[tuple[type[DisputeEvent], ...]] = (DisputeOpened, DisputeAnswered, DisputeClosed)


def dispute_stream(number: int) -> UUID:
    """The stream of the dispute with this ordinal."""
    return uuid5(_DISPUTES, str(number))


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute as its events tell it, in the order in which they were said."""

    recorded: tuple[Recorded, ...]

    @classmethod
    def folded(cls, recorded: Iterable[Recorded]) -> "Dispute":
        """The dispute of a stream's events, of which the first opened it."""
        return cls(tuple(recorded))

    @property
    def opened(self) -> DisputeOpened:
        """How it began."""
        event = self.recorded[0].event
        assert isinstance(event, DisputeOpened)
        return event

    @property
    def closed(self) -> DisputeClosed | None:
        """How it ended, if it did."""
        event = self.recorded[-1].event
        return event if isinstance(event, DisputeClosed) else None

    @property
    def answers(self) -> list[Recorded]:
        """What was stated about it."""
        return [one for one in self.recorded if isinstance(one.event, DisputeAnswered)]

    @property
    def number(self) -> int:
        """Its ordinal."""
        return self.opened.number

    @property
    def state(self) -> str:
        """OPEN or CLOSED."""
        return CLOSED if self.closed else OPEN

    @property
    def version(self) -> int:
        """That of its newest event."""
        return self.recorded[-1].event.originator_version


def dispute_text(text: str, what: str) -> str:
    """A text as it is kept: its letters in one way of writing, without spaces at its ends. `what` names it.

    Raises:
        Refused: it is empty, too long, or not all of it can be read.
    """
    normalised = as_kept(text)
    if not normalised:
        raise Refused("dispute-no-text", f"The {what} is empty. Say it in a sentence, naming nobody.")
    if len(normalised) > LONGEST_TEXT:
        raise Refused(
            "dispute-text-too-long",
            f"The {what} has {len(normalised)} characters; {LONGEST_TEXT} are the most it may have.",
        )
    if not all(line.isprintable() for line in normalised.split("\n")):
        raise Refused("dispute-text-unreadable", f"The {what} has signs that cannot be printed. Leave them out.")
    return normalised
