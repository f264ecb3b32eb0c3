"""A backup is one SQLite file with every table, whichever database it was made of, so it can be put back into either.

It holds the log with everything that can still be read in it, and after it the access database; and no key: the keys
and the stop-list are kept apart.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import sqlalchemy as sa

from domain.errors import RecountError, Refused
from domain.log.database import FOR_OWNER_ALONE, database_errors, insert_many, reading
from domain.log.reading import last_position
from domain.log.tables import access_metadata, metadata
from web.queries.result import Result
from web.tables import access_tables, log_tables

REFUSALS: Final = {
    "file-exists": "There is a file of the backup's name already.",
    "folder-of-another": "The folder has the backups of another database.",
    "no-backup": "The file is no backup of Recount.",
    "backup-of-another-version": "The backup's tables are not those of this version.",
    "backup-damaged": "The backup's log is not what was written.",
    "database-not-empty": "The database that the backup should be put into is not empty.",
    "trail-of-another": "The newer trail of access is not one that the backup's goes on to.",
}
"""Why a backup is not made or not put back, by code; nothing is stored then."""

_PAGE: Final = 5000
"""Rows copied at a time."""


class Backup(Result, frozen=True):
    """A backup file: its size in bytes, its SHA-256, and the position of the last event in it."""

    file: str
    position: int
    bytes: int
    sha256: str


def backup(engine: sa.Engine, beside: sa.Engine | None, file: Path) -> Backup:
    """Write a backup, whole and on the disk, or nothing; submissions go on meanwhile and are not in it.

    `beside` is the access database; None for a database of an earlier version that had none, which is copied as it is.

    Raises:
        Refused: there is such a file already.
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: no backup was made.
        OSError: the file cannot be written.
    """
    if file.exists():
        raise refused("file-exists", f"{file} is there already. Name another file; a backup overwrites none.", file)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FOR_OWNER_ALONE))
    try:
        _write(engine, beside, draft)
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
            sha256 = file_digest(written, "sha256").hexdigest()
        with opened(draft) as connection:
            made = Backup(str(file), last_position(connection), draft.stat().st_size, sha256)
        os.link(draft, file)
    except FileExistsError:
        raise refused("file-exists", f"{file} is there by now. Name another file.", file) from None
    finally:
        draft.unlink()
    return made


def _write(engine: sa.Engine, beside: sa.Engine | None, draft: Path) -> None:
    """The log first: so the trail is never shorter than the heads say that were signed with it."""
    if engine.dialect.name == "sqlite":
        with database_errors(engine), closing(engine.raw_connection()) as pooled:
            driver: Any = pooled.driver_connection
            driver.execute("VACUUM INTO ?", (str(draft),))
    copy = sa.create_engine(sa.URL.create("sqlite", database=str(draft)))
    try:
        if engine.dialect.name != "sqlite":
            with reading(engine) as source, copy.begin() as target:
                metadata.create_all(target)
                copy_tables(source, target, log_tables())
        if beside is not None:
            with reading(beside) as source, copy.begin() as target:
                access_metadata.create_all(target)
                copy_tables(source, target, access_tables())
    finally:
        copy.dispose()


def copy_tables(source: sa.Connection, target: sa.Connection, tables: Iterable[sa.Table]) -> None:
    """Copy every row of these tables, which the target has and which are empty in it."""
    for table in tables:
        rows = source.execution_options(yield_per=_PAGE).execute(sa.select(table).order_by(*table.primary_key))
        for page in rows.partitions():
            insert_many(target, table, [tuple(row) for row in page])


@contextmanager
def opened(file: Path) -> Iterator[sa.Connection]:
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
        raise refused("no-backup", f"{file} is no backup of Recount, or it is damaged: {error}.", file) from error
    finally:
        engine.dispose()


def refused(code: str, message: str, file: Path) -> RecountError:
    """Why a backup is not made or not put back."""
    return Refused(code, message, file.name)
