"""Brings the tables of an earlier version up to this program's, all of the way in one transaction, or not at all.

The read models are made anew from the log: a script that changes one drops them all, they are left empty here, and
whoever calls this rebuilds them. So they are where their tables are those of this program, and what they were counted
by is not (`generations`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from domain.errors import MigrationFailed
from domain.log.database import writing
from domain.log.tables import metadata
from projections.store import generations, tables
from projections.store.generations import generation

from .version import PROGRAM, History, another_version, make


@dataclass(frozen=True, slots=True)
class MigrationStep:
    """One version that was reached, and what changed on the way to it."""

    version: str
    change: str


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What was done: from which version to which, and whether the read models have to be made anew."""

    before: str
    now: str
    steps: list[MigrationStep]
    needs_rebuild: bool


def upgrade(engine: sa.Engine, history: History = PROGRAM) -> Upgraded:
    """Take every step to the newest version; it says whether a rebuild is needed, until there was one.

    Raises:
        DatabaseOfAnotherVersion: the database is newer than the program.
        MigrationFailed: a step went wrong; the database is as it was.
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: the database is as it was; the text says what to do.
    """
    try:
        with writing(engine) as connection:
            before = make(connection, history)
            if before != history.newest and not history.is_older(before):
                raise another_version(engine, older=False)
            steps = take_steps(connection, history) if before != history.newest else []
            make_missing(connection)
            is_current = generations.is_current(connection)
    except sa.exc.SQLAlchemyError as error:
        raise MigrationFailed(
            f"Migrating the database failed, and nothing in it was changed ({_first_line(error)}). Go on with the "
            "version of Recount that wrote it, and report this."
        ) from error
    return Upgraded(before, history.newest, steps, needs_rebuild=not is_current)


def take_steps(connection: sa.Connection, history: History = PROGRAM) -> list[MigrationStep]:
    """Take the steps in the connection's transaction, which is the writer's."""
    taken: list[MigrationStep] = []
    scripts = ScriptDirectory(Path(__file__).parent, version_locations=history.folders)

    def note(*, step: Any, **_: object) -> None:
        taken.append(MigrationStep(step.up_revision_id, step.up_revision.doc))

    def way(version: Any, _context: MigrationContext) -> Any:
        return scripts._upgrade_revs("head", version)  # noqa: SLF001  as Alembic's own command does

    context = MigrationContext.configure(connection, opts={"fn": way, "script": scripts, "on_version_apply": [note]})
    with Operations.context(context):
        context.run_migrations()
    return taken


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


READ_MODELS: Final = (
    tables.submission, tables.contract, tables.episode, tables.standing, tables.slice_of, tables.erased,
)  # fmt: skip


def drop_read_models(connection: sa.Connection) -> None:
    """For a script: from here the read models have no rows that the next version would not understand."""
    metadata.drop_all(connection, READ_MODELS)


def make_missing(connection: sa.Connection) -> None:
    """Make the tables that a script dropped, or an earlier version did not have. Then no generation can be read."""
    names = set(sa.inspect(connection).get_table_names())
    missing = [table for table in READ_MODELS if table.name not in names]
    if missing:
        metadata.create_all(connection, missing)
        connection.execute(generation.update().values(live=False))
