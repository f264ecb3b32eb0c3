"""A backup is one SQLite file with every table, whichever database it was made of, so it can be put back into either.

It holds the log with everything that can still be read in it, and no key: the keys and the stop-list are kept apart.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import quote

import sqlalchemy as sa

from domain.client import ClientKey
from domain.errors import RecountError, Refused
from domain.log.audit import faults
from domain.log.database import database_errors, insert_many, make_engine, reading
from domain.log.mapper import JsonMapper
from domain.log.reading import last_position
from domain.log.tables import check_client_key, metadata, setting
from domain.register import Register
from projections.store.generations import generation
from projections.store.migrations.version import PROGRAM, alembic_version, version_of
from web.commands.commit import Receipt
from web.commands.erase import Erasure, erase_named
from web.queries.result import Result
from web.stop_list import StopEntry
from web.tables import access, account, all_tables, token

REFUSALS: Final = {
    "file-exists": "There is a file of the backup's name already.",
    "no-backup": "The file is no backup of Recount.",
    "backup-of-another-version": "The backup's tables are not those of this version.",
    "backup-damaged": "The backup's log is not what was written.",
    "database-not-empty": "The database that the backup should be put into is not empty.",
}
"""Why a backup is not made or not put back, by code; nothing is stored then."""

_FOR_OWNER_ALONE: Final = 0o600
_PAGE: Final = 5000
"""Rows copied at a time."""
_NAMED: Final = 3
"""Faults of a damaged backup that are told."""


class Backup(Result, frozen=True):
    """A backup file: its size in bytes, its SHA-256, and the position of the last event in it."""

    file: str
    position: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Restored:
    """A backup that was put back, and who of it was erased again."""

    file: str
    position: int
    erasure: Erasure


def backup(engine: sa.Engine, file: Path) -> Backup:
    """Write a backup, whole and on the disk, or nothing; submissions go on meanwhile and are not in it.

    Raises:
        Refused: there is such a file already.
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: no backup was made.
        OSError: the file cannot be written.
    """
    if file.exists():
        raise _refused("file-exists", f"{file} is there already. Name another file; a backup overwrites none.", file)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FOR_OWNER_ALONE))
    try:
        _write(engine, draft)
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
            sha256 = file_digest(written, "sha256").hexdigest()
        with _opened(draft) as connection:
            made = Backup(str(file), last_position(connection), draft.stat().st_size, sha256)
        os.link(draft, file)
    except FileExistsError:
        raise _refused("file-exists", f"{file} is there by now. Name another file.", file) from None
    finally:
        draft.unlink()
    return made


def _write(engine: sa.Engine, draft: Path) -> None:
    if engine.dialect.name == "sqlite":
        with database_errors(engine), closing(engine.raw_connection()) as pooled:
            driver: Any = pooled.driver_connection
            driver.execute("VACUUM INTO ?", (str(draft),))
        return
    copy = sa.create_engine(sa.URL.create("sqlite", database=str(draft)))
    try:
        with reading(engine) as source, copy.begin() as target:
            metadata.create_all(target)
            _copy(source, target, all_tables())
    finally:
        copy.dispose()


def _copy(source: sa.Connection, target: sa.Connection, tables: Iterable[sa.Table]) -> None:
    for table in tables:
        rows = source.execution_options(yield_per=_PAGE).execute(sa.select(table).order_by(*table.primary_key))
        for page in rows.partitions():
            insert_many(target, table, [tuple(row) for row in page])


@contextmanager
def _opened(file: Path) -> Iterator[sa.Connection]:
    """A backup to read, without a trace beside it.

    Raises:
        Refused: it is no SQLite database.
    """
    address = f"file:{quote(str(file.absolute()))}?mode=ro&immutable=1"
    engine = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    except (sa.exc.DatabaseError, sqlite3.DatabaseError) as error:
        raise _refused("no-backup", f"{file} is no backup of Recount, or it is damaged: {error}.", file) from error
    finally:
        engine.dispose()


def restore(
    register: Register,
    client_key: ClientKey,
    file: Path,
    stopped: Iterable[StopEntry],
    today: date,
    *,
    actor: str,
    role: str,
) -> Restored:
    """Put a backup into an empty database, and erase again whom the stop-list names: in one commit, so that nobody
    sees them in between. What an earlier version wrote is brought up to this one's.

    Raises:
        Refused: the database is not empty, or the file is no whole backup of this or an earlier version.
        WrongClientKey: the backup was filled with another client key.
    """
    with register.recording() as recording:
        connection = recording.connection
        if last_position(connection) or _is_used(connection):
            raise _refused(
                "database-not-empty",
                "The database has records, accounts or tokens already. Put a backup into an empty one.",
                file,
            )
        with _of_this_version(file, register.mapper) as source:
            tables = _tables_of(source, file)
            for table in (generation, setting, alembic_version):
                connection.execute(table.delete())
            _copy(source, connection, tables)
        _number_on(connection, tables)
        check_client_key(connection, client_key.check_value())
        if damage := list(islice(faults(connection), _NAMED)):
            raise _refused("backup-damaged", f"{file} is not what was written: {' '.join(damage)}", file)
        position = last_position(connection)
        receipt = Receipt(today, today, actor, role)
        erasure = erase_named(recording, register.mapper, client_key, stopped, receipt)
    return Restored(str(file), position, erasure)


@contextmanager
def _of_this_version(file: Path, mapper: JsonMapper) -> Iterator[sa.Connection]:
    """A backup to read; of one that an earlier version made a copy that is brought up to date, and goes again.

    Raises:
        Refused: it is no backup, or was made by a newer version.
    """
    with _opened(file) as source:
        version = version_of(source)
    if version is None:
        raise _refused("no-backup", f"{file} is no backup of Recount: it lacks its tables.", file)
    if version == PROGRAM.newest:
        with _opened(file) as source:
            yield source
        return
    if not PROGRAM.is_older(version):
        newer = f"{file} was made by a newer version of Recount. Put it back with that version, or a later one."
        raise _refused("backup-of-another-version", newer, file)
    # Beside the file: the copy says what the file says, so it belongs where that is allowed to lie.
    with TemporaryDirectory(dir=file.parent, prefix=f"{file.name}.") as folder:
        copy = Path(folder) / "copy"
        shutil.copyfile(file, copy)
        _bring_up_to_date(copy, mapper)
        with _opened(copy) as source:
            yield source


def _bring_up_to_date(copy: Path, mapper: JsonMapper) -> None:
    from web.commands.migrate import upgrade_and_rebuild

    engine = make_engine(f"sqlite:///{copy}")
    try:
        upgrade_and_rebuild(engine, mapper)
    finally:
        engine.dispose()


def _is_used(connection: sa.Connection) -> bool:
    """Whether anybody was given a way in, or used one."""
    return any(connection.execute(sa.select(table).limit(1)).first() for table in (account, token, access))


def _number_on(connection: sa.Connection, tables: Iterable[sa.Table]) -> None:
    """Let PostgreSQL give the numbers after those that were put back; SQLite looks at the rows themselves."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        if (column := table.autoincrement_column) is not None:
            counter = sa.func.pg_get_serial_sequence(table.name, column.name)
            last = sa.select(sa.func.max(column)).scalar_subquery()
            connection.execute(sa.select(sa.func.setval(counter, sa.func.coalesce(last, 1), last.is_not(None))))


def _tables_of(source: sa.Connection, file: Path) -> list[sa.Table]:
    """Our tables, each of which the backup has as this version makes it."""
    inspector = sa.inspect(source)
    names = set(inspector.get_table_names())
    for table in all_tables():
        columns = {column["name"] for column in inspector.get_columns(table.name)} if table.name in names else set()
        if columns != {column.name for column in table.c}:
            raise _refused(
                "backup-of-another-version",
                f"{file} was made by another version of Recount: its table '{table.name}' has other columns, or is "
                "not there. Put it back with the version that made it.",
                file,
            )
    return all_tables()


def _refused(code: str, message: str, file: Path) -> RecountError:
    return Refused(code, message, file.name)
