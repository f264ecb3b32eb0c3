"""Why one figure is not another: two stations, and the walk between them."""

from dataclasses import dataclass, replace
from datetime import date, datetime

import msgspec

from domain.client import client_text
from domain.definition import Definition, definition_in_force
from domain.measures.registry import Measure
from projections.explain.bridge import Bridge, Contribution, Side, Station, Step, bridge
from projections.explain.provenance import Source
from projections.privacy import complements, redaction
from projections.standings.slices import Slice
from web.auth.viewer import Own, Viewer
from web.queries import others
from web.queries.parameters import EVERYBODY, KnownAt
from web.queries.performance.figure import FigureResult, figure_result
from web.queries.result import Result
from web.snapshot import Snapshot, snapshot_cache


@dataclass(frozen=True, slots=True)
class StationQuery:
    """Where a walk begins or ends: the coordinates of a figure."""

    as_of: date
    known_at: KnownAt = None
    slice_: Slice = EVERYBODY
    definition: Definition | None = None

    def moved(
        self,
        as_of: date | None = None,
        known_at: KnownAt = None,
        area: str | None = None,
        agency: str | None = None,
        definition: Definition | None = None,
    ) -> "StationQuery":
        """The station that is the same but for what is given."""
        return StationQuery(
            as_of or self.as_of,
            self.known_at if known_at is None else known_at,
            replace(self.slice_, area=area or self.slice_.area, agency=agency or self.slice_.agency),
            definition or self.definition,
        )


@dataclass(frozen=True, slots=True)
class ExplanationQuery:
    """The walk of one measure from one station to another."""

    measure: Measure
    start: StationQuery
    end: StationQuery


class ContributionEvent(Result, frozen=True):
    """The event that a contribution rests on."""

    position: int
    event: str
    fact: str
    occurred_on: date
    received_on: date | None
    recorded_at: datetime


class ContributionSubmission(Result, frozen=True):
    """The row of the file that said it."""

    number: int
    agency: str
    file: str
    row: int
    received_on: date | None
    actor: str
    role: str


class ContributionResult(Result, frozen=True):
    """One person's difference; all but side, difference and reason are null where another agency's is not shown."""

    client: str | None
    side: str
    diff: int
    reason: str
    event: ContributionEvent | None
    submission: ContributionSubmission | None


class StepResult(Result, frozen=True):
    """A step of the walk; its contributions add up to it."""

    step: str
    numerator: int
    denominator: int
    contributions: list[ContributionResult]


class UnexplainedResult(Result, frozen=True):
    """What the contributions of a walk do not add up to."""

    numerator: int
    denominator: int


class ExplanationResult(Result, frozen=True):
    """The difference between two figures, step by step and person by person."""

    start: FigureResult = msgspec.field(name="from")
    end: FigureResult = msgspec.field(name="to")
    steps: list[StepResult]
    unexplained: UnexplainedResult


def explain(snapshot: Snapshot, viewer: Viewer, query: ExplanationQuery) -> ExplanationResult:
    """The difference between two figures."""
    return explanation_result(walk(snapshot, viewer, query))


def walk(snapshot: Snapshot, viewer: Viewer, query: ExplanationQuery) -> Bridge:
    """The walk from one figure to the other, as what is drawn and what leads to single clients needs it.

    Raises:
        Refused: to a provider, of all agencies together where a figure of it tells of few others, or at no month end.
    """
    for station in (query.start, query.end):
        standpoint = snapshot.standpoint(station.as_of, station.known_at)
        others.check_standpoint(snapshot, viewer, station.slice_, standpoint, station.definition)
    walk = _walk(snapshot, query)
    figures = (walk.start, walk.end, *(step.after for step in walk.steps))
    others.check_enough(snapshot, viewer, *figures)
    return viewer.redacted(walk, _redacted_walk)


def _redacted_walk(walk: Bridge, own: Own) -> Bridge:
    return complements.walk_beside_others(redaction.redacted_bridge(walk, own))


def sums(snapshot: Snapshot, viewer: Viewer, query: ExplanationQuery) -> Bridge:
    """The same walk without its people, for whoever has not said why they need to see them."""
    return redaction.without_people(walk(snapshot, viewer, query))


# All who are in it are looked up in the log, and the page of each of them asks again; it may name hundreds.
@snapshot_cache(most=32, of_knowledge=True)
def _walk(snapshot: Snapshot, query: ExplanationQuery) -> Bridge:
    start, end = _station(snapshot, query.start), _station(snapshot, query.end)
    stored = snapshot.loaded.engine if snapshot.loaded else None
    return bridge(snapshot.connection, snapshot.mapper, query.measure, start, end, stored)


def _station(snapshot: Snapshot, query: StationQuery) -> Station:
    in_force = query.definition == definition_in_force(query.as_of)
    # The standings of the version in force are stored; any other is measured anew.
    variant = None if in_force else query.definition
    return Station(snapshot.standpoint(query.as_of, query.known_at), query.slice_, variant)


def explanation_result(bridge: Bridge) -> ExplanationResult:
    """EXPLANATION of the JSON reference."""
    return ExplanationResult(
        figure_result(bridge.start),
        figure_result(bridge.end),
        [_step(step) for step in bridge.steps],
        UnexplainedResult(bridge.unexplained(Side.NUMERATOR), bridge.unexplained(Side.DENOMINATOR)),
    )


def _step(step: Step) -> StepResult:
    numerator, denominator = step.explained(Side.NUMERATOR), step.explained(Side.DENOMINATOR)
    return StepResult(step.name, numerator, denominator, [_contribution(one) for one in step.contributions])


def _contribution(one: Contribution) -> ContributionResult:
    client, source = None if one.client is None else client_text(one.client), one.source
    event = _event(source) if source else None
    return ContributionResult(client, one.side, one.diff, one.reason, event, _submission(source) if source else None)


def _event(source: Source) -> ContributionEvent:
    days = source.occurred_on, source.received_on
    return ContributionEvent(source.position, source.event, source.fact, *days, source.recorded_at)


def _submission(source: Source) -> ContributionSubmission:
    row = source.submission, source.agency, source.file, source.row
    return ContributionSubmission(*row, source.received_on, source.actor, source.role)
