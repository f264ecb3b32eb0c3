"""What is known before a file is taken in: of submissions, of an agency's episodes, and of the rows they came from."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple, TypeVar
from uuid import UUID

import sqlalchemy as sa

from domain.log.database import insert_many
from projections.store.tables import episode, submission, taken_in
from web.files.file_names import FileName
from web.files.reading import File

_T = TypeVar("_T")

CHUNK: Final = 500
"""Values asked for in one statement: below what every SQLite takes."""


class SubmissionKnown(NamedTuple):
    """A submission that was taken in: its ordinal, its place in the log, the day of its receipt, its file's digest."""

    number: int
    position: int
    received_on: date
    sha256: str


class EpisodeKnown(NamedTuple):
    """An agency's episode by what is known now.

    `touches`: triaged by a file's last day, and open or discharged on or after its first. `open`: triaged and not
    discharged. `missing_since`: receipt of the first file that should have had it and did not.
    """

    episode: UUID
    client: int
    client_reference: str
    episode_reference: str
    touches: bool
    open: bool
    missing_since: date | None


class TakenIn(NamedTuple):
    """The rows that an episode was last taken in from, by their digest, and how many facts they said."""

    digest: bytes
    facts: int


def newest(connection: sa.Connection, generation: int) -> SubmissionKnown | None:
    """The last submission of all."""
    return _last(connection, sa.select(*_SUBMISSION).where(submission.c.generation == generation))


def newest_for_days(connection: sa.Connection, generation: int, name: FileName) -> SubmissionKnown | None:
    """The last file of the same agency, data set and covered days."""
    t = submission.c
    same = (
        t.generation == generation,
        t.agency == name.agency,
        t.data_set == name.schema.data_set,
        t.first_day == name.first_day,
        t.last_day == name.last_day,
    )
    return _last(connection, sa.select(*_SUBMISSION).where(*same))


_SUBMISSION: Final = (submission.c.number, submission.c.position, submission.c.received_on, submission.c.sha256)


def _last(connection: sa.Connection, query: sa.Select[tuple[int, int, date, str]]) -> SubmissionKnown | None:
    row = connection.execute(query.order_by(submission.c.position.desc()).limit(1)).one_or_none()
    return SubmissionKnown._make(row) if row else None


def latest_covered_day(connection: sa.Connection, generation: int, name: FileName) -> date | None:
    """The last day that any file of the agency's data set covered so far."""
    t = submission.c
    query = sa.select(sa.func.max(t.last_day)).where(
        t.generation == generation, t.agency == name.agency, t.data_set == name.schema.data_set
    )
    return connection.execute(query).scalar()


def episodes_of(
    connection: sa.Connection, generation: int, agency: str, first_day: date, last_day: date
) -> dict[UUID, EpisodeKnown]:
    """All episodes that the agency is known to have, and whether they touch these days."""
    t = episode.c
    triaged, discharged = t.triaged_on, t.discharged_on
    touches = sa.and_(triaged.is_not(None), triaged <= last_day, sa.or_(discharged.is_(None), discharged >= first_day))
    is_open = sa.and_(triaged.is_not(None), discharged.is_(None))
    # Worked out by the database: an agency's whole history has more days than it would be quick to read.
    flags = [sa.case((condition, 1), else_=0) for condition in (touches, is_open)]
    query = sa.select(t.episode, t.client, t.client_reference, t.episode_reference, *flags, t.not_in_file_since)
    rows = connection.execute(query.where(t.generation == generation, t.agency == agency, t.current))
    return {row[0]: EpisodeKnown._make(row) for row in rows}


def episodes_of_clients(connection: sa.Connection, generation: int, clients: Iterable[int]) -> list[UUID]:
    """The episodes that are now of these clients, at any agency."""
    t = episode.c
    return [
        found
        for chunk in chunks(sorted(clients))
        for found in connection.execute(
            sa.select(t.episode).where(t.generation == generation, t.client.in_(chunk), t.current)
        ).scalars()
    ]


def taken_in_before(connection: sa.Connection, name: FileName) -> dict[UUID, TakenIn]:
    """By episode, what the rows of the agency's data set said when they were last taken in."""
    t = taken_in.c
    query = sa.select(t.episode, t.digest, t.facts)
    rows = connection.execute(query.where(t.agency == name.agency, t.data_set == name.schema.data_set))
    return {stream: TakenIn(bytes(digest), facts) for stream, digest, facts in rows}


def keep_taken_in(connection: sa.Connection, file: File, changed: Collection[UUID], new: dict[UUID, TakenIn]) -> None:
    """Forget the rows of `changed` episodes, and remember the `new` ones, which are among them."""
    data_set, agency = file.name.schema.data_set, file.name.agency
    for chunk in chunks(changed):
        t = taken_in.c
        connection.execute(taken_in.delete().where(t.episode.in_(chunk), t.data_set == data_set))
    insert_many(connection, taken_in, [(stream, data_set, agency, *rows) for stream, rows in new.items()])


def forget_taken_in(connection: sa.Connection, streams: Collection[UUID]) -> None:
    """Forget the rows of these episodes in every data set: something else has changed what is known of them."""
    for chunk in chunks(streams):
        connection.execute(taken_in.delete().where(taken_in.c.episode.in_(chunk)))


def chunks(values: Iterable[_T]) -> Iterator[Sequence[_T]]:
    """The values, CHUNK at a time."""
    listed = list(values)
    return (listed[i : i + CHUNK] for i in range(0, len(listed), CHUNK))
