"""Noting in the database that a backup of it was made, so that whatever watches over the service can tell how old the
newest is.
"""

import msgspec
import sqlalchemy as sa

from domain.log.database import writing
from domain.log.tables import keep_setting
from web.queries.administration.backups import NEWEST, BackupNoted


def note_backup(engine: sa.Engine, noted: BackupNoted) -> None:
    """Note the newest backup, in place of the one before.

    Raises:
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: it could not be noted.
    """
    with writing(engine) as connection:
        keep_setting(connection, NEWEST, msgspec.json.encode(noted))
