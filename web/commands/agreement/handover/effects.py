"""What a handover, or taking one back, would do to every figure: of everybody, by area, and of the agencies.

It is measured over one snapshot: nothing is written, and nobody waits for it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from domain.contract_life.contract import Contract
from domain.episode.episode import Episode
from domain.history import episode_view
from domain.log.reading import last_position
from domain.measures.registry import MEASURES, measure_named
from projections.projector.preview import PlannedChange
from projections.standings.engine import Figure
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.store.covered_days import SubmissionRow
from web.commands.ingest.submission import EffectCounts
from web.queries.result import Result
from web.snapshot import Snapshot

OPEN: Final = measure_named("N.open")
HANDED_OVER: Final = ("in treatment elsewhere on the day", "ended by the transfer, and taken up nowhere yet")
TAKEN_BACK: Final = ("in treatment on the day, once it is taken back", "in treatment no more on the day")
"""Why somebody's place in a figure changes: of who is in treatment on the day after it, and of all others."""


class EffectReason(Result, frozen=True):
    """So many people, by what becomes of them, and what they add to both numbers of a figure."""

    reason: str
    people: int
    numerator: int
    denominator: int | None


class RetenderEffect(Result, frozen=True):
    """A measure before and after; the `reasons` add up to the difference. A status is what files make of it."""

    measure: str
    slice: Slice
    as_of: date
    before: EffectCounts
    after: EffectCounts
    before_status: str | None
    after_status: str | None
    reasons: tuple[EffectReason, ...]

    @property
    def moves(self) -> bool:
        """Whether one of the two numbers changes."""
        return self.before != self.after


def effects_of(
    snapshot: Snapshot,
    episodes: Sequence[Episode],
    contracts: Sequence[Contract],
    agencies: Iterable[str],
    reasons: tuple[str, str],
    *,
    events: int,
    received_on: date,
    as_of: date,
) -> list[RetenderEffect]:
    """Every measure before and after: of everybody, of each area that these people live in, and of these agencies.

    `episodes` are as they would be after so many `events`, `contracts` what would be said of contracts.
    """
    views = {episode.id: episode_view(episode.id, episode.facts) for episode in episodes}
    position = last_position(snapshot.connection) + events
    row = SubmissionRow(position, received_on, "", None, None)
    said = [contract._replace(position=position) for contract in contracts]
    after = snapshot.engine_after(PlannedChange(views, row, said), as_of)
    before = snapshot.engine(MEASURES, [as_of])
    still_open = {one.client for one in after.members(OPEN, after.standpoint(as_of), Slice())}
    areas = sorted({view.core.area for view in views.values() if view and view.core.area})
    by_area = [Slice(area=area) for area in areas]
    by_agency = [Slice(agency=agency) for agency in dict.fromkeys(agencies)]
    walk = _Walk(before, after, as_of, still_open, reasons)
    return [effect for slice_ in (Slice(), *by_area, *by_agency) for effect in walk.effects(slice_)]


class _Walk:
    """From every figure before to the same after, person by person."""

    def __init__(
        self,
        before: StandingsEngine,
        after: StandingsEngine,
        as_of: date,
        still_open: set[int],
        reasons: tuple[str, str],
    ) -> None:
        self.before, self.after, self.still_open, self.reasons = before, after, still_open, reasons
        self.at = before.standpoint(as_of), after.standpoint(as_of)

    def effects(self, slice_: Slice) -> Iterable[RetenderEffect]:
        """Every measure of a slice."""
        before = self.before.figures(MEASURES, self.at[0], slice_)
        after = self.after.figures(MEASURES, self.at[1], slice_)
        for one, its in zip(before, after, strict=True):
            numbers = EffectCounts(one.numerator, one.denominator), EffectCounts(its.numerator, its.denominator)
            reasons = self._reasons(its) if numbers[0] != numbers[1] else ()
            as_of = its.standpoint.as_of
            statuses = one.files_status, its.files_status
            yield RetenderEffect(its.measure.code, slice_, as_of, *numbers, *statuses, tuple(reasons))

    def _reasons(self, figure: Figure) -> Iterable[EffectReason]:
        measure, slice_ = figure.measure, figure.slice
        counted, cohort = Counter[int](), Counter[int]()
        for sign, engine, at in ((-1, self.before, self.at[0]), (1, self.after, self.at[1])):
            for member in engine.members(measure, at, slice_):
                cohort[member.client] += sign
                counted[member.client] += sign * member.counted
        moved = [client for client in cohort if cohort[client] or counted[client]]
        for reason, among in (
            (self.reasons[0], [client for client in moved if client in self.still_open]),
            (self.reasons[1], [client for client in moved if client not in self.still_open]),
        ):
            if among:
                denominator = None if figure.denominator is None else sum(cohort[client] for client in among)
                numerator = sum(counted[client] for client in among)
                yield EffectReason(reason, len(among), numerator, denominator)
