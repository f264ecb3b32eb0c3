"""Bulk reads of the log, past SQLAlchemy's rows: raw cursors, states decoded straight into events.

Erased events are left out everywhere here, so positions and versions may have gaps. Whoever reads in pages goes on
after the last position that it got. An event that no erasure takes and that is blank all the same is an error: nothing
that was published, agreed or taken in may silently be as if it had never been. All of it belongs inside
`database.reading` or `database.writing`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from domain.errors import LogCorrupt

from .database import MAPPED_WIDELY, mapped_by
from .erasing import OF_NO_RECORD, RECORD
from .mapper import Event, JsonMapper, unreadable
from .tables import log

CHUNK = 900
"""Streams asked for in one statement: below the number of parameters that any SQLite takes."""

_NOT_ERASED = f"(state IS NOT NULL OR {OF_NO_RECORD})"

FETCHED = 5000
"""Rows that a cursor on a PostgreSQL server brings at a time."""


class Recorded(msgspec.Struct, frozen=True, gc=False, order=True):
    """An event and its place in the log, by which it sorts; `recorded_at` is the clock at the append, in UTC.

    It unpacks into the three. Not a named tuple: making one costs seven times as much, and the garbage collector
    goes through all of them again and again while a long log is read.
    """

    position: int
    recorded_at: datetime
    event: Event

    def __iter__(self) -> Iterator[Any]:
        return iter((self.position, self.recorded_at, self.event))


def last_position(connection: sa.Connection) -> int:
    """The position of the newest event, erased or not; 0 of an empty log."""
    position: int | None = connection.execute(sa.select(sa.func.max(log.c.position))).scalar()
    return position or 0


def commitment_at(connection: sa.Connection, position: int) -> str:
    """What the event at a position is committed to, in hex; nothing where there is none. Commitments are salted, so
    that no other log has the same.
    """
    commitment = connection.execute(sa.select(log.c.commitment).where(log.c.position == position)).scalar()
    return "" if commitment is None else bytes(commitment).hex()


def read(connection: sa.Connection, mapper: JsonMapper, after: int, limit: int | None = None) -> list[Recorded]:
    """The events behind position `after`, `limit` at most, in the order of the log.

    Raises:
        LogCorrupt: a topic or a state that cannot be read.
    """
    most = "" if limit is None else f" LIMIT {limit:d}"
    with _cursor(connection) as cursor:
        _select(connection, cursor, f"position > {after:d}", f"position{most}")
        return _decoded(mapper, cursor)


def read_of_no_record(
    connection: sa.Connection, mapper: JsonMapper, topics: Iterable[str], up_to: int
) -> list[Recorded]:
    """All events up to a position that say nothing of a person's record, but those of these topics, in log order.

    They are few, and found by the index of topics. `has_topic` tells whether there is one of another topic.

    Raises:
        LogCorrupt: a topic that is not known, or a state that cannot be read.
    """
    left_out = ", ".join(f"'{topic}'" for topic in sorted(topics))
    # SQLite would rather go through the log in its order than sort what the index brings. The server knows its own way.
    by_index = " INDEXED BY log_of_topic" if connection.dialect.name == "sqlite" else ""
    with _cursor(connection) as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS[connection.dialect.name]} FROM log{by_index} "
            f"WHERE {OF_NO_RECORD} AND position <= {up_to:d} AND topic NOT IN ({left_out}) ORDER BY position"
        )
        return _decoded(mapper, cursor)


def has_topic(connection: sa.Connection, topic: str, up_to: int) -> bool:
    """Whether an event of this topic has a position up to this one; of a record's topic no index tells."""
    query = sa.select(sa.exists().where(log.c.topic == topic, log.c.position <= up_to))
    return bool(connection.execute(query).scalar())


def read_topics(connection: sa.Connection, mapper: JsonMapper, topics: Iterable[str], after: int = 0) -> list[Recorded]:
    """The events of these topics behind position `after`, in the order of the log.

    Raises:
        LogCorrupt: a state that cannot be read.
    """
    topics = list(topics)
    condition = f"position > {after:d} AND {_among(mapper, topics)}"
    if not any(topic.startswith(RECORD) for topic in topics):
        condition += f" AND {OF_NO_RECORD}"  # said once more: an index of a part is used where its own words are
    with _cursor(connection) as cursor:
        _select(connection, cursor, condition, "position")
        return _decoded(mapper, cursor)


def _among(mapper: JsonMapper, topics: Iterable[str]) -> str:
    known = ", ".join(f"'{topic}'" for topic in topics if topic in mapper.decoders)
    return f"topic IN ({known})" if known else "1 = 0"  # PostgreSQL takes no empty list


def read_by_stream(
    connection: sa.Connection, mapper: JsonMapper, up_to: int | None = None
) -> Iterator[tuple[UUID, list[Recorded]]]:
    """Every stream with its events by version, as the log was at position `up_to` (all of it, if None).

    One stream is held in memory at a time, so that a rebuild may read a log of any length.

    Raises:
        LogCorrupt: a topic or a state that cannot be read.
    """
    condition = "1 = 1" if up_to is None else f"position <= {up_to:d}"
    with _cursor(connection, large=True) as cursor:
        _select(connection, cursor, condition, "originator_id, originator_version")
        yield from _by_stream(mapper, cursor)


def events_by_stream(connection: sa.Connection, mapper: JsonMapper) -> Iterator[list[Event]]:
    """The events of every stream by version, without their places in the log: what a rebuild folds.

    One stream is held in memory at a time.

    Raises:
        LogCorrupt: a topic or a state that cannot be read.
    """
    decoders = mapper.decoders
    stream = "originator_id" if connection.dialect.name == "sqlite" else "uuid_send(originator_id)"
    with _cursor(connection, large=True) as cursor:
        cursor.execute(
            f"SELECT {stream}, topic, state FROM log WHERE {_NOT_ERASED} ORDER BY originator_id, originator_version"
        )
        for its, of_stream in groupby(cursor, itemgetter(0)):
            try:
                yield [decoders[topic](state) for _, topic, state in of_stream]
            except msgspec.MsgspecError as error:
                raise unreadable(f"stream {UUID(bytes=its)}", error) from error
            except TypeError as error:
                raise _blank(f"of stream {UUID(bytes=its)}") from error


def records_by_stream(
    connection: sa.Connection, first: bytes, last: bytes, up_to: int, without: Iterable[str] = ()
) -> Iterator[tuple[bytes, str, bytes]]:
    """Stream, topic and state of what is said of persons' episodes, as stored, by stream and version.

    Of the streams from `first` to `last`, both included, up to a position; but for the topics `without` which it goes.

    Nothing is held in memory, and not much of the file is mapped, so that a log of any length may be read.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    one, most = (first, last) if is_sqlite else (UUID(bytes=first), UUID(bytes=last))
    sign = "?" if is_sqlite else "%s"
    condition = f"originator_id BETWEEN {sign} AND {sign} AND position <= {up_to:d}"
    with _cursor(connection, large=not is_sqlite) as cursor:
        _select_records(connection, cursor, condition, without, (one, most))
        yield from cursor


def records_of_streams(
    connection: sa.Connection, streams: str, without: Iterable[str] = ()
) -> Iterator[tuple[bytes, str, bytes]]:
    """`records_by_stream` of the episodes that a statement in SQL selects."""
    with _cursor(connection) as cursor:
        _select_records(connection, cursor, f"originator_id IN ({streams})", without)
        yield from cursor


def _select_records(
    connection: sa.Connection, cursor: Any, condition: str, without: Iterable[str], values: Iterable[Any] = ()
) -> None:
    stream = "originator_id" if connection.dialect.name == "sqlite" else "uuid_send(originator_id)"
    left_out = "".join(f" AND topic <> '{topic}'" for topic in sorted(without))
    cursor.execute(
        f"SELECT {stream}, topic, state FROM log WHERE {condition} AND state IS NOT NULL{left_out} "
        f"AND substr(topic, 1, {len(RECORD)}) = '{RECORD}' "
        "ORDER BY originator_id, originator_version",
        values,
    )


def read_streams(
    connection: sa.Connection, mapper: JsonMapper, streams: Iterable[UUID], topics: Iterable[str] | None = None
) -> dict[UUID, list[Recorded]]:
    """The events of these streams by version, of these topics if any are named; a stream without is not in the answer.

    Raises:
        LogCorrupt: a topic or a state that cannot be read.
    """
    recorded: dict[UUID, list[Recorded]] = {}
    remaining = iter(dict.fromkeys(streams))
    of_topics = "" if topics is None else f" AND {_among(mapper, topics)}"
    with _cursor(connection) as cursor:
        while chunk := list(islice(remaining, CHUNK)):
            values: list[Any]
            if connection.dialect.name == "postgresql":
                among, values = "originator_id = ANY(%s)", [chunk]
            else:
                among, values = f"originator_id IN ({', '.join('?' * len(chunk))})", [stream.bytes for stream in chunk]
            _select(connection, cursor, among + of_topics, "originator_id, originator_version", values)
            recorded.update(_by_stream(mapper, cursor))
    return recorded


def bare_read(connection: sa.Connection, mapper: JsonMapper) -> int:
    """The yardstick of the benchmarks: select in the order of the log and decode, each event dropped at once."""
    count = 0
    with _cursor(connection, large=True) as cursor:
        cursor.execute("SELECT topic, state FROM log WHERE state IS NOT NULL ORDER BY position")
        for topic, state in cursor:
            mapper.decoders[topic](state)
            count += 1
    return count


# What the drivers hand over unconverted: the id and the moment repeat, and each is converted once.
_COLUMNS = {
    "sqlite": "originator_id, position, recorded_at, topic, state",
    "postgresql": "uuid_send(originator_id), position, timestamptz_send(recorded_at), topic, state",
}


def _select(connection: sa.Connection, cursor: Any, condition: str, order: str, values: Iterable[Any] = ()) -> None:
    columns = _COLUMNS[connection.dialect.name]
    cursor.execute(f"SELECT {columns} FROM log WHERE {_NOT_ERASED} AND {condition} ORDER BY {order}", values)


@contextmanager
def _cursor(connection: sa.Connection, large: bool = False) -> Iterator[Any]:
    """A cursor of the driver; with `large`, one whose rows come bit by bit (SQLite's always do)."""
    driver: Any = connection.connection.dbapi_connection
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        cursor = driver.cursor()
        if large:
            driver.execute(f"PRAGMA mmap_size={MAPPED_WIDELY}")
    elif large:
        cursor = driver.cursor("log", binary=True)  # a name makes it one of the server's
        cursor.itersize = FETCHED
    else:
        cursor = driver.cursor(binary=True)
    try:
        yield cursor
    finally:
        cursor.close()
        if is_sqlite and large:
            driver.execute(f"PRAGMA mmap_size={mapped_by(connection)}")


def _by_stream(mapper: JsonMapper, rows: Iterable[Any]) -> Iterator[tuple[UUID, list[Recorded]]]:
    moments = _Moments()
    for stream, of_stream in groupby(rows, itemgetter(0)):
        yield UUID(bytes=stream), _decoded(mapper, of_stream, moments)


class _Moments(dict[Any, datetime]):
    """From what a driver stores to the moment; all events of one commit have the same."""

    def __missing__(self, stored: Any) -> datetime:
        moment = _microseconds_since_2000(stored) if isinstance(stored, bytes) else datetime.fromisoformat(stored)
        return self.setdefault(stored, moment.replace(tzinfo=UTC))


def _microseconds_since_2000(stored: bytes) -> datetime:
    return datetime(2000, 1, 1) + timedelta(microseconds=int.from_bytes(stored, "big", signed=True))


def _decoded(mapper: JsonMapper, rows: Iterable[Any], moments: dict[Any, datetime] | None = None) -> list[Recorded]:
    decoders, at = mapper.decoders, _Moments() if moments is None else moments
    recorded: list[Recorded] = []
    position = 0
    try:
        for _, position, moment, topic, state in rows:
            recorded.append(Recorded(position, at[moment], decoders[topic](state)))
    except msgspec.MsgspecError as error:
        raise unreadable(f"position {position}", error) from error
    except TypeError as error:
        raise _blank(f"at position {position}") from error
    return recorded


def _blank(place: str) -> LogCorrupt:
    """The exception for an event that is blank although no erasure takes events of its kind."""
    return LogCorrupt(
        f"The event {place} is blank, and is none that can be erased: the log was altered. Run 'recount verify', and "
        "restore the database from a backup."
    )
