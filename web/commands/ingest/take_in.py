"""Taking a file in: planned from one snapshot, and stored in one commit, or not at all; a dry run is the plan."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from domain.client import ClientKey
from domain.log.database import reading, refresh_statistics
from domain.log.reading import last_position
from domain.log.tables import log
from domain.measures.registry import MEASURES
from domain.register import Register
from projections.projector.preview import PlannedChange
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from projections.store import tables
from web import stop_list
from web.commands.commit import Commit, Receipt, check_order, check_receipt, locked_commit
from web.commands.known import (
    Knowledge,
    forget_kept_out,
    forget_rows,
    remember_kept_out,
    remember_rows,
)
from web.files.reading import File, check_key, read_path
from web.files.schemas import check_covered_by, parse_name, refuse_raw
from web.files.uploads import SentFile
from web.services import Services
from web.snapshot import Snapshot
from web.stop_list import StopEntry

from .checking import Progress
from .plan import FileOptions, FilePlan, plan_file
from .submission import EffectCounts, EffectResult, Submission, already_received

DEFAULT_OPTIONS: Final = FileOptions()
MANY_EVENTS: Final = 5_000
"""Of a file that brings as many, a server's statistics would be out of date until it counts by itself."""
PLANNED_BESIDE: Final = 2
"""So many times a file is planned before its turn, while others may write."""


@dataclass(frozen=True)
class Effect:
    """A measure before and after a file, with all that is known, in one slice."""

    before: Figure
    after: Figure

    @property
    def changes(self) -> bool:
        """Whether the file moves it."""
        return _counts(self.before) != _counts(self.after)

    def result(self) -> EffectResult:
        """The measure before and after, in numbers alone."""
        figure = self.after
        return EffectResult(
            figure.measure.code, figure.slice, figure.standpoint.as_of, _numbers(self.before), _numbers(figure)
        )


def take_in(
    register: Register,
    client_key: ClientKey,
    path: SentFile,
    receipt: Receipt,
    options: FileOptions = DEFAULT_OPTIONS,
    progress: Progress | None = None,
) -> Submission:
    """Take a monthly file or a review file in, in one commit; a dry run only plans it, and locks nobody out.

    It is planned before its turn to write, and stored if nothing came in between; else it is planned anew, and the last
    time within the turn.

    Raises:
        Refused: the file is not taken in, and nothing of it is stored; the code is one of `reading.REFUSALS`
            or `reading.PREPARED_REFUSALS`.
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: nothing was stored.
    """
    file = read_file(register, client_key, path, receipt, options)
    for _attempt in range(PLANNED_BESIDE):
        with reading(register.engine) as connection:
            knowledge = Knowledge.of(connection, register.mapper)
            plan, state = _planned(knowledge, file, client_key, receipt, options, progress), knowledge.state
        if receipt.dry_run or not isinstance(plan, FilePlan):
            return plan.dry_run if isinstance(plan, FilePlan) else plan
        with locked_commit(register, receipt, path.name) as commit:
            if commit.knowledge.state == state:
                return plan.stored(store(commit, plan, client_key))
        # Somebody else was first, and what the plan rests on may not be so any more.
    with locked_commit(register, receipt, path.name) as commit:
        plan = _planned(commit.knowledge, file, client_key, receipt, options, progress)
        return plan.stored(store(commit, plan, client_key)) if isinstance(plan, FilePlan) else plan


def _planned(
    knowledge: Knowledge,
    file: File,
    client_key: ClientKey,
    receipt: Receipt,
    options: FileOptions,
    progress: Progress | None,
) -> FilePlan | Submission:
    """The plan of a file by what one transaction sees; or the earlier submission, where it was received before."""
    check_order(knowledge, receipt, file.name.text)
    if before := same_file_before(knowledge, file, receipt):
        return before
    return plan_file(file, knowledge, client_key, receipt, options, progress)


def preview_effects(
    services: Services, path: SentFile, receipt: Receipt, options: FileOptions, progress: Progress | None = None
) -> tuple[Submission, list[Effect]]:
    """A dry run of a file, with what it would do to the figures: every measure, at the end of the file's days.

    It is planned and measured over one snapshot: nothing is written, and it waits for no writer. Raises as `take_in`.
    """
    receipt = replace(receipt, dry_run=True)
    file = read_file(services.register, services.client_key, path, receipt, options)
    name = file.name
    with services.snapshot() as snapshot:
        knowledge = Knowledge.of(snapshot.connection, snapshot.mapper)
        plan = _planned(knowledge, file, services.client_key, receipt, options, progress)
        if not isinstance(plan, FilePlan):
            return plan, []
        submission, changed = plan.dry_run, plan.changes(last_position(snapshot.connection))
        # A large file and its plan need not be held while the figures are measured, which takes as much again.
        del file, plan
        return submission, effects_of(snapshot, changed, name.last_day, [name.agency])


def effects_of(snapshot: Snapshot, changed: PlannedChange, as_of: date, agencies: Iterable[str]) -> list[Effect]:
    """Every measure of everybody, and of these agencies, on a day: before a commit that is not stored, and after it."""
    after = snapshot.engine_after(changed, as_of)
    before_it, after_it = snapshot.standpoint(as_of), after.standpoint(as_of)
    return [
        Effect(*pair)
        for slice_ in (Slice(), *(Slice(agency=agency) for agency in agencies))
        for pair in zip(
            snapshot.figures(MEASURES, before_it, slice_), after.figures(MEASURES, after_it, slice_), strict=True
        )
    ]


def read_file(
    register: Register, client_key: ClientKey, path: SentFile, receipt: Receipt, options: FileOptions
) -> File:
    """The file as it came; raises Refused for what is wrong with it as a whole, or with the day of its receipt."""
    check_receipt(register, receipt, path.name)
    name = parse_name(path.name)
    check_covered_by(name, receipt.received_on)
    if not options.raw_files:
        refuse_raw(name)
    file = read_path(path)
    check_key(file, client_key)
    return file


def same_file_before(knowledge: Knowledge, file: File, receipt: Receipt) -> Submission | None:
    """The earlier submission, where the last file of the same days had the same bytes."""
    before = knowledge.newest_for_days(file.name)
    if before is None or before.sha256 != file.sha256:
        return None
    return already_received(file, before.received_on, before.position, dry_run=receipt.dry_run)


def store(commit: Commit, plan: FilePlan, client_key: ClientKey) -> int:
    """Carry a plan out: its events and what follows from them, the rows that need not be read again, the stop-list.

    The answer is the submission's position in the log.
    """
    connection = commit.connection
    forget_kept_out(connection, plan.erased)
    recorded = commit.record_packed(plan.events, plan.erased, {**plan.episodes_left, **plan.episodes})
    remember_kept_out(connection, plan.file.name, recorded.last, plan.kept_out)
    remember_rows(connection, plan.file.name, plan.changed, plan.rows)
    forget_rows(connection, plan.forgotten)
    if plan.erased:
        at, stopped = recorded[-1].recorded_at, client_key.stopped_episode
        stop_list.add(connection, [StopEntry(stopped(stream), False, at) for stream in plan.erased])
    if len(plan.events) >= MANY_EVENTS:
        refresh_statistics(connection, (log, tables.episode, tables.standing, tables.taken_in))
    return recorded.last


def _numbers(figure: Figure) -> EffectCounts:
    return EffectCounts(figure.numerator, figure.denominator)


def _counts(figure: Figure) -> tuple[object, ...]:
    return figure.numerator, figure.denominator, figure.matured, figure.parts, figure.waiting
