"""Whose turn it is to verify: one process of all that have this database, on this machine and on others.

The lock is the kernel's or the database server's, and goes with the process that holds it, however that ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from domain.log.database import database_errors

BESIDE: Final = ".verifying"
"""What the name of the file has after the database's own. It is empty, and no part of a backup."""
VERIFIER: Final = 730_042
"""The advisory lock on PostgreSQL: any number but the writer's."""
_OWNER_ALONE: Final = 0o600

_KEY: Final = sa.literal(VERIFIER), sa.func.hashtext(sa.func.current_schema())


@contextmanager
def alone(engine: sa.Engine) -> Iterator[bool]:
    """Whether no other process verifies; if so, none begins to until this is left.

    Raises:
        DatabaseUnavailable: the server cannot be reached.
    """
    held = _on_server(engine) if engine.dialect.name == "postgresql" else _beside(engine.url.database or "")
    with held as is_alone:
        yield is_alone


@contextmanager
def _beside(database: str) -> Iterator[bool]:
    place = os.open(database + BESIDE, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, _OWNER_ALONE)
    try:
        yield _has_locked(place)
    finally:
        os.close(place)


def _has_locked(place: int) -> bool:
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _on_server(engine: sa.Engine) -> Iterator[bool]:
    # A connection of its own, with no transaction on it that would keep the server from tidying up.
    with database_errors(engine), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_alone = bool(connection.execute(sa.select(sa.func.pg_try_advisory_lock(*_KEY))).scalar_one())
        try:
            yield is_alone
        finally:
            if is_alone:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(*_KEY)))
