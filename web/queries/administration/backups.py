"""When the newest backup was made, and what it came to: the note that the command leaves in the database."""

from datetime import datetime
from typing import Final

import msgspec
import sqlalchemy as sa

from domain.log.tables import setting
from web.queries.result import Result

NEWEST: Final = "newest backup"
"""The name of the note among the settings."""


class BackupNoted(Result, frozen=True):
    """The newest backup: when it was made, up to which position, of how many bytes, and whether it is encrypted."""

    at: datetime
    position: int
    bytes: int
    encrypted: bool = False


def newest_backup(connection: sa.Connection) -> BackupNoted | None:
    """The newest; None if none was made. After a backup was put back, it is one from before that backup."""
    noted = connection.execute(sa.select(setting.c.value).where(setting.c.name == NEWEST)).scalar()
    return None if noted is None else msgspec.json.decode(noted, type=BackupNoted)
