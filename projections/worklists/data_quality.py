"""Data quality by agency and month, from the log: were the files there, were they in time, what was in them.

A month is that of a file's last covered day, but for whether a file was there at all: that asks for one which covers
the month's last day, as coverage does. All of it is as known at one standpoint: what came later is not seen.
Which fields are filled in is asked of the records themselves (`fields_filled`).
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from math import ceil
from typing import Final

import sqlalchemy as sa

from domain.episode.events import (
    ExitedOtherwise,
    ExitedSuccessfully,
    InterventionEnded,
    InterventionOffered,
    InterventionStarted,
    Referred,
    Reviewed,
    TopCompleted,
    TreatmentStarted,
)
from domain.episode.facts import TREATMENT
from domain.log.collector import collector_paused
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded
from domain.log.tables import log
from domain.measures.registry import measure_named
from domain.periods import last_day_of_month
from domain.rounding import percentage_of
from domain.standpoint import Standpoint
from domain.submission import SubmissionReceived
from projections.standings.in_memory import StandingsEngine

from .fields_filled import FieldFilled, FilledRecords
from .seen import NamedFile, Reading

DUE_AFTER_DAYS: Final = 15
"""A month's file is due on this day after the month's end; later, it is late. [K]"""
_LITTLE: Final = 1_000
"""So many events that nobody asked for are read past sooner than the log is asked once more."""
OPEN: Final = measure_named("R.plan")
"""What an engine has to hold of all months: whoever has an open episode owes a file."""

NOT_DUE, MISSING, LATE, IN_TIME = "not due yet", "missing", "late", "in time"
NOTHING_OWED: Final = "nothing owed"

_NEW_FACTS: Final = tuple(
    event.TOPIC
    for event in (
        Referred,
        TreatmentStarted,
        InterventionOffered,
        InterventionStarted,
        InterventionEnded,
        TopCompleted,
        Reviewed,
        ExitedSuccessfully,
        ExitedOtherwise,
    )
)
"""What is recorded when a file says something for the first time."""


@dataclass(frozen=True, slots=True)
class DaysToReport:
    """Days from what happened to the receipt of the file that said so first, over `facts` new facts.

    Within `median` days half of them were reported, within `ninetieth` nine in ten.
    """

    facts: int
    median: int
    ninetieth: int


@dataclass(frozen=True, slots=True)
class AgencyMonth:
    """An agency's files of one month.

    `state`: whether a monthly file that covers the month's last day was there by `due_on`; `received_on` is the first
    such file's receipt and `days_late` how long after `due_on` it came, or has not come by now. The counts are of the
    monthly files whose last day lies in the month: `rejection_rate`, the rejected rows in percent of all, None without
    a row; `rejected` by code, in rows; `notices` by code; facts `new`, `amended`, `withdrawn`; `not_in_file`, the
    episodes that the last of them should have had, and `consent_unclear`, the clients whose consent was asked about
    since it; `consent_refused`, the clients who refuse it by the last. `days_to_report` is None for the agency's first
    file, in which everything is new, and where nothing was.
    """

    agency: str
    month: date
    due_on: date
    state: str
    received_on: date | None
    days_late: int
    files: int
    rows: int
    rejected_rows: int
    rejection_rate: float | None
    rejected: Mapping[str, int]
    notices: Mapping[str, int]
    new: int
    amended: int
    withdrawn: int
    not_in_file: int
    consent_refused: int
    consent_unclear: int
    days_to_report: DaysToReport | None


@dataclass(frozen=True, slots=True)
class DataQuality:
    """The months of a period by agency, oldest first, and the fields as they are at the standpoint."""

    standpoint: Standpoint
    months: tuple[AgencyMonth, ...]
    fields: tuple[FieldFilled, ...]


@collector_paused()
def data_quality(
    connection: sa.Connection,
    mapper: JsonMapper,
    generation: int,
    engine: StandingsEngine,
    standpoint: Standpoint,
    months: Sequence[date],
    filled: FilledRecords,
    agency: str | None = None,
) -> DataQuality:
    """Data quality over `months`, each by its last day, of every agency or of one.

    `engine` holds at least OPEN over all of `months`; `filled` is of everybody at the standpoint.
    """
    monthly = _Files(Reading(connection, mapper, generation, standpoint), months)
    found = [
        monthly.of(one, month, owes=one in expected)
        for month in months
        for expected in [engine.expected(replace(standpoint, as_of=month))]
        for one in sorted({*monthly.agencies, *expected})
        if agency in (None, one)
    ]
    of_months = tuple(one for one in found if one.files or one.state != NOTHING_OWED)
    return DataQuality(standpoint, of_months, tuple(one for one in filled.fields() if agency in (None, one.agency)))


class _Files:
    """The monthly files known at a standpoint. What they said is read of those of some months alone."""

    def __init__(self, read: Reading, months: Sequence[date]) -> None:
        self.read = read
        self.by_agency: defaultdict[str, list[NamedFile]] = defaultdict(list)
        for one in read.named_files:
            if one.data_set == TREATMENT:
                self.by_agency[one.agency].append(one)
        self.of_month: defaultdict[tuple[str, date], list[NamedFile]] = defaultdict(list)
        for one in chain.from_iterable(self.by_agency.values()):
            if (month := last_day_of_month(self._last_day(one))) in months:
                self.of_month[one.agency, month].append(one)
        its = [one for files in self.of_month.values() for one in files]
        self.events = {event.number: event for event in _received(read.said_of(one.number for one in its))}
        firsts = {files[0] for files in self.by_agency.values()}
        self.days = _days_to_report(read, [one for one in its if one not in firsts])

    @property
    def agencies(self) -> Collection[str]:
        """The agencies that ever sent one."""
        return self.by_agency.keys()

    def of(self, agency: str, month: date, *, owes: bool) -> AgencyMonth:
        """An agency's month; `owes`: a file of it was expected."""
        of_month, covered = self.of_month.get((agency, month), []), self.read.covered
        events = [self.events[one.number] for one in of_month]
        covering = (
            self.read.received_on[one.number]
            for one in self.by_agency.get(agency, ())
            if (days := covered[one.number]) and month in days
        )
        received_on, due_on = min(covering, default=None), month + timedelta(days=DUE_AFTER_DAYS)
        rows = sum(event.rows for event in events)
        rejected_rows = sum(len({rejection.row for rejection in event.rejected}) for event in events)
        known_at = self.read.standpoint.known_at or date.min
        return AgencyMonth(
            agency=agency,
            month=month,
            due_on=due_on,
            state=_state(received_on, due_on, known_at, owes=owes),
            received_on=received_on,
            days_late=max(((received_on or known_at) - due_on).days, 0) if received_on or owes else 0,
            files=len(events),
            rows=rows,
            rejected_rows=rejected_rows,
            rejection_rate=percentage_of(rejected_rows, rows),
            rejected=_by_code((r.code, (n, r.row)) for n, event in enumerate(events) for r in event.rejected),
            notices=dict(sorted(Counter(notice.code for event in events for notice in event.notices).items())),
            new=sum(event.new for event in events),
            amended=sum(event.amended for event in events),
            withdrawn=sum(event.withdrawn for event in events),
            not_in_file=events[-1].missing if events else 0,
            consent_refused=events[-1].consent_refused if events else 0,
            consent_unclear=len(events[-1].consent_unclear) if events else 0,
            days_to_report=days_to_report([days for one in of_month for days in self.days.get(one.number, ())]),
        )

    def _last_day(self, one: NamedFile) -> date:
        """The last day that a file covers; of one that covers none, the last by its name."""
        days = self.read.covered[one.number]
        return days.last_day if days else one.last_day


def _received(files: Iterable[Recorded]) -> Iterator[SubmissionReceived]:
    return (event for _, _, event in files if isinstance(event, SubmissionReceived))


def _days_to_report(read: Reading, files: Iterable[NamedFile]) -> dict[int, list[int]]:
    """Of each file by its number, the days to report of each fact that it said first.

    The events of a file lie between the submission before it and its own.
    """
    places = {bisect_left(read.positions, one.position): one for one in files}
    before = {place: read.positions[place - 1] if place else 0 for place in places}
    days: dict[int, list[int]] = {one.number: [] for one in places.values()}
    t = log.c
    for first, last in _stretches((before[place], one.position) for place, one in sorted(places.items())):
        query = sa.select(t.position, t.occurred_on).where(
            t.position > first, t.position < last, t.topic.in_(_NEW_FACTS)
        )
        for position, occurred_on in read.connection.execute(query):
            if one := places.get(bisect_left(read.positions, position)):
                days[one.number].append((read.received_on[one.number] - occurred_on).days)
    return days


def _stretches(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """These ranges, which are ascending, where those with little between them are one."""
    found: list[tuple[int, int]] = []
    for first, last in ranges:
        if found and first - found[-1][1] <= _LITTLE:
            found[-1] = found[-1][0], last
        else:
            found.append((first, last))
    return found


def _state(received_on: date | None, due_on: date, known_at: date, *, owes: bool) -> str:
    if received_on:
        return LATE if received_on > due_on else IN_TIME
    if not owes:
        return NOTHING_OWED
    return MISSING if known_at > due_on else NOT_DUE


def _by_code(rows: Iterable[tuple[str, tuple[int, int]]]) -> dict[str, int]:
    """In how many rows each code was found; a row may have several."""
    found: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    for code, row in rows:
        found[code].add(row)
    return {code: len(its) for code, its in sorted(found.items())}


def days_to_report(days: Sequence[int]) -> DaysToReport | None:
    """The middle and the ninetieth of these days by rank: the least within which so large a share was reported."""
    if not days:
        return None
    ordered = sorted(days)
    median, ninetieth = (ordered[ceil(len(ordered) * share / 10) - 1] for share in (5, 9))
    return DaysToReport(len(ordered), median, ninetieth)
