"""Whose turn it is to write to a SQLite database: writers are served in the order in which they came.

SQLite lets whoever waits try again ten times a second, so that who happens to ask just after a writer has ended goes
first, and somebody may be passed over many times. Here each waits in the kernel's queue for a lock on a file beside the
database; it is handed on in order, between threads and processes alike, and when its holder dies.

This only puts writers in order: what keeps them apart is SQLite's own lock. Who does not ask for a turn (another tool),
or cannot (where no file can be made), disturbs nobody.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

BESIDE = ".turn"
"""What the name of the file has after the database's own."""


@contextmanager
def turn(database: str, wait: float) -> Iterator[None]:
    """The turn of this thread.

    Raises:
        TimeoutError: it did not come within `wait` seconds.
    """
    place = _queue(database)
    if place is None:
        yield
        return
    _take(place, wait)
    try:
        yield
    finally:
        _leave(place)


def _queue(database: str) -> int | None:
    """The file beside the database, opened; None where there is none and none can be made."""
    try:
        return os.open(database + BESIDE, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None


def _take(place: int, wait: float) -> None:
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if not _Waiting(place).has_come_within(wait):
            raise TimeoutError from None
    except OSError:
        return  # a file system without such locks


def _leave(place: int) -> None:
    # Not by closing alone: a process that was forked meanwhile has the file open, too.
    fcntl.flock(place, fcntl.LOCK_UN)
    os.close(place)


class _Waiting:
    """A place in the queue. The kernel's wait has no end of its own, so that a thread beside waits there; where it is
    given up, the turn is let pass when it comes.
    """

    def __init__(self, place: int) -> None:
        self._place = place
        self._come = Event()
        self._given_up = False
        self._deciding = Lock()
        Thread(target=self._wait, daemon=True).start()

    def has_come_within(self, seconds: float) -> bool:
        if self._come.wait(seconds):
            return True
        with self._deciding:
            self._given_up = not self._come.is_set()
        return not self._given_up

    def _wait(self) -> None:
        fcntl.flock(self._place, fcntl.LOCK_EX)
        with self._deciding:
            if self._given_up:
                _leave(self._place)
            else:
                self._come.set()
