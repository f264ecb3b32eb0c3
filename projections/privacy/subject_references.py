"""What stands beside the log of one person: whom references mean, rows that were kept out, places in certificates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from projections.publication.publish import published_member
from projections.store import tables

from .subject_access import HoldingSource


@dataclass(frozen=True, slots=True)
class RowKeptOut:
    """A row of an agency's newest file that was kept out, and names an episode by this reference.

    What was wrong with it is not here: a row that was kept out may be about anybody.
    """

    agency: str
    client_reference: str
    episode_reference: str
    source: HoldingSource


def rejected_rows(
    connection: sa.Connection, generation: int, references: Iterable[tuple[str, str, str]]
) -> list[RowKeptOut]:
    """The rows kept out that name one of these episodes: AGNCY, CLIENT and EPISODID."""
    k, s = tables.kept_out.c, tables.submission.c
    columns = (k.agency, k.client_reference, k.episode_reference, s.received_on, s.position, s.file, k.row)
    query = sa.select(*columns).join_from(tables.kept_out, tables.submission, k.position == s.position)
    found = []
    for reference in sorted(set(references)):
        its = zip((k.agency, k.client_reference, k.episode_reference), reference, strict=True)
        where_its = query.where(s.generation == generation, *(column == value for column, value in its))
        for *_, received_on, position, file, row in connection.execute(where_its.order_by(k.position, k.row)):
            found.append(RowKeptOut(*reference, HoldingSource(received_on, position, file, row)))
    return found


def not_in_file_since(connection: sa.Connection, generation: int, client: int) -> dict[UUID, date]:
    """Since when the agency's files lack an episode of the person that they had before."""
    t = tables.episode.c
    query = sa.select(t.episode, t.not_in_file_since).where(
        t.generation == generation, t.client == client, t.current, t.not_in_file_since.is_not(None)
    )
    return dict(list(connection.execute(query)))


def people_referred_to(
    connection: sa.Connection, generation: int, agency: str, client_reference: str, episode_reference: str | None
) -> set[int]:
    """Whom an agency's references mean now; of an episode of which nothing is said any more, whom they meant."""
    t = tables.episode.c
    conditions = [t.agency == agency, t.client_reference == client_reference]
    conditions += [] if episode_reference is None else [t.episode_reference == episode_reference]
    query = sa.select(t.client, t.episode, t.current).where(t.generation == generation, *conditions)
    rows = list(connection.execute(query))
    standing = {stream for _, stream, current in rows if current}
    return {person for person, stream, current in rows if current or stream not in standing}


def published_places(connection: sa.Connection, client: int) -> dict[int, bool]:
    """The certificates in whose figures the person is, by number, and whether they were counted in it."""
    t = published_member.c
    query = sa.select(t.certificate, sa.func.max(sa.case((t.counted, 1), else_=0))).where(t.client == client)
    return {number: bool(counted) for number, counted in connection.execute(query.group_by(t.certificate))}
