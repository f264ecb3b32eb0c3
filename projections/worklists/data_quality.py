"""Data quality by agency and month, from the log: were the files there, were they in time, what was in them.

A month is that of a file's last covered day, but for whether a file was there at all: that asks for one which covers
the month's last day, as coverage does. All of it is as known at one standpoint: what came later is not seen.
Which fields are filled in is asked of the records themselves, as seen at the standpoint.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
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
from domain.episode.facts import CARE_PLAN, REFERRAL, START, TREATMENT, Intervention, InterventionEnd, Start, Top
from domain.history import EpisodeView
from domain.log.collector import collector_paused
from domain.log.mapper import JsonMapper
from domain.log.tables import log
from domain.measures.registry import measure_named
from domain.periods import NEVER, last_day_of_month, last_months
from domain.rounding import percentage_of
from domain.standpoint import Standpoint
from domain.submission import SubmissionReceived
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

from .seen import Reading, SeenRecords

DUE_AFTER_DAYS: Final = 15
"""A month's file is due on this day after the month's end; later, it is late. [K]"""
COMPLETENESS_MONTHS: Final = 12
"""Fields are looked at of episodes in structured treatment in this many months, and of their TOPs of that time."""
IN_TREATMENT: Final = measure_named("N.treatment")
OPEN: Final = measure_named("R.plan")
MEASURES: Final = (IN_TREATMENT, OPEN)
"""What an engine has to hold for data quality."""

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
class FieldFilled:
    """How many of an agency's records have a column filled in: `filled` of `records`; `of` says what a record is.

    `percentage` has three decimals, None without a record.
    """

    agency: str
    column: str
    of: str
    filled: int
    records: int
    percentage: float | None


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
    agency: str | None = None,
) -> DataQuality:
    """Data quality over `months`, each by its last day, of every agency or of one.

    `engine` holds at least MEASURES over all of `months`.
    """
    read = Reading(connection, mapper, generation, standpoint)
    monthly = _Files(connection, standpoint, read)
    found = [
        monthly.of(one, month, owes=one in expected)
        for month in months
        for expected in [engine.expected(replace(standpoint, as_of=month))]
        for one in sorted({*monthly.agencies, *expected})
        if agency in (None, one)
    ]
    whom = {member.client for member in engine.members(IN_TREATMENT, standpoint, Slice(agency=agency))}
    seen = read.seen(read.streams_of(whom), {})
    fields = [one for one in fields_filled(seen) if agency in (None, one.agency)]
    return DataQuality(standpoint, tuple(one for one in found if one.files or one.state != NOTHING_OWED), tuple(fields))


class _Files:
    """The monthly files known at a standpoint."""

    def __init__(
        self,
        connection: sa.Connection,
        standpoint: Standpoint,
        read: Reading,
    ) -> None:
        self.connection, self.standpoint, self.positions = connection, standpoint, read.positions
        self.covered = read.covered
        self.by_agency: defaultdict[str, list[tuple[int, SubmissionReceived]]] = defaultdict(list)
        for position, _, event in read.files():
            if isinstance(event, SubmissionReceived) and event.data_set == TREATMENT:
                self.by_agency[event.agency].append((position, event))

    @property
    def agencies(self) -> Collection[str]:
        """The agencies that ever sent one."""
        return self.by_agency.keys()

    def of(self, agency: str, month: date, *, owes: bool) -> AgencyMonth:
        """An agency's month; `owes`: a file of it was expected."""
        its = self.by_agency.get(agency, [])
        of_month = [(position, event) for position, event in its if last_day_of_month(self._last_day(event)) == month]
        events = [event for _, event in of_month]
        covering = (event.received_on for _, event in its if (days := self.covered[event.number]) and month in days)
        received_on, due_on = min(covering, default=None), month + timedelta(days=DUE_AFTER_DAYS)
        rows = sum(event.rows for event in events)
        rejected_rows = sum(len({rejection.row for rejection in event.rejected}) for event in events)
        others = [one for one in of_month if one != its[0]]
        known_at = self.standpoint.known_at or date.min
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
            days_to_report=days_to_report([days for one in others for days in self._days_to_report(*one)]),
        )

    def _last_day(self, event: SubmissionReceived) -> date:
        """The last day that a file covers; of one that covers none, the last by its name."""
        days = self.covered[event.number]
        return days.last_day if days else event.last_day

    def _days_to_report(self, position: int, event: SubmissionReceived) -> Iterator[int]:
        """Of each fact that the file said first; its events lie between the submission before it and its own."""
        before = bisect_left(self.positions, position)
        t = log.c
        query = sa.select(t.occurred_on).where(
            t.position > (self.positions[before - 1] if before else 0),
            t.position < position,
            t.topic.in_(_NEW_FACTS),
        )
        return ((event.received_on - day).days for day in self.connection.execute(query).scalars())


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


# ---- which fields are filled in


@dataclass(frozen=True, slots=True)
class _Record:
    """An episode with its facts, and what of it counts: interventions and TOPs."""

    view: EpisodeView
    start: Start
    has_referral: bool
    has_plan: bool
    interventions: Sequence[tuple[Intervention, InterventionEnd | None]]
    tops: Sequence[Top]


_Part = Callable[[_Record], Iterable[bool]]
EPISODES, INTERVENTIONS, ENDS, TOPS = (
    "episodes",
    "structured interventions",
    "interventions that ended",
    "TOPs of the last 12 months",
)


def fields_filled(seen: SeenRecords) -> Iterator[FieldFilled]:
    """By agency and column, how many records have it filled in: of the episodes in structured treatment in the last
    12 months, of their interventions, and of their TOPs of that time.

    Only columns that may be empty are there. A column that a file's data set does not have is empty too.
    """
    by_agency: defaultdict[str, list[_Record]] = defaultdict(list)
    first_day = last_months(seen.as_of, COMPLETENESS_MONTHS).first_day
    for view in seen.views:
        if view.core.started < NEVER and view.core.left >= first_day.toordinal() and view.core.triaged < NEVER:
            by_agency[view.core.agency].append(_record(seen, view, first_day))
    for agency, records in sorted(by_agency.items()):
        for column, of, part in _FIELDS:
            flags = [filled for record in records for filled in part(record)]
            filled, total = sum(flags), len(flags)
            yield FieldFilled(agency, column, of, filled, total, percentage_of(filled, total))


def _record(seen: SeenRecords, view: EpisodeView, first_day: date) -> _Record:
    facts = seen.facts[view.episode]
    start = facts[START]
    assert isinstance(start, Start)  # it is in structured treatment, so it was triaged
    interventions = []
    for key, fact in facts.items():
        if isinstance(fact, Intervention) and fact.started_on and fact.modality in seen.definition.structured:
            end = facts.get(key.replace("intervention:", "intervention-end:", 1))
            interventions.append((fact, end if isinstance(end, InterventionEnd) else None))
    tops = [fact for fact in facts.values() if isinstance(fact, Top) and fact.completed_on >= first_day]
    return _Record(view, start, REFERRAL in facts, CARE_PLAN in facts, interventions, tops)


def _of_episode(filled: Callable[[_Record], object]) -> _Part:
    return lambda record: (bool(filled(record)),)


def _of_start(column: str) -> _Part:
    return lambda record: (bool(record.start.details.get(column)),)


def _of_intervention(filled: Callable[[Intervention], object]) -> _Part:
    return lambda record: (bool(filled(one)) for one, _ in record.interventions)


def _of_top(column: str) -> _Part:
    return lambda record: (bool(top.answers.get(column)) for top in record.tops)


TOP_COLUMNS: Final = (
    *("TOPCC", "ALCUSE", "OPIUSE", "CRAUSE", "COCAUSE", "AMPHUSE", "CANNUSE", "OTDRGUSE"),
    *("PSYHSTAT", "PHSTAT", "QUALLIFE", "ACUTHPBM", "HRISK", "PWORK", "EDUCAT"),
)
START_COLUMNS: Final = ("LA", "HLCASSDT", "HEPBVAC", "HEPBSTAT", "HEPCTSTD", "HEPCSTAT", "HEPCTD")

_FIELDS: Final[tuple[tuple[str, str, _Part], ...]] = (
    ("REFLD", EPISODES, _of_episode(lambda r: r.has_referral)),
    ("DAT", EPISODES, _of_episode(lambda r: r.start.area)),
    ("RFLS", EPISODES, _of_episode(lambda r: r.start.referral_source)),
    ("PREVTR", EPISODES, _of_episode(lambda r: r.start.previously_treated is not None)),
    ("DRUG1AGE", EPISODES, _of_episode(lambda r: r.start.first_use_age is not None)),
    ("CPLANDT", EPISODES, _of_episode(lambda r: r.has_plan)),
    *((column, EPISODES, _of_start(column)) for column in START_COLUMNS),
    ("REFMODDT", INTERVENTIONS, _of_intervention(lambda one: one.referred_on)),
    ("FAOMODDT", INTERVENTIONS, _of_intervention(lambda one: one.first_offered_on)),
    ("MODSET", INTERVENTIONS, _of_intervention(lambda one: one.setting)),
    ("MODEXIT", ENDS, lambda record: (bool(end.exit) for _, end in record.interventions if end)),
    *((column, TOPS, _of_top(column)) for column in TOP_COLUMNS),
)
"""Every column that is used and may be empty, what a record of it is, and whether it is filled in."""
