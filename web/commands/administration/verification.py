"""Whether what is stored is what the log says; the stored tables anew. Both read everything, and take their time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from domain.errors import LogCorrupt
from domain.log.database import has_access_file, reading, writing
from domain.log.guards import guard_faults, number_of_guards
from domain.log.reading import last_position
from projections.projector import rebuild as rebuilding
from projections.projector import verify as verifying
from projections.projector.comparison import Check
from projections.projector.verify import Verification
from projections.publication import witness
from projections.publication.held_heads import HeldHead, read_heads
from projections.standings.shared_faults import newest_shared, shared_faults
from web.auth.trail import chain, grants
from web.clock import now
from web.commands.administration.beside import checks_beside
from web.queries.administration.verification import VerificationResult
from web.queries.result import Result
from web.services import Services
from web.tables import outcome, trail_head
from web.witnesses import Witness

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
    result = checked(services, query, say)
    if result.holds:
        sign_trail(services)
    _store(services.engine, now(), actor, role, result)
    return result


def checked(
    services: Services, query: VerifyQuery, say: Callable[[str], None] = lambda _what: None
) -> VerificationResult:
    """Compare what is stored with the log, and accounts and tokens with the trail of access; stores nothing of it.

    Raises as `verify`.
    """
    keys = services.signer.keys
    held = {str(file): read_heads(file.read_bytes(), keys, str(file)) for file in query.against}
    against = verifying.Against(keys, checks_beside(services))
    of_log = verifying.verify(services.engine, services.mapper, query.standpoints, say, against)
    say("the trail of access")
    with reading(services.engine) as log, reading(services.access_engine) as beside:
        trail = Check.of("trail of access", trail_head(beside).size, list(chain.faults(log, beside, keys)))
        given = Check.of("accounts and tokens", grants.size(beside), list(grants.faults(beside)))
        checks = [*of_log.checks, *_shared_standings(services, log), *_access_guards(beside), trail, given]
        if held:
            say("what witnesses hold")
            checks.append(_against(log, beside, held))
    return VerificationResult.of(Verification(of_log.position, tuple(checks)))


def _shared_standings(services: Services, log: sa.Connection) -> Iterator[Check]:
    """Where the service's processes share a file: whether it says what the tables say."""
    shared = services.shared_columns
    if shared and (base := newest_shared(log, shared)):
        yield Check.of("shared standings", len(base.columns), list(shared_faults(log, base)))


def _access_guards(beside: sa.Connection) -> Iterator[Check]:
    """Of an access database that is a file of its own: whether its triggers are in their places."""
    if has_access_file(beside):
        yield Check.of("triggers of the trail", number_of_guards(beside), list(guard_faults(beside)))


def _against(log: sa.Connection, beside: sa.Connection, held: Mapping[str, Sequence[HeldHead]]) -> Check:
    """The log and the trail beside the heads that witnesses hold."""
    differences: list[str] = []
    for file, heads in held.items():
        differences += witness.differences(log, heads, file)
        differences += chain.differences(beside, [one.head for one in heads], file)
    return Check.of("witness", sum(map(len, held.values())), differences)


def hand_over(services: Services, place: Witness) -> None:
    """Hand the head that covers most to a witness; raises as `Witness.hand_over`."""
    place.hand_over(services.engine, services.signer.keys, chain.newest_of_both)


def sign_trail(services: Services) -> None:
    """Sign a head over the trail of access, where it has grown since the newest; raises as `writing`."""
    with reading(services.engine) as log, reading(services.access_engine) as beside:
        if chain.is_covered(log, beside):
            return
    with writing(services.engine) as log, reading(services.access_engine) as beside:
        chain.sign_between(log, beside, services.signer, now())


class RebuildResult(Result, frozen=True):
    """The generation of the stored tables that is in use now, and how many submissions it was made from.

    `checks` are those that found something: in the log, where it was rebuilt even so, and in the rows of before.
    """

    generation: int
    submissions: int
    checks: tuple[Check, ...] = ()


def rebuild(
    services: Services,
    actor: str,
    role: str,
    *,
    even_so: bool = False,
    clients: rebuilding.Clients = rebuilding.in_this_process,
) -> RebuildResult:
    """Make the stored tables anew from the log, beside those in use, and switch over; `clients` does the work.

    What was found at fault before is stored, as what a verification finds is: it does not go with the rows.

    Raises:
        LogCorrupt: the log is not as it was written, or its triggers are missing; not with `even_so`. Nothing changed.
        WorkersUnavailable: Spark gave up. The tables in use are as they were.
    """
    with reading(services.engine) as connection:
        checks = [check for check in verifying.log_checks(connection, services.signer.keys) if check.found]
        position = last_position(connection)
    if checks and not even_so:
        raise LogCorrupt(_altered(checks))
    rebuilt = rebuilding.rebuild(services.engine, services.mapper, compare=True, clients=clients)
    checks += rebuilt.replaced
    if checks:
        _store(services.engine, now(), actor, role, VerificationResult(False, position, tuple(checks)))
    with services.snapshot() as snapshot:
        return RebuildResult(rebuilt.generation, len(snapshot.submissions), tuple(checks))


_NAMED: Final = 3
"""Faults of a log that a refusal to rebuild says."""


def _altered(checks: Sequence[Check]) -> str:
    sentences = [sentence for check in checks for sentence in check.differences]
    others = sum(check.found for check in checks) - len(sentences[:_NAMED])
    more = f" And {others} more; 'recount verify' names them." if others else ""
    return (
        f"The log is not as it was written, and tables made from it would not say so. {' '.join(sentences[:_NAMED])}"
        f"{more} Nothing was changed. Restore a backup; to make tables of what is left all the same, give --even-so."
    )


def _store(engine: sa.Engine, at: datetime, actor: str, role: str, result: VerificationResult) -> None:
    """Store what a verification found.

    Raises:
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: it was not stored.
    """
    row = {"at": at, "actor": actor, "role": role, "position": result.position, "document": result.encoded().decode()}
    with writing(engine) as connection:
        connection.execute(outcome.insert().values(row))
