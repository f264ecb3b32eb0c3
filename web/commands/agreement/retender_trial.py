"""A re-tender tried: what it would do to every figure, for everybody and for the old and the new agencies.

It is planned and measured over one snapshot: nothing is written, and nobody waits for it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from domain.errors import Refused
from domain.history import episode_view
from domain.log.reading import last_position
from domain.measures.registry import MEASURES, measure_named
from domain.periods import ONE_DAY
from projections.projector.preview import PlannedChange
from projections.standings.engine import Figure
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.store.covered_days import SubmissionRow
from projections.store.submissions import Submissions
from web.commands.commit import Receipt, check_order
from web.commands.ingest.submission import EffectCounts
from web.commands.known import Knowledge
from web.queries.result import Result
from web.services import Services
from web.snapshot import Snapshot

from .retender import (
    Retender,
    Retendered,
    RetenderNotice,
    RetenderPlan,
    check_retender,
    events_of,
    plan_retender,
    retendered,
)

OPEN: Final = measure_named("N.open")
TAKEN_UP, ENDED = "in treatment elsewhere on the day", "ended by the transfer, and taken up nowhere yet"
"""Why somebody's place in a figure changes: whether another open episode goes on with the treatment."""


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


class RetenderTrial(Result, frozen=True):
    """What would become of a re-tender, and every figure with it: all measures, of all and of each agency in it.

    `as_of` is the newest day that the old agencies' files cover, or the first day of the new contract if that is later.
    """

    retendered: Retendered
    as_of: date
    effects: tuple[RetenderEffect, ...]


def try_retender(services: Services, retender: Retender, receipt: Receipt) -> RetenderTrial:
    """Every figure before and after; nothing is stored.

    Raises:
        Refused: as `say_retender`.
    """
    receipt = replace(receipt, dry_run=True)
    if receipt.received_on > receipt.today:
        raise Refused("received-in-future", "The day of receipt lies after today. Give the day on which it was said.")
    check_retender(retender, receipt)
    with services.snapshot() as snapshot:
        knowledge = Knowledge(snapshot.connection, snapshot.mapper, snapshot.generation)
        newest = check_order(knowledge, receipt)
        plan = plan_retender(knowledge, retender)
        events = events_of(plan, knowledge, newest, receipt)
        result = retendered(plan, receipt, newest.position if newest else 0, events, None)
        as_of = _day(snapshot.submissions, retender)
        effects = _effects(snapshot, plan, len(events), receipt.received_on, as_of)
        notices = (*result.notices, *_notices(snapshot, plan))
    result = Retendered(
        result.on,
        result.received_on,
        result.passed,
        result.contracts,
        notices,
        result.seen,
        result.events,
    )
    return RetenderTrial(result, as_of, tuple(effects))


def _day(submissions: Submissions, retender: Retender) -> date:
    last = submissions.last_covered_day([one.from_agency for one in retender.passes])
    return max(last or retender.on, retender.on)


def _notices(snapshot: Snapshot, plan: RetenderPlan) -> Iterable[RetenderNotice]:
    """Files that are still missing, and who would stay."""
    on, submissions = plan.retender.on, snapshot.submissions
    reporting = set(submissions.agencies())
    for one in plan.handed_over:
        old, new = one.passing.from_agency, one.passing.to_agency
        last = submissions.last_covered_day([old]) if old in reporting else None
        if last is None or last < on - ONE_DAY:
            reach = f"reach {last} only" if last else "have not come"
            yield RetenderNotice(
                "files-missing",
                f"The files of {old} {reach}. Whoever it discharged since is handed over too, until a file says so: "
                "then the real discharge stands, and the transfer is undone for that episode.",
            )
        if new not in reporting:
            yield RetenderNotice(
                "no-file-yet",
                f"{new} has sent no file yet. From {on} on figures are incomplete until one comes that covers the day.",
            )
        if one.stay:
            yield RetenderNotice(
                "some-stay", f"{one.stay} open episodes of {old} are not on the list. They stay open there."
            )


def _effects(
    snapshot: Snapshot, plan: RetenderPlan, events: int, received_on: date, as_of: date
) -> Iterable[RetenderEffect]:
    episodes = [episode for one in plan.handed_over for episode in one.episodes]
    views = {episode.id: episode_view(episode.id, episode.facts) for episode in episodes}
    position = last_position(snapshot.connection) + events
    row = SubmissionRow(position, received_on, "", None, None)
    contracts = [contract._replace(position=position) for contract in plan.contracts]
    after = snapshot.engine_after(PlannedChange(views, row, contracts), as_of)
    before = snapshot.engine(MEASURES, [as_of])
    still_open = {one.client for one in after.members(OPEN, after.standpoint(as_of), Slice())}
    agencies = dict.fromkeys(
        agency for one in plan.handed_over for agency in (one.passing.from_agency, one.passing.to_agency)
    )
    walk = _Walk(before, after, as_of, still_open)
    return [effect for slice_ in (Slice(), *map(_of_agency, agencies)) for effect in walk.effects(slice_)]


def _of_agency(agency: str) -> Slice:
    return Slice(agency=agency)


class _Walk:
    """From every figure before to the same after, person by person."""

    def __init__(self, before: StandingsEngine, after: StandingsEngine, as_of: date, still_open: set[int]) -> None:
        self.before, self.after, self.still_open = before, after, still_open
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
            (TAKEN_UP, [client for client in moved if client in self.still_open]),
            (ENDED, [client for client in moved if client not in self.still_open]),
        ):
            if among:
                denominator = None if figure.denominator is None else sum(cohort[client] for client in among)
                numerator = sum(counted[client] for client in among)
                yield EffectReason(reason, len(among), numerator, denominator)
