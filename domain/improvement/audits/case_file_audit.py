"""Case-file audits: a sample drawn from a caseload, what was found in each file, findings and actions.

An audit is a stream of its own. It brings no knowledge and changes no figure. A file is named by its episode's stream
alone, a keyed hash; its references stand in the episode's own events, and go with them when the person is erased. What
was found is said of a place in the sample, so that counts stay. `occurred_on` is the day on which a party spoke.
Findings and actions stay in the log for good, so they name no client; nothing is written about one file in words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import ClassVar, Final
from uuid import UUID, uuid5

import msgspec

from domain.contract_life.transitions import CASE_FILE_AUDIT, by
from domain.improvement.written import ImprovementEvent
from domain.log.reading import Recorded

from .item_set import AuditMark, ItemSet

_AUDITS: Final = UUID("3b1f6a0e-5c29-4a7e-8f0d-2d7c9e1b6a44")
"""Namespace of the audits' stream ids; they are told apart by their number."""

THING: Final = CASE_FILE_AUDIT
MOST_FILES, MOST_AGENCIES = 200, 50
NO_STRATA, BY_AGENCY, BY_ROLE = "none", "agency", "role"
STRATA: Final = (NO_STRATA, BY_AGENCY, BY_ROLE)
"""By what a sample may be split: not at all, by hub, by the role of who did the latest review."""


class SampledFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file of the sample: the stream of its episode, and what of it identifies nobody."""

    episode: UUID
    agency: str
    stratum: str = ""


class StratumDrawn(msgspec.Struct, frozen=True):
    """A stratum: how many files it has, and how many of them were drawn."""

    name: str
    files: int
    drawn: int


class LeftOut(msgspec.Struct, frozen=True):
    """How many could not be drawn, and why, by code."""

    code: str
    count: int


class AuditFigure(msgspec.Struct, frozen=True):
    """A figure, at each agency of an audit: drawn from are its people's newest files, in place of all open ones."""

    measure: str
    area: str | None = None
    criminal_justice: bool = False
    young_people: bool = False


class AuditDrawn(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A sample was drawn, for the eyes of the party that drew it.

    `as_of`, `known_at` and `position` are the standpoint of the caseload. `wanted` is how many were to be drawn. The
    `files` are in the order in which they were drawn. `figure` is whose people's files they are; None: all that were
    open. `without` are the audits whose files were left out, `follows` the
    audit that it looks at again.
    """

    TOPIC: ClassVar[str] = "audit.drawn.v1"
    item_set: ItemSet
    purpose: str
    agencies: tuple[str, ...]
    as_of: date
    position: int
    known_at: date | None = None
    seed: str
    wanted: int
    strata: str
    files: tuple[SampledFile, ...]
    drawn: tuple[StratumDrawn, ...]
    left_out: tuple[LeftOut, ...] = ()
    without: tuple[int, ...] = ()
    follows: int | None = None
    figure: AuditFigure | None = None


class PlacedMark(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was found of an item in the file at a place of the sample, counted from 1."""

    place: int
    item: str
    mark: AuditMark


class AuditMarksSaved(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What was typed in; only what differs from before."""

    TOPIC: ClassVar[str] = "audit.marks-saved.v1"
    marks: tuple[PlacedMark, ...]


class AuditCompleted(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """All was looked at, on `held_on`; from now on the other party reads it too."""

    TOPIC: ClassVar[str] = "audit.completed.v1"
    held_on: date
    words: str


class AuditDiscarded(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It was given up before it was completed."""

    TOPIC: ClassVar[str] = "audit.discarded.v1"
    words: str = ""


class AuditFindingAdded(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A finding, of an item or of all; counted from 1 in the order in which they are added."""

    TOPIC: ClassVar[str] = "audit.finding-added.v1"
    words: str
    item: str = ""


class AuditActionAdded(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Something to be done, by whom (a role) and by which day; counted from 1. `finding`: what it answers."""

    TOPIC: ClassVar[str] = "audit.action-added.v1"
    words: str
    who: str
    due: date
    finding: int | None = None


class AuditActionDone(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """An action was done."""

    TOPIC: ClassVar[str] = "audit.action-done.v1"
    action: int
    words: str = ""


AUDIT_EVENTS: Final[tuple[type[ImprovementEvent], ...]] = (
    AuditDrawn,
    AuditMarksSaved,
    AuditCompleted,
    AuditDiscarded,
    AuditFindingAdded,
    AuditActionAdded,
    AuditActionDone,
)


def audit_stream(number: int) -> UUID:
    """The stream of the audit with this ordinal."""
    return uuid5(_AUDITS, str(number))


Marks = Mapping[tuple[int, str], AuditMark]
"""What was found, by place and item; what was taken back is not there."""


@dataclass(frozen=True)
class CaseFileAudit:
    """An audit as its events tell it, in the order in which they were said."""

    recorded: tuple[Recorded, ...]

    @classmethod
    def folded(cls, recorded: Iterable[Recorded]) -> "CaseFileAudit":
        """The audit of a stream's events, of which the first drew its sample."""
        return cls(tuple(recorded))

    @property
    def events(self) -> list[ImprovementEvent]:
        """What was said, the oldest first."""
        return [one.event for one in self.recorded if isinstance(one.event, ImprovementEvent)]

    @property
    def drawn(self) -> AuditDrawn:
        """What was drawn, and how."""
        event = self.recorded[0].event
        assert isinstance(event, AuditDrawn)
        return event

    @property
    def number(self) -> int:
        """Its ordinal."""
        return self.drawn.number

    @property
    def party(self) -> str:
        """Which party holds it."""
        return self.drawn.party

    @property
    def version(self) -> int:
        """That of its newest event."""
        return self.recorded[-1].event.originator_version

    @property
    def newest_day(self) -> date:
        """The day on which something was said of it last."""
        return max(event.occurred_on for event in self.events)

    @property
    def completed(self) -> AuditCompleted | None:
        """What was said when it was completed."""
        return next((event for event in self.events if isinstance(event, AuditCompleted)), None)

    @property
    def state(self) -> str:
        """The word for it."""
        if any(isinstance(event, AuditDiscarded) for event in self.events):
            return "discarded"
        return by("completed", self.party) if self.completed else "draft"

    @cached_property
    def marks(self) -> Marks:
        """What was found."""
        return self.marks_at(self.version)

    def marks_at(self, version: int) -> Marks:
        """What was found as one of its versions had it."""
        marks: dict[tuple[int, str], AuditMark] = {}
        for event in self.events:
            if isinstance(event, AuditMarksSaved) and event.originator_version <= version:
                marks |= {(one.place, one.item): one.mark for one in event.marks}
        return {cell: mark for cell, mark in marks.items() if mark.state}

    @property
    def findings(self) -> list[AuditFindingAdded]:
        """The findings, in the order in which they are counted."""
        return [event for event in self.events if isinstance(event, AuditFindingAdded)]

    @property
    def actions(self) -> list[tuple[AuditActionAdded, AuditActionDone | None]]:
        """The actions, in the order in which they are counted, each with how it was done."""
        done = {event.action: event for event in self.events if isinstance(event, AuditActionDone)}
        its = [event for event in self.events if isinstance(event, AuditActionAdded)]
        return [(event, done.get(place)) for place, event in enumerate(its, 1)]

    @property
    def population(self) -> int:
        """How many files there were to draw from."""
        return sum(one.files for one in self.drawn.drawn)


def changed_cells(typed: Marks, before: Marks) -> dict[tuple[int, str], AuditMark]:
    """What somebody typed that differs from what they had before them; a mark without a state takes one back."""
    nothing = AuditMark("")
    return {cell: mark for cell, mark in typed.items() if mark != before.get(cell, nothing)}


def clashing_cells(changed: Marks, before: Marks, now: Marks) -> list[tuple[int, str]]:
    """The cells that somebody else changed meanwhile into something else; all others can be saved side by side."""
    nothing = AuditMark("")
    return [
        cell
        for cell, mark in changed.items()
        if now.get(cell, nothing) != before.get(cell, nothing) and now.get(cell, nothing) != mark
    ]
