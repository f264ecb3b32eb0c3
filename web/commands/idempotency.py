"""Was a file of an archive taken in before? So that a manifest that was cut short can simply be run again."""

from datetime import date
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from domain.log.reading import read
from domain.submission import SubmissionReceived
from projections.store.tables import submission
from web.files.uploads import SentFile
from web.snapshot import Snapshot

from .ingest import Submission


def received_before(snapshot: Snapshot, path: SentFile, received_on: date) -> Submission | None:
    """The earlier submission of the same bytes under the same name on the same day, None if there is none.

    Another day is another submission: what an agency sends once more may say something, whatever came between.
    """
    t = submission.c
    query = sa.select(t.position).where(
        t.generation == snapshot.generation,
        t.file == path.name,
        t.received_on == received_on,
        t.sha256 == sha256(path.read_bytes()).hexdigest(),
    )
    position = snapshot.connection.execute(query.order_by(t.position.desc()).limit(1)).scalar()
    if position is None:
        return None
    (recorded,) = read(snapshot.connection, snapshot.mapper, position - 1, limit=1)
    return _as_received(recorded.event, position)


def _as_received(event: Any, position: int) -> Submission:
    assert isinstance(event, SubmissionReceived)
    return Submission(
        file=event.file,
        agency=event.agency,
        data_set=event.data_set,
        first_day=event.first_day,
        last_day=event.last_day,
        received_on=event.received_on,
        sha256=event.sha256,
        rows=event.rows,
        position=position,
        already_received=True,
    )
