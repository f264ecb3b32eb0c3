"""The clients of one's own agencies that moved figures between two standpoints: all of them in one list."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from domain.client import client_text
from domain.measures.registry import MEASURE_OF, Measure
from domain.standpoint import Standpoint
from projections.explain.bridge import Contribution, Step
from projections.standings.slices import Slice
from web.auth.viewer import Viewer
from web.queries.explain.explanations import ExplanationQuery, StationQuery, walk
from web.queries.performance.figure import StandpointResult, standpoint_result
from web.queries.performance.scorecards import MovesQuery, moves
from web.queries.result import Result
from web.snapshot import Snapshot


class ClientMove(Result, frozen=True):
    """How a client moved a figure of an agency: `diff` on the numerator or the denominator, in a step of the walk,
    for this reason.
    """

    code: str = msgspec.field(name="measure")
    agency: str
    side: str
    diff: int
    reason: str
    step: str

    @property
    def measure(self) -> Measure:
        """Whose figure it moved."""
        return MEASURE_OF[self.code]


class MovedClient(Result, frozen=True):
    """A client, with every figure that they moved."""

    client: str
    moves: list[ClientMove]


class MovedClientsResult(Result, frozen=True):
    """Who moved figures on the way from one standpoint to the other; who moved most of them comes first.

    Each figure's moves add up to its difference; those of clients whom the viewer may not see are left out.
    """

    start: StandpointResult = msgspec.field(name="from")
    end: StandpointResult = msgspec.field(name="to")
    clients: list[MovedClient]


@dataclass(frozen=True, slots=True)
class MovedClientsQuery:
    """Of these agencies, between two standpoints."""

    before: Standpoint
    after: Standpoint
    agencies: tuple[str, ...]


def moved_clients(snapshot: Snapshot, viewer: Viewer, query: MovedClientsQuery) -> MovedClientsResult:
    """The clients who moved figures of their own agencies. The walks add up, so each client's part of them does."""
    by_client: dict[str, list[ClientMove]] = {}
    for agency in query.agencies:
        for measure in _moved_measures(snapshot, viewer, query, agency):
            for client, move in _moves_of(snapshot, viewer, query, agency, measure):
                by_client.setdefault(client, []).append(move)
    clients = sorted(by_client.items(), key=lambda item: (-len(item[1]), item[0]))
    return MovedClientsResult(
        standpoint_result(query.before),
        standpoint_result(query.after),
        [MovedClient(client, its) for client, its in clients],
    )


def _moved_measures(snapshot: Snapshot, viewer: Viewer, query: MovedClientsQuery, agency: str) -> list[Measure]:
    its = MovesQuery(query.before, query.after, Slice(agency=agency))
    return [one.measure for one in moves(snapshot, viewer, its).moved]


def _moves_of(
    snapshot: Snapshot, viewer: Viewer, query: MovedClientsQuery, agency: str, measure: Measure
) -> Iterator[tuple[str, ClientMove]]:
    start, end = (StationQuery(one.as_of, one.position, Slice(agency=agency)) for one in (query.before, query.after))
    for step in walk(snapshot, viewer, ExplanationQuery(measure, start, end)).steps:
        for one in step.contributions:
            if one.client is not None:
                yield client_text(one.client), _move(measure, agency, step, one)


def _move(measure: Measure, agency: str, step: Step, one: Contribution) -> ClientMove:
    return ClientMove(measure.code, agency, one.side, one.diff, one.reason, str(step.name))
