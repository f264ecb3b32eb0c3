"""The case-file audits on record, and who reads them."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from domain.improvement.audits.case_file_audit import AUDIT_EVENTS, THING, CaseFileAudit
from domain.improvement.reach import is_within_reach
from domain.log.mapper import JsonMapper
from projections.improvement.streams import recorded_by_number
from projections.store import tables


def audits(connection: sa.Connection, mapper: JsonMapper) -> list[CaseFileAudit]:
    """Every audit, in the order in which they were drawn."""
    return [CaseFileAudit.folded(its) for its in recorded_by_number(connection, mapper, AUDIT_EVENTS).values()]


def within_reach(audit: CaseFileAudit, own: Collection[str] | None) -> bool:
    """Whether somebody reads it; `own` as in `is_within_reach`."""
    return is_within_reach(THING, audit.state, audit.party, audit.drawn.agencies, own)


def erased_of(connection: sa.Connection, generation: int) -> frozenset[UUID]:
    """The episodes that were ever erased: what an audit said of their references is gone."""
    query = sa.select(tables.erased.c.episode).where(tables.erased.c.generation == generation)
    return frozenset(connection.execute(query).scalars())
