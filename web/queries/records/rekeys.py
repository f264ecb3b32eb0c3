"""Joined references: which commits joined or parted some, and what is probably to be joined or handed over."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.submission import EpisodesRekeyed, RekeyUndone
from projections.store.submissions import SubmissionFilter, submission_events
from projections.worklists.same_record import FILE_FROM
from web.auth.viewer import Viewer
from web.files.mapping import MappingLine
from web.queries.result import Result
from web.snapshot import Snapshot

from .worklists import WorklistEntry

MOST: Final = 500
"""Submissions by word that are looked at."""


class RekeyLine(Result, frozen=True):
    """A rekey: the submission `number`, and how many `episodes` it joined; `undone_by` a later one, null if it stands.

    `agency` is empty where the episodes are of several.
    """

    number: int
    received_on: date
    agency: str
    episodes: int
    undone_by: int | None


class RekeysResult(Result, frozen=True):
    """The rekeys, the newest first."""

    rekeys: list[RekeyLine]


def rekeys(snapshot: Snapshot, viewer: Viewer) -> RekeysResult:
    """Every rekey, with whether it stands; for a provider those of its own agencies."""
    by_word = SubmissionFilter(data_set="", limit=MOST)
    events = [
        one.event for one in submission_events(snapshot.connection, snapshot.mapper, snapshot.generation, by_word)
    ]
    undone = {event.undoes: event.number for event in reversed(events) if isinstance(event, RekeyUndone)}
    return RekeysResult(
        [
            RekeyLine(event.number, event.received_on, event.agency, len(event.pairs), undone.get(event.number))
            for event in events
            if isinstance(event, EpisodesRekeyed) and (not viewer.is_provider or event.agency in viewer.agencies)
        ]
    )


def mapping_of(rows: Iterable[WorklistEntry]) -> list[MappingLine]:
    """The probable pairs of one agency each, as a mapping of their references."""
    pairs = ((row, row.beside) for row in rows)
    return [
        MappingLine(
            number,
            row.agency,
            old.client_reference,
            old.episode_reference,
            row.client_reference,
            row.episode_reference,
        )
        for number, (row, old) in enumerate(((row, old) for row, old in pairs if old and old.agency == row.agency), 1)
    ]


@dataclass(frozen=True, slots=True)
class ProbableHandover:
    """So many open `episodes` of one agency came again at another, first in a file of the days from `on`."""

    from_agency: str
    to_agency: str
    on: date | None
    episodes: int


def handovers_of(rows: Sequence[WorklistEntry]) -> Iterator[ProbableHandover]:
    """Between which agencies a caseload probably passed, the most episodes first."""
    between: dict[tuple[str, str], list[WorklistEntry]] = {}
    for row in rows:
        if row.beside and row.beside.agency != row.agency:
            between.setdefault((row.beside.agency, row.agency), []).append(row)
    for (from_agency, to_agency), its in sorted(between.items(), key=lambda item: -len(item[1])):
        days = [dated.day for row in its for dated in row.dates if dated.what == FILE_FROM]
        yield ProbableHandover(from_agency, to_agency, min(days, default=None), len(its))
