"""The clients of a log, folded and measured by processes beside this one.

This process reads the log, as its connection sees it, and writes the rows; the others need no database. Little is on
its way to them at any time, so that memory does not grow with the log.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing import connection as pipes
from multiprocessing import get_context, parent_process
from typing import Final, TypeVar

import pyarrow as pa
import sqlalchemy as sa

from domain.errors import WorkersUnavailable
from domain.log.collector import collector_paused
from projections.standings.folded import EVENTS, VERSIONS
from projections.standings.measured import measured
from projections.standings.packing import packed, unpacked

from .from_log import ClientSource, Folding, LogRead, Pieces, Rows, clients_of_log

AHEAD: Final = 1
"""Parts that lie ready beside those that are worked on: nobody has to wait for the next one."""

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Processes:
    """So many processes, which stand ready."""

    pool: ProcessPoolExecutor
    count: int

    def clients(self, connection: sa.Connection, log: LogRead) -> AbstractContextManager[ClientSource]:
        """What the log says, for as long as it is asked; raises as `clients_of_log`, and WorkersUnavailable."""
        return clients_of_log(log, _Beside(self, connection))

    def in_order(self, tasks: Iterable[tuple[Callable[..., Made], object]]) -> Iterator[Made]:
        """What the tasks come to; of those that nobody has asked for yet, not many are begun."""
        begun: deque[Future[Made]] = deque()
        try:
            for function, argument in tasks:
                begun.append(self.pool.submit(function, argument))
                if len(begun) > self.count + AHEAD:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        except BrokenProcessPool as error:
            raise WorkersUnavailable(
                "A process of the rebuild died, perhaps for want of memory. The stored tables are as they were. Try "
                "again with fewer --jobs."
            ) from error


@dataclass(frozen=True, slots=True)
class _Beside:
    """Processes for one log."""

    processes: Processes
    connection: sa.Connection

    def fold(self, folding: Folding, streams: Iterable[tuple[bytes, bytes]]) -> Iterator[Pieces]:
        """Some ranges at a time."""
        ranges = (_packed_rows(folding.rows(self.connection, its)) for its in streams)
        return self.processes.in_order((_Fold(folding), events) for events in ranges)

    def measure(self, parts: Iterable[list[bytes]]) -> Iterator[tuple[list[bytes], pa.Table]]:
        """Some parts at a time."""
        given: deque[list[bytes]] = deque()

        def tasks() -> Iterator[tuple[Callable[[list[bytes]], pa.Table], list[bytes]]]:
            for pieces in parts:
                given.append(pieces)
                yield _measure, pieces

        for standings in self.processes.in_order(tasks()):
            yield given.popleft(), standings


@dataclass(frozen=True, slots=True)
class _Fold:
    folding: Folding

    def __call__(self, events: bytes) -> Pieces:
        columns = (column.to_pylist() for column in unpacked([events], _EVENTS).itercolumns())
        with collector_paused():
            return self.folding.pieces(zip(*columns, strict=True))


_EVENTS: Final = pa.schema([EVENTS.field(name) for name in ("stream", "topic", "state")])


def _packed_rows(rows: Rows) -> bytes:
    """A tenth of the bytes that Python would send, in half the time."""
    columns = list(zip(*rows, strict=True)) or [()] * len(_EVENTS)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, _EVENTS, strict=True)]
    return packed(pa.table(arrays, schema=_EVENTS))


def _measure(pieces: list[bytes]) -> pa.Table:
    with collector_paused():
        return measured(unpacked(pieces, VERSIONS))


@contextmanager
def processes(count: int) -> Iterator[Processes]:
    """So many processes, for as long as they are needed."""
    # Forks of a process that has done nothing yet: this one may have threads, which do not stand it.
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_end_with_parent)
    try:
        yield Processes(pool, count)
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """A process that waits for work does not notice that nobody is left to give it any."""
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    if parent := parent_process():
        pipes.wait([parent.sentinel])
        os._exit(1)
