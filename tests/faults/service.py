"""The service as its users have it: a database, and `recount` as a process of its own; and what the database says."""

import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from domain.log.audit import faults
from domain.log.database import reading
from domain.log.reading import last_position
from domain.log.tables import log
from projections.store import generations, tables

RECOUNT = Path(sys.executable).with_name("recount")
KEYS = {
    "RECOUNT_CLIENT_KEY": "names the persons of these tests",
    "RECOUNT_SECRET_KEY": "protects nobody",
    "RECOUNT_SIGNING_KEY": Ed25519PrivateKey.generate()
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode(),
}
PATIENCE = 120
"""Seconds for a process that nobody kills."""

KILLS = int(os.environ.get("RECOUNT_KILLS", "0"))
"""Kills of each kind on each database in a long run."""

Rows = Mapping[str, tuple[int, int]]


def kills(few: int) -> int:
    """How many kills of a kind: a few, unless RECOUNT_KILLS asks for more."""
    return KILLS or few


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code (negative: killed), and what it printed."""

    code: int
    out: str
    error: str


@dataclass(frozen=True)
class Service:
    """A database, by the address that processes are given and by an engine of our own."""

    address: str
    engine: sa.Engine
    folder: Path
    prefix: tuple[str, ...] = ()
    """What runs the command: nothing, or another program with its arguments."""
    environment: Mapping[str, str] = field(default_factory=lambda: KEYS)
    started: list["subprocess.Popen[str]"] = field(default_factory=list)

    def under(self, address: str | None = None, **settings: str) -> "Service":
        """The same service by another address, or with other settings."""
        return replace(self, address=address or self.address, environment={**self.environment, **settings})

    @property
    def file(self) -> Path:
        """The file of a SQLite database."""
        name = sa.make_url(self.address).database
        assert name is not None
        return Path(name)

    def start(self, *arguments: str, log: Path | None = None) -> "subprocess.Popen[str]":
        """Start `recount` with these arguments; what it says of itself goes to a log, or is read at its end.

        What runs for long needs a log: a pipe that nobody reads is full after a few errors, and who writes then waits.
        """
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("RECOUNT_")}
        with log.open("w") if log else nullcontext(subprocess.PIPE) as errors:
            process = subprocess.Popen(
                [*self.prefix, str(RECOUNT), *arguments],
                cwd=self.folder,
                env={**inherited, **self.environment, "RECOUNT_DATABASE": self.address},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.started.append(process)
        return process

    def close(self) -> None:
        """End what still runs, as it does where a test failed."""
        for process in self.started:
            if process.poll() is None:
                kill(process)

    def run(self, *arguments: str) -> Ended:
        """Run `recount` to its end."""
        return ended(self.start(*arguments))

    def does(self, *arguments: str) -> Ended:
        """Run `recount` to its end, which must be a good one."""
        result = self.run(*arguments)
        assert result.code == 0, result
        return result

    def fails(self, *arguments: str) -> str:
        """Run a command that must end with exit code 1 and a sentence, not with a traceback; the sentence."""
        return sentence(self.run(*arguments))

    def rows(self) -> Rows:
        """What the log and the live read models say: of each table how many rows, and their hash.

        Left out is what two runs of the same commands do not share: salts, moments, and the generation's number.
        """
        return rows(self.engine)


def ended(process: "subprocess.Popen[str]") -> Ended:
    """Wait for a process, and give its end."""
    out, error = process.communicate(timeout=PATIENCE)
    return Ended(process.returncode, out, error)


def sentence(result: Ended) -> str:
    """The sentence with which a command failed."""
    assert result.code == 1, result
    assert result.error.strip(), result
    assert "Traceback" not in result.error, result.error
    return " ".join(result.error.split())  # as it was before the terminal's width broke it


def rows(engine: sa.Engine) -> Rows:
    """See `Service.rows`; every place of the log and every stored node of its tree is checked on the way."""
    with reading(engine) as connection:
        assert list(faults(connection)) == []
        return rows_seen(connection)


def rows_seen(connection: sa.Connection) -> Rows:
    """The rows of one snapshot; its read models must stand at the end of its log."""
    live = generations.live(connection)
    standing_at = sa.select(generations.generation.c.position).where(generations.generation.c.live)
    assert connection.execute(standing_at).scalar_one() == last_position(connection)
    return {table.name: hashed(connection.execute(said(table, live))) for table in _TABLES}


_TABLES = (log, tables.submission, tables.episode, tables.standing, tables.slice_of, tables.taken_in)
_CHANCE = {"generation", "commitment", "salt", "recorded_at"}


def said(table: sa.Table, live: int) -> sa.Select[Any]:
    query = sa.select(*(column for column in table.c if column.name not in _CHANCE))
    return query.where(table.c.generation == live) if "generation" in table.c else query


def hashed(found: "sa.CursorResult[Any]") -> tuple[int, int]:
    count, total = 0, 0
    for count, row in enumerate(found, 1):  # noqa: B007 - the count is wanted after the loop
        total += hash(tuple(row))  # a sum does not ask for an order
    return count, total


def moments(count: int, start: float, end: float, seed: int) -> Iterator[float]:
    """Random moments, one of each of `count` equal parts of the time from start to end, in no order."""
    chance = random.Random(seed)
    parts = [start + (end - start) * (part + chance.random()) / count for part in range(count)]
    chance.shuffle(parts)
    yield from parts


def kill_after(process: "subprocess.Popen[str]", seconds: float) -> bool:
    """Kill -9 a process when it has worked for so long; false if it ended before."""
    clock = (~process.pid << 3) | 2  # how Linux names the clock of another process's work

    def has_worked() -> bool:
        with suppress(OSError):  # it ends just now
            return time.clock_gettime(clock) >= seconds
        return True

    return kill_when(process, has_worked)


def kill_when(process: "subprocess.Popen[str]", reached: Callable[[], bool]) -> bool:
    """Kill -9 a process as soon as something is so; false if it ended before."""
    while process.poll() is None and not reached():
        time.sleep(0.0002)
    return kill(process)


def kill(process: "subprocess.Popen[str]") -> bool:
    """Kill -9; false if the process had ended of itself."""
    process.kill()
    process.communicate(timeout=PATIENCE)
    return process.returncode < 0


def work_of(run: Callable[[], object]) -> float:
    """Seconds that processors worked for the processes that were run and have ended; nobody else's load is in it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def wait_until(reached: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)
