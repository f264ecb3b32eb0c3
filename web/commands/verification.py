"""Whether what is stored is what the log says; the stored tables anew. Both read everything, and take their time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from domain.log.database import reading, writing
from projections.projector import rebuild as rebuilding
from projections.projector import verify as verifying
from projections.projector.verify import Check, Verification
from projections.publication import witness
from projections.publication.held_heads import HeldHead, read_heads
from web.clock import now
from web.queries.administration.verification import VerificationResult
from web.queries.result import Result
from web.services import Services
from web.tables import outcome

STANDPOINTS: Final = verifying.STANDPOINTS


@dataclass(frozen=True, slots=True)
class VerifyQuery:
    """At how many standpoints to count again with the reference engine, and the files with heads that somebody else
    holds.
    """

    standpoints: int = STANDPOINTS
    against: Sequence[Path] = ()


def verify(
    services: Services, query: VerifyQuery, actor: str, role: str, say: Callable[[str], None] = lambda _what: None
) -> VerificationResult:
    """Compare what is stored with the log, and store what was found; `say` is told what is being checked.

    Raises:
        Refused: a file of heads is none, or holds one that this service did not sign. Nothing was checked.
        OSError: it cannot be read.
    """
    keys = services.signer.keys
    held = {str(file): read_heads(file.read_bytes(), keys, str(file)) for file in query.against}
    verification = verifying.verify(services.engine, services.mapper, query.standpoints, say, keys)
    if held:
        say("what witnesses hold")
        verification = _against(services.engine, verification, held)
    result = VerificationResult.of(verification)
    _store(services.engine, now(), actor, role, result)
    return result


def _against(engine: sa.Engine, verification: Verification, held: Mapping[str, Sequence[HeldHead]]) -> Verification:
    """The verification, with a check of the heads that witnesses hold."""
    with reading(engine) as connection:
        differences = [
            difference for file, heads in held.items() for difference in witness.differences(connection, heads, file)
        ]
    check = Check.of("witness", sum(map(len, held.values())), differences)
    return replace(verification, checks=(*verification.checks, check))


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
