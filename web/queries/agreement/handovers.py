"""Handovers: which caseloads passed from whom to whom, whether they stand, and what that did to the figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.episode.events import FactEvent, fact_events
from domain.episode.facts import HANDOVER, Handover
from domain.log.reading import read_topics
from domain.measures.registry import MEASURES
from domain.standpoint import Standpoint
from domain.submission import CaseloadHandedOver, CaseloadReturned
from projections.standings.slices import Slice
from projections.store.submissions import submission_positions
from web.auth.viewer import NotOwn, Viewer, unchanged
from web.queries.performance.figure import FigureResult, figure_result
from web.queries.result import Result
from web.snapshot import Snapshot, snapshot_cache


class HandoverLine(Result, frozen=True):
    """A handover: the submission `number`, and how many `episodes` passed on the day `on`.

    `standing` of them still end by it: the others had a real discharge since, or it was taken back by the submission
    `undone_by` (null while it stands). `chosen`: those of a list, not all. `with_contracts`: it was a re-tender, which
    also said what became of the contracts.
    """

    number: int
    on: date
    received_on: date
    from_agency: str
    to_agency: str
    episodes: int
    standing: int
    chosen: bool
    with_contracts: bool
    undone_by: int | None


class HandoversResult(Result, frozen=True):
    """The handovers, the newest first."""

    handovers: list[HandoverLine]


class FigureMoved(Result, frozen=True):
    """A figure as it was known just before the handover was said, and just after."""

    before: FigureResult
    after: FigureResult


class HandoverResult(Result, frozen=True):
    """One handover, and the figures that it moved as of a day: of everybody and of the two agencies.

    A provider has those of its own agencies.
    """

    handover: HandoverLine
    as_of: date
    moved: list[FigureMoved]


def handovers(snapshot: Snapshot, viewer: Viewer) -> HandoversResult:
    """Every handover; for a provider those in which one of its agencies passed a caseload on, or took one over."""
    lines = viewer.redacted(_lines(snapshot), unchanged)
    return HandoversResult([one for one in lines if _is_visible(viewer, one)])


def handover(snapshot: Snapshot, viewer: Viewer, number: int) -> HandoverResult | None:
    """The handover with this number; None if there is none.

    Raises:
        NotOwn: it is between other agencies than a provider's.
    """
    line = next((one for one in viewer.redacted(_lines(snapshot), unchanged) if one.number == number), None)
    if line is None:
        return None
    if not _is_visible(viewer, line):
        raise NotOwn(f"handover {number}")
    own = [agency for agency in (line.from_agency, line.to_agency) if viewer.may_ask_for(Slice(agency=agency))]
    slices = [*([] if viewer.is_provider else [Slice()]), *(Slice(agency=agency) for agency in own)]
    said = _said(snapshot)[number]
    as_of = max(line.on, said.files_until or line.on)
    moved = [one for slice_ in slices for one in _moved(snapshot, said, as_of, slice_)]
    return HandoverResult(line, as_of, moved)


def _is_visible(viewer: Viewer, line: HandoverLine) -> bool:
    return not viewer.is_provider or not viewer.agencies.isdisjoint({line.from_agency, line.to_agency})


@dataclass(frozen=True, slots=True)
class _Said:
    """Where a handover stands in the log: the position before its commit, and its own; how far files reached then."""

    event: CaseloadHandedOver
    before: int
    position: int
    files_until: date | None


@snapshot_cache(of_knowledge=True)
def _said(snapshot: Snapshot) -> Mapping[int, _Said]:
    positions = submission_positions(snapshot.connection, snapshot.generation)
    said: dict[int, _Said] = {}
    for one in read_topics(snapshot.connection, snapshot.mapper, [CaseloadHandedOver.TOPIC]):
        event = one.event
        if isinstance(event, CaseloadHandedOver):
            before = positions.get(min(event.number, *event.contracts, event.number) - 1, 0)
            files = snapshot.submissions.days_covered(before)
            said[event.number] = _Said(event, before, one.position, files.last_day if files else None)
    return said


@snapshot_cache()
def _lines(snapshot: Snapshot) -> Sequence[HandoverLine]:
    standing = _standing(snapshot)
    undone = {
        one.event.undoes: one.event.number
        for one in read_topics(snapshot.connection, snapshot.mapper, [CaseloadReturned.TOPIC])
        if isinstance(one.event, CaseloadReturned)
    }
    return [
        HandoverLine(
            number,
            said.event.handed_over_on,
            said.event.received_on,
            said.event.agency,
            said.event.to_agency,
            said.event.episodes,
            standing[number],
            said.event.chosen,
            bool(said.event.contracts),
            undone.get(number),
        )
        for number, said in sorted(_said(snapshot).items(), reverse=True)
    ]


def _standing(snapshot: Snapshot) -> Counter[int]:
    """How many episodes still end by each handover. What came before the first of them is not read."""
    before = [said.before for said in _said(snapshot).values()]
    if not before:
        return Counter()
    kinds = fact_events(HANDOVER)
    topics = [kinds.recording(Handover(handed_over_on=date.min, to_agency="")).TOPIC, kinds.withdrawn.TOPIC]
    ended: dict[object, int] = {}
    for one in read_topics(snapshot.connection, snapshot.mapper, topics, after=min(before)):
        event = one.event
        if isinstance(event, FactEvent):
            ended[event.originator_id] = event.submission
        else:
            ended.pop(event.originator_id, None)
    return Counter(ended.values())


def _moved(snapshot: Snapshot, said: _Said, as_of: date, slice_: Slice) -> list[FigureMoved]:
    """The figures of a slice that are others just after than just before."""
    received_on = said.event.received_on
    at = [Standpoint(as_of, received_on, position) for position in (said.before, said.position)]
    before, after = (snapshot.figures(MEASURES, standpoint, slice_) for standpoint in at)
    return [
        FigureMoved(figure_result(one), figure_result(its))
        for one, its in zip(before, after, strict=True)
        if (one.numerator, one.denominator) != (its.numerator, its.denominator)
    ]
