"""Case-file audits with their results: in numbers alone, for whoever may read an audit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from domain.improvement.audits.case_file_audit import AuditFigure, CaseFileAudit
from domain.improvement.audits.item_set import JUDGED, AuditItem, ItemSet, item_sets
from domain.rounding import percentage_of
from domain.standpoint import Standpoint
from projections.improvement.audits.caseload import RecordedFile, recorded_files
from projections.improvement.audits.counts import ItemCounts, compared, item_counts, of_caseload
from projections.improvement.audits.on_record import within_reach
from web.auth.viewer import NotOwn, Viewer
from web.queries.improvement.audits.drawing import (
    RedrawnResult,
    erased_streams,
    every_audit,
    redrawn,
)
from web.queries.improvement.audits.parts import AuditStratum, LeftOutResult, left_out_results
from web.queries.performance.figure import StandpointResult, standpoint_result
from web.queries.result import Result
from web.snapshot import Snapshot, snapshot_cache


class FilesRange(Result, frozen=True):
    """Of how many of `files` in the caseload an item is in date: at least and at most, with 95% confidence, exact."""

    low: int
    high: int
    files: int


class ItemKindCount(Result, frozen=True):
    """Of one kind of file, how many are in one state; the kind is empty where it was not said."""

    kind: str
    state: str
    count: int


class ItemFound(Result, frozen=True):
    """What was found of an item. `judged` are those that the percentage is of; those not needed are in none."""

    item: str
    name: str
    in_date: int
    out_of_date: int
    missing: int
    not_needed: int
    not_looked_at: int
    judged: int
    percentage: float | None
    caseload: FilesRange | None
    kinds: list[ItemKindCount]


class BesideCount(Result, frozen=True):
    """How many files say one thing of an item, and the records another (or the same), at the audit's standpoint."""

    item: str
    name: str
    file_says: str
    records_say: str
    count: int
    count_by_now: int


class AuditFinding(Result, frozen=True):
    """A finding, of an item or of all."""

    finding: int
    item: str
    words: str
    on: date
    actor: str


class AuditAction(Result, frozen=True):
    """Something to be done; `done_on` is null while it is not."""

    action: int
    finding: int | None
    words: str
    who: str
    due: date
    done_on: date | None
    done_words: str


class AuditResult(Result, frozen=True):
    """An audit in numbers, with its findings and actions. `version` is what `seen` names.

    `figure` is whose people's files were drawn from, null where it was all that were open. `erased` is how many of its
    files belong to people who were erased since: what was found of them is still counted.
    """

    number: int
    version: int
    state: str
    party: str = msgspec.field(name="held_by")
    drawn_on: date
    held_on: date | None
    purpose: str
    words: str
    agencies: list[str]
    item_set: ItemSet
    standpoint: StandpointResult
    seed: str
    wanted: int
    sampled: int = msgspec.field(name="drawn")
    population: int
    strata_by: str
    strata: list[AuditStratum]
    left_out: list[LeftOutResult]
    without: list[int]
    follows: int | None
    figure: AuditFigure | None
    followed_by: list[int]
    erased: int
    marks: int
    items: list[ItemFound]
    beside: list[BesideCount]
    findings: list[AuditFinding]
    actions: list[AuditAction]

    @property
    def is_draft(self) -> bool:
        """Whether it is still being typed in."""
        return self.state == "draft"

    @property
    def cells(self) -> int:
        """How many marks there are to be made."""
        return self.sampled * len(self.item_set.items)

    @property
    def open_actions(self) -> int:
        """How many actions are not done."""
        return sum(one.done_on is None for one in self.actions)


class AuditsResult(Result, frozen=True):
    """Case-file audits, the newest first."""

    audits: list[AuditResult]


class ItemSetsResult(Result, frozen=True):
    """What an audit may look for."""

    item_sets: list[ItemSet]


class ItemCompared(Result, frozen=True):
    """One item in two audits.

    `chance` is the probability (0 to 1, three decimals) that chance alone gives a difference as unlikely as this one,
    by Fisher's exact test. `verdict`: "better", "worse", "no more than chance" or "nothing to compare".
    """

    item: str
    name: str
    first: ItemFound
    second: ItemFound
    chance: float
    verdict: str


class AuditsCompared(Result, frozen=True):
    """Two audits beside each other, by the items that both looked for. `shared` files are in both samples."""

    first: AuditResult
    second: AuditResult
    shared: int
    items: list[ItemCompared]


@dataclass(frozen=True, slots=True)
class AuditsQuery:
    """All audits."""


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """One audit by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class CompareAudits:
    """Two audits by their numbers."""

    first: int
    second: int


def case_file_audits(snapshot: Snapshot, viewer: Viewer, _query: AuditsQuery) -> AuditsResult:
    """The audits that the viewer may read."""
    its = [one for one in every_audit(snapshot) if within_reach(one, own_of(viewer))]
    return AuditsResult([_result(snapshot, viewer, one, with_beside=False) for one in reversed(its)])


def case_file_audit(snapshot: Snapshot, viewer: Viewer, query: AuditQuery) -> AuditResult | None:
    """One audit; None if there is none.

    Raises:
        NotOwn: it is not within the viewer's reach.
    """
    audit = audit_within_reach(snapshot, viewer, query.number)
    return _result(snapshot, viewer, audit) if audit else None


def drawn_again(snapshot: Snapshot, viewer: Viewer, query: AuditQuery) -> RedrawnResult | None:
    """An audit's sample drawn again; of a provider, only if all of its agencies are the provider's own today.

    Raises:
        NotOwn: it is not within the viewer's reach.
    """
    audit = audit_within_reach(snapshot, viewer, query.number)
    return redrawn(snapshot, viewer, audit) if audit else None


def audits_compared(snapshot: Snapshot, viewer: Viewer, query: CompareAudits) -> AuditsCompared | None:
    """Two audits beside each other; None if one is not there.

    Raises:
        NotOwn: one is not within the viewer's reach.
    """
    audits = [audit_within_reach(snapshot, viewer, number) for number in (query.first, query.second)]
    first, second = audits
    if first is None or second is None:
        return None
    results = [_result(snapshot, viewer, one) for one in (first, second)]
    shared = {one.episode for one in first.drawn.files} & {one.episode for one in second.drawn.files}
    items = []
    for item in first.drawn.item_set.items:
        if second.drawn.item_set.item(item.code) is None:
            continue
        counts = [_counts(viewer, one, item) for one in (first, second)]
        told = compared(*counts)
        before, after = (next(one for one in result.items if one.item == item.code) for result in results)
        items.append(ItemCompared(item.code, item.name, before, after, round(float(told.chance), 3), told.verdict))
    return AuditsCompared(results[0], results[1], len(shared), items)


def known_item_sets() -> ItemSetsResult:
    """The item sets that come with Recount."""
    return ItemSetsResult(list(item_sets().values()))


def own_of(viewer: Viewer) -> frozenset[str] | None:
    """Whose audits a provider reads: those of the agencies granted to it; None of everybody else."""
    return viewer.agencies if viewer.is_provider else None


def audit_within_reach(snapshot: Snapshot, viewer: Viewer, number: int) -> CaseFileAudit | None:
    """The audit with this number; None if there is none.

    Raises:
        NotOwn: it is not within the viewer's reach.
    """
    audit = next((one for one in every_audit(snapshot) if one.number == number), None)
    if audit is not None and not within_reach(audit, own_of(viewer)):
        raise NotOwn
    return audit


def places_seen(viewer: Viewer, audit: CaseFileAudit) -> list[int]:
    """The places of the sample that a viewer sees: a provider those of its own agencies."""
    own = own_of(viewer)
    return [place for place, one in enumerate(audit.drawn.files, 1) if own is None or one.agency in own]


@snapshot_cache(most=64)
def files_on_record(snapshot: Snapshot, number: int, position: int | None) -> dict[Any, RecordedFile]:
    """What is on record of the files of an audit's sample, as known at a position, or by now."""
    audit = next(one for one in every_audit(snapshot) if one.number == number)
    standpoint = snapshot.standpoint(audit.drawn.as_of, position)
    streams = [one.episode for one in audit.drawn.files]
    return recorded_files(snapshot.connection, snapshot.mapper, snapshot.generation, standpoint, streams)


def _result(snapshot: Snapshot, viewer: Viewer, audit: CaseFileAudit, *, with_beside: bool = True) -> AuditResult:
    event, completed, places = audit.drawn, audit.completed, places_seen(viewer, audit)
    standpoint = Standpoint(event.as_of, event.known_at, event.position)
    return AuditResult(
        audit.number,
        audit.version,
        audit.state,
        audit.party,
        event.occurred_on,
        completed.held_on if completed else None,
        event.purpose,
        completed.words if completed else "",
        list(event.agencies),
        event.item_set,
        standpoint_result(standpoint),
        event.seed,
        event.wanted,
        len(places),
        audit.population,
        event.strata,
        [AuditStratum(one.name, one.files, one.drawn) for one in event.drawn],
        left_out_results(event.left_out),
        list(event.without),
        event.follows,
        event.figure,
        [
            one.number
            for one in every_audit(snapshot)
            if one.drawn.follows == audit.number and within_reach(one, own_of(viewer))
        ],
        len(erased_streams(snapshot, audit)),
        sum(place in set(places) for place, _ in audit.marks),
        [item_found(item, _counts(viewer, audit, item), audit.population) for item in event.item_set.items],
        _beside(snapshot, audit, places) if with_beside else [],
        [
            AuditFinding(place, one.item, one.words, one.occurred_on, one.actor)
            for place, one in enumerate(audit.findings, 1)
        ],
        [
            AuditAction(
                place,
                one.finding,
                one.words,
                one.who,
                one.due,
                done.occurred_on if done else None,
                done.words if done else "",
            )
            for place, (one, done) in enumerate(audit.actions, 1)
        ],
    )


def _counts(viewer: Viewer, audit: CaseFileAudit, item: AuditItem) -> ItemCounts:
    return item_counts(item, audit.marks, places_seen(viewer, audit))


def item_found(item: AuditItem, counts: ItemCounts, population: int) -> ItemFound:
    """The counts of an item, with what they tell of the whole caseload."""
    limits = of_caseload(counts, population)
    states = counts.states
    return ItemFound(
        item.code,
        item.name,
        counts.in_date,
        states["out of date"],
        states["missing"],
        states["not needed"],
        counts.not_looked_at,
        counts.judged,
        percentage_of(counts.in_date, counts.judged),
        FilesRange(*limits) if limits else None,
        [ItemKindCount(kind, state, count) for (kind, state), count in sorted(counts.kinds.items())],
    )


def _beside(snapshot: Snapshot, audit: CaseFileAudit, places: Sequence[int]) -> list[BesideCount]:
    """What files say beside what the records say of the same files."""
    event = audit.drawn
    items = [item for item in event.item_set.items if item.beside]
    if not audit.marks or not items:
        return []
    then, now = (files_on_record(snapshot, audit.number, at) for at in (event.position, None))
    return [one for item in items for one in _beside_of(audit, item, places, (then, now))]


def _beside_of(
    audit: CaseFileAudit, item: AuditItem, places: Iterable[int], records: Sequence[dict[Any, RecordedFile]]
) -> Iterable[BesideCount]:
    event = audit.drawn
    counts: dict[tuple[str, str], list[int]] = {}
    for place in places:
        mark, stream = audit.marks.get((place, item.code)), event.files[place - 1].episode
        if mark is None or mark.state not in JUDGED:
            continue
        for index, known in enumerate(records):
            if (record := known.get(stream)) is not None:
                cell = counts.setdefault((mark.state, record.state(item, event.as_of)), [0, 0])
                cell[index] += 1
    return [BesideCount(item.code, item.name, *says, *cell) for says, cell in sorted(counts.items())]
