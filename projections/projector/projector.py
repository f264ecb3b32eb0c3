"""Read models that follow the log within its own transaction.

`follow` is called with the events of one commit, under the writer's lock. The clients whose episodes it touched are
measured anew from what is known now; rows that no longer stand are closed at the commit's position, new ones opened.
No reader ever sees read models behind the log.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress
from typing import Any, Final
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from domain.episode.events import EpisodeEvent, Erased
from domain.history import EpisodeView
from domain.log.database import chunks, insert_many, put_many
from domain.log.large_commits import Stretch
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read_streams
from domain.measures.calendar import Flags
from domain.periods import NEVER
from domain.submission import SUBMISSION_EVENTS, CoveredDaysCorrected, SubmissionReceived
from projections.standings.calculation import FOREVER, Version, standings_of
from projections.standings.calculation.arrays import Ints
from projections.standings.stored import (
    close_rows,
    current_rows,
    follow_erasures,
    insert_standings,
    load_slices,
    save_slices,
    what_stands,
)
from projections.standings.versions import current_view, touches_measures, versions_of
from projections.store import generations, tables
from projections.store.submissions import contract_rows, submission_positions

Views = Mapping[UUID, EpisodeView | None]
"""What is said of episodes; None of one of which nothing is."""

_MEASURED_AT_ONCE: Final = 1_000
"""Clients: enough that measuring goes by arrays, and few enough that their rows are soon done with."""


def following(mapper: JsonMapper) -> generations.Build:
    """What brings a generation's rows from before some commits to after them; for `generations.in_live_generation`."""

    def build(connection: sa.Connection, generation: int, recorded: Sequence[Recorded]) -> None:
        for commit in commits(recorded):
            _follow(connection, mapper, generation, commit)

    return build


@dataclass(frozen=True, slots=True)
class CommitRecorded:
    """A commit that brought knowledge: its own event, the episodes that it touched, those of them that it erased.

    `views` are those that its writer has worked out already, of episodes as the commit leaves them.
    """

    submission: Recorded
    touched: Collection[UUID]
    erased: Collection[UUID]
    views: Views


def commits(recorded: Iterable[Recorded]) -> Iterator[CommitRecorded]:
    """The commits among these events; each ends in a submission's own event."""
    touched: dict[UUID, None] = {}
    erased: set[UUID] = set()
    views: Views = recorded.as_left if isinstance(recorded, Stretch) else {}
    for one in recorded:
        if _touches_episode(one):
            touched[one.event.originator_id] = None
        if isinstance(one.event, Erased):
            erased.add(one.event.originator_id)
        if isinstance(one.event, SUBMISSION_EVENTS):
            yield CommitRecorded(one, touched, erased, views)
            touched, erased = {}, set()


def _follow(connection: sa.Connection, mapper: JsonMapper, generation: int, commit: CommitRecorded) -> None:
    submission, touched, erased = commit.submission, commit.touched, commit.erased
    insert_many(connection, tables.submission, [submission_row(generation, submission)])
    insert_many(connection, tables.contract, list(contract_rows(generation, [submission])))
    _EpisodesTouched(connection, mapper, generation, commit).measure_anew()
    follow_erasures(connection, generation, submission.position, touched, erased)
    if isinstance(submission.event, SubmissionReceived):
        _note_not_in_file(connection, generation, submission.event)


def _touches_episode(recorded: Recorded) -> bool:
    return isinstance(recorded.event, EpisodeEvent | Erased) and touches_measures(recorded.event)


def submission_row(generation: int, recorded: Recorded) -> tuple[Any, ...]:
    """The row of `tables.submission` for a submission's own event."""
    event: Any = recorded.event
    is_file, is_correction = isinstance(event, SubmissionReceived), isinstance(event, CoveredDaysCorrected)
    first_day, last_day = (event.first_day, event.last_day) if is_file or is_correction else (None, None)
    data_set, name, sha256 = (event.data_set, event.file, event.sha256) if is_file else ("", "", "")
    return (
        generation, recorded.position, event.number, event.received_on, event.agency, data_set, first_day, last_day,
        name, sha256, event.corrects if is_correction else None,
    )  # fmt: skip


class _EpisodesTouched:
    """The episodes that a commit touched, with all others of their clients."""

    def __init__(self, connection: sa.Connection, mapper: JsonMapper, generation: int, commit: CommitRecorded) -> None:
        self.connection, self.mapper, self.generation = connection, mapper, generation
        self.position, self.known = commit.submission.position, commit.views
        self.touched, self.erased = list(commit.touched), commit.erased
        self.views = dict(self._views(self.touched))

    def measure_anew(self) -> None:
        before = self._rows_before()
        self._write_episodes(before)
        clients = {row.client for row in before if row.current and row.episode not in self.erased}
        clients |= {view.core.client for view in self.views.values() if view}
        gone = {row.client for row in before if row.episode in self.erased}
        self._restate(sorted(clients - gone))
        self._restate_all_of(sorted(gone))

    def _rows_before(self) -> list[sa.Row[Any]]:
        """The rows of the touched episodes, under every client that they were of."""
        t = tables.episode.c
        query = sa.select(tables.episode).where(t.generation == self.generation)
        return [
            row for chunk in chunks(self.touched) for row in self.connection.execute(query.where(t.episode.in_(chunk)))
        ]

    def _write_episodes(self, before: Sequence[sa.Row[Any]]) -> None:
        """The current rows anew, where they differ; a row under a client that the episode is no longer of stays, as not
        current.
        """
        table, t = tables.episode, tables.episode.c
        here = t.generation == self.generation
        current = {row.episode: row for row in before if row.current}
        since = {stream: row.not_in_file_since for stream, row in current.items()}
        now = {
            stream: episode_row(self.generation, view, current=True, not_in_file_since=since.get(stream))
            for stream, view in self.views.items()
            if view
        }
        # Most files say of most episodes what is not in their rows: a TOP, a review.
        same = {stream for stream, row in current.items() if stream not in self.erased and now.get(stream) == row}
        for chunk in chunks(self.erased):
            self.connection.execute(table.delete().where(here, t.episode.in_(chunk)))
        others = (s for s, row in current.items() if (view := self.views[s]) is None or view.core.client != row.client)
        for chunk in chunks(others):
            rows = table.update().where(here, t.episode.in_(chunk), t.current)
            self.connection.execute(rows.values(current=False, not_in_file_since=None))
        known = {(row.episode, row.client) for row in before if row.episode not in self.erased}
        changed = [(row, (stream, row[2]) in known) for stream, row in now.items() if stream not in same]
        put_many(self.connection, table, [row for row, is_known in changed if is_known])
        insert_many(self.connection, table, [row for row, is_known in changed if not is_known])

    def _restate(self, clients: Sequence[int]) -> None:
        """Measure the clients from what is known now; close at this position what no longer stands, open what does."""
        for some in chunks(clients, _MEASURED_AT_ONCE):
            versions = [[Version(self.position, FOREVER, view)] for view in self._views_of(some)]
            slices = load_slices(self.connection)
            known_slices = len(slices)
            now = standings_of(versions, slices)
            save_slices(self.connection, slices, known_slices)
            addresses, before = current_rows(self.connection, self.generation, some)
            closed, opened = _differences(before, what_stands(now))
            close_rows(self.connection, list(compress(addresses, closed)), self.position)
            insert_standings(self.connection, self.generation, now.take(opened))

    def _restate_all_of(self, clients: Sequence[int]) -> None:
        """After an erasure nothing that rests on erased events stands: the client's whole past is measured anew."""
        if not clients:
            return
        t = tables.standing.c
        for some in chunks(clients):
            self.connection.execute(tables.standing.delete().where(t.generation == self.generation, t.client.in_(some)))
            positions = submission_positions(self.connection, self.generation)
            versions = [
                [v for v in versions_of(its, positions) if v.view.core.client in set(some)]
                for its in self._read_streams(self._streams_of(some, current_only=False)).values()
            ]
            slices = load_slices(self.connection)
            known_slices = len(slices)
            standings = standings_of(versions, slices)
            save_slices(self.connection, slices, known_slices)
            insert_standings(self.connection, self.generation, standings)

    def _views_of(self, clients: Sequence[int]) -> Iterator[EpisodeView]:
        """What is said now of all episodes of these clients."""
        streams = self._streams_of(clients, current_only=True)
        untouched = dict(self._views(stream for stream in streams if stream not in self.views))
        return (view for stream in streams if (view := self.views.get(stream) or untouched.get(stream)))

    def _views(self, streams: Iterable[UUID]) -> Iterator[tuple[UUID, EpisodeView | None]]:
        """What is said now of these episodes; events that are read are dropped once they are folded."""
        listed = list(streams)
        yield from ((stream, self.known[stream]) for stream in listed if stream in self.known)
        for some in chunks(stream for stream in listed if stream not in self.known):
            recorded = self._read_streams(some)
            for stream in some:
                yield stream, current_view(recorded.get(stream, ()))

    def _streams_of(self, clients: Sequence[int], *, current_only: bool) -> list[UUID]:
        t = tables.episode.c
        wanted: list[UUID] = []
        for some in chunks(clients):
            query = sa.select(t.episode).where(t.generation == self.generation, t.client.in_(some))
            wanted += self.connection.execute(query.where(t.current) if current_only else query).scalars()
        return wanted

    def _read_streams(self, streams: Iterable[UUID]) -> dict[UUID, list[Recorded]]:
        """As they were at this commit: a rebuild that catches up sees a log which went on."""
        recorded = read_streams(self.connection, self.mapper, streams)
        return {stream: [r for r in its if r.position <= self.position] for stream, its in recorded.items()}


def _differences(before: Sequence[Ints], now: Sequence[Ints]) -> tuple[Flags, Flags]:
    """Which rows of `before` and of `now` are not in both, by `what_stands` of them: flags for each."""
    columns = [np.concatenate(pair) for pair in zip(before, now, strict=True)]
    order = np.lexsort(columns)
    same = np.ones(max(len(order) - 1, 0), np.bool_)
    for column in columns:
        ordered = column[order]
        same &= ordered[1:] == ordered[:-1]
    stays = np.zeros(len(order), np.bool_)
    pairs = np.flatnonzero(same)
    stays[order[pairs]] = stays[order[pairs + 1]] = True
    rows = len(before[0])
    return ~stays[:rows], ~stays[rows:]


def _note_not_in_file(connection: sa.Connection, generation: int, event: SubmissionReceived) -> None:
    t = tables.episode.c
    for streams, since in ((event.not_in_file, event.received_on), (event.found_again, None)):
        for chunk in chunks(streams):
            connection.execute(
                tables.episode.update()
                .where(t.generation == generation, t.episode.in_(chunk), t.current)
                .values(not_in_file_since=since)
            )


def episode_row(
    generation: int, view: EpisodeView, *, current: bool, not_in_file_since: date | None = None
) -> tuple[Any, ...]:
    """The row of `tables.episode` for an episode under the client of this view."""
    core = view.core
    return (
        generation, view.episode, core.client, current, *view.key, _day(core.referred), _day(core.triaged),
        _day(core.left), not_in_file_since,
    )  # fmt: skip


def _day(ordinal: int) -> date | None:
    return None if ordinal == NEVER else date.fromordinal(ordinal)
