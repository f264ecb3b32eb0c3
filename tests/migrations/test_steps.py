"""The way from version to version: by scripts that are only for these tests, on what the old program wrote."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from domain.errors import DatabaseOfAnotherVersion, MigrationFailed
from domain.event_types import EVENT_TYPES
from domain.log.database import access_engine, make_engine, reading, writing
from domain.log.guards import guard_faults
from domain.log.mapper import JsonMapper
from domain.log.tables import access_metadata, metadata
from projections.projector.verify import verify
from projections.store import generations
from projections.store.migrations import version as versions
from projections.store.migrations.upgrade import READ_MODELS, take_steps, upgrade
from projections.store.migrations.version import PROGRAM, History, open_or_make, version_of
from tests.unit.intake.files import row, write
from tests.web.conftest import KEYS, CommandLine
from web.commands.administration.migrate import upgrade_and_rebuild
from web.settings import DATABASE
from web.tables import all_tables

SCRIPTS = Path(versions.__file__).parent
MAPPER = JsonMapper(EVENT_TYPES)

GROWS = """
def upgrade():
    op.add_column("agency_name", sa.Column("telephone", sa.Text(), nullable=False, server_default=""))
    op.create_table("shoe_size", sa.Column("agency", sa.Text(), primary_key=True), sa.Column("size", sa.Integer()))
    op.execute("INSERT INTO shoe_size (agency, size) SELECT code, 44 FROM agency_name")
"""
FAILS = GROWS + '    op.execute("INSERT INTO no_such_table VALUES (1)")\n'
ANEW = """
from projections.store.migrations.upgrade import drop_read_models
def upgrade():
    drop_read_models(op.get_bind())
"""


@pytest.fixture
def then(tmp_path: Path) -> Callable[[str], History]:
    """Gives the program's history with one more step, which does what is said."""

    def history(step: str, number: str = "9001") -> History:
        folder = tmp_path / f"later-{number}"
        folder.mkdir(exist_ok=True)
        head = f'"""Shoes."""\nimport sqlalchemy as sa\nfrom alembic import op\nrevision = "{number}"\n'
        (folder / f"v{number}.py").write_text(f'{head}down_revision = "{PROGRAM.newest}"\n{step}')
        return History((*PROGRAM.versions, number), (*PROGRAM.folders, folder))

    return history


def names(engine: sa.Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names())


def columns(engine: sa.Engine, table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(engine).get_columns(table)}


def version(engine: sa.Engine) -> str | None:
    with reading(engine) as connection:
        return version_of(connection)


def test_the_versions_that_the_program_knows_are_those_of_its_scripts() -> None:
    scripts = ScriptDirectory(SCRIPTS, version_locations=PROGRAM.folders)
    assert tuple(script.revision for script in reversed([*scripts.walk_revisions()])) == PROGRAM.versions
    assert all(script.doc for script in scripts.walk_revisions())


def test_what_was_brought_up_to_date_has_the_tables_of_a_new_database(old_engine: sa.Engine) -> None:
    """A change to a table that lasts, without a script that makes it in older databases, shows here."""
    assert len(all_tables()) == len(metadata.tables) + len(access_metadata.tables)
    upgrade(old_engine)
    assert differences(old_engine) == []
    with reading(old_engine) as connection:
        assert list(guard_faults(connection)) == []


def test_the_steps_from_nothing_make_the_tables_that_last(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        metadata.drop_all(connection)
        if engine.dialect.name == "postgresql":
            access_metadata.drop_all(connection)
            connection.exec_driver_sql("DROP FUNCTION log_only_grows, log_only_erases")
        take_steps(connection)
        metadata.create_all(connection, READ_MODELS)
    assert differences(engine) == []
    with reading(engine) as connection:
        assert list(guard_faults(connection)) == []
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO signed_head (size, root, recorded_at, key, signature) VALUES (1, 'x', '2017-01-01', 'x', 'x')"
        )
    with pytest.raises(sa.exc.DBAPIError, match="only grows"), engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM signed_head")


def differences(engine: sa.Engine) -> list[Any]:
    """In the database of the log and in that of access, which on PostgreSQL are one."""
    if engine.dialect.name == "postgresql":
        return compared(engine, metadata, access_metadata)
    beside = access_engine(engine)
    found = compared(engine, metadata) + compared(beside, access_metadata)
    beside.dispose()
    return found


def compared(engine: sa.Engine, *of: sa.MetaData) -> list[Any]:
    with engine.connect() as connection:
        found: list[Any] = compare_metadata(MigrationContext.configure(connection), list(of))  # type: ignore[arg-type]
    return found


def test_a_step_changes_tables_in_place(old_engine: sa.Engine, then: Callable[[str], History]) -> None:
    done = upgrade(old_engine, then(GROWS))
    assert [(step.version, step.change) for step in done.steps][-1] == ("9001", "Shoes.")
    assert "telephone" in columns(old_engine, "agency_name")
    with reading(old_engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM shoe_size").scalar() == 1
    with pytest.raises(DatabaseOfAnotherVersion, match="newer version"):
        open_or_make(old_engine)
    with pytest.raises(DatabaseOfAnotherVersion, match="newer version"):
        upgrade(old_engine)


def test_a_step_that_fails_leaves_nothing(old_engine: sa.Engine, then: Callable[[str], History]) -> None:
    """Not even of the steps before it."""
    before = names(old_engine)
    with pytest.raises(MigrationFailed, match="nothing in it was changed"):
        upgrade(old_engine, then(FAILS))
    assert names(old_engine) == before
    assert "telephone" not in columns(old_engine, "agency_name")
    assert version(old_engine) == versions.BEFORE_VERSIONS
    upgrade(old_engine, then(GROWS, "9002"))
    assert version(old_engine) == "9002"


def test_read_models_are_made_anew(old_engine: sa.Engine, then: Callable[[str], History]) -> None:
    with reading(old_engine) as connection:
        numbers = connection.execute(sa.select(generations.generation.c.number)).scalars().all()
    assert upgrade_and_rebuild(old_engine, MAPPER, then(ANEW)).needs_rebuild
    with reading(old_engine) as connection:
        assert generations.live(connection) > max(numbers)
    assert verify(old_engine, MAPPER, 5).holds


def test_a_rebuild_that_was_cut_short_is_made_up_for(
    old_engine: sa.Engine, then: Callable[[str], History], monkeypatch: pytest.MonkeyPatch
) -> None:
    from web.commands.administration import migrate as migrations

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    history = then(ANEW)
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "rebuild", killed)
        with pytest.raises(KeyboardInterrupt):
            upgrade_and_rebuild(old_engine, MAPPER, history)
    done = upgrade_and_rebuild(old_engine, MAPPER, history)
    assert (done.steps, done.needs_rebuild) == ([], True)
    assert verify(old_engine, MAPPER, 5).holds


def test_what_an_even_older_program_did_not_have_is_made(old: CommandLine, old_engine: sa.Engine) -> None:
    with old_engine.begin() as connection:
        for table in ("verification", "agency_name", "erased"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    assert old.json("migrate")["rebuilt"]
    assert differences(old_engine) == []
    assert old.json("verify", "--standpoints", "5")["holds"]


def test_several_may_make_the_tables_at_once(to_be_filled: CommandLine, new_engine: Callable[[str], sa.Engine]) -> None:
    code = "import sys; from web.cli.main import main; sys.stdin.readline(); main()"
    command = [sys.executable, "-c", code, "figures", "--as-of", "2017-01-31", "--json"]
    environment = {**to_be_filled.settings, "PYTHONPATH": str(Path(__file__).parents[2])}
    running = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) for _ in range(4)
    ]
    for process in running:
        assert process.stdin
        process.stdin.write(b"now\n")
        process.stdin.close()
    assert [process.wait(timeout=120) for process in running] == [0, 0, 0, 0]
    engine = new_engine(to_be_filled.settings[DATABASE])
    assert version(engine) == PROGRAM.newest
    with reading(engine) as connection:
        assert generations.live(connection) == 1


def test_tables_without_a_version_are_those_of_a_program_that_knew_none(engine: sa.Engine) -> None:
    with pytest.raises(DatabaseOfAnotherVersion, match="earlier version"):
        open_or_make(engine)
    assert upgrade(engine).steps
    open_or_make(engine)


def test_opening_asks_little(old: CommandLine, old_engine: sa.Engine) -> None:
    old("migrate")
    statements: list[str] = []
    sa.event.listen(old_engine, "before_cursor_execute", lambda *event: statements.append(event[2]))
    open_or_make(old_engine)
    assert len(statements) <= 4, statements


def test_alembic_is_not_loaded_to_open_a_database() -> None:
    code = "import sys; import web.services; print('alembic' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_the_list_of_submissions_learns_of_corrections_in_place(database_url: str, tmp_path: Path) -> None:
    """What is stored stays: only a column is added, in which nothing is yet."""
    recount = CommandLine(tmp_path, {DATABASE: database_url, **KEYS})
    taken = write(recount.folder, [row()])
    recount("submit", "--received-on", "2017-02-10", taken)
    engine = make_engine(recount.settings[DATABASE])
    with writing(engine) as connection:
        connection.execute(sa.text("ALTER TABLE submission DROP COLUMN corrects"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0004'"))
    assert not upgrade(engine).needs_rebuild
    assert "corrects" in columns(engine, "submission")
    engine.dispose()
    recount("covered-days", 1, "--none", "--reason", "a trial", "--received-on", "2017-02-11")
    recount("verify")
