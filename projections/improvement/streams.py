"""Streams that are told apart by a number, read whole."""

from collections.abc import Iterable

import sqlalchemy as sa

from domain.improvement.written import ImprovementEvent
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read_topics


def recorded_by_number(
    connection: sa.Connection, mapper: JsonMapper, events: Iterable[type[ImprovementEvent]]
) -> dict[int, tuple[Recorded, ...]]:
    """What was recorded of each number, in the order in which it was said."""
    recorded: dict[int, list[Recorded]] = {}
    for one in read_topics(connection, mapper, [event.TOPIC for event in events]):
        event = one.event
        assert isinstance(event, ImprovementEvent)
        recorded.setdefault(event.number, []).append(one)
    return {number: tuple(its) for number, its in recorded.items()}
