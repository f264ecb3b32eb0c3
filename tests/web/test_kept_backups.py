"""A folder of backups that is kept by a rule."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.errors import Refused
from domain.log.tables import log
from tests.unit.intake.files import row, write
from web.operations.kept_backups import KeepRule, backup_into
from web.services import Services
from web.settings import CLIENT_KEY, DATABASE, Settings

from .browser import without_a_server
from .conftest import CommandLine

# 2017-08-10 is a Thursday.
NEWEST = datetime(2017, 8, 10, 2, tzinfo=UTC)


def days_kept(rule: KeepRule, days: int = 800, each: int = 1) -> list[str]:
    """Of a backup each night, and one more an hour before it, those that are kept."""
    nights = [NEWEST - timedelta(days=day) for day in range(0, days, each)]
    moments = [*nights, *(night - timedelta(hours=1) for night in nights)]
    return sorted((f"{at:%Y-%m-%d %H}" for at in rule.kept(moments)), reverse=True)


def test_the_newest_of_so_many_days_weeks_and_months() -> None:
    assert days_kept(KeepRule(3, 0, 0)) == ["2017-08-10 02", "2017-08-09 02", "2017-08-08 02"]
    assert days_kept(KeepRule(0, 3, 0)) == ["2017-08-10 02", "2017-08-06 02", "2017-07-30 02"]
    assert days_kept(KeepRule(0, 0, 3)) == ["2017-08-10 02", "2017-07-31 02", "2017-06-30 02"]
    both = ["2017-08-10 02", "2017-08-09 02", "2017-08-06 02", "2017-07-31 02"]
    assert days_kept(KeepRule(2, 2, 2)) == both
    assert days_kept(KeepRule(0, 0, 0)) == ["2017-08-10 02"], "the newest stays"


def test_days_without_a_backup_do_not_count() -> None:
    assert days_kept(KeepRule(2, 0, 0), each=10) == ["2017-08-10 02", "2017-07-31 02"]


@without_a_server
def test_what_the_rule_does_not_keep_goes_and_nothing_else(recount: CommandLine) -> None:
    recount("submit", "--received-on", "2017-02-10", write(recount.folder, [row()]))
    folder = recount.folder / "backups"
    folder.mkdir()
    strange = {"recount-before-upgrade.backup", "notes.txt"}
    old = {"recount-20170808T020000Z.backup", "recount-20170809T020000Z.backup", "recount-20170809T010000Z.backup.age"}
    old.add("recount-20170809T020000Z.backup.age.4711")  # was killed
    for name in strange | old:
        (folder / name).touch()
    done = recount.json("backup", "--into", folder, "--daily", "2", "--weekly", "0", "--monthly", "0")
    removed = {Path(file).name for file in done["removed"]}
    assert removed == old - {"recount-20170809T020000Z.backup"}
    there = {path.name for path in folder.iterdir()}
    assert there == strange | (old - removed) | {".database", Path(done["file"]).name}
    assert {(folder / name).stat().st_mode & 0o777 for name in (".database", Path(done["file"]).name)} == {0o600}
    assert (folder / Path(done["file"]).name).stat().st_mode & 0o777 == 0o600
    other = CommandLine(recount.folder, recount.settings | {DATABASE: f"sqlite:///{recount.folder / 'other.db'}"})
    other.settings[CLIENT_KEY] = "that of another council"
    other("submit", "--received-on", "2017-02-10", write(recount.folder, [row()]))
    assert "the backups of another database" in " ".join(other("backup", "--into", folder, code=1).stderr.split())
    assert {path.name for path in folder.iterdir()} == there
    assert "Name either" in recount("backup", code=2).stderr
    assert "Name either" in recount("backup", "x.backup", "--into", folder, code=2).stderr


@without_a_server
def test_a_backup_that_is_not_what_was_written_removes_nothing(recount: CommandLine) -> None:
    recount("submit", "--received-on", "2017-02-10", write(recount.folder, [row()]))
    services = Services(Settings.from_environment(recount.settings))
    with services.engine.begin() as connection:
        for trigger in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars():
            connection.exec_driver_sql(f'DROP TRIGGER "{trigger}"')
        connection.execute(log.update().where(log.c.position == 1).values(state=b"{}"))
    folder = recount.folder / "backups"
    folder.mkdir()
    old = folder / "recount-20170808T020000Z.backup"
    old.touch()
    with pytest.raises(Refused, match="not what was written"):
        backup_into(services.engine, services.access_engine, folder, KeepRule(0, 0, 0), NEWEST)
    assert list(folder.glob("*.backup")) == [old]
    services.close()
