"""How long each kind of record is kept, and what is due to be erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.client import client_text
from domain.retention import SCHEDULE, RetentionPeriod
from projections.privacy import retention as due_records
from projections.privacy.retention import Due
from web.auth.viewer import Viewer
from web.queries.result import Result
from web.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class RetentionQuery:
    """On which day, and by which schedule."""

    on: date
    schedule: Sequence[RetentionPeriod] = SCHEDULE


class ScheduleLine(Result, frozen=True):
    """How many months a kind of record is kept, from which event on, by what source; and what of it is due."""

    kind: str
    months: int
    counted_from: str
    source: str
    episodes_due: int


class DueEpisode(Result, frozen=True):
    """An episode to dispose of, as its agency refers to it."""

    agency: str
    client_reference: str
    episode_reference: str


class DueResult(Result, frozen=True):
    """Records of one kind, of one client, that need not be kept from `due_on` on."""

    kind: str
    due_on: date
    client: str
    episodes: list[DueEpisode]


class RetentionResult(Result, frozen=True):
    """The schedule, and what is due on a day, the longest due first."""

    on: date
    schedule: list[ScheduleLine]
    due: list[DueResult]


def retention(snapshot: Snapshot, viewer: Viewer, query: RetentionQuery) -> RetentionResult:
    """What need not be kept any more, for whoever has the machine's command line: it names clients of all agencies."""
    due = due_records.due(snapshot.connection, snapshot.mapper, snapshot.generation, query.on, query.schedule)
    due = viewer.redacted(due, lambda _due, _own: [])
    return RetentionResult(query.on, [_line(period, due) for period in query.schedule], list(map(_due, due)))


def _line(period: RetentionPeriod, due: Sequence[Due]) -> ScheduleLine:
    episodes = sum(len(one.episodes) for one in due if one.kind == period.kind)
    return ScheduleLine(period.kind, period.months, period.counted_from, period.source, episodes)


def _due(due: Due) -> DueResult:
    episodes = [DueEpisode(one.agency, one.client_reference, one.episode_reference) for one in due.episodes]
    return DueResult(due.kind, due.due_on, client_text(due.client), episodes)
