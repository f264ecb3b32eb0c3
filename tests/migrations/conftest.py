"""What the program of commit 691dc8d wrote, in each of the two databases, and its answers. See `make_old.py`."""

import json
import lzma
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from tests.web.conftest import CommandLine
from web.settings import DATABASE, STOP_LIST

OLD = Path(__file__).with_name("written_by_691dc8d")


def unpacked(name: str) -> bytes:
    return lzma.decompress((OLD / f"{name}.xz").read_bytes())


@pytest.fixture(scope="session")
def answers() -> dict[str, Any]:
    """What the old program said, by what it was asked."""
    found: dict[str, Any] = json.loads(unpacked("answers.json"))
    return found


@pytest.fixture
def to_be_filled(database_url: str, tmp_path: Path) -> CommandLine:
    """The command line of today on an empty database, with the old one's keys and stop-list."""
    stop_list = Path(shutil.copy(OLD / "recount.db.stop-list", tmp_path))
    keys = json.loads((OLD / "keys.json").read_text())
    return CommandLine(tmp_path, {DATABASE: database_url, STOP_LIST: str(stop_list), **keys})


@pytest.fixture
def old(to_be_filled: CommandLine) -> CommandLine:
    """The command line of today on the old database."""
    url = sa.make_url(to_be_filled.settings[DATABASE])
    if url.get_backend_name() == "sqlite":
        assert url.database
        Path(url.database).write_bytes(unpacked("recount.db"))
    else:
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain) as connection:
            connection.execute(unpacked("recount.sql"))
    return to_be_filled


@pytest.fixture
def old_engine(old: CommandLine, new_engine: Callable[[str], sa.Engine]) -> sa.Engine:
    return new_engine(old.settings[DATABASE])
