"""Corrections of the days that monthly files cover: of which file, to which days, why, and which still stand."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from domain.submission import CoveredDaysCorrected
from projections.store import tables
from projections.store.submissions import SubmissionFilter, submission_events
from web.auth.viewer import Viewer
from web.queries.result import Result
from web.snapshot import Snapshot

MOST: Final = 500
"""Submissions by word that are looked at."""


class CorrectionLine(Result, frozen=True):
    """A correction: the submission `number`, of the monthly file that is submission `corrects`.

    The days of the file's name, and those that it covers from then on, null for none; `replaced_by` a later correction
    of the same file, null while this one stands.
    """

    number: int
    received_on: date
    agency: str
    corrects: int
    file: str
    named_first_day: date
    named_last_day: date
    first_day: date | None
    last_day: date | None
    reason: str
    replaced_by: int | None


class CorrectionsResult(Result, frozen=True):
    """The corrections, the newest first."""

    corrections: list[CorrectionLine]


def corrections(snapshot: Snapshot, viewer: Viewer) -> CorrectionsResult:
    """Every correction of covered days; for a provider those of its own agencies."""
    by_word = SubmissionFilter(data_set="", limit=MOST)
    recorded = submission_events(snapshot.connection, snapshot.mapper, snapshot.generation, by_word)
    events = [one.event for one in recorded if isinstance(one.event, CoveredDaysCorrected)]
    newest = {event.corrects: event.number for event in reversed(events)}
    files = _files(snapshot, newest)
    lines = []
    for event in events:
        if event.corrects in files and (not viewer.is_provider or event.agency in viewer.agencies):
            newer = newest[event.corrects]
            lines.append(_line(event, files[event.corrects], None if newer == event.number else newer))
    return CorrectionsResult(lines)


def correction_of(snapshot: Snapshot, viewer: Viewer, number: int) -> CorrectionLine | None:
    """The correction that stands of the file that is submission `number`; None if there is none."""
    lines = (line for line in corrections(snapshot, viewer).corrections if line.corrects == number)
    return next((line for line in lines if line.replaced_by is None), None)


def correction_numbered(snapshot: Snapshot, viewer: Viewer, number: int) -> CorrectionLine | None:
    """The correction that is submission `number`; None if that is something else."""
    return next((line for line in corrections(snapshot, viewer).corrections if line.number == number), None)


def _files(snapshot: Snapshot, numbers: Iterable[int]) -> dict[int, Any]:
    """What the files with these numbers are called, and the days of their names."""
    t = tables.submission.c
    query = sa.select(t.number, t.file, t.first_day, t.last_day).where(t.generation == snapshot.generation)
    return {row.number: row for row in snapshot.connection.execute(query.where(t.number.in_(sorted(numbers))))}


def _line(event: CoveredDaysCorrected, file: Any, replaced_by: int | None) -> CorrectionLine:
    return CorrectionLine(
        number=event.number,
        received_on=event.received_on,
        agency=event.agency,
        corrects=event.corrects,
        file=file.file,
        named_first_day=file.first_day,
        named_last_day=file.last_day,
        first_day=event.first_day,
        last_day=event.last_day,
        reason=event.reason,
        replaced_by=replaced_by,
    )
