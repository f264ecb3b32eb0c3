"""Worklists: what the data already knows is to be done."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
import sqlalchemy as sa

from domain.client import client_text
from domain.log.mapper import JsonMapper
from domain.periods import Period
from domain.standpoint import Standpoint
from projections import worklists as projection
from projections.privacy.redaction import redacted_worklist
from projections.standings.slices import Slice
from projections.worklists import WORKLISTS, Dated, EpisodeReference, Worklist, WorklistRow
from projections.worklists.day_lists import DayLists, day_lists
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
    rows = _counts(snapshot, viewer, standpoint, query.slice_)
    counts = [WorklistCount(*_description(one), its) for one, its in zip(WORKLISTS, rows, strict=True)]
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


@snapshot_cache(of_knowledge=True)
def _counts(snapshot: Snapshot, viewer: Viewer, standpoint: Standpoint, slice_: Slice) -> list[int]:
    return [len(rows) for rows in _rows(snapshot, viewer, standpoint, slice_, WORKLISTS)]


def _rows(
    snapshot: Snapshot, viewer: Viewer, standpoint: Standpoint, slice_: Slice, lists: Sequence[Worklist]
) -> Iterator[Sequence[WorklistRow]]:
    """The rows of these lists, as far as the viewer sees them."""
    if snapshot.loaded is None:
        # Nothing is kept: the log is read once for all of these lists, and for no others.
        engine = snapshot.engine(projection.candidate_measures(lists), [standpoint.as_of], at=standpoint)
        found = projection.worklists(*_log(snapshot), engine, lists, standpoint, slice_)
        its: Iterable[list[WorklistRow]] = found.values()
    else:
        of_day = lists_of_day(snapshot, standpoint.as_of, standpoint.position)
        its = (of_day.rows(one, standpoint.known_at, slice_) for one in lists)
    return (viewer.redacted(rows, redacted_worklist) for rows in its)


def _log(snapshot: Snapshot) -> tuple[sa.Connection, JsonMapper, int]:
    return snapshot.connection, snapshot.mapper, snapshot.generation


@dataclass(frozen=True, slots=True)
class ListsOn:
    """What is kept: every worklist of a day, for all slices and viewers."""

    as_of: date


# The newest are those that are brought up; the others are of days of knowledge that somebody looks back to.
@snapshot_cache(most=4, of_knowledge=True)
def lists_of_day(snapshot: Snapshot, as_of: date, position: int) -> DayLists:
    """Every worklist of a day as known at a position, of everybody."""
    standpoint = Standpoint(as_of, None, position)
    engine = snapshot.engine(projection.candidate_measures(WORKLISTS), [as_of], at=standpoint)

    def read(before: tuple[int, DayLists] | None = None) -> DayLists:
        return day_lists(*_log(snapshot), engine, standpoint, before)

    return snapshot.brought_up(ListsOn(as_of), position, read, lambda *before: read(before))
