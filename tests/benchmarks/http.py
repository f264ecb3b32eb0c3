"""The service under many clients, beside a trivial endpoint with the same sign-in under the same server."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

from domain.log.database import writing
from domain.measures.registry import MEASURES
from domain.periods import month_ends
from web.auth.roles import Role
from web.auth.tokens import make_token
from web.clock import now
from web.services import Services

from .archive import Archive
from .load import HOST, Waited, ask, request_of
from .ratios import Row, Timing

CLIENTS: Final = 16
TURNS: Final = 5
SECONDS: Final = 3.0
"""Of each turn, for each of the three."""
MONTHS: Final = 12
"""The month ends whose figures are asked for."""
PATIENCE: Final = 60
"""Seconds until a service that begins answers."""

LEAST_SHARE: Final = 0.85
MOST_P99: Final = 4.0
"""The limits, beside the trivial endpoint."""


@dataclass(frozen=True)
class _Asked:
    """What is asked of a service that listens on a port."""

    port: int
    requests: Sequence[bytes]
    status: int


def over_http(services: Services, archive: Archive) -> Iterator[Row]:
    """Figures that are warm, answers that have not changed, and the slowest in a hundred of both."""
    token = token_of(services)
    with running(services, *_TRIVIAL) as trivial, running(services, *SERVE) as service:
        paths = _paths(archive)
        asked = [
            _Asked(trivial, [_with(token, "/hello")], 200),
            _Asked(service, [_with(token, path) for path in paths], 200),
            _Asked(service, [_with(token, path, _tag(service, token, path)) for path in paths], 304),
        ]
        yield from _rows(*_in_turn(asked))


_TRIVIAL: Final = (sys.executable, "-m", "tests.benchmarks.trivial")
SERVE: Final = (str(Path(sys.executable).with_name("recount")), "serve", "--port")


def _rows(trivial: list[Waited], figures: list[Waited], unchanged: list[Waited]) -> Iterator[Row]:
    against = f"a trivial endpoint, {CLIENTS} clients"
    for what, waited in (("a figure, warm", figures), ("a 304", unchanged)):
        each = _each(waited)
        yield Row(f"{what}, {CLIENTS} clients: an answer every", each, against, _each(trivial), at_least=LEAST_SHARE)
    for what, waited in (("a figure, warm", figures), ("a 304", unchanged)):
        yield Row(f"{what}: 99 in 100 within", _p99(waited), against, _p99(trivial), at_most=MOST_P99)


def _each(turns: Sequence[Waited]) -> Timing:
    return Timing([waited.each for waited in turns])


def _p99(turns: Sequence[Waited]) -> Timing:
    """Of all turns together: the best turn would leave out just what is looked for."""
    together = Waited()
    for waited in turns:
        together.add(waited)
    return Timing([together.within(0.99)])


def _in_turn(asked: Sequence[_Asked]) -> list[list[Waited]]:
    """A first turn warms each process; then so many that count, so that whatever else the machine does meets all."""
    found: list[list[Waited]] = [[] for _ in asked]
    for turn in range(TURNS + 1):
        for turns, one in zip(found, asked, strict=True):
            waited = ask(one.port, one.requests, CLIENTS, SECONDS)
            if set(waited.statuses) != {one.status}:
                raise AssertionError(f"answers by status: {waited.statuses}, not only {one.status}")
            if turn:
                turns.append(waited)
    return found


def _paths(archive: Archive) -> list[str]:
    """Each measure at the ends of a year's months."""
    last = archive.last_day - timedelta(days=365)
    days = month_ends(last - timedelta(days=31 * (MONTHS - 1)), last)
    return [f"/api/v1/figures?measure={measure.code}&as_of={day}" for day in days for measure in MEASURES]


def figure_requests(token: str, archive: Archive) -> list[bytes]:
    """Questions for all those figures."""
    return [_with(token, path) for path in _paths(archive)]


def _with(token: str, path: str, tag: str | None = None) -> bytes:
    known = [("If-None-Match", tag)] if tag else []
    return request_of(path, [("Authorization", f"Bearer {token}"), *known])


def _tag(port: int, token: str, path: str) -> str:
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    tag = connection.getresponse().headers["ETag"]
    connection.close()
    return tag


def token_of(services: Services) -> str:
    with writing(services.access_engine) as connection:
        return make_token(connection, "benchmark", Role.COMMISSIONER, (), (), 1, "benchmark", now())


@contextmanager
def running(services: Services, *command: str, **settings: str) -> Iterator[int]:
    """A service over the context's database, under these settings; the port on which it listens."""
    port = _free_port()
    environment = os.environ | {"RECOUNT_DATABASE": services.settings.address} | settings
    # A group of its own, so that none of its processes stays where the first has failed.
    process = subprocess.Popen([*command, str(port)], env=environment, start_new_session=True)
    try:
        _wait_for(process, port)
        yield port
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE)


def _wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(PATIENCE * 10):
        if process.poll() is not None:
            break
        try:
            connection = HTTPConnection(HOST, port, timeout=PATIENCE)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the service does not answer")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        port: int = found.getsockname()[1]
        return port
