"""Something that is due on a day: of which kind, of whom, and where it is read and done.

`text` is made of kinds, numbers of things, codes of agencies and days alone, so it may leave the service: in a
feed. What somebody wrote stands in `words`, which only pages, the API and the command line show.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from web.auth.viewer import Viewer
from web.queries.result import Result
from web.snapshot import Snapshot

BOTH: Final = "both"
PARTIES: Final = (PROVIDER, COMMISSIONER, BOTH)

KINDS: Final = {
    "file": "Monthly files",
    "value": "Values entered by hand",
    "plan": "Action plans",
    "notice": "Performance notices",
    "dispute": "Disputes",
    "return-review": "Reviews of returns",
    "meeting": "Meetings",
    "audit": "Case-file audits",
    "figure": "Lagged figures",
    "target": "Targets",
    "contract": "Contracts",
}
"""What can be due, by code, and what a reader calls it."""


class DueItem(Result, frozen=True):
    """Something due on a day, of a party ("provider", "commissioner" or "both") and of its agencies.

    An empty list of agencies names nobody alone. `link` is a page of the service. `overdue`: its day has passed and it
    still waits for somebody.
    """

    day: date
    kind: str
    party: str
    agencies: tuple[str, ...]
    text: str
    link: str
    overdue: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class DueWindow:
    """From which day what is due is looked at, and up to which; what is overdue by `today` belongs to it."""

    today: date
    last_day: date

    def __contains__(self, day: date) -> bool:
        """Whether a day that nobody answers is still to come."""
        return self.today <= day <= self.last_day


Source = Callable[[Snapshot, Viewer, DueWindow], Iterable[DueItem]]
"""What is due of one kind, as far as a viewer reads it; a pure function of these three."""
