"""What an invented agency holds of its clients, how a record of it changes, and what each monthly file shows of it.

Days are calendar dates. *Entered* is the day from which the agency's files show something: a late record was entered
long after it happened, a correction replaces what earlier files said.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from domain.codes import STRUCTURED_MODALITIES

from .timetable import Arrival

ALWAYS: Final = date.min
"""Entered from the first: in the first file that covers its day."""


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """Who an episode says that it is of: initials, date of birth, sex."""

    initials: str
    born_on: date
    sex: str


@dataclass(frozen=True, slots=True)
class InventedExit:
    """A discharge: DISD and DISRSN."""

    day: date
    reason: int


@dataclass(frozen=True, slots=True)
class InventedIntervention:
    """One intervention; `ended_on` is left out where it ends with the episode."""

    reference: str
    modality: int
    referred_on: date
    offered_on: date
    started_on: date
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class InventedTop:
    """A Treatment Outcomes Profile; `answers` and then `home_and_work` in the order of the file's columns."""

    reference: str
    day: date
    stage: str
    answers: tuple[int, ...]
    home_and_work: tuple[str, ...] = ("", "", "")


@dataclass(frozen=True, slots=True)
class InventedHepatitis:
    """HEPBVAC, HEPBSTAT and HEPCTSTD of an episode."""

    given: str = ""
    status: str = ""
    tested_on: date | None = None


NOTHING_SAID: Final = InventedHepatitis()


@dataclass(frozen=True, slots=True)
class InventedReview:
    """A line of the agency's review file."""

    what: str
    day: date
    role: str
    low_dose: str = ""


@dataclass(frozen=True, slots=True)
class RecordChange:
    """From `entered` on, the agency's files give the attribute `what` of the episode as `value`."""

    entered: date
    what: str
    value: object


@dataclass(slots=True)
class InventedEpisode:
    """One client's spell with one agency, as first recorded, and every later change of that record.

    `absent` holds the first days of the months whose files leave the episode out; `faults` names, by the day of
    receipt, the mistake that makes a file's rows of it be rejected; `ahead` is an exit that is already in the file
    of the month before it.
    """

    agency: str
    client: str
    reference: str
    person: InventedPerson
    referred_on: date
    triaged_on: date | None
    drugs: tuple[int, ...]
    first_use_age: int
    source: str
    previously_treated: str
    exit: InventedExit | None = None
    care_plan_on: date | None = None
    consent: str = "Y"
    interventions: tuple[InventedIntervention, ...] = ()
    tops: list[InventedTop] = field(default_factory=list)
    hepatitis: InventedHepatitis = NOTHING_SAID
    reviews: list[InventedReview] = field(default_factory=list)
    entered: date = ALWAYS
    changes: list[RecordChange] = field(default_factory=list)
    absent: set[date] = field(default_factory=set)
    faults: dict[date, str] = field(default_factory=dict)
    ahead: bool = False

    def as_recorded(self, day: date) -> "InventedEpisode":
        """The episode as the agency's record has it on `day`."""
        so_far = {change.what: change.value for change in self.changes if change.entered <= day}
        return replace(self, **so_far) if so_far else self  # type: ignore[arg-type]

    def changed_between(self, after: date, until: date) -> bool:
        """Whether something was entered or corrected after the one day and not after the other."""
        return any(after < day <= until for day in (self.entered, *(change.entered for change in self.changes)))

    @property
    def key(self) -> tuple[str, str, str]:
        """AGNCY, CLIENT, EPISODID."""
        return self.agency, self.client, self.reference

    @property
    def first_structured_start(self) -> date | None:
        """The day on which the client is first in structured treatment; none for recovery support only."""
        return min((i.started_on for i in self.interventions if i.modality in STRUCTURED_MODALITIES), default=None)


@dataclass(frozen=True, slots=True)
class Shown:
    """An episode as one file shows it: only what had happened by the file's last day and was entered by its receipt.

    Of an intervention that was offered and not started yet, `started_on` is the day after all days.
    """

    episode: InventedEpisode
    person: InventedPerson
    triaged_on: date | None
    care_plan_on: date | None
    exit: InventedExit | None
    interventions: tuple[InventedIntervention, ...]
    tops: tuple[InventedTop, ...]
    hepatitis: InventedHepatitis
    fault: str


def extract(episodes: list[InventedEpisode], arrival: Arrival, previous_receipt: date) -> Iterator[Shown]:
    """What a file shows: the episodes that touch its days, those who wait, and what changed since the last file."""
    for episode in episodes:
        seen = _as_seen(episode, arrival)
        if seen and (_touches(seen, arrival) or episode.changed_between(previous_receipt, arrival.received_on)):
            yield seen


def _touches(seen: Shown, arrival: Arrival) -> bool:
    return seen.exit is None or seen.exit.day >= arrival.first_day


def _as_seen(episode: InventedEpisode, arrival: Arrival) -> Shown | None:
    last_day = arrival.last_day
    if episode.entered > arrival.received_on or episode.referred_on > last_day or arrival.first_day in episode.absent:
        return None
    recorded = episode.as_recorded(arrival.received_on)
    triaged_on = recorded.triaged_on if recorded.triaged_on and recorded.triaged_on <= last_day else None
    horizon = arrival.received_on if recorded.ahead else last_day
    ended = recorded.exit if recorded.exit and recorded.exit.day <= horizon else None
    return Shown(
        recorded,
        recorded.person,
        triaged_on,
        recorded.care_plan_on if recorded.care_plan_on and recorded.care_plan_on <= last_day else None,
        ended,
        tuple(_interventions(recorded, ended, last_day)) if triaged_on else (),
        tuple(top for top in recorded.tops if top.day <= last_day),
        recorded.hepatitis if triaged_on else NOTHING_SAID,
        episode.faults.get(arrival.received_on, ""),
    )


def _interventions(
    episode: InventedEpisode, ended: InventedExit | None, last_day: date
) -> Iterator[InventedIntervention]:
    for each in episode.interventions:
        if each.started_on <= last_day:
            own_end = each.ended_on if each.ended_on and each.ended_on <= last_day else None
            yield replace(each, ended_on=own_end or (ended.day if ended else None))
        elif each.referred_on <= last_day:
            yield replace(each, started_on=date.max, ended_on=None)
