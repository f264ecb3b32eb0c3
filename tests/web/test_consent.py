"""One client who refuses consent, followed everywhere: once the refusal is in, no part of them is anywhere.

Before it they are in the log, in the tables, in a backup, and behind most doors, so that the search can find something.
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from domain.client import ClientKey, client_number
from tests.unit.intake.files import AGENCY, COLUMNS, DISCHARGED, PLAIN, REVIEW, row, rows, write, write_reviews
from web.app import create_app
from web.auth.roles import Role
from web.settings import CLIENT_KEY, DATABASE, Settings
from web.tables import log_tables

from .browser import a_person, an_account
from .conftest import KEYS, CommandLine
from .http import API, a_token

PERSON = {"CLIENT": "SECRETREF", "EPISODID": "SECRETEPI", "SINITIAL": "W"}
ENDED = {
    "CLIENT": "SECRETREF",
    "EPISODID": "SECRETEPI2",
    "SINITIAL": "W",
    "TRIAGED": "2017-01-05",
    "MODST": "2017-01-16",
}
OTHERS = rows("C2", "C3", "C4")
REFUSAL = dict.fromkeys(PLAIN, "") | {"AGNCY": AGENCY, "CLIENTID": "SECRETREF", "CONSENT": "N"}
ID = ClientKey(KEYS[CLIENT_KEY].encode()).client("QW", date(1980, 5, 17), "F")
WORDS = [b"SECRETREF", b"SECRETEPI", b"SECRETTOP", ID.encode()]
IN_CELLS = [*WORDS, str(client_number(ID)).encode()]
STORED = [*WORDS, client_number(ID).to_bytes(8, "big")]


@pytest.fixture
def recount(tmp_path: Path) -> CommandLine:
    """An agency of which one client has two episodes, a TOP, a review, and a place in a published figure."""
    recount = CommandLine(tmp_path, {DATABASE: f"sqlite:///{tmp_path / 'data' / 'recount.db'}", **KEYS})
    top = {"TOPID": "SECRETTOP", "TOPDATE": "2017-01-16", "TRSTAGE": "S"}
    recount("submit", write(tmp_path, [row(**PERSON, **top), row(**ENDED, **DISCHARGED), *OTHERS]), *on("2017-02-10"))
    recount(
        "submit", write_reviews(tmp_path, [REVIEW | {k: PERSON[k] for k in ("CLIENT", "EPISODID")}]), *on("2017-02-10")
    )
    recount("publish", "--measure", "N.treatment", "--as-of", "2017-01-31", "--out", tmp_path / "certificate.json")
    # A file that does not have them: they are asked about.
    recount("submit", write(tmp_path, OTHERS, first="20170101", last="20170215"), *on("2017-02-20"))
    return recount


@pytest.fixture
def refused(recount: CommandLine) -> CommandLine:
    """A month later the client refuses, in a row with nothing else."""
    recount("backup", recount.folder / "before.backup")
    refuse(recount, "02")
    return recount


def on(day: str) -> tuple[str, str]:
    return "--received-on", day


def refuse(recount: CommandLine, month: str) -> dict[str, object]:
    path = write(
        recount.folder,
        [REFUSAL, *OTHERS],
        columns=(*COLUMNS, "CLIENTID"),
        first=f"2017{month}01",
        last=f"2017{month}28",
    )
    (submission,) = recount.json("submit", path, *on(f"2017-{int(month) + 1:02}-20"))["submissions"]
    return dict(submission)


def test_what_is_searched_for_was_there(recount: CommandLine) -> None:
    recount("backup", recount.folder / "before.backup")
    assert {word for word in STORED if word in files(recount)} == set(STORED)
    assert b"SECRETREF" in (recount.folder / "before.backup").read_bytes()
    assert {"log", "episode", "standing", "published_member"} <= set(cells_that_have_it(recount))
    seen = set(behind_doors(recount))
    assert {"log", "members --measure N.treatment", "worklist not-in-latest-file"} <= seen
    assert {f"{API}/log", f"{API}/worklists/not-in-latest-file", "/worklists/not-in-latest-file"} <= seen
    assert {"/trail/export.csv", "/submissions/3", "/exports/xlsx/figures/N.treatment/members"} <= seen


def test_nothing_is_in_the_databases_files_or_tables(refused: CommandLine) -> None:
    assert not [word for word in STORED if word in files(refused)]
    assert not list(cells_that_have_it(refused))
    assert b"C2" in files(refused)


def test_nothing_is_in_a_backup_made_from_then_on_or_put_back(refused: CommandLine) -> None:
    after = refused.folder / "after.backup"
    refused("backup", after)
    assert not [word for word in STORED if word in after.read_bytes()]
    other = CommandLine(
        refused.folder, refused.settings | {DATABASE: f"sqlite:///{refused.folder / 'other' / 'other.db'}"}
    )
    (refused.folder / "other").mkdir()
    (refused.folder / "other" / "other.db.stop-list").write_bytes(
        (refused.folder / "data" / "recount.db.stop-list").read_bytes()
    )
    assert other.json("restore", refused.folder / "before.backup")["erasure"]["episodes"] == 2
    assert not [
        word for word in STORED if word in b"".join(p.read_bytes() for p in (refused.folder / "other").iterdir())
    ]


def test_nothing_is_behind_any_door(refused: CommandLine) -> None:
    assert not list(behind_doors(refused))


def test_everything_still_adds_up(refused: CommandLine) -> None:
    (figure,) = refused.json("figures", "--as-of", "2017-01-31", "--measure", "N.treatment")["figures"]
    assert (figure["numerator"], figure["erased_records"]) == (1, 2)
    refused("verify", "--standpoints", 5)


def test_the_next_months_say_it_again_and_nothing_happens(refused: CommandLine) -> None:
    for month in ("03", "04"):
        again = refuse(refused, month)
        assert (again["consent_refused"], again["erased"], again["rejected"], again["events"]) == (1, 0, [], 1)
    assert not [word for word in STORED if word in files(refused)]


def files(recount: CommandLine) -> bytes:
    """All bytes of the database's own files."""
    return b"".join(path.read_bytes() for path in sorted((recount.folder / "data").glob("recount.db*")))


def cells_that_have_it(recount: CommandLine) -> Iterator[str]:
    """Where a table holds any of it."""
    engine = sa.create_engine(recount.settings[DATABASE])
    with closing(engine.raw_connection()) as connection:
        for table in log_tables():
            for found in connection.cursor().execute(f'SELECT * FROM "{table.name}"'):
                for value in found:
                    data = value if isinstance(value, bytes) else str(value).encode()
                    if any(word in data for word in IN_CELLS):
                        yield table.name
    engine.dispose()


# -- every door -------------------------------------------------------------------------------------------------------

COMMANDS = (
    "log",
    "members --measure N.treatment",
    "members --measure R.plan",
    "worklist not-in-latest-file",
    "worklist plans-overdue",
    "data-quality --from 2017-01-01 --to 2017-01-31",
    "published --show 1",
    "explain --measure N.treatment --to-as-of 2017-02-28",
)
STANDPOINT = " --as-of 2017-01-31"


def behind_doors(recount: CommandLine) -> Iterator[str]:
    """The commands, pages and endpoints whose answers have any of it."""
    for command in COMMANDS:
        words = command.split() + (STANDPOINT.split() if command.startswith(("members", "worklist", "explain")) else [])
        result = recount(*words, *(["--json"] if command != "log" else []), code=0)
        if any(word in result.stdout.encode() for word in WORDS):
            yield command
    app = create_app(Settings.from_environment(recount.settings), TESTING=True)
    try:
        yield from _of_the_service(app)
    finally:
        app.extensions["recount"].close()


def _of_the_service(app: Flask) -> Iterator[str]:
    an_account(app, "Anne", Role.AUDITOR)
    person = a_person(app, "Anne")
    token = {"Authorization": f"Bearer {a_token(app, Role.AUDITOR)}"}
    for path in _paths(app):
        headers = token if path.startswith(API) else None
        answer = person.client.get(path, headers=headers, follow_redirects=True)
        if answer.status_code in {400, 422}:
            query = f"{'&' if '?' in path else '?'}as_of=2017-01-31"
            answer = person.client.get(path + query, headers=headers, follow_redirects=True)
        if answer.status_code == 200 and any(word in unpacked(answer.data) for word in WORDS):
            yield path


def _paths(app: Flask) -> list[str]:
    """Every address that can be asked for without knowing anything, and some that take a name."""
    plain = sorted(
        {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments}
    )
    named = [
        *(f"{API}/worklists/{name}" for name in ("not-in-latest-file", "plans-overdue", "consent-unclear")),
        *(f"/worklists/{name}" for name in ("not-in-latest-file", "plans-overdue")),
        *(f"{API}/submissions/{number}" for number in (1, 3)),
        *(f"/submissions/{number}" for number in (1, 3)),
        *(
            "/figures/N.treatment",
            "/figures/N.treatment/members",
            "/figures/N.treatment/members/1",
            f"{API}/members?measure=N.treatment",
        ),
    ]
    pages = [path for path in (*plain, *named) if not path.startswith((API, "/exports", "/static", "/sign"))]
    return [*plain, *named, *(f"/exports/{form}{path}" for path in pages for form in ("csv", "xlsx"))]


def unpacked(data: bytes) -> bytes:
    """A file's content, out of the archive in which some forms come."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())
