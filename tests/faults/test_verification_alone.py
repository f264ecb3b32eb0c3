"""Verifications called for over HTTP: one at a time, in a process of its own, and only as long as somebody waits."""

import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from .files import write_months
from .service import PATIENCE, Service, wait_until
from .serving import HOST, Serving, a_token, serving

AT_ONCE = 8
LONG = {"standpoints": 200}
"""A verification that takes its time."""


@pytest.fixture
def running(service: Service, tmp_path: Path) -> Iterator[Serving]:
    """A service with a file, and a token of somebody who may verify."""
    [month] = write_months(tmp_path / "files", people=600, months=1)
    service.does(*month.submit)
    with serving(service, a_token(service)) as running:
        yield running


def call(running: Serving, **given: int) -> requests.Response:
    with running.session() as session:
        return session.post(running.address("/verification"), json=given, timeout=PATIENCE)


def verifiers(running: Serving) -> list[int]:
    """The processes that verify, of those that this service has started."""
    return [
        int(path.name)
        for path in Path("/proc").iterdir()
        if path.name.isdecimal() and _verifies(path) and _group(path) == running.process.pid
    ]


def _verifies(process: Path) -> bool:
    try:
        return b"web.commands.administration.alone" in (process / "cmdline").read_bytes()
    except OSError:  # it has ended
        return False


def _group(process: Path) -> int:
    try:
        return os.getpgid(int(process.name))
    except OSError:
        return 0


def test_verifications_over_http(running: Serving) -> None:
    """In one service, since to start one takes longer than all that it is tried with."""
    eight_calls_at_once_start_one_and_keep_no_reader_waiting(running)
    it_is_cancelled_when_its_caller_hangs_up(running)
    it_says_so_when_it_is_killed_and_another_may_run(running)
    it_ends_with_the_service(running)


def eight_calls_at_once_start_one_and_keep_no_reader_waiting(running: Serving) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        calls = [threads.submit(call, running, **LONG) for _ in range(AT_ONCE)]
        wait_until(lambda: sum(one.done() for one in calls) == AT_ONCE - 1)
        # The others are refused as soon as its turn is taken, which is before its process has begun.
        wait_until(lambda: len(verifiers(running)) == 1)
        with running.session() as session:
            began = time.monotonic()
            running.ask(session, "/figures", as_of="2017-02-28", measure="4.0")
            waited = time.monotonic() - began
        answers = [one.result() for one in calls]
    assert waited < 5  # beside other tests; alone it is a fraction of a second
    assert Counter(answer.status_code for answer in answers) == {201: 1, 429: AT_ONCE - 1}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert (refused.json()["code"], refused.headers["Retry-After"]) == ("verification-running", "30")


def it_is_cancelled_when_its_caller_hangs_up(running: Serving) -> None:
    with socket.create_connection((HOST, running.port)) as connection:
        connection.sendall(
            f"POST /api/v1/verification HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {running.token}\r\n"
            'Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{"standpoints": 200}'.encode()
        )
        wait_until(lambda: len(verifiers(running)) == 1)
    wait_until(lambda: verifiers(running) == [], 10)


def it_says_so_when_it_is_killed_and_another_may_run(running: Serving) -> None:
    with ThreadPoolExecutor(1) as threads:
        calling = threads.submit(call, running, **LONG)
        wait_until(lambda: len(verifiers(running)) == 1)
        os.kill(verifiers(running)[0], signal.SIGKILL)
    assert (calling.result().status_code, calling.result().json()["code"]) == (503, "verification-ended")
    assert call(running, standpoints=1).status_code == 201


def it_ends_with_the_service(running: Serving) -> None:
    with ThreadPoolExecutor(1) as threads:
        calling = threads.submit(call, running, **LONG)
        wait_until(lambda: len(verifiers(running)) == 1)
        assert running.stop() == 0
    assert calling.result().status_code == 503
    assert verifiers(running) == []
