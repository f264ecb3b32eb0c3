"""Comparators: the sets and the values that were said, what a set's areas reached, and what a figure stands beside."""

from datetime import date
from decimal import Decimal

from domain.contract_life.comparators import IN_USE, WITHDRAWN, ComparatorValue, ValueKind, period_words
from domain.log.reading import Recorded
from projections.performance.beside.comparators import Comparators, ComparatorSet, ValueRelease
from web.auth.viewer import Viewer, unchanged
from web.queries.result import Moment, Result
from web.snapshot import Snapshot, snapshot_cache

# ---- what was said


class ComparatorSaid(Result, frozen=True):
    """Who said something, for which day, and where in the log it is."""

    on: date
    recorded_at: Moment
    actor: str
    role: str
    log_position: int


class ComparatorSetVersion(Result, frozen=True):
    """A set as it was from a day on."""

    version: int
    name: str
    measures: tuple[str, ...]
    areas: tuple[str, ...]
    own_area: str
    source: str
    said: ComparatorSaid


class ComparatorSetResult(Result, frozen=True):
    """A set of areas, as it stands, with what it was before, the oldest first."""

    number: int
    name: str
    measures: tuple[str, ...]
    areas: tuple[str, ...]
    own_area: str
    source: str
    state: str
    version: int
    versions: list[ComparatorSetVersion]
    withdrawn: ComparatorSaid | None
    reason: str


class ComparatorValueResult(Result, frozen=True):
    """What somebody reached in a period; percentages are text, exact as they were printed."""

    measure: str
    period: str
    first_day: date
    last_day: date
    kind: ValueKind
    name: str
    numerator: int | None
    denominator: int | None
    percentage: str | None
    percentage_to: str | None


class ComparatorReleaseResult(Result, frozen=True):
    """Values that became known together; `values` only where one release is asked for."""

    number: int
    source: str
    file: str
    sha256: str
    count: int
    measures: list[str]
    periods: list[str]
    state: str
    version: int
    said: ComparatorSaid
    withdrawn: ComparatorSaid | None
    reason: str
    values: list[ComparatorValueResult]


class ComparatorsResult(Result, frozen=True):
    """Every set and every release, the oldest first."""

    sets: list[ComparatorSetResult]
    releases: list[ComparatorReleaseResult]


def comparators(snapshot: Snapshot, viewer: Viewer) -> ComparatorsResult:
    """Every set and every release that was ever said; nothing in them is anybody's own."""
    every = viewer.redacted(all_comparators(snapshot), unchanged)
    return ComparatorsResult(
        [set_result(one) for one in every.sets], [release_result(one, with_values=False) for one in every.releases]
    )


def comparator_set(snapshot: Snapshot, viewer: Viewer, number: int) -> ComparatorSetResult | None:
    """The set with this number; None if there is none."""
    every = viewer.redacted(all_comparators(snapshot), unchanged).sets
    return next((set_result(one) for one in every if one.number == number), None)


def comparator_release(snapshot: Snapshot, viewer: Viewer, number: int) -> ComparatorReleaseResult | None:
    """The release with this number, with its values; None if there is none."""
    every = viewer.redacted(all_comparators(snapshot), unchanged).releases
    return next((release_result(one) for one in every if one.number == number), None)


@snapshot_cache()
def all_comparators(snapshot: Snapshot) -> Comparators:
    """Every set and every release, for other queries."""
    return Comparators.load(snapshot.connection, snapshot.mapper)


def set_result(one: ComparatorSet) -> ComparatorSetResult:
    """COMPARATOR SET of the JSON reference."""
    terms, withdrawn = one.terms, one.withdrawn
    versions = [
        ComparatorSetVersion(
            event.originator_version,
            event.name,
            event.measures,
            event.areas,
            event.own_area,
            event.source,
            _said(recorded),
        )
        for recorded, event in zip(one.versions, one.all_terms, strict=True)
    ]
    return ComparatorSetResult(
        one.number,
        terms.name,
        terms.measures,
        terms.areas,
        terms.own_area,
        terms.source,
        WITHDRAWN if withdrawn else IN_USE,
        one.version,
        versions,
        _said(withdrawn) if withdrawn else None,
        one.reason,
    )


def release_result(one: ValueRelease, *, with_values: bool = True) -> ComparatorReleaseResult:
    """COMPARATOR RELEASE of the JSON reference."""
    said, withdrawn = one.said, one.withdrawn
    return ComparatorReleaseResult(
        one.number,
        said.source,
        said.file,
        said.sha256,
        len(said.values),
        list(dict.fromkeys(value.measure for value in said.values)),
        list(dict.fromkeys(period_words(value.period) for value in said.values)),
        WITHDRAWN if withdrawn else IN_USE,
        one.version,
        _said(one.recorded),
        _said(withdrawn) if withdrawn else None,
        one.reason,
        list(map(said_value_result, said.values)) if with_values else [],
    )


def said_value_result(value: ComparatorValue) -> ComparatorValueResult:
    """A value, as it was said."""
    return ComparatorValueResult(
        value.measure,
        period_words(value.period),
        value.first_day,
        value.last_day,
        value.kind,
        value.name,
        value.numerator,
        value.denominator,
        _printed(value.percentage),
        _printed(value.percentage_to),
    )


def _printed(percentage: Decimal | None) -> str | None:
    return None if percentage is None else f"{percentage:f}"


def _said(recorded: Recorded) -> ComparatorSaid:
    event = recorded.event
    return ComparatorSaid(
        event.occurred_on, recorded.recorded_at.isoformat(), event.actor, event.role, recorded.position
    )


class ValueRejected(Result, frozen=True):
    """A line of a file that is not as it must be; `row` is the spreadsheet's, the header counted."""

    row: int
    column: str
    code: str
    message: str


class ValuesLoaded(Result, frozen=True):
    """What became of a file of values; `release` is null in a trial, and where a line was rejected: nothing is stored.

    `newest` is the newest release that says something of the same measures and periods: the `seen` of what follows.
    """

    count: int
    rejected: list[ValueRejected]
    unread: tuple[str, ...]
    unknown_areas: tuple[str, ...]
    replaced: int
    newest: int
    sha256: str
    release: ComparatorReleaseResult | None
