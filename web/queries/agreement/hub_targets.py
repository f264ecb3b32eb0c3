"""Targets of hubs and months: what was proposed and agreed, version by version, and what was achieved of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.contract_life.hub_targets import (
    NOTHING,
    WITHDRAWN,
    HubTargetEvent,
    HubTargetsVersion,
    HubTargetsWithdrawn,
    SharingRule,
    months_between,
)
from domain.errors import Refused
from domain.log.reading import Recorded
from domain.measures.registry import Measure, measure_named
from domain.periods import ONE_DAY
from domain.standpoint import Standpoint
from projections.performance import hub_targets as sharing
from projections.performance.hub_targets import SHARED_OF, AllHubTargets
from projections.performance.needed.people import window_at
from projections.performance.needed.settled import treated_of
from projections.performance.targets import Target
from projections.standings.slices import Slice
from web.auth.viewer import NotOwn, Own, Viewer
from web.queries.contract_life.targets import TargetResult, all_targets, target_result
from web.queries.parameters import KnownAt
from web.queries.performance.days import newest_day
from web.queries.performance.figure import StandpointResult, standpoint_result
from web.queries.result import Moment, Result
from web.snapshot import Snapshot, snapshot_cache

from .completions_needed import needed_for

OTHERS: Final = "another provider"
"""Who acted, to a provider, where it was another."""


class SaidBy(Result, frozen=True):
    """Who said it, when, and for which hubs (none: for the commissioner)."""

    on: date
    recorded_at: Moment
    actor: str
    role: str
    party: tuple[str, ...]
    log_position: int


class HubNumbers(Result, frozen=True):
    """A hub's numbers by month; an empty `agency` stands for all hubs of others together.

    `achieved` are the completions of each month, null of a month to come, and of others' hubs.
    """

    agency: str
    numbers: tuple[int, ...]
    achieved: tuple[int | None, ...]


class HubTargetsVersionResult(Result, frozen=True):
    """A version: the numbers, by which rule, who proposed it, and who has agreed since."""

    number: int
    state: str
    whole: int
    rule: SharingRule
    months: list[date]
    hubs: list[HubNumbers]
    proposed: SaidBy
    agreements: list[SaidBy]
    missing: list[str]
    agreed_on: date | None
    withdrawn: SaidBy | None
    reason: str


class HubTargetsResult(Result, frozen=True):
    """The hubs' part of one target, by all that was said of it by the standpoint's day of knowledge.

    `newest` counts what was said of it: give it back as `seen` where something is changed. `standing` is the number
    of the version that a step is about, `in_force` of the one that was agreed and counts; null for none.
    """

    target: TargetResult
    state: str
    newest: int
    standing: int | None
    in_force: int | None
    versions: list[HubTargetsVersionResult]

    @property
    def measure(self) -> Measure:
        """What is to be achieved."""
        return measure_named(self.target.measure)

    def version(self, number: int | None) -> HubTargetsVersionResult | None:
        """The version of this number; None for none."""
        return next((one for one in self.versions if one.number == number), None)


class AllHubTargetsResult(Result, frozen=True):
    """Every target that may be shared out, with what was said of it."""

    standpoint: StandpointResult
    hub_targets: list[HubTargetsResult]


@dataclass(frozen=True, slots=True)
class HubTargetsQuery:
    """From one standpoint: achieved up to `as_of`, agreed by `known_at`; of one target or of all.

    Of all, those that had been withdrawn by then are left out, unless they are asked for by `with_withdrawn`.
    """

    as_of: date
    known_at: KnownAt = None
    target: int | None = None
    with_withdrawn: bool = False


def hub_targets(snapshot: Snapshot, viewer: Viewer, query: HubTargetsQuery) -> AllHubTargetsResult:
    """The hubs' part of each target that has not ended, and of those of which anything was said.

    What was said of a target that was withdrawn since can be read on. A provider sees its own hubs, and all others as
    one.

    Raises:
        NotOwn: there is no such target, or it is not theirs to see.
    """
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    every = _targets(snapshot, standpoint)
    if query.with_withdrawn or query.target is not None:
        every += _withdrawn_since(snapshot, standpoint)
    wanted = [one for one in every if one.number == query.target]
    if query.target is None:
        said = every_hub_target(snapshot)
        wanted = [one for one in every if one.terms.last_day >= query.as_of or said.of_target(one.number)]
    if query.target is not None and not wanted:
        raise NotOwn(f"target {query.target}")
    results = [_one(snapshot, viewer, standpoint, target) for target in wanted]
    return AllHubTargetsResult(standpoint_result(standpoint), results)


def as_it_stands(snapshot: Snapshot, viewer: Viewer, target: int) -> HubTargetsResult:
    """The hubs' part of one target by all that is known and was said by now: what a step came to.

    Raises:
        NotOwn: there is no such target, or it is not theirs to see.
    """
    terms = next((one.terms for one in all_targets(snapshot) if one.number == target), None)
    if terms is None:
        raise NotOwn(f"target {target}")
    query = HubTargetsQuery(newest_day(snapshot) or terms.last_day, target=target)
    return hub_targets(snapshot, viewer, query).hub_targets[0]


def _targets(snapshot: Snapshot, standpoint: Standpoint) -> list[Target]:
    """Those that may be shared out and had been agreed by then, those that end last first."""
    codes = {measure.code for measure in SHARED_OF}
    by = said_by(snapshot, standpoint)
    known = [
        one
        for one in all_targets(snapshot)
        if one.is_known_at(by or date.max) and one.terms.measure in codes and one.terms.agency is None
    ]
    return sorted(known, key=lambda one: (-one.terms.last_day.toordinal(), one.terms.measure, one.number))


def _withdrawn_since(snapshot: Snapshot, standpoint: Standpoint) -> list[Target]:
    """Those that had been withdrawn by then, and of whose hubs' parts something had been said; the newest first."""
    by = said_by(snapshot, standpoint) or date.max
    gone = [one for one in all_targets(snapshot) if one.withdrawn_on is not None and one.withdrawn_on <= by]
    return [one for one in reversed(gone) if every_hub_target(snapshot).of_target(one.number)]


def said_by(snapshot: Snapshot, standpoint: Standpoint) -> date | None:
    """Up to which day what was said counts: the standpoint's day of knowledge, and all by now from the newest one."""
    newest = snapshot.submissions.newest
    if standpoint.known_at is None or newest is None or standpoint.known_at >= newest.received_on:
        return None
    return standpoint.known_at


@snapshot_cache()
def every_hub_target(snapshot: Snapshot) -> AllHubTargets:
    """All that was ever said of hubs' parts, for other queries."""
    return AllHubTargets.load(snapshot.connection, snapshot.mapper)


def _one(snapshot: Snapshot, viewer: Viewer, standpoint: Standpoint, target: Target) -> HubTargetsResult:
    said = every_hub_target(snapshot).of_target(target.number)
    known_at = said_by(snapshot, standpoint)
    if said is None:
        return HubTargetsResult(target_result(target), NOTHING, 0, None, None, [])
    versions = [one for one in said.versions if known_at is None or one.terms.occurred_on <= known_at]
    results = [_version(snapshot, viewer, standpoint, target, one) for one in versions]
    in_force = said.in_force(known_at)
    return HubTargetsResult(
        target_result(target),
        _state(versions, known_at),
        said.newest,
        said.standing.number if said.standing else None,
        in_force.number if in_force else None,
        results,
    )


def _state(versions: Sequence[HubTargetsVersion], known_at: date | None) -> str:
    """The state of the version that stood then: a proposal that was taken back leaves the one before it."""
    for one in reversed(versions):
        state = one.state(known_at)
        if state != WITHDRAWN or one.was_agreed(known_at):
            return state
    return WITHDRAWN if versions else NOTHING


def _version(
    snapshot: Snapshot, viewer: Viewer, standpoint: Standpoint, target: Target, version: HubTargetsVersion
) -> HubTargetsVersionResult:
    terms, known_at = version.terms, said_by(snapshot, standpoint)
    achieved = _achieved(snapshot, target.number, standpoint, terms.months)
    nothing = tuple(0 if month <= standpoint.as_of else None for month in terms.months)
    hubs = [HubNumbers(hub, terms.of_hub(hub), achieved.get(hub, nothing)) for hub in terms.hubs]
    said = [one for one in version.agreements if known_at is None or one.event.occurred_on <= known_at]
    ended = version.withdrawn if version.state(known_at) == WITHDRAWN else None
    result = HubTargetsVersionResult(
        version.number,
        version.state(known_at),
        terms.whole,
        terms.rule,
        list(terms.months),
        hubs,
        _said_by(version.proposed),
        [_said_by(one) for one in said],
        sorted({"", *terms.hubs} - version.parties(known_at)),
        version.agreed_on if version.was_agreed(known_at) else None,
        _said_by(ended) if ended else None,
        ended.event.reason if ended and isinstance(ended.event, HubTargetsWithdrawn) else "",
    )
    return viewer.redacted(result, _redacted_version)


@snapshot_cache()
def _achieved(
    snapshot: Snapshot, target: int, standpoint: Standpoint, months: tuple[date, ...]
) -> dict[str, tuple[int | None, ...]]:
    terms = next(one for one in all_targets(snapshot) if one.number == target).terms
    measure = measure_named(terms.measure)
    engine = snapshot.engine([treated_of(measure)], [standpoint.as_of])
    return sharing.achieved(engine, measure, standpoint, Slice(area=terms.area), months)


def _said_by(recorded: Recorded) -> SaidBy:
    event = recorded.event
    assert isinstance(event, HubTargetEvent)
    return SaidBy(
        event.occurred_on,
        recorded.recorded_at.isoformat(),
        event.actor,
        event.role,
        event.party,
        recorded.position,
    )


# ---- what a provider sees


def _redacted_version(version: HubTargetsVersionResult, own: Own) -> HubTargetsVersionResult:
    """A version with the hubs of others as one, of which nothing achieved is told: month by month it would tell of
    single people.
    """
    ours = [hub for hub in version.hubs if hub.agency in own]
    theirs = [hub.numbers for hub in version.hubs if hub.agency not in own]
    if theirs:
        sums = tuple(map(sum, zip(*theirs, strict=True)))
        ours.append(HubNumbers("", sums, (None,) * len(sums)))
    return HubTargetsVersionResult(
        version.number,
        version.state,
        version.whole,
        version.rule,
        version.months,
        ours,
        _redacted_speaker(version.proposed, own),
        [_redacted_speaker(one, own) for one in version.agreements],
        [one for one in version.missing if not one or one in own],
        version.agreed_on,
        _redacted_speaker(version.withdrawn, own) if version.withdrawn else None,
        version.reason,
    )


def _redacted_speaker(said: SaidBy, own: Own) -> SaidBy:
    if not said.party or own.intersection(said.party):
        return SaidBy(
            said.on,
            said.recorded_at,
            said.actor,
            said.role,
            tuple(hub for hub in said.party if hub in own),
            said.log_position,
        )
    return SaidBy(said.on, said.recorded_at, OTHERS, said.role, (), said.log_position)


# ---- what a rule proposes


class ProposalResult(Result, frozen=True):
    """What a rule makes of a target: so many completions, by hub from the first month on, and what the number rests on.

    `needed` are those that the figure of the deadline needs if nobody new starts, `whole` those that are shared out:
    by default what is needed if as many start as before. `why` says why nothing could be worked out; else it is empty.
    """

    target: TargetResult
    rule: SharingRule
    needed: int | None
    with_new_starts: int | None
    whole: int
    months: list[date]
    hubs: list[HubNumbers]
    why: str


@dataclass(frozen=True, slots=True)
class ProposalQuery:
    """What a rule makes of a target from a standpoint; `whole`, where another number is to be shared out."""

    target: int
    rule: SharingRule
    as_of: date
    known_at: KnownAt = None
    whole: int | None = None


NO_MONTH: Final = "Seen from this day no month is left in which a completion counts for this target."


def proposal(snapshot: Snapshot, viewer: Viewer, query: ProposalQuery) -> ProposalResult:
    """What a rule proposes: for the commissioner, and for a provider that has all the hubs.

    Raises:
        NotOwn: there is no such target, or it has hubs of others.
        Refused: no month is left.
    """
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    target = next((one for one in _targets(snapshot, standpoint) if one.number == query.target), None)
    if target is None:
        raise NotOwn(f"target {query.target}")
    measure, slice_ = measure_named(target.terms.measure), Slice(area=target.terms.area)
    answer = needed_for(snapshot, target.number, measure, standpoint, slice_)
    months = _months_left(target, measure, query.as_of)
    need = answer.need
    hubs = [hub.agency for hub in need.hubs if hub.cohort or hub.could_count] if need else _hubs_known(snapshot)
    if viewer.is_provider and not viewer.own.issuperset(hubs):
        raise NotOwn(f"the hubs of target {target.number}")
    whole = query.whole if query.whole is not None else need.to_go_with_starts if need else 0
    rows = sharing.proposed(query.rule, need, whole, hubs, len(months)) if need else [(0,) * len(months) for _ in hubs]
    none = (None,) * len(months)
    return ProposalResult(
        target_result(target),
        query.rule if need else SharingRule.TYPED,
        need.to_go if need else None,
        need.to_go_with_starts if need else None,
        whole,
        list(months),
        [HubNumbers(hub, row, none) for hub, row in zip(hubs, rows, strict=True)],
        answer.why,
    )


def _months_left(target: Target, measure: Measure, as_of: date) -> list[date]:
    """The months in which a completion counts: not one of which a part has passed."""
    last_useful = window_at(measure, target.terms.last_day).last_day
    after = as_of + ONE_DAY
    first = after if after.day == 1 else (as_of.replace(day=28) + 4 * ONE_DAY).replace(day=1)
    months = list(months_between(max(first, target.terms.first_day.replace(day=1)), last_useful))
    if not months:
        raise Refused("hub-targets-outside", NO_MONTH)
    return months


def _hubs_known(snapshot: Snapshot) -> list[str]:
    return sorted(snapshot.submissions.agencies())
