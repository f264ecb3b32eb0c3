"""What is due, of whom: everything that the sources know, as one list that begins with what is overdue.

A source of another kind of thing is one line of SOURCES, and one of KINDS.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from domain.errors import Refused
from domain.periods import add_months
from web.auth.viewer import Viewer
from web.queries.result import Result
from web.snapshot import Snapshot

from . import agreed, held, records
from .due import BOTH, DueItem, DueWindow, Source

SOURCES: Final[Mapping[str, Source]] = {
    "file": records.files,
    "value": records.values,
    "plan": agreed.plans,
    "notice": agreed.notices,
    "dispute": agreed.disputes,
    "return-review": held.return_reviews,
    "meeting": held.meetings,
    "audit": held.audits,
    "figure": records.lagged_figures,
    "target": agreed.targets,
    "contract": agreed.contracts,
}
"""What can be due, by the codes of KINDS."""
MONTHS_AHEAD, MOST_MONTHS = 3, 24
"""How many months ahead a calendar looks where nobody says, and at most."""
DAYS_SOON: Final = 14
"""How many days ahead the first page looks."""


class CalendarResult(Result, frozen=True):
    """What is due up to `last_day`, the earliest first; what is overdue by `today` stands before it."""

    today: date
    last_day: date
    due: list[DueItem]

    @property
    def overdue(self) -> list[DueItem]:
        """What should have been done before the day."""
        return [one for one in self.due if one.overdue]

    @property
    def to_come(self) -> list[DueItem]:
        """What falls due from the day on."""
        return [one for one in self.due if not one.overdue]


@dataclass(frozen=True, slots=True)
class CalendarQuery:
    """What is due, seen from a day: up to another one, of some kinds, of one party or of one agency.

    `party` also finds what is due of both; without `kinds` it is all of them.
    """

    today: date
    last_day: date
    kinds: tuple[str, ...] = ()
    party: str | None = None
    agency: str | None = None

    @classmethod
    def ahead(
        cls,
        today: date,
        months: int = MONTHS_AHEAD,
        kinds: tuple[str, ...] = (),
        party: str | None = None,
        agency: str | None = None,
    ) -> "CalendarQuery":
        """The same, for so many months ahead. Raises Refused if these are none, or more than MOST_MONTHS."""
        if not 1 <= months <= MOST_MONTHS:
            raise Refused("calendar-months", f"A calendar looks 1 to {MOST_MONTHS} months ahead.")
        return cls(today, add_months(today, months), kinds, party, agency)


def calendar(snapshot: Snapshot, viewer: Viewer, query: CalendarQuery) -> CalendarResult:
    """What is due that the viewer reads, the earliest first."""
    window = DueWindow(query.today, query.last_day)
    sources = [source for kind, source in SOURCES.items() if not query.kinds or kind in query.kinds]
    every = (one for source in sources for one in source(snapshot, viewer, window))
    its = [one for one in every if _is_asked_for(one, query)]
    return CalendarResult(query.today, query.last_day, sorted(its, key=lambda one: (one.day, one.kind, one.text)))


def due_soon(snapshot: Snapshot, viewer: Viewer, party: str, day: date) -> CalendarResult:
    """What is overdue of a party on a day, and what falls due of it in the DAYS_SOON days after that."""
    return calendar(snapshot, viewer, CalendarQuery(day, day + timedelta(days=DAYS_SOON), party=party))


def _is_asked_for(one: DueItem, query: CalendarQuery) -> bool:
    is_of_party = query.party in {None, one.party} or one.party == BOTH
    return is_of_party and (query.agency is None or not one.agencies or query.agency in one.agencies)


def party_of_viewer(viewer: Viewer) -> str:
    """Which party somebody is of: what is due of it is theirs to do."""
    return PROVIDER if viewer.is_provider else COMMISSIONER
