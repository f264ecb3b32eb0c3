"""Build the read models anew beside the live ones, and switch over in one step.

Every table of a read model has `generation` as the first column of its key. One row of `generation` says how far a
generation has come, whether it is the one to read, and what it was counted by (`domain.measures.fingerprint`).
Submissions write to the live one only; a rebuild goes so:

    number = start(engine)                           what a rebuild that died left behind goes
    ... rows of everything up to position p, into generation `number`, in transactions of `filling(engine)` ...
    with writing(engine) as connection:              from here nobody else writes
        finish(connection, number, p)
        catch_up(connection, mapper, builds, number)     what was submitted meanwhile
        ... compare with the live generation: an exception leaves that one live ...
        switch(connection, number)
    drop_others(engine)                              bit by bit; or left until the next `start`

Readers ask `live` once in their snapshot, and keep that generation to their end, whatever switches meanwhile.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

import sqlalchemy as sa

from domain.errors import DatabaseOfAnotherVersion, NotAgreed
from domain.log.database import database_errors, writing
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, last_position, read
from domain.log.tables import Position, metadata
from domain.measures.fingerprint import fingerprint

generation = sa.Table(
    "generation",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("position", Position, nullable=False),
    sa.Column("live", sa.Boolean, nullable=False),
    sa.Column("counted_by", sa.Text, nullable=False, server_default=""),
)
"""`position`: the generation's rows say what the log says up to there, and nothing of what comes after. `counted_by`:
the fingerprint of the families and definitions that it has rows of; empty of one that was filled before there was any.
"""

COUNTED_OTHERWISE: Final = (
    "The figures that the database holds were counted by another version of Recount, which had other measures, or "
    "counted them otherwise. Run 'recount migrate': it counts them anew from the log, and changes nothing else."
)

Build = Callable[[sa.Connection, int, Sequence[Recorded]], None]
"""Writes what follows from new events into the rows of one generation, which stands at the position before them."""

BITE = 50_000
"""Rows that go in one transaction when a generation is dropped, so that submissions need not wait for all of them."""


STATE: Final = (generation.c.number, generation.c.position, generation.c.counted_by)
"""Of the live generation, what `state_of` reads: for who asks them in a statement of their own."""
# Made once: every request of a service asks it.
_LIVE: Final = sa.select(*STATE).where(generation.c.live)

State = tuple[int, int]
"""The generation to read, and the position up to which its rows say what the log says."""


def state_of(row: Sequence[Any]) -> State | None:
    """What the columns `STATE` say; None where there is nothing to read, or it was counted by other measures."""
    number, position, counted_by = row
    return (number, position) if number is not None and counted_by == fingerprint() else None


def live(connection: sa.Connection) -> int:
    """The generation to read: ask once a request, in its snapshot.

    Raises:
        NotAgreed: there is none; the read models have never been built.
        DatabaseOfAnotherVersion: it was counted by other measures than those of this program.
    """
    return live_at(connection)[0]


def live_at(connection: sa.Connection) -> State:
    """The generation to read, and the position up to which its rows say what the log says. Raises as `live`."""
    row = connection.execute(_LIVE).first()
    if row is None:
        raise NotAgreed("The read models have never been built. Run 'recount rebuild'.")
    number, position, counted_by = row
    if counted_by != fingerprint():
        raise DatabaseOfAnotherVersion(COUNTED_OTHERWISE)
    return number, position


def live_if_any(connection: sa.Connection) -> int | None:
    """The generation to read; None while there is none, or none that was counted by this program's measures."""
    return live(connection) if is_current(connection) else None


def is_current(connection: sa.Connection) -> bool:
    """Whether there is a generation to read, and it was counted by this program's measures and definitions."""
    row = connection.execute(_LIVE).first()
    return row is not None and row.counted_by == fingerprint()


def check_counted_by(connection: sa.Connection) -> None:
    """Raises DatabaseOfAnotherVersion where what is read was counted by other measures, and not where nothing is."""
    row = connection.execute(_LIVE).first()
    if row is not None and row.counted_by != fingerprint():
        raise DatabaseOfAnotherVersion(COUNTED_OTHERWISE)


def begin(connection: sa.Connection) -> None:
    """Make the first generation, where there is none and the log is empty; the connection is the writer's.

    A log that has events and no generation needs a rebuild.
    """
    if _newest(connection) == 0 and last_position(connection) == 0:
        connection.execute(generation.insert().values(number=1, position=0, live=True, counted_by=fingerprint()))


def in_live_generation(*builds: Build) -> Callable[[sa.Connection, Sequence[Recorded]], None]:
    """The projection for `Register`: what follows from new events goes into the rows that are being read."""

    def project(connection: sa.Connection, recorded: Sequence[Recorded]) -> None:
        if recorded:
            _add(connection, builds, live(connection), recorded[0].position - 1, recorded)

    return project


def start(engine: sa.Engine) -> int:
    """A new generation without rows, to be filled. What an earlier rebuild left is removed before.

    A rebuild that still runs elsewhere loses its generation, and fails when it comes to `finish`.
    """
    with writing(engine) as connection:
        number = _newest(connection) + 1  # before the others go: theirs must not be given again
        connection.execute(generation.delete().where(~generation.c.live))
        row = {"number": number, "position": 0, "live": False, "counted_by": fingerprint()}
        connection.execute(generation.insert().values(row))
    _drop(engine, keep={number})
    return number


def filling(engine: sa.Engine) -> AbstractContextManager[sa.Connection]:
    """A transaction that writes into a generation which nobody reads.

    On PostgreSQL submissions go on beside it. SQLite has one writer, whom it keeps waiting: keep it short there.
    """
    return writing(engine) if engine.dialect.name == "sqlite" else _beside(engine)


@contextmanager
def _beside(engine: sa.Engine) -> Iterator[sa.Connection]:
    with database_errors(engine), engine.begin() as connection:
        yield connection


def finish(connection: sa.Connection, number: int, position: int) -> None:
    """Say of a generation just filled that its rows hold everything up to this position.

    Raises:
        NotAgreed: there is no such generation at position 0; another rebuild has removed it.
    """
    _advance(connection, number, 0, position)


def catch_up(connection: sa.Connection, mapper: JsonMapper, builds: Sequence[Build], number: int) -> None:
    """Add what the log has beyond the position of a generation. The connection is the writer's.

    Events erased since are not read: the event that says so comes, and takes away what the rows say of its stream.
    """
    query = sa.select(generation.c.position).where(generation.c.number == number)
    position: int = connection.execute(query).scalar_one()
    # All at once: what follows from a commit follows from the whole of it, and a page might cut it in two.
    if recorded := read(connection, mapper, position):
        _add(connection, builds, number, position, recorded)


def switch(connection: sa.Connection, number: int) -> None:
    """Make a generation the one that is read from the end of this transaction on. The connection is the writer's.

    Raises:
        NotAgreed: it does not stand at the end of the log.
    """
    end = last_position(connection)
    _advance(connection, number, end, end)
    connection.execute(generation.update().values(live=generation.c.number == number))


def drop_others(engine: sa.Engine) -> None:
    """Remove every generation but the live one, bit by bit; cut short, it goes on with the next call."""
    with writing(engine) as connection:
        connection.execute(generation.delete().where(~generation.c.live))
    _drop(engine, keep=set())


def _drop(engine: sa.Engine, keep: set[int]) -> None:
    for table in metadata.tables.values():
        if "generation" in table.c:
            while _drop_some(engine, table, keep):
                pass


def _drop_some(engine: sa.Engine, table: sa.Table, keep: set[int]) -> bool:
    """Whether there were rows to drop."""
    with writing(engine) as connection:
        is_live = connection.execute(sa.select(generation.c.number).where(generation.c.live)).scalars()
        number = _first_number(connection, table, keep.union(is_live))
        if number is not None:
            connection.execute(table.delete().where(*_some(connection, table, number)))
    return number is not None


def _some(connection: sa.Connection, table: sa.Table, number: int) -> list[sa.ColumnElement[bool]]:
    """At most BITE rows of the generation, and one at least, by the rows' own addresses: a key may be long, or none."""
    is_sqlite = connection.dialect.name == "sqlite"
    address: sa.ColumnClause[int] = sa.literal_column("rowid" if is_sqlite else "ctid")
    its = sa.select(address).select_from(table).where(table.c.generation == number)
    if not is_sqlite:
        return [address.in_(its.limit(BITE))]
    # Rows were added one behind the other, and SQLite deletes a stretch of them in one pass, half as fast again as a
    # list; the plus keeps it from going by the index instead.
    first = connection.execute(its.limit(1)).scalar_one()
    return [address.between(first, first + BITE - 1), sa.literal_column("+generation") == number]


def _first_number(connection: sa.Connection, table: sa.Table, keep: set[int]) -> int | None:
    """The first generation not `kept` that has rows; each step goes by the index, past all the rows of one that is."""
    lowest = sa.select(sa.func.min(table.c.generation))
    number: int | None = connection.execute(lowest).scalar()
    while number in keep:
        number = connection.execute(lowest.where(table.c.generation > number)).scalar()
    return number


def _newest(connection: sa.Connection) -> int:
    number: int | None = connection.execute(sa.select(sa.func.max(generation.c.number))).scalar()
    return number or 0


def _add(
    connection: sa.Connection, builds: Sequence[Build], number: int, after: int, recorded: Sequence[Recorded]
) -> None:
    for build in builds:
        build(connection, number, recorded)
    _advance(connection, number, after, recorded[-1].position)


def _advance(connection: sa.Connection, number: int, after: int, to: int) -> None:
    """Compare and set: of two that fill the same generation, or fill it past a gap, one fails."""
    row = generation.update().where(generation.c.number == number, generation.c.position == after)
    if connection.execute(row.values(position=to)).rowcount != 1:
        raise NotAgreed(
            f"Generation {number} of the read models does not stand at position {after}. Run 'recount rebuild'."
        )
