"""Verifying from the service: in a process of its own, so that neither memory nor processor of those who answer is
taken; one at a time; and only as long as somebody waits for it.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Final

import msgspec

from domain.errors import (
    DatabaseBusy,
    DatabaseFull,
    DatabaseOfAnotherVersion,
    DatabaseUnavailable,
    LogCorrupt,
    RecountError,
    SettingMissing,
)
from web.commands.administration.verification import VerifyQuery
from web.services import Services
from web.settings import DATABASE

from .messages import VerifyEnded, VerifyTask

LOOKS_EVERY: Final = 0.2
"""Seconds between two looks whether somebody still waits."""


class AnotherRuns(RecountError):
    """Somebody verifies already."""


class NobodyWaits(RecountError):
    """Whoever wanted to know has gone, or the service stops."""


class EndedEarly(RecountError):
    """The process ended before it was done."""


_MET: Final[dict[str, type[RecountError]]] = {
    kind.__name__: kind
    for kind in (DatabaseBusy, DatabaseFull, DatabaseUnavailable, DatabaseOfAnotherVersion, LogCorrupt, SettingMissing)
}
"""What the process may meet, by the name under which it says so."""

_here: Final = Lock()
"""One process is started by this one at a time, so that many calls at once start few that find another running."""


def verify(services: Services, query: VerifyQuery, actor: str, role: str, is_awaited: Callable[[], bool]) -> None:
    """Verify, and store what was found; `is_awaited` tells whether somebody still waits for it.

    Raises:
        AnotherRuns: another process verifies.
        NobodyWaits: it was cancelled.
        EndedEarly: the process was killed, or failed.
        RecountError: what it met itself, such as DatabaseBusy or LogCorrupt.
    """
    if not _here.acquire(blocking=False):
        raise AnotherRuns
    try:
        with _started(services) as process:
            _tell(process, VerifyTask(query.standpoints, actor, role))
            _wait(process, lambda: is_awaited() and not services.stopping.is_set())
            ended = _ended(process)
    finally:
        _here.release()
    if not ended.is_alone:
        raise AnotherRuns
    if ended.error:
        raise _MET.get(ended.error, EndedEarly)(ended.message)


@contextmanager
def _started(services: Services) -> Iterator["subprocess.Popen[bytes]"]:
    """The process, which is gone when this is left."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("RECOUNT_")}
    settings = services.settings
    process = subprocess.Popen(
        [sys.executable, "-m", "web.commands.administration.alone"],
        env={**others, **settings.given, DATABASE: settings.address},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def _tell(process: "subprocess.Popen[bytes]", task: VerifyTask) -> None:
    assert process.stdin
    with suppress(BrokenPipeError):  # it ended at once; this is seen below
        process.stdin.write(msgspec.json.encode(task) + b"\n")
        process.stdin.flush()


def _wait(process: "subprocess.Popen[bytes]", is_awaited: Callable[[], bool]) -> None:
    while is_awaited():
        with suppress(subprocess.TimeoutExpired):
            process.wait(LOOKS_EVERY)
            return
    raise NobodyWaits


def _ended(process: "subprocess.Popen[bytes]") -> VerifyEnded:
    assert process.stdout
    said = process.stdout.read()
    if process.returncode != 0 or not said:
        raise EndedEarly
    return msgspec.json.decode(said, type=VerifyEnded)
