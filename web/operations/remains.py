"""A folder for a copy of what is put back, that does not outlive whoever made it.

A process that is killed cannot clear up. So the folder has a lock that the kernel gives back with the process, and the
next command that opens the database, or puts the file back, removes every such folder that nobody holds.
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


@contextmanager
def own_folder(beside: Path) -> Iterator[Path]:
    """A folder of this user's alone beside a file, removed in the end."""
    sweep(beside)
    folder = Path(tempfile.mkdtemp(prefix=f"{beside.name}{RESTORING}", dir=beside.parent))
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder)
        os.close(lock)


def sweep(beside: Path) -> None:
    """Remove the folders beside a file whose makers are gone."""
    with suppress(OSError):  # a folder that cannot be read holds nothing of ours
        for folder in list(beside.parent.glob(f"{escape(beside.name)}{RESTORING}*")):
            _remove_left(folder)


def _remove_left(folder: Path) -> None:
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return
    finally:
        os.close(lock)
