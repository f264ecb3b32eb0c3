"""A PostgreSQL server that is killed in the middle of a submission, and started again."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from .conftest import Undisturbed, a_schema
from .server import restart, stop
from .service import Service, ended, kills, sentence, wait_until

pytestmark = pytest.mark.postgres


@pytest.fixture
def service(own_server: Any, new_engine: Callable[..., sa.Engine], tmp_path: Path) -> Iterator[Service]:
    url = sa.make_url(own_server.get_uri()).set(drivername="postgresql+psycopg")
    address = a_schema(url, "stopped")
    service = Service(address, new_engine(address), tmp_path)
    yield service
    service.close()


def works(service: Service) -> bool:
    """Whether somebody holds the writer's lock."""
    with service.engine.connect() as connection:
        return bool(connection.execute(sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).scalar())


def test_the_server_is_killed_in_a_submission(service: Service, own_server: Any, undisturbed: Undisturbed) -> None:
    """SIGKILL to its first process, or the immediate shutdown: neither lets it finish anything."""
    months, taken_in = undisturbed.months, 1
    service.does(*months[0].submit)
    for number in range(kills(2)):
        if taken_in == len(months):
            break
        process = service.start(*months[taken_in].submit)
        wait_until(lambda: works(service) or process.poll() is not None)  # noqa: B023 - called at once
        time.sleep(0.05 * (number % 4))
        stop(own_server, signal.SIGKILL if number % 2 else signal.SIGQUIT)
        result = ended(process)
        if result.code:
            assert "Check that the server runs" in sentence(result)
        assert "Check that the server runs" in service.fails("verify")
        service.engine.dispose()
        restart(own_server)
        found = service.rows()
        assert found in (undisturbed.after(taken_in), undisturbed.after(taken_in + 1))
        assert result.code or found == undisturbed.after(taken_in + 1)
        taken_in += found == undisturbed.after(taken_in + 1)
    if taken_in < len(months):
        service.does(*months[taken_in].submit)
        assert service.rows() == undisturbed.after(taken_in + 1)
