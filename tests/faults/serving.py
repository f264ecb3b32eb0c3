"""The service as its users have it over HTTP: `recount serve` as processes of its own, and somebody with a token."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import requests

from .files import Month
from .service import PATIENCE, Service, wait_until

HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind((HOST, 0))
        port: int = found.getsockname()[1]
        return port


@dataclass(frozen=True)
class Serving:
    """A running service, and the token that it is asked with."""

    port: int
    token: str
    process: "subprocess.Popen[str]"

    def session(self) -> requests.Session:
        """A connection that is kept, for one thread."""
        session = requests.Session()
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {self.token}"
        return session

    def address(self, path: str) -> str:
        return f"http://{HOST}:{self.port}/api/v1{path}"

    def ask(self, session: requests.Session, path: str, **query: Any) -> Any:
        """The document of a question that is answered."""
        answer = session.get(self.address(path), params=query, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def submit(self, session: requests.Session, month: Month) -> Any:
        """What became of a file."""
        with month.path.open("rb") as file:
            answer = session.post(
                self.address("/submissions"),
                data={"received_on": month.received_on.isoformat()},
                files={"file": (month.path.name, file)},
                timeout=PATIENCE,
            )
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()["submissions"][0]

    def kill(self) -> None:
        """Kill -9 all its processes at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=PATIENCE)

    def stop(self) -> int:
        """Tell it to end; its exit code."""
        self.process.terminate()
        self.process.communicate(timeout=PATIENCE)
        return self.process.returncode


@contextmanager
def serving(service: Service, token: str, *options: str) -> Iterator[Serving]:
    """The service, running until this is left, whose processes are a group of their own."""
    port = free_port()
    log = service.folder / f"serve-{port}.log"
    process = replace(service, prefix=("setsid",)).start("serve", "--port", str(port), *options, log=log)
    running = Serving(port, token, process)
    try:
        wait_until(lambda: process.poll() is not None or _answers(port))
        assert process.poll() is None, log.read_text()
        yield running
    finally:
        running.kill()


def _answers(port: int) -> bool:
    with suppress(requests.ConnectionError):
        return requests.get(f"http://{HOST}:{port}/readyz", timeout=PATIENCE).status_code == 200
    return False


def a_token(service: Service) -> str:
    """A commissioner's token."""
    said = json.loads(service.does("token", "tester", "--role", "commissioner", "--json").out)
    token: str = said["token"]
    return token
