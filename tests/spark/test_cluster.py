"""A rebuild on a real cluster of two workers, one of which is killed: row for row what one machine makes."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from domain.log.database import reading
from projections.store import generations, tables
from tests.faults.service import Service, ended, said, wait_until

CLUSTER = "local-cluster[2,1,1024]"
"""Two workers in processes of their own, a core and 1 GiB each."""
FILLED = (tables.submission, tables.contract, tables.episode, tables.erased, tables.standing, tables.slice_of)

Rows = dict[str, Counter[tuple[Any, ...]]]


@pytest.fixture
def service(database_url: str, new_engine: Callable[..., sa.Engine], tmp_path: Path) -> Service:
    """The demonstration, in which one person was erased."""
    at_rest = Service(database_url, new_engine(database_url), tmp_path)
    service = at_rest.under(RECOUNT_STOP_LIST=str(tmp_path / "stop-list"))
    service.does("demo")
    with reading(service.engine) as connection:
        agency, client = connection.execute(
            sa.select(tables.episode.c.agency, tables.episode.c.client_reference).order_by(tables.episode.c.client)
        ).first()  # type: ignore[misc]
    service.does("erase", agency, client, "--reason", "asked for it")
    return service


def rows(engine: sa.Engine) -> tuple[int, Rows]:
    """The live generation, and all that its tables say."""
    with reading(engine) as connection:
        live = generations.live(connection)
        return live, {table.name: Counter(map(tuple, connection.execute(said(table, live)))) for table in FILLED}


def workers_of(process: int) -> list[int]:
    """The processes in which Spark's executors run that this process started."""
    parents, commands = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            commands[int(folder.name)] = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it ended just now
            continue

    def is_below(one: int) -> bool:
        return one == process or (one in parents and is_below(parents[one]))

    def is_executor(words: list[bytes]) -> bool:
        return b"org.apache.spark.executor.CoarseGrainedExecutorBackend" in words and words[0].endswith(b"java")

    return [one for one, words in sorted(commands.items()) if is_executor(words) and is_below(one)]


def test_a_worker_dies_midway_and_the_rows_are_those_of_one_machine(service: Service, tmp_path: Path) -> None:
    service.does("rebuild")
    before, of_one_machine = rows(service.engine)
    assert len({row[0] for row in of_one_machine["episode"]}) < of_one_machine["episode"].total()  # some changed client
    assert of_one_machine["erased"]
    folder = tmp_path / "shared"
    folder.mkdir()

    rebuilding = service.start("rebuild", "--spark", CLUSTER, "--folder", str(folder), "--json")
    # The streams are folded, on both workers, and the first parts of clients are being written: half of the way.
    wait_until(
        lambda: any(folder.glob("*/versions/_temporary/0/_temporary/attempt_*")) or rebuilding.poll() is not None
    )
    both = workers_of(rebuilding.pid)
    assert len(both) == 2
    os.kill(both[0], signal.SIGKILL)

    result = ended(rebuilding)
    assert result.code == 0, result.error
    assert "Lost executor" in result.error
    assert "at fault" not in result.error
    generation, of_spark = rows(service.engine)
    assert generation > before
    assert of_spark == of_one_machine
    assert list(folder.iterdir()) == []
    service.does("verify", "--standpoints", "2")


def test_where_spark_gives_up_the_tables_in_use_stay(service: Service, tmp_path: Path) -> None:
    before = rows(service.engine)
    (tmp_path / "python").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python").chmod(0o755)
    broken = service.under(PYSPARK_PYTHON=str(tmp_path / "python"))
    assert "Spark gave up" in broken.run("rebuild", "--spark", CLUSTER).error
    assert rows(service.engine) == before
    service.does("rebuild")


def test_without_java_one_sentence_says_what_to_install(tmp_path: Path, new_engine: Callable[..., sa.Engine]) -> None:
    address = f"sqlite:///{tmp_path / 'recount.db'}"
    service = Service(address, new_engine(address), tmp_path)
    service.does("rebuild")
    before = rows(service.engine)
    assert "openjdk-17-jre-headless" in service.under(JAVA_HOME=str(tmp_path)).fails("rebuild", "--spark", CLUSTER)
    assert rows(service.engine) == before
