"""The comparisons with reports of the other party that somebody kept."""

import sqlalchemy as sa

from domain.improvement.other_reports import OTHER_REPORT_EVENTS
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded

from .streams import recorded_by_number


def kept_reports(connection: sa.Connection, mapper: JsonMapper) -> list[Recorded]:
    """Each kept comparison, in the order in which they were kept."""
    return [recorded[0] for recorded in recorded_by_number(connection, mapper, OTHER_REPORT_EVENTS).values()]
