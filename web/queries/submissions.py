"""What became of submissions, also of those long ago."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from domain.log.reading import Recorded
from domain.submission import SubmissionReceived
from projections.store import tables
from projections.store.submissions import (
    EpisodeNotInFile,
    SubmissionFilter,
    first_not_in_file,
    submission_events,
    submission_numbered,
)
from web.auth.viewer import Viewer
from web.schemas import submissions as documents
from web.snapshot import Snapshot

from .parameters import Document


@dataclass(frozen=True, slots=True)
class SubmissionsResult:
    """Submissions, the newest first. `earlier` is the `before` with which those before them are asked for."""

    submissions: Sequence[Recorded]
    earlier: int | None

    def document(self) -> Document:
        """SUBMISSIONS of the JSON reference."""
        return documents.submitted(self.submissions, earlier=self.earlier)


def submissions(snapshot: Snapshot, asked: SubmissionFilter) -> SubmissionsResult:
    """The newest submissions asked for."""
    # One more than is shown tells whether there is more.
    more = SubmissionFilter(asked.agency, asked.data_set, asked.agencies, asked.before, asked.limit + 1)
    found = submission_events(snapshot.connection, snapshot.mapper, snapshot.generation, more)
    shown = found[: asked.limit]
    return SubmissionsResult(shown, shown[-1].event.submission if len(found) > asked.limit else None)


@dataclass(frozen=True, slots=True)
class SubmissionResult:
    """One submission. `absent` are the episodes that a file was the first not to have, None where nobody is named."""

    recorded: Recorded
    absent: Sequence[EpisodeNotInFile] | None

    @property
    def agency(self) -> str:
        """Whose it is; empty of an erasure, which is nobody's."""
        return str(self._event.agency)

    @property
    def file(self) -> str:
        """What the file was called; empty of what came by word."""
        return self._event.file if isinstance(self._event, SubmissionReceived) else ""

    def rejections(self) -> Document:
        """REJECTIONS of the JSON reference."""
        return documents.rejections(self.recorded)

    @property
    def _event(self) -> Any:
        return self.recorded.event

    def unnamed(self) -> "SubmissionResult":
        """The same with counts alone."""
        return SubmissionResult(self.recorded, None)

    def document(self) -> Document:
        """SUBMISSION of the JSON reference."""
        return documents.submission_stored(self.recorded, self.absent)


def submission(snapshot: Snapshot, number: int) -> SubmissionResult | None:
    """The submission with this number; None if there is none."""
    found = submission_numbered(snapshot.connection, snapshot.mapper, snapshot.generation, number)
    if found is None:
        return None
    absent: Sequence[EpisodeNotInFile] = ()
    if isinstance(found.event, SubmissionReceived):
        absent = first_not_in_file(snapshot.connection, snapshot.generation, found.event)
    return SubmissionResult(found, absent)


def brought_by(snapshot: Snapshot, position: int, viewer: Viewer) -> bool:
    """Whether the event at a position of the log came with a submission of the viewer's own."""
    t = tables.submission.c
    query = sa.select(t.agency).where(t.generation == snapshot.generation, t.position >= position)
    return snapshot.connection.execute(query.order_by(t.position).limit(1)).scalar() in viewer.agencies
