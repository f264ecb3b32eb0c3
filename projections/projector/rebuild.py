"""The read models anew from the log: beside the live ones, then switched over in one step.

A rebuild reads the log by stream, so that each episode is folded once, and then makes the rows of some clients after
the others (`from_log`). What is submitted meanwhile goes to the live generation and is caught up with before the
switch; readers keep the old generation to their end.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import sqlalchemy as sa

from domain.log.collector import collector_paused
from domain.log.database import insert_as_stored, insert_many, reading, refresh_statistics, writing
from domain.log.mapper import JsonMapper
from projections.standings.calculation import Standings
from projections.standings.calculation.arrays import by_number
from projections.standings.measured import standings_in
from projections.standings.slices import Slices
from projections.standings.stored import load_slices, save_slices
from projections.store import generations, tables
from projections.store.bulk import insert_numbers
from projections.store.submissions import contract_rows

from .comparison import Check, RowsCompared
from .from_log import Alone, ClientSource, EpisodesKnown, LogRead, SomeClients, clients_of_log, not_in_file
from .projector import following, submission_row

_FILLED: Final = (tables.submission, tables.contract, tables.episode, tables.erased, tables.standing)


Clients = Callable[[sa.Connection, LogRead], AbstractContextManager[ClientSource]]
"""Who makes the clients of a log, as the connection sees it."""


def in_this_process(connection: sa.Connection, log: LogRead) -> AbstractContextManager[ClientSource]:
    """One step after the other, here."""
    return clients_of_log(log, Alone(connection))


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The generation that is in use now, and what of the one before was not what the log says, if that was asked."""

    generation: int
    replaced: tuple[Check, ...] = ()


def rebuild(
    engine: sa.Engine, mapper: JsonMapper, *, compare: bool = False, clients: Clients = in_this_process
) -> Rebuilt:
    """Build the read models anew, and drop those that nobody reads any more. Arguments and errors as of `renew`."""
    rebuilt = renew(engine, mapper, compare=compare, clients=clients)
    generations.drop_others(engine)
    with generations.filling(engine) as connection:
        # Rows that went count until the server counts anew, and the new ones would be planned for as half of all.
        refresh_statistics(connection, _FILLED)
    return rebuilt


def renew(
    engine: sa.Engine, mapper: JsonMapper, *, compare: bool = False, clients: Clients = in_this_process
) -> Rebuilt:
    """Build a new generation of the read models and make it the live one. The old one is left behind.

    With `compare` the rows that it replaces are held against the log: what is made anew is not silently mended.

    Raises:
        LogCorrupt: an event cannot be read; the old generation stays live, here and below.
        WorkersUnavailable: Spark gave up.
        NotAgreed: another rebuild took over.
        DatabaseBusy, DatabaseFull, DatabaseUnavailable: as `reading` and `writing`.
    """
    number = generations.start(engine)
    with collector_paused():
        return Rebuilt(number, tuple(_build(engine, mapper, number, clients, compare=compare)))


def _build(engine: sa.Engine, mapper: JsonMapper, number: int, clients: Clients, *, compare: bool) -> list[Check]:
    """Fill generation `number` and make it the live one; the checks that found something in the one before."""
    with ExitStack() as snapshot, ExitStack() as aside:
        connection = snapshot.enter_context(reading(engine))
        log = LogRead.of(connection, mapper)
        source = aside.enter_context(clients(connection, log))
        compared = _compared(connection, log) if compare else None
        if compared is None:
            # A snapshot that is kept makes a writer's files grow.
            snapshot.close()
        fill(engine, number, source, compared.compare if compared else None)
        replaced = [check for check in compared.checks() if check.found] if compared else []
    put_in_use(engine, mapper, number, log.position)
    return replaced


def _compared(connection: sa.Connection, log: LogRead) -> RowsCompared | None:
    live = generations.live_if_any(connection)
    return None if live is None else RowsCompared(connection, live, log, load_slices(connection))


def fill(
    engine: sa.Engine, number: int, source: ClientSource, before: Callable[[SomeClients], None] | None = None
) -> None:
    """Write the rows of everybody into a generation that nobody reads yet; `before` sees of whom they are.

    Each batch is a transaction of its own, so that submissions need not wait for all of them.
    """
    log, filling = source.log, _Filling(engine, number, source.log)
    with generations.filling(engine) as connection:
        insert_many(connection, tables.submission, [submission_row(number, one) for one in log.submissions])
        insert_many(connection, tables.contract, list(contract_rows(number, log.submissions)))
        insert_many(connection, tables.erased, [(number, *row) for row in log.erased])
    for some in source.some_clients():
        if before:
            before(some)
        filling.add(some)
    with generations.filling(engine) as connection:
        # No reader meets the new generation before the server knows how large it is.
        refresh_statistics(connection, _FILLED)


def put_in_use(engine: sa.Engine, mapper: JsonMapper, number: int, position: int) -> None:
    """Add to a generation that was filled up to a position what came since, and make it the one that is read.

    Raises:
        NotAgreed: another rebuild took over.
    """
    with writing(engine) as connection:
        generations.finish(connection, number, position)
        generations.catch_up(connection, mapper, [following(mapper)], number)
        generations.switch(connection, number)


class _Filling:
    """Batches of clients into the tables of one generation; a further read model by client adds its rows in `add`."""

    def __init__(self, engine: sa.Engine, number: int, log: LogRead) -> None:
        self._engine, self._number = engine, number
        self._missing = not_in_file(log.submissions)
        self._slices = Slices()
        self._stored_as: Sequence[int] = ()

    def add(self, some: SomeClients) -> None:
        """The rows of these clients."""
        standings = self._numbered(standings_in(some.standings, self._slices))
        episodes = EpisodesKnown(some.versions, self._missing)
        with generations.filling(self._engine) as connection:
            _insert_episodes(connection, self._number, episodes)
            _insert_standings(connection, self._number, standings)

    def _numbered(self, standings: Standings) -> Standings:
        """With the numbers under which slices are stored; those that have none yet get the next ones."""
        if len(self._slices) > len(self._stored_as):
            # Not in the snapshot: a submission may have given the next numbers since.
            with writing(self._engine) as connection:
                stored = load_slices(connection)
                known = len(stored)
                self._stored_as = [stored.number(key) for key in self._slices]
                save_slices(connection, stored, known)
        return replace(standings, slice=np.array(self._stored_as, np.int64)[standings.slice])


def _insert_episodes(connection: sa.Connection, number: int, episodes: EpisodesKnown) -> None:
    if connection.dialect.name == "sqlite":
        insert_as_stored(connection, tables.episode, list(episodes.rows_of_sqlite(number)))
    else:
        insert_many(connection, tables.episode, list(episodes.rows(number)))


def _insert_standings(connection: sa.Connection, number: int, standings: Standings) -> None:
    """Client by client: so the index on them only grows at its end."""
    insert_numbers(connection, tables.standing, number, standings.columns(), by_number(standings.client))
