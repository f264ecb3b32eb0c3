"""The clients whom the rows of a dispute are about, by the agencies' own references, and the files that came since."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from domain.episode.facts import TREATMENT
from domain.errors import Refused
from projections.claims.reconciliation import Listed
from projections.store import tables


@dataclass(frozen=True, slots=True)
class DisputedEpisode:
    """An episode and the client that it is of now."""

    episode: UUID
    client: int


@dataclass(frozen=True, slots=True)
class FileSince:
    """A monthly file of an agency: when it came, and the days that it covers."""

    agency: str
    received_on: date
    position: int
    last_day: date | None


def named_by(connection: sa.Connection, generation: int, listed: Listed) -> DisputedEpisode:
    """The newest episode that a line names, and whose it is.

    Raises:
        Refused: no such reference is on record (code "dispute-row-unknown"), or it is of several people
            ("dispute-row-several").
    """
    t = tables.episode.c
    conditions = [t.agency == listed.agency, t.client_reference == listed.client_reference, t.current]
    if listed.episode_reference is not None:
        conditions.append(t.episode_reference == listed.episode_reference)
    query = sa.select(t.episode, t.client).where(t.generation == generation, *conditions)
    named = list(connection.execute(query.order_by(t.referred_on, t.episode_reference)))
    if not named:
        raise Refused(
            "dispute-row-unknown",
            f"Line {listed.line}: {listed.reference} is in no file that was taken in. A missing client is added "
            "by a new file, and not by a dispute.",
        )
    if len({client for _, client in named}) > 1:
        raise Refused(
            "dispute-row-several",
            f"Line {listed.line}: {listed.reference} is of several people. Name the episode, like {listed.agency}, "
            f"{listed.client_reference}/1.",
        )
    return DisputedEpisode(*named[-1])


def references_of(connection: sa.Connection, generation: int, episodes: Collection[UUID]) -> dict[UUID, str]:
    """How the agencies call these episodes' clients; those of which nothing is said any more are left out."""
    t = tables.episode.c
    query = sa.select(t.episode, t.agency, t.client_reference, t.episode_reference).where(
        t.generation == generation, t.current, t.episode.in_(list(episodes))
    )
    return {
        episode: Listed(0, agency, client, reference).reference
        for episode, agency, client, reference in connection.execute(query)
    }


def newest_episodes(connection: sa.Connection, generation: int, agency: str, clients: Collection[int]) -> list[UUID]:
    """The newest episode of each of these clients at an agency, in the order of the agency's references."""
    t = tables.episode.c
    query = sa.select(t.client, t.episode).where(
        t.generation == generation, t.current, t.agency == agency, t.client.in_(list(clients))
    )
    ordered = query.order_by(t.client_reference, t.referred_on, t.episode_reference)
    newest: dict[int, UUID] = {}
    for client, episode in connection.execute(ordered):
        newest |= {client: episode}
    return list(newest.values())


def file_since(connection: sa.Connection, generation: int, agency: str, position: int) -> FileSince | None:
    """The first monthly file of an agency after a position of the log; None where none has come."""
    t = tables.submission.c
    query = (
        sa.select(t.agency, t.received_on, t.position, t.last_day)
        .where(t.generation == generation, t.agency == agency, t.position > position, t.data_set == TREATMENT)
        .order_by(t.position)
        .limit(1)
    )
    row = connection.execute(query).first()
    return FileSince(*row) if row else None
