"""Whatever the umask, and whoever made them: nobody else on the machine may open a file of ours."""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.intake.files import AGENCY, row, write

from .service import Service
from .serving import a_token, serving


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def wide_open(service: Service) -> Iterator[Service]:
    """A service on a machine that lets everybody do everything with what is made, with keys that it makes itself."""
    before = os.umask(0)
    yield replace(service, address=f"sqlite:///{service.folder / 'data' / 'recount.db'}", environment={})
    os.umask(before)


def modes(folder: Path) -> Mapping[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def test_every_file_is_for_its_owner_alone(wide_open: Service) -> None:
    folder = wide_open.file.parent
    file = write(wide_open.folder, [row(), row(CLIENT="C2")])
    wide_open.does("submit", str(file), "--received-on", "2017-02-10")
    wide_open.does("erase", AGENCY, "C2", "--reason", "asked for it")
    wide_open.does("backup", str(folder / "x.backup"))
    with serving(wide_open, a_token(wide_open), "--workers", "1") as running, running.session() as session:
        running.ask(session, "/figures", as_of="2017-01-31", measure="4.0")
        made = modes(folder)
    suffixes = ("", "-wal", ".turn", ".access", ".access-wal", ".access.turn", ".client-key", ".stop-list", ".port")
    assert set(made) >= {f"recount.db{suffix}" for suffix in suffixes} | {"x.backup"}
    assert set(made.values()) == {0o600}, made
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    # What an earlier version made, or a copy, is mended by the next command.
    for path in folder.glob("recount.db*"):
        path.chmod(0o644)
    wide_open.does("public-key")
    assert set(modes(folder).values()) == {0o600}, modes(folder)
