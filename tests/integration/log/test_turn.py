"""Writers to a SQLite file are served in the order in which they came, and nobody depends on it."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa

from domain.errors import DatabaseBusy
from domain.log.database import writing
from domain.log.turn import BESIDE, turn

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HELD = 0.25
"""Seconds for which each has the turn: longer than a writer of SQLite's own queue sleeps between two attempts."""


@on_sqlite
def test_who_came_first_writes_first(engine: sa.Engine) -> None:
    order: list[int] = []

    def write(number: int) -> None:
        with writing(engine):
            order.append(number)
            time.sleep(HELD)

    threads = [Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
        time.sleep(HELD / 10)
    for thread in threads:
        thread.join()
    assert order == list(range(6))


@on_sqlite
def test_who_dies_gives_the_turn_on(engine: sa.Engine, database_url: str) -> None:
    code = (
        "import sys, time; from domain.log.database import make_engine, writing\n"
        "with writing(make_engine(sys.argv[1])): print('mine', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-W", "ignore", "-c", code, database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "mine\n"
        process.kill()
    with writing(engine):
        pass


@on_sqlite
def test_who_gives_up_keeps_nobody_waiting(
    engine: sa.Engine, database_url: str, new_engine: Callable[..., sa.Engine]
) -> None:
    with writing(engine), pytest.raises(DatabaseBusy), writing(new_engine(database_url, wait=0)):
        pass
    with writing(new_engine(database_url, wait=5)):
        pass


def test_who_cannot_queue_writes_all_the_same(tmp_path: Path) -> None:
    (tmp_path / f"its{BESIDE}").mkdir()
    with turn(str(tmp_path / "its"), wait=0), turn(str(tmp_path / "nowhere" / "its"), wait=0):
        pass
