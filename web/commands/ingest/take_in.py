"""Taking a file in: planned and stored in one commit under the writer's lock, or not at all; a dry run is the plan."""

from typing import Final

from domain.client import ClientKey
from domain.log.database import reading
from domain.register import Register
from web import stop_list
from web.commands.commit import Commit, Receipt, check_order, check_receipt, locked_commit
from web.commands.known import Knowledge, forget_rows, remember_rows
from web.files.file_names import parse_name, refuse_raw
from web.files.reading import File, check_key, read_path
from web.files.uploads import SentFile
from web.stop_list import StopEntry

from .checking import Progress
from .plan import FileOptions, FilePlan, plan_file
from .submission import Submission, already_received

DEFAULT_OPTIONS: Final = FileOptions()


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
