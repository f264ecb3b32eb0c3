"""The committee reports that were given out, as their readers see them.

The full edition is read by the commissioner and by auditors; the public one by everybody.
"""

from datetime import date
from typing import Final

from domain.improvement.committee_report import (
    COMMITTEE_REPORT,
    CommitteeReportGiven,
    Edition,
    as_given,
)
from domain.improvement.reach import is_within_reach
from domain.log.reading import Recorded
from domain.standpoint import Standpoint
from projections.improvement.committee_reports import given_reports, last_before
from projections.standings.slices import Slice
from web.auth.viewer import NotOwn, Viewer
from web.queries.performance.figure import StandpointResult, standpoint_result
from web.queries.result import Moment, Result
from web.snapshot import Snapshot, snapshot_cache

from .document import CommitteeReport, read_document

_STATE: Final = {Edition.FULL: "full edition", Edition.PUBLIC: "public edition"}
"""How the table of who reads what calls the editions."""


class GivenReport(Result, frozen=True):
    """A report that was given out: under which name, when, by whom, from which standpoint, with which sections."""

    number: int
    name: str
    on: date
    recorded_at: Moment
    actor: str
    edition: Edition
    standpoint: StandpointResult
    slice: Slice
    sections: tuple[str, ...]
    left_out: tuple[str, ...]
    sha256: str


class GivenReports(Result, frozen=True):
    """Reports that were given out, the newest first."""

    reports: list[GivenReport]


class GivenReportWhole(Result, frozen=True):
    """A report that was given out, and what it said, to the letter."""

    given: GivenReport
    report: CommitteeReport


@snapshot_cache(most=1)
def recorded_reports(snapshot: Snapshot) -> list[Recorded]:
    """All that were given out, for other queries."""
    return given_reports(snapshot.connection, snapshot.mapper)


def given(snapshot: Snapshot, reader: Viewer) -> GivenReports:
    """The reports that the reader may see."""
    its = [one for one in recorded_reports(snapshot) if _may_read(reader, as_given(one.event))]
    return GivenReports([given_result(one) for one in reversed(its)])


def given_one(snapshot: Snapshot, reader: Viewer, number: int) -> GivenReportWhole | None:
    """The report with this number; None if there is none. Raises NotOwn if the reader may not see it."""
    recorded = next((one for one in recorded_reports(snapshot) if as_given(one.event).number == number), None)
    if recorded is None:
        return None
    event = as_given(recorded.event)
    if not _may_read(reader, event):
        raise NotOwn
    return GivenReportWhole(given_result(recorded), read_document(event.document))


def last_given(snapshot: Snapshot, edition: Edition, slice_: Slice, as_of: date, day: date) -> Recorded | None:
    """The report of this edition and slice that was given out last by a day."""
    return last_before(recorded_reports(snapshot), edition, slice_, as_of, day)


def given_result(recorded: Recorded) -> GivenReport:
    """A report that was just given out."""
    event = as_given(recorded.event)
    return GivenReport(
        event.number,
        event.name,
        event.occurred_on,
        recorded.recorded_at.isoformat(),
        event.actor,
        event.edition,
        standpoint_result(Standpoint(event.as_of, event.known_at, event.position)),
        Slice(*event.whose),
        event.sections,
        event.left_out,
        event.sha256,
    )


def _may_read(reader: Viewer, event: CommitteeReportGiven) -> bool:
    if reader.is_public:
        return event.edition is Edition.PUBLIC
    own = reader.agencies if reader.is_provider else None
    return is_within_reach(COMMITTEE_REPORT, _STATE[event.edition], event.party, (), own)
