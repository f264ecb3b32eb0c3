"""Columns of standings in a file that the processes of a service map together: what they answer from is there once.

A file holds what stood at one position of the log, in one generation of the read models, after so many erasures; its
name says so, and its head says of which log, with a checksum of each column. It follows from the tables alone: one that
is missing, torn, altered or of something else is not used, and another one is made. It is written under another name
before it gets its own, and is never changed; it need not be on the disk by then, since one that a power cut tore does
not have its checksums. A process that has it open keeps it, whoever removes it meanwhile.

A file holds clients' numbers, and so is its owner's alone. An erasure removes all files (`clear`); what another
machine's erasure or a rebuild made old goes when the next process looks. Old ones are never read: the count of erased
episodes in the tables is no longer theirs.
"""

import fcntl
import logging
import mmap
import os
import stat
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from domain.log.database import FOR_OWNER_ALONE, reading
from domain.log.reading import commitment_at
from domain.measures.fingerprint import fingerprint

from .columns import NAMES, StandingColumns
from .slices import Slices
from .stored import DatabaseState

_LOG: Final = logging.getLogger(__name__)
_MAGIC: Final = b"recount columns\1"
_COLUMNS: Final = ("clients", *NAMES)
_BOUNDARY: Final = 64
"""Bytes: each column begins at a multiple."""
_KEPT: Final = 2
"""Files of one generation: a process whose snapshot is a little older finds the one before the newest."""
_DRAFT, _LOCK = ".draft", ".lock"
_PATIENCE: Final = 60.0
"""Seconds for which a process waits for another one that makes a file."""
_LOOKS: Final = 0.05
_FOLDER: Final = FOR_OWNER_ALONE | stat.S_IXUSR
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


class ColumnsHead(msgspec.Struct, frozen=True):
    """What a file says of itself. `end` is the commitment of the event at its position, random for each log; `slices`
    a digest of the slices that had a number, of which there were so many; `sums` a checksum of each column.
    """

    generation: int
    erased: int
    position: int
    end: str
    counted_by: str
    slices: str
    slices_known: int
    rows: int
    clients: int
    sums: dict[str, int]

    @property
    def state(self) -> DatabaseState:
        """The state of the database that it is of."""
        return DatabaseState(self.generation, self.position, self.erased)


class SharedBase(NamedTuple):
    """Columns that lie in a file, and the state of the database that they are of."""

    state: DatabaseState
    columns: StandingColumns


class SharedColumns:
    """The files of one database: their names are `stem`, and behind it what they are of."""

    def __init__(self, stem: Path) -> None:
        self._folder, self._name = stem.parent, stem.name
        self._failed = ""

    @property
    def obstacle(self) -> str:
        """Why no file can be made here, in words; empty if one can. To ask it writes nothing."""
        if self._failed:
            return self._failed
        place = next(one for one in (self._folder, *self._folder.absolute().parents) if one.exists())
        if not place.is_dir():
            return f"{place} is no folder"
        return "" if os.access(place, os.W_OK | os.X_OK) else f"{place} cannot be written"

    def newest(self, connection: sa.Connection, snapshot: DatabaseState, slices: Slices) -> SharedBase | None:
        """The newest file that is of this snapshot or of before it, with nothing erased between; None without one."""
        for state, path in self._files():
            if not state.same_past(snapshot):
                _remove(path)
            elif state.position <= snapshot.position:
                base = _mapped(path)
                if base is not None and base[0].state == state and _is_of(base[0], connection, slices):
                    return SharedBase(state, base[1])
                _remove(path)
        return None

    def write(
        self, connection: sa.Connection, snapshot: DatabaseState, slices: Slices, columns: StandingColumns
    ) -> StandingColumns | None:
        """Write the columns of a snapshot, of which nothing is gone, and map them; None where that cannot be done, or
        something was erased or rebuilt meanwhile. Only under `turn`.
        """
        path = self._folder / f"{self._name}-{snapshot.generation}-{snapshot.erased}-{snapshot.position}"
        draft = path.with_name(path.name + _DRAFT)
        try:
            _write(draft, _head(connection, snapshot, slices, columns), columns)
            if not self._may_show(connection, snapshot):
                return None
            draft.rename(path)
        except OSError as error:
            self._note(error)
            return None
        finally:
            _remove(draft)
        self._failed = ""
        self._remove_old(snapshot)
        base = _mapped(path)
        return base and base[1]

    @contextmanager
    def turn(self, *, wait: bool) -> Iterator[bool]:
        """The turn to write; whether it came. Of those who wait, one writes and the others find what it wrote."""
        try:
            self._folder.mkdir(_FOLDER, parents=True, exist_ok=True)
            lock = os.open(
                self._folder / (self._name + _LOCK), os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, FOR_OWNER_ALONE
            )
        except OSError as error:
            self._note(error)
            yield False
            return
        try:
            yield self._locked(lock, _PATIENCE if wait else 0)
        finally:
            # Not by closing alone: a process that was forked meanwhile has the file open, too.
            fcntl.flock(lock, fcntl.LOCK_UN)
            os.close(lock)

    def clear(self) -> bool:
        """Remove all files: what was erased must not lie there any longer; False if one cannot be removed.

        Who is just writing one is waited for, and cannot show it without its draft; who begins now writes what is in
        the tables by now.
        """
        if not self._listed():
            return True
        with self.turn(wait=True):
            for path in self._listed():
                _remove(path)
        with suppress(OSError):
            _sync(self._folder)
        return not self._listed()

    def _listed(self) -> list[Path]:
        """The files, and drafts of some."""
        try:
            return [path for path in self._folder.iterdir() if path.name.startswith(self._name + "-")]
        except OSError:
            return []

    def _files(self) -> list[tuple[DatabaseState, Path]]:
        """The files with what their names say, the newest first."""
        files = []
        for path in self._listed():
            with suppress(ValueError):
                generation, erased, position = map(int, path.name.removeprefix(self._name + "-").split("-"))
                files.append((DatabaseState(generation, position, erased), path))
        return sorted(files, key=lambda one: one[0].position, reverse=True)

    def _remove_old(self, newest: DatabaseState) -> None:
        """What is not needed any more, and drafts of writers that died: nobody else has the turn."""
        files = self._files()
        alike = [path for state, path in files if state.same_past(newest)]
        others = [path for state, path in files if not state.same_past(newest)]
        drafts = [path for path in self._listed() if path.suffix == _DRAFT]
        for path in (*alike[_KEPT:], *others, *drafts):
            _remove(path)

    def _locked(self, lock: int, patience: float) -> bool:
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    return False
                time.sleep(_LOOKS)
            except OSError as error:  # a file system without such locks
                self._note(error)
                return False
            else:
                return True

    def _note(self, error: OSError) -> None:
        """Say it once: it is tried again whenever standings are read."""
        if str(error) != self._failed:
            _LOG.warning("No file of standings can be made, so that each process has its own: %s", error)
        self._failed = str(error)

    @staticmethod
    def _may_show(connection: sa.Connection, snapshot: DatabaseState) -> bool:
        """Whether nothing was erased or rebuilt since the snapshot: an erasure that comes later waits for the turn."""
        with reading(connection.engine) as newer:
            return DatabaseState.of(newer).same_past(snapshot)


# ---- what a file is of


def _head(connection: sa.Connection, snapshot: DatabaseState, slices: Slices, columns: StandingColumns) -> ColumnsHead:
    return ColumnsHead(
        snapshot.generation,
        snapshot.erased,
        snapshot.position,
        commitment_at(connection, snapshot.position),
        fingerprint(),
        _digest(slices, len(slices)),
        len(slices),
        len(columns),
        len(columns.clients),
        {name: zlib.crc32(_bytes(getattr(columns, name))) for name in _COLUMNS},
    )


def _is_of(head: ColumnsHead, connection: sa.Connection, slices: Slices) -> bool:
    """Whether a file is of this log, counted by this program; a backup that was put back goes on as another log."""
    return (
        head.counted_by == fingerprint()
        and head.end == commitment_at(connection, head.position)
        and head.slices_known <= len(slices)
        and head.slices == _digest(slices, head.slices_known)
    )


def _digest(slices: Slices, known: int) -> str:
    return sha256(msgspec.json.encode(list(slices)[:known])).hexdigest()


# ---- bytes


def _bytes(values: NDArray[Any]) -> memoryview:
    return np.ascontiguousarray(values).view(np.uint8).data


def _places(head: ColumnsHead, begin: int) -> Mapping[str, tuple[int, int, type]]:
    """Where each column begins, how many values it has and of which kind."""
    places: dict[str, tuple[int, int, type]] = {}
    for name in _COLUMNS:
        begin = -(-begin // _BOUNDARY) * _BOUNDARY
        count, kind = (head.clients, np.int64) if name == "clients" else (head.rows, np.int32)
        places[name] = (begin, count, kind)
        begin += count * np.dtype(kind).itemsize
    return places | {"": (begin, 0, np.int32)}


def _write(path: Path, head: ColumnsHead, columns: StandingColumns) -> None:
    said = msgspec.json.encode(head)
    start = _MAGIC + sha256(said).digest() + len(said).to_bytes(8, "big") + said
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FOR_OWNER_ALONE), "wb") as out:
        out.write(start)
        for name, (begin, _, _) in _places(head, len(start)).items():
            out.write(bytes(begin - out.tell()))
            if name:
                out.write(_bytes(getattr(columns, name)))


def _mapped(path: Path) -> tuple[ColumnsHead, StandingColumns] | None:
    """A file's head and columns; None if it is not one of ours, whole, and nobody else's to write."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
            status = os.fstat(file.fileno())
            if status.st_mode & _OTHERS_WRITE or status.st_uid not in {os.geteuid(), 0}:
                return None
            mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        return _read(mapped)
    except (OSError, ValueError, KeyError, msgspec.MsgspecError):
        return None


def _read(mapped: mmap.mmap) -> tuple[ColumnsHead, StandingColumns] | None:
    digest, begin = len(_MAGIC), len(_MAGIC) + 40
    length = int.from_bytes(mapped[begin - 8 : begin], "big")
    said = mapped[begin : begin + length]
    if mapped[:digest] != _MAGIC or mapped[digest : begin - 8] != sha256(said).digest():
        return None
    head = msgspec.json.decode(said, type=ColumnsHead)
    places = dict(_places(head, begin + length))
    if places.pop("")[0] != len(mapped):
        return None
    columns: dict[str, Any] = {
        name: np.frombuffer(mapped, kind, count, offset) if count else np.zeros(0, kind)
        for name, (offset, count, kind) in places.items()
    }
    if any(zlib.crc32(_bytes(values)) != head.sums[name] for name, values in columns.items()):
        return None
    return head, StandingColumns.by_part(columns.pop("clients"), columns)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
