"""The committee report that was given out: what it said, from which standpoint, and which sections it had.

A report is worked out whenever somebody looks at it, and stored only when it is given out. Then its words are kept as
they were, letter by letter, so that printing it again gives the same; nothing changes it, and a later report says what
is different since. `occurred_on` is the day on which it was given out.
"""

from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar, Final
from uuid import UUID, uuid5

from domain.log.mapper import Event

from .written import ImprovementEvent, WrittenAbout

_REPORTS: Final = UUID("3b8e5f02-6c1d-4a67-8f0a-d2f4b1c97e35")
"""Namespace of the stream ids; they are told apart by their number."""
COMMITTEE_REPORT: Final = "committee report"
"""What it is called in the tables of steps and of reach."""
GIVEN_OUT: Final = "given out"
"""The one state of a report that is stored."""


class Edition(StrEnum):
    """For whom a report is made: for those who may see all figures, or for everybody, suppressed."""

    FULL = "full"
    PUBLIC = "public"


class CommitteeReportGiven(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A report was given out under a name. `position` is the place in the log that `known_at` resolved to.

    `sections` are those that it had and `left_out` those that somebody left out, by their keys. `figures` are those of
    the full edition as they were known then. `document` is the whole report as JSON, to the letter.
    """

    TOPIC: ClassVar[str] = "committee-report.given.v1"
    name: str
    edition: Edition
    as_of: date
    known_at: date | None = None
    position: int
    area: str | None = None
    agency: str | None = None
    criminal_justice: bool = False
    young_people: bool = False
    sections: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    figures: tuple[WrittenAbout, ...] = ()
    document: str

    @property
    def sha256(self) -> str:
        """The hash of what it said."""
        return sha256(self.document.encode()).hexdigest()

    @property
    def whose(self) -> tuple[str | None, str | None, bool, bool]:
        """Area, agency, criminal justice and young people: which part of the people it is about."""
        return self.area, self.agency, self.criminal_justice, self.young_people


COMMITTEE_REPORT_EVENTS: Final[tuple[type[ImprovementEvent], ...]] = (CommitteeReportGiven,)


def committee_report_stream(number: int) -> UUID:
    """The stream of the given-out report with this ordinal; its one event has version 1."""
    return uuid5(_REPORTS, str(number))


def as_given(event: Event) -> CommitteeReportGiven:
    """An event of such a stream, as what it is."""
    assert isinstance(event, CommitteeReportGiven)
    return event
