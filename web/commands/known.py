"""What is known before a commit: submissions, an agency's episodes, and the rows that they were taken in from."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple, TypeVar
from uuid import UUID

import sqlalchemy as sa

from domain.episode.episode import Episode
from domain.episode.facts import TREATMENT
from domain.episode.joining import Aliases
from domain.log.database import insert_many, put_many
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read, read_streams
from domain.submission import SubmissionReceived
from projections.store import generations
from projections.store.submissions import load_aliases
from projections.store.tables import episode, kept_out, submission, taken_in
from web.files.schemas import FileName

_T = TypeVar("_T")

CHUNK: Final = 500
"""Values in one statement: below what every SQLite takes."""


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


class OpenEpisode(NamedTuple):
    """An episode that is triaged and not discharged by what is known now, of any agency."""

    episode: UUID
    client: int
    agency: str
    triaged_on: date


EpisodeName = tuple[str, str]
"""CLIENT and EPISODID, as a file has them."""


class TakenIn(NamedTuple):
    """The rows that an episode was last taken in from, by their digest, and how many facts they said."""

    digest: bytes
    facts: int


@dataclass(frozen=True)
class Knowledge:
    """What one transaction sees. It only reads, and so serves a dry run as it does a commit."""

    connection: sa.Connection
    mapper: JsonMapper
    state: generations.State
    """What tells it from what is known later or earlier: every commit moves the position on."""

    @classmethod
    def of(cls, connection: sa.Connection, mapper: JsonMapper) -> "Knowledge":
        """What is live for this connection."""
        return cls(connection, mapper, generations.live_at(connection))

    @property
    def generation(self) -> int:
        """Whose rows say it."""
        return self.state[0]

    def recorded(self, streams: Iterable[UUID]) -> dict[UUID, list[Recorded]]:
        """The events of these streams; a stream without events is not among them."""
        return read_streams(self.connection, self.mapper, streams)

    def newest(self) -> SubmissionKnown | None:
        """The last submission of all."""
        return self._last()

    def newest_for_days(self, name: FileName) -> SubmissionKnown | None:
        """The last file of the same agency, data set and covered days; None if its days were corrected since.

        Sent once more it then says something: that it covers the days of its name.
        """
        t = submission.c
        last = self._last(
            t.agency == name.agency,
            t.data_set == name.schema.data_set,
            t.first_day == name.first_day,
            t.last_day == name.last_day,
        )
        corrected = last and self._last(t.corrects == last.number)
        return None if corrected else last

    def _last(self, *conditions: sa.ColumnElement[bool]) -> SubmissionKnown | None:
        t = submission.c
        query = sa.select(t.number, t.position, t.received_on, t.sha256)
        query = query.where(t.generation == self.generation, *conditions).order_by(t.position.desc()).limit(1)
        row = self.connection.execute(query).one_or_none()
        return SubmissionKnown._make(row) if row else None

    def received_before(self, file: str, received_on: date, sha256: str) -> Recorded | None:
        """The newest submission of these very bytes under this name on this day.

        Another day is another submission: what an agency sends once more may say something, whatever came between.
        """
        t = submission.c
        same = self._last(t.file == file, t.received_on == received_on, t.sha256 == sha256)
        return read(self.connection, self.mapper, same.position - 1, limit=1)[0] if same else None

    def consent_unclear(self, agency: str) -> frozenset[UUID]:
        """The clients of an agency, by keyed id, whose consent is asked about since its last monthly file."""
        t = submission.c
        last = self._last(t.agency == agency, t.data_set == TREATMENT)
        if last is None:
            return frozenset()
        event = read(self.connection, self.mapper, last.position - 1, limit=1)[0].event
        return frozenset(event.consent_unclear) if isinstance(event, SubmissionReceived) else frozenset()

    def ever_of_references(self, agency: str, references: Iterable[str]) -> frozenset[UUID]:
        """The episodes that an agency ever reported under these CLIENT references, also those withdrawn since."""
        t = episode.c
        return frozenset(
            stream
            for chunk in _chunks(sorted(references))
            for stream in self.connection.execute(
                sa.select(t.episode).where(
                    t.generation == self.generation, t.agency == agency, t.client_reference.in_(chunk)
                )
            ).scalars()
        )

    def last_day_of(self, number: int) -> date | None:
        """The last day that the submission with this number covers; None if it came by word.

        Of one that covers none, by a correction, it is the last of its name: a refusal of consent in it stands.
        """
        t = submission.c
        said = sa.or_(t.number == number, t.corrects == number)
        query = sa.select(t.last_day).where(t.generation == self.generation, said, t.last_day.is_not(None))
        return self.connection.execute(query.order_by(t.position.desc()).limit(1)).scalar()

    def latest_covered_day(self, name: FileName) -> date | None:
        """The last day that any file of the agency's data set covered so far."""
        t = submission.c
        query = sa.select(sa.func.max(t.last_day)).where(
            t.generation == self.generation, t.agency == name.agency, t.data_set == name.schema.data_set
        )
        return self.connection.execute(query).scalar()

    def episodes_of(self, agency: str, first_day: date, last_day: date) -> dict[UUID, EpisodeKnown]:
        """All episodes that the agency is known to have, and whether they touch these days."""
        t = episode.c
        triaged, discharged = t.triaged_on, t.discharged_on
        still_there = sa.or_(discharged.is_(None), discharged >= first_day)
        touches = sa.and_(triaged.is_not(None), triaged <= last_day, still_there)
        is_open = sa.and_(triaged.is_not(None), discharged.is_(None))
        # Worked out by the database: an agency's whole history has more days than it would be quick to read.
        flags = [sa.case((condition, 1), else_=0) for condition in (touches, is_open)]
        query = sa.select(t.episode, t.client, t.client_reference, t.episode_reference, *flags, t.not_in_file_since)
        rows = self.connection.execute(query.where(t.generation == self.generation, t.agency == agency, t.current))
        return {row[0]: EpisodeKnown._make(row) for row in rows}

    def episodes_of_clients(self, clients: Iterable[int]) -> list[UUID]:
        """The episodes that are now of these clients, at any agency."""
        t = episode.c
        return [
            stream
            for chunk in _chunks(sorted(clients))
            for stream in self.connection.execute(
                sa.select(t.episode).where(t.generation == self.generation, t.client.in_(chunk), t.current)
            ).scalars()
        ]

    def open_episodes(self, clients: Iterable[int]) -> list[OpenEpisode]:
        """The open episodes of these clients, at any agency."""
        t = episode.c
        query = sa.select(t.episode, t.client, t.agency, t.triaged_on).where(
            t.generation == self.generation, t.current, t.triaged_on.is_not(None), t.discharged_on.is_(None)
        )
        return [
            OpenEpisode._make(row)
            for chunk in _chunks(sorted(clients))
            for row in self.connection.execute(query.where(t.client.in_(chunk)))
        ]

    def aliases(self) -> Aliases:
        """Which episodes are known under another key by now."""
        return load_aliases(self.connection, self.mapper, self.generation)


def folded(stream: UUID, recorded: Iterable[Recorded]) -> Episode:
    """An episode as its events make it."""
    return Episode.folded(stream, (one.event for one in recorded))


def remember_rows(
    connection: sa.Connection, name: FileName, changed: Collection[UUID], new: Mapping[UUID, TakenIn]
) -> None:
    """Forget the rows of `changed` episodes in the file's data set, and remember the `new` ones among them."""
    data_set = name.schema.data_set
    t = taken_in.c
    for chunk in _chunks(stream for stream in changed if stream not in new):
        connection.execute(taken_in.delete().where(t.episode.in_(chunk), t.data_set == data_set))
    put_many(connection, taken_in, [(stream, data_set, name.agency, *rows) for stream, rows in new.items()])


def forget_rows(connection: sa.Connection, streams: Collection[UUID]) -> None:
    """Forget the rows of these episodes in every data set: something else has changed what is known of them."""
    for chunk in _chunks(streams):
        connection.execute(taken_in.delete().where(taken_in.c.episode.in_(chunk)))


def remember_kept_out(
    connection: sa.Connection, name: FileName, position: int, rows: Mapping[int, EpisodeName]
) -> None:
    """What the rejected rows of the agency's newest file call their episodes, by row; of older files no more."""
    t, data_set = kept_out.c, name.schema.data_set
    connection.execute(kept_out.delete().where(t.agency == name.agency, t.data_set == data_set))
    insert_many(connection, kept_out, [(position, row, name.agency, data_set, *names) for row, names in rows.items()])


def forget_kept_out(connection: sa.Connection, streams: Collection[UUID]) -> None:
    """Forget what was kept out of the clients of these episodes; called while the episodes are known."""
    t = episode.c
    for chunk in _chunks(streams):
        named = sa.select(t.agency, t.client_reference).where(t.episode.in_(chunk))
        its = sa.tuple_(kept_out.c.agency, kept_out.c.client_reference)
        connection.execute(kept_out.delete().where(its.in_(named)))


def _chunks(values: Iterable[_T]) -> Iterator[Sequence[_T]]:
    """The values, CHUNK at a time."""
    listed = list(values)
    return (listed[i : i + CHUNK] for i in range(0, len(listed), CHUNK))
