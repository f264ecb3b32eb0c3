"""Disputes over figures, as their parties, the commissioner and auditors read them."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from domain.contract_life.dispute import OPEN, Dispute, DisputeAnswered, DisputeClosed
from domain.errors import Refused
from domain.log.reading import Recorded
from domain.measures.entered import as_measure
from domain.measures.registry import MEASURE_OF, Measure
from projections.claims.claim import Claim
from projections.claims.disputes import is_party, slice_of, standpoint_of
from projections.claims.plausibility import StatedPercentage
from projections.standings.slices import Slice
from web.auth.viewer import NotOwn, Own, Viewer
from web.queries.improvement.disputed.course import (
    DisputeCourseResult,
    DisputeNumbers,
    DisputeSpeech,
    course_result,
    speech,
)
from web.queries.performance.figure import FigureResult, StandpointResult, standpoint_result
from web.queries.performance.figures import FiguresQuery, figures
from web.queries.result import Result
from web.snapshot import Snapshot


class DisputedClaim(Result, frozen=True):
    """What a disputed figure is claimed to be; a percentage as it was printed."""

    numerator: int | None
    denominator: int | None
    percentage: str | None

    @property
    def claim(self) -> Claim:
        """The same, as a claim."""
        stated = StatedPercentage.parse(self.percentage) if self.percentage else None
        return Claim(self.numerator, self.denominator, stated)


class DisputedKpi(Result, frozen=True):
    """A KPI that is entered by hand, as it was called when it was disputed."""

    name: str
    kind: str


class DisputeStatement(DisputeSpeech, frozen=True):
    """A statement of a party."""

    statement: str


class DisputeOutcome(DisputeSpeech, frozen=True):
    """How it ended."""

    outcome: str
    agreed: DisputeNumbers | None


class DisputeResult(Result, frozen=True):
    """A dispute over a figure, with all that was said about it."""

    number: int
    state: str
    code: str = msgspec.field(name="measure")
    slice: Slice
    standpoint: StandpointResult
    claimed: DisputedClaim
    reason: str
    opened: DisputeSpeech
    answers: list[DisputeStatement]
    closed: DisputeOutcome | None
    course: DisputeCourseResult
    entered: DisputedKpi | msgspec.UnsetType = msgspec.UNSET

    @property
    def measure(self) -> Measure:
        """Which measure's figure is disputed, or which entered KPI's."""
        if self.entered:
            return as_measure(self.code, self.entered.name, self.entered.kind, None, "")
        return MEASURE_OF[self.code]

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered and closed."""
        return self.state == OPEN


class DisputesResult(Result, frozen=True):
    """Disputes, the oldest first."""

    disputes: list[DisputeResult]


@dataclass(frozen=True, slots=True)
class DisputesQuery:
    """The disputes behind a number, in one state or in any."""

    after: int = 0
    state: str | None = None


def disputes(snapshot: Snapshot, viewer: Viewer, query: DisputesQuery) -> DisputesResult:
    """The disputes that the viewer may read."""
    matching = (
        dispute
        for dispute in snapshot.disputes
        if dispute.number > query.after and query.state in {None, dispute.state} and _may_read(viewer, dispute)
    )
    return DisputesResult([dispute_result(dispute, own_of(viewer)) for dispute in matching])


def dispute(snapshot: Snapshot, viewer: Viewer, number: int, version: int | None = None) -> DisputeResult | None:
    """The dispute with this number, as it stands or as its `version` was; None if there is none.

    Raises:
        NotOwn: the viewer is a provider that has nothing to do with it.
    """
    numbered = next((one for one in snapshot.disputes if one.number == number), None)
    if numbered is None:
        return None
    if not _may_read(viewer, numbered):
        raise NotOwn
    if version is not None:
        numbered = Dispute.folded(numbered.recorded[: max(1, version)])
    return dispute_result(numbered, own_of(viewer))


def own_of(viewer: Viewer) -> Own | None:
    """The agencies whose rows a viewer reads; None: every one."""
    return viewer.own if viewer.is_provider else None


def disputed_figure(snapshot: Snapshot, viewer: Viewer, dispute: DisputeResult) -> FigureResult | None:
    """What the disputed figure is from its standpoint; None for a party that may not ask for it: it has read the claim,
    and not our answer. The same of what is not shown to it from there (`others`), and of what was entered by hand,
    which has a page of its own.
    """
    if dispute.entered or not viewer.may_ask_for(dispute.slice):
        return None
    standpoint = dispute.standpoint
    query = FiguresQuery(standpoint.as_of, standpoint.position, (dispute.measure,), dispute.slice)
    try:
        return figures(snapshot, viewer, query).figures[0]
    except Refused:
        return None


def dispute_result(dispute: Dispute, own: Own | None = None) -> DisputeResult:
    """DISPUTE of the JSON reference, for somebody who may read it: a party that has just spoken may.

    `own`: a provider's agencies; None for everybody else.
    """
    opened = dispute.opened
    return DisputeResult(
        dispute.number,
        dispute.state,
        opened.measure,
        slice_of(dispute),
        standpoint_result(standpoint_of(dispute)),
        DisputedClaim(opened.numerator, opened.denominator, opened.percentage or None),
        opened.reason,
        DisputeSpeech(*speech(dispute.recorded[0])),
        list(_statements(dispute.recorded)),
        _outcome(dispute.recorded[-1]),
        course_result(dispute, own),
        DisputedKpi(opened.entered_name, opened.entered_kind) if opened.entered_kind else msgspec.UNSET,
    )


def _may_read(viewer: Viewer, dispute: Dispute) -> bool:
    return not viewer.is_provider or is_party(dispute, viewer.agencies)


def _statements(recorded: Iterable[Recorded]) -> Iterable[DisputeStatement]:
    for one in recorded:
        if isinstance(one.event, DisputeAnswered):
            yield DisputeStatement(*speech(one), one.event.statement)


def _outcome(last: Recorded) -> DisputeOutcome | None:
    event = last.event
    if not isinstance(event, DisputeClosed):
        return None
    agreed = None if event.numerator is None else DisputeNumbers(event.numerator, event.denominator)
    return DisputeOutcome(*speech(last), event.outcome, agreed)
