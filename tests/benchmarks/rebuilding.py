"""How long a rebuild of the read models takes, beside the bare read of the same events, and how it grows."""

from collections.abc import Iterator
from typing import Final

from domain.log.database import reading
from domain.log.reading import bare_read
from projections.projector.rebuild import rebuild, renew
from projections.store import generations
from web.services import Services

from .growing import grow
from .ratios import Row, Timing, side_by_side
from .stage import staged

RUNS: Final = 5
RUNS_OF_MORE: Final = 3
READS: Final = 8
"""Bare reads that are timed together: about as long as a rebuild, so that a quiet moment favours neither."""
COPIES: Final = 10


def rebuilds(services: Services) -> Iterator[Row]:
    """The archive of `context`, and the same ten times over."""
    once = _Timed(services, RUNS)
    yield from once.rows()
    with staged() as larger:
        grow(services, larger, COPIES)
        more = _Timed(larger, RUNS_OF_MORE)
        yield from more.rows()
    yield Row(f"{COPIES} times the events", more.renewing, "the events once", once.renewing, at_most=11)


class _Timed:
    """The bare read, a rebuild until its rows are those that are read, and the dropping of the rows before them."""

    def __init__(self, services: Services, runs: int) -> None:
        engine, mapper = services.engine, services.mapper
        rebuild(engine, mapper)  # so that each one that is timed finds what the one before it left
        self.events = _read(services)
        reads, self.renewing, self.dropping = side_by_side(
            runs,
            lambda: [_read(services) for _ in range(READS)],
            lambda: renew(engine, mapper),
            lambda: generations.drop_others(engine),
        )
        self.reading = reads.times(1 / READS)

    def rows(self) -> Iterator[Row]:
        """The lines of the table."""
        against = "select and decode of the same events"
        what = f"a rebuild of {self.events:,} events: standings, indexes, durable commit"
        yield Row(what, self.renewing, against, self.reading, at_most=12)
        whole = Timing([sum(pair) for pair in zip(self.renewing.seconds, self.dropping.seconds, strict=True)])
        yield Row("the same, with the rows dropped that nobody reads any more", whole, against, self.reading)


def read_timed(services: Services) -> tuple[int, Timing]:
    """How many events a log has, and how long the bare read of them takes."""
    timing = Timing()
    events = [timing.run(lambda: _read(services)) for _ in range(READS)]
    return events[0], timing


def _read(services: Services) -> int:
    with reading(services.engine) as connection:
        return bare_read(connection, services.mapper)
