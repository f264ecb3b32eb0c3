"""What was found when all was last held against the log, when and by whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
import sqlalchemy as sa

from domain.log.tables import log
from web.snapshot import Snapshot
from web.tables import outcome

from .parameters import Document

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


def newest(snapshot: Snapshot) -> VerificationOutcome | None:
    """The newest outcome that is kept."""
    row = snapshot.connection.execute(sa.select(*_KEPT).order_by(outcome.c.number.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    since = sa.select(sa.func.count()).select_from(log).where(log.c.position > row.position)
    count = int(snapshot.connection.execute(since).scalar_one())
    return VerificationOutcome(row.at, row.actor, row.role, msgspec.json.decode(row.document), count)
