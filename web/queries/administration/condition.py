"""Whether the service can do its work, and what whoever runs it should look at: one check after the other.

A check that *fails* says that the service cannot answer, or can note nothing, which it must before it shows a client.
One that *warns* says that somebody should act, while it works on.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from domain.errors import NotAgreed, RecountError
from domain.log.database import reading
from domain.log.reading import last_position
from domain.log.tables import log
from projections.store import generations
from projections.store.tables import submission
from web.queries.improvement.reminders import GIVEN_UP, WAITING
from web.queries.result import Result
from web.services import Services
from web.tables import mail, outcome

from .backups import BackupNoted, newest_backup

LEAST_FREE: Final = 100 * 1024 * 1024
"""Bytes without which nothing can be written safely."""
ROOM_TO_WORK: Final = 2
"""Times the size of the database: what a rebuild and a backup beside it need."""
VERIFIED_WITHIN: Final = timedelta(days=8)
BACKED_UP_WITHIN: Final = timedelta(hours=26)
CLOCK_BEHIND: Final = timedelta(seconds=5)
"""By how much the newest record may be later than our clock: another machine may have written it."""


class CheckState(StrEnum):
    """What a check came to."""

    OK = "ok"
    WARNS = "warns"
    FAILS = "fails"


class CheckedResult(Result, frozen=True):
    """One check: its name, what it came to, and a sentence about it."""

    name: str
    state: CheckState
    said: str


class ConditionResult(Result, frozen=True):
    """All checks; `status` is "ready", "ready, with warnings" or "not ready"."""

    status: str
    checks: tuple[CheckedResult, ...]

    @property
    def is_ready(self) -> bool:
        """Whether the service can do its work."""
        return all(check.state is not CheckState.FAILS for check in self.checks)


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found: fine, unless it `warns`."""

    said: str
    warns: bool = False


_STATUS: Final = {
    CheckState.FAILS: "not ready",
    CheckState.WARNS: "ready, with warnings",
    CheckState.OK: "ready",
}
"""What all checks come to where the worst of them came to this; the worst first."""

Check = Callable[[Services, datetime], Found]


def condition(services: Services, at: datetime) -> ConditionResult:
    """Every check, at a moment; nothing is written."""
    checks = tuple(_checked(name, check, services, at) for name, check in {**_NEEDED, **_WATCHED}.items())
    states = {check.state for check in checks}
    return ConditionResult(next(status for state, status in _STATUS.items() if state in states), checks)


def check_ready(services: Services, at: datetime) -> None:
    """Whether the service can do its work.

    Raises:
        RecountError: it cannot; the first reason that was found.
    """
    for check in _NEEDED.values():
        check(services, at)


def _checked(name: str, check: Check, services: Services, at: datetime) -> CheckedResult:
    try:
        found = check(services, at)
    except (RecountError, OSError) as error:
        return CheckedResult(name, CheckState.FAILS, str(error))
    return CheckedResult(name, CheckState.WARNS if found.warns else CheckState.OK, found.said)


# ---- what the service needs


def _database(services: Services, _at: datetime) -> Found:
    with reading(services.engine) as connection:
        return Found(f"The log has come to position {last_position(connection)}.")


def _read_models(services: Services, _at: datetime) -> Found:
    with reading(services.engine) as connection:
        _, position = generations.live_at(connection)
        newest = last_position(connection)
    if position != newest:
        raise NotAgreed(
            f"The stored tables stand at position {position}, and the log at {newest}. Run 'recount rebuild'."
        )
    return Found(f"They stand at position {position}, as the log does.")


def _access(services: Services, _at: datetime) -> Found:
    return Found(f"The trail of access has come to line {services.trail_head().size}.")


def _keys(services: Services, _at: datetime) -> Found:
    # Each raises where it is missing; the client key also where the database was filled with another.
    _ = services.signer, services.client_key
    return Found("The client key is the database's, and there is a key to sign with.")


def _writable(services: Services, _at: datetime) -> Found:
    file = services.settings.file
    if file is None:
        with reading(services.engine) as connection:
            follows = connection.execute(sa.select(sa.func.pg_is_in_recovery())).scalar()
            fixed = connection.execute(sa.text("SELECT current_setting('default_transaction_read_only')")).scalar()
        if follows or fixed == "on":
            raise NotAgreed("The database server takes nothing that is written: it follows another, or is read-only.")
        return Found("The database server takes what is written.")
    for path in (file, services.settings.access_file or file, file.parent):
        if not os.access(path, os.W_OK):
            raise NotAgreed(f"{path} cannot be written.")
    return Found(f"{file} can be written.")


def _disk(services: Services, _at: datetime) -> Found:
    room = disk_room(services)
    if room is None:
        return Found("The database's disk is its server's: watch it there.")
    if room.free < LEAST_FREE:
        raise NotAgreed(f"The disk has {room.free} bytes left: nothing more can be taken in.")
    wanted = ROOM_TO_WORK * room.database + LEAST_FREE
    if room.free < wanted:
        return Found(f"The disk has {room.free} bytes left; a rebuild and a backup may need {wanted}.", warns=True)
    return Found(f"The disk has {room.free} bytes left.")


_NEEDED: Final[dict[str, Check]] = {
    "database": _database,
    "read models": _read_models,
    "trail of access": _access,
    "keys": _keys,
    "writable": _writable,
    "disk": _disk,
}


# ---- what somebody should look at


def _clock(services: Services, at: datetime) -> Found:
    with reading(services.engine) as connection:
        newest = connection.execute(sa.select(log.c.recorded_at).order_by(log.c.position.desc()).limit(1)).scalar()
    if newest is not None and newest - at > CLOCK_BEHIND:
        behind = int((newest - at).total_seconds())
        return Found(f"This machine's clock is {behind} seconds before the newest record: one was wrong.", warns=True)
    return Found("This machine's clock is after the newest record.")


def _verification(services: Services, at: datetime) -> Found:
    verified = newest_verification(services)
    if verified is None:
        return Found("Nothing was ever verified: run 'recount verify'.", warns=True)
    if not verified.holds:
        return Found("The newest verification found differences: run 'recount verify', and read them.", warns=True)
    return Found(_age("All was verified", verified.at, at), warns=at - verified.at > VERIFIED_WITHIN)


def _backup(services: Services, at: datetime) -> Found:
    with reading(services.engine) as connection:
        noted = newest_backup(connection)
    if noted is None:
        return Found("No backup was made by 'recount backup'.", warns=True)
    age = _age("A backup was made", noted.at, at)
    if services.settings.backup_recipients and not noted.encrypted:
        return Found(f"{age} It is not encrypted: is the public key set where backups are made?", warns=True)
    return Found(age, warns=at - noted.at > BACKED_UP_WITHIN)


def _age(said: str, then: datetime, at: datetime) -> str:
    return f"{said} {int((at - then).total_seconds() // 3600)} hours ago."


_WATCHED: Final[dict[str, Check]] = {"clock": _clock, "verification": _verification, "backup": _backup}
CHECK_NAMES: Final = (*_NEEDED, *_WATCHED)
"""The checks, in the order in which they are asked."""


# ---- values for whatever watches


@dataclass(frozen=True, slots=True)
class DiskRoom:
    """Bytes of the database's files, and bytes that its disk has left."""

    database: int
    free: int


def disk_room(services: Services) -> DiskRoom | None:
    """Room on the disk of an embedded database; None of one on a server."""
    file = services.settings.file
    if file is None:
        return None
    files = [file, Path(f"{file}-wal"), services.settings.access_file or file]
    size = sum(path.stat().st_size for path in set(files) if path.exists())
    return DiskRoom(size, shutil.disk_usage(file.parent).free)


@dataclass(frozen=True, slots=True)
class NewestVerification:
    """When all was last verified, and whether it agreed."""

    at: datetime
    holds: bool


def newest_verification(services: Services) -> NewestVerification | None:
    """The newest outcome that was stored; None if there is none."""
    import msgspec

    query = sa.select(outcome.c.at, outcome.c.document).order_by(outcome.c.number.desc()).limit(1)
    with reading(services.engine) as connection:
        row = connection.execute(query).one_or_none()
    return row and NewestVerification(row.at, bool(msgspec.json.decode(row.document)["holds"]))


@dataclass(frozen=True, slots=True)
class NewestFile:
    """Of an agency's newest monthly file: the moment at which it was taken in."""

    agency: str
    taken_in_at: datetime


@dataclass(frozen=True, slots=True)
class ServiceProgress:
    """How far the service has come: of the log, of the stored tables, of each agency's files, of its mails."""

    position: int
    read_models: int
    files: tuple[NewestFile, ...]
    verified: NewestVerification | None
    backup: BackupNoted | None
    mails: dict[str, int]


def progress(services: Services) -> ServiceProgress:
    """How far the service has come; no number in it is one of people."""
    with reading(services.engine) as connection:
        generation, position = generations.live_at(connection)
        newest = last_position(connection)
        files = tuple(_newest_files(connection, generation))
        noted = newest_backup(connection)
    with reading(services.access_engine) as beside:
        counted = sa.select(mail.c.state, sa.func.count()).where(mail.c.state.in_((WAITING, GIVEN_UP)))
        mails = {WAITING: 0, GIVEN_UP: 0} | dict(map(tuple, beside.execute(counted.group_by(mail.c.state))))
    return ServiceProgress(newest, position, files, newest_verification(services), noted, mails)


def _newest_files(connection: sa.Connection, generation: int) -> Iterator[NewestFile]:
    t = submission.c
    is_file = (t.generation == generation, t.file != "", t.first_day.is_not(None))
    newest = (
        sa.select(t.agency, sa.func.max(t.position).label("position")).where(*is_file).group_by(t.agency).subquery()
    )
    query = sa.select(newest.c.agency, log.c.recorded_at).join(log, log.c.position == newest.c.position)
    for agency, at in connection.execute(query.order_by(newest.c.agency)):
        yield NewestFile(agency, at)
