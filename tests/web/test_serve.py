"""`recount serve` as a process: what it prints, and the link with which one looks round in the demonstration."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from web.services import Services
from web.settings import Settings

from .browser import without_a_server
from .conftest import CommandLine


@contextmanager
def started(recount: CommandLine) -> Iterator[tuple[str, list[str]]]:
    """The service's address, and the lines that it printed before it answered."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-u", "-c", "from web.cli.main import main; main()", "serve", "--port", str(port)]
    surroundings = {**os.environ, **recount.settings}
    process = subprocess.Popen(
        command, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=recount.folder
    )
    assert process.stdout
    printed: list[str] = []
    reader = threading.Thread(target=printed.extend, args=(process.stdout,))
    reader.start()
    try:
        yield f"http://127.0.0.1:{port}", printed
    finally:
        process.terminate()
        assert process.wait(30) == 0
        reader.join()
        process.stdout.close()


def answers(address: str) -> None:
    """Wait until the service does."""
    from urllib3.util import Retry

    with requests.Session() as session:
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=Retry(connect=12, backoff_factor=0.1)))
        assert session.get(f"{address}/readyz", timeout=30).json() == {"status": "ready"}


@without_a_server
def test_the_demonstration_prints_a_link_that_signs_its_visitor_in(recount: CommandLine) -> None:
    services = Services(Settings.from_environment(recount.settings))
    services.mark_demonstration(b"loaded")
    services.close()
    with started(recount) as (address, printed):
        answers(address)
        [link] = [line.strip() for line in printed if "word=" in line]
        assert link.startswith(f"{address}/sign-in/link?word=")
        with requests.Session() as visitor:
            assert "Sign out" in visitor.get(link, timeout=30).text
        assert "Sign out" not in requests.get(link, timeout=30).text


@without_a_server
def test_real_data_print_no_link(recount: CommandLine) -> None:
    with started(recount) as (address, printed):
        answers(address)
    assert "Recount answers on" in printed[0]
    assert not any("word=" in line for line in printed)
