"""The audit trail, a stretch at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from domain.errors import WrongUse
from projections.explain import trail as trails
from projections.explain.trail import Entry, streams_of_client
from web.schemas import keeping as documents
from web.snapshot import Snapshot

from .parameters import Document


class EpisodeNamed(NamedTuple):
    """An episode as its agency refers to it."""

    agency: str
    client_reference: str
    episode_reference: str


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """Which part of the trail; positions include both ends, and of more than `limit` the newest are shown.

    `client` is a person's number, `episode` a stream; `agency`, `agencies` and `submission` choose what a submission
    brought, `topics` what kind of event it is.
    """

    client: int | None = None
    episode: UUID | None = None
    submission: int | None = None
    agency: str | None = None
    first: int | None = None
    last: int | None = None
    limit: int = 50
    agencies: frozenset[str] | None = None
    topics: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class TrailResult:
    """Entries of the trail, the newest last. `earlier` is the `last` with which those before them are asked for."""

    entries: Sequence[Entry]
    earlier: int | None

    def document(self) -> Document:
        """LOG of the JSON reference."""
        return documents.trail(self.entries, earlier=self.earlier)


def episode_named(text: str) -> EpisodeNamed:
    """The episode that AGENCY/CLIENT/EPISODID names; the client key makes the stream of it.

    Raises:
        WrongUse: it names none.
    """
    match text.split("/"):
        case [agency, client_reference, episode_reference]:
            return EpisodeNamed(agency, client_reference, episode_reference)
        case _:
            raise WrongUse(f"'{text}' is no episode. Write AGENCY/CLIENT/EPISODID, like H0001/1/1.")


def trail(snapshot: Snapshot, asked: TrailQuery) -> TrailResult:
    """The newest entries asked for.

    Raises:
        WrongUse: a client and an episode are asked for at once.
    """
    # One more than is shown tells whether there is more.
    part = trails.TrailFilter(
        _streams(snapshot, asked),
        asked.submission,
        asked.agency,
        asked.first,
        asked.last,
        asked.limit + 1,
        asked.agencies,
        asked.topics,
    )
    entries = trails.trail(snapshot.connection, snapshot.mapper, snapshot.generation, part)
    return TrailResult(entries[-asked.limit :], entries[0].position if len(entries) > asked.limit else None)


def _streams(snapshot: Snapshot, asked: TrailQuery) -> list[UUID] | None:
    if asked.client is not None and asked.episode:
        raise WrongUse("Give a client or an episode, not both.")
    if asked.client is not None:
        return streams_of_client(snapshot.connection, snapshot.generation, asked.client)
    return [asked.episode] if asked.episode else None
