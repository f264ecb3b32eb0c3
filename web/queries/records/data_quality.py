"""Data quality: files due, received and late, what was in them, and which fields are filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.errors import WrongUse
from projections.privacy.redaction import redacted_quality
from projections.worklists.data_quality import MEASURES, AgencyMonth, DataQuality, FieldFilled, data_quality
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


# Every record of the last month is looked at.
@snapshot_cache(of_knowledge=True)
def _quality(snapshot: Snapshot, query: DataQualityQuery) -> DataQuality:
    months = period_ends(query.first_day, query.last_day, "month")
    if len(months) > MOST_MONTHS:
        raise WrongUse(f"Ask for {MOST_MONTHS} months at most; these are {len(months)}.")
    standpoint = snapshot.standpoint(query.last_day, query.known_at)
    engine = snapshot.engine(MEASURES, months)
    return data_quality(
        snapshot.connection, snapshot.mapper, snapshot.generation, engine, standpoint, months, query.agency
    )
