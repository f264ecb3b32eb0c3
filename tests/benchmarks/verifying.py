"""How long `recount verify` takes, beside the bare read of the same events, how it grows, and what memory it takes.

Measured is the command as an operator runs it, in a process of its own, with all that it checks.
"""

from collections.abc import Iterator
from typing import Final

from projections.projector.rebuild import rebuild
from web.services import Services

from .growing import grow
from .memory import peak_of
from .ratios import Row, Timing, in_mebibytes
from .rebuilding import read_timed
from .stage import staged

COPIES: Final = 4
MOST_TIMES: Final = 125
"""So many times the bare read are 15 seconds where 60,000 events are read in 120 ms, and 60 where four times as many
are.
"""
EXPONENT: Final = 1.05
"""The time may grow with this power of the number of events."""
MOST_MEMORY: Final = 4
"""Four times the events may take at most so many times the memory. Rows are made anew, compared and
counted again some clients at a time.
"""


def verifications(services: Services) -> Iterator[Row]:
    """The archive of `services`, and the same four times over."""
    once = _Verified(services)
    yield from once.rows()
    with staged() as larger:
        grow(services, larger, COPIES)
        rebuild(larger.engine, larger.mapper)
        more = _Verified(larger)
        yield from more.rows()
    at_most = round(COPIES**EXPONENT, 1)
    yield Row(f"verifying {COPIES} times the events", more.seconds, "the events once", once.seconds, at_most=at_most)
    yield Row(
        f"memory of verifying {COPIES} times the events, over that of a command that does nothing",
        more.memory,
        "the events once",
        once.memory,
        at_most=MOST_MEMORY,
        words=in_mebibytes,
    )


class _Verified:
    """The time and the memory of a verification, and the time of the bare read in the same surroundings."""

    def __init__(self, services: Services) -> None:
        self.events, self.reading = read_timed(services)
        idle = peak_of(services, "public-key")
        self.seconds, self.memory = Timing(), Timing()
        self.memory.seconds.append(self.seconds.run(lambda: peak_of(services, "verify")) - idle)

    def rows(self) -> Iterator[Row]:
        """The line of the table."""
        what = f"'recount verify' of {self.events:,} events: log, read models, 40 standpoints counted again"
        yield Row(what, self.seconds, "select and decode of the same events", self.reading, at_most=MOST_TIMES)
