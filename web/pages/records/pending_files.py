"""A file between the page that says what it would change and the button that takes it in.

It lies encrypted in a folder of this user's alone, under a name that says nothing. The key is in the session of whoever
sent it and nowhere else, so that nobody reads it without their browser, the service neither. It is gone after a quarter
of an hour, once it was taken in, and when another takes its place.
"""

import os
import re
import secrets
import stat
import tempfile
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Timer
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import session

from web.auth.guard import services
from web.clock import now
from web.problems import Problem

HELD: Final = timedelta(minutes=15)
_IN_SESSION: Final = "kept-file"
_FOR_OWNER_ALONE: Final = 0o700
_NONCE: Final = 12
"""Bytes, as AES-GCM asks for."""
_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class PendingFile:
    """What somebody sent, and what they said of it. `received_on` None is the day on which it is taken in."""

    id: str
    key: str
    name: str
    sha256: str
    received_on: date | None
    complete: bool
    until: float

    def read_bytes(self) -> bytes:
        """The same bytes that were sent.

        Raises:
            Problem: they are gone (404).
        """
        try:
            sealed = self.path.read_bytes()
            data = AESGCM(b64decode(self.key)).decrypt(sealed[:_NONCE], sealed[_NONCE:], self._beside)
        except (OSError, InvalidTag):
            raise _gone() from None
        if sha256(data).hexdigest() != self.sha256:
            raise _gone()
        return data

    def write(self, data: bytes) -> None:
        """Keep the bytes; raises Problem where there is no room for them (507)."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + AESGCM(b64decode(self.key)).encrypt(nonce, data, self._beside)
        try:
            with os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(sealed)
        except OSError:
            self.remove()
            raise Problem(507, "no-room-for-file") from None

    def remove(self) -> None:
        """Let nothing of it stay."""
        with suppress(FileNotFoundError):
            self.path.unlink()

    @property
    def path(self) -> Path:
        """Where it lies."""
        return folder() / self.id

    @property
    def _beside(self) -> bytes:
        return f"{self.id} {self.sha256}".encode()


def folder() -> Path:
    """Where such files of this council's service lie; of this user alone.

    Raises:
        Problem: somebody else made it (503).
    """
    path = Path(tempfile.gettempdir()) / f"recount-{os.getuid()}-{services().settings.mark}"
    path.mkdir(mode=_FOR_OWNER_ALONE, exist_ok=True)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise Problem(503, "no-private-folder")
    return path


def keep(data: bytes, name: str, received_on: date | None, *, complete: bool) -> PendingFile:
    """Keep a file for the session, in place of any before."""
    drop()
    sweep()
    file = PendingFile(
        secrets.token_hex(16),
        b64encode(AESGCM.generate_key(256)).decode(),
        name,
        sha256(data).hexdigest(),
        received_on,
        complete,
        (now() + HELD).timestamp(),
    )
    file.write(data)
    session[_IN_SESSION] = {field: getattr(file, field) for field in PendingFile.__slots__} | {
        "received_on": received_on.isoformat() if received_on else None
    }
    later = Timer(HELD.total_seconds(), file.path.unlink, kwargs={"missing_ok": True})
    later.daemon = True
    later.start()
    return file


def pending_file() -> PendingFile:
    """The file of this session.

    Raises:
        Problem: there is none, or its time is over (404).
    """
    held: dict[str, Any] | None = session.get(_IN_SESSION)
    if not held or held["until"] < now().timestamp() or not _ID.fullmatch(held["id"]):
        raise _gone()
    day = held["received_on"]
    return PendingFile(**held | {"received_on": date.fromisoformat(day) if day else None})


def drop() -> None:
    """Forget the file of this session, if it has one."""
    if session.get(_IN_SESSION):
        with suppress(Problem):
            pending_file().remove()
        del session[_IN_SESSION]


def sweep() -> None:
    """Remove what a process left that ended before its time was over."""
    before = (now() - HELD).timestamp()
    for path in folder().iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()


def _gone() -> Problem:
    minutes = int(HELD.total_seconds() // 60)
    return Problem(
        404,
        "file-gone",
        f"The file is not here any more: it is kept for {minutes} minutes, and until it is taken in. Nothing of it was "
        "stored by waiting. Look at the list of submissions whether it was taken in, or send it again.",
    )
