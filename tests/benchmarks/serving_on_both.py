"""The service on both databases: answers a second with 4 processes and 32 clients, at rest and while files come in.

Files are sent to the service itself, one every few seconds, as agencies send them.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Final

from web.services import Services

from .http import SERVE, figure_requests, running, token_of
from .load import Waited, ask
from .memory import send
from .on_both import Both
from .ratios import Row, Timing

CLIENTS, WORKERS = 32, 4
TURNS: Final = 3
SECONDS: Final = 6.0
"""Of each turn at rest, and of each with files."""
EVERY: Final = 2.0
"""Seconds from one file to the next."""
LEAST_SHARE: Final = 0.9
"""Of the answers at rest, while files come in."""
MOST_P99: Final = 4.0
FROM_MONTH: Final = 4
"""The first of the archive's last months that is left for this."""


def serving(both: Both) -> Iterator[Row]:
    """At rest and with files in turn, on the one and the other; the first turn warms."""
    files = [file for file in both.later_of(FROM_MONTH, FROM_MONTH + TURNS) if "TREAT" in file[1].name]
    each = len(files) // TURNS
    rest, busy = ([Waited(), Waited()] for _ in range(2))
    with ExitStack() as stack:
        services = [
            _Service(one, stack.enter_context(running(one, *_serve(), RECOUNT_RAW_FILES="yes", **one.settings.given)))
            for _, one in both.each()
        ]
        requests = [figure_requests(one.token, both.archive) for one in services]
        for place, one in enumerate(services):
            ask(one.port, requests[place], CLIENTS, SECONDS)
        for turn in range(TURNS):
            for place, one in enumerate(services):
                rest[place].add(ask(one.port, requests[place], CLIENTS, SECONDS))
                busy[place].add(one.asked_while_files_come(requests[place], files[turn * each :][:each]))
    yield from _rows(rest, busy)


def _serve() -> tuple[str, ...]:
    *command, port = SERVE
    return (*command, "--workers", str(WORKERS), port)


class _Service:
    """A service that runs, on its port."""

    def __init__(self, services: Services, port: int) -> None:
        self.port, self.token = port, token_of(services)

    def asked_while_files_come(self, requests: Sequence[bytes], files: Sequence[tuple[date, Path]]) -> Waited:
        """Ask, while these files are sent one after the other."""
        sending = Thread(target=self._send, args=(files,))
        sending.start()
        waited = ask(self.port, requests, CLIENTS, SECONDS)
        sending.join()
        return waited

    def _send(self, files: Sequence[tuple[date, Path]]) -> None:
        for received_on, path in files:
            begin = time.perf_counter()
            send(self.port, self.token, path, {"received_on": str(received_on)})
            time.sleep(max(0.0, EVERY - (time.perf_counter() - begin)))


def _rows(rest: Sequence[Waited], busy: Sequence[Waited]) -> Iterator[Row]:
    asked = f"{WORKERS} processes, {CLIENTS} clients"
    each = [Timing([waited.each]) for waited in (*rest, *busy)]
    yield Row(f"PostgreSQL, {asked}, at rest: an answer every", each[1], "on SQLite", each[0])
    for place, name in enumerate(("SQLite", "PostgreSQL")):
        what = f"{name}, {asked}, a file every {EVERY:g} s: an answer every"
        yield Row(what, each[2 + place], "at rest", each[place], at_least=LEAST_SHARE)
    for place, name in enumerate(("SQLite", "PostgreSQL")):
        p99 = [Timing([waited.within(0.99)]) for waited in (rest[place], busy[place])]
        yield Row(f"{name}, the same: 99 in 100 within", p99[1], "at rest", p99[0], at_most=MOST_P99)
