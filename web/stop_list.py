"""The stop-list: keyed hashes of persons and episodes that were erased, so that nothing brings them back.

It is kept twice. The table is asked when a file is taken in. The file lies outside the database, beside its keys, and
so outlives a backup that is put back: whatever of the file the table lacks has to be erased again. A line of it:

    keep-out 5f0c...e1 2026-01-05T09:00:00+00:00        no file may bring this person or episode back
    erase-again 8d1a...07 2026-02-01T10:30:00+00:00     a file may, but what a backup holds from before goes

Without the client key nobody can tell whom a line is about, or try names against it.
"""

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from domain.errors import RecountError
from domain.log.database import FOR_OWNER_ALONE, insert_many
from projections.store.tables import stop_list

KEEP_OUT, ERASE_AGAIN = "keep-out", "erase-again"


class StopEntry(NamedTuple):
    """A person or an episode that was erased at a moment (UTC), by its keyed hash."""

    entry: bytes
    keeps_out: bool
    recorded_at: datetime


def load(connection: sa.Connection) -> list[StopEntry]:
    """All entries of the table."""
    t = stop_list.c
    query = sa.select(t.entry, t.keeps_out, t.recorded_at).order_by(t.recorded_at, t.entry)
    return [StopEntry(bytes(entry), keeps_out, at) for entry, keeps_out, at in connection.execute(query)]


def kept_out(connection: sa.Connection) -> frozenset[bytes]:
    """The entries that no file may bring back."""
    query = sa.select(stop_list.c.entry).where(stop_list.c.keeps_out)
    return frozenset(bytes(entry) for entry in connection.execute(query).scalars())


def missing(connection: sa.Connection, entries: Iterable[StopEntry]) -> list[StopEntry]:
    """Those of a file's entries that the table lacks, or has of an earlier erasure only."""
    known = {entry.entry: entry for entry in load(connection)}
    return [entry for entry in entries if (old := known.get(entry.entry)) is None or _stricter(old, entry) != old]


def add(connection: sa.Connection, entries: Iterable[StopEntry]) -> None:
    """Put entries on the list; of one that is on it already the stricter and the later holds."""
    known = {entry.entry: entry for entry in load(connection)}
    new = {
        entry: merged for entry, merged in _merged([*known.values(), *entries]).items() if known.get(entry) != merged
    }
    for entry in known.keys() & new.keys():
        connection.execute(stop_list.delete().where(stop_list.c.entry == entry))
    insert_many(connection, stop_list, list(new.values()))


def read_file(path: Path) -> list[StopEntry]:
    """The entries of a stop-list file; none if there is no such file.

    Raises:
        RecountError: a line cannot be read; nothing of the file may then be taken for granted.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise _unreadable(path, str(error)) from error
    return [_entry(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def write_file(path: Path, entries: Iterable[StopEntry]) -> None:
    """Add entries to a stop-list file, whole and on the disk, or not at all; what is in it stays.

    Whoever calls it holds the writer's lock, so that no two write at once.
    """
    before = read_file(path)
    merged = _merged([*before, *entries]).values()
    if set(merged) == set(before):
        return
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FOR_OWNER_ALONE), "w") as out:
        out.writelines(f"{_line(entry)}\n" for entry in merged)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def _merged(entries: Iterable[StopEntry]) -> Mapping[bytes, StopEntry]:
    merged: dict[bytes, StopEntry] = {}
    for entry in entries:
        merged[entry.entry] = _stricter(merged.get(entry.entry, entry), entry)
    return merged


def _stricter(old: StopEntry, new: StopEntry) -> StopEntry:
    return StopEntry(old.entry, old.keeps_out or new.keeps_out, max(old.recorded_at, new.recorded_at))


def _line(entry: StopEntry) -> str:
    return f"{KEEP_OUT if entry.keeps_out else ERASE_AGAIN} {entry.entry.hex()} {entry.recorded_at.isoformat()}"


def _entry(path: Path, number: int, line: str) -> StopEntry:
    try:
        kind, entry, moment = line.split()
        recorded_at = datetime.fromisoformat(moment)
        if kind not in {KEEP_OUT, ERASE_AGAIN} or recorded_at.tzinfo is None:
            raise ValueError(line)
        return StopEntry(bytes.fromhex(entry), kind == KEEP_OUT, recorded_at)
    except ValueError as error:
        raise _unreadable(path, f"line {number}") from error


def _unreadable(path: Path, why: str) -> RecountError:
    return RecountError(f"The stop-list {path} cannot be read ({why}). Restore it from where it was kept.")
