"""Whether what is stored is what the log says; the stored tables anew. Both read everything, and take their time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.log.database import writing
from projections.projector import rebuild as rebuilding
from projections.projector import verify as verifying
from web.clock import now
from web.queries.administration.verification import VerificationResult
from web.queries.result import Result
from web.services import Services
from web.tables import outcome


@dataclass(frozen=True, slots=True)
class VerifyQuery:
    """At how many standpoints to count again with the reference engine."""

    standpoints: int = verifying.STANDPOINTS


def verify(
    services: Services, query: VerifyQuery, actor: str, role: str, say: Callable[[str], None] = lambda _what: None
) -> VerificationResult:
    """Compare what is stored with the log, and store what was found; `say` is told what is being checked."""
    result = VerificationResult.of(
        verifying.verify(services.engine, services.mapper, query.standpoints, say, services.signer.keys)
    )
    _store(services.engine, now(), actor, role, result)
    return result


class RebuildResult(Result, frozen=True):
    """The generation of the stored tables that is in use now, and how many submissions it was made from."""

    generation: int
    submissions: int


def rebuild(services: Services) -> RebuildResult:
    """Make the stored tables anew from the log, beside those in use, and switch over."""
    generation = rebuilding.rebuild(services.engine, services.mapper)
    with services.snapshot() as snapshot:
        return RebuildResult(generation, len(snapshot.submissions))


def _store(engine: sa.Engine, at: datetime, actor: str, role: str, result: VerificationResult) -> None:
    """Store what a verification found.

    Raises:
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: it was not stored.
    """
    row = {"at": at, "actor": actor, "role": role, "position": result.position, "document": result.encoded().decode()}
    with writing(engine) as connection:
        connection.execute(outcome.insert().values(row))
