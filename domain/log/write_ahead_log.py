"""SQLite's write-ahead log: its file is given back after a large commit, so that its room on the disk is free again.

SQLite itself writes on from the file's beginning, and lets it stay as large as it ever was.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

KEPT = 16 << 20
"""Bytes: a file that has grown beyond is given back once nobody reads what it holds."""

_FOR_READERS = 100
"""Milliseconds that giving it back waits for readers, while no other writer can begin."""


@contextmanager
def giving_back(engine: sa.Engine) -> Iterator[None]:
    """Give the file back after what is written inside, if it is large; whoever does so has the writer's turn.

    Whoever still reads what it holds is not waited for: then it goes with a later commit.
    """
    try:
        yield
    finally:
        if engine.dialect.name == "sqlite" and _size(engine) > KEPT:
            with suppress(sqlite3.Error, sa.exc.SQLAlchemyError):  # what was committed is committed
                _empty(engine)


def _size(engine: sa.Engine) -> int:
    """How many bytes the file has; 0 where there is none."""
    try:
        return Path(f"{engine.url.database}-wal").stat().st_size
    except OSError:
        return 0


def _empty(engine: sa.Engine) -> None:
    with closing(engine.raw_connection()) as pooled:
        driver: Any = pooled.driver_connection
        (wait,) = driver.execute("PRAGMA busy_timeout").fetchone()
        driver.execute(f"PRAGMA busy_timeout={_FOR_READERS}")
        try:
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            driver.execute(f"PRAGMA busy_timeout={wait}")
