"""A busy, full, unreachable or foreign database is one clear sentence, and stores nothing."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.errors import DatabaseBusy, DatabaseFull, DatabaseUnavailable, WrongClientKey
from domain.log.database import MAPPED, MAPPED_WIDELY, make_engine, reading, writing
from domain.log.mapper import JsonMapper
from domain.log.reading import events_by_stream, last_position
from domain.log.tables import check_client_key, create_all, metadata
from tests.conftest import Clock

from .events import a_register, started

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


def test_a_second_writer_waits_its_time_and_is_told(
    database_url: str, engine: sa.Engine, clock: Clock, new_engine: Callable[..., sa.Engine]
) -> None:
    impatient = a_register(new_engine(database_url, wait=1), clock)
    with writing(engine), pytest.raises(DatabaseBusy, match="Nothing was stored; try again later"):
        impatient.submit([started(1)])
    assert [r.position for r in impatient.submit([started(1)])] == [1]


def test_readers_do_not_wait_for_a_writer(
    database_url: str, engine: sa.Engine, clock: Clock, new_engine: Callable[..., sa.Engine]
) -> None:
    with (
        a_register(engine, clock).recording() as recording,
        reading(new_engine(database_url, wait=1)) as connection,
    ):
        recording.append([started(1)])
        assert last_position(connection) == 0


def test_two_processes_may_start_on_an_empty_database_at_once(
    database_url: str, new_engine: Callable[..., sa.Engine]
) -> None:
    code = (
        "import sys; from domain.log.database import make_engine; from domain.log.tables import create_all; "
        "print('ready', flush=True); sys.stdin.readline(); create_all(make_engine(sys.argv[1]))"
    )
    command = [sys.executable, "-W", "ignore", "-c", code, database_url]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    answers = [process.communicate("go\n", timeout=60) for process in processes]
    assert [(p.returncode, stderr) for p, (_, stderr) in zip(processes, answers, strict=True)] == [(0, "")] * 4
    assert "log" in sa.inspect(new_engine(database_url)).get_table_names()


def test_making_the_tables_again_changes_nothing(engine: sa.Engine, clock: Clock) -> None:
    a_register(engine, clock).submit([started(1)])
    create_all(engine)
    with reading(engine) as connection:
        assert last_position(connection) == 1
        assert set(metadata.tables) <= set(sa.inspect(connection).get_table_names())


@on_sqlite
def test_a_full_disk(engine: sa.Engine, clock: Clock) -> None:
    """SQLite's own limit on the number of pages answers as a full disk does."""
    register = a_register(engine, clock)
    register.submit([started(1)])

    def limit(driver: sqlite3.Connection, _: object) -> None:
        pages = driver.execute("PRAGMA page_count").fetchone()[0]
        driver.execute(f"PRAGMA max_page_count={pages + 4}")

    sa.event.listen(engine, "connect", limit)
    engine.dispose()
    with pytest.raises(DatabaseFull, match="make room and try again"):
        register.submit([started(2, version) for version in range(1, 2000)])
    with reading(engine) as connection:
        assert last_position(connection) == 1


@on_postgresql
def test_a_full_disk_of_a_server(engine: sa.Engine) -> None:
    """The server's own words for it, which a test cannot provoke without filling a disk."""
    with pytest.raises(DatabaseFull, match="No space left on device"), writing(engine) as connection:
        connection.exec_driver_sql(
            "DO $$ BEGIN RAISE EXCEPTION 'extending: No space left on device' USING ERRCODE = 'disk_full'; END $$"
        )


def test_a_file_that_is_no_database(tmp_path: Path, new_engine: Callable[..., sa.Engine]) -> None:
    (tmp_path / "letter.db").write_text("Dear Sir or Madam, this is no database. " * 200)
    with pytest.raises(DatabaseUnavailable, match=r"letter\.db is not a SQLite database"):
        create_all(new_engine(f"sqlite:///{tmp_path / 'letter.db'}"))


def test_a_folder_that_is_not_there(tmp_path: Path, new_engine: Callable[..., sa.Engine]) -> None:
    with pytest.raises(DatabaseUnavailable, match="folder exists"):
        create_all(new_engine(f"sqlite:///{tmp_path / 'missing' / 'recount.db'}"))


def test_a_server_that_is_not_there(new_engine: Callable[..., sa.Engine]) -> None:
    engine = new_engine("postgresql+psycopg://user:secret@127.0.0.1:1/recount")
    with pytest.raises(DatabaseUnavailable, match="Check that the server runs") as caught, reading(engine):
        pass
    assert "secret" not in str(caught.value)


@on_postgresql
def test_a_database_that_the_server_does_not_have(database_url: str, new_engine: Callable[..., sa.Engine]) -> None:
    engine = new_engine(sa.make_url(database_url).set(database="nowhere").render_as_string(hide_password=False))
    with pytest.raises(DatabaseUnavailable, match="nowhere"), reading(engine):
        pass


@on_postgresql
def test_a_server_that_goes_away(engine: sa.Engine) -> None:
    with pytest.raises(DatabaseUnavailable, match="cannot be reached"), writing(engine) as connection:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    with reading(engine) as connection:
        assert last_position(connection) == 0


@on_postgresql
@pytest.mark.parametrize("long_rest", [60, 0], ids=["used at once", "after a rest"])
def test_a_connection_that_the_server_has_ended_is_made_anew(
    database_url: str, new_engine: Callable[..., sa.Engine], long_rest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.log.database.LONG_REST", long_rest)
    engine, other = new_engine(database_url), new_engine(database_url)
    mine = sa.select(sa.func.pg_backend_pid())
    with reading(engine) as connection:
        first = connection.execute(mine).scalar_one()
    with reading(engine) as connection:
        assert connection.execute(mine).scalar_one() == first
    with reading(other) as connection:
        # The second argument is how long to wait for the end, in milliseconds.
        assert connection.execute(sa.select(sa.func.pg_terminate_backend(first, 10_000))).scalar_one()
    with reading(engine) as connection:
        assert connection.execute(mine).scalar_one() != first


def test_other_errors_stay_what_they_are(engine: sa.Engine) -> None:
    with pytest.raises(sa.exc.DBAPIError), reading(engine) as connection:
        connection.exec_driver_sql("SELECT nothing FROM nowhere")


def test_leaving_by_an_exception_stores_nothing(engine: sa.Engine) -> None:
    def store_and_fail(connection: sa.Connection) -> None:
        check_client_key(connection, b"one key")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), writing(engine) as connection:
        store_and_fail(connection)
    with writing(engine) as connection:
        check_client_key(connection, b"another key")


def test_another_client_key_is_refused(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        check_client_key(connection, b"one key")
    with writing(engine) as connection:
        check_client_key(connection, b"one key")
    with pytest.raises(WrongClientKey, match="RECOUNT_CLIENT_KEY"), writing(engine) as connection:
        check_client_key(connection, b"another key")


@on_postgresql
def test_options_of_the_address_are_kept(database_url: str, new_engine: Callable[..., sa.Engine]) -> None:
    with reading(new_engine(database_url, wait=7)) as connection:
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "7s"
        assert str(connection.exec_driver_sql("SHOW search_path").scalar()).startswith("test_")


@on_sqlite
def test_what_a_submission_says_is_durable(engine: sa.Engine) -> None:
    with reading(engine) as connection:
        asked = ["journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "secure_delete"]
        answers = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
    assert answers == ["wal", 2, 1, 1, 1]


def test_a_process_that_stays_maps_the_file(tmp_path: Path) -> None:
    """Also after it has read the log stream by stream, for which a connection maps as much; one that goes, little."""
    mapped = []
    for stays in (True, False):
        engine = make_engine(f"sqlite:///{tmp_path}/recount.db", stays=stays)
        create_all(engine)
        with reading(engine) as connection:
            assert list(events_by_stream(connection, JsonMapper({}))) == []
            mapped.append(connection.exec_driver_sql("PRAGMA mmap_size").scalar())
        engine.dispose()
    assert mapped == [MAPPED_WIDELY, MAPPED]
