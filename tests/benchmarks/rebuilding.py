"""How long a rebuild of the read models takes, beside the bare read of the same events, and how it grows."""

from collections.abc import Iterator
from typing import Final

from domain.log.database import reading
from domain.log.reading import bare_read
from projections.rebuild import rebuild
from web.context import Context

from .growing import grow
from .ratios import Row, Timing, side_by_side
from .stage import staged

RUNS: Final = 5
COPIES: Final = 10


def rebuilds(context: Context) -> Iterator[Row]:
    """The archive of `context`, and the same ten times over."""
    reads, whole = _timed(context, RUNS)
    events = _read(context)
    yield Row(
        f"a rebuild of {events:,} events: standings, indexes, durable commit, the old generation dropped",
        whole,
        "select and decode of the same events",
        reads,
        at_most=12,
    )
    with staged() as larger:
        grow(context.register, larger.register, COPIES)
        reads_of_more, more = _timed(larger, 2)
        yield Row(
            f"a rebuild of {_read(larger):,} events",
            more,
            "select and decode of the same events",
            reads_of_more,
            at_most=12,
        )
    yield Row(f"{COPIES} times the events", more, "the rebuild of the events once", whole, at_most=11)


def _timed(context: Context, runs: int) -> tuple[Timing, Timing]:
    """The bare read, and the rebuild of a database that has been rebuilt before."""
    rebuild(context.engine, context.mapper)
    reads, whole = side_by_side(runs, lambda: _read(context), lambda: rebuild(context.engine, context.mapper))
    return reads, whole


def _read(context: Context) -> int:
    with reading(context.engine) as connection:
        return bare_read(connection, context.mapper)
