"""What stands between the parties as both had it on a day: plans, notices, disputes, meetings and audits.

Drafts are in no report. What was said later, or is said of a later day, is not in it either.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from domain.contract_life.dispute import Dispute
from domain.contract_life.transitions import ACTION_PLAN
from domain.improvement.action_plan_fold import ActionPlan
from domain.improvement.audits.case_file_audit import CaseFileAudit
from domain.improvement.audits.item_set import AuditItem
from domain.improvement.meetings.meetings import Meeting
from domain.improvement.performance_notices import PerformanceNotice
from domain.improvement.reach import DRAFTS, is_within_reach
from domain.improvement.written import ImprovementEvent
from domain.log.reading import Recorded
from projections.claims.disputes import is_party
from projections.improvement.audits import on_record
from projections.improvement.audits.counts import ItemCounts, item_counts
from projections.improvement.meetings.meetings import meeting_within_reach, meetings
from projections.improvement.performance_notices import notices, within_reach
from web.auth.viewer import Viewer
from web.queries.improvement.action_plans import all_plans
from web.queries.improvement.audits.case_file_audits import places_seen
from web.queries.improvement.audits.drawing import every_audit
from web.snapshot import Snapshot, snapshot_cache


def plans_on(snapshot: Snapshot, reader: Viewer, day: date, agency: str | None = None) -> list[ActionPlan]:
    """The plans that had been shared by a day and that the reader sees, those in force first.

    With an agency, those alone that concern it or all.
    """
    its = [one.plan for one in all_plans(snapshot).as_known(day).plans.values()]
    shared = [
        one
        for one in its
        if (ACTION_PLAN, one.state) not in DRAFTS
        and is_within_reach(ACTION_PLAN, one.state, one.written_by, one.terms.agencies, _own(reader))
        and _concerns(agency, one.terms.agencies)
    ]
    return sorted(shared, key=lambda one: (one.is_finished, one.number))


def notices_on(snapshot: Snapshot, reader: Viewer, day: date, agency: str | None = None) -> list[PerformanceNotice]:
    """The notices that had been issued by a day and that the reader sees: open ones first, then the newest.

    With an agency, those alone that were given to it.
    """
    by_then = [tuple(one for one in its.recorded if one.event.occurred_on <= day) for its in _notices(snapshot)]
    known = [PerformanceNotice.folded(its) for its in by_then if its]
    issued = [one for one in known if one.issued_on is not None and within_reach(one, _own(reader))]
    its = [one for one in issued if _concerns(agency, one.text.agencies)]
    return sorted(its, key=lambda one: (not one.is_open, -one.number))


@snapshot_cache(most=1)
def _notices(snapshot: Snapshot) -> list[PerformanceNotice]:
    return notices(snapshot.connection, snapshot.mapper)


def disputes_on(snapshot: Snapshot, reader: Viewer, day: date, agency: str | None = None) -> list[Dispute]:
    """The disputes that had been opened by a day and that the reader is a party to or oversees: open ones first, then
    the newest.

    With an agency, those alone over a figure of it or of all.
    """
    by_then = [tuple(one for one in its.recorded if one.event.occurred_on <= day) for its in snapshot.disputes]
    known: Sequence[Dispute] = [Dispute.folded(its) for its in by_then if its]
    readable = [one for one in known if not reader.is_provider or is_party(one, reader.agencies)]
    its = [one for one in readable if agency is None or one.opened.agency in {None, agency}]
    return sorted(its, key=lambda one: (one.closed is not None, -one.number))


@dataclass(frozen=True, slots=True)
class AuditOnTheDay:
    """An audit as it stood on a day: how many of its files its reader sees, and what was found in them of each item."""

    audit: CaseFileAudit
    files: int
    items: list[tuple[AuditItem, ItemCounts]]


def audits_on(snapshot: Snapshot, reader: Viewer, day: date, agency: str | None = None) -> list[AuditOnTheDay]:
    """The case-file audits that had been completed by a day and that the reader sees, the newest first.

    With an agency, those alone that files of it were drawn for.
    """
    by_then = [tuple(one for one in its.recorded if _said_on(one) <= day) for its in every_audit(snapshot)]
    known = [CaseFileAudit.folded(its) for its in by_then if its]
    readable = [one for one in known if one.completed and on_record.within_reach(one, _own(reader))]
    return [_audit(reader, one) for one in reversed(readable) if agency in {None, *one.drawn.agencies}]


def _said_on(one: Recorded) -> date:
    assert isinstance(one.event, ImprovementEvent)
    return one.event.occurred_on


def _audit(reader: Viewer, audit: CaseFileAudit) -> AuditOnTheDay:
    places = places_seen(reader, audit)
    items = [(item, item_counts(item, audit.marks, places)) for item in audit.drawn.item_set.items]
    return AuditOnTheDay(audit, len(places), items)


def meetings_on(snapshot: Snapshot, reader: Viewer, day: date, agency: str | None = None) -> list[Meeting]:
    """The meetings that had been held and minuted by a day and that the reader sees, the newest first.

    With an agency, those alone that were about it or about all.
    """
    by_then = [tuple(one for one in its.recorded if _said_on(one) <= day) for its in _meetings(snapshot)]
    known = [Meeting.folded(its) for its in by_then if its]
    held = [one for one in known if one.minutes and meeting_within_reach(one, _own(reader))]
    its = [one for one in held if _concerns(agency, one.terms.agencies)]
    return sorted(its, key=lambda one: (one.terms.day, one.number), reverse=True)


@snapshot_cache(most=1)
def _meetings(snapshot: Snapshot) -> list[Meeting]:
    return meetings(snapshot.connection, snapshot.mapper)


def _concerns(agency: str | None, agencies: Collection[str]) -> bool:
    """Whether something about these agencies (none: all) belongs in a report on one, or on all where none is named."""
    return agency is None or not agencies or agency in agencies


def _own(reader: Viewer) -> frozenset[str] | None:
    return reader.agencies if reader.is_provider else None
