"""A database that an earlier version wrote: refused with what to do; then brought up to date, and as it was before."""

import html
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from domain.log.database import ACCESS
from projections.store.migrations.version import PROGRAM
from tests.unit.intake.files import row, write
from tests.web.conftest import CommandLine
from tests.web.http import Asker, assert_problem
from web.app import create_app
from web.settings import DATABASE, Settings

from .conftest import OLD, unpacked

FIGURES = ("figures", "--as-of", "2017-03-31")


NEW_MEASURES = {"B.hepb", "B.hepc", "H.housing", "H.work"}
TOLD_OF_A_COVERED_DAY = {"status", "percentage", "interval", "value"}


def holds_all_of(new: Any, old: Any) -> bool:
    """Whether an answer says all that the old one said; it may say more.

    New measures stand beside the old ones. An immature figure had the status of its files, a day that no file covers a
    status and a value; what is complete was called final.
    """
    if isinstance(old, dict):
        if "status" in new and new["status"] is None:
            old = {name: value for name, value in old.items() if name not in TOLD_OF_A_COVERED_DAY}
        if str(new.get("why_not")).endswith("not covered"):
            old = {name: value for name, value in old.items() if name in {"basis", "before"}}
        if old.get("status") == "final" and new.get("status") == "complete":
            old = old | {"status": "complete"}
        return isinstance(new, dict) and all(key in new and holds_all_of(new[key], old[key]) for key in old)
    if isinstance(old, list):
        new = [one for one in new if measure_of(one) not in NEW_MEASURES]
        return len(new) == len(old) and all(map(holds_all_of, new, old))
    return bool(new == old)


def measure_of(document: Any) -> object:
    """The measure of a figure, or of a line of a scorecard; None of anything else."""
    return document.get("measure") or measure_of(document.get("figure")) if isinstance(document, dict) else None


def assert_unchanged(recount: CommandLine, answers: dict[str, Any]) -> None:
    """Every figure, member, publication, target, dispute, event, account and token is as the old program said."""
    for asked, said in answers.items():
        assert holds_all_of(recount.json(*asked.split()), said), asked
    assert recount.json("verify", "--standpoints", "10")["holds"]
    certificate = (OLD / "certificate.json", "--public-key", OLD / "public-key.pem", "--member", OLD / "member.json")
    assert recount.json("check-certificate", *certificate)["holds"]
    assert recount("public-key").stdout == (OLD / "public-key.pem").read_text()
    size = json.loads((OLD / "certificate.json").read_text())["head"]["size"]
    recount("head", "--from", size, "--out", recount.folder / "head.json")
    assert recount.json("check-certificate", *certificate, "--head", recount.folder / "head.json")["holds"]


@pytest.mark.parametrize("command", [FIGURES, ("verify",), ("user", "--list"), ("serve", "--port", "0")])
def test_it_is_refused_with_what_to_do(old: CommandLine, command: tuple[str, ...]) -> None:
    said = " ".join(old(*command, code=1).stderr.split())
    assert "written by an earlier version" in said
    assert "Make a backup with" in said
    assert "run 'recount migrate'" in said
    assert "Traceback" not in said


def test_it_is_brought_up_to_date_and_nothing_else_has_changed(old: CommandLine, answers: dict[str, Any]) -> None:
    done = old.json("migrate")
    assert (done["from"], done["steps"][0]["version"], done["rebuilt"]) == ("0000", "0001", True)
    assert_unchanged(old, answers)
    assert old.json("migrate") == {"from": done["to"], "to": done["to"], "steps": [], "rebuilt": False}
    assert "nothing to do" in old("migrate").stdout


def test_it_goes_on(old: CommandLine) -> None:
    assert f"from version 0000 of its tables to {PROGRAM.newest}" in old("migrate").stdout
    april = {"first": "20170401", "last": "20170430"}
    old("submit", "--received-on", "2017-05-10", write(old.folder, [row(CLIENT="C20", SINITIAL="T")], **april))
    old("user", "ben", "--role", "auditor", "--link")
    assert [one["name"] for one in old.json("user", "--list")["accounts"]] == ["ann", "ben", "pat"]
    assert old.json("verify", "--standpoints", "5")["holds"]
    for table in ("log", "access", "access_head", "signed_head", "verification"):
        apart = table == "access" and old.settings[DATABASE].startswith("sqlite")
        engine = sa.create_engine(old.settings[DATABASE] + (ACCESS if apart else ""))
        with pytest.raises(sa.exc.DBAPIError, match="only grows"), engine.begin() as connection:
            connection.exec_driver_sql(f"DELETE FROM {table}")
        engine.dispose()


def test_lines_without_numbers_between_are_numbered_anew_and_chained(old: CommandLine) -> None:
    """A server gives a number away for good, also to a line that was not stored in the end."""
    columns, line = "number, at, actor, role, deed, about, question, reason", "'ann', 'auditor', 'looked', '', '{}', ''"
    _in_one_go(old.settings[DATABASE], f"INSERT INTO access ({columns}) VALUES (77, '2017-05-01 09:00:00', {line})")
    before = _in_one_go(old.settings[DATABASE], "SELECT count(*) FROM access").scalar_one()
    old("migrate")
    trail = _in_one_go(_access_of(old), "SELECT number, actor, question FROM access ORDER BY number").all()
    assert [number for number, *_ in trail] == list(range(1, before + 4))  # two accounts and a token are taken over
    assert {actor for _, actor, question in trail if "taken over" in question} == {"recount migrate"}
    assert old.json("verify", "--standpoints", "1")["holds"]
    _in_one_go(_access_of(old), "UPDATE account SET role = 'administrator' WHERE name = 'pat'")
    assert not old.json("verify", "--standpoints", "1", code=1)["holds"]


def test_a_file_of_accounts_of_another_database_is_left_alone(old: CommandLine) -> None:
    if not old.settings[DATABASE].startswith("sqlite"):
        pytest.skip("on a server they lie in the same database")
    other = CommandLine(old.folder, old.settings | {DATABASE: f"sqlite:///{old.folder / 'other.db'}"})
    other("user", "eve", "--role", "auditor", "--link")
    other_file = old.folder / f"other.db{ACCESS}"
    there = Path(shutil.copy(other_file, _access_of(old).removeprefix("sqlite:///")))
    assert "Move that file away" in " ".join(old("migrate", code=1).stderr.split())
    there.unlink()
    assert old.json("migrate")["rebuilt"]
    assert [one["name"] for one in old.json("user", "--list")["accounts"]] == ["ann", "pat"]


def _access_of(recount: CommandLine) -> str:
    address = recount.settings[DATABASE]
    return address + ACCESS if address.startswith("sqlite") else address


def test_the_service_says_it_until_it_is_brought_up_to_date(old: CommandLine) -> None:
    app = create_app(Settings.from_environment(old.settings), TESTING=True)
    try:
        ready = app.test_client().get("/readyz")
        assert ready.status_code == 503
        assert "run 'recount migrate'" in html.unescape(ready.get_data(as_text=True))
        code = "database-of-another-version"
        problem = assert_problem(Asker(app.test_client(), SOMEBODY).get("/measures"), 503, code)
        assert "run 'recount migrate'" in problem["detail"]
        assert app.test_client().get("/healthz").status_code == 200
        old("migrate")
        assert app.test_client().get("/readyz").get_json() == {"status": "ready"}
    finally:
        app.extensions["recount"].close()


SOMEBODY = "recount_aaaaaaaaaaaa_" + "A" * 43
"""A token, of nobody; to tell, the database has to be opened."""


def test_several_may_bring_it_up_to_date_at_once(old: CommandLine) -> None:
    code = "import sys; from web.cli.main import main; main()"
    environment = {**old.settings, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", code, "migrate", "--json"]
    running = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [json.loads(process.communicate(timeout=120)[0]) for process in running]
    assert sorted(len(one["steps"]) for one in said)[:-1] == [0, 0]
    assert sum(len(one["steps"]) for one in said) > 0


# -- backups --------------------------------------------------------------------------------------------------------


def test_a_backup_of_the_earlier_version_is_put_back_up_to_date(
    to_be_filled: CommandLine, answers: dict[str, Any]
) -> None:
    file = to_be_filled.folder / "old.backup"
    file.write_bytes(unpacked("recount.backup"))
    before = file.read_bytes()
    assert to_be_filled.json("restore", file)["verification"]["holds"]
    # The old program was asked just before it made the backup: nothing came between.
    assert_unchanged(to_be_filled, answers)
    assert to_be_filled.json("migrate")["steps"] == []
    assert [path.name for path in file.parent.glob("old.backup*")] == ["old.backup"]
    assert file.read_bytes() == before


def test_a_database_can_be_backed_up_before_it_is_brought_up_to_date(old: CommandLine) -> None:
    file = old.folder / "x.backup"
    if not old.settings[DATABASE].startswith("sqlite"):
        assert "pg_dump" in old("backup", file, code=1).stderr
        return
    assert old.json("backup", file)["position"] > 0
    other = CommandLine(old.folder, old.settings | {DATABASE: f"sqlite:///{old.folder / 'other.db'}"})
    assert other.json("restore", file)["verification"]["holds"]
    assert "notice" not in old.json("backup", old.folder / "y.backup")


def test_a_backup_has_its_version(to_be_filled: CommandLine) -> None:
    to_be_filled("token", "council tool", "--role", "commissioner")
    file = to_be_filled.folder / "x.backup"
    to_be_filled("backup", file)
    assert versions(f"sqlite:///{file}") == versions(to_be_filled.settings[DATABASE])
    _set_version(f"sqlite:///{file}", "9999")
    other = CommandLine(file.parent, to_be_filled.settings | {DATABASE: f"sqlite:///{file.parent / 'other.db'}"})
    refused = other.json("restore", file, code=1)["refused"]
    assert refused["code"] == "backup-of-another-version"
    assert "newer version" in refused["message"]


# -- the other way round --------------------------------------------------------------------------------------------


def test_a_database_of_a_newer_version_is_refused(to_be_filled: CommandLine) -> None:
    assert to_be_filled.json("migrate")["steps"] == []  # an empty one is made as it should be
    to_be_filled(*FIGURES)
    _set_version(to_be_filled.settings[DATABASE], "9999")
    for command in (FIGURES, ("migrate",), ("serve", "--port", "0")):
        assert "Install that version, or a later one." in " ".join(to_be_filled(*command, code=1).stderr.split())
    assert versions(to_be_filled.settings[DATABASE]) == ["9999"]


def versions(address: str) -> list[str]:
    return list(_in_one_go(address, "SELECT version_num FROM alembic_version").scalars())


def _set_version(address: str, version: str) -> None:
    _in_one_go(address, f"UPDATE alembic_version SET version_num = '{version}'")


def _in_one_go(address: str, statement: str) -> Any:
    engine = sa.create_engine(address, poolclass=sa.NullPool)
    with engine.begin() as connection:
        result = connection.exec_driver_sql(statement)
        return result.freeze()() if result.returns_rows else None
