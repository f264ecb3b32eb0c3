"""The parts of the hubs in targets: what was said of them, what a rule proposes, and what was achieved by month."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import sqlalchemy as sa

from domain.contract_life.hub_targets import (
    HUB_TARGET_EVENTS,
    HubTargetEvent,
    HubTargets,
    HubTargetsVersion,
    SharingRule,
)
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read_topics
from domain.measures.registry import Measure
from domain.periods import last_day_of_month
from domain.standpoint import Standpoint
from projections.standings.calculation import COUNTED
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

from .needed.completions_needed import NEEDED_OF, Need
from .needed.people import of_returns
from .needed.settled import treated_of
from .needed.sharing import by_month, share_out
from .spc import with_entry

SHARED_OF: Final = tuple(measure for measure in NEEDED_OF if not of_returns(measure))
"""The measures whose targets are shared out: those that completions are needed for."""


class AllHubTargets:
    """All that was ever said of hubs' parts, by the number of the area's target."""

    def __init__(self, every: Sequence[HubTargets] = ()) -> None:
        self._of_target = {one.number: one for one in every}

    @classmethod
    def load(cls, connection: sa.Connection, mapper: JsonMapper) -> "AllHubTargets":
        """Those in the log."""
        of_number: dict[int, list[Recorded]] = {}
        for recorded in read_topics(connection, mapper, [event.TOPIC for event in HUB_TARGET_EVENTS]):
            assert isinstance(recorded.event, HubTargetEvent)
            of_number.setdefault(recorded.event.number, []).append(recorded)
        return cls([HubTargets.folded(its) for its in of_number.values()])

    def __iter__(self) -> Iterator[HubTargets]:
        return iter(self._of_target.values())

    def of_target(self, number: int) -> HubTargets | None:
        """What was said of a target's; None where nothing was."""
        return self._of_target.get(number)

    def in_force(self, number: int, known_at: date | None = None) -> HubTargetsVersion | None:
        """What had been agreed by a day of a target's; None where nothing had, or where it had ended."""
        said = self.of_target(number)
        return said.in_force(known_at) if said else None


def proposed(rule: SharingRule, need: Need, whole: int, hubs: Sequence[str], months: int) -> list[tuple[int, ...]]:
    """The numbers of each hub by month, which add up to the whole, by a rule.

    By caseload: by how many people in treatment could still count at each hub; equally: as many for each. Where
    nothing is to be worked out (typed in), all stands in nobody's month: zeros, to be written over. Largest remainders
    are rounded up, of equal ones the first by code; within a hub the months are as even as they can be.
    """
    if rule is SharingRule.TYPED:
        return [(0,) * months for _ in hubs]
    in_treatment = {hub.agency: hub.could_count for hub in need.hubs}
    weights = [in_treatment.get(hub, 0) if rule is SharingRule.CASELOAD else 1 for hub in hubs]
    return by_month(share_out(whole, weights, [whole] * len(hubs)), [1] * months)


def achieved(
    engine: StandingsEngine, measure: Measure, standpoint: Standpoint, slice_: Slice, months: Sequence[date]
) -> dict[str, tuple[int | None, ...]]:
    """How many of a measure's groups completed in each month, by the hub that they belong to; None of a month that has
    not begun by the standpoint's day.

    A month that the day lies in counts up to it. Who came back within 21 days by then did not complete.
    """
    rows = engine.rows_along_days(treated_of(measure), standpoint.position, slice_)
    rows, since = with_entry(rows.take(rows.state & COUNTED > 0))
    owners = engine.owners_of(rows.slice)
    hubs: dict[str, list[int | None]] = {owner: [] for owner in sorted(set(owners))}
    for month in months:
        first, last = month.toordinal(), min(last_day_of_month(month), standpoint.as_of).toordinal()
        entered = (since >= first) & (since <= last) & (rows.as_of <= last) & (rows.until > last)
        by_owner = Counter(owner for owner, there in zip(owners, entered.tolist(), strict=True) if there)
        for hub, counts in hubs.items():
            counts.append(by_owner[hub] if first <= last else None)
    return {hub: tuple(counts) for hub, counts in hubs.items()}
