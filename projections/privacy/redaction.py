"""What a provider sees: its own records whole; of what another agency's record caused, the reason and the sign alone.

`own` are the agencies whose client-level records are the provider's on the day (`caseload_access`). Of others no day,
agency, reference, file, row or position is told, nor whose record it is. Nobody is left out of a list that adds up to
a figure, so that totals and walks still add up.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

import sqlalchemy as sa

from domain.episode.events import RePresentationAmended, RePresentationWithdrawn, RePresented
from domain.episode.facts import RE_PRESENTED
from domain.errors import Refused
from domain.submission import OF_OTHER_AGENCIES, SUBMISSION_EVENTS, Notice
from projections.claims.claim import Search
from projections.claims.reconciliation import AccountStep, Comparison, Listed, Twice
from projections.explain.bridge import Bridge, Contribution
from projections.explain.bridge import Step as WalkStep
from projections.explain.provenance import EpisodeSeen, JourneySeen, MemberSeen, Source
from projections.explain.trail import Entry
from projections.performance.breakdown import AgencyPart, Breakdown, TargetShare
from projections.standings.engine import Figure
from projections.standings.hidden import HIDDEN
from projections.store import tables
from projections.store.submissions import Coverage
from projections.worklists.data_quality import DataQuality
from projections.worklists.rows import WorklistRow

Own = Collection[str]

_OF_SUBMISSIONS: Final = frozenset(event.TOPIC for event in SUBMISSION_EVENTS)
_OF_RETURNS: Final = frozenset(event.TOPIC for event in (RePresented, RePresentationAmended, RePresentationWithdrawn))
"""Recorded on the episode that was completed, but saying when the person came back, perhaps to another agency."""


@dataclass(frozen=True, slots=True)
class RedactedJourney:
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
class RedactedMember:
    """A member of a figure: whether counted, and why; of another agency's client no more than that."""

    client: int | None
    counted: bool
    rule: str
    journey: RedactedJourney | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class RedactedOnlyTheirs:
    """Who is on the provider's list and not in our figure; `journey` as far as it is its own."""

    client: int | None
    lines: tuple[Listed, ...]
    rule: str
    journey: RedactedJourney | None


@dataclass(frozen=True, slots=True)
class RedactedDisagreement:
    """Who is on both sides, and counted on one of them only."""

    lines: tuple[Listed, ...]
    member: RedactedMember


@dataclass(frozen=True, slots=True)
class RedactedComparison:
    """A provider's list beside our members; see `claim_list.Comparison`."""

    agreed: int
    only_theirs: tuple[RedactedOnlyTheirs, ...]
    only_ours: tuple[RedactedMember, ...]
    differently: tuple[RedactedDisagreement, ...]
    twice: tuple[Twice, ...]
    account: tuple[AccountStep, ...]
    notices: tuple[str, ...]


def redacted_figure(figure: Figure, own: Own) -> Figure:
    """A figure whose coverage names nobody else; its status says that a file of some agency is missing.

    How many records were erased grows with each person of any agency who asks for it, so it is not told.
    """
    return replace(figure, coverage=redacted_coverage(figure.coverage, own), erased_records=HIDDEN)


def redacted_coverage(coverage: Coverage, own: Own) -> Coverage:
    """A coverage that names nobody else."""
    expected, missing = (
        tuple(agency for agency in agencies if agency in own) for agencies in (coverage.expected, coverage.missing)
    )
    return replace(coverage, expected=expected, missing=missing)


def redacted_breakdown(parts: Breakdown, own: Own) -> Breakdown:
    """The parts of a figure: the provider's own, and all the others as one, so that they still add up."""
    theirs = [part for part in parts.parts if part.agency not in own]
    together = [_together(theirs)] if theirs else []
    whole = redacted_figure(parts.whole, own)
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


def redacted_members(members: Iterable[MemberSeen], own: Own) -> list[RedactedMember]:
    """The members of a figure: the provider's own in their order, then the others, in an order that tells nothing."""
    redacted = [redacted_member(member, own) for member in members]
    others = sorted((one for one in redacted if one.client is None), key=lambda one: (not one.counted, one.rule))
    return [*(one for one in redacted if one.client is not None), *others]


def redacted_member(member: MemberSeen, own: Own) -> RedactedMember:
    """A member; its client is named if the deciding journey has an episode of the provider's own."""
    journey = redacted_journey(member.journey, own)
    sources = tuple(source for source in member.sources if _is_own(source, own))
    client = member.client if journey else None
    return RedactedMember(client, member.counted, member.rule, journey, sources)


def redacted_journey(journey: JourneySeen, own: Own) -> RedactedJourney | None:
    """A journey as far as it is the provider's own; None if no episode of it is."""
    episodes = tuple(episode for episode in journey.episodes if episode.agency in own)
    if not episodes:
        return None
    if len(episodes) == len(journey.episodes):
        of_journey = (journey.start, journey.end, journey.group, journey.area)
        return RedactedJourney(*of_journey, journey.agencies, episodes, withheld=False)
    return RedactedJourney(
        start=journey.start if journey.start in {episode.triaged_on for episode in episodes} else None,
        end=journey.end if journey.end in {episode.discharged_on for episode in episodes} else None,
        # The drugs of every episode make the group; the latest triaged one says the area.
        group=None,
        area=journey.area if journey.episodes[-1].agency in own else None,
        agencies=tuple(agency for agency in journey.agencies if agency in own),
        episodes=episodes,
        withheld=True,
    )


def redacted_waiting(waiting: Iterable[MemberSeen], own: Own) -> list[MemberSeen]:
    """Those who wait for the provider itself; how many wait elsewhere is in the figure."""
    return [member for member in waiting if all(episode.agency in own for episode in member.journey.episodes)]


def redacted_bridge(walk: Bridge, own: Own) -> Bridge:
    """A walk in which everybody still makes their difference, for the same reason: it adds up as before."""
    steps = tuple(_redacted_step(step, own) for step in walk.steps)
    return Bridge(redacted_figure(walk.start, own), redacted_figure(walk.end, own), steps)


def without_people(walk: Bridge) -> Bridge:
    """A walk in sums: how many made a difference for each reason, and nothing of whom, when or where."""
    return replace(walk, steps=tuple(map(_step_in_sums, walk.steps)))


def _step_in_sums(step: WalkStep) -> WalkStep:
    contributions = sorted(map(_without_person, step.contributions), key=lambda c: (c.side, c.reason, -c.diff))
    return replace(step, contributions=tuple(contributions))


def _without_person(one: Contribution) -> Contribution:
    return replace(one, client=None, source=None, agencies=())


def _redacted_step(step: WalkStep, own: Own) -> WalkStep:
    contributions = [_redacted_contribution(one, own) for one in step.contributions]
    contributions.sort(key=lambda c: (c.side, c.reason, -c.diff, c.client is None, c.client or 0))
    before, after = redacted_figure(step.before, own), redacted_figure(step.after, own)
    return WalkStep(step.name, before, after, tuple(contributions))


def _redacted_contribution(one: Contribution, own: Own) -> Contribution:
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


def redacted_comparison(comparison: Comparison, own: Own) -> RedactedComparison:
    """A comparison with the provider's own list (`check_own_list`); its account adds up as before."""
    return RedactedComparison(
        comparison.agreed,
        tuple(
            RedactedOnlyTheirs(
                one.client, one.lines, one.rule, redacted_journey(one.journey, own) if one.journey else None
            )
            for one in comparison.only_theirs
        ),
        tuple(redacted_members(comparison.only_ours, own)),
        tuple(RedactedDisagreement(one.lines, redacted_member(one.member, own)) for one in comparison.differently),
        comparison.twice,
        comparison.account,
        comparison.notices,
    )


def redacted_search(search: Search, own: Own) -> Search:
    """The places where ours is what is claimed, as far as these are the provider's own figures.

    Of all agencies together it is not told: it is tried on every day, and by every receipt.
    """
    fits = tuple(fit for fit in search.fits if fit.slice.agency in own)
    return replace(search, fits=fits)


def redacted_worklist(rows: Iterable[WorklistRow], own: Own) -> list[WorklistRow]:
    """The rows of episodes of the agencies `own` (`caseload_access`).

    Where a row rests on another agency's record, its days and its count are `withheld`, and the sentence says no more
    than that there is one; an area that only another agency's record says is left out. A pair with a client of another
    agency is left out: that the two may be one tells whom the other agency knows.
    """
    return list(_redacted_rows(rows, own))


def _redacted_rows(rows: Iterable[WorklistRow], own: Own) -> Iterator[WorklistRow]:
    for row in rows:
        if row.episode.agency not in own or (row.beside and row.beside.agency not in own):
            continue
        redacted = row if not row.says_area or row.says_area in own else replace(row, slice=row.without_area)
        if not row.rests_on.issubset(own):
            dates = tuple(dated for dated in row.dates if dated.agency in own)
            because = row.because_own
            redacted = replace(redacted, dates=dates, days=None, because=because, rests_on=frozenset(), withheld=True)
        yield replace(redacted, says_area="")


def notices_for_providers(notices: Iterable[Notice]) -> list[Notice]:
    """The notices of a file, without those that tell whom another agency knows."""
    return [notice for notice in notices if notice.code not in OF_OTHER_AGENCIES]


def redacted_quality(quality: DataQuality, own: Own) -> DataQuality:
    """What a provider sees: the files and records of the agencies `own`, and of notices those that are its own."""
    months = tuple(
        replace(one, notices={code: count for code, count in one.notices.items() if code not in OF_OTHER_AGENCIES})
        for one in quality.months
        if one.agency in own
    )
    return replace(quality, months=months, fields=tuple(one for one in quality.fields if one.agency in own))


def redacted_trail(entries: Sequence[Entry], own: Own) -> list[Entry]:
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
