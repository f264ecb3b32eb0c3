"""The log's tables; `guards` lets the log only grow.

`metadata` is the collection of the log's tables and of what is made from them, `access_metadata` that of the access
database; `create_all` makes them all.
"""

import hmac
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from domain.errors import WrongClientKey

from . import guards
from .database import Instant, StreamId, access_engine, has_access_file, stored_bytes, writing
from .erasing import OF_NO_RECORD

metadata = sa.MetaData()
access_metadata = sa.MetaData()
"""What lies in the access database: on SQLite in a file of its own, on PostgreSQL beside the log."""

Position = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # only INTEGER is SQLite's own row key

log = sa.Table(
    "log",
    metadata,
    sa.Column("position", Position, primary_key=True, autoincrement=False),
    sa.Column("originator_id", StreamId, nullable=False),
    sa.Column("originator_version", sa.Integer, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("occurred_on", sa.Date, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("commitment", sa.LargeBinary, nullable=False),  # SHA-256(salt || state)
    sa.Column("salt", sa.LargeBinary),  # these two become NULL on erasure
    sa.Column("state", sa.LargeBinary),
    sa.UniqueConstraint("originator_id", "originator_version"),
    # Almost all events are of records, which are read by their streams: the others are found without going past them.
    sa.Index(
        "log_of_topic",
        "topic",
        "position",
        sqlite_where=sa.text(OF_NO_RECORD),
        postgresql_where=sa.text(OF_NO_RECORD),
    ),
)
tree_node = sa.Table(
    "tree_node",
    metadata,
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)
setting = sa.Table(
    "setting",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)

LASTING = [column for column in log.c if column.name not in {"salt", "state"}]
"""The columns that outlive an erasure."""


def create_all(engine: sa.Engine) -> None:
    """Make the tables that are not there; safe when two processes start at once, since it holds the writer's lock.

    Raises:
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: nothing was made; the text says what to do.
    """
    with writing(engine) as connection:
        create_log_tables(connection)
    beside = access_engine(engine)
    try:
        with writing(beside) as connection:
            access_metadata.create_all(connection)
    finally:
        if beside.pool is not engine.pool:
            beside.dispose()


def create_log_tables(connection: sa.Connection) -> None:
    """Make the tables of the log's database, which on PostgreSQL has those of access, too."""
    metadata.create_all(connection)
    if not has_access_file(connection):
        access_metadata.create_all(connection)


def leaf_entry(lasting: Sequence[Any]) -> bytes:
    """The bytes under a leaf of the tree: a JSON array of the columns that outlive an erasure."""
    *columns, commitment = lasting
    return msgspec.json.encode([*columns, stored_bytes(commitment).hex()])


def leaf_entries(connection: sa.Connection, low: int, high: int) -> Iterator[bytes]:
    """Of the leaves low <= index < high; position p is the leaf with index p - 1."""
    query = sa.select(*LASTING).where(log.c.position > low, log.c.position <= high).order_by(log.c.position)
    return (leaf_entry(row) for row in connection.execute(query))


guards.let_grow(log, [column.name for column in LASTING])


CLIENT_KEY = "client key check"


def keep_setting(connection: sa.Connection, name: str, value: bytes) -> None:
    """Keep a setting of this name, in place of the one before. The connection is the writer's."""
    if not connection.execute(setting.update().where(setting.c.name == name).values(value=value)).rowcount:
        connection.execute(setting.insert().values(name=name, value=value))


def knows_client_key(connection: sa.Connection, check_value: bytes) -> bool:
    """Whether the database was filled with the client key of this check value; False while it was with none.

    Raises:
        WrongClientKey: it was filled with another key.
    """
    known = connection.execute(sa.select(setting.c.value).where(setting.c.name == CLIENT_KEY)).scalar()
    if known is not None and not hmac.compare_digest(known, check_value):
        raise WrongClientKey(
            "This database was filled with another client key. "
            "Set RECOUNT_CLIENT_KEY to the key that it was filled with, or name another database."
        )
    return known is not None


def check_client_key(connection: sa.Connection, check_value: bytes) -> None:
    """Hold the check value of the client key against the database's; a database that has none takes it.

    The connection is the writer's, since the first one writes.

    Raises:
        WrongClientKey: the database was filled with another key.
    """
    if not knows_client_key(connection, check_value):
        connection.execute(setting.insert().values(name=CLIENT_KEY, value=check_value))
