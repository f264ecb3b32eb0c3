"""One engine for SQLite and PostgreSQL: snapshots to read, one writer at a time, errors with the next step."""

import os
import select
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from operator import itemgetter
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from domain.errors import DatabaseBusy, DatabaseFull, DatabaseUnavailable, RecountError

from .turn import turn
from .write_ahead_log import giving_back

WRITER = 7_300_417
"""The advisory lock of the one writer on PostgreSQL: any number, but always the same one."""

ACCESS_WRITER = 7_300_418
"""The same for who writes what is in the access database; the two writers do not wait for each other."""

ACCESS = ".access"
"""What the name of the access database's file has after the name of the log's."""

FOR_OWNER_ALONE = 0o600
"""Of every file of ours: whoever else has an account on the machine reads none of it."""

WAIT = 60
"""Seconds for which a writer waits for another one before it gives up."""

CHUNK = 500
"""Values in one IN: below what every SQLite takes."""

LONG_REST = 60
"""Seconds of rest after which a connection to PostgreSQL is tried before it is used."""

_RESTS_SINCE = "rests_since"

_Value = TypeVar("_Value")


class Instant(sa.types.TypeDecorator[datetime]):
    """A moment in UTC. PostgreSQL answers in the session's time zone and SQLite in none; this always in UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


class StreamId(sa.types.TypeDecorator[UUID]):
    """A UUID: PostgreSQL's own type, sixteen bytes on SQLite, where text would double the log's index."""

    impl = sa.Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(sa.LargeBinary(16) if dialect.name == "sqlite" else sa.Uuid())

    def process_bind_param(self, value: UUID | None, dialect: sa.Dialect) -> Any:
        return value.bytes if value and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> UUID | None:
        return UUID(bytes=value) if isinstance(value, bytes) else value


def make_engine(url: str | sa.URL, wait: float = WAIT, *, stays: bool = False) -> sa.Engine:
    """An engine for `sqlite:///FILE` or `postgresql+psycopg://...`, whose writers wait up to `wait` seconds.

    One of a process that `stays` maps what it reads of a SQLite file: the operating system has that once for all
    processes, where a cache of their own is each connection's.

    An address may say itself how long they wait: `sqlite:///FILE?timeout=5`, `postgresql+psycopg://...?options=-c
    lock_timeout=5s`.
    """
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "postgresql":
        own_options = parsed.query.get("options", "")
        options = f"-c lock_timeout={wait}s {own_options}".strip()  # of two settings the server takes the last
        engine = sa.create_engine(parsed, connect_args={"options": options})
        sa.event.listen(engine, "checkin", _rests)
        sa.event.listen(engine, "checkout", partial(_check_not_ended, engine.dialect))
        return engine
    wait_in_turn = float(_only(parsed.query.get("timeout", str(wait))))
    engine = sa.create_engine(
        parsed,
        connect_args={} if "timeout" in parsed.query else {"timeout": wait},
        execution_options={_WAIT: wait_in_turn, _STAYS: stays},
    )
    sa.event.listen(engine, "do_connect", _make_file_sqlite)
    sa.event.listen(engine, "connect", partial(_prepare_sqlite, MAPPED_WIDELY if stays else MAPPED))
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _rests(_driver: object, record: Any) -> None:
    record.info[_RESTS_SINCE] = monotonic()


def _check_not_ended(dialect: sa.Dialect, driver: Any, record: Any, _fairy: object) -> None:
    """Have another connection made in place of one that the server has ended meanwhile, as on its restart.

    What a server says last waits to be read by then, so that it need not be asked before each use: an answer takes as
    long as what is wanted of it. After a rest it is asked, as what lies between may have lost a connection silently.
    """
    rested = monotonic() - record.info.get(_RESTS_SINCE, monotonic())
    if rested < LONG_REST and not driver.closed and not _has_spoken(driver):
        return
    try:
        dialect.do_ping(driver)
    except dialect.loaded_dbapi.Error as error:
        raise sa.exc.DisconnectionError from error


def _has_spoken(driver: Any) -> bool:
    arrived = select.poll()
    arrived.register(driver.fileno(), select.POLLIN)
    return bool(arrived.poll(0))


def access_engine(engine: sa.Engine) -> sa.Engine:
    """The access database of a log: accounts, tokens, the trail of access; its writers never wait for those of the log.

    SQLite has one writer a file, so there it is a second file beside the log's, with connections of its own. On
    PostgreSQL it is the same database, and its writers have a lock of their own.
    """
    if engine.dialect.name == "postgresql":
        return engine.execution_options(**{_LOCK: ACCESS_WRITER})
    url, options = engine.url.set(database=f"{engine.url.database}{ACCESS}"), engine.get_execution_options()
    return make_engine(url, options[_WAIT], stays=options[_STAYS])


def at_the_door(engine: sa.Engine) -> sa.Engine:
    """Where one statement reads both databases of a log (`at_once`): who asks, and how far the log has come.

    On PostgreSQL they are one. On SQLite these are connections of their own, which write nothing: a writer's
    connection that had both files would keep the writers of both waiting.
    """
    beside = access_engine(engine)
    if engine.dialect.name == "sqlite":
        log = engine.url.database

        def attach(driver: sqlite3.Connection, _record: object) -> None:
            driver.execute("ATTACH ? AS log", (log,))
            driver.execute("PRAGMA query_only=ON")

        sa.event.listen(beside, "connect", attach)
    return beside


def mapped_by(connection: sa.Connection) -> int:
    """How many bytes of its file a connection to SQLite maps at most."""
    return MAPPED_WIDELY if connection.get_execution_options().get(_STAYS) else MAPPED


def has_access_file(connection: sa.Connection) -> bool:
    """Whether the access database is a file of its own."""
    return connection.dialect.name == "sqlite"


_WAIT = "wait_in_turn"
_STAYS = "process_stays"
_LOCK = "writers_lock"
_AT_ONCE = "at_once"


def _only(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else value[-1]


MAPPED, MAPPED_WIDELY = 64 << 20, 1 << 30
"""Bytes of a SQLite file that a connection maps, and as many where the process stays, or reads a long log stream by
stream: a log above the cache costs twice as much to read like that."""

PRAGMAS = (
    "synchronous=FULL",  # a submission that was answered outlives a power cut
    "foreign_keys=ON",
    "recursive_triggers=ON",  # or INSERT OR REPLACE slips past the trigger on deletion
    "secure_delete=ON",  # or erased states stay in free pages
    "cache_size=-32768",  # KiB, of each connection; what is mapped is not in it
)


def _make_file_sqlite(_dialect: sa.Dialect, _record: object, arguments: Sequence[str], _options: object) -> None:
    """Make the file before SQLite does, whatever the umask: those beside it take their mode from it."""
    file = arguments[0] if arguments else ""
    if file and file != ":memory:" and not file.startswith("file:"):
        with suppress(OSError):  # SQLite says itself what is wrong
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FOR_OWNER_ALONE))


def _prepare_sqlite(mapped: int, driver: sqlite3.Connection, _record: object) -> None:
    driver.isolation_level = None  # the driver must not begin transactions of its own
    for pragma in (*PRAGMAS, f"mmap_size={mapped}"):  # it counts as memory, though other processes have it too
        driver.execute(f"PRAGMA {pragma}")
    if driver.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        driver.execute("PRAGMA journal_mode=WAL")


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if options.get(_AT_ONCE):
        return
    # A transaction that reads first and then writes fails at once if anyone wrote in between: it must ask here.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writing") else "BEGIN")


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One snapshot for all the questions of a request; writers do not disturb it, nor does it disturb them.

    Raises:
        DatabaseBusy, DatabaseUnavailable: the database cannot be read; the text says what to do.
    """
    options: dict[str, Any] = {}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with database_errors(engine), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def at_once(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection for one statement that asks for all that is wanted: each is a snapshot by itself, and beginning and
    ending a transaction around it would take longer than the statement.

    Raises:
        DatabaseBusy, DatabaseUnavailable: as `reading`.
    """
    options: dict[str, Any] = {_AT_ONCE: True}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "AUTOCOMMIT"}
    with database_errors(engine), engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def writing(engine: sa.Engine, keep: bool = True) -> Iterator[sa.Connection]:
    """The writer's transaction: others wait here. Leaving by an exception, or with `keep=False`, stores nothing.

    Raises:
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: nothing was stored; the text says what to do.
    """
    with (
        database_errors(engine),
        _in_turn(engine),
        giving_back(engine),
        engine.connect().execution_options(writing=True) as connection,
        _without_its_cache(connection),
        connection.begin() as transaction,
    ):
        # Not at REPEATABLE READ: that snapshot is older than the lock, and would show a stale end of the log.
        if connection.dialect.name == "postgresql":
            lock = connection.get_execution_options().get(_LOCK, WRITER)
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))
        yield connection
        if not keep:
            transaction.rollback()


@contextmanager
def _without_its_cache(connection: sa.Connection) -> Iterator[None]:
    """Once it has written, a connection to SQLite lets go of the pages that it wrote, where the process stays."""
    yield
    if connection.get_execution_options().get(_STAYS) and connection.dialect.name == "sqlite":
        driver: Any = connection.connection
        driver.execute("PRAGMA shrink_memory")


@contextmanager
def _in_turn(engine: sa.Engine) -> Iterator[None]:
    """On SQLite writers come in turn; PostgreSQL's advisory lock has a queue of its own.

    Raises:
        DatabaseBusy: the turn did not come in time.
    """
    database, wait = engine.url.database, engine.get_execution_options().get(_WAIT)
    if wait is None or not database or database == ":memory:" or database.startswith("file:"):
        yield
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(turn(database, wait))
        except TimeoutError:
            raise _busy(engine) from None
        yield


def wipe(engine: sa.Engine, tables: Iterable[sa.Table]) -> bool:
    """Clear the database's files of what erased and deleted rows left in them; False if another process is in the way.

    On SQLite the file is written anew and its write-ahead log emptied, so nothing is left. On PostgreSQL the dead rows
    of these tables are given free; their bytes last until the server writes over them, and in its own write-ahead log.
    """
    if engine.dialect.name == "postgresql":
        names = ", ".join(engine.dialect.identifier_preparer.format_table(table) for table in tables)
        with database_errors(engine), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"VACUUM {names}")
        return True
    try:
        with database_errors(engine), closing(engine.raw_connection()) as pooled:
            driver: Any = pooled.driver_connection
            driver.execute("VACUUM")
            busy, *_pages = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
    except DatabaseBusy:
        return False


def refresh_statistics(connection: sa.Connection, tables: Iterable[sa.Table]) -> None:
    """Have PostgreSQL count these tables anew, after very many rows were written; SQLite plans without.

    Its own counting comes up to a minute later, and until then it takes rows of a generation that it never saw for one
    or two, and plans by that. What the connection's transaction wrote counts too; the tables stay open to everybody.
    """
    if connection.dialect.name == "postgresql":
        names = ", ".join(connection.dialect.identifier_preparer.format_table(table) for table in tables)
        connection.exec_driver_sql(f"ANALYZE {names}")


def stored_bytes(value: Any) -> bytes:
    """The bytes of a column of bytes; SQLite gives back any text that somebody put there in their place."""
    return value.encode() if isinstance(value, str) else bytes(value)


def chunks(values: Iterable[_Value], size: int = CHUNK) -> Iterator[list[_Value]]:
    """The values, so many at a time."""
    remaining = iter(values)
    while chunk := list(islice(remaining, size)):
        yield chunk


def insert_many(connection: sa.Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
    """Insert whole rows, values in the order of the table's columns, by the driver's fastest way.

    Values are plain Python ones (`numpy_array.tolist()`, no Enum), of just the column's type: COPY converts nothing.
    """
    if not rows:
        return
    dialect, cursor = connection.dialect, connection.connection.cursor()
    if dialect.name == "postgresql" and len(rows) == 1:
        # COPY is parsed anew each time, and asks to be told that all rows were sent.
        values = ", ".join(["%s"] * len(table.c))
        cursor.execute(f"INSERT INTO {_columns_of(dialect, table)} VALUES ({values})", rows[0])
    elif dialect.name == "postgresql":
        with cursor.copy(f"COPY {_columns_of(dialect, table)} FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types([column.type.compile(dialect).lower() for column in table.c])
            for row in rows:
                copy.write_row(row)
    else:
        into = f"INSERT INTO {_columns_of(dialect, table)} VALUES "
        _insert_sqlite(cursor, into, len(table.c), len(rows), _bound(dialect, table, rows))
    cursor.close()


def put_many(connection: sa.Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
    """`insert_many`, where a row takes the place of the one with its key, of several columns; no two of `rows` have the
    same.
    """
    if not rows:
        return
    dialect, key = connection.dialect, list(table.primary_key)
    if dialect.name == "postgresql":
        pick = itemgetter(*(place for place, column in enumerate(table.c) if column in set(key)))
        for some in chunks(map(pick, rows)):
            connection.execute(table.delete().where(sa.tuple_(*key).in_(some)))
        insert_many(connection, table, rows)
        return
    # Changed where it lies: taken out and put in again, it would have a page of each index written anew.
    named = dialect.identifier_preparer.format_column
    changed = ", ".join(f"{name} = excluded.{name}" for name in (named(c) for c in table.c if c not in set(key)))
    instead = f" ON CONFLICT ({', '.join(map(named, key))}) DO UPDATE SET {changed}"
    cursor, into = connection.connection.cursor(), f"INSERT INTO {_columns_of(dialect, table)} VALUES "
    _insert_sqlite(cursor, into, len(table.c), len(rows), _bound(dialect, table, rows), instead)
    cursor.close()


def _columns_of(dialect: sa.Dialect, table: sa.Table) -> str:
    """The table with its columns, as statements name them."""
    prepared = dialect.identifier_preparer
    return f"{prepared.format_table(table)} ({', '.join(map(prepared.format_column, table.c))})"


def insert_as_stored(connection: sa.Connection, table: sa.Table, rows: Sequence[Sequence[Any]]) -> None:
    """`insert_many` on SQLite, of values as its file has them: a day is text, a stream sixteen bytes."""
    cursor, into = connection.connection.cursor(), f"INSERT INTO {_columns_of(connection.dialect, table)} VALUES "
    _insert_sqlite(cursor, into, len(table.c), len(rows), rows)
    cursor.close()


VALUES_A_STATEMENT = 900
"""Below the number of parameters that any SQLite takes."""


def _insert_sqlite(
    cursor: Any, into: str, width: int, count: int, rows: Iterable[Sequence[Any]], instead: str = ""
) -> None:
    """`count` rows, many a statement: beginning a statement costs SQLite as much as inserting a row or two. `instead`
    says what becomes of a row whose key is there.
    """
    values, row = chain.from_iterable(rows), f"({', '.join('?' * width)})"
    together = VALUES_A_STATEMENT // width
    statements, rest = divmod(count, together)
    for rows_each, times in ((together, statements), (1, rest)):
        statement = into + ", ".join([row] * rows_each) + instead
        cursor.executemany(statement, (list(islice(values, rows_each * width)) for _ in range(times)))


def _bound(dialect: sa.Dialect, table: sa.Table, rows: Sequence[Sequence[Any]]) -> Any:
    """The rows as the driver takes them: each column through the binding of its type, if that has one."""
    binds = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.c]
    if not any(binds):
        return rows
    columns = zip(*rows, strict=True)
    bound = [map(bind, column) if bind else column for bind, column in zip(binds, columns, strict=True)]
    return zip(*bound, strict=True)


@contextmanager
def database_errors(engine: sa.Engine) -> Iterator[None]:
    """Turn what the driver says of a busy, full or unreachable database into our own exceptions.

    SQLAlchemy wraps most of it; connecting, bulk inserts and raw cursors let the driver's own exceptions through.
    """
    try:
        yield
    except sa.exc.TimeoutError as error:
        raise _busy(engine) from error
    except (sa.exc.DBAPIError, engine.dialect.loaded_dbapi.Error) as error:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        ours = _of_sqlite(engine, cause) if isinstance(cause, sqlite3.Error) else _of_postgresql(engine, cause)
        if ours is None:
            raise
        raise ours from error
    except ValueError as error:
        # SQLite keeps days and moments as text, and hands over any other text in their place.
        if engine.dialect.name != "sqlite" or not str(error).startswith(NO_DAY):
            raise
        raise _damaged(engine, error) from error


def _of_sqlite(engine: sa.Engine, error: sqlite3.Error) -> RecountError | None:
    # The low byte is the kind, the rest its variety. What the driver itself finds has none: text that is no text.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return _busy(engine)
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return _full(engine, error)
    if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT} or str(error).startswith(NO_TEXT):
        return _damaged(engine, error)
    if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}:
        return DatabaseUnavailable(
            f"{_name(engine)} cannot be opened or written ({error}). "
            "Check that its folder exists and that you may write there."
        )
    return None


NO_TEXT = "Could not decode to UTF-8"
NO_DAY = "Invalid isoformat string"
"""How SQLite's driver and Python begin to say that a stored text is none, or no day; they go on with the text."""


def _damaged(engine: sa.Engine, error: Exception) -> DatabaseUnavailable:
    reason = str(error).partition(" with text ")[0].partition(": ")[0]
    return DatabaseUnavailable(
        f"{_name(engine)} is not a SQLite database, or is damaged ({reason}). "
        "Name another file in RECOUNT_DATABASE, or restore it from a backup."
    )


BUSY_STATES = {"55P03", "40P01", "40001"}
"""SQLSTATE of PostgreSQL: lock not available, deadlock, serialization failure."""

FULL_STATES = {"53100", "58030"}
"""SQLSTATE of PostgreSQL: disk full, input or output that fails."""


def _of_postgresql(engine: sa.Engine, error: BaseException | None) -> RecountError | None:
    state = getattr(error, "sqlstate", None)
    if state in BUSY_STATES:
        return _busy(engine)
    if state in FULL_STATES:
        return _full(engine, error)
    # No state: the server was not reached. 08 connection, 28 who you are, 3D which database, 57P shutting down,
    # 53 too many connections.
    lost = state is None or state[:2] in {"08", "28", "3D", "53"} or state[:3] == "57P"
    if lost and isinstance(error, engine.dialect.loaded_dbapi.OperationalError):
        return DatabaseUnavailable(
            f"{_name(engine)} cannot be reached ({_first_line(error)}). "
            "Check that the server runs and that RECOUNT_DATABASE names it."
        )
    return None


def _busy(engine: sa.Engine) -> DatabaseBusy:
    return DatabaseBusy(
        f"{_name(engine)} is busy: another process is writing and did not finish in time. "
        "Nothing was stored; try again later."
    )


def _full(engine: sa.Engine, error: BaseException | None) -> DatabaseFull:
    return DatabaseFull(
        f"The disk of {_name(engine)} is full or fails ({_first_line(error)}). "
        "Nothing was stored; make room and try again."
    )


def _name(engine: sa.Engine) -> str:
    return f"The database {engine.url.render_as_string(hide_password=True)}"


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().partition("\n")[0]
