"""Worklists: what the data already knows is to be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from domain.client import client_text
from domain.periods import Period
from domain.standpoint import Standpoint
from projections import worklists as projection
from projections.privacy.redaction import redacted_worklist
from projections.standings.slices import Slice
from projections.worklists import WORKLISTS, Dated, EpisodeReference, Worklist, WorklistRow
from web.auth.viewer import Viewer
from web.queries.parameters import EVERYBODY, KnownAt
from web.queries.performance.figure import StandpointResult, standpoint_result
from web.queries.result import Result
from web.snapshot import Snapshot, snapshot_cache


@dataclass(frozen=True, slots=True)
class WorklistsQuery:
    """Every worklist from one standpoint, of an agency, an area or everybody."""

    as_of: date
    known_at: KnownAt = None
    slice_: Slice = EVERYBODY


class WorklistDescription(Result, frozen=True):
    """A worklist: its name, what is on it in words, and what the days of its rows are."""

    name: str
    title: str
    words: str
    counts: str = msgspec.field(name="days_are")


class WorklistCount(WorklistDescription, frozen=True):
    """A worklist with the number of its rows."""

    rows: int


class WorklistsResult(Result, frozen=True):
    """How many rows each worklist has."""

    standpoint: StandpointResult
    slice: Slice
    worklists: list[WorklistCount]
    days_covered: Period | None


def worklists(snapshot: Snapshot, viewer: Viewer, query: WorklistsQuery) -> WorklistsResult:
    """How many rows each worklist has."""
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    rows = _rows(snapshot, viewer, standpoint, query.slice_, WORKLISTS)
    counts = [WorklistCount(*_description(one), len(its)) for one, its in zip(WORKLISTS, rows, strict=True)]
    days_covered = snapshot.submissions.days_covered(standpoint.position)
    return WorklistsResult(standpoint_result(standpoint), query.slice_, counts, days_covered)


def _description(one: Worklist) -> tuple[str, str, str, str]:
    return one.name, one.title, one.words, one.counts


@dataclass(frozen=True, slots=True)
class WorklistQuery:
    """One worklist from one standpoint, of an agency, an area or everybody."""

    worklist: Worklist
    as_of: date
    known_at: KnownAt = None
    slice_: Slice = EVERYBODY


class WorklistEpisode(Result, frozen=True):
    """An episode by the agency's own numbers, and its client by ours."""

    agency: str
    client_reference: str
    episode_reference: str
    client: str

    @property
    def reference(self) -> str:
        """The episode in one cell."""
        return f"{self.agency}: {self.client_reference}/{self.episode_reference}"


class WorklistEntry(WorklistEpisode, frozen=True):
    """A row; `days` is null, `area` too, where another agency's record is not shown."""

    area: str | None
    dates: tuple[Dated, ...]
    days: int | None
    because: str
    withheld: bool
    beside: WorklistEpisode | None


class WorklistResult(Result, frozen=True):
    """One worklist, the most urgent first."""

    standpoint: StandpointResult
    slice: Slice
    worklist: WorklistDescription
    rows: Sequence[WorklistEntry]
    days_covered: Period | None

    def page(self, first: int, last: int) -> "WorklistResult":
        """The same with the rows from `first` to the one before `last`."""
        return msgspec.structs.replace(self, rows=self.rows[first:last])


def worklist(snapshot: Snapshot, viewer: Viewer, query: WorklistQuery) -> WorklistResult:
    """One worklist, the most urgent first."""
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    [rows] = _rows(snapshot, viewer, standpoint, query.slice_, [query.worklist])
    description = WorklistDescription(*_description(query.worklist))
    days_covered = snapshot.submissions.days_covered(standpoint.position)
    entries = [_entry(row) for row in rows]
    return WorklistResult(standpoint_result(standpoint), query.slice_, description, entries, days_covered)


def _entry(row: WorklistRow) -> WorklistEntry:
    beside = WorklistEpisode(*_episode(row.beside)) if row.beside else None
    return WorklistEntry(
        *_episode(row.episode), row.area or None, row.dates, row.days, row.because, row.withheld, beside
    )


def _episode(reference: EpisodeReference) -> tuple[str, str, str, str]:
    agency, client_reference, episode_reference, client = reference
    return agency, client_reference, episode_reference, client_text(client)


def _rows(
    snapshot: Snapshot, viewer: Viewer, standpoint: Standpoint, slice_: Slice, lists: Sequence[Worklist]
) -> list[Sequence[WorklistRow]]:
    """The rows of these lists, as far as the viewer sees them; the log is read once for all that are not kept."""
    rows = _rows_by_name(snapshot, standpoint, slice_)
    missing = [one for one in lists if one.name not in rows]
    if missing:
        rows.update(_read(snapshot, standpoint, slice_, missing))
    return [viewer.redacted(rows[one.name], redacted_worklist) for one in lists]


@snapshot_cache(most=32, of_knowledge=True)
def _rows_by_name(_snapshot: Snapshot, _standpoint: Standpoint, _slice: Slice) -> dict[str, Sequence[WorklistRow]]:
    """Where the rows of a standpoint and slice are kept: to find them, the events of many people are read."""
    return {}


def _read(
    snapshot: Snapshot, standpoint: Standpoint, slice_: Slice, lists: Sequence[Worklist]
) -> dict[str, list[WorklistRow]]:
    engine = snapshot.engine(projection.candidate_measures(lists), [standpoint.as_of], at=standpoint)
    return projection.worklists(
        snapshot.connection, snapshot.mapper, snapshot.generation, engine, lists, standpoint, slice_
    )
