"""Limits hold for all processes of the service together, and over the end of one of them."""

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import requests

from .service import PATIENCE, Service, wait_until
from .serving import HOST, Serving, a_token, serving


def test_limits_hold_across_processes_and_their_ends(new_service: Callable[[str], Service]) -> None:
    service = new_service("sqlite")
    with serving(service, a_token(service)) as running:
        assert [guess(running) for _ in range(8)] == [401] * 5 + [429] * 3
        before = processes(running)
        for process in before:
            os.kill(process, signal.SIGKILL)
        wait_until(lambda: len(processes(running) - before) == len(before) > 1)
        assert {guess(running) for _ in range(4)} == {429}


def guess(running: Serving) -> int:
    """A browser that nobody knows tries a password; each on a connection of its own, which any process may take."""
    address = f"http://{HOST}:{running.port}/sign-in"
    with requests.Session() as browser:
        browser.trust_env = False
        word = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(address, timeout=PATIENCE).text)
        assert word
        fields = {"csrf_token": word[1], "name": "Ann", "password": "a guess"}
        return browser.post(address, data=fields, timeout=PATIENCE).status_code


def processes(running: Serving) -> set[int]:
    """The processes that answer: the children of the one that was started."""
    children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children")
    return set(map(int, children.read_text().split()))
