"""Taking files in, for the command line, the service and the pages alike. Each is planned and stored in one commit
under the writer's lock, or not at all; a dry run is the plan.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Any, Final

from domain.client import ClientKey
from domain.log.database import reading
from domain.measures.registry import MEASURES
from domain.register import Register
from domain.submission import SubmissionReceived
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from web import stop_list
from web.clock import today
from web.commands.commit import Commit, Receipt, check_order, check_receipt, locked_commit
from web.commands.known import Knowledge, forget_rows, remember_rows
from web.files.reading import File, check_key, read_path
from web.files.schemas import parse_name, refuse_raw
from web.files.uploads import ManifestLine, SentFile
from web.schemas.figure import slice_document
from web.services import Services
from web.snapshot import Snapshot
from web.stop_list import StopEntry

from .checking import Progress
from .plan import FileOptions, FilePlan, plan_file
from .submission import Submission, already_received, received_before

DEFAULT_OPTIONS: Final = FileOptions()


@dataclass(frozen=True)
class Effect:
    """A measure before and after a file, with all that is known, in one slice."""

    before: Figure
    after: Figure

    @property
    def changes(self) -> bool:
        """Whether the file moves it."""
        return _counts(self.before) != _counts(self.after)

    def document(self) -> dict[str, Any]:
        """The measure before and after, as JSON."""
        figure = self.after
        return {
            "measure": figure.measure.code,
            "slice": slice_document(figure.slice),
            "as_of": figure.standpoint.as_of.isoformat(),
            "before": {"numerator": self.before.numerator, "denominator": self.before.denominator},
            "after": {"numerator": figure.numerator, "denominator": figure.denominator},
        }


def take_in(
    register: Register,
    client_key: ClientKey,
    path: SentFile,
    receipt: Receipt,
    options: FileOptions = DEFAULT_OPTIONS,
    progress: Progress | None = None,
) -> Submission:
    """Take a monthly file or a review file in, in one commit; a dry run only plans it, and locks nobody out.

    Raises:
        Refused: the file is not taken in, and nothing of it is stored; the code is one of `reading.REFUSALS`
            or `reading.PREPARED_REFUSALS`.
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: nothing was stored.
    """
    file = read_file(register, client_key, path, receipt, options)
    if receipt.dry_run:
        with reading(register.engine) as connection:
            knowledge = Knowledge.of(connection, register.mapper)
            check_order(knowledge, receipt, path.name)
            if before := same_file_before(knowledge, file, receipt):
                return before
            return plan_file(file, knowledge, client_key, receipt, options, progress).dry_run
    with locked_commit(register, receipt, path.name) as commit:
        if before := same_file_before(commit.knowledge, file, receipt):
            return before
        plan = plan_file(file, commit.knowledge, client_key, receipt, options, progress)
        return plan.stored(store(commit, plan, client_key))


def preview_effects(
    services: Services, path: SentFile, receipt: Receipt, options: FileOptions, progress: Progress | None = None
) -> tuple[Submission, list[Effect]]:
    """A dry run of a file, with what it would do to the figures: every measure, at the end of the file's days.

    A figure is measured from the read models. So the plan is stored in a transaction that is rolled back; what is said
    of the file itself is the plan. Raises as `take_in`.
    """
    register, client_key, receipt = services.register, services.client_key, replace(receipt, dry_run=True)
    file = read_file(register, client_key, path, receipt, options)
    with locked_commit(register, receipt, path.name) as commit:
        if before := same_file_before(commit.knowledge, file, receipt):
            return before, []
        plan = plan_file(file, commit.knowledge, client_key, receipt, options, progress)
        store(commit, plan, client_key)
        after = Snapshot.of(commit.connection, services.mapper)
        with services.snapshot() as snapshot:
            effects = _effects(snapshot, after, file.name.last_day, file.name.agency)
    return plan.dry_run, effects


def read_file(
    register: Register, client_key: ClientKey, path: SentFile, receipt: Receipt, options: FileOptions
) -> File:
    """The file as it came; raises Refused for what is wrong with it as a whole, or with the day of its receipt."""
    check_receipt(register, receipt, path.name)
    name = parse_name(path.name)
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
    recorded = commit.record(plan.events, erased=plan.erased)
    connection = commit.connection
    remember_rows(connection, plan.file.name, plan.changed, plan.rows)
    forget_rows(connection, plan.forgotten)
    if plan.erased:
        at, stopped = recorded[-1].recorded_at, client_key.stopped_episode
        stop_list.add(connection, [StopEntry(stopped(stream), False, at) for stream in plan.erased])
    return recorded[-1].position


def _counts(figure: Figure) -> tuple[object, ...]:
    return figure.numerator, figure.denominator, figure.matured, figure.parts, figure.waiting


def _effects(before: Snapshot, after: Snapshot, as_of: date, agency: str) -> list[Effect]:
    """Every measure of everybody, and of the file's own agency, as of the last day that the file covers."""
    return [
        Effect(*pair)
        for slice_ in (Slice(), Slice(agency=agency))
        for pair in zip(_figures(before, as_of, slice_), _figures(after, as_of, slice_), strict=True)
    ]


def _figures(snapshot: Snapshot, as_of: date, slice_: Slice) -> list[Figure]:
    return snapshot.figures(MEASURES, snapshot.standpoint(as_of), slice_)


@dataclass
class FileOutcome:
    """What became of a file, and, of a dry run, what it would do to the figures."""

    submission: Submission
    effects: Sequence[Effect] = ()

    def document(self, *, names: bool = True) -> dict[str, Any]:
        """The file as JSON. Without `names`, the episodes that it does not have are only counted."""
        document = self.submission.document()
        if not names:
            document |= {"episodes_not_in_file": None, "withdrawn_episodes": None}
        if self.submission.dry_run:
            document["effects"] = [effect.document() for effect in self.effects]
        return document


@dataclass
class Intake:
    """Takes files in that somebody sends, one commit each, and knows what became of those before.

    Without `raw_files`, monthly files must have been prepared where they come from. A dry run also says what a file
    would do to the figures, unless `effects` is false.
    """

    services: Services
    actor: str
    role: str
    accept_withdrawals: bool = False
    dry_run: bool = False
    raw_files: bool = True
    effects: bool = True
    outcomes: list[FileOutcome] = field(default_factory=list)

    def take(self, line: ManifestLine, progress: Progress | None = None) -> FileOutcome:
        """Take one file in, or try it; `progress` is told how many of its episodes are checked. Raises as `take_in`."""
        services = self.services
        receipt = Receipt(line.received_on, today(), self.actor, self.role, self.dry_run)
        options = FileOptions(line.complete, self.accept_withdrawals, self.raw_files)
        if self.dry_run and self.effects:
            outcome = FileOutcome(*preview_effects(services, line.path, receipt, options, progress))
        else:
            register, client_key = services.register, services.client_key
            outcome = FileOutcome(take_in(register, client_key, line.path, receipt, options, progress))
        self.outcomes.append(outcome)
        return outcome

    def take_archive(self, lines: Sequence[ManifestLine], progress: Progress | None) -> None:
        """Take in the lines of a manifest; what was taken in before is passed over, so that one that was cut short can
        be run again.
        """
        for done, line in enumerate(lines):
            if progress:
                progress(done, len(lines))
            if before := self._received_before(line):
                self.outcomes.append(FileOutcome(before))
            else:
                self.take(line)

    def _received_before(self, line: ManifestLine) -> Submission | None:
        digest = sha256(line.path.read_bytes()).hexdigest()
        with reading(self.services.engine) as connection:
            knowledge = Knowledge.of(connection, self.services.mapper)
            recorded = knowledge.received_before(line.path.name, line.received_on, digest)
        if recorded is None:
            return None
        assert isinstance(recorded.event, SubmissionReceived)
        return received_before(recorded.event, recorded.position)

    def finish(self) -> bool:
        """Where consent ended, nothing of what was erased stays in the database's files; False if that has to wait."""
        erased = not self.dry_run and any(one.submission.erased for one in self.outcomes)
        return self.services.finish_erasure() if erased else True

    def document(self, may_name: Callable[[Submission], bool] = lambda _: True) -> dict[str, Any]:
        """What became of the files so far: SUBMIT of the JSON reference.

        `may_name` says of which submission the episodes may be named that its file does not have.
        """
        return {
            "submissions": [
                one.document(names=not one.submission.names_episodes or may_name(one.submission))
                for one in self.outcomes
            ]
        }
