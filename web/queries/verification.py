"""Whether what is stored is what the log says; the stored tables anew. Both read everything, and take their time."""

from collections.abc import Callable
from dataclasses import dataclass

from projections.projector import rebuild as rebuilding
from projections.projector import verify as verifications
from web.context import Context, Question, now
from web.operations import verifications as outcomes
from web.operations.verifications import Outcome
from web.schemas import keeping as documents

from .parameters import Document


@dataclass(frozen=True, slots=True)
class VerifyAsked:
    """At how many standpoints to count again with the reference engine."""

    standpoints: int = verifications.STANDPOINTS


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked, and what differs."""

    verification: verifications.Verification

    def document(self) -> Document:
        """VERIFICATION of the JSON reference."""
        return documents.verification(self.verification)


def verify(
    context: Context, asked: VerifyAsked, actor: str, role: str, say: Callable[[str], None] = lambda _what: None
) -> Verified:
    """Compare what is stored with the log, and keep what was found; `say` is told what is being checked."""
    found = Verified(verifications.verify(context.engine, context.mapper, asked.standpoints, say, context.signer.keys))
    outcomes.keep(context.engine, now(), actor, role, found.verification.position, found.document())
    return found


def newest(question: Question) -> Outcome | None:
    """What was found when all was last verified."""
    return outcomes.newest(question.connection)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The generation of the stored tables that is in use now, and how many submissions it was made from."""

    generation: int
    submissions: int

    def document(self) -> Document:
        """REBUILD of the JSON reference."""
        return {"generation": self.generation, "submissions": self.submissions}


def rebuild(context: Context) -> Rebuilt:
    """Make the stored tables anew from the log, beside those in use, and switch over."""
    generation = rebuilding.rebuild(context.engine, context.mapper)
    with context.question() as question:
        return Rebuilt(generation, len(question.submissions))
