"""What a provider sees: its own records whole; of what another agency's record caused, the reason and the sign alone.

`own` are the agencies whose client-level records are the provider's on the day (`caseload_access`). Of others no day,
agency, reference, file, row or position is told, nor whose record it is. Nobody is left out of a list that adds up to
a figure, so that totals and walks still add up.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

import sqlalchemy as sa

from domain.episode.events import RePresentationAmended, RePresentationWithdrawn, RePresented
from domain.episode.facts import RE_PRESENTED
from domain.errors import Refused
from domain.submission import SUBMISSION_EVENTS
from projections.claims.claim import Search
from projections.claims.reconciliation import AccountStep, Comparison, Listed, Twice
from projections.explain.bridge import Bridge, Contribution
from projections.explain.bridge import Step as WalkStep
from projections.explain.provenance import EpisodeSeen, JourneySeen, MemberSeen, Source
from projections.explain.trail import Entry
from projections.performance.breakdown import AgencyPart, Breakdown, TargetShare
from projections.standings.engine import Figure
from projections.store import tables
from projections.store.submissions import Coverage

Own = Collection[str]

_OF_SUBMISSIONS: Final = frozenset(event.TOPIC for event in SUBMISSION_EVENTS)
_OF_RETURNS: Final = frozenset(event.TOPIC for event in (RePresented, RePresentationAmended, RePresentationWithdrawn))
"""Recorded on the episode that was completed, but saying when the person came back, perhaps to another agency."""


@dataclass(frozen=True, slots=True)
class JourneyShown:
    """A journey as far as it is the provider's own. `withheld`: other agencies' episodes belong to it too, so that a
    day, group or area that is None may be known and not shown, and not merely be none.
    """

    start: date | None
    end: date | None
    group: str | None
    area: str | None
    agencies: tuple[str, ...]
    episodes: tuple[EpisodeSeen, ...]
    withheld: bool


@dataclass(frozen=True, slots=True)
class MemberShown:
    """A member of a figure: whether counted, and why; of another agency's client no more than that."""

    client: int | None
    counted: bool
    rule: str
    journey: JourneyShown | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class OnlyTheirsShown:
    """Who is on the provider's list and not in our figure; `journey` as far as it is its own."""

    client: int | None
    lines: tuple[Listed, ...]
    rule: str
    journey: JourneyShown | None


@dataclass(frozen=True, slots=True)
class DifferentlyShown:
    """Who is on both sides, and counted on one of them only."""

    lines: tuple[Listed, ...]
    member: MemberShown


@dataclass(frozen=True, slots=True)
class ComparisonShown:
    """A provider's list beside our members; see `claim_list.Comparison`."""

    agreed: int
    only_theirs: tuple[OnlyTheirsShown, ...]
    only_ours: tuple[MemberShown, ...]
    differently: tuple[DifferentlyShown, ...]
    twice: tuple[Twice, ...]
    account: tuple[AccountStep, ...]
    notices: tuple[str, ...]


def figure_shown(figure: Figure, own: Own) -> Figure:
    """A figure whose coverage names nobody else; its status says that a file of some agency is missing."""
    return replace(figure, coverage=coverage_shown(figure.coverage, own))


def coverage_shown(coverage: Coverage, own: Own) -> Coverage:
    """A coverage that names nobody else."""
    expected, missing = (
        tuple(agency for agency in agencies if agency in own) for agencies in (coverage.expected, coverage.missing)
    )
    return Coverage(expected, missing, coverage.status)


def parts_shown(parts: Breakdown, own: Own) -> Breakdown:
    """The parts of a figure: the provider's own, and all the others as one, so that they still add up."""
    theirs = [part for part in parts.parts if part.agency not in own]
    together = [_together(theirs)] if theirs else []
    whole = figure_shown(parts.whole, own)
    return replace(parts, whole=whole, parts=(*(part for part in parts.parts if part.agency in own), *together))


def _together(parts: Sequence[AgencyPart]) -> AgencyPart:
    """Several parts as one that names nobody."""
    denominators = [part.denominator for part in parts if part.denominator is not None]
    shares = [part.share for part in parts if part.share is not None]
    share = None
    if shares:
        behind = sum((one.behind for one in shares), Fraction(0))
        share = TargetShare(behind, sum(one.wanted for one in shares), sum(one.to_go for one in shares))
    numerator = sum(part.numerator for part in parts)
    return AgencyPart("", numerator, sum(denominators) if denominators else None, share)


def members_shown(members: Iterable[MemberSeen], own: Own) -> list[MemberShown]:
    """The members of a figure: the provider's own in their order, then the others, in an order that tells nothing."""
    shown = [member_shown(member, own) for member in members]
    others = sorted((one for one in shown if one.client is None), key=lambda one: (not one.counted, one.rule))
    return [*(one for one in shown if one.client is not None), *others]


def member_shown(member: MemberSeen, own: Own) -> MemberShown:
    """A member; its client is named if the deciding journey has an episode of the provider's own."""
    journey = journey_shown(member.journey, own)
    sources = tuple(source for source in member.sources if _is_own(source, own))
    client = member.client if journey else None
    return MemberShown(client, member.counted, member.rule, journey, sources)


def journey_shown(journey: JourneySeen, own: Own) -> JourneyShown | None:
    """A journey as far as it is the provider's own; None if no episode of it is."""
    episodes = tuple(episode for episode in journey.episodes if episode.agency in own)
    if not episodes:
        return None
    if len(episodes) == len(journey.episodes):
        of_journey = (journey.start, journey.end, journey.group, journey.area)
        return JourneyShown(*of_journey, journey.agencies, episodes, withheld=False)
    return JourneyShown(
        start=journey.start if journey.start in {episode.triaged_on for episode in episodes} else None,
        end=journey.end if journey.end in {episode.discharged_on for episode in episodes} else None,
        # The drugs of every episode make the group; the latest triaged one says the area.
        group=None,
        area=journey.area if journey.episodes[-1].agency in own else None,
        agencies=tuple(agency for agency in journey.agencies if agency in own),
        episodes=episodes,
        withheld=True,
    )


def waiting_shown(waiting: Iterable[MemberSeen], own: Own) -> list[MemberSeen]:
    """Those who wait for the provider itself; how many wait elsewhere is in the figure."""
    return [member for member in waiting if all(episode.agency in own for episode in member.journey.episodes)]


def bridge_shown(walk: Bridge, own: Own) -> Bridge:
    """A walk in which everybody still makes their difference, for the same reason: it adds up as before."""
    steps = tuple(_step_shown(step, own) for step in walk.steps)
    return Bridge(figure_shown(walk.start, own), figure_shown(walk.end, own), steps)


def _step_shown(step: WalkStep, own: Own) -> WalkStep:
    contributions = [_contribution_shown(one, own) for one in step.contributions]
    contributions.sort(key=lambda c: (c.side, c.reason, -c.diff, c.client is None, c.client or 0))
    before, after = figure_shown(step.before, own), figure_shown(step.after, own)
    return WalkStep(step.name, before, after, tuple(contributions))


def _contribution_shown(one: Contribution, own: Own) -> Contribution:
    """A client is named by the provider's own record, or by standing in the figure by a journey of its own."""
    agencies = tuple(agency for agency in one.agencies if agency in own)
    source = one.source if one.source and _is_own(one.source, own) else None
    return replace(one, client=one.client if agencies or source else None, source=source, agencies=agencies)


def check_own_list(listed: Iterable[Listed], own: Own) -> None:
    """A provider may hold its own clients against a figure, and nobody else's.

    Raises:
        Refused: a line names another agency; whether such a reference exists is not told.
    """
    others = [one.line for one in listed if one.agency not in own]
    if others:
        first = f"line {others[0]}" if len(others) == 1 else f"{len(others)} lines, the first of them line {others[0]}"
        raise Refused(
            "claim-list-of-others",
            f"The list names clients of another agency than yours ({first}). Leave them out; nothing of it was used.",
        )


def comparison_shown(found: Comparison, own: Own) -> ComparisonShown:
    """A comparison with the provider's own list (`check_own_list`); its account adds up as before."""
    return ComparisonShown(
        found.agreed,
        tuple(
            OnlyTheirsShown(one.client, one.lines, one.rule, journey_shown(one.journey, own) if one.journey else None)
            for one in found.only_theirs
        ),
        tuple(members_shown(found.only_ours, own)),
        tuple(DifferentlyShown(one.lines, member_shown(one.member, own)) for one in found.differently),
        found.twice,
        found.account,
        found.notices,
    )


def search_shown(search: Search, own: Own) -> Search:
    """The places where ours is what is claimed, without those that are another agency's figures."""
    fits = tuple(fit for fit in search.fits if fit.where.agency is None or fit.where.agency in own)
    return replace(search, fits=fits)


def trail_shown(entries: Sequence[Entry], own: Own) -> list[Entry]:
    """The entries of the provider's own episodes and submissions."""
    return [entry for entry in entries if _is_own_entry(entry, own)]


def _is_own_entry(entry: Entry, own: Own) -> bool:
    if entry.reference is None:
        return entry.topic in _OF_SUBMISSIONS and entry.agency in own
    # A person's records may be erased because of what another agency's file said. Erased by word, no agency is named.
    by_own_word = entry.agency in own or not entry.agency
    return entry.reference.agency in own and by_own_word and entry.topic not in _OF_RETURNS


def _is_own(source: Source, own: Own) -> bool:
    return source.agency in own and source.fact != RE_PRESENTED


def own_clients(connection: sa.Connection, generation: int, own: Own) -> frozenset[int]:
    """The clients of whom the provider has an episode now: those of whom it may have a proof."""
    t = tables.episode.c
    query = sa.select(t.client).where(t.generation == generation, t.current, t.agency.in_(sorted(own)))
    return frozenset(connection.execute(query).scalars())
