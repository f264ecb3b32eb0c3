"""Whether what is stored is what the log says; the stored tables anew. Both read everything, and take their time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec
import sqlalchemy as sa

from domain.log.database import writing
from projections.projector import rebuild as rebuilding
from projections.projector import verify as verifications
from web.clock import now
from web.queries.parameters import Document
from web.schemas import keeping as documents
from web.services import Services
from web.tables import outcome


@dataclass(frozen=True, slots=True)
class VerifyQuery:
    """At how many standpoints to count again with the reference engine."""

    standpoints: int = verifications.STANDPOINTS


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """What was checked, and what differs."""

    verification: verifications.Verification

    def document(self) -> Document:
        """VERIFICATION of the JSON reference."""
        return documents.verification(self.verification)


def verify(
    services: Services, query: VerifyQuery, actor: str, role: str, say: Callable[[str], None] = lambda _what: None
) -> VerificationResult:
    """Compare what is stored with the log, and keep what was found; `say` is told what is being checked."""
    result = VerificationResult(
        verifications.verify(services.engine, services.mapper, query.standpoints, say, services.signer.keys)
    )
    _keep(services.engine, now(), actor, role, result.verification.position, result.document())
    return result


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """The generation of the stored tables that is in use now, and how many submissions it was made from."""

    generation: int
    submissions: int

    def document(self) -> Document:
        """REBUILD of the JSON reference."""
        return {"generation": self.generation, "submissions": self.submissions}


def rebuild(services: Services) -> RebuildResult:
    """Make the stored tables anew from the log, beside those in use, and switch over."""
    generation = rebuilding.rebuild(services.engine, services.mapper)
    with services.snapshot() as snapshot:
        return RebuildResult(generation, len(snapshot.submissions))


def _keep(engine: sa.Engine, at: datetime, actor: str, role: str, position: int, document: Document) -> None:
    """Keep what a verification found, as far as the event at `position`.

    Raises:
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: it was not kept.
    """
    row = {"at": at, "actor": actor, "role": role, "position": position}
    with writing(engine) as connection:
        connection.execute(outcome.insert().values(row | {"document": msgspec.json.encode(document).decode()}))
