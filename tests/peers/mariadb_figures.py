"""The KPIs of Appendix C from a system-versioned table of MariaDB, which keeps by itself what was known when."""

import getpass
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

from .window import Counts, tallied

HERE: Final = Path(__file__).parent
PROGRAMS: Final = ("mariadbd", "mariadb-install-db", "mariadb", "mariadb-admin")
TABLES: Final = (HERE / "mariadb_tables.sql").read_text(encoding="utf-8")
FIGURES: Final = (HERE / "mariadb_figures.sql").read_text(encoding="utf-8")
DATABASE: Final = "peer"


def is_installed() -> bool:
    return all(program(name) for name in PROGRAMS)


def program(name: str) -> str | None:
    """Where a program lies; servers lie where only administrators look."""
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin")))


class MariaDbServer:
    """A server of its own, reached by a socket and by nothing else."""

    def __init__(self, folder: Path, process: "subprocess.Popen[bytes]") -> None:
        self.socket, self.process = folder / "socket", process
        self.table = folder / "data" / DATABASE / "episode.ibd"

    def run(self, script: str, *, database: str = DATABASE) -> list[list[str]]:
        """Run a script; its rows as text."""
        options = ["--no-defaults", f"--socket={self.socket}", "--local-infile", "--batch", "--skip-column-names"]
        command = [str(program("mariadb")), *options, database]
        answer = subprocess.run(command, input=script, capture_output=True, text=True, check=True, encoding="utf-8")
        return [line.split("\t") for line in answer.stdout.splitlines()]

    def is_ready(self) -> bool:
        ask = [str(program("mariadb-admin")), "--no-defaults", f"--socket={self.socket}", "ping"]
        return subprocess.run(ask, capture_output=True, check=False).returncode == 0

    def seconds(self) -> float:
        """Seconds of the processor, of the server and of the clients that asked it."""
        user, system = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        clients = os.times()
        ticks = int(user) + int(system)
        return ticks / os.sysconf("SC_CLK_TCK") + clients.children_user + clients.children_system


@contextmanager
def mariadb_server(folder: Path) -> Iterator[MariaDbServer]:
    """A new and empty server, which ends with the block."""
    folder.mkdir()
    own = [f"--datadir={folder / 'data'}", f"--user={getpass.getuser()}"]
    make = [str(program("mariadb-install-db")), "--no-defaults", "--auth-root-authentication-method=normal", *own]
    subprocess.run(make, check=True, capture_output=True)
    serve = [str(program("mariadbd")), "--no-defaults", *own, f"--socket={folder / 'socket'}"]
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [*serve, "--skip-networking", "--skip-grant-tables"],
        stdout=log,
        stderr=log,
    )
    server = MariaDbServer(folder, process)
    try:
        deadline = time.monotonic() + 60
        while not server.is_ready():
            assert time.monotonic() < deadline, (folder / "log").read_text(encoding="utf-8")
            time.sleep(0.2)
        yield server
    finally:
        process.terminate()
        process.wait()
        log.close()


class MariaDbPeer:
    def __init__(self, versions: Path, server: MariaDbServer, loads: Sequence[int]) -> None:
        self.server = server
        server.run(f"create database {DATABASE}", database="")
        server.run("create table standpoint (as_of date primary key);" + TABLES.format(versions=versions))
        server.run("".join(f"call take_in({position});" for position in loads) + "drop table version;")

    def answers(self, cells: Sequence[tuple[date, int]]) -> list[Counts]:
        days = ", ".join(f"('{as_of}')" for as_of in dict.fromkeys(as_of for as_of, _ in cells))
        self.server.run(f"insert into standpoint values {days}")
        by_position = {position: self.as_known(position) for position in dict.fromkeys(p for _, p in cells)}
        return [by_position[position].get(str(as_of), {}) for as_of, position in cells]

    def as_known(self, position: int) -> dict[str, Counts]:
        """All figures of all days, as known at a position."""
        counts: dict[str, Counts] = {}
        for as_of, family, *numbers in self.server.run(FIGURES.format(position=position)):
            group, numerator, denominator = (int(number) for number in numbers)
            tallied(family, [(group, numerator, denominator)], counts.setdefault(as_of, {}))
        return counts
