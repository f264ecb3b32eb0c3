"""A folder that does not outlive whoever made it: for a copy of what is put back or backed up, or for what a service
counts.

A process that is killed cannot clear up. So the folder has a lock that the kernel gives back with the process, and
whoever comes next removes every such folder that nobody holds: of copies the next command that opens the database, or
puts the file back.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from typing import Final

RESTORING: Final = ".restoring-"
"""What is between the name of the file that the folder lies beside and its own."""
_LOCK: Final = "lock"


def place_for_copies(database_file: Path | None) -> Path:
    """Beside what a copy lies that is not encrypted: the database, which has the same; with one on a server, this
    user's name in the folder for temporary files.
    """
    return database_file or Path(tempfile.gettempdir(), f"recount-{os.getuid()}")


@contextmanager
def own_folder(beside: Path) -> Iterator[Path]:
    """A folder of this user's alone beside a file, removed in the end."""
    with held_folder(beside.parent, beside.name + RESTORING) as folder:
        yield folder


def sweep(beside: Path) -> None:
    """Remove the folders beside a file whose makers are gone."""
    _sweep(beside.parent, beside.name + RESTORING)


@contextmanager
def held_folder(place: Path, prefix: str) -> Iterator[Path]:
    """A folder of this user's alone whose name begins so, removed in the end; before it those whose makers are gone.

    Processes that are forked from here hold it too, and leave its removal to this one.
    """
    _sweep(place, prefix)
    folder, owner = Path(tempfile.mkdtemp(prefix=prefix, dir=place)), os.getpid()
    draft = folder / f"{_LOCK}.draft"
    lock = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # It has its name once it is held, so that nobody finds it free meanwhile.
        draft.rename(folder / _LOCK)
        yield folder
    finally:
        if os.getpid() == owner:
            shutil.rmtree(folder)
            os.close(lock)


def _sweep(place: Path, prefix: str) -> None:
    with suppress(OSError):  # a folder that cannot be read holds nothing of ours
        for folder in list(place.glob(f"{escape(prefix)}*")):
            _remove_left(folder)


def _remove_left(folder: Path) -> None:
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return
    finally:
        os.close(lock)
