"""What a verification finds, and what the newest one found, when and by whom."""

from datetime import datetime
from typing import Final

import msgspec
import sqlalchemy as sa

from domain.log.tables import log
from projections.projector.comparison import Check
from projections.projector.verify import Verification
from web.auth.viewer import Viewer, unchanged
from web.queries.result import Moment, Result
from web.snapshot import Snapshot
from web.tables import outcome

_COLUMNS: Final = (outcome.c.at, outcome.c.actor, outcome.c.role, outcome.c.position, outcome.c.document)


class VerificationResult(Result, frozen=True):
    """What was checked, whether all of it agrees with the log, and what differs."""

    holds: bool
    position: int
    checks: tuple[Check, ...]

    @classmethod
    def of(cls, verification: Verification) -> "VerificationResult":
        """The verification as it is answered."""
        return cls(verification.holds, verification.position, verification.checks)


class VerifiedResult(VerificationResult, frozen=True):
    """What was found when all was last verified, when, by whom, and how many seconds and events came since."""

    verified_at: Moment
    actor: str
    role: str
    age_seconds: int
    events_since: int


def newest(snapshot: Snapshot, viewer: Viewer, at: datetime, *, names_clients: bool = False) -> VerifiedResult | None:
    """What the newest verification found, and how old it is `at` a moment; None if there was none.

    Its sentences name clients: without `names_clients`, for whoever does not see all of them, it has none.
    """
    row = snapshot.connection.execute(sa.select(*_COLUMNS).order_by(outcome.c.number.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    result = viewer.redacted(msgspec.json.decode(row.document, type=VerificationResult), unchanged)
    checks = result.checks if names_clients else tuple(_without_clients(check) for check in result.checks)
    since = sa.select(sa.func.count()).select_from(log).where(log.c.position > row.position)
    return VerifiedResult(
        result.holds,
        result.position,
        checks,
        verified_at=row.at.isoformat(timespec="seconds"),
        actor=row.actor,
        role=row.role,
        age_seconds=int((at - row.at).total_seconds()),
        events_since=int(snapshot.connection.execute(since).scalar_one()),
    )


def _without_clients(check: Check) -> Check:
    return Check(check.name, check.size, check.found, ())
