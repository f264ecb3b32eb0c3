"""What a provider writes for its own side alone: the trail has that it was written, and not what.

A commissioner and auditors read it from the event on that shares it. What the commissioner drafts auditors read too,
and to a provider the trail shows no such event at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from domain.contract_life.transitions import PROVIDER
from domain.improvement.action_plan import PlanEvent, PlanProposed
from domain.improvement.audits.case_file_audit import AUDIT_EVENTS, AuditCompleted
from domain.improvement.meetings.commentary import COMMENT_EVENTS, CommentShared
from domain.improvement.other_reports import OTHER_REPORT_EVENTS
from domain.improvement.written import ImprovementEvent
from domain.log.tables import log
from projections.explain.trail import Entry

_DRAFTED: Final[tuple[type[ImprovementEvent], ...]] = (PlanEvent, *AUDIT_EVENTS, *COMMENT_EVENTS, *OTHER_REPORT_EVENTS)
"""Events of what begins as a draft; a comparison that was kept is never shared."""
_SHARING: Final = tuple(event.TOPIC for event in (PlanProposed, AuditCompleted, CommentShared))


def without_drafts(connection: sa.Connection, entries: Sequence[Entry]) -> list[Entry]:
    """The entries, without what was said in those that a provider wrote before it shared the thing."""
    of_provider = {one.stream for one in entries if _is_of_draft(one)}
    shared = _first_shared(connection, of_provider) if of_provider else {}
    return [
        replace(one, event=None, drafted=True) if _is_of_draft(one) and _is_before(one, shared) else one
        for one in entries
    ]


def _is_of_draft(entry: Entry) -> bool:
    event = entry.event
    return isinstance(event, ImprovementEvent) and event.party == PROVIDER and isinstance(event, _DRAFTED)


def _is_before(entry: Entry, shared: Mapping[UUID, int]) -> bool:
    return entry.stream not in shared or entry.position < shared[entry.stream]


def _first_shared(connection: sa.Connection, streams: Iterable[UUID]) -> dict[UUID, int]:
    """The position from which on the other side reads each; those that were never shared are not in it."""
    its = log.c.originator_id.in_(sorted(streams)), log.c.topic.in_(_SHARING)
    first = sa.func.min(log.c.position).label("first")
    query = sa.select(log.c.originator_id, first).where(*its).group_by(log.c.originator_id)
    return {row.originator_id: row.first for row in connection.execute(query)}
