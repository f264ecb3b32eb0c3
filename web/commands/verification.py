"""Whether what is stored is what the log says; the stored tables anew. Both read everything, and take their time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.log.database import reading, writing
from projections.projector import rebuild as rebuilding
from projections.projector import verify as verifying
from projections.projector.verify import Check, Verification
from web.auth import chain, grants
from web.clock import now
from web.queries.administration.verification import VerificationResult
from web.queries.result import Result
from web.services import Services
from web.tables import outcome, trail_head


@dataclass(frozen=True, slots=True)
class VerifyQuery:
    """At how many standpoints to count again with the reference engine."""

    standpoints: int = verifying.STANDPOINTS


def verify(
    services: Services, query: VerifyQuery, actor: str, role: str, say: Callable[[str], None] = lambda _what: None
) -> VerificationResult:
    """Compare what is stored with the log, and store what was found; `say` is told what is being checked."""
    result = checked(services, query, say)
    if result.holds:
        sign_trail(services)
    _store(services.engine, now(), actor, role, result)
    return result


def checked(
    services: Services, query: VerifyQuery, say: Callable[[str], None] = lambda _what: None
) -> VerificationResult:
    """Compare what is stored with the log, and accounts and tokens with the trail of access; stores nothing of it.

    Where the trail has grown since the newest head, a head over it is signed first, so that all of it is covered.
    """
    keys = services.signer.keys
    of_log = verifying.verify(services.engine, services.mapper, query.standpoints, say, keys)
    say("the trail of access")
    with reading(services.engine) as log, reading(services.access_engine) as beside:
        trail = Check.of("trail of access", trail_head(beside).size, list(chain.faults(log, beside, keys)))
        given = Check.of("accounts and tokens", grants.size(beside), list(grants.faults(beside)))
    return VerificationResult.of(Verification(of_log.position, (*of_log.checks, trail, given)))


def sign_trail(services: Services) -> None:
    """Sign a head over the trail of access, where it has grown since the newest; raises as `writing`."""
    with reading(services.engine) as log, writing(services.access_engine) as beside:
        chain.sign_between(log, beside, services.signer, now())


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
