"""Targets: what was agreed, of which measure and when; who set it, and who withdrew it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

import msgspec

from domain.contract_life.targets import TargetKind, TargetScale, TargetSet
from domain.log.reading import Recorded
from domain.measures.registry import Measure
from projections.performance.targets import Target, Targets
from projections.standings.slices import Slice
from web.auth.viewer import NotOwn, Viewer, unchanged
from web.queries.result import Result
from web.snapshot import Snapshot, snapshot_cache

_INSTANT: Final = msgspec.Meta(extra_json_schema={"format": "date-time"})


class TargetBaseline(Result, frozen=True):
    """On what a change was agreed, and how much."""

    percentage: str
    words: str
    change: str


class TargetColours(Result, frozen=True):
    """How far beyond a target a figure is green still, or amber."""

    scale: TargetScale
    green_within: str
    amber_within: str


class TargetComparator(Result, frozen=True):
    """What others reach."""

    low: str
    high: str
    words: str


class TargetAgreement(Result, frozen=True):
    """Who agreed to a target, when, and where in the log it is."""

    on: date
    recorded_at: Annotated[str, _INSTANT]
    actor: str
    role: str
    log_position: int


class TargetWithdrawal(TargetAgreement, frozen=True):
    """That it counts no more, and why."""

    reason: str


class TargetResult(Result, frozen=True):
    """What a measure is to reach, from one day to another. Percentages are text, exact as they were agreed."""

    number: int
    measure: str
    area: str | None
    agency: str | None
    first_day: date
    last_day: date
    kind: TargetKind
    low: str
    high: str
    baseline: TargetBaseline | None
    colours: TargetColours
    comparator: TargetComparator | None
    source: str
    agreed: TargetAgreement
    withdrawn: TargetWithdrawal | None

    def edge(self, polarity: str) -> float:
        """The percentage that has to be reached; see `TargetSet`."""
        return float(self.low if polarity == "higher" else self.high)


class TargetsResult(Result, frozen=True):
    """Targets, the oldest first."""

    targets: list[TargetResult]


@dataclass(frozen=True, slots=True)
class TargetsQuery:
    """The targets of a measure, or of all."""

    measure: Measure | None = None


def targets(snapshot: Snapshot, viewer: Viewer, query: TargetsQuery) -> TargetsResult:
    """Every target that was ever agreed; a provider sees those of its agencies and of sums over all."""
    agreed = viewer.redacted(all_targets(snapshot), unchanged)
    visible = (target for target in agreed if viewer.may_ask_for(Slice(agency=target.terms.agency)))
    wanted = None if query.measure is None else query.measure.code
    return TargetsResult([target_result(target) for target in visible if wanted in {None, target.terms.measure}])


def target(snapshot: Snapshot, viewer: Viewer, number: int) -> TargetResult | None:
    """The target with this number; None if there is none.

    Raises:
        NotOwn: it is for another agency of a provider.
    """
    one = next((one for one in viewer.redacted(all_targets(snapshot), unchanged) if one.number == number), None)
    if one is not None and not viewer.may_ask_for(Slice(agency=one.terms.agency)):
        raise NotOwn(f"target {number}")
    return None if one is None else target_result(one)


@snapshot_cache()
def all_targets(snapshot: Snapshot) -> Targets:
    """All targets that were ever agreed, for other queries."""
    return Targets.load(snapshot.connection, snapshot.mapper)


def target_result(target: Target) -> TargetResult:
    """TARGET of the JSON reference."""
    terms = target.terms
    return TargetResult(
        target.number,
        terms.measure,
        terms.area,
        terms.agency,
        terms.first_day,
        terms.last_day,
        terms.kind,
        exact(terms.low),
        exact(terms.high),
        baseline_result(terms),
        TargetColours(terms.scale, exact(terms.green_within), exact(terms.amber_within)),
        _comparator(terms),
        terms.source,
        TargetAgreement(*_recorded(target.recorded)),
        TargetWithdrawal(*_recorded(target.withdrawn), target.reason) if target.withdrawn else None,
    )


def exact(value: Decimal) -> str:
    """A decimal as it was written, without an exponent."""
    return f"{value:f}"


def baseline_result(terms: TargetSet) -> TargetBaseline | None:
    """On what a change was agreed; None of a level and of a range."""
    if terms.baseline is None or terms.change is None:
        return None
    return TargetBaseline(exact(terms.baseline), terms.baseline_words, exact(terms.change))


def _comparator(terms: TargetSet) -> TargetComparator | None:
    if terms.comparator_low is None or terms.comparator_high is None:
        return None
    return TargetComparator(exact(terms.comparator_low), exact(terms.comparator_high), terms.comparator_words)


def _recorded(recorded: Recorded) -> tuple[date, str, str, str, int]:
    event = recorded.event
    return event.occurred_on, recorded.recorded_at.isoformat(), event.actor, event.role, recorded.position
