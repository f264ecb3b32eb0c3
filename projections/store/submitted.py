"""What came of each submission, as the log keeps it: of a file its counts and rejections, of a word what was said."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from domain.log.database import chunks
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read_streams
from domain.submission import SubmissionReceived, submission_stream

from .tables import episode, submission


@dataclass(frozen=True, slots=True)
class SubmissionFilter:
    """Which submissions: of one agency, of any of some, of one data set, numbered below `before`; the newest `limit`.

    What came by word is of no data set.
    """

    agency: str | None = None
    data_set: str | None = None
    agencies: Collection[str] | None = None
    before: int | None = None
    limit: int = 50


class EpisodeNotInFile(NamedTuple):
    """An episode that a file was the first not to have; `since` is the file's receipt."""

    client_reference: str
    episode_reference: str
    since: date


def submitted(
    connection: sa.Connection, mapper: JsonMapper, generation: int, filter_: SubmissionFilter
) -> list[Recorded]:
    """The submissions' own events, the newest first."""
    t = submission.c
    query = sa.select(t.number).where(t.generation == generation).order_by(t.number.desc()).limit(filter_.limit)
    for column, value in ((t.agency, filter_.agency), (t.data_set, filter_.data_set)):
        if value is not None:
            query = query.where(column == value)
    if filter_.agencies is not None:
        query = query.where(t.agency.in_(sorted(filter_.agencies)))
    if filter_.before is not None:
        query = query.where(t.number < filter_.before)
    return _events(connection, mapper, connection.execute(query).scalars())


def submission_numbered(connection: sa.Connection, mapper: JsonMapper, generation: int, number: int) -> Recorded | None:
    """The submission with this number; None if there is none."""
    t = submission.c
    query = sa.select(t.number).where(t.generation == generation, t.number == number)
    return next(iter(_events(connection, mapper, connection.execute(query).scalars())), None)


def _events(connection: sa.Connection, mapper: JsonMapper, numbers: Iterable[int]) -> list[Recorded]:
    streams = [submission_stream(number) for number in numbers]
    found = read_streams(connection, mapper, streams)
    return [recorded for stream in streams for recorded in found[stream]]


def first_not_in_file(connection: sa.Connection, generation: int, event: SubmissionReceived) -> list[EpisodeNotInFile]:
    """The episodes that were in the files before this one, should be in it, and are not; less those erased since."""
    references: dict[UUID, EpisodeNotInFile] = {}
    t = episode.c
    for chunk in chunks(event.not_in_file):
        among = t.episode.in_(chunk)
        query = sa.select(t.episode, t.client_reference, t.episode_reference).where(t.generation == generation, among)
        for stream, client, its in connection.execute(query):
            references[stream] = EpisodeNotInFile(client, its, event.received_on)
    return [references[stream] for stream in event.not_in_file if stream in references]
