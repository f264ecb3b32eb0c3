"""SQLite's write-ahead log: after a large commit its file is given back, or once nobody reads what it holds."""

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.log.database import reading, writing
from domain.log.write_ahead_log import KEPT

LARGE = 3 * KEPT


@pytest.fixture
def engine(tmp_path: Path, new_engine: Callable[..., sa.Engine]) -> sa.Engine:
    engine = new_engine(f"sqlite:///{tmp_path / 'recount.db'}")
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE t (data BLOB)")
    return engine


def _write(engine: sa.Engine, size: int) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (zeroblob(?))", (size,))


def _size(engine: sa.Engine) -> int:
    return Path(f"{engine.url.database}-wal").stat().st_size


@contextmanager
def _reader_elsewhere(engine: sa.Engine) -> Iterator[None]:
    """Another process that reads, and holds its snapshot."""
    script = textwrap.dedent("""
        import sys
        from domain.log.database import make_engine, reading
        with reading(make_engine(sys.argv[1])) as connection:
            connection.exec_driver_sql("SELECT count(*) FROM t").scalar()
            print("reads", flush=True)
            sys.stdin.read()
    """)
    command = [sys.executable, "-c", script, str(engine.url)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "reads\n"
        yield
        process.communicate()


def test_after_a_large_commit_it_is_small(engine: sa.Engine) -> None:
    with engine.connect():  # the last to leave would take it away altogether
        _write(engine, LARGE)
        assert _size(engine) <= KEPT


def test_with_readers_open_it_is_small_after_the_next_commit(engine: sa.Engine) -> None:
    with engine.connect(), _reader_elsewhere(engine):
        _write(engine, LARGE)
        assert _size(engine) > LARGE
        _write(engine, 1)  # nobody waits for the reader
        assert _size(engine) > LARGE
    with engine.connect():
        _write(engine, 1)
        assert _size(engine) <= KEPT


def test_readers_go_on(engine: sa.Engine) -> None:
    with reading(engine) as connection:
        count = "SELECT count(*) FROM t"
        assert connection.exec_driver_sql(count).scalar() == 0
        _write(engine, LARGE)
        assert connection.exec_driver_sql(count).scalar() == 0
    with reading(engine) as connection:
        assert connection.exec_driver_sql(count).scalar() == 1


def test_a_trial_that_is_rolled_back_leaves_none(engine: sa.Engine) -> None:
    with engine.connect():
        with writing(engine, keep=False) as connection:
            connection.exec_driver_sql("INSERT INTO t VALUES (zeroblob(?))", (80 << 20,))
        assert _size(engine) <= KEPT
