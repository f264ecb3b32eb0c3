"""`figure_of`: what a measure says of a history, by the reference engine and by what is stored."""

import itertools
from collections.abc import Callable
from datetime import date

import pytest

from domain.definition import definition_named
from domain.log.database import make_engine
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice
from tests.histories import Answer, Question, engine_in_memory, engine_on_sqlite, engine_over, told
from tests.postgres_server import command

FigureOf = Callable[..., Answer]

_schemas = itertools.count(1)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every spec test runs on both engines; those of a module that says `ON_BOTH_DATABASES` also on PostgreSQL."""
    if "engine_name" not in metafunc.fixturenames:
        return
    engines = [pytest.param("reference"), pytest.param("stored")]
    if getattr(metafunc.module, "ON_BOTH_DATABASES", False):
        engines.append(pytest.param("stored on PostgreSQL", marks=pytest.mark.postgres))
    metafunc.parametrize("engine_name", engines)


@pytest.fixture
def figure_of(request: pytest.FixtureRequest, engine_name: str) -> FigureOf:
    """`figure_of(history, measure="4.0", as_of="2017-07-31", known_at=..., area=..., agency=..., definition=...)`."""

    def ask(
        history: str,
        measure: str = "4.0",
        as_of: str = "2017-07-31",
        known_at: str | int | None = None,
        definition: str | None = None,
        **where: object,
    ) -> Answer:
        day = date.fromisoformat(known_at) if isinstance(known_at, str) else known_at
        snapshot = Question(measure, date.fromisoformat(as_of), day, Slice(**where))  # type: ignore[arg-type]
        variant = definition_named(definition) if definition else None
        if engine_name == "reference":
            return told(history).reference(snapshot, variant)
        if variant:
            return told(history).stored(engine_in_memory(history, variant), snapshot)
        if engine_name == "stored":
            return told(history).stored(engine_on_sqlite(history), snapshot)
        return told(history).stored(_on_postgresql(request, history), snapshot)

    return ask


def _on_postgresql(request: pytest.FixtureRequest, history: str) -> StandingsEngine:
    url = request.getfixturevalue("postgresql_url")
    schema = f"spec_{next(_schemas)}"
    command(url, f"CREATE SCHEMA {schema}")
    address = url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    engine = make_engine(address)
    try:
        return engine_over(engine, history)
    finally:
        engine.dispose()
