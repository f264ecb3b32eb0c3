"""Connections that send or read slowly, or not at all: they take nobody's place, and they end."""

import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests

from domain.log.database import writing
from web.operations.connections import Connections, Deadlines

from .files import Month, write_months
from .service import Service
from .serving import HOST, Serving, a_token, serving
from .slow import KINDS, held, opened

AGENCIES = tuple(f"H{number:04d}" for number in range(1, 9))
"""Eight who send at once."""
EACH = 30
"""Connections of each kind: more than two hundred together."""


def test_who_looks_waits_for_nobody(new_service: Callable[[str], Service], tmp_path: Path) -> None:
    """Nobody slow, and nobody who waits to write. In one service, which takes longest to start; over SQLite alone."""
    service = new_service("sqlite").under(RECOUNT_RAW_FILES="yes")
    with serving(service, a_token(service)) as running:
        with held(running.port, tuple(KINDS.values()), EACH):
            assert nobody_waits(running)
        files = [write_months(tmp_path / agency, agency, people=2, months=1)[0] for agency in AGENCIES]
        with ThreadPoolExecutor(len(files)) as threads:
            with writing(service.engine):  # somebody else's, for as long as it likes
                sending = [threads.submit(send, running, month) for month in files]
                time.sleep(1)
                assert nobody_waits(running)
                assert not any(one.done() for one in sending)
            assert all(one.result()["new"] for one in sending)
        assert large_body(running, running.token) == (422, "application/problem+json")
        assert large_body(running, "nobody's") == (401, "application/problem+json")


def nobody_waits(running: Serving) -> bool:
    """Whether most of twenty answers came within a second, each on a connection of its own, and all within ten: other
    tests run beside this one.
    """
    waited = []
    for _ in range(20):
        began = time.monotonic()
        with running.session() as session:
            running.ask(session, "/figures", as_of="2017-02-28", measure="4.0")
        waited.append(time.monotonic() - began)
    return statistics.median(waited) < 1 and max(waited) < 10


def send(running: Serving, month: Month) -> Any:
    with running.session() as session:
        return running.submit(session, Month(month.path, date(2017, 12, 1)))


def large_body(running: Serving, token: str) -> tuple[int, str]:
    """The answer to a file above what anybody may send."""
    answer = requests.post(
        running.address("/submissions"),
        data={"received_on": "2017-12-02"},
        files={"file": ("a.csv", b"no such file\n" * 200_000)},
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    )
    return answer.status_code, answer.headers["Content-Type"]


# -- each deadline, in a fraction of the time ----------------------------------------------------------------------


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """How long the body was that came; or a page that is too long for the buffers between two sockets."""
    if environ["PATH_INFO"].startswith("/static"):
        start_response("200 OK", [("Content-Length", str(16 << 20))])
        return [bytes(1 << 20)] * 16
    if environ["PATH_INFO"].startswith("/unchanged"):
        start_response("304 Not Modified", [("ETag", '"1"')])
        return []
    said = str(len(environ["wsgi.input"].read())).encode()
    start_response("200 OK", [("Content-Length", str(len(said)))])
    return [said]


@contextmanager
def connections(deadlines: Deadlines, *, known: bool = True, threads: int = 1) -> Iterator[int]:
    """The port of a server with these deadlines."""
    with socket.create_server((HOST, 0)) as listening:
        port: int = listening.getsockname()[1]
        server = Connections(answer, lambda _: known, listening, threads, 8 << 20, deadlines)
        stop = threading.Event()

        def turn() -> None:
            while not stop.is_set():
                server.turn(0.05)

        thread = threading.Thread(target=turn)
        thread.start()
        try:
            yield port
        finally:
            stop.set()
            thread.join()
            server.end(5)
            server.close()
            for connection in list(server.active_channels.values()):
                connection.handle_close()


SHORT = Deadlines(idle=0.6, headers=0.6, slowest=4096, grace=0.6)


def test_a_connection_ends_that_lets_a_deadline_pass() -> None:
    with connections(SHORT) as port, held(port, tuple(KINDS.values()), each=1, every=0.1) as held_open:
        left = dict(zip(KINDS, held_open, strict=True))
        until = time.monotonic() + 20  # 0.6 seconds and a little are enough where nobody else wants the machine
        while left and time.monotonic() < until:
            time.sleep(0.2)
            left = {name: one for name, one in left.items() if not has_ended(one)}
        assert list(left) == []


def has_ended(connection: socket.socket) -> bool:
    """Whether the other side has hung up; what it said before is read and forgotten."""
    connection.settimeout(0)
    try:
        while connection.recv(1 << 20):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def test_a_slow_sender_who_goes_on_is_taken_and_may_read_slowly() -> None:
    with connections(SHORT) as port, closing(socket.create_connection((HOST, port), 10)) as sender:
        sender.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 30000\r\n\r\n")
        for _ in range(30):
            time.sleep(0.1)  # 10,000 bytes a second, for five times as long as the grace
            sender.sendall(bytes(1000))
        answer = b""
        while not answer.endswith(b"\r\n\r\n30000"):
            answer += (more := sender.recv(1000))
            assert more, answer


def test_a_late_sender_reads_why() -> None:
    with connections(SHORT) as port, closing(opened(port, KINDS["headers"])) as sender:
        assert sender.recv(1000).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    ("known", "size", "stored"),
    [(True, 2 << 20, 2 << 20), (False, 2 << 20, 0), (False, 1000, 1000), (True, 9 << 20, 0)],
    ids=["a sender's", "a stranger's", "a stranger's that is small", "a sender's that is too large"],
)
def test_a_large_body_is_stored_for_somebody_who_is_known(known: bool, size: int, stored: int) -> None:
    with connections(Deadlines(), known=known) as port:
        for body in (bytes(size), in_chunks(size)):
            said = requests.post(f"http://{HOST}:{port}/", data=body, timeout=20)
            assert int(said.text) == stored, type(body)


def in_chunks(size: int) -> Iterator[bytes]:
    yield from [bytes(1000)] * (size // 1000)
    if size % 1000:
        yield bytes(size % 1000)


def test_an_answer_without_a_body_ends_no_connection() -> None:
    """Or whoever asks again for what has not changed would begin with a new connection each time."""
    with connections(Deadlines()) as port, requests.Session() as session:
        for _ in range(3):
            said = session.get(f"http://{HOST}:{port}/unchanged", timeout=20)
            assert (said.status_code, said.headers.get("Connection")) == (304, None)
        said = session.get(f"http://{HOST}:{port}/unchanged", headers={"Connection": "close"}, timeout=20)
        assert (said.status_code, said.headers["Connection"]) == (304, "close")
