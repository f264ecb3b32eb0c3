"""The figures as a commit would make them, worked out from one snapshot: nothing is written, and nobody has to wait.

It follows `projector` step by step, for what stands once the commit is through: the clients whose episodes it changes
are measured anew, and of everybody else the stored rows stand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from domain.contract_life.contract import Contract
from domain.history import EpisodeView
from domain.log.database import chunks
from domain.log.mapper import JsonMapper
from domain.log.reading import read_streams
from domain.standpoint import Standpoint
from projections.standings.calculation import FOREVER, Standings, Version, standings_of
from projections.standings.in_memory import StandingsEngine
from projections.standings.stored import Erasures, load_slices
from projections.standings.versions import current_view
from projections.store import tables
from projections.store.covered_days import SubmissionRow
from projections.store.submissions import Submissions

_MEASURED_AT_ONCE = 1_000
"""Clients; of each some hundred rows are made, of which those of one day are held."""


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """What a commit that is not stored would change: the episodes as they would be (None: nothing is said of one any
    more), the row of its last submission, and what it says of contracts.
    """

    episodes: Mapping[UUID, EpisodeView | None]
    submission: SubmissionRow
    contracts: Sequence[Contract] = ()


@dataclass(frozen=True, slots=True)
class BeforeCommit:
    """The snapshot that a commit would follow: its rows of one generation, and its submissions."""

    connection: sa.Connection
    mapper: JsonMapper
    generation: int
    submissions: Submissions


def engine_after(changed: PlannedChange, before: BeforeCommit, standing: Standings, as_of: date) -> StandingsEngine:
    """The engine of the snapshot after a commit, for its own standpoint alone: `as_of`, with all that is known then.

    `standing` are the rows that stand on that day by what is known before the commit. What a commit would erase is not
    counted among the erased records of its figures.
    """
    submissions = before.submissions.followed_by(changed.submission, changed.contracts)
    at = submissions.standpoint(as_of)
    clients = _clients(changed, before)
    slices = load_slices(before.connection)
    anew = [
        _standing_at(at, standings_of([[Version(at.position, FOREVER, view)] for view in views], slices))
        for views in _views(changed, before, clients)
    ]
    stays = standing.take(~np.isin(standing.client, np.array(sorted(clients), np.int64)))
    erasures = Erasures.load(before.connection, before.generation)
    return StandingsEngine(Standings.of([stays, *anew]), slices, submissions, erasures=erasures)


def _standing_at(at: Standpoint, standings: Standings) -> Standings:
    day = at.as_of.toordinal()
    return standings.take((standings.as_of <= day) & (standings.until > day))


def _clients(changed: PlannedChange, before: BeforeCommit) -> set[int]:
    """Everybody of whom the changed episodes are, or were until now."""
    t = tables.episode.c
    were = sa.select(t.client).where(t.generation == before.generation, t.current)
    clients = {view.core.client for view in changed.episodes.values() if view}
    for some in chunks(changed.episodes):
        clients.update(before.connection.execute(were.where(t.episode.in_(some))).scalars())
    return clients


def _views(changed: PlannedChange, before: BeforeCommit, clients: Iterable[int]) -> Iterator[list[EpisodeView]]:
    """All episodes of these clients as they would be, so many clients at a time."""
    own: dict[int, list[EpisodeView]] = {}
    for view in changed.episodes.values():
        if view:
            own.setdefault(view.core.client, []).append(view)
    for some in chunks(sorted(clients), _MEASURED_AT_ONCE):
        views = [view for client in some for view in own.get(client, ())]
        yield [*views, *_other_views(changed, before, some)]


def _other_views(changed: PlannedChange, before: BeforeCommit, clients: Iterable[int]) -> Iterator[EpisodeView]:
    """The episodes of these clients that the commit leaves as they are."""
    t = tables.episode.c
    theirs = sa.select(t.episode).where(t.generation == before.generation, t.current)
    for some in chunks(clients):
        streams = before.connection.execute(theirs.where(t.client.in_(some))).scalars()
        others = [stream for stream in streams if stream not in changed.episodes]
        for recorded in read_streams(before.connection, before.mapper, others).values():
            if view := current_view(recorded):
                yield view
