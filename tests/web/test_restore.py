"""The drill: a database is lost, its backup is put back, and nobody comes in again who was shut out since."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.conftest import in_a_schema
from tests.faults.service import Service, kill_when
from tests.migrations.conftest import OLD, unpacked
from tests.unit.intake.files import row, write
from web.app import create_app
from web.operations.remains import own_folder, sweep
from web.settings import BACKUP_RECIPIENT, DATABASE, STOP_LIST, Settings

from .browser import PASSWORD, Person, a_person, without_a_server
from .conftest import KEYS, CommandLine

FIGURES = ("figures", "--as-of", "2017-01-31", "--measure", "N.treatment")


@contextmanager
def running(recount: CommandLine) -> Iterator[Flask]:
    app = create_app(Settings.from_environment(recount.settings), TESTING=True)
    yield app
    app.extensions["recount"].close()


class Drill:
    """A database with a backup, of which something else is so by now."""

    def __init__(self, recount: CommandLine) -> None:
        self.recount, self.backup = recount, recount.folder / "x.backup"
        recount.settings[STOP_LIST] = str(recount.folder / "stop-list")
        for name in ("ann", "pat"):
            recount("user", name, "--role", "auditor", "--password-stdin", typed=f"{PASSWORD}\n")
        self.tool = recount.json("token", "tool", "--role", "auditor")["id"]
        recount.json("submit", write(recount.folder, [row()]), "--received-on", "2017-02-10")
        self.link = recount.json("user", "ann", "--link")["link"].partition("/sign-in")[2]
        with running(recount) as app:
            self.cookie = self._signed_in(app)
        recount("backup", self.backup)
        recount("user", "pat", "--close")
        recount("token", "--revoke", self.tool)
        recount("user", "eve", "--role", "auditor", "--link")
        later = write(recount.folder, [row(), row(CLIENT="C2")], first="20170201", last="20170228")
        recount.json("submit", later, "--received-on", "2017-03-10")

    def _signed_in(self, app: Flask) -> Any:
        person = a_person(app, "ann")
        assert person.is_in()
        return person.client.get_cookie(app.config["SESSION_COOKIE_NAME"])

    def is_in(self, recount: CommandLine) -> bool:
        """Whether the browser is signed in that was so when the backup was made."""
        with running(recount) as app:
            person = Person(app.test_client())
            person.client.set_cookie(app.config["SESSION_COOKIE_NAME"], self.cookie.value)
            return person.is_in()

    def link_holds(self, recount: CommandLine) -> bool:
        with running(recount) as app:
            return app.test_client().get(f"/sign-in{self.link}").status_code == 303


def holding(recount: CommandLine) -> list[str]:
    """The accounts and tokens that hold."""
    users = [one["name"] for one in recount.json("user", "--list")["accounts"] if not one["closed_at"]]
    return users + [one["name"] for one in recount.json("token", "--list")["tokens"] if not one["revoked_at"]]


def ended(restored: Any) -> list[tuple[str, str]]:
    return [(one["kind"], one["name"]) for one in restored["access"]["ended"]]


SINCE = [("account", "pat"), ("token", "tool")]


def test_a_lost_log_is_put_back_beside_what_came_since(embedded: CommandLine) -> None:
    """SQLite: the file of the log is gone, that of accounts, tokens and the trail is still there."""
    drill = Drill(embedded)
    assert drill.is_in(embedded)
    file = Path(embedded.settings[DATABASE].removeprefix("sqlite:///"))
    for path in file.parent.glob("recount.db*"):
        if path.name in {"recount.db", "recount.db-wal", "recount.db-shm"}:
            path.unlink()
    restored = embedded.json("restore", drill.backup)
    assert restored["verification"]["holds"], restored["verification"]
    assert (restored["access"]["stays"], ended(restored)) == (True, SINCE)
    assert restored["access"]["newer_lines"] >= 4
    assert holding(embedded) == ["ann", "eve"]
    assert not drill.is_in(embedded)
    assert not drill.link_holds(embedded)
    assert embedded.json(*FIGURES)["figures"][0]["numerator"] == 1  # what the backup knew
    assert "nothing to do" in embedded("migrate").stdout
    assert embedded.json("verify", "--standpoints", "1")["holds"]


@pytest.fixture
def elsewhere(recount: CommandLine, tmp_path: Path, request: pytest.FixtureRequest) -> CommandLine:
    """An empty database of the same kind, with the same keys."""
    address = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    if recount.settings[DATABASE].startswith("postgresql"):
        address = in_a_schema(request.getfixturevalue("postgresql_url"))
    return CommandLine(tmp_path, {**recount.settings, DATABASE: address})


def old_access(recount: CommandLine) -> str:
    return recount.settings[DATABASE].removeprefix("sqlite:///")


def test_an_encrypted_backup_is_put_back_with_the_private_key(
    recount: CommandLine, elsewhere: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The private key is made by a command that needs no database, and is in no setting."""
    monkeypatch.setattr(tempfile, "tempdir", str(recount.folder))
    key = recount.folder / "identity"
    recipient = recount.json("backup-key", key)["recipient"]
    recount.settings[BACKUP_RECIPIENT] = elsewhere.settings[BACKUP_RECIPIENT] = recipient
    recount.json("submit", write(recount.folder, [row()]), "--received-on", "2017-02-10")
    made = recount.json("backup", "--into", recount.folder / "backups")
    file = Path(made["file"])
    assert made["encrypted"]
    assert file.name.endswith(".backup.age")
    assert {path.stat().st_mode & 0o777 for path in (key, *file.parent.iterdir())} == {0o600}
    assert not any(b"SQLite format 3" in path.read_bytes() for path in file.parent.iterdir())
    assert recount.json("check-backup", file, "--identity", key) | {"removed": []} == made
    restored = elsewhere.json("restore", file, "--identity", key)
    assert restored["restored"] == {"file": str(file), "position": made["position"]}
    assert restored["verification"]["holds"]
    assert not list(recount.folder.rglob("*.restoring-*")), "a copy in the clear is left"


def test_what_came_since_is_taken_from_the_old_database(recount: CommandLine, elsewhere: CommandLine) -> None:
    drill = Drill(recount)
    elsewhere.settings[STOP_LIST] = recount.settings[STOP_LIST]
    restored = elsewhere.json("restore", drill.backup, "--access", old_access(recount))
    assert restored["verification"]["holds"], restored["verification"]
    assert (restored["access"]["stays"], ended(restored)) == (True, SINCE)
    assert holding(elsewhere) == ["ann", "eve"]
    assert not drill.is_in(elsewhere)
    said = " ".join(elsewhere("restore", drill.backup, code=1).stderr.split())
    assert "has records already" in said


@without_a_server
def test_who_ended_since_may_hold_again(recount: CommandLine, elsewhere: CommandLine) -> None:
    drill = Drill(recount)
    elsewhere.settings[STOP_LIST] = recount.settings[STOP_LIST]
    said = " ".join(elsewhere("restore", drill.backup, "--access", old_access(recount), "--hold-again").stdout.split())
    assert "The account 'pat' was closed since the backup was made; it holds again." in said
    assert "The token 'tool' was revoked since the backup was made; it holds again." in said
    assert holding(elsewhere) == ["ann", "eve", "pat", "tool"]
    assert elsewhere.json("verify", "--standpoints", "1")["holds"]


def test_where_nothing_newer_is_left_it_is_said(recount: CommandLine, elsewhere: CommandLine) -> None:
    drill = Drill(recount)
    elsewhere.settings[STOP_LIST] = recount.settings[STOP_LIST]
    said = " ".join(elsewhere("restore", drill.backup).stdout.split())
    assert "whoever was closed or revoked since holds again. Look at 'recount user --list'" in said
    assert holding(elsewhere) == ["ann", "pat", "tool"]
    assert not drill.is_in(elsewhere)
    assert elsewhere.json("verify", "--standpoints", "1")["holds"]


@without_a_server
def test_the_trail_of_another_database_is_refused(recount: CommandLine, elsewhere: CommandLine) -> None:
    drill = Drill(recount)
    elsewhere("user", "mallory", "--role", "administrator", "--link")
    refused = elsewhere.json("restore", drill.backup, code=1)["refused"]
    assert refused["code"] == "trail-of-another"
    assert elsewhere.json("log")["entries"] == []
    assert holding(elsewhere) == ["mallory"]


def test_a_lost_access_file_is_not_quietly_made_anew(embedded: CommandLine) -> None:
    Drill(embedded)
    file = Path(embedded.settings[DATABASE].removeprefix("sqlite:///"))
    for path in file.parent.glob("recount.db.access*"):
        path.unlink()
    said = " ".join(embedded("user", "--list", code=1).stderr.split())
    assert "recount.db.access is not there" in said
    assert embedded.json(*FIGURES)["figures"]  # figures do not need it
    file.with_name("recount.db.access").touch()
    assert embedded.json("user", "--list")["accounts"] == []
    checks = embedded.json("verify", "--standpoints", "1", code=1)["checks"]
    [found] = [check for check in checks if check["found"]]
    assert "The trail ends at line 0, but a head was signed at line" in found["differences"][0]


def test_a_backup_from_when_accounts_lay_apart_first(embedded: CommandLine) -> None:
    """In it they lie in one file with the log, also where it has to be brought up to date."""
    drill = Drill(embedded)
    with closing(sqlite3.connect(drill.backup)) as connection, connection:
        connection.execute("ALTER TABLE submission DROP COLUMN corrects")
        connection.execute("UPDATE alembic_version SET version_num = '0004'")
    elsewhere = CommandLine(embedded.folder, embedded.settings | {DATABASE: f"sqlite:///{embedded.folder / 'e.db'}"})
    for path in (embedded.folder / "data").glob("*key*"):
        shutil.copy(path, embedded.folder / path.name.replace("recount.db", "e.db"))
    assert elsewhere.json("restore", drill.backup)["verification"]["holds"]
    assert holding(elsewhere) == ["ann", "pat", "tool"]


# -- a backup of an earlier version is copied to be brought up to date ----------------------------------------------


def test_a_killed_restore_leaves_no_copy_for_ever(tmp_path: Path) -> None:
    backup = tmp_path / "old.backup"
    backup.write_bytes(unpacked("recount.backup"))
    stop_list = shutil.copy(OLD / "recount.db.stop-list", tmp_path)
    folder = tmp_path / "data"
    address = f"sqlite:///{folder / 'recount.db'}"
    service = Service(address, None, tmp_path, environment={**KEYS, STOP_LIST: stop_list})  # type: ignore[arg-type]
    process = service.start("restore", str(backup))
    assert kill_when(process, lambda: bool(list(folder.glob("recount.db.restoring-*/copy"))))
    assert list(folder.glob("recount.db.restoring-*"))
    service.does(*FIGURES)
    assert not list(folder.glob("recount.db.restoring-*"))
    with own_folder(service.file) as held:
        sweep(service.file)  # nobody takes the copy from somebody who needs it
        assert held.exists()
    assert not held.exists()
