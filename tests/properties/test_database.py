"""Commits recorded in a database one by one leave what the whole log says at once, and what a rebuild makes."""

import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from domain.client import client_number
from domain.log.database import make_engine, reading, writing
from domain.log.mapper import JsonMapper
from domain.log.reading import read, records_by_stream
from domain.log.tables import create_all
from domain.log.tables import log as tables_of_log
from domain.periods import add_months
from domain.register import Register
from domain.standpoint import Standpoint
from projections.projector.from_log import FromLog, LogRead, clients_of_log
from projections.projector.rebuild import rebuild
from projections.projector.verify import verify
from projections.standings.calculation import COLUMNS, Standings
from projections.standings.engine import Standing
from projections.standings.folded import EVENTS, UNREAD, folded, folded_rows
from projections.standings.reference import ReferenceEngine
from projections.standings.reference_by_client import ClientsOfLog
from projections.standings.stored import load_slices, standings_from
from projections.store import generations, tables
from tests.conftest import Clock
from tests.generators import own_days, random_ledgers
from tests.histories import told
from tests.ledger import Ledger, a_register, record, standings_at_once
from tests.postgres_server import command

from .conftest import examples
from .test_standings import members_at

Rows = dict[str, Counter[tuple[Any, ...]]]

_schemas = itertools.count(1)


@contextmanager
def _sqlite() -> Iterator[sa.Engine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'recount.db'}")
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def _postgresql(url: sa.URL) -> Iterator[sa.Engine]:
    schema = f"property_{next(_schemas)}"
    command(url, f"CREATE SCHEMA {schema}")
    address = url.update_query_dict({"options": f"-csearch_path={schema}"})
    engine = make_engine(address.render_as_string(hide_password=False))
    try:
        yield engine
    finally:
        engine.dispose()
        command(url, f"DROP SCHEMA {schema} CASCADE")


def _register(engine: sa.Engine) -> Register:
    create_all(engine)
    return a_register(engine, Clock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC)))


def rows_of(engine: sa.Engine) -> Rows:
    """All rows of the live generation; standings with their slice instead of its number."""
    with reading(engine) as connection:
        generation = generations.live(connection)
        keys = list(load_slices(connection))
        rows: Rows = {}
        for table in (tables.submission, tables.episode, tables.standing):
            columns = [c for c in table.c if c.name != "generation"]
            found = connection.execute(sa.select(*columns).where(table.c.generation == generation))
            rows[table.name] = Counter(tuple(row) for row in found)
        rows[tables.standing.name] = _with_slices(rows[tables.standing.name].elements(), keys)
        return rows


def _check_by_client(engine: sa.Engine, register: Register, ledger: Ledger, points: list[Standpoint]) -> None:
    """Two clients at a time, read from the database, the reference engine names whom it names of all at once."""
    everybody: dict[Standpoint, Counter[Standing]] = {point: Counter() for point in points}
    with reading(engine) as connection:
        for among, replay in ClientsOfLog(connection, register.mapper).some_at_a_time(2):
            for point, members in replay.everything(points):
                assert all(member.client in among for member in members)
                everybody[point].update(members)
    replay_of_all = ReferenceEngine(ledger.recorded)
    for point in points[::5]:
        assert everybody[point] == Counter(replay_of_all.everything(point)), point


def _check_columns(engine: sa.Engine, mapper: JsonMapper) -> None:
    """Events as a table, in any order, with others among them, fold to what a cursor's rows fold to."""
    with reading(engine) as connection:
        log = LogRead.of(connection, mapper)
        in_order = list(records_by_stream(connection, bytes(16), b"\xff" * 16, log.position, UNREAD))
        columns = (tables_of_log.c[name] for name in ("originator_id", "originator_version", "topic", "state"))
        whole = connection.execute(sa.select(*columns).where(tables_of_log.c.state.is_not(None))).all()
    rows = [dict(zip(EVENTS.names, (row[0].bytes, *row[1:]), strict=True)) for row in reversed(whole)]
    events = pa.Table.from_pylist(rows, schema=EVENTS)
    assert folded(events, log.positions).equals(folded_rows(in_order, log.positions))


def _with_slices(rows: Iterator[tuple[Any, ...]], keys: list[Any]) -> Counter[tuple[Any, ...]]:
    at = COLUMNS.index("slice")
    return Counter((*row[:at], keys[row[at]], *row[at + 1 :]) for row in rows)


def standings_in(engine: sa.Engine) -> tuple[Standings, list[Any]]:
    with reading(engine) as connection:
        query = sa.select(*(tables.standing.c[name] for name in COLUMNS))
        live = tables.standing.c.generation == generations.live(connection)
        rows = [tuple(row) for row in connection.execute(query.where(live))]
        return standings_from(rows), list(load_slices(connection))


def check(engine: sa.Engine, ledger: Ledger) -> None:
    """Record a ledger commit by commit, and hold what is stored to the log, the reference engine and a rebuild."""
    register = _register(engine)
    days = sorted({day for own in own_days(ledger)[::4] for day in (own, add_months(own, 6), add_months(own, 12))})
    as_known: dict[int, list[Counter[Standing]]] = {}
    for commit, received in zip(ledger.commits, ledger.received, strict=True):
        record(register, [commit])
        as_known[received.position] = _everything(engine, days, received.position)
    with reading(engine) as connection:
        recorded = [(r.position, r.event) for r in read(connection, register.mapper, 0)]
    assert recorded == [(r.position, r.event) for r in ledger.recorded]
    _check_knowledge_stays(engine, ledger, days, as_known)
    _check_rows(engine, register, ledger)
    _check_by_client(engine, register, ledger, [Standpoint(day, None, at) for day in days[::3] for at in as_known])
    _check_columns(engine, register.mapper)
    verification = verify(engine, register.mapper, standpoints=6)
    assert [check for check in verification.checks if check.found] == []


def _everything(engine: sa.Engine, days: list[date], position: int) -> list[Counter[Standing]]:
    standings, keys = standings_in(engine)
    return [members_at(standings, keys, Standpoint(day, None, position)) for day in days]


def _check_knowledge_stays(
    engine: sa.Engine, ledger: Ledger, days: list[date], as_known: dict[int, list[Counter[Standing]]]
) -> None:
    """Later knowledge never changes what was known, except of erased persons."""
    erased = {client_number(client) for commit in ledger.commits if commit.erased for client in commit.erased_clients}
    for position, then in as_known.items():
        for before, after in zip(then, _everything(engine, days, position), strict=True):
            assert _without(before, erased) == _without(after, erased)


def _without(members: Counter[Standing], clients: set[int]) -> Counter[Standing]:
    return Counter({member: count for member, count in members.items() if member.client not in clients})


def _check_rows(engine: sa.Engine, register: Register, ledger: Ledger) -> None:
    """What was written as it came is what the log says at once, and what a rebuild makes."""
    as_it_came = rows_of(engine)
    standings, slices = standings_at_once(ledger)
    assert as_it_came["standing"] == _with_slices(standings.rows(), list(slices))
    rebuild(engine, register.mapper)
    assert rows_of(engine) == as_it_came


@examples(50)
@given(random_ledgers(most=10))
def test_on_sqlite(ledger: Ledger) -> None:
    with _sqlite() as engine:
        check(engine, ledger)


@pytest.mark.postgres
@examples(12)
@given(ledger=random_ledgers(most=8))
def test_on_postgresql(postgresql_url: sa.URL, ledger: Ledger) -> None:
    with _postgresql(postgresql_url) as engine:
        check(engine, ledger)


@examples(15)
@given(random_ledgers(most=8), st.integers(0, 8))
def test_a_rebuild_in_the_middle_changes_nothing(ledger: Ledger, after: int) -> None:
    """Commits that follow a rebuild find the rows that they would have found without it."""
    with _sqlite() as engine:
        register = _register(engine)
        record(register, ledger.commits[:after])
        rebuild(engine, register.mapper)
        record(register, ledger.commits[after:])
        standings, slices = standings_at_once(ledger)
        assert rows_of(engine)["standing"] == _with_slices(standings.rows(), list(slices))


def test_slices_numbered_while_a_rebuild_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rebuild that meets new slices does not give them the numbers that a submission took meanwhile."""
    history = """
        client | event   | occurred_on | known_on   | detail
        Ann    | started | 2016-09-01  | 2016-10-12 | opiate area=Hereford
        Bob    | started | 2016-09-01  | 2016-11-12 | opiate area=Ross
    """
    ledger = told(history).ledger
    with _sqlite() as engine:
        register = _register(engine)
        record(register, ledger.commits[:1])
        with writing(engine) as connection:
            connection.execute(tables.slice_of.delete())

        @contextmanager
        def read_and_be_overtaken(*args: Any) -> Iterator[FromLog]:
            with clients_of_log(*args) as source:
                record(register, ledger.commits[1:])
                yield source

        monkeypatch.setattr("projections.projector.rebuild.clients_of_log", read_and_be_overtaken)
        rebuild(engine, register.mapper)
        standings, slices = standings_at_once(ledger)
        assert rows_of(engine)["standing"] == _with_slices(standings.rows(), list(slices))
