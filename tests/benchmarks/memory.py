"""What a file of 20 MiB takes: memory of the process that reads it, and of the time the writer's turn.

Measured is the peak of a process above what the same process has when it has nothing to do: of the command line, and of
the service, which gets the file over HTTP once it has come to rest after its start, with the standings of the database
in its memory. Each measure has a service of its own, since the peak of a process never falls. Beside it stands the size
of the file.
"""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import requests
import sqlalchemy as sa

from web.services import Services

from .archive import Archive
from .http import SERVE, running, token_of
from .load import HOST
from .ratios import Row, Timing, in_mebibytes
from .stage import staged, take

CLIENTS: Final = 15_500
"""So many that the whole history of one agency is a file of 20 MiB, with 88,000 rows of 25,000 episodes."""
MOST_TIMES: Final = 15
"""At most so many times the size of the file: 300 MiB for one of 20."""
MOST_OF_TURN: Final = 0.75
"""Of a submission's time at most so much is the writer's turn."""
PATIENCE: Final = 1_200
LOOKS: Final = 0.02
"""Seconds between two looks at how much memory a command has had."""
REST: Final = 1.5
"""Seconds for which the memory of a service that is at rest stays as it is."""


def files_of_20_mib() -> Iterator[Row]:
    """A first file of 20 MiB and one in which every episode has changed: tried and taken in, each in its own way."""
    with tempfile.TemporaryDirectory(prefix="recount-bench-") as name, staged() as services:
        archive = Archive(CLIENTS, agencies=1, seed=2)
        first, changed = _first_and_changed(archive, Path(name))
        day = archive.last_day + timedelta(days=10)
        yield from _on_the_command_line(services, first, str(day))
        yield from _over_http(services, changed, str(day))
    with tempfile.TemporaryDirectory(prefix="recount-bench-") as name, staged() as services:
        first, changed = _first_and_changed(Archive(CLIENTS, agencies=1, seed=2), Path(name))
        turn, whole = _Turn(services.register.engine), Timing()
        for path in (first, changed):
            whole.run(partial(take, services, path, day))
        longest = [max(turn.seconds)]
        yield Row(
            "the writer's turn of taking a file of 20 MiB in, the longer of two",
            Timing(longest),
            "the whole of it",
            Timing([max(whole.seconds)]),
            at_most=MOST_OF_TURN,
        )


def _first_and_changed(archive: Archive, folder: Path) -> tuple[Path, Path]:
    (agency,) = archive.agencies
    files = []
    for number in range(2):
        within = folder / str(number)
        within.mkdir()
        if number:
            for record in archive.records[agency]:
                record.enter(archive.last_day, CPLANDT=f"{archive.last_day - timedelta(days=3):%d/%m/%Y}")
        files.append(archive.monthly(within, agency, archive.first_day, archive.last_day))
    return files[0], files[1]


def _row(what: str, peak: int, path: Path) -> Row:
    size = Timing([path.stat().st_size])
    return Row(what, Timing([peak]), "the size of the file", size, at_most=MOST_TIMES, words=in_mebibytes)


# ---- on the command line


def _on_the_command_line(services: Services, path: Path, day: str) -> Iterator[Row]:
    idle = peak_of(services, "public-key")
    for what, options in (("tried", ["--dry-run"]), ("taken in", [])):
        peak = peak_of(services, "submit", str(path), "--received-on", day, "--json", *options)
        yield _row(f"memory for a first file of 20 MiB {what} by 'recount submit'", peak - idle, path)


def peak_of(services: Services, *arguments: str) -> int:
    """The most memory that a command had at any time, in bytes."""
    environment = os.environ | {"RECOUNT_DATABASE": services.settings.address}
    peak = 0
    with subprocess.Popen([SERVE[0], *arguments], env=environment, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            # Not what the system says of it at its end: that has what this process had when it was made.
            with suppress(FileNotFoundError, KeyError):
                peak = max(peak, _memory_of(Path(f"/proc/{process.pid}")).peak)
            time.sleep(LOOKS)
    if process.returncode:
        raise AssertionError(f"recount {arguments[0]} ended with {process.returncode}")
    return peak


# ---- over HTTP


def _over_http(services: Services, path: Path, day: str) -> Iterator[Row]:
    for what, dry_run in (("tried", "true"), ("taken in", "false")):
        with running(services, *SERVE, RECOUNT_RAW_FILES="yes") as port:
            before = _at_rest(port)
            send(port, token_of(services), path, {"received_on": day, "dry_run": dry_run})
            peak = max(_memory(port)[process].peak - memory.now for process, memory in before.items())
            yield _row(f"memory for a file of 20 MiB in which all changed {what} over HTTP", peak, path)


def _at_rest(port: int) -> "dict[int, _Memory]":
    """The memory of each process of a service once it no longer changes."""
    memory = _memory(port)
    while True:
        time.sleep(REST)
        before, memory = memory, _memory(port)
        if memory == before:
            return memory


def send(port: int, token: str, path: Path, fields: dict[str, str]) -> None:
    """Send a file to the service on a port."""
    with path.open("rb") as file, requests.Session() as session:
        session.trust_env = False
        answer = session.post(
            f"http://{HOST}:{port}/api/v1/submissions",
            data=fields,
            files={"file": (path.name, file)},
            headers={"Authorization": f"Bearer {token}"},
            timeout=PATIENCE,
        )
    if answer.status_code not in {200, 201}:
        raise AssertionError(answer.text)


@dataclass(frozen=True)
class _Memory:
    """How many bytes of memory a process has, and had at most."""

    now: int
    peak: int


def _memory(port: int) -> dict[int, _Memory]:
    """The memory of each process of the service that listens on a port."""
    found = {}
    for folder in Path("/proc").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # another one that has just ended
            if folder.name.isdigit() and str(port) in (folder / "cmdline").read_text().split("\0"):
                found[int(folder.name)] = _memory_of(folder)
    return found


def _memory_of(process: Path) -> _Memory:
    said = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    return _Memory(*(int(said[key].split()[0]) << 10 for key in ("VmRSS", "VmHWM")))


# ---- the writer's turn


class _Turn:
    """How long each transaction that writes takes, from its beginning to its end."""

    def __init__(self, engine: sa.Engine) -> None:
        self.seconds: list[float] = []
        self._began: dict[Any, float] = {}
        sa.event.listen(engine, "begin", self._begin)
        sa.event.listen(engine, "commit", self._end)

    def _begin(self, connection: sa.Connection) -> None:
        if connection.get_execution_options().get("writing"):
            self._began[connection] = time.perf_counter()

    def _end(self, connection: sa.Connection) -> None:
        if (began := self._began.pop(connection, None)) is not None:
            self.seconds.append(time.perf_counter() - began)
