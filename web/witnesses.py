"""Witnesses: the other party's places to which each new signed head is handed, so that nobody can take it back.

A witness is a file, on a share of the other party's say, or an address that takes a POST. What goes there is a signed
head and nothing else: how many events the log has, a hash over them, when. A head that cannot be handed over stops
nothing; the next one proves the same and more.
"""

import fcntl
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

import sqlalchemy as sa

from domain.errors import Refused, WrongUse
from domain.log.database import reading
from domain.log.heads import newest_head
from domain.proof.head import SignedHead
from projections.publication.held_heads import read_heads
from projections.publication.witness import differences, line_for

from .settings import LOOPBACK

if TYPE_CHECKING:
    from domain.proof.signing import PublicKeys

_LOG: Final = logging.getLogger(__name__)
Newest = Callable[[sa.Connection], SignedHead | None]
"""Which head is the newest, by a connection to the log."""

_TIMEOUT: Final = (5, 10)
"""Seconds to reach an address, and to wait for its answer."""


class Witness:
    """A place of the other party's: a file, or an address (https, or http on this machine)."""

    def __init__(self, place: str) -> None:
        self._place, parts = place, urlsplit(place)
        self._is_address = parts.scheme in {"http", "https"}
        if self._is_address and parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise WrongUse(f"The witness {self} begins with http://. Outside this machine write https://.")

    def __str__(self) -> str:
        """The place without a password."""
        parts = urlsplit(self._place)
        if not self._is_address or "@" not in parts.netloc:
            return self._place
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))

    def hand_over(self, engine: sa.Engine, keys: "PublicKeys", newest: Newest = newest_head) -> None:
        """Hand over the newest head; nothing where the log is empty, or the witness has it already.

        Raises:
            Refused: the witness cannot be reached or written, or holds a head of another history. The text says which.
        """
        if self._is_address:
            with reading(engine) as connection:
                head = newest(connection)
                line = head and line_for(connection, head, None)
            if line:
                self._post(line)
            return
        try:
            with _locked(Path(self._place)) as file:
                self._append(file, engine, keys, newest)
        except OSError as error:
            raise self._refused("witness-unreachable", f"it cannot be written ({error.strerror})") from error

    def _append(self, file: int, engine: sa.Engine, keys: "PublicKeys", newest: Newest) -> None:
        text = _read_whole(file)
        held = read_heads(_last_of(text), keys, str(self))[-1:] if text.strip() else ()
        last = held[0].head if held else None
        with reading(engine) as connection:
            if faults := differences(connection, held, str(self)):
                raise Refused("witness-differs", faults[0], str(self))
            head = newest(connection)
            if head is None or head.head == last:
                return
            line = line_for(connection, head, last.size if last else None)
        os.write(file, (b"" if text.endswith(b"\n") or not text else b"\n") + line.encode())
        os.fsync(file)

    def _post(self, line: str) -> None:
        import requests  # slow to load, and hardly ever needed

        try:
            answer = requests.post(
                self._place,
                data=line.encode(),
                headers={"Content-Type": "application/json"},
                timeout=_TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise self._refused("witness-unreachable", f"it cannot be reached ({type(error).__name__})") from None
        if not 200 <= answer.status_code < 300:
            raise self._refused("witness-unreachable", f"it answered {answer.status_code}")

    def _refused(self, code: str, words: str) -> Refused:
        return Refused(code, f"The newest head could not be handed to the witness {self}: {words}.", str(self))


class Witnesses:
    """All places of the settings. In the background of a service, so that nobody waits for another party's machine."""

    def __init__(self, engine: sa.Engine, keys: "PublicKeys", places: Iterable[str], *, in_background: bool) -> None:
        self._engine, self._keys = engine, keys
        self._witnesses = [Witness(place) for place in places]
        self._sender = ThreadPoolExecutor(1, "witness") if in_background and self._witnesses else None

    def hand_over(self) -> None:
        """Hand the newest head to every place; what fails is a warning of this process."""
        if self._sender is None:
            self._hand_over()
        else:
            self._sender.submit(self._hand_over)

    def _hand_over(self) -> None:
        for witness in self._witnesses:
            try:
                witness.hand_over(self._engine, self._keys)
            except Exception as error:  # the commit is through: nothing that happens here may look like its failure
                _LOG.warning("%s It is tried again after the next submission, or now with 'recount head --to'.", error)

    def close(self) -> None:
        """Let what is on its way arrive."""
        if self._sender is not None:
            self._sender.shutdown()


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file, to read and to append to, for this process alone; made where there is none."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _last_of(text: bytes) -> bytes:
    """The last line, or all of a file in which a head has several."""
    last = text.rstrip().rpartition(b"\n")[2]
    return last if last.startswith(b"{") and last.endswith(b"}") and len(last) > 1 else text


def _read_whole(file: int) -> bytes:
    with os.fdopen(os.dup(file), "rb") as copy:
        return copy.read()
