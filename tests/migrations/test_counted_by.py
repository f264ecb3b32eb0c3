"""Figures that were counted by other measures are never read: refused with what to do, counted anew by `migrate`."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.errors import DatabaseOfAnotherVersion
from domain.event_types import EVENT_TYPES
from domain.log.database import reading, writing
from domain.log.mapper import JsonMapper
from domain.measures import families, fingerprint
from domain.measures.families import FAMILIES, PARTS_A_FAMILY
from domain.measures.registry import measure_named
from projections.projector.rebuild import rebuild
from projections.store import generations, tables
from projections.store.generations import generation
from tests.unit.intake.files import row, write
from tests.web.conftest import KEYS, CommandLine
from web.app import create_app
from web.settings import DATABASE, Settings

NEW = [family for family in FAMILIES if family.number > families.JOURNEYS_ENDED.number]
FIGURE = ("figures", "--as-of", "2017-01-31", "--measure", "B.hepb")
SAID = "Run 'recount migrate'"


@pytest.fixture
def recount(database_url: str, tmp_path: Path) -> CommandLine:
    """One agency's January, in which three began treatment and two were offered a vaccination."""
    recount = CommandLine(tmp_path, {DATABASE: database_url, **KEYS})
    said = ({"HEPBSTAT": "A"}, {"HEPBVAC": "2"}, {})
    rows = [row(CLIENT=f"C{n}", SINITIAL=chr(65 + n)) | details for n, details in enumerate(said)]
    recount("submit", "--received-on", "2017-02-10", write(recount.folder, rows))
    return recount


@pytest.fixture
def engine(recount: CommandLine, new_engine: Callable[[str], sa.Engine]) -> sa.Engine:
    return new_engine(recount.settings[DATABASE])


@pytest.fixture
def before(recount: CommandLine, engine: sa.Engine) -> CommandLine:
    """The same, as the program before the new measures left it."""
    with writing(engine) as connection:
        connection.execute(tables.standing.delete().where(tables.standing.c.part >= NEW[0].number * PARTS_A_FAMILY))
        connection.execute(sa.text("ALTER TABLE generation DROP COLUMN counted_by"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0005'"))
    return recount


def numbers(recount: CommandLine) -> tuple[int, int]:
    (figure,) = recount.json(*FIGURE)["figures"]
    return figure["numerator"], figure["denominator"]


def said_by(recount: CommandLine, *command: str) -> str:
    return " ".join(recount(*command, code=1).stderr.split())


def test_what_an_earlier_program_left_is_refused_and_counted_anew(before: CommandLine) -> None:
    for command in (FIGURE, ("verify",), ("rebuild",), ("scorecard", "--as-of", "2017-01-31"), ("user", "--list")):
        assert "written by an earlier version" in said_by(before, *command)
    done = before.json("migrate")
    assert [step["version"] for step in done["steps"]] == ["0006", "0007", "0008", "0009"]
    assert done["rebuilt"]
    assert numbers(before) == (2, 3)
    assert before.json("verify", "--standpoints", "5")["holds"]
    assert before.json("migrate") == {"from": done["to"], "to": done["to"], "steps": [], "rebuilt": False}


def test_a_family_that_is_new_needs_no_new_table_to_be_noticed(
    recount: CommandLine, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables are the same; the program has a family more. Nothing answers, nothing is written, until `migrate`."""
    app = create_app(Settings.from_environment(recount.settings), TESTING=True)
    ready = app.test_client().get("/readyz").status_code
    with monkeypatch.context() as patched:
        patched.setattr(fingerprint, "FAMILIES", FAMILIES[: -len(NEW)])
        fingerprint.fingerprint.cache_clear()
        rebuild(engine, JsonMapper(EVENT_TYPES))
    fingerprint.fingerprint.cache_clear()
    for command in (FIGURE, ("verify",), ("rebuild",)):
        assert SAID in said_by(recount, *command)
    february = write(recount.folder, [row()], first="20170201", last="20170228")
    assert SAID in said_by(recount, "submit", "--received-on", "2017-03-10", february)
    assert (ready, app.test_client().get("/readyz").status_code) == (200, 503)
    app.extensions["recount"].close()
    with reading(engine) as connection, pytest.raises(DatabaseOfAnotherVersion, match="other measures"):
        generations.live(connection)
    done = recount.json("migrate")
    assert (done["steps"], done["rebuilt"]) == ([], True)
    assert numbers(recount) == (2, 3)


def test_a_migration_that_is_killed_leaves_what_was_there(before: CommandLine, engine: sa.Engine) -> None:
    """Killed with the new rows half made: the old ones are as they were, and still refused; the next call goes on."""
    stopping = (
        "import sys, time; from projections.projector import rebuild as r; "
        "r.insert_numbers = lambda *_: (print('now', flush=True), time.sleep(600)); "
        "from web.cli.main import main; main()"
    )
    environment = {**before.settings, "PYTHONPATH": str(Path(__file__).parents[2])}
    stored = rows_of(engine)
    command = [sys.executable, "-c", stopping, "migrate"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        said = running.stdout.readline()
        running.send_signal(signal.SIGKILL)
    assert (said, running.returncode) == ("now\n", -signal.SIGKILL)
    assert SAID in said_by(before, *FIGURE)
    assert rows_of(engine) == stored
    assert before.json("migrate")["rebuilt"]
    assert numbers(before) == (2, 3)
    assert before.json("verify", "--standpoints", "5")["holds"]


def rows_of(engine: sa.Engine) -> list[tuple[object, ...]]:
    """The standings that are live, whatever they were counted by."""
    t = tables.standing.c
    with reading(engine) as connection:
        number = connection.execute(sa.select(generation.c.number).where(generation.c.live)).scalar_one()
        rows = connection.execute(sa.select(tables.standing).where(t.generation == number).order_by(*t)).all()
    return [tuple(one) for one in rows]


def test_a_backup_that_was_counted_otherwise_is_put_back_counted_anew(
    recount: CommandLine, engine: sa.Engine, tmp_path: Path
) -> None:
    file = recount.folder / "x.backup"
    recount("token", "council tool", "--role", "commissioner")
    with writing(engine) as connection:
        connection.execute(generation.update().values(counted_by="by others"))
    if engine.dialect.name == "postgresql":
        assert SAID in said_by(recount, "backup", str(file))
        return
    recount("token", "council tool", "--role", "commissioner", code=1)
    recount("backup", file)
    other = CommandLine(tmp_path, recount.settings | {DATABASE: f"sqlite:///{tmp_path / 'other.db'}"})
    assert other.json("restore", file)["verification"]["holds"]
    assert numbers(other) == (2, 3)
    assert [one["name"] for one in other.json("token", "--list")["tokens"]] == ["council tool"]


def test_the_fingerprint_changes_with_what_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """And is the same from one process to the next."""
    code = "from domain.measures.fingerprint import fingerprint; print(fingerprint())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert said == fingerprint.fingerprint()
    found = {said}
    for name, value in (("FAMILIES", FAMILIES[1:]), ("COUNTED_ANEW", 0), ("IN_FORCE", fingerprint.IN_FORCE[1:])):
        with monkeypatch.context() as patched:
            patched.setattr(fingerprint, name, value)
            found.add(fingerprint.fingerprint.__wrapped__())
    assert len(found) == 4
    assert measure_named("B.hepb").family in NEW
