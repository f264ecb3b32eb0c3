"""A backup is one SQLite file with every table, whichever database it was made of, so it can be put back into either.

It holds the log with everything that can still be read in it, and after it the access database; and no key: the keys
and the stop-list are kept apart.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import sqlalchemy as sa

from domain.log.audit import faults
from domain.log.database import FOR_OWNER_ALONE, database_errors, insert_many, reading
from domain.log.reading import last_position
from domain.log.tables import access_metadata, metadata
from projections.store.migrations.version import PROGRAM, version_of
from web.queries.result import Result
from web.tables import access_tables, log_tables

from .backup_refusals import refused
from .encryption import Encryption, encrypt, in_the_clear
from .remains import own_folder

_PAGE: Final = 5000
"""Rows copied at a time."""
_NAMED: Final = 3
"""Faults of a damaged backup that are told."""


class Backup(Result, frozen=True):
    """A backup file: its size in bytes, its SHA-256, the position of the last event in it, whether it is encrypted."""

    file: str
    position: int
    bytes: int
    sha256: str
    encrypted: bool


def backup(
    engine: sa.Engine,
    beside: sa.Engine | None,
    file: Path,
    encryption: Encryption | None = None,
    *,
    read_back: bool = False,
) -> Backup:
    """Write a backup, whole and on the disk, or nothing; submissions go on meanwhile and are not in it.

    `beside` is the access database; None for a database of an earlier version that had none, which is copied as it is.
    With `encryption` nothing that is not encrypted is written beside the file. With `read_back` every event is held
    against its commitment and the tree before the file has its name.

    Raises:
        Refused: there is such a file already; or what was read back is not what was written.
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: no backup was made.
        OSError: the file cannot be written.
    """
    if file.exists():
        raise refused("file-exists", f"{file} is there already. Name another file; a backup overwrites none.", file)
    with _draft_of(file) as draft:
        if encryption is None:
            position = _put_together(engine, beside, draft, read_back=read_back)
            sha256 = _sha256(draft)
        else:
            with own_folder(encryption.beside) as folder:
                plain = new_file(folder / "backup")
                position = _put_together(engine, beside, plain, read_back=read_back)
                sha256 = encrypt(plain, draft, encryption.recipients)
            if read_back and _sha256(draft) != sha256:
                raise refused("backup-damaged", f"{file} cannot be read as it was written.", file)
        made = Backup(str(file), position, draft.stat().st_size, sha256, encryption is not None)
        try:
            os.link(draft, file)
        except FileExistsError:
            raise refused("file-exists", f"{file} is there by now. Name another file.", file) from None
    return made


@contextmanager
def _draft_of(file: Path) -> Iterator[Path]:
    """A new file beside it that its owner alone can open; it goes in the end."""
    draft = new_file(file.with_name(f"{file.name}.{os.getpid()}"))
    try:
        yield draft
    finally:
        draft.unlink()


def new_file(path: Path) -> Path:
    """An empty file that its owner alone can open."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FOR_OWNER_ALONE))
    return path


def _sha256(file: Path) -> str:
    with file.open("rb") as written:
        return file_digest(written, "sha256").hexdigest()


def _put_together(engine: sa.Engine, beside: sa.Engine | None, draft: Path, *, read_back: bool) -> int:
    """Write every table into a file and see that it is on the disk; the position of the last event."""
    _write(engine, beside, draft)
    with draft.open("rb+") as written:
        os.fsync(written.fileno())
    with opened(draft) as connection:
        if read_back:
            check_whole(connection, draft)
        return last_position(connection)


def check(file: Path, identity: Path | None, place: Path) -> Backup:
    """Whether a backup opens, with the private key in the file `identity` where it is encrypted, and is whole.

    Raises:
        Refused: it does not, or is not; it is of another version; or there is no such key.
    """
    with in_the_clear(file, identity, place) as plain, opened(plain) as connection:
        if (version := version_of(connection)) is None:
            raise refused("no-backup", f"{file} is no backup of Recount: it lacks its tables.", file)
        if version != PROGRAM.newest:
            text = f"{file} was made by another version of Recount. Look at it with that version, or put it back."
            raise refused("backup-of-another-version", text, file)
        check_whole(connection, file)
        position = last_position(connection)
    return Backup(str(file), position, file.stat().st_size, _sha256(file), identity is not None)


def check_whole(connection: sa.Connection, file: Path) -> None:
    """Whether every event of a backup is the one that its commitment and the tree are of; raises Refused."""
    if damage := list(islice(faults(connection), _NAMED)):
        raise refused("backup-damaged", f"The backup is not what was written: {' '.join(damage)}", file)


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
