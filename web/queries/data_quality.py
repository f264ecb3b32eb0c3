"""Data quality: files due, received and late, what was in them, and which fields are filled in."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from domain.errors import WrongUse
from projections.privacy.redaction import redacted_quality
from projections.worklists.data_quality import MEASURES, DataQuality, data_quality
from web.schemas import data_quality as documents
from web.snapshot import Snapshot

from .parameters import Document, KnownAt, period_ends

MOST_MONTHS: Final = 120
"""Each month looks into the log; ten years are more than anybody reads."""


@dataclass(frozen=True, slots=True)
class DataQualityQuery:
    """The months that end from `first_day` to `last_day`, of one agency or of all, as known at a day or position.

    `own` are the agencies whose records may be shown; None for all.
    """

    first_day: date
    last_day: date
    known_at: KnownAt = None
    agency: str | None = None
    own: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class DataQualityResult:
    """Data quality over some months, and the fields as of the last of them."""

    quality: DataQuality

    def document(self) -> Document:
        """DATA QUALITY of the JSON reference."""
        return documents.data_quality(self.quality)


def quality(snapshot: Snapshot, asked: DataQualityQuery) -> DataQualityResult:
    """Data quality by agency and month.

    What it says of all agencies is kept with the snapshot: to tell it, every record of the last month is looked at.

    Raises:
        WrongUse: no month ends in the period.
    """
    found = snapshot.kept(replace(asked, own=None), lambda: _of_all(snapshot, asked))
    return DataQualityResult(found if asked.own is None else redacted_quality(found, asked.own))


def _of_all(snapshot: Snapshot, asked: DataQualityQuery) -> DataQuality:
    months = period_ends(asked.first_day, asked.last_day, "month")
    if len(months) > MOST_MONTHS:
        raise WrongUse(f"Ask for {MOST_MONTHS} months at most; these are {len(months)}.")
    standpoint = snapshot.standpoint(asked.last_day, asked.known_at)
    engine = snapshot.engine(MEASURES, months)
    return data_quality(
        snapshot.connection, snapshot.mapper, snapshot.generation, engine, standpoint, months, asked.agency
    )
