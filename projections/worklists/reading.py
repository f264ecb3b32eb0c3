"""How worklists read: who can be on them is asked of the standings, and only the events of these are read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from uuid import UUID

import sqlalchemy as sa

from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read_streams
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from domain.submission import submission_stream
from projections.explain.provenance import WITHOUT_TOPS, streams_of_clients
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from projections.store.tables import episode, submission

from .lists import Worklist
from .rows import WorklistRow
from .seen import SeenRecords, missing_from, seen


def candidate_measures(lists: Iterable[Worklist]) -> tuple[Measure, ...]:
    """The measures that an engine has to hold for these lists."""
    return tuple(dict.fromkeys(measure for one in lists for measure in one.measures))


def worklists(
    connection: sa.Connection,
    mapper: JsonMapper,
    generation: int,
    engine: StandingsEngine,
    lists: Sequence[Worklist],
    standpoint: Standpoint,
    slice_: Slice,
) -> dict[str, list[WorklistRow]]:
    """The rows of these lists by name, the most urgent first; read once for all of them.

    `engine` holds at least `candidate_measures(lists)` at the standpoint.
    """
    read = Reading(connection, mapper, generation, standpoint)
    missing = missing_from(read.files(), standpoint) if any(one.needs_files for one in lists) else {}
    whom = {client for one in lists for client in _clients(engine, one, standpoint, slice_)}
    streams = {*read.streams_of(whom), *missing}
    if any(one.in_pairs for one in lists):
        streams |= read.under_a_shared_number()
    topics = None if any(one.reads_tops for one in lists) else WITHOUT_TOPS
    records = read.seen(streams, missing, topics)
    return {one.name: one.rows_in(records, slice_) for one in lists}


def _clients(engine: StandingsEngine, worklist: Worklist, standpoint: Standpoint, slice_: Slice) -> set[int]:
    """Who can be on a list."""
    agency = None if worklist.whole_people else slice_.agency
    near = Slice(agency=agency, young_people=slice_.young_people and worklist.adults)
    members = chain.from_iterable(engine.members(measure, standpoint, near) for measure in worklist.measures)
    return {member.client for member in members}


class Reading:
    """Reads the log up to a standpoint; `received_on` by the submissions' numbers, `positions` where they stand."""

    def __init__(self, connection: sa.Connection, mapper: JsonMapper, generation: int, standpoint: Standpoint) -> None:
        self.connection, self.mapper, self.generation, self.standpoint = connection, mapper, generation, standpoint
        t = submission.c
        query = sa.select(t.number, t.received_on, t.position).where(t.generation == generation)
        rows = connection.execute(query.where(t.position <= standpoint.position).order_by(t.position)).all()
        self.received_on: Mapping[int, date] = {number: received_on for number, received_on, _ in rows}
        self.positions: Sequence[int] = [position for _, _, position in rows]

    def files(self) -> list[Recorded]:
        """The submissions' own events."""
        streams = read_streams(self.connection, self.mapper, map(submission_stream, sorted(self.received_on)))
        return sorted(recorded for stream in streams.values() for recorded in stream)

    def streams_of(self, clients: Iterable[int]) -> set[UUID]:
        """The episodes that were ever these clients'."""
        its = streams_of_clients(self.connection, self.generation, clients)
        return {stream for streams in its.values() for stream in streams}

    def under_a_shared_number(self) -> set[UUID]:
        """The episodes under an agency's number that was ever of two clients, with all others of these clients."""
        t = episode.c
        here = t.generation == self.generation
        shared = (
            sa.select(t.agency, t.client_reference)
            .where(here)
            .group_by(t.agency, t.client_reference)
            .having(sa.func.count(t.client.distinct()) > 1)
            .subquery()
        )
        both = sa.and_(t.agency == shared.c.agency, t.client_reference == shared.c.client_reference)
        query = sa.select(t.client).join_from(episode, shared, both).where(here)
        return self.streams_of(set(self.connection.execute(query).scalars()))

    def seen(
        self, streams: Iterable[UUID], missing: Mapping[UUID, date], topics: Iterable[str] | None = None
    ) -> SeenRecords:
        """What is seen of these episodes; from events of these topics alone, if any are named."""
        recorded = read_streams(self.connection, self.mapper, sorted(streams), topics)
        return seen(recorded, self.standpoint, self.received_on, missing)
