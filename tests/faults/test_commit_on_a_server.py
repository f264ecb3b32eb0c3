"""The moment of the commit on PostgreSQL, held still: a trigger lets it wait for a lock that the test has."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from .conftest import Undisturbed
from .server import Wire
from .service import Service, ended, kill, sentence, wait_until

pytestmark = pytest.mark.postgres

HOLD = 20_171_231
"""The number of the lock; no part of the product uses it."""
WAITING = sa.text("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = :lock AND NOT granted")


@pytest.fixture
def service(new_service: Callable[[str], Service], undisturbed: Undisturbed) -> Service:
    """A service that has the first month, and whose commits of a submission wait."""
    service = new_service("postgresql")
    service.does(*undisturbed.months[0].submit)
    with service.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN PERFORM pg_advisory_xact_lock({HOLD}); RETURN NULL; END $$"
        )
        connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON submission "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_here()"
        )
    return service


@contextmanager
def commits_held(service: Service) -> Iterator[Callable[[], int | None]]:
    """No submission can be committed meanwhile; gives what asks for the server process that stands before it."""
    with service.engine.connect() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_lock(HOLD)))

        def waiting() -> int | None:
            return connection.execute(WAITING, {"lock": HOLD}).scalar()

        yield waiting
        connection.execute(sa.select(sa.func.pg_advisory_unlock(HOLD)))


def writer_has_gone(service: Service) -> bool:
    """Whether nobody holds the writer's lock."""
    with service.engine.connect() as connection:
        return connection.execute(sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).scalar() == 0


def test_killed_while_the_server_commits(service: Service, undisturbed: Undisturbed) -> None:
    """The server has been told to commit, and does, though nobody hears of it any more."""
    with commits_held(service) as waiting:
        process = service.start(*undisturbed.months[1].submit)
        wait_until(lambda: waiting() is not None)
        assert service.rows() == undisturbed.after(1)
        assert kill(process)
    wait_until(lambda: writer_has_gone(service))
    assert service.rows() == undisturbed.after(2)
    assert '"already_received": true' in service.does(*undisturbed.months[1].submit, "--json").out


def test_the_connection_breaks_before_the_commit_is_done(service: Service, undisturbed: Undisturbed) -> None:
    with commits_held(service) as waiting:
        process = service.start(*undisturbed.months[1].submit)
        wait_until(lambda: waiting() is not None)
        with service.engine.connect() as connection:
            connection.execute(sa.select(sa.func.pg_terminate_backend(waiting())))
        assert "Check that the server runs" in sentence(ended(process))
    assert service.rows() == undisturbed.after(1)
    service.does(*undisturbed.months[1].submit)
    assert service.rows() == undisturbed.after(2)


def test_the_wire_is_cut_while_the_server_commits(service: Service, undisturbed: Undisturbed) -> None:
    """Nobody hears how the commit ended, and it went well: the same file, sent again, is known to be there."""
    url = sa.make_url(service.address)
    wire = Wire(str(url.query["host"]))
    query = {name: value for name, value in url.query.items() if name != "host"}
    near = url.set(host="127.0.0.1", port=wire.port, query=query).render_as_string(hide_password=False)
    try:
        with commits_held(service) as waiting:
            process = service.under(near).start(*undisturbed.months[1].submit)
            wait_until(lambda: waiting() is not None or process.poll() is not None)
            wire.cut()
            assert "Check that the server runs" in sentence(ended(process))
            assert service.rows() == undisturbed.after(1)
    finally:
        wire.close()
    wait_until(lambda: writer_has_gone(service))
    assert service.rows() == undisturbed.after(2)
    assert '"already_received": true' in service.does(*undisturbed.months[1].submit, "--json").out
