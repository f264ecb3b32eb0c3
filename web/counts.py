"""What is counted so that nobody does it too often, by all processes of the service together, and over their ends.

It lies in a place of its own, where nobody waits for whoever writes to the database: beside a SQLite database in a
file, on a server in a table that is locked for one key at a time. It is no part of a backup, and may be deleted while
nothing runs. Whoever counts gives keys that name nobody.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Final

import sqlalchemy as sa
from limits.storage import MovingWindowSupport, Storage

from domain.log.database import database_errors

BESIDE: Final = ".limits"
"""What the name of the file has after the database's own."""
_OWNER_ALONE: Final = 0o600
_WAIT: Final = 10
"""Seconds until whoever counts gives up; each takes a fraction of a millisecond."""
_AHEAD: Final = 1.0
"""Seconds by which the clock of another machine may be ahead. What is later was counted before our clock was set back,
and is forgotten: it would keep people out until the clock has caught up.
"""

_TABLES: Final = (
    "CREATE {0} TABLE IF NOT EXISTS recount_hit (key TEXT NOT NULL, at {1} NOT NULL, until {1} NOT NULL)",
    "CREATE INDEX IF NOT EXISTS recount_hit_of_key ON recount_hit (key, at)",
    "CREATE INDEX IF NOT EXISTS recount_hit_until ON recount_hit (until)",
)
_FORGET = sa.text("DELETE FROM recount_hit WHERE until < :now OR at > :ahead")
_COUNTED = sa.text("SELECT at FROM recount_hit WHERE key = :key AND at > :since AND at <= :ahead ORDER BY at DESC")
_HIT = sa.text("INSERT INTO recount_hit (key, at, until) VALUES (:key, :now, :until)")
_CLEAR = sa.text("DELETE FROM recount_hit WHERE key = :key")
_GIVE_BACK = sa.text(
    "DELETE FROM recount_hit WHERE key = :key AND at = (SELECT max(at) FROM recount_hit WHERE key = :key)"
)
_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


class SharedCounts(Storage, MovingWindowSupport):
    """The moments at which something was done, by key; `limits` works out whether it may be done again."""

    STORAGE_SCHEME = None

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__()
        self._database = engine
        self._lock = Lock()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Whether so many more fit into the window that ends now; if so, they are counted."""
        now = time.time()
        with self._counting(key) as connection:
            connection.execute(_FORGET, {"now": now, "ahead": now + _AHEAD})
            if len(self._counted(connection, key, expiry, now)) + amount > limit:
                return False
            row = {"key": key, "now": now, "until": now + expiry}
            connection.execute(_HIT, [row] * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest of the newest `limit` was, and how many these are."""
        now = time.time()
        with database_errors(self._engine), self._engine.connect() as connection:
            moments = self._counted(connection, key, expiry, now)[:limit]
        return (moments[-1] if moments else now), len(moments)

    def give_back(self, key: str) -> None:
        """The newest is not counted after all."""
        with self._counting(key) as connection:
            connection.execute(_GIVE_BACK, {"key": key})

    def clear(self, key: str) -> None:
        """Forget all of this key."""
        with self._counting(key) as connection:
            connection.execute(_CLEAR, {"key": key})

    def close(self) -> None:
        """Let go of the file, if there is one."""
        if self._engine is not self._database:
            self._engine.dispose()

    @staticmethod
    def _counted(connection: sa.Connection, key: str, expiry: int, now: float) -> list[float]:
        within = {"key": key, "since": now - expiry, "ahead": now + _AHEAD}
        return list(connection.execute(_COUNTED, within).scalars())

    @contextmanager
    def _counting(self, key: str) -> Iterator[sa.Connection]:
        """A transaction in which nobody else counts this key."""
        with database_errors(self._engine), self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(_LOCK, {"key": key})
            yield connection

    @property
    def _engine(self) -> sa.Engine:
        with self._lock:
            return self._opened

    @cached_property
    def _opened(self) -> sa.Engine:
        """Where it lies, made when something is first counted."""
        if self._database.dialect.name == "postgresql":
            # What is lost when the server crashes is the counts of an hour.
            _make(self._database, "UNLOGGED")
            return self._database
        engine = _beside(Path(f"{self._database.url.database}{BESIDE}"))
        _make(engine, "")
        return engine

    # What the library asks of other ways to count, which nobody here chooses.

    base_exceptions = sa.exc.SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Not offered."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """Not offered."""
        raise NotImplementedError

    def get_expiry(self, key: str) -> float:
        """Not offered."""
        raise NotImplementedError

    def check(self) -> bool:
        """Whether it can be reached."""
        return self._engine is not None

    def reset(self) -> int | None:
        """Not offered."""
        raise NotImplementedError


def _make(engine: sa.Engine, kind: str) -> None:
    with database_errors(engine), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(_LOCK, {"key": "recount_hit"})  # or two that make it at once fail
        for statement in _TABLES:
            connection.execute(sa.text(statement.format(kind, "DOUBLE PRECISION")))


def _beside(file: Path) -> sa.Engine:
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNER_ALONE))
    engine = sa.create_engine(f"sqlite:///{file}", connect_args={"timeout": _WAIT})

    @sa.event.listens_for(engine, "connect")
    def _prepare(driver: Any, _record: object) -> None:
        driver.isolation_level = None
        driver.execute("PRAGMA journal_mode=WAL")
        driver.execute("PRAGMA synchronous=NORMAL")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
