"""Erasing, disposing, backing up and putting back by command: whose records are gone stay gone."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from domain.event_types import EVENT_TYPES
from projections.privacy.mentions import Mention
from projections.standings.cache import StandingsCache
from tests.migrations.conftest import OLD, unpacked
from tests.unit.intake.files import AGENCY, DISCHARGED, row, write
from web.clock import today
from web.operations.backup_refusals import REFUSALS
from web.presenters.records.erasures import PLACES, place_of
from web.services import Services
from web.settings import DATABASE, STANDINGS, STOP_LIST, Settings

from .browser import without_a_server
from .conftest import KEYS, CommandLine

JANUARY = ("--as-of", "2017-01-31", "--measure", "N.treatment")
ERASE = ("erase", AGENCY, "SECRETREF", "--reason", "request 1")
TODAY = today().isoformat()
PERSON = {"CLIENT": "SECRETREF", "SINITIAL": "W"}


def submit(recount: CommandLine, *rows: dict[str, str], month: str = "01", on: str = "2017-02-10") -> Any:
    path = write(recount.folder, rows, first=f"2017{month}01", last=f"2017{month}28")
    return recount.json("submit", path, "--received-on", on)["submissions"][0]


def in_treatment(recount: CommandLine, *more: str) -> tuple[int, int]:
    (figure,) = recount.json("figures", *JANUARY, *more)["figures"]
    return figure["numerator"], figure["erased_records"]


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    """On both databases, with a stop-list file and three people."""
    recount.settings[STOP_LIST] = str(recount.folder / "stop-list")
    submit(recount, row(**PERSON), row(CLIENT="C2"), row(CLIENT="C3", SINITIAL="V", **DISCHARGED))
    return recount


def another(filled: CommandLine, name: str = "other.db") -> CommandLine:
    """An empty SQLite database with the same keys and stop-list."""
    folder = filled.folder / "other"
    folder.mkdir(exist_ok=True)
    settings = {**filled.settings, DATABASE: f"sqlite:///{folder / name}"}
    return CommandLine(folder, settings)


def read_bytes(folder: Path, pattern: str) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob(pattern)))


# -- erase ----------------------------------------------------------------------------------------------------------


def test_a_person_is_erased_and_every_check_holds(filled: CommandLine) -> None:
    before = in_treatment(filled)
    trial = filled.json(*ERASE, "--dry-run")["erasure"]
    assert (trial["episodes"], trial["records"], trial["position"]) == (1, 3, None)
    assert in_treatment(filled) == before == (3, 0)
    done = filled.json(*ERASE)["erasure"]
    assert (done["persons"], done["episodes"], done["records"], done["basis"]) == (1, 1, 3, "request")
    assert in_treatment(filled) == (2, 1)
    assert in_treatment(filled, "--known-at", "2017-02-10") == (2, 1)
    assert "1 episode known by then was erased since" in filled("figures", *JANUARY).stdout
    filled("verify", "--standpoints", 5)
    filled("rebuild")
    filled("verify", "--standpoints", 5)
    assert in_treatment(filled) == (2, 1)
    trail = filled("log").stdout
    assert "erasure carried out: 1 episode, 3 events: request 1" in trail
    assert "SECRETREF" not in trail


def test_what_processes_share_is_gone_with_the_erasure(filled: CommandLine) -> None:
    filled.settings[STANDINGS] = str(filled.folder / "shared")
    with closing(Services(Settings.from_environment(filled.settings))) as services, services.snapshot() as snapshot:
        StandingsCache(services.shared_columns).at(snapshot.connection)
    assert len(list((filled.folder / "shared").glob("recount-*.standings-*"))) == 1
    filled(*ERASE)
    assert list((filled.folder / "shared").glob("recount-*.standings-*")) == []


def test_what_was_published_stays_as_it_was(filled: CommandLine) -> None:
    certificate, key = filled.folder / "certificate.json", filled.folder / "key.pem"
    filled("publish", *JANUARY, "--out", certificate)
    key.write_text(filled("public-key").stdout)
    published = certificate.read_bytes()
    filled(*ERASE)
    assert filled("published", "--show", 1).stdout.encode() == published
    filled("check-certificate", certificate, "--public-key", key)
    filled("verify", "--standpoints", 5)


def test_the_next_file_does_not_bring_the_person_back(filled: CommandLine) -> None:
    filled(*ERASE)
    new = row(CLIENT="NEWREF", SINITIAL="W")
    again = submit(filled, row(**PERSON), new, row(CLIENT="C2"), month="02", on=TODAY)
    assert (again["left_out"], again["stopped"], again["new"]) == (2, 2, 0)
    assert in_treatment(filled)[0] == 2


def test_the_text_is_gone_from_the_file(embedded: CommandLine) -> None:
    data = embedded.folder / "data"
    rows = [row(CLIENT=f"SECRETREF-{number}", EPISODID=str(number), SINITIAL="W") for number in range(40)]
    submit(embedded, *rows, row(CLIENT="C2"))
    assert b"SECRETREF" in read_bytes(data, "recount.db*")
    embedded("erase", AGENCY, "SECRETREF-7", "--reason", "request 1")
    assert b"SECRETREF" not in read_bytes(data, "recount.db*")
    assert b"C2" in read_bytes(data, "recount.db*")
    assert (data / "recount.db.stop-list").read_text().count("keep-out") == 41


def test_where_consent_ended_the_text_is_gone_too(embedded: CommandLine) -> None:
    data = embedded.folder / "data"
    submit(embedded, row(**PERSON, TOPID="SECRETREF-TOP", TOPDATE="2017-01-17", TRSTAGE="S"), row(CLIENT="C2"))
    submit(embedded, row(**PERSON, CONSENT="N"), row(CLIENT="C2"), on="2017-02-11")
    assert b"SECRETREF" not in read_bytes(data, "recount.db*")
    assert (data / "recount.db.stop-list").read_text().startswith("erase-again ")


def test_a_reader_in_the_way_is_named_and_the_next_command_clears(embedded: CommandLine) -> None:
    submit(embedded, row(**PERSON), row(CLIENT="C2"))
    database = embedded.folder / "data" / "recount.db"
    embedded.settings[DATABASE] += "?timeout=1"
    reader = sqlite3.connect(database)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM log").fetchone()
    assert "another process is reading it" in " ".join(embedded(*ERASE).stderr.split())
    assert in_treatment(embedded) == (1, 1)
    reader.close()
    embedded("dispose")
    assert b"SECRETREF" not in read_bytes(database.parent, "recount.db*")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Give AGENCY and CLIENT, or --client ID"),
        ((AGENCY,), "Give AGENCY and CLIENT, or --client ID"),
        ((AGENCY, "C2", "--client", "x"), "Give AGENCY and CLIENT, or --client ID"),
        (("--client", "x!", "--reason", "y"), "is no client number"),
        ((AGENCY, "C2"), "--reason"),
        (("--again", "--reason", "y"), "give nothing with it"),
    ],
)
def test_wrong_use_is_said(embedded: CommandLine, arguments: tuple[str, ...], says: str) -> None:
    assert says in " ".join(embedded("erase", *arguments, code=2).stderr.split())


def test_a_mistyped_reference_is_refused(filled: CommandLine) -> None:
    refused = filled.json("erase", AGENCY, "C9", "--reason", "x", code=1)["refused"]
    assert refused["code"] == "person-unknown"


def test_on_a_server_a_stop_list_must_be_named(recount: CommandLine) -> None:
    if recount.settings[DATABASE].startswith("sqlite"):
        pytest.skip("a file has its stop-list beside it")
    submit(recount, row())
    assert STOP_LIST in recount("erase", AGENCY, "C1", "--reason", "x", code=1).stderr
    assert STOP_LIST in recount("dispose", code=1).stderr


# -- retention ------------------------------------------------------------------------------------------------------


def test_what_is_due_is_listed_and_disposed_of(filled: CommandLine) -> None:
    listed = filled.json("retention", "--on", "2025-01-26")
    assert [period["episodes_due"] for period in listed["schedule"]] == [1, 0, 0]
    assert listed["due"][0]["due_on"] == "2025-01-26"
    assert listed["due"][0]["episodes"] == [{"agency": AGENCY, "client_reference": "C3", "episode_reference": "1"}]
    assert not filled.json("retention", "--on", "2025-01-25")["due"]
    assert not filled.json("retention", "--on", "2025-01-26", "--years", "treatment=20")["due"]
    assert "Nothing is due" in filled("dispose", "--years", "treatment=20").stdout
    (done,) = filled.json("dispose", "--received-on", "2025-01-26")["disposals"]
    assert (done["basis"], done["episodes"]) == ("retention", 1)
    assert in_treatment(filled) == (2, 1)
    filled("verify", "--standpoints", 5)
    assert "is no period" in filled("dispose", "--years", "treatment", code=2).stderr
    assert "is no kind of record" in filled("dispose", "--years", "letters=3", code=2).stderr


# -- backup and restore ---------------------------------------------------------------------------------------------


def test_a_backup_put_back_does_not_bring_the_person_back(filled: CommandLine) -> None:
    file = filled.folder / "before.backup"
    made = filled.json("backup", file)
    assert made["position"] == 12
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"SECRETREF" in file.read_bytes()
    filled(*ERASE)
    other = another(filled)
    restored = other.json("restore", file)
    assert (restored["restored"]["position"], restored["erasure"]["episodes"]) == (12, 1)
    assert restored["verification"]["holds"]
    assert in_treatment(other) == (2, 1)
    assert b"SECRETREF" not in read_bytes(other.folder, "other.db*")
    again = submit(other, row(**PERSON), row(CLIENT="C2"), month="02", on=TODAY)
    assert again["stopped"] == 1
    assert [path.name for path in filled.folder.glob("before.backup*")] == ["before.backup"]


def test_a_whole_backup_says_what_the_database_said(filled: CommandLine) -> None:
    filled(*ERASE)
    file = filled.folder / "after.backup"
    filled("backup", file)
    assert b"SECRETREF" not in file.read_bytes()
    other = another(filled)
    assert other.json("restore", file)["erasure"]["episodes"] == 0
    assert other.json("log", "--limit", 100) == filled.json("log", "--limit", 100)
    assert other.json("figures", "--as-of", "2017-01-31") == filled.json("figures", "--as-of", "2017-01-31")


def test_a_backup_goes_into_either_database(recount: CommandLine) -> None:
    recount.settings[STOP_LIST] = str(recount.folder / "stop-list")
    source = another(recount)
    submit(source, row(**PERSON), row(CLIENT="C2"))
    source("backup", source.folder / "x.backup")
    assert recount.json("restore", source.folder / "x.backup")["verification"]["holds"]
    assert recount.json("figures", *JANUARY) == source.json("figures", *JANUARY)
    again = submit(recount, row(**PERSON), row(CLIENT="C2"), month="02", on="2017-03-10")
    assert (again["new"], again["unchanged"]) == (0, 6)


def refused(recount: CommandLine, *arguments: Any) -> str:
    code: str = recount.json(*arguments, code=1)["refused"]["code"]
    assert code in REFUSALS
    return code


def test_accounts_and_the_trail_of_access_are_put_back_and_go_on(recount: CommandLine) -> None:
    source = CommandLine(recount.folder, {**recount.settings, DATABASE: f"sqlite:///{recount.folder / 'source.db'}"})
    taken = source.json("token", "council tool", "--role", "commissioner")
    source("user", "ann", "--role", "auditor", "--link")
    source("backup", source.folder / "x.backup")
    assert recount.json("restore", source.folder / "x.backup")["verification"]["holds"]
    # What is numbered goes on behind the numbers that were put back.
    recount("user", "ben", "--role", "auditor", "--link")
    recount("token", "another", "--role", "auditor")
    assert [one["name"] for one in recount.json("user", "--list")["accounts"]] == ["ann", "ben"]
    assert {one["id"] for one in recount.json("token", "--list")["tokens"]} > {taken["id"]}
    # Once more: what came since goes on from the backup's trail, so it stays.
    access = recount.json("restore", source.folder / "x.backup")["access"]
    assert (access["stays"], access["newer_lines"] > 0, access["ended"]) == (True, True, [])
    assert [one["name"] for one in recount.json("user", "--list")["accounts"]] == ["ann", "ben"]
    other = another(recount)
    other("token", "of another database", "--role", "auditor")
    assert refused(other, "restore", source.folder / "x.backup") == "trail-of-another"


def test_what_is_no_backup_is_refused_and_leaves_nothing(filled: CommandLine) -> None:
    file = filled.folder / "x.backup"
    filled("backup", file)
    other = another(filled)
    assert refused(filled, "backup", file) == "file-exists"
    assert refused(filled, "restore", file) == "database-not-empty"
    text = filled.folder / "text"
    text.write_text("no database at all, but long enough to have a header that is none" * 20)
    assert refused(other, "restore", text) == "no-backup"
    sqlite3.connect(filled.folder / "empty").execute("CREATE TABLE log (x)").connection.close()
    assert refused(other, "restore", filled.folder / "empty") == "no-backup"
    for code, statement in (
        ("backup-of-another-version", "ALTER TABLE episode ADD COLUMN shoe_size INTEGER"),
        ("backup-damaged", "UPDATE log SET occurred_on = '2016-01-01' WHERE position = 2"),
    ):
        spoilt = filled.folder / code
        spoilt.write_bytes(file.read_bytes())
        connection = sqlite3.connect(spoilt)
        connection.execute("DROP TRIGGER log_update")
        connection.execute(statement)
        connection.commit()
        connection.close()
        assert refused(other, "restore", spoilt) == code
    assert other.json("log")["entries"] == []
    other("restore", file)


def test_other_keys_are_refused(filled: CommandLine) -> None:
    file = filled.folder / "x.backup"
    filled("backup", file)
    other = another(filled)
    other.settings["RECOUNT_CLIENT_KEY"] = "another"
    assert "another client key" in other("restore", file, code=1).stderr
    keyless = another(filled, "keyless.db")
    for name in KEYS:
        del keyless.settings[name]
    assert "RECOUNT_CLIENT_KEY and RECOUNT_SIGNING_KEY" in keyless("restore", file, code=1).stderr
    assert not list(keyless.folder.glob("keyless.db*"))


def test_an_old_backup_lacks_a_newer_table(filled: CommandLine) -> None:
    file = filled.folder / "x.backup"
    file.write_bytes(unpacked("recount.backup"))
    connection = sqlite3.connect(file)
    connection.execute("DROP TABLE erased")
    connection.commit()
    connection.close()
    other = another(filled)
    other.settings[STOP_LIST] = str(OLD / "recount.db.stop-list")
    assert other.json("restore", file)["verification"]["holds"]


def test_a_stop_list_that_was_not_written_is_written_by_the_next_command(embedded: CommandLine) -> None:
    submit(embedded, row(**PERSON), row(CLIENT="C2"))
    embedded(*ERASE)
    path = embedded.folder / "data" / "recount.db.stop-list"
    before = path.read_bytes()
    path.unlink()
    submit(embedded, row(CLIENT="C2"), month="02", on=TODAY)
    assert path.read_bytes() == before


def test_putting_back_without_a_stop_list_is_said(filled: CommandLine) -> None:
    filled("backup", filled.folder / "x.backup")
    other = another(filled)
    other.settings[STOP_LIST] = str(other.folder / "lost")
    assert "There is no stop-list at" in " ".join(other("restore", filled.folder / "x.backup").stderr.split())


def test_a_database_put_back_past_us_takes_nothing_in_until_the_erased_are_erased_again(embedded: CommandLine) -> None:
    submit(embedded, row(**PERSON), row(CLIENT="C2"))
    database = embedded.folder / "data" / "recount.db"
    old = database.read_bytes()
    embedded(*ERASE)
    database.write_bytes(old)
    path = write(embedded.folder, [row(CLIENT="C2")], first="20170201", last="20170228")
    assert "recount erase --again" in embedded("submit", path, code=1).stderr
    assert embedded.json("erase", "--again")["erasure"]["episodes"] == 1
    assert in_treatment(embedded) == (1, 1)
    assert b"SECRETREF" not in read_bytes(database.parent, "recount.db*")
    embedded("submit", path)
    embedded("verify", "--standpoints", 5)


@without_a_server
@pytest.mark.parametrize("topic", sorted(PLACES.keys() & {one.TOPIC.partition(".")[0] for one in EVENT_TYPES}))
def test_where_a_mention_can_be_looked_at_is_a_page(app: Flask, topic: str) -> None:
    mention = Mention(7, f"{topic}.said.v1", 3, "words", "C1", structured=False)
    endpoint, its = app.url_map.bind("localhost").match(place_of(mention))
    assert its == {"number": 3}
    assert endpoint.partition(".")[0] != "static"


def test_what_has_no_page_is_named_by_its_position() -> None:
    assert (
        place_of(Mention(7, "withdrawal.recorded.v1", 3, "reason", "C1", structured=False)) == "position 7 of the log"
    )
