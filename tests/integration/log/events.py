"""Two small event types, and a register of them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa

from domain.log.erasing import ERASED
from domain.log.mapper import Event
from domain.log.reading import Recorded
from domain.register import Register


class Started(Event, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = "episode.test-started.v1"
    drugs: tuple[int, ...] = ()


class Forgotten(Event, frozen=True, kw_only=True):
    TOPIC: ClassVar[str] = ERASED
    records: int


class Announced(Event, frozen=True, kw_only=True):
    """What is said of nobody, and can never be erased."""

    TOPIC: ClassVar[str] = "test.announced.v1"


EVENT_TYPES = [Started, Forgotten, Announced]


def started(stream: int, version: int = 1, day: date = date(2016, 2, 29), drugs: tuple[int, ...] = ()) -> Started:
    return Started(
        originator_id=UUID(int=stream),
        originator_version=version,
        occurred_on=day,
        submission=1,
        row=version,
        actor="H0001",
        role="provider",
        drugs=drugs,
    )


def announced(stream: int) -> Announced:
    return Announced(
        originator_id=UUID(int=stream),
        originator_version=1,
        occurred_on=date(2016, 3, 1),
        actor="officer",
        role="administrator",
    )


def forgotten(stream: int, version: int, records: int | None = None) -> Forgotten:
    return Forgotten(
        originator_id=UUID(int=stream),
        originator_version=version,
        occurred_on=date(2016, 3, 1),
        actor="officer",
        role="administrator",
        records=version - 1 if records is None else records,
    )


def a_register(
    engine: sa.Engine,
    clock: Callable[[], datetime],
    projections: Iterable[Callable[[sa.Connection, Sequence[Recorded]], None]] = (),
) -> Register:
    return Register(engine, EVENT_TYPES, projections, clock)
