"""The contracts and their schedules of KPIs, as they are now or as they had been agreed by a day."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

import msgspec

from domain.contract_life.kpi_lines.goals import TargetStep, goal_text
from domain.contract_life.kpi_lines.line import KpiLine, cells_of
from domain.contract_life.schedule import (
    AGREED,
    DISCARDED,
    DRAFT,
    Schedule,
    ScheduleAgreed,
    ScheduleChanged,
    ScheduleCorrected,
    ScheduleEnded,
    ScheduleEvent,
    ScheduleResumed,
    Statement,
)
from domain.log.reading import Recorded
from projections.performance.schedules import schedules as load_schedules
from web.auth.viewer import NotOwn, Viewer, unchanged
from web.queries.result import Moment, Result
from web.snapshot import Snapshot, snapshot_cache


class ScheduleHub(Result, frozen=True):
    """An agency of the provider; `succeeds` is the code of the agency whose service it continues, or empty."""

    agency: str
    name: str
    area: str
    succeeds: str


class ScheduleStep(Result, frozen=True):
    """What is to be reached from one day to another. Percentages are text, exact as they were agreed."""

    first_day: date
    last_day: date
    kind: str
    low: str
    high: str
    words: str


class KpiLineResult(Result, frozen=True):
    """A KPI of a contract: its cells as they are written, and what they mean to the machine.

    `cells` are those of the KPI table as a file. `measure` is null where nothing here counts the line.
    """

    code: str
    measure: str | None
    polarity: str | None
    baseline_percentage: str | None
    baseline_day: date | None
    deadline_day: date | None
    steps: list[ScheduleStep]
    targets: list[int]
    cells: dict[str, str]


_WORDS: Final = ("agreed", "changed", "corrected", "ended", "resumed")


class ScheduleChange(Result, frozen=True):
    """Something that was agreed: what, from which day on, why, and by whom it was written down.

    `lines` are the codes of the lines that it wrote anew or took out, `targets` the numbers of those that it set.
    `last_day` is that of an end, or the one before it where that was taken back.
    `first_day` and `area` are what a correction says, else null; a null `area` is everybody.
    """

    step: Annotated[
        str, msgspec.Meta(extra_json_schema={"enum": ["agreed", "changed", "corrected", "ended", "resumed"]})
    ]
    on: date
    recorded_at: Moment
    actor: str
    role: str
    log_position: int
    version: int
    reason: str
    terms: bool
    lines: list[str]
    removed: list[str]
    targets: list[int]
    withdrawn: list[int]
    contracts: list[str]
    last_day: date | None
    first_day: date | None
    area: str | None


class ScheduleResult(Result, frozen=True):
    """A contract with its schedule of KPIs; `version` is that of its newest event, whatever day is asked for.

    `known_at`: the day as of which it is seen, null for now. `last_day` is null while no end is agreed.
    `written_by` and `written_at` are who wrote the newest event, and when.
    """

    number: int
    state: Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["draft", "agreed", "ended", "discarded"]})]
    version: int
    known_at: date | None
    name: str
    provider: str
    hubs: list[ScheduleHub]
    first_day: date
    last_day: date | None
    succeeds: str
    area: str | None
    lines: list[KpiLineResult]
    history: list[ScheduleChange]
    written_by: str
    written_at: Moment

    @property
    def is_draft(self) -> bool:
        """Whether it is not agreed yet."""
        return self.state == DRAFT

    @property
    def is_open(self) -> bool:
        """Whether anything can still be said about it."""
        return self.state in {DRAFT, AGREED}

    def line(self, code: str) -> KpiLineResult | None:
        """The line of this code; None where there is none."""
        return next((line for line in self.lines if line.code == code), None)


class SchedulesResult(Result, frozen=True):
    """Contracts, in the order in which they were first written down."""

    schedules: list[ScheduleResult]


@dataclass(frozen=True, slots=True)
class SchedulesQuery:
    """The contracts as they are now, or as they had been agreed by a day."""

    known_at: date | None = None


def schedules(snapshot: Snapshot, viewer: Viewer, query: SchedulesQuery) -> SchedulesResult:
    """Those that the viewer may see: a provider what was agreed with it. A draft that was given up is nobody's."""
    every = viewer.redacted(_all(snapshot), unchanged)
    left = (one for one in every if one.state != DISCARDED and _may_read(viewer, one))
    known = ((one, one if query.known_at is None else one.known_on(query.known_at)) for one in left)
    return SchedulesResult([_result(then, now, query.known_at) for now, then in known if then is not None])


def schedule(
    snapshot: Snapshot, viewer: Viewer, number: int, known_at: date | None = None, version: int | None = None
) -> ScheduleResult | None:
    """The contract with this number; None if there is none, or nothing of it had been agreed by that day.

    With `version`, as it was written then.

    Raises:
        NotOwn: it is another provider's, or a draft that a provider does not see yet.
    """
    now = next((one for one in viewer.redacted(_all(snapshot), unchanged) if one.number == number), None)
    if now is None:
        return None
    if not _may_read(viewer, now):
        raise NotOwn(f"schedule {number}")
    then: Schedule | None = now
    if known_at is not None:
        then = now.known_on(known_at)
    elif version is not None and 0 < version <= now.version:
        then = Schedule.folded(now.recorded[:version])
    return None if then is None else _result(then, now, known_at)


def schedules_since(
    snapshot: Snapshot, viewer: Viewer, agencies: Collection[str], position: int
) -> Iterator[tuple[ScheduleResult | None, ScheduleResult]]:
    """The contracts of these agencies of which something was said after a position: as read there, and as they stand.

    None for one that was not written down then.
    """
    for now in viewer.redacted(_all(snapshot), unchanged):
        read = [one for one in now.recorded if one.position <= position]
        if _may_read(viewer, now) and len(read) < now.version and not now.agencies.isdisjoint(agencies):
            yield (_result(Schedule.folded(read), now, None) if read else None), schedule_result(now)


@snapshot_cache()
def _all(snapshot: Snapshot) -> Sequence[Schedule]:
    return load_schedules(snapshot.connection, snapshot.mapper)


def _may_read(viewer: Viewer, one: Schedule) -> bool:
    """A provider reads what was agreed with one of its agencies, also once that has ended."""
    if not viewer.is_provider:
        return True
    return one.state not in {DRAFT, DISCARDED} and not one.agencies.isdisjoint(viewer.agencies)


# ---- results


def schedule_result(now: Schedule) -> ScheduleResult:
    """SCHEDULE of the JSON reference, as it is now, for whoever has just taken a step."""
    return _result(now, now, None)


def _result(then: Schedule, now: Schedule, known_at: date | None) -> ScheduleResult:
    terms = then.terms
    return ScheduleResult(
        then.number,
        then.state,
        now.version,
        known_at,
        terms.name,
        terms.provider,
        [ScheduleHub(hub.agency, hub.name, hub.area, hub.succeeds) for hub in terms.hubs],
        terms.first_day,
        terms.last_day,
        terms.succeeds,
        terms.area or None,
        [_line(line, then.targets.get(line.code, ())) for line in then.lines],
        list(_history(then)),
        now.recorded[-1].event.actor,
        now.recorded[-1].recorded_at.isoformat(),
    )


def _line(line: KpiLine, targets: Sequence[int]) -> KpiLineResult:
    return KpiLineResult(
        line.code,
        line.measure or None,
        line.polarity or None,
        None if line.baseline_percentage is None else f"{line.baseline_percentage:f}",
        line.baseline_day,
        line.deadline_day,
        list(map(_step, line.steps)),
        list(targets),
        cells_of(line),
    )


def _step(step: TargetStep) -> ScheduleStep:
    low, high = f"{step.low:f}", f"{step.high:f}"
    return ScheduleStep(step.first_day, step.last_day, step.kind, low, high, goal_text(step))


def _history(schedule: Schedule) -> Iterator[ScheduleChange]:
    for one in schedule.statements:
        event = one.event
        if isinstance(event, Statement):
            yield _change(one, event)


def _change(recorded: Recorded, event: Statement) -> ScheduleChange:
    change = event if isinstance(event, ScheduleChanged) else None
    return ScheduleChange(
        _STEPS[type(event)],
        event.occurred_on,
        recorded.recorded_at.isoformat(),
        event.actor,
        event.role,
        recorded.position,
        event.originator_version,
        "" if isinstance(event, ScheduleAgreed) else event.reason,
        change is not None and change.terms is not None,
        [line.code for line in change.lines] if change else [],
        list(change.removed) if change else [],
        [one.target for one in event.targets],
        [] if isinstance(event, ScheduleAgreed) else list(event.withdrawn),
        list(event.contracts),
        event.last_day if isinstance(event, ScheduleEnded | ScheduleResumed) else None,
        event.first_day if isinstance(event, ScheduleCorrected) else None,
        (event.area or None) if isinstance(event, ScheduleCorrected) else None,
    )


_STEPS: dict[type[ScheduleEvent], str] = {
    ScheduleAgreed: "agreed",
    ScheduleChanged: "changed",
    ScheduleCorrected: "corrected",
    ScheduleEnded: "ended",
    ScheduleResumed: "resumed",
}
