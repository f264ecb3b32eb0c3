"""Worklists: what the data already knows is to be done."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

from domain.standpoint import Standpoint
from projections.privacy.redaction import redacted_worklist
from projections.standings.lru import LruCache
from projections.standings.slices import Slice
from projections.worklists import (
    WORKLISTS,
    Worklist,
    WorklistRow,
    candidate_measures,
    worklists,
)
from web.schemas import worklists as documents
from web.snapshot import Snapshot

from .parameters import EVERYBODY, Document, KnownAt

MOST: Final = 256
"""Worklists that a process keeps."""
EVERY_ROW: Final = slice(None)


class _Key(NamedTuple):
    name: str
    where: Slice
    standpoint: Standpoint


@dataclass(frozen=True, slots=True)
class WorklistsQuery:
    """Some worklists, or all, from one standpoint, of an agency, an area or everybody.

    `own` are the agencies whose records may be shown; None for all.
    """

    as_of: date
    known_at: KnownAt = None
    where: Slice = EVERYBODY
    lists: tuple[Worklist, ...] = WORKLISTS
    own: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class WorklistResult:
    """One worklist, the most urgent first."""

    worklist: Worklist
    standpoint: Standpoint
    where: Slice
    rows: Sequence[WorklistRow]

    def document(self, rows: slice = EVERY_ROW) -> Document:
        """WORKLIST of the JSON reference, with some of its rows."""
        return documents.worklist(self.worklist, self.standpoint, self.where, self.rows[rows])


@dataclass(frozen=True, slots=True)
class WorklistsResult:
    """Worklists of one standpoint and slice, in the order asked for."""

    standpoint: Standpoint
    where: Slice
    rows: Mapping[str, Sequence[WorklistRow]]
    lists: Sequence[Worklist]

    def each(self) -> list[WorklistResult]:
        """Each of them."""
        return [WorklistResult(one, self.standpoint, self.where, self.rows[one.name]) for one in self.lists]

    def document(self) -> Document:
        """WORKLISTS of the JSON reference: how many rows each has."""
        return documents.overview(self.standpoint, self.where, [(one, len(self.rows[one.name])) for one in self.lists])


Rows = Mapping[str, Sequence[WorklistRow]]
_Read = Callable[[Snapshot, Standpoint, WorklistsQuery], Rows]


def all_worklists(snapshot: Snapshot, asked: WorklistsQuery, read: _Read | None = None) -> WorklistsResult:
    """Worklists of one standpoint and slice; the log is read once for all of them, or `read` has them kept."""
    standpoint = snapshot.standpoint(asked.as_of, asked.known_at)
    rows = (read or _rows)(snapshot, standpoint, asked)
    if asked.own is not None:
        own = asked.own
        rows = {name: redacted_worklist(its, own) for name, its in rows.items()}
    return WorklistsResult(standpoint, asked.where, rows, asked.lists)


def worklist(snapshot: Snapshot, one: Worklist, asked: WorklistsQuery, read: _Read | None = None) -> WorklistResult:
    """One worklist."""
    return all_worklists(snapshot, replace(asked, lists=(one,)), read).each()[0]


def _rows(snapshot: Snapshot, standpoint: Standpoint, asked: WorklistsQuery) -> Rows:
    engine = snapshot.engine(candidate_measures(asked.lists), [asked.as_of], at=standpoint)
    return worklists(
        snapshot.connection, snapshot.mapper, snapshot.generation, engine, asked.lists, standpoint, asked.where
    )


class KeptWorklists:
    """The rows that one process worked out lately, for any number of threads: to be given as `read`.

    Rows follow from the list, slice and standpoint, and from what was erased since: a submission that comes later
    changes none of a standpoint before it. After an erasure or a rebuild all are let go, for they name clients. Nothing
    is kept of a question whose standings are not.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: tuple[tuple[int, int], LruCache[_Key, Sequence[WorklistRow]]] | None = None

    def __call__(self, snapshot: Snapshot, standpoint: Standpoint, asked: WorklistsQuery) -> Rows:
        """The rows of the lists asked for."""
        if snapshot.loaded is None:
            return _rows(snapshot, standpoint, asked)
        state = snapshot.loaded.snapshot
        kept = self._kept((state.generation, state.erased))
        keys = {one.name: _Key(one.name, asked.where, standpoint) for one in asked.lists}
        found = {name: rows for name, key in keys.items() if (rows := kept.get(key)) is not None}
        missing = tuple(one for one in asked.lists if one.name not in found)
        made = _rows(snapshot, standpoint, replace(asked, lists=missing)) if missing else {}
        return found | {name: kept.keep(keys[name], rows) for name, rows in made.items()}

    def _kept(self, state: tuple[int, int]) -> LruCache[_Key, Sequence[WorklistRow]]:
        held = self._held
        if held is None or held[0] != state:
            self._held = held = state, LruCache(self._most)
        return held[1]
