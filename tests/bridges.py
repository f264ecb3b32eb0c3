"""Walks between two figures of a history, or of a drawn ledger, over a real database."""

import functools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from domain.client import client_number
from domain.definition import definition_in_force, definition_named
from domain.log.database import make_engine, reading
from domain.log.tables import create_all
from domain.measures.registry import measure_named
from domain.register import Register
from projections.explain.bridge import Bridge, Station, bridge
from projections.standings.slices import Slice
from projections.store.submissions import Submissions
from tests.conftest import Clock
from tests.histories import BORN, CLIENT_KEY, rows_of, told
from tests.ledger import Ledger, a_register, record

MOMENT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@contextmanager
def recorded_in_sqlite(ledger: Ledger) -> Iterator[Register]:
    """A ledger recorded commit by commit in a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'recount.db'}")
        try:
            create_all(engine)
            register = a_register(engine, Clock(MOMENT))
            record(register, ledger.commits)
            yield register
        finally:
            engine.dispose()


def ask(
    submissions: Submissions,
    as_of: str,
    known_at: str | int | None = None,
    definition: str | None = None,
    **where: object,
) -> Station:
    """One end of a walk, as a test writes it."""
    day = date.fromisoformat(as_of)
    known = date.fromisoformat(known_at) if isinstance(known_at, str) else known_at
    variant = definition_named(definition) if definition else None
    in_force = variant is None or variant == definition_in_force(day)
    part = Slice(**where)  # type: ignore[arg-type]
    return Station(submissions.standpoint(day, known), part, None if in_force else variant)


def walk(history: str, measure: str, start: dict[str, object], end: dict[str, object]) -> Bridge:
    """The walk between two figures of a history."""
    ledger = told(history).ledger
    with recorded_in_sqlite(ledger) as register, reading(register.engine) as connection:
        first, last = (ask(ledger.submissions, **station) for station in (start, start | end))  # type: ignore[arg-type]
        return bridge(connection, register.mapper, measure_named(measure), first, last)


@functools.cache
def names_of(history: str) -> dict[int, str]:
    """The people of a history by their client number."""
    return {client_number(CLIENT_KEY.client(row.client, BORN, "F")): row.client for row in rows_of(history)}
