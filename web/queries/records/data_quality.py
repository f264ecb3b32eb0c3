"""Data quality: files due, received and late, what was in them, and which fields are filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.errors import WrongUse
from domain.standpoint import Standpoint
from projections.privacy.redaction import redacted_quality
from projections.worklists.data_quality import OPEN, AgencyMonth, DataQuality, data_quality
from projections.worklists.fields_filled import IN_TREATMENT, FieldFilled, FilledRecords, filled_records
from web.auth.viewer import Viewer
from web.queries.parameters import KnownAt, period_ends
from web.queries.performance.figure import StandpointResult, standpoint_result
from web.queries.result import Result
from web.snapshot import Snapshot, snapshot_cache

MOST_MONTHS: Final = 120
"""Each month looks into the log; ten years are more than anybody reads."""


@dataclass(frozen=True, slots=True)
class DataQualityQuery:
    """The months that end from `first_day` to `last_day`, of one agency or of all, as known at a day or position."""

    first_day: date
    last_day: date
    known_at: KnownAt = None
    agency: str | None = None


class DataQualityResult(Result, frozen=True):
    """Data quality over some months, the oldest first, and the fields as of the last of them."""

    standpoint: StandpointResult
    months: Sequence[AgencyMonth]
    fields: Sequence[FieldFilled]


def quality(snapshot: Snapshot, viewer: Viewer, query: DataQualityQuery) -> DataQualityResult:
    """Data quality by agency and month; a provider sees that of the agencies whose figures it may ask for.

    Raises:
        WrongUse: no month ends in the period, or too many do.
    """
    visible = viewer.redacted(_quality(snapshot, query), lambda whole, _own: redacted_quality(whole, viewer.agencies))
    return DataQualityResult(standpoint_result(visible.standpoint), visible.months, visible.fields)


@snapshot_cache(of_knowledge=True)
def _quality(snapshot: Snapshot, query: DataQualityQuery) -> DataQuality:
    months = period_ends(query.first_day, query.last_day, "month")
    if len(months) > MOST_MONTHS:
        raise WrongUse(f"Ask for {MOST_MONTHS} months at most; these are {len(months)}.")
    standpoint = snapshot.standpoint(query.last_day, query.known_at)
    filled = filled_on(snapshot, standpoint.as_of, standpoint.position)
    engine = snapshot.engine([OPEN], months)
    source = (snapshot.connection, snapshot.mapper, snapshot.generation)
    return data_quality(*source, engine, standpoint, months, filled, query.agency)


@dataclass(frozen=True, slots=True)
class FilledOn:
    """What is kept: which columns are filled in on a day, of everybody."""

    as_of: date


# The newest are those that are brought up; the others are of days of knowledge that somebody looks back to.
@snapshot_cache(most=4, of_knowledge=True)
def filled_on(snapshot: Snapshot, as_of: date, position: int) -> FilledRecords:
    """Which columns are filled in on a day as known at a position, of everybody in treatment."""
    standpoint = Standpoint(as_of, None, position)
    engine = snapshot.engine([IN_TREATMENT], [as_of], at=standpoint)

    def read(before: tuple[int, FilledRecords] | None = None) -> FilledRecords:
        source = (snapshot.connection, snapshot.mapper, snapshot.generation)
        return filled_records(*source, engine, standpoint, before)

    return snapshot.brought_up(FilledOn(as_of), position, read, lambda *before: read(before))
