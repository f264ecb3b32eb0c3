"""The segments of a figure's people: how long in treatment, on what dose, for the first time, referred by whom.

A segmentation puts each member of a figure into just one segment, so that its segments add up to the figure. All of it
is read from the deciding journey as seen at the figure's standpoint, with the rules of the caseload profile and of the
worklists. Lengths are in whole years.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa

from domain.episode.facts import START, Start
from domain.errors import NotAgreed
from domain.journey import Journey
from domain.log.mapper import JsonMapper
from domain.measures.lengths import BANDS, length_band
from domain.periods import NEVER
from domain.standpoint import Standpoint
from projections.standings.engine import Standing

from .journeys import is_long, latest_dose, review_signs
from .seen import Reading, SeenRecords

LONG_CAREER_YEARS: Final = 21
"""As in the caseload profile. [S, Wirral: over 21 years; the boundary K]"""
IN_TREATMENT, SINCE, LEFT_BEFORE = "in treatment at the handover", "started since", "left before the handover"
"""Where somebody stood when a caseload passed on; whoever starts on the day itself has started since."""


@dataclass(frozen=True, slots=True)
class Segmentation:
    """One way to part people: its `segments` in their own order, and in which of them each member is."""

    name: str
    title: str
    segments: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenCaseload:
    """Who is open on the day: how many people, and how many of them are in the segments that a review begins with."""

    people: int
    six_years_or_more: int
    low_dose: int
    ready_to_review: int


@dataclass(frozen=True, slots=True)
class _Member:
    """A member's deciding journey, with the client's others, among all that is seen."""

    seen: SeenRecords
    journey: Journey

    @property
    def start(self) -> date:
        return date.fromordinal(self.journey.start)

    @property
    def is_open(self) -> bool:
        return self.journey.end == NEVER

    @property
    def first(self) -> Start:
        """What was said at the first triage."""
        fact = self.seen.facts[self.journey.episodes[0].episode][START]
        assert isinstance(fact, Start)
        return fact

    def length(self) -> str:
        """Years from the journey's start to its end, or to the day while it is open."""
        return length_band(self.start, date.fromordinal(min(self.journey.end, self.seen.today)))

    def dose(self) -> str:
        latest = latest_dose(self.seen, self.journey)
        if latest is None:
            return _DOSES[2]
        return _DOSES[0] if latest.low else _DOSES[1]

    def review(self) -> str:
        if not self.is_open:
            return _REVIEW[2]
        return _REVIEW[0] if review_signs(self.seen, self.journey) else _REVIEW[1]

    def treatment(self) -> str:
        """No earlier journey is seen, and PREVTR is not Y."""
        earlier = self.seen.journeys[self.journey.client][0].start < self.journey.start
        return _TREATMENTS[1] if earlier or self.first.previously_treated else _TREATMENTS[0]

    def career(self) -> str:
        if self.first.first_use_age is None:
            return _CAREERS[2]
        years = self.first.age_at_triage - self.first.first_use_age
        return _CAREERS[0] if years >= LONG_CAREER_YEARS else _CAREERS[1]

    def source(self) -> str:
        if self.journey.criminal_justice:
            return _SOURCES[0]
        return _SOURCES[1] if self.first.referral_source else _SOURCES[2]

    def at_handover(self, day: date) -> str:
        if self.start >= day:
            return SINCE
        return LEFT_BEFORE if self.journey.end < day.toordinal() else IN_TREATMENT

    def length_at_handover(self, day: date) -> str:
        where = self.at_handover(day)
        return length_band(self.start, day) if where == IN_TREATMENT else where


_DOSES: Final = ("low dose", "not a low dose", "no review says the dose")
_REVIEW: Final = ("ready to review", "open, not ready to review", "no longer in treatment")
_TREATMENTS: Final = ("first treatment", "treated before")
_CAREERS: Final = ("had used 21 years or more", "had used under 21 years", "age of first use not known")
_SOURCES: Final = ("criminal justice", "another source", "no source given")

_ALWAYS: Final[tuple[tuple[str, str, tuple[str, ...], Callable[[_Member], str]], ...]] = (
    ("length", "Length in treatment", BANDS, _Member.length),
    ("dose", "Dose at the latest review that says it", _DOSES, _Member.dose),
    ("review", "Ready to review", _REVIEW, _Member.review),
    ("treatment", "First treatment", _TREATMENTS, _Member.treatment),
    ("career", "Use before treatment", _CAREERS, _Member.career),
    ("source", "Referral source", _SOURCES, _Member.source),
)
HANDOVER, LENGTH_AT_HANDOVER = "handover", "length-at-handover"


def segmentations(
    seen: SeenRecords, members: Sequence[Standing], handover_on: date | None = None
) -> list[Segmentation]:
    """The members of a figure by each segmentation; with a day, also by where they stood when a caseload passed on it.

    `seen` holds at least the members' episodes, from the standpoint of the figure.

    Raises:
        NotAgreed: somebody stands in the figure of whom the log does not say it.
    """
    people = [_member(seen, member) for member in members]
    parted = [
        Segmentation(name, title, segments, tuple(map(segment_of, people)))
        for name, title, segments, segment_of in _ALWAYS
    ]
    if handover_on is None:
        return parted
    where = tuple(person.at_handover(handover_on) for person in people)
    lengths = tuple(person.length_at_handover(handover_on) for person in people)
    return [
        Segmentation(HANDOVER, "At the handover", (IN_TREATMENT, SINCE, LEFT_BEFORE), where),
        Segmentation(LENGTH_AT_HANDOVER, "Length in treatment at the handover", (*BANDS, SINCE, LEFT_BEFORE), lengths),
        *parted,
    ]


def open_caseload(seen: SeenRecords, members: Sequence[Standing]) -> OpenCaseload:
    """The segments of those who are open on the day; `members` stand in the measure of who is open."""
    people = [_member(seen, member) for member in members]
    return OpenCaseload(
        len(people),
        sum(is_long(seen, person.journey) for person in people),
        sum(person.dose() == _DOSES[0] for person in people),
        sum(person.review() == _REVIEW[0] for person in people),
    )


def read_members(
    connection: sa.Connection, mapper: JsonMapper, generation: int, standpoint: Standpoint, members: Sequence[Standing]
) -> SeenRecords:
    """All that was said of these members, as seen from the standpoint."""
    read = Reading(connection, mapper, generation, standpoint)
    return read.seen(read.streams_of({member.client for member in members}), {})


def _member(seen: SeenRecords, member: Standing) -> _Member:
    """By the journey that a member stands by, or that the one episode belongs to."""
    day = member.journey.toordinal()
    journeys = seen.journeys.get(member.client, [])
    its = next((one for one in journeys if any(view.core.triaged == day for view in one.episodes)), None)
    if its is None:
        raise NotAgreed(
            "The stored tables have somebody in a figure of whom the log does not say it. Run 'recount verify'."
        )
    return _Member(seen, its)
