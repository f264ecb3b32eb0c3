"""The event store under the library's interfaces, over any engine of `make_engine`."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NoReturn
from uuid import UUID

import sqlalchemy as sa
from eventsourcing import persistence as library

from domain.errors import LogCorrupt
from domain.proof.inclusion import leaf_hash

from . import heads
from .database import insert_many, reading, writing
from .mapper import DatedEvent
from .tables import leaf_entry, log

SALT_BYTES = 16
"""Enough that a commitment tells nothing of an erased state, even to one who can list all likely states."""


class EventRefused(library.IntegrityError, LogCorrupt):
    """The library's exception for a version that is taken, or for a change that the log refuses; in our words, since
    with one writer at a time it only happens where the log is not what it seems.
    """


@contextmanager
def library_errors(engine: sa.Engine) -> Iterator[None]:
    """Raises EventRefused for what the database says of a version that is taken."""
    try:
        yield
    except (sa.exc.IntegrityError, engine.dialect.loaded_dbapi.IntegrityError) as error:
        raise EventRefused(
            "The log has an event already where one was to be added, so that it cannot be read to its end. Nothing was "
            "stored. Run 'recount verify'."
        ) from error


class LogRecorder(library.ApplicationRecorder):
    """Appends to the log and reads single streams; positions are 1 to n without a gap.

    `clock` answers the present moment with a time zone; nothing else here knows what time it is.
    """

    def __init__(self, engine: sa.Engine, clock: Callable[[], datetime]) -> None:
        self.engine, self.clock = engine, clock

    def append(self, connection: sa.Connection, batches: Iterable[Sequence[DatedEvent]]) -> tuple[int, datetime]:
        """Let log and tree grow in the caller's writing transaction; the first position, and the moment in UTC.

        One batch is held at a time; all events are recorded at one moment.
        """
        latest = sa.select(log.c.position, log.c.recorded_at).order_by(log.c.position.desc()).limit(1)
        now = self.clock().astimezone(UTC)
        size, newest = connection.execute(latest).one_or_none() or (0, now)
        at = max(newest, now)  # a clock that was set back must not disorder the log
        first = size + 1
        for batch in batches:
            rows, leaves = _rows_and_leaves(batch, size, at)
            heads.grow(connection, size, leaves)
            insert_many(connection, log, rows)
            size += len(batch)
        return first, at

    def insert_events(self, stored_events: Sequence[Any], **_: Any) -> list[int]:
        """The library's way to append, past all projections: `Register` alone decides when that is right."""
        with library_errors(self.engine), writing(self.engine) as connection:
            first, _at = self.append(connection, [stored_events])
        return list(range(first, first + len(stored_events)))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[library.StoredEvent]:
        """The events of one stream that were not erased."""
        c, version = log.c, log.c.originator_version
        query = sa.select(c.originator_id, version, c.topic, c.state).where(c.originator_id == originator_id)
        query = query.where(c.state.is_not(None)).order_by(version.desc() if desc else version).limit(limit)
        query = query if gt is None else query.where(version > gt)
        query = query if lte is None else query.where(version <= lte)
        with reading(self.engine) as connection:
            return [library.StoredEvent(*row) for row in connection.execute(query)]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[library.Notification]:
        """The events of a part of the log that were not erased, with their positions as ids."""
        c, after = log.c, (start or 0) - inclusive_of_start
        query = sa.select(c.originator_id, c.originator_version, c.topic, c.state, c.position)
        query = query.where(c.state.is_not(None), c.position > after).order_by(c.position).limit(limit)
        query = query if stop is None else query.where(c.position <= stop)
        query = query.where(c.topic.in_(topics)) if topics else query
        with reading(self.engine) as connection:
            return [library.Notification(*row) for row in connection.execute(query)]

    def max_notification_id(self) -> int | None:
        """The position of the newest event; None of an empty log."""
        with reading(self.engine) as connection:
            return connection.execute(sa.select(sa.func.max(log.c.position))).scalar()

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> NoReturn:
        """Nobody follows this log: read models are written in the transaction of their events."""
        raise NotImplementedError("Read models are written in the transaction of their events")


def _rows_and_leaves(
    stored_events: Sequence[DatedEvent], size: int, at: datetime
) -> tuple[list[tuple[Any, ...]], list[bytes]]:
    """The rows of events behind the log's first `size`, and the hashes of the leaves over them."""
    rows, leaves = [], []
    salts = os.urandom(SALT_BYTES * len(stored_events))
    for index, stored in enumerate(stored_events):
        salt = salts[SALT_BYTES * index : SALT_BYTES * (index + 1)]
        lasting = (
            size + index + 1,
            stored.originator_id,
            stored.originator_version,
            stored.topic,
            stored.occurred_on,
            at,
            sha256(salt + stored.state).digest(),
        )
        rows.append((*lasting, salt, stored.state))
        leaves.append(leaf_hash(leaf_entry(lasting)))
    return rows, leaves


class LogFactory(library.InfrastructureFactory[Any]):
    """Hands the library's application our recorder; there are no snapshots and no followers."""

    def __init__(self, env: Any, recorder: LogRecorder) -> None:
        super().__init__(env)
        self.recorder = recorder

    def application_recorder(self) -> LogRecorder:
        """The recorder that this factory was made with."""
        return self.recorder

    def _none(self, *_: Any, **__: Any) -> NoReturn:
        raise NotImplementedError("This log has no snapshots and no followers")

    aggregate_recorder = tracking_recorder = process_recorder = _none
