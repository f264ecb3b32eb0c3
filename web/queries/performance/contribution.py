"""Contribution: which agency, and which segment of the people, makes a figure miss its target; adding up exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

import msgspec

from domain.codes import SUBSTANCE_GROUPS
from domain.measures.families import Unit
from domain.measures.registry import Measure, measure_named
from domain.rounding import STORED_DECIMALS, half_up, percentage_of
from domain.standpoint import Standpoint
from projections.performance.colours.rag import Unrated
from projections.performance.contribution import (
    Part,
    ToReach,
    by_contribution,
    furthest_behind,
    largest,
    parts_by,
)
from projections.standings.engine import Standing
from projections.standings.slices import Slice
from projections.worklists import segments
from projections.worklists.seen import SeenRecords
from projections.worklists.segments import HANDOVER, LENGTH_AT_HANDOVER, OpenCaseload
from web.auth.viewer import Viewer, unchanged
from web.queries import others
from web.queries.parameters import EVERYBODY, KnownAt
from web.queries.result import Result
from web.snapshot import Snapshot, snapshot_cache

from . import scorecards
from .figure import FigureResult, IntervalResult

OPEN: Final = measure_named("N.open")
OWN_AGENCY_ONLY: Final = (
    "Segments are shown to a provider for its own agency only: of all agencies together they would tell of few people "
    "of others. Choose your agency."
)
AGENCY: Final = "agency"
AGENCY_AT_HANDOVER: Final = "agency-at-handover"


@dataclass(frozen=True, slots=True)
class ContributionQuery:
    """One measure from one standpoint; with a day, also by where people stood when a caseload passed on it."""

    measure: Measure
    as_of: date
    known_at: KnownAt = None
    slice_: Slice = EVERYBODY
    handover_on: date | None = None


class PartResult(Result, frozen=True):
    """A part of the figure. `behind` is in people (negative: ahead), `behind_exact` the same as an exact fraction.

    `name` is empty where it is of all other agencies together. `agency` is whose people a part of a handover are, null
    where a part is of no agency.
    """

    name: str
    numerator: int
    denominator: int | None
    percentage: float | None
    interval: IntervalResult | None
    behind: float | None
    behind_exact: str | None
    agency: str | None = None

    @property
    def part(self) -> Part:
        """The part to count on with."""
        behind = None if self.behind_exact is None else Fraction(self.behind_exact)
        return Part(self.name, self.numerator, self.denominator, behind)


class PartitionResult(Result, frozen=True):
    """The figure parted in one way; the parts add up to it. Against a target, the biggest contributor comes first."""

    by: str
    title: str
    parts: tuple[PartResult, ...]

    @property
    def biggest(self) -> list[Part]:
        """The parts that make the miss, the biggest contributor first."""
        return [part for part in by_contribution(self._parts) if part.behind is not None and part.behind > 0]

    @property
    def ahead(self) -> list[Part]:
        """The parts that are ahead of their share of the target."""
        return [part for part in self._parts if part.behind is not None and part.behind < 0]

    @property
    def largest(self) -> Part | None:
        """Who has most of the people."""
        return largest(self._parts)

    @property
    def furthest_behind(self) -> Part | None:
        """Who is furthest behind for its size."""
        return furthest_behind(self._parts)

    @property
    def _parts(self) -> list[Part]:
        return [one.part for one in self.parts]


class CaseloadSegments(Result, frozen=True):
    """Of the same slice and substance groups, who is open on the day, and how many of them are in which segment."""

    people: int
    six_years_or_more: int
    low_dose: int
    ready_to_review: int


class MissResult(Result, frozen=True):
    """Which parts of a figure make it miss its target.

    `reached` is the percentage to be reached; without it, `why_not` says why the figure is not held against a target,
    and no part is behind. `behind` is the whole miss in people, the sum of the parts of each partition. `withheld`
    says why nothing but the agencies is shown, else it is empty.
    """

    figure: FigureResult
    reached: str | None
    why_not: Unrated | None
    behind: float | None
    behind_exact: str | None
    partitions: list[PartitionResult]
    caseload: CaseloadSegments | None
    handover_on: date | None
    withheld: str

    @property
    def miss(self) -> Fraction | None:
        """By how many people the figure is behind its target; None where it is held against none."""
        return None if self.behind_exact is None else Fraction(self.behind_exact)

    def partition(self, by: str) -> PartitionResult | None:
        """The partition of this name, if there is one."""
        return next((one for one in self.partitions if one.by == by), None)


# The same page is looked at again and again, by either party.
@snapshot_cache(most=128)
def contribution(snapshot: Snapshot, viewer: Viewer, query: ContributionQuery) -> MissResult:
    """A figure by agency and by segment, each against the target of the whole.

    Raises:
        Refused: to a provider, of all agencies together on a day that is no month end.
    """
    about = scorecards.ScorecardQuery(query.as_of, query.known_at, query.slice_, measures=(query.measure,))
    line = scorecards.scorecard(snapshot, viewer, about).lines[0]
    figure, reached = line.figure, line.against.reached
    polarity = query.measure.polarity
    to_reach = None if reached is None or polarity is None else ToReach(Decimal(reached), polarity)
    miss = None
    if to_reach is not None and figure.denominator:
        miss = to_reach.behind(figure.numerator, figure.denominator)
    is_own = not others.rests_on_others(snapshot, viewer, query.slice_)
    has_segments = is_own and query.measure.family.unit is not Unit.REFERRAL
    parted = viewer.redacted(_segments(snapshot, query), unchanged) if has_segments else None
    partitions = [_by_agency(snapshot, viewer, query, to_reach)]
    if parted is not None:
        is_count = query.measure.kind == "count"
        partitions += [_partition(one, parted, to_reach, is_count=is_count) for one in parted.segmentations]
        if query.handover_on is not None:
            partitions.insert(2, _by_agency_at_handover(viewer, parted, to_reach, is_count=is_count))
    return MissResult(
        figure,
        reached,
        line.against.why_not,
        _rounded(miss),
        _exact(miss),
        [one for one in partitions if one.parts],
        CaseloadSegments(*_numbers(parted.caseload)) if parted is not None else None,
        query.handover_on,
        "" if is_own else OWN_AGENCY_ONLY,
    )


def _by_agency(
    snapshot: Snapshot, viewer: Viewer, query: ContributionQuery, to_reach: ToReach | None
) -> PartitionResult:
    """By the agency that each journey belongs to; of a provider's, all others are one part."""
    asked = scorecards.FigureQuery(query.measure, query.as_of, query.known_at, query.slice_)
    parts = [
        Part(
            one.agency,
            one.numerator,
            one.denominator,
            to_reach.behind(one.numerator, one.denominator) if to_reach and one.denominator is not None else None,
        )
        for one in scorecards.breakdown(snapshot, viewer, asked).parts
    ]
    return PartitionResult(AGENCY, "Agency", tuple(map(_part, by_contribution(parts))))


@dataclass(frozen=True, slots=True)
class _Parted:
    segmentations: Sequence[segments.Segmentation]
    counted: Sequence[bool]
    owners: Sequence[str]
    caseload: OpenCaseload


# Every record of the figure's people, and of those open on the day, is looked at.
@snapshot_cache(most=128, of_knowledge=True)
def _segments(snapshot: Snapshot, query: ContributionQuery) -> _Parted:
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    engine = snapshot.engine([query.measure, OPEN], [query.as_of], at=standpoint)
    members = engine.members(query.measure, standpoint, query.slice_)
    open_members = [one for one in engine.members(OPEN, standpoint, query.slice_) if _is_of_groups(query.measure, one)]
    seen = _seen(snapshot, standpoint, (*members, *open_members))
    return _Parted(
        segments.segmentations(seen, members, query.handover_on),
        [member.counted for member in members],
        [member.slice[2] for member in members],
        segments.open_caseload(seen, open_members),
    )


def _seen(snapshot: Snapshot, standpoint: Standpoint, members: Sequence[Standing]) -> SeenRecords:
    return segments.read_members(snapshot.connection, snapshot.mapper, snapshot.generation, standpoint, members)


def _is_of_groups(measure: Measure, member: Standing) -> bool:
    """Whether somebody who is open is of the substance groups that a measure is of; of all, if it is of none."""
    groups = {measure.family.parts[part] for part in measure.parts} & set(map(str, SUBSTANCE_GROUPS))
    return not groups or OPEN.family.parts[member.part - OPEN.family.code(0)] in groups


def _partition(
    one: segments.Segmentation, parted: _Parted, to_reach: ToReach | None, *, is_count: bool
) -> PartitionResult:
    parts = parts_by(one.segments, zip(one.members, parted.counted, strict=True), to_reach, is_count=is_count)
    ordered = parts if one.name in {HANDOVER, LENGTH_AT_HANDOVER} else by_contribution(parts)
    return PartitionResult(one.name, one.title, tuple(map(_part, ordered)))


def _by_agency_at_handover(
    viewer: Viewer, parted: _Parted, to_reach: ToReach | None, *, is_count: bool
) -> PartitionResult:
    """Each agency's people by where they stood at the handover; to a provider, those of all others together."""
    where = next(one for one in parted.segmentations if one.name == HANDOVER)
    owners = [owner if not viewer.is_provider or owner in viewer.own else "" for owner in parted.owners]
    parts = []
    # Other agencies come last, under no name.
    for agency in sorted(set(owners), key=lambda owner: (not owner, owner)):
        members = [
            (segment, counted)
            for owner, segment, counted in zip(owners, where.members, parted.counted, strict=True)
            if owner == agency
        ]
        its = parts_by(where.segments, members, to_reach, is_count=is_count)
        parts += [msgspec.structs.replace(_part(part), agency=agency) for part in its]
    return PartitionResult(AGENCY_AT_HANDOVER, "Agency and handover", tuple(parts))


def _part(part: Part) -> PartResult:
    interval = None
    if part.limits:
        low, high = part.limits
        interval = IntervalResult(half_up(low, STORED_DECIMALS), half_up(high, STORED_DECIMALS))
    return PartResult(
        part.name,
        part.numerator,
        part.denominator,
        percentage_of(part.numerator, part.denominator),
        interval,
        _rounded(part.behind),
        _exact(part.behind),
    )


def _rounded(behind: Fraction | None) -> float | None:
    return None if behind is None else half_up(behind, STORED_DECIMALS)


def _exact(behind: Fraction | None) -> str | None:
    return None if behind is None else str(behind)


def _numbers(caseload: OpenCaseload) -> tuple[int, int, int, int]:
    return caseload.people, caseload.six_years_or_more, caseload.low_dose, caseload.ready_to_review
