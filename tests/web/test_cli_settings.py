"""Where the data lie, and the keys: made beside an embedded database, required with one on a server."""

import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from domain.errors import DatabaseUnavailable, SettingMissing, WrongUse
from tests.unit.intake.files import rows, write
from web import clock
from web.settings import CLIENT_KEY, DATABASE, DEFAULT_DATABASE, SECRET_KEY, SIGNING_KEY, STANDINGS, Settings

from .conftest import KEYS, CommandLine

SERVER = "postgresql://example.org/recount"


def at(path: Path, **more: str) -> Settings:
    return Settings.from_environment({DATABASE: f"sqlite:///{path}", **more})


def test_the_default_is_a_file_in_var() -> None:
    assert Settings.from_environment({}).address == DEFAULT_DATABASE


def test_keys_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "recount.db"
    at(path).prepare()
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == [
        "recount.db.client-key",
        "recount.db.secret-key",
        "recount.db.signing-key.pem",
    ]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    first = [file.read_text() for file in files]
    at(path).prepare()
    assert [file.read_text() for file in files] == first
    load_pem_private_key(at(path).signing_key, password=None)
    assert len(at(path).secret_key) == 64


def test_another_file_has_keys_of_its_own(tmp_path: Path) -> None:
    one, other = at(tmp_path / "one.db"), at(tmp_path / "other.db")
    assert one.client_key.check_value() != other.client_key.check_value()
    assert one.client_key.check_value() == at(tmp_path / "one.db").client_key.check_value()


def test_a_given_key_is_used(tmp_path: Path) -> None:
    at(tmp_path / "a.db", **KEYS).prepare()
    assert list(tmp_path.iterdir()) == []
    given = at(tmp_path / "a.db", **KEYS)
    assert given.signing_key.decode().strip() == KEYS[SIGNING_KEY].strip()
    assert given.secret_key != at(tmp_path / "a.db", **KEYS | {SECRET_KEY: "another"}).secret_key


def test_a_secret_that_was_copied_is_another_councils_own(tmp_path: Path) -> None:
    one, other = at(tmp_path / "one.db", **KEYS), at(tmp_path / "other.db", **KEYS)
    assert (one.secret_key, one.mark) == (at(tmp_path / "one.db", **KEYS).secret_key, one.mark)
    assert one.secret_key != other.secret_key
    assert one.mark != other.mark
    on_servers = [
        Settings.from_environment(KEYS | {DATABASE: f"postgresql://{name}"})
        for name in ("u:p@here/a", "v@there:5433/a?sslmode=require", "u:p@here/b")
    ]
    assert on_servers[0].mark == on_servers[1].mark, "two machines of one service may call the server differently"
    assert on_servers[0].mark != on_servers[2].mark


def test_a_folder_of_standings_is_shared_by_databases_of_one_relative_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stems = set()
    for council in ("one", "other"):
        (tmp_path / council).mkdir()
        monkeypatch.chdir(tmp_path / council)
        stems.add(Settings.from_environment({STANDINGS: str(tmp_path)}).standings)
    assert len(stems) == 2


def test_the_lost_key_of_a_filled_database_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"data")
    with pytest.raises(SettingMissing, match=r"a\.db\.client-key"):
        _ = at(tmp_path / "a.db").client_key


@pytest.mark.parametrize("missing", [CLIENT_KEY, SECRET_KEY, SIGNING_KEY])
def test_on_a_server_each_key_is_required(missing: str) -> None:
    given = {name: value for name, value in KEYS.items() if name != missing}
    with pytest.raises(SettingMissing, match=missing):
        Settings.from_environment({DATABASE: SERVER, **given}).prepare()


def test_a_server_is_reached_by_the_driver_that_we_have() -> None:
    assert Settings.from_environment({DATABASE: SERVER}).address == "postgresql+psycopg://example.org/recount"


@pytest.mark.parametrize("address", ["", "nonsense", "mysql://example.org/x", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_we_do_not_know_is_wrong_use(address: str) -> None:
    if not address:
        assert Settings.from_environment({DATABASE: address}).address == DEFAULT_DATABASE
        return
    with pytest.raises(WrongUse, match=DATABASE):
        Settings.from_environment({DATABASE: address})


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable, match="file"):
        at(tmp_path / "file" / "recount.db").prepare()


def test_another_client_key_is_refused(embedded: CommandLine) -> None:
    file = write(embedded.folder, rows("C1"))
    embedded("submit", "--received-on", "2017-02-10", file)
    embedded.settings[CLIENT_KEY] = "another"
    said = embedded("submit", "--received-on", "2017-02-10", file, code=1).stderr
    assert "another client key" in said


def test_a_database_that_is_none_is_named(embedded: CommandLine) -> None:
    path = embedded.folder / "text.db"
    path.write_text("no database " * 100)
    embedded.settings[DATABASE] = f"sqlite:///{path}"
    assert "is not a SQLite database" in embedded("figures", "--as-of", "2017-01-31", code=1).stderr


def test_today_is_the_day_in_london(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2017, 6, 30, 23, 30, tzinfo=UTC))
    assert clock.today() == date(2017, 7, 1)
