"""Months of files, what a database says after each of them when nothing goes wrong, and services to break."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from domain.log.database import make_engine
from tests import conftest
from tests.postgres_server import command

from .disk import Disk, small_disk
from .files import Month, write_months
from .server import a_server
from .service import KILLS, Rows, Service, work_of

_schemas = itertools.count(1)
COUNTS = pytest.StashKey[dict[tuple[str, str], Counter[str]]]()
"""By kind of kill and database, how often each outcome came."""


@pytest.fixture
def counted(pytestconfig: pytest.Config) -> Callable[[str, Counter[tuple[str, str]]], None]:
    """Adds outcomes to those that are printed at the end of a long run."""

    def add(database: str, outcomes: Counter[tuple[str, str]]) -> None:
        counts = pytestconfig.stash.setdefault(COUNTS, {})
        for (kind, outcome), count in outcomes.items():
            counts.setdefault((kind, database), Counter())[outcome] += count

    return add


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print what the kills of a long run came to."""
    counts = config.stash.get(COUNTS, {})
    if not KILLS or not counts:
        return
    terminalreporter.section("killed with kill -9")
    for (kind, database), outcomes in sorted(counts.items()):
        words = ", ".join(f"{outcome} {count}" for outcome, count in sorted(outcomes.items()))
        terminalreporter.line(f"{kind:<34} {database:<11} {outcomes.total():>4}: {words}")
    terminalreporter.line(f"{sum(c.total() for c in counts.values())} kills; after each of them everything agreed.")


@pytest.fixture(scope="session")
def own_server() -> Iterator[Any]:
    """A PostgreSQL server to kill, which the rest of the suite does not use."""
    with a_server() as server:
        yield server


class Undisturbed:
    """A run in which nothing goes wrong, on SQLite: what other databases must come to say, and the work that it takes.

    `starting` is the work of a process that has nothing to do, `submitting` and `rebuilding` from its start to its end;
    in seconds of a processor.
    """

    def __init__(self, service: Service, months: list[Month]) -> None:
        self.service, self.months = service, months
        self._rows: list[Rows] = []
        self.after(1)
        self.submitting = work_of(lambda: self.after(2))
        self.starting = work_of(lambda: service.does(*months[1].submit))
        self.rebuilding = work_of(lambda: service.does("rebuild"))

    def after(self, count: int) -> Rows:
        """What the database says when so many months are taken in."""
        while len(self._rows) < count:
            self.service.does(*self.months[len(self._rows)].submit)
            self._rows.append(self.service.rows())
        return self._rows[count - 1]


@pytest.fixture(scope="session")
def months(tmp_path_factory: pytest.TempPathFactory) -> list[Month]:
    return write_months(tmp_path_factory.mktemp("months"))


@pytest.fixture(scope="session")
def undisturbed(months: list[Month], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    folder = tmp_path_factory.mktemp("undisturbed")
    address = f"sqlite:///{folder / 'recount.db'}"
    engine = make_engine(address)
    yield Undisturbed(Service(address, engine, folder), months)
    engine.dispose()


@pytest.fixture
def new_service(
    request: pytest.FixtureRequest, tmp_path: Path, new_engine: Callable[..., sa.Engine]
) -> Iterator[Callable[[str], Service]]:
    """Makes services over an empty database each, `sqlite` or `postgresql`."""

    services: list[Service] = []

    def make(backend: str) -> Service:
        number = next(_schemas)
        folder = tmp_path / f"service-{number}"
        folder.mkdir()
        if backend == "sqlite":
            address = f"sqlite:///{folder / 'recount.db'}"
        else:
            address = a_schema(request.getfixturevalue("postgresql_url"), f"faults_{number}")
        services.append(Service(address, new_engine(address), folder))
        return services[-1]

    yield make
    for service in services:
        service.close()


def a_schema(url: sa.URL, schema: str) -> str:
    """The address of a new schema in a database of a server."""
    command(url, f"CREATE SCHEMA {schema}")
    return url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)


@pytest.fixture(params=conftest.BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def service(backend: str, new_service: Callable[[str], Service]) -> Service:
    """A service over an empty database, on each of the two kinds."""
    return new_service(backend)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A small disk of the test's own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with small_disk(folder, megabytes=24) as disk:
        if disk is None:
            pytest.skip("no disk can be mounted here: neither root nor user namespaces")
        yield disk


@pytest.fixture
def service_on(new_engine: Callable[..., sa.Engine], tmp_path: Path) -> Iterator[Callable[[Disk], Service]]:
    """Makes a service whose SQLite database lies on a small disk, where only its processes find it."""
    services: list[Service] = []

    def make(disk: Disk) -> Service:
        address = f"sqlite:///{disk.folder / 'recount.db'}"
        services.append(Service(address, new_engine(address), tmp_path, disk.prefix))
        return services[-1]

    yield make
    for service in services:
        service.close()
