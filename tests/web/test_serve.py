"""`recount serve` as a process: what it prints, and the link with which one looks round in the demonstration."""

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
import sqlalchemy as sa

from web.app import create_app
from web.services import Services
from web.settings import DATABASE, ORIGIN, PROXY, Settings

from .browser import without_a_server
from .conftest import CommandLine

FORGED = {
    "SCRIPT_NAME": "/evil",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "192.0.2.7",
}
"""What a proxy would say, said by anybody."""


@contextmanager
def started(recount: CommandLine, *more: str) -> Iterator[tuple[str, list[str]]]:
    """The service's address, and the lines that it printed before it answered."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-u", "-c", "from web.cli.main import main; main()", "serve", "--port", str(port), *more]
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


def attempts(address: str, count: int, **headers: str) -> list[int]:
    """How wrong passwords are answered, all for one name."""
    with requests.Session() as stranger:
        stranger.trust_env = False
        page = stranger.get(f"{address}/sign-in", headers=headers, timeout=30)
        word = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert word
        # Over HTTPS the cookie is for that alone; the stranger's browser speaks to the proxy, which speaks to us.
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in stranger.cookies)
        stranger.cookies.clear()
        headers = headers | {"Cookie": cookies, "Referer": "https://recount.example/sign-in"}
        return [
            stranger.post(
                f"{address}/sign-in",
                data={"csrf_token": word[1], "name": "nobody", "password": "wrong"},
                headers=headers,
                timeout=30,
            ).status_code
            for _ in range(count)
        ]


@without_a_server
def test_nobody_is_believed_about_where_they_come_from(recount: CommandLine) -> None:
    with started(recount, "--workers", "1") as (address, _):
        answers(address)
        forged = requests.get(f"{address}/sign-in", headers=FORGED, timeout=30)
        assert forged.status_code == 200
        assert "evil" not in forged.text
        assert "Strict-Transport-Security" not in forged.headers
        led = requests.get(f"{address}/submissions", headers=FORGED, timeout=30, allow_redirects=False)
        assert led.headers["Location"].startswith("/sign-in")
        refused = requests.get(f"{address}/sign-in", headers={"Host": "evil.example"}, timeout=30)
        assert (refused.status_code, "evil" in refused.text) == (400, False)
        tried = [attempts(address, 1, **FORGED | {"X-Forwarded-For": f"192.0.2.{number}"}) for number in range(6)]
        assert tried[-1] == [429], "another address each time, they say"


@without_a_server
def test_a_proxy_that_was_named_says_who_comes(recount: CommandLine) -> None:
    recount.settings |= {ORIGIN: "https://recount.example", PROXY: "127.0.0.1"}
    by_proxy = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "recount.example"}
    with started(recount, "--workers", "1") as (address, _):
        answers(address)
        assert "Strict-Transport-Security" in requests.get(f"{address}/healthz", headers=by_proxy, timeout=30).headers
        first = attempts(address, 6, **by_proxy, **{"X-Forwarded-For": "192.0.2.7"})
        assert first[-1] == 429
        # What a stranger says of themselves comes before what the proxy says of them.
        assert attempts(address, 1, **by_proxy, **{"X-Forwarded-For": "192.0.2.8, 192.0.2.7"}) == [429]
        assert attempts(address, 1, **by_proxy, **{"X-Forwarded-For": "192.0.2.8"}) != [429]


@without_a_server
def test_an_address_of_its_own_asks_for_the_proxy_s(recount: CommandLine) -> None:
    recount.settings |= {ORIGIN: "https://recount.example"}
    refused = recount("serve", "--port", "0", code=1)
    assert f"{PROXY} is not set" in refused.output


@without_a_server
def test_what_the_application_cannot_be_made_of_is_said_in_a_sentence(recount: CommandLine) -> None:
    """It is made before the first process of the service, so no process fails to begin again and again."""
    recount.settings |= {"RECOUNT_SMTP_HOST": "mail.example", "RECOUNT_MAIL_FROM": "recount@council.example"}
    refused = recount("serve", "--port", "0", code=1)
    assert refused.output.endswith("Error: RECOUNT_ORIGIN is not set. The links in e-mails begin with it.\n")
    assert "Traceback" not in refused.output


def test_no_connection_is_made_before_the_service_forks(tmp_path: Path) -> None:
    """Processes that inherited one would talk over each other on it; each opens its own with its first request."""
    settings = Settings.from_environment({DATABASE: f"sqlite:///{tmp_path / 'recount.db'}"})
    filled = Services(settings)
    _ = filled.access_engine
    filled.close()
    opened: list[object] = []
    sa.event.listen(sa.Pool, "connect", note := lambda connection, _: opened.append(connection))
    try:
        app = create_app(settings)
        assert not opened
        app.test_client().get("/sign-in")
        assert opened
    finally:
        sa.event.remove(sa.Pool, "connect", note)
        app.extensions["recount"].close()
