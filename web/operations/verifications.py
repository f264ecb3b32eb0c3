"""The outcomes of verifying, kept so that anybody can see when all was last held against the log, and by whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from domain.log.database import Instant, writing
from domain.log.tables import log, metadata, only_grows

outcome = sa.Table(
    "verification",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
)
"""`position` is the newest event that was looked at, `document` VERIFICATION of the JSON reference."""
only_grows(outcome)

Document = dict[str, Any]
_KEPT: Final = (outcome.c.at, outcome.c.actor, outcome.c.role, outcome.c.position, outcome.c.document)


@dataclass(frozen=True, slots=True)
class VerificationOutcome:
    """What a verification found, and how many events came since."""

    at: datetime
    actor: str
    role: str
    found: Document
    events_since: int

    def document(self) -> Document:
        """VERIFIED of the JSON reference."""
        by = {"verified_at": self.at.isoformat(timespec="seconds"), "actor": self.actor, "role": self.role}
        return self.found | by | {"events_since": self.events_since}


def keep(engine: sa.Engine, at: datetime, actor: str, role: str, position: int, found: Document) -> None:
    """Keep what a verification found, as far as the event at `position`.

    Raises:
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: it was not kept.
    """
    row = {"at": at, "actor": actor, "role": role, "position": position}
    with writing(engine) as connection:
        connection.execute(outcome.insert().values(row | {"document": msgspec.json.encode(found).decode()}))


def newest(connection: sa.Connection) -> VerificationOutcome | None:
    """The newest outcome that is kept."""
    row = connection.execute(sa.select(*_KEPT).order_by(outcome.c.number.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    since = sa.select(sa.func.count()).select_from(log).where(log.c.position > row.position)
    count = int(connection.execute(since).scalar_one())
    return VerificationOutcome(row.at, row.actor, row.role, msgspec.json.decode(row.document), count)
