"""A folder of backups that is kept by a rule: each is checked after it was made, and only then the old ones go.

Days, weeks (from Monday) and months are those of UTC, as in the files' names.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from domain.log.database import FOR_OWNER_ALONE, reading
from domain.log.tables import CLIENT_KEY, setting

from .backup import Backup, backup
from .backup_refusals import refused
from .encryption import ENDING, Encryption

_NAME: Final = "recount-%Y%m%dT%H%M%SZ.backup"
_CUT_SHORT_AFTER: Final = timedelta(days=1)
"""No backup takes as long as that."""
_OWNER: Final = ".database"
"""The file that says of which database the backups of a folder are."""


@dataclass(frozen=True, slots=True)
class KeepRule:
    """How many days, weeks and months keep their newest backup; those without one do not count."""

    daily: int
    weekly: int
    monthly: int

    def kept(self, moments: Iterable[datetime]) -> set[datetime]:
        """Of backups made at these moments those that stay; the newest always does."""
        newest_first = sorted(moments, reverse=True)
        return {
            *newest_first[:1],
            *_newest_of_each(newest_first, self.daily, datetime.date),
            *_newest_of_each(newest_first, self.weekly, lambda at: at.isocalendar()[:2]),
            *_newest_of_each(newest_first, self.monthly, lambda at: (at.year, at.month)),
        }


def _newest_of_each(newest_first: list[datetime], count: int, period: Callable[[datetime], object]) -> list[datetime]:
    newest: dict[object, datetime] = {}
    for at in newest_first:
        newest.setdefault(period(at), at)
    return list(newest.values())[:count]


@dataclass(frozen=True, slots=True)
class KeptBackup:
    """A backup that was made and checked, and the files that went after it."""

    made: Backup
    removed: list[str]


def backup_into(
    engine: sa.Engine,
    beside: sa.Engine | None,
    folder: Path,
    rule: KeepRule,
    at: datetime,
    encryption: Encryption | None = None,
) -> KeptBackup:
    """Make a backup in the folder, read it back, and remove those that the rule does not keep, and what killed ones
    left; other files stay.

    Raises:
        Refused: the folder has backups of another database, which the rule would remove; or what was read back is not
            what was written. The older ones all stay.
        DatabaseBusy, DatabaseFull, DatabaseUnavailable, OSError: as `backup`.
    """
    folder.mkdir(mode=FOR_OWNER_ALONE | 0o100, parents=True, exist_ok=True)
    _check_owner(engine, folder)
    name = at.astimezone(UTC).strftime(_NAME) + (ENDING if encryption else "")
    made = backup(engine, beside, folder / name, encryption, read_back=True)
    files = sorted(_backups_in(folder))
    kept = rule.kept(moment for moment, _ in files)
    old = [file for moment, file in files if moment not in kept] + sorted(_cut_short(folder, at))
    for file in old:
        file.unlink()
    return KeptBackup(made, list(map(str, old)))


def _check_owner(engine: sa.Engine, folder: Path) -> None:
    """Whether the folder is this database's: the first one to come takes it, and is known by its client key."""
    with reading(engine) as connection:
        key = connection.execute(sa.select(setting.c.value).where(setting.c.name == CLIENT_KEY)).scalar()
    if key is None:
        return
    own, note = sha256(key).hexdigest(), folder / _OWNER
    if not note.exists():
        _take(note, own)
    if note.read_text(encoding="ascii").strip() != own:
        raise refused(
            "folder-of-another",
            f"{folder} has the backups of another database, and the rule would remove those. Name a folder of its own.",
            folder,
        )


def _take(note: Path, owner: str) -> None:
    """Write the note whole or not at all, for its owner alone; of two that come at once, one is the first."""
    draft = note.with_name(f"{note.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FOR_OWNER_ALONE), "w") as out:
        out.write(f"{owner}\n")
    with suppress(FileExistsError):
        os.link(draft, note)
    draft.unlink()


def _backups_in(folder: Path) -> Iterator[tuple[datetime, Path]]:
    """Encrypted or not, by the moment of which they are."""
    for path in folder.glob("recount-*"):
        if moment := _moment_of(path.name):
            yield moment, path


def _cut_short(folder: Path, at: datetime) -> Iterator[Path]:
    """What backups left that were killed: nobody would ever remove it, and it holds who was erased since."""
    for path in folder.glob("recount-*"):
        name, _, process = path.name.rpartition(".")
        moment = _moment_of(name)
        if moment and process.isdigit() and at - moment > _CUT_SHORT_AFTER:
            yield path


def _moment_of(name: str) -> datetime | None:
    """Of which moment a backup of this name is; None if the name is somebody else's."""
    try:
        return datetime.strptime(name.removesuffix(ENDING), _NAME).replace(tzinfo=UTC)
    except ValueError:
        return None
