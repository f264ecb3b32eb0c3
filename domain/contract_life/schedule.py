"""The contract and its schedule of KPIs: who works for the council where and until when, and what was to be reached.

A schedule is a stream of its own. It brings no knowledge, takes no part in what `known_at` resolves to, and changes no
figure; agreeing it sets targets and may record the agencies' own contracts, in the same transaction. `occurred_on` of
what was agreed, changed or ended is the day of the agreement: as known on a day, what had been agreed by then counts.
A draft is known to nobody on any day until it is agreed. Days include both ends.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final
from uuid import UUID, uuid5

import msgspec

from domain.contract_life.kpi_lines.line import KpiLine
from domain.errors import Refused
from domain.log.mapper import Event
from domain.log.reading import Recorded
from domain.words import kept_words

_SCHEDULES: Final = UUID("c1f6d0a4-55c1-4b7e-9c0e-3b8f6a1d7e24")
"""Namespace of the schedules' stream ids; they are told apart by their number."""

THING: Final = "schedule"
DRAFT, AGREED, ENDED, DISCARDED = "draft", "agreed", "ended", "discarded"
"""The states, beside that of what nothing was said of."""
LONGEST_NAME: Final = 200
MOST_HUBS, MOST_LINES = 50, 200


class ContractHub(msgspec.Struct, frozen=True, omit_defaults=True):
    """An agency of the provider: its code, and the words by which the contract calls it and the area it serves.

    `succeeds` is the code of the agency whose service it continues, where there is one.
    """

    agency: str
    name: str = ""
    area: str = ""
    succeeds: str = ""


class Terms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a contract is beside its KPIs. `last_day` None: no end is agreed. `succeeds`: the contract before it, in
    words. `area`: the code of the area whose people its KPIs count; empty for everybody.
    """

    name: str
    provider: str
    hubs: tuple[ContractHub, ...]
    first_day: date
    last_day: date | None = None
    succeeds: str = ""
    area: str = ""


class LineTarget(msgspec.Struct, frozen=True):
    """A target that was set for a line, by its number."""

    code: str
    target: int


class ScheduleEvent(Event, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What all say: the schedule's ordinal."""

    number: int


class ScheduleEdit(ScheduleEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What is written anew: the terms, if they are; lines, each in place of that of its code; and lines taken out."""

    terms: Terms | None = None
    lines: tuple[KpiLine, ...] = ()
    removed: tuple[str, ...] = ()


class ScheduleDrafted(ScheduleEdit, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A contract was written down, and may still be written anew. `occurred_on` is the day of writing."""

    TOPIC: ClassVar[str] = "schedule.drafted.v1"


class ScheduleEdited(ScheduleEdit, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A draft was written anew."""

    TOPIC: ClassVar[str] = "schedule.edited.v1"


class ScheduleDiscarded(ScheduleEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A draft was given up."""

    TOPIC: ClassVar[str] = "schedule.discarded.v1"


class ScheduleAgreed(ScheduleEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It was agreed as it stood. `contracts` are the agencies whose own contracts were recorded with it."""

    TOPIC: ClassVar[str] = "schedule.agreed.v1"
    targets: tuple[LineTarget, ...] = ()
    contracts: tuple[str, ...] = ()


class ScheduleChanged(ScheduleEdit, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A change was agreed: a reset of targets, another wording, a line more or less. What was said before stays."""

    TOPIC: ClassVar[str] = "schedule.changed.v1"
    reason: str = ""
    targets: tuple[LineTarget, ...] = ()
    withdrawn: tuple[int, ...] = ()
    contracts: tuple[str, ...] = ()


class ScheduleEnded(ScheduleEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """It was agreed that the contract ends on `last_day`; no target counts after it.

    `handovers` are the numbers of the submissions by which its caseload passed in the same step: a re-tender.
    """

    TOPIC: ClassVar[str] = "schedule.ended.v1"
    last_day: date
    reason: str = ""
    targets: tuple[LineTarget, ...] = ()
    withdrawn: tuple[int, ...] = ()
    contracts: tuple[str, ...] = ()
    handovers: tuple[int, ...] = ()


class ScheduleResumed(ScheduleEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Its end was taken back with the handover that it was said with: it is in force again, to the `last_day` before.

    `targets` are those that had ended with it, set anew; `contracts` the agencies whose own contracts stand as before.
    """

    TOPIC: ClassVar[str] = "schedule.resumed.v1"
    last_day: date | None = None
    reason: str = ""
    targets: tuple[LineTarget, ...] = ()
    withdrawn: tuple[int, ...] = ()
    contracts: tuple[str, ...] = ()


class ScheduleCorrected(ScheduleEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What was written down was a mistake: the contract begins on `first_day`, and counts the people of `area`.

    It is known from the day of the correction on; as known before, the mistake stands. `contracts` are the agencies
    whose own contracts were taken back and recorded from the other day.
    """

    TOPIC: ClassVar[str] = "schedule.corrected.v1"
    first_day: date
    area: str = ""
    reason: str = ""
    targets: tuple[LineTarget, ...] = ()
    withdrawn: tuple[int, ...] = ()
    contracts: tuple[str, ...] = ()


SCHEDULE_EVENTS: Final[tuple[type[ScheduleEvent], ...]] = (
    ScheduleDrafted,
    ScheduleEdited,
    ScheduleDiscarded,
    ScheduleAgreed,
    ScheduleChanged,
    ScheduleEnded,
    ScheduleResumed,
    ScheduleCorrected,
)
Statement = ScheduleAgreed | ScheduleChanged | ScheduleEnded | ScheduleResumed | ScheduleCorrected
"""What was agreed, and so is known from its day on."""

_STATE_AFTER: Final[Mapping[type[ScheduleEvent], str]] = {
    ScheduleDrafted: DRAFT,
    ScheduleEdited: DRAFT,
    ScheduleDiscarded: DISCARDED,
    ScheduleAgreed: AGREED,
    ScheduleChanged: AGREED,
    ScheduleEnded: ENDED,
    ScheduleResumed: AGREED,
    ScheduleCorrected: AGREED,
}


def schedule_stream(number: int) -> UUID:
    """The stream of the schedule with this ordinal."""
    return uuid5(_SCHEDULES, str(number))


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as its events tell it, in the order in which they were said."""

    recorded: tuple[Recorded, ...]
    terms: Terms
    lines: tuple[KpiLine, ...]
    targets: Mapping[str, tuple[int, ...]]
    """The numbers of all targets that were ever set for a line, by its code."""

    @classmethod
    def folded(cls, recorded: Iterable[Recorded]) -> "Schedule":
        """The schedule of a stream's events, of which the first wrote it down."""
        its, terms, lines = tuple(recorded), None, dict[str, KpiLine]()
        targets: dict[str, tuple[int, ...]] = {}
        for one in its:
            event = one.event
            if isinstance(event, ScheduleEdit):
                terms = event.terms or terms
                lines |= {line.code: line for line in event.lines}
                lines = {code: line for code, line in lines.items() if code not in event.removed}
            if isinstance(event, ScheduleEnded | ScheduleResumed) and terms is not None:
                terms = msgspec.structs.replace(terms, last_day=event.last_day)
            if isinstance(event, ScheduleCorrected) and terms is not None:
                terms = msgspec.structs.replace(terms, first_day=event.first_day, area=event.area)
            if isinstance(event, Statement):
                for line, target in ((each.code, each.target) for each in event.targets):
                    targets[line] = (*targets.get(line, ()), target)
        assert terms is not None  # the first event has them
        return cls(its, terms, tuple(lines.values()), targets)

    def known_on(self, day: date) -> "Schedule | None":
        """As it had been agreed by that day; None while nothing had."""
        statements = [
            place
            for place, one in enumerate(self.recorded)
            if isinstance(one.event, Statement) and one.event.occurred_on <= day
        ]
        return Schedule.folded(self.recorded[: statements[-1] + 1]) if statements else None

    @property
    def number(self) -> int:
        """Its ordinal."""
        event = self.recorded[0].event
        assert isinstance(event, ScheduleEvent)
        return event.number

    @property
    def state(self) -> str:
        """DRAFT, AGREED, ENDED or DISCARDED."""
        event = self.recorded[-1].event
        assert isinstance(event, ScheduleEvent)
        return _STATE_AFTER[type(event)]

    @property
    def version(self) -> int:
        """That of its newest event."""
        return self.recorded[-1].event.originator_version

    @property
    def agencies(self) -> frozenset[str]:
        """The codes of its hubs."""
        return frozenset(hub.agency for hub in self.terms.hubs)

    @property
    def statements(self) -> list[Recorded]:
        """What was agreed, in order."""
        return [one for one in self.recorded if isinstance(one.event, Statement)]

    def line(self, code: str) -> KpiLine | None:
        """The line of this code; None where there is none."""
        return next((line for line in self.lines if line.code == code), None)

    def overlaps(self, other: "Schedule") -> frozenset[str]:
        """The agencies that both have on some day."""
        mine, its = self.terms, other.terms
        apart = mine.first_day > (its.last_day or date.max) or its.first_day > (mine.last_day or date.max)
        return frozenset() if apart else self.agencies & other.agencies


def checked_terms(terms: Terms) -> Terms:
    """The terms with their words in one way of writing.

    Raises:
        Refused: a name is missing, too long or unreadable; a hub is named twice, or none is; the days do not fit.
    """
    if terms.last_day and terms.last_day < terms.first_day:
        raise Refused(
            "schedule-ends-before-it-begins",
            f"The contract would end on {terms.last_day}, before it begins on {terms.first_day}.",
        )
    if not terms.hubs:
        raise Refused("schedule-no-hubs", "Name at least one hub: the agencies of the provider.")
    if len(terms.hubs) > MOST_HUBS:
        raise Refused("schedule-too-large", f"A contract has at most {MOST_HUBS} hubs.")
    codes = [hub.agency for hub in terms.hubs]
    if twice := next((code for code in codes if codes.count(code) > 1), ""):
        raise Refused("hub-twice", f"{twice} is named twice among the hubs.")
    if itself := next((hub.agency for hub in terms.hubs if hub.succeeds == hub.agency), ""):
        raise Refused("contract-succeeds-itself", f"{itself} cannot continue its own service.")
    hubs = tuple(
        ContractHub(hub.agency, schedule_words(hub.name), schedule_words(hub.area), hub.succeeds) for hub in terms.hubs
    )
    name, provider, succeeds = map(schedule_words, (terms.name, terms.provider, terms.succeeds))
    if not (name and provider):
        raise Refused("schedule-unnamed", "Give the contract a name, and name the provider.")
    return msgspec.structs.replace(terms, name=name, provider=provider, succeeds=succeeds, hubs=hubs)


def schedule_words(text: str) -> str:
    """A name or a reason as it is kept: its letters in one way of writing, single spaces between words.

    Raises:
        Refused: it is too long, or not all of it can be read.
    """
    return kept_words(text, LONGEST_NAME, "A name or reason", "schedule-words")
