"""Putting a backup back: the log as it was, those erased again who were erased since, and nobody let in who was not.

The log comes from the backup. Accounts, tokens and the trail of access are put back from it only where nothing newer is
left of them: an access database that goes on from the backup's trail stays, with whoever was closed or revoked since.
"""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

import sqlalchemy as sa

from domain.client import ClientKey
from domain.log.database import ACCESS, FOR_OWNER_ALONE, make_engine, reading, refresh_statistics, writing
from domain.log.mapper import JsonMapper
from domain.log.reading import last_position
from domain.log.tables import check_client_key, knows_client_key, setting
from domain.register import Register
from projections.store.generations import generation, is_current
from projections.store.migrations.version import PROGRAM, alembic_version, version_of
from web.auth import accounts
from web.auth.trail import grants
from web.auth.trail.grants import Ended
from web.commands.administration.accounts import Actor, hold_again, note_restored
from web.commands.commit import Receipt
from web.commands.records.erase import Erasure, erase_named
from web.stop_list import StopEntry
from web.tables import access, access_tables, account, log_tables, token, trail_head

from .backup import check_whole, copy_tables, opened
from .backup_refusals import refused
from .encryption import in_the_clear
from .remains import own_folder, place_for_copies

_MIGRATION: Final = "recount migrate"
"""Who took accounts and tokens over into the chain; when that was done, each database says in its own way."""


@dataclass(frozen=True)
class AccessKept:
    """What became of the access database: whether a newer one stays, how many lines its trail has beyond the backup's,
    which accounts and tokens ended since the backup was made, and whether they hold again.
    """

    stays: bool
    newer_lines: int
    ended: list[Ended]
    hold_again: bool


@dataclass(frozen=True)
class Restored:
    """A backup that was put back, who of it was erased again, and who may not come in any more."""

    file: str
    position: int
    erasure: Erasure
    access: AccessKept


@dataclass(frozen=True)
class Restoring:
    """What to put back, where to, when, and by whom.

    `newer` names an access database that is newer than the backup and lies elsewhere. With `hold_again`, whoever was
    closed or revoked since may come in again. `identity` is the file with the private key of an encrypted backup;
    `is_encrypted` says that it should be encrypted, since backups here are.
    """

    file: Path
    access_engine: sa.Engine
    client_key: ClientKey
    database_file: Path | None
    actor: str
    role: str
    at: datetime
    today: date
    newer: str | None = None
    hold_again: bool = False
    identity: Path | None = None
    is_encrypted: bool = False


@dataclass(frozen=True)
class _Backup:
    """A backup to read: its log, and its accounts, tokens and trail of access."""

    log: sa.Connection
    access: sa.Connection


def restore(register: Register, restoring: Restoring, stopped: Iterable[StopEntry]) -> Restored:
    """Put a backup into an empty database, and erase again whom the stop-list names: in one commit, so that nobody
    sees them in between. What an earlier version wrote is brought up to this one's. All sessions end.

    The access database is done before the log: should this be cut short in between, it can be done again.

    Raises:
        Refused: the database is not empty, the file is no whole backup of this or an earlier version or cannot be
            opened with this key, or the newer trail of access does not go on from the backup's.
        WrongClientKey: the backup was filled with another client key.
    """
    with reading(register.engine) as connection:
        _check_empty(connection, restoring.file)
    place = place_for_copies(restoring.database_file)
    with in_the_clear(restoring.file, restoring.identity, place, expected=restoring.is_encrypted) as file:
        restored = _put_back(register, replace(restoring, file=file), stopped)
    return replace(restored, file=str(restoring.file))


def _put_back(register: Register, restoring: Restoring, stopped: Iterable[StopEntry]) -> Restored:
    with _of_this_version(restoring, register.mapper) as backup:
        _check(backup, restoring)
        kept = _put_back_access(backup, restoring)
        with register.recording() as recording:
            connection = recording.connection
            _check_empty(connection, restoring.file)
            for table in (generation, setting, alembic_version):
                connection.execute(table.delete())
            copy_tables(backup.log, connection, log_tables())
            _number_on(connection, log_tables())
            refresh_statistics(connection, log_tables())
            check_client_key(connection, restoring.client_key.check_value())
            position = last_position(connection)
            receipt = Receipt(restoring.today, restoring.today, restoring.actor, restoring.role)
            erasure = erase_named(recording, register.mapper, restoring.client_key, stopped, receipt)
    return Restored(str(restoring.file), position, erasure, kept)


def _check_empty(connection: sa.Connection, file: Path) -> None:
    if last_position(connection):
        raise refused("database-not-empty", "The database has records already. Put a backup into an empty one.", file)


def _check(backup: _Backup, restoring: Restoring) -> None:
    """Whether the backup is whole, and of this client key: before anything is stored."""
    file = restoring.file
    _check_tables(backup.log, log_tables(), file)
    _check_tables(backup.access, access_tables(), file)
    knows_client_key(backup.log, restoring.client_key.check_value())
    check_whole(backup.log, file)


def _put_back_access(backup: _Backup, restoring: Restoring) -> AccessKept:
    """Accounts, tokens and trail: the newer ones where there are any, else the backup's."""
    by = Actor(restoring.actor, restoring.role)
    with writing(restoring.access_engine) as connection:
        stays = _is_used(connection)
        if restoring.newer is not None:
            if stays:
                text = "The database has accounts, tokens or a trail of access already, so that none can be put there."
                raise refused("database-not-empty", text, restoring.file)
            with _newer(restoring.newer, restoring.file) as newer:
                _check_tables(newer, access_tables(), restoring.file)
                copy_tables(newer, connection, access_tables())
            stays = True
        if stays:
            _check_goes_on(backup.access, connection, restoring.file)
        else:
            copy_tables(backup.access, connection, access_tables())
        _number_on(connection, access_tables())
        ended = grants.ended_since(backup.access, connection)
        lines = trail_head(connection).size - trail_head(backup.access).size
        accounts.end_all_sessions(connection)
        if restoring.hold_again:
            hold_again(connection, by, ended, restoring.at)
        note_restored(connection, by, restoring.at, last_position(backup.log), len(ended))
    return AccessKept(stays, max(lines, 0), ended, restoring.hold_again)


def _is_used(connection: sa.Connection) -> bool:
    """Whether anybody was given a way in, or used one."""
    return any(connection.execute(sa.select(table).limit(1)).first() for table in (account, token, access))


def _check_goes_on(before: sa.Connection, now: sa.Connection, file: Path) -> None:
    """Whether the trail that is there now begins as the backup's is.

    Lines by which a migration took over what it found are left out: a backup and its database may each have their own.
    """
    t = access.c
    newest = sa.select(t.number, t.hash).where(t.actor != _MIGRATION).order_by(t.number.desc()).limit(1)
    row = before.execute(newest).one_or_none()
    if row is None:
        return
    same = now.execute(sa.select(t.hash).where(t.number == row.number)).scalar()
    if same is None or bytes(same) != bytes(row.hash):
        raise refused(
            "trail-of-another",
            "The accounts and the trail of access that are there do not go on from those of the backup: they are of "
            "another database, or older. Put the backup where there are none, or beside its own.",
            file,
        )


@contextmanager
def _newer(name: str, file: Path) -> Iterator[sa.Connection]:
    """The access database that somebody names: its file, the file of the log that it lies beside, or an address."""
    if name.startswith("postgresql"):
        engine = make_engine(sa.make_url(name).set(drivername="postgresql+psycopg"))
    else:
        path = beside if (beside := Path(f"{name}{ACCESS}")).exists() else Path(name)
        address = f"file:{quote(str(path.absolute()))}?mode=ro"
        engine = sa.create_engine(
            "sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=sa.NullPool
        )
    try:
        with engine.connect() as connection:
            yield connection
    except sqlite3.DatabaseError as error:
        raise refused("trail-of-another", f"{name} cannot be read: {error}.", file) from error
    finally:
        engine.dispose()


@contextmanager
def _of_this_version(restoring: Restoring, mapper: JsonMapper) -> Iterator[_Backup]:
    """A backup to read; of one that another version made or counted a copy that is brought up to date, and goes again.

    Raises:
        Refused: it is no backup, or was made by a newer version.
    """
    file = restoring.file
    with opened(file) as source:
        version = version_of(source)
        counted_here = version == PROGRAM.newest and is_current(source)
    if version is None:
        raise refused("no-backup", f"{file} is no backup of Recount: it lacks its tables.", file)
    if counted_here:
        with opened(file) as source:
            yield _Backup(source, source)
        return
    if version != PROGRAM.newest and not PROGRAM.is_older(version):
        newer = f"{file} was made by a newer version of Recount. Put it back with that version, or a later one."
        raise refused("backup-of-another-version", newer, file)
    # Where the same records will lie in a moment; beside the backup, where the database is on a server.
    with own_folder(restoring.database_file or file) as folder:
        copy = folder / "copy"
        shutil.copyfile(file, copy)
        copy.chmod(FOR_OWNER_ALONE)
        _bring_up_to_date(copy, mapper)
        apart = folder / f"{copy.name}{ACCESS}"
        with opened(copy) as log, opened(apart if apart.exists() else copy) as beside:
            yield _Backup(log, beside)


def _bring_up_to_date(copy: Path, mapper: JsonMapper) -> None:
    from web.commands.administration.migrate import upgrade_and_rebuild

    engine = make_engine(f"sqlite:///{copy}")
    try:
        upgrade_and_rebuild(engine, mapper)
    finally:
        engine.dispose()


def _number_on(connection: sa.Connection, tables: Iterable[sa.Table]) -> None:
    """Let PostgreSQL give the numbers after those that were put back; SQLite looks at the rows themselves."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        if (column := table.autoincrement_column) is not None:
            counter = sa.func.pg_get_serial_sequence(table.name, column.name)
            last = sa.select(sa.func.max(column)).scalar_subquery()
            connection.execute(sa.select(sa.func.setval(counter, sa.func.coalesce(last, 1), last.is_not(None))))


def _check_tables(source: sa.Connection, tables: Iterable[sa.Table], file: Path) -> None:
    """Whether each of these tables is there as this version makes it."""
    inspector = sa.inspect(source)
    names = set(inspector.get_table_names())
    for table in tables:
        columns = {column["name"] for column in inspector.get_columns(table.name)} if table.name in names else set()
        if columns != {column.name for column in table.c}:
            raise refused(
                "backup-of-another-version",
                f"{file} was made by another version of Recount: its table '{table.name}' has other columns, or is "
                "not there. Put it back with the version that made it.",
                file,
            )
