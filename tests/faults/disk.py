"""A small disk of its own for a test: a tmpfs in a mount namespace, gone with the process that holds it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.log.database import make_engine

from .service import Rows, rows

PRIVATE = ("--mount",) if os.geteuid() == 0 else ("--mount", "--user", "--map-root-user")


@dataclass(frozen=True)
class Disk:
    """`holder` lives where the disk is mounted on `folder`; `seen` is the same folder for everybody else."""

    holder: int
    folder: Path

    @property
    def seen(self) -> Path:
        return Path(f"/proc/{self.holder}/root{self.folder}")

    @property
    def prefix(self) -> tuple[str, ...]:
        """What runs a command where the disk is."""
        user = () if os.geteuid() == 0 else ("--user", "--preserve-credentials")
        return ("nsenter", "--target", str(self.holder), "--mount", *user, f"--wdns={self.folder}")

    def rows(self) -> Rows:
        """What the database on it says, by a copy: SQLite itself would not find the way to `seen`."""
        with TemporaryDirectory() as folder:
            for file in self.seen.glob("recount.db*"):
                if not file.name.endswith("-shm"):
                    shutil.copy(file, folder)
            engine = make_engine(f"sqlite:///{folder}/recount.db")
            try:
                return rows(engine)
            finally:
                engine.dispose()

    def leave(self, room: int | None) -> None:
        """Fill the disk up to so many bytes; None: empty it again."""
        filler = self.seen / "filler"
        filler.unlink(missing_ok=True)
        if room is not None:
            filler.write_bytes(bytes(max(shutil.disk_usage(self.seen).free - room, 0)))

    def allow(self, what: str) -> None:
        """Mount it `ro` or `rw`."""
        subprocess.run([*self.prefix, "mount", "-o", f"remount,{what}", str(self.folder)], check=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk | None]:
    """Mount one on a folder, for the processes in its namespace only; None where that is not allowed."""
    script = f'mount -t tmpfs -o size={megabytes}m recount "{folder}" && echo mounted && exec sleep 3600'
    holder = subprocess.Popen(
        ["unshare", *PRIVATE, "sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert holder.stdout is not None
    try:
        yield Disk(holder.pid, folder) if holder.stdout.readline() else None
    finally:
        holder.kill()
        holder.communicate()
