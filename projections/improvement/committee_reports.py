"""The committee reports that were given out, and which of them was the last before another one."""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from domain.improvement.committee_report import COMMITTEE_REPORT_EVENTS, Edition, as_given
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded
from projections.standings.slices import Slice

from .streams import recorded_by_number


def given_reports(connection: sa.Connection, mapper: JsonMapper) -> list[Recorded]:
    """Each report, in the order in which they were given out."""
    return [recorded[0] for recorded in recorded_by_number(connection, mapper, COMMITTEE_REPORT_EVENTS).values()]


def last_before(
    reports: Iterable[Recorded], edition: Edition, slice_: Slice, as_of: date, day: date
) -> Recorded | None:
    """The report of this edition about the same people that was given out last by a `day`, as of no later day."""
    whose = slice_.area, slice_.agency, slice_.criminal_justice, slice_.young_people
    earlier = [
        one
        for one in reports
        if (given := as_given(one.event)).occurred_on <= day
        and given.as_of <= as_of
        and (given.edition, given.whose) == (edition, whose)
    ]
    return max(earlier, key=lambda one: (one.event.occurred_on, one.position), default=None)
