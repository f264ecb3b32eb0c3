"""Entered KPIs and their values: how they are defined, what was entered, and everything that was said of it.

A provider sees the KPIs that its agencies enter, and those of all together; of the values its own.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING

from domain.contract_life.entered import (
    STEP_OF,
    EnteredEvent,
    EnteredKpiDefined,
    EnteredKpiEnded,
    EnteredNumbers,
    Evidence,
    ValueCorrected,
    ValueQuestioned,
    ValueWithdrawn,
)
from domain.log.reading import Recorded
from domain.measures.registry import MEASURE_OF, Measure, measure_named
from domain.periods import Period
from domain.rounding import percentage_of
from projections.performance.entered import WHOLE, Entered, EnteredKpi, EnteredValue, state_after
from projections.publication.documents import HeadPart
from projections.publication.entered_entries import EnteredPart, EntryPart
from projections.publication.entered_issue import entered_certificate
from projections.standings.slices import Slice
from web.auth.viewer import NotOwn, Viewer, unchanged
from web.queries.parameters import KnownAt
from web.queries.result import Document, Moment, Result
from web.snapshot import NOTICE, Snapshot, snapshot_cache

if TYPE_CHECKING:
    from domain.proof.signing import Signer


class EnteredStep(Result, frozen=True):
    """Something that was said of a KPI or a value: by whom, for which party, and the state that it led to.

    Numbers, source and evidence are there where it was entered or corrected; `words` is the reason or the question.
    """

    step: str
    state: str
    on: date
    recorded_at: Moment
    actor: str
    role: str
    party: str
    version: int
    log_position: int
    words: str
    numerator: int | None
    denominator: int | None
    source: str | None
    evidence: Evidence | None


class EnteredKpiResult(Result, frozen=True):
    """A KPI as it is defined in the contract."""

    number: int
    code: str
    name: str
    wording: str
    kind: str
    polarity: str | None
    frequency: str
    source: str
    needs_evidence: bool
    agencies: tuple[str, ...]
    first_day: date
    last_day: date | None
    state: str
    version: int
    steps: list[EnteredStep]

    @property
    def is_count(self) -> bool:
        """Whether a value is one number."""
        return self.kind == "count"

    @property
    def whose(self) -> tuple[str, ...]:
        """The agencies of which each enters its own; of one value for all together, `WHOLE`."""
        return self.agencies or (WHOLE,)


class EnteredKpisResult(Result, frozen=True):
    """Entered KPIs, the oldest first."""

    kpis: list[EnteredKpiResult]


class EnteredValueResult(Result, frozen=True):
    """A value of one period, with everything that was said of it; `agency` is null of all together."""

    number: int
    kpi: int
    code: str
    agency: str | None
    first_day: date
    last_day: date
    state: str
    version: int
    numerator: int
    denominator: int | None
    percentage: float | None
    source: str
    evidence: Evidence | None
    steps: list[EnteredStep]

    @property
    def is_withdrawn(self) -> bool:
        """Whether it counts no more."""
        return self.state == "withdrawn"


class EnteredValuesResult(Result, frozen=True):
    """Entered values, the newest period first."""

    values: list[EnteredValueResult]


@snapshot_cache()
def all_entered(snapshot: Snapshot) -> Entered:
    """All that was ever entered, for other queries."""
    return Entered.load(snapshot.connection, snapshot.mapper)


def day_known(snapshot: Snapshot, known_at: KnownAt) -> date | None:
    """The day up to which is known; a position of the log stands for the day of the receipt there."""
    if isinstance(known_at, int):
        return snapshot.standpoint(date.max, known_at).known_at or date.min
    return known_at


@snapshot_cache()
def entered_known(snapshot: Snapshot, known_at: date | None) -> Entered:
    """What had been entered by a day; all of it for None."""
    return all_entered(snapshot).as_known(known_at)


def measure_in(snapshot: Snapshot, code: str) -> Measure:
    """The measure with this code, of the monthly file or entered by hand. Raises WrongUse if there is none."""
    entered = all_entered(snapshot).coded(code) if code not in MEASURE_OF else None
    return entered.measure if entered else measure_named(code)


def proportions(snapshot: Snapshot) -> list[Measure]:
    """The entered KPIs that may have a target."""
    return [kpi.measure for kpi in all_entered(snapshot).kpis if kpi.terms.kind == "proportion"]


# ---- KPIs and values


def kpis(snapshot: Snapshot, viewer: Viewer) -> EnteredKpisResult:
    """The KPIs that were ever defined."""
    return EnteredKpisResult([kpi_result(kpi) for kpi in visible_kpis(all_entered(snapshot), viewer)])


def kpi(snapshot: Snapshot, viewer: Viewer, number: int) -> EnteredKpiResult | None:
    """The KPI with this number; None if there is none. Raises NotOwn if only others enter it."""
    one = all_entered(snapshot).kpi(number)
    if one is not None and not _may_see(viewer, one):
        raise NotOwn(f"entered KPI {number}")
    return None if one is None else kpi_result(one)


@dataclass(frozen=True, slots=True)
class ValuesQuery:
    """The values of a KPI, or of all, as known on a day or by all that was entered."""

    code: str | None = None
    known_at: KnownAt = None


def values(snapshot: Snapshot, viewer: Viewer, query: ValuesQuery) -> EnteredValuesResult:
    """Every value that had ever been entered; a provider's own, and those of all together."""
    entered = entered_known(snapshot, day_known(snapshot, query.known_at))
    visible = [one for one in visible_kpis(entered, viewer) if query.code in {None, one.terms.code}]
    return EnteredValuesResult(
        [
            value_result(one, value)
            for one in visible
            for value in entered.values_of(one)
            if may_see_value(viewer, value)
        ]
    )


def value(snapshot: Snapshot, viewer: Viewer, number: int) -> EnteredValueResult | None:
    """The value with this number; None if there is none. Raises NotOwn if it is another provider's."""
    entered = all_entered(snapshot)
    one = entered.value(number)
    if one is None:
        return None
    its_kpi = entered.kpi(one.entered.kpi)
    assert its_kpi
    if not (_may_see(viewer, its_kpi) and may_see_value(viewer, one)):
        raise NotOwn(f"entered value {number}")
    return value_result(its_kpi, one)


def standing_value(
    snapshot: Snapshot, viewer: Viewer, code: str, agency: str, period: Period
) -> EnteredValueResult | None:
    """The value that counts for a period; None where there is none that the viewer may see."""
    entered = all_entered(snapshot)
    its_kpi = entered.coded(code)
    one = entered.standing(its_kpi, agency, period) if its_kpi else None
    if one is None or its_kpi is None or not may_see_value(viewer, one):
        return None
    return value_result(its_kpi, one)


def visible_kpis(entered: Entered, viewer: Viewer) -> list[EnteredKpi]:
    """The KPIs that the viewer may see."""
    every = viewer.redacted(entered.kpis, unchanged)
    return [one for one in every if _may_see(viewer, one)]


def _may_see(viewer: Viewer, kpi: EnteredKpi) -> bool:
    agencies = kpi.terms.agencies
    return not viewer.is_provider or not agencies or not viewer.agencies.isdisjoint(agencies)


def may_see_value(viewer: Viewer, value: EnteredValue) -> bool:
    """Whether the value is of the viewer's own agency, or of all together."""
    agency = value.entered.agency
    return not viewer.is_provider or agency == WHOLE or agency in viewer.agencies


class EnteredCertificateResult(Result, frozen=True):
    """A signed value with the entries of the log that it rests on, and the proofs that the log has them."""

    entered: str
    number: int
    figure: EnteredPart
    entries: list[EntryPart]
    head: HeadPart
    issued_at: Moment
    key: str
    signature: str


class EvidenceCheck(Result, frozen=True):
    """Which versions of a value a file was the evidence of; none where it is another file."""

    value: int
    sha256: str
    versions: list[int]


def evidence_check(snapshot: Snapshot, viewer: Viewer, number: int, evidence: Evidence) -> EvidenceCheck | None:
    """Hold a file against the evidence of a value; None if there is none. Raises as `value`."""
    one = value(snapshot, viewer, number)
    if one is None:
        return None
    same = [step.version for step in one.steps if step.evidence and step.evidence.sha256 == evidence.sha256]
    return EvidenceCheck(number, evidence.sha256, same)


def certified(kpi: EnteredKpi, value: EnteredValue) -> tuple[Document, list[int]]:
    """What a certificate of a value says of it, and at which positions of the log its entries are."""
    terms, first, numbers = kpi.terms, value.entered, value.numbers
    figure = {
        "measure": terms.code,
        "name": terms.name,
        "kind": terms.kind,
        "value": value.number,
        "slice": asdict(Slice(agency=first.agency or None)),
        "numerator": numbers.numerator,
        "denominator": numbers.denominator,
        "percentage": percentage_of(numbers.numerator, numbers.denominator),
        "cohort": {"first_day": first.first_day.isoformat(), "last_day": first.last_day.isoformat()},
        "as_of": first.last_day.isoformat(),
        "known_at": value.recorded[-1].event.occurred_on.isoformat(),
        "status": None,
        "source": "entered",
    }
    return figure, [kpi.recorded[0].position, *(one.position for one in value.recorded)]


def signed_value(snapshot: Snapshot, viewer: Viewer, number: int, signer: "Signer", issued_at: str) -> str | None:
    """The signed certificate of a value, to the byte; None if there is none, or it was withdrawn. Raises as `value`."""
    if (seen := value(snapshot, viewer, number)) is None or seen.is_withdrawn:
        return None
    entered = all_entered(snapshot)
    one, its_kpi = entered.value(number), entered.kpi(seen.kpi)
    assert one
    assert its_kpi
    figure, positions = certified(its_kpi, one)
    notice = {"notice": NOTICE} if snapshot.is_demonstration else {}
    return entered_certificate(snapshot.connection, signer, figure, positions, {"issued_at": issued_at} | notice)


def kpi_result(kpi: EnteredKpi) -> EnteredKpiResult:
    """ENTERED KPI of the JSON reference."""
    terms = kpi.terms
    return EnteredKpiResult(
        terms.number,
        terms.code,
        terms.name,
        terms.wording,
        terms.kind,
        terms.polarity,
        terms.frequency,
        terms.source,
        terms.needs_evidence,
        terms.agencies,
        terms.first_day,
        kpi.last_day,
        kpi.state,
        kpi.version,
        [_step(one) for one in kpi.recorded],
    )


def value_result(kpi: EnteredKpi, value: EnteredValue) -> EnteredValueResult:
    """ENTERED VALUE of the JSON reference."""
    first, numbers = value.entered, value.numbers
    return EnteredValueResult(
        value.number,
        kpi.number,
        kpi.terms.code,
        first.agency or None,
        first.first_day,
        first.last_day,
        value.state,
        value.version,
        numbers.numerator,
        numbers.denominator,
        percentage_of(numbers.numerator, numbers.denominator),
        numbers.source,
        numbers.evidence,
        [_step(one) for one in value.recorded],
    )


def _step(recorded: Recorded) -> EnteredStep:
    event = recorded.event
    assert isinstance(event, EnteredEvent)
    numbers = event if isinstance(event, EnteredNumbers) else None
    return EnteredStep(
        STEP_OF[type(event)],
        _state(recorded),
        event.occurred_on,
        recorded.recorded_at.isoformat(),
        event.actor,
        event.role,
        event.party,
        event.originator_version,
        recorded.position,
        _words(event),
        numbers.numerator if numbers else None,
        numbers.denominator if numbers else None,
        numbers.source if numbers else None,
        numbers.evidence if numbers else None,
    )


def _state(recorded: Recorded) -> str:
    match recorded.event:
        case EnteredKpiDefined():
            return "defined"
        case EnteredKpiEnded():
            return "ended"
    return state_after(recorded)


def _words(event: EnteredEvent) -> str:
    match event:
        case ValueCorrected(reason=words) | ValueWithdrawn(reason=words) | EnteredKpiEnded(reason=words):
            return words
        case ValueQuestioned(question=words):
            return words
    return ""
