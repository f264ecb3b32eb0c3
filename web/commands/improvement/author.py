"""Who writes: in which role, for which party, on which day."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from domain.errors import Refused
from domain.improvement.working_days import FIRST_YEAR
from web.auth.roles import Principal
from web.auth.viewer import Viewer
from web.commands.agreement.parties import party_of
from web.commands.commit import event_fields


@dataclass(frozen=True, slots=True)
class Author:
    """Who speaks, for which party, on which day. `own`: a provider's agencies; None for everybody else."""

    actor: str
    role: str
    party: str
    on: date
    today: date
    own: frozenset[str] | None = None

    def fields(self, stream: UUID, version: int, number: int) -> dict[str, Any]:
        """What every event says of them."""
        return event_fields(stream, version, number, self.on, self.actor, self.role) | {"party": self.party}


def author_of(principal: Principal, viewer: Viewer, on: date, today: date) -> Author:
    """Who speaks: a provider for its own agencies, everybody else who may for the commissioner."""
    own = viewer.own if viewer.is_provider else None
    return Author(principal.name, principal.role, party_of(principal.role), on, today, own)


def check_day(author: Author, newest: date | None) -> None:
    """Whether something may be said on this day. `newest`: the day on which something was said of the thing last.

    Raises:
        Refused: the day has not come, lies before `newest`, or is so long ago that no working day is counted from it:
            stored, it would let every calendar fail that says by when an answer is due.
    """
    if author.on > author.today:
        raise Refused("said-in-future", f"{author.on} lies after today, {author.today}.")
    if author.on.year < FIRST_YEAR:
        raise Refused("said-too-early", f"{author.on} is too long ago. Give a day of {FIRST_YEAR} or later.")
    if newest and author.on < newest:
        raise Refused(
            "said-out-of-order", f"Something was said of it on {newest} already. Give that day or a later one."
        )
