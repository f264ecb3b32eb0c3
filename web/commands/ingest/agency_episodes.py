"""What is known of an agency's episodes: of those that a file has or should have, and not of its whole history."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from domain.log.database import chunks
from projections.store.tables import episode, taken_in
from web.commands.known import EpisodeKnown, Knowledge, TakenIn
from web.files.schemas import FileName


class _Found(NamedTuple):
    """An episode that is known, and the rows that it was last taken in from."""

    known: EpisodeKnown
    taken_in: TakenIn | None


@dataclass
class AgencyEpisodes:
    """The episodes that the agency of a file is known to have, asked for as they are needed.

    Whoever wants to know of single ones looks them up first, all together.
    """

    knowledge: Knowledge
    name: FileName
    found: dict[UUID, _Found | None] = field(default_factory=dict)
    """By episode, what was looked up; None of which nothing is known now."""

    def look_up(self, streams: Iterable[UUID]) -> None:
        """Ask for these episodes, as far as that has not been done."""
        for some in chunks(stream for stream in streams if stream not in self.found):
            self.found |= dict.fromkeys(some)
            self._find(episode.c.episode.in_(some))

    def __contains__(self, stream: UUID) -> bool:
        return self.found[stream] is not None

    def taken_in(self, stream: UUID) -> TakenIn | None:
        """The rows that an episode was last taken in from, in the data set of the file."""
        found = self.found[stream]
        return found and found.taken_in

    def missing_among(self, streams: Collection[UUID]) -> list[UUID]:
        """Those of these episodes that a file lacked, and that were not back since."""
        self.look_up(streams)
        return [stream for stream in streams if (found := self.found[stream]) is not None and found.known.missing_since]

    @cached_property
    def touching(self) -> dict[UUID, EpisodeKnown]:
        """The episodes that touch the covered days."""
        return self._find(self._touches)

    def of_references(self, references: Iterable[str]) -> dict[UUID, EpisodeKnown]:
        """The episodes of these clients, by CLIENT."""
        return {
            stream: known
            for some in chunks(sorted(references))
            for stream, known in self._find(episode.c.client_reference.in_(some)).items()
        }

    def all(self) -> dict[UUID, EpisodeKnown]:
        """Each of them: the agency's whole history."""
        return self._find()

    def open(self) -> int:
        """How many are triaged and not discharged."""
        query = sa.select(sa.func.count()).select_from(episode).where(*self._here(), self._is_open)
        return int(self.knowledge.connection.execute(query).scalar_one())

    def _here(self) -> Iterator[sa.ColumnElement[bool]]:
        t = episode.c
        yield t.generation == self.knowledge.generation
        yield t.agency == self.name.agency
        yield t.current

    @property
    def _touches(self) -> sa.ColumnElement[bool]:
        t, name = episode.c, self.name
        there_still = sa.or_(t.discharged_on.is_(None), t.discharged_on >= name.first_day)
        return sa.and_(t.triaged_on <= name.last_day, there_still)

    @property
    def _is_open(self) -> sa.ColumnElement[bool]:
        return sa.and_(episode.c.triaged_on.is_not(None), episode.c.discharged_on.is_(None))

    def _find(self, *conditions: sa.ColumnElement[bool]) -> dict[UUID, EpisodeKnown]:
        t, rows, name = episode.c, taken_in.c, self.name
        # Worked out by the database: it would take longer to read the days.
        flags = [sa.case((condition, 1), else_=0) for condition in (self._touches, self._is_open)]
        # As the driver has it: its type would look at each one alone.
        stream = sa.type_coerce(t.episode, sa.types.NULLTYPE)
        last_taken_in = sa.and_(
            rows.episode == t.episode, rows.data_set == name.schema.data_set, rows.agency == name.agency
        )
        query = (
            sa.select(stream, t.client, t.client_reference, t.episode_reference, *flags, t.not_in_file_since)
            .add_columns(sa.type_coerce(rows.digest, sa.types.NULLTYPE), rows.facts)
            .select_from(episode.outerjoin(taken_in, last_taken_in))
            .where(*self._here(), *conditions)
        )
        known, found = {}, self.found
        for stored, *its, digest, facts in self.knowledge.connection.execute(query).all():
            episode_id = _stream(stored)
            known[episode_id] = one = EpisodeKnown(episode_id, *its)
            found[episode_id] = _Found(one, None if digest is None else TakenIn(bytes(digest), facts))
        return known


def _stream(stored: Any) -> UUID:
    return UUID(bytes=stored) if isinstance(stored, bytes) else stored
