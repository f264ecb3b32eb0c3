"""Sending a file from a browser: the trial first, then the same bytes, and what is told of them afterwards."""

import io
import re
import tempfile
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.unit.intake.files import csv_text, name, row
from web.auth.roles import Role
from web.auth.trail.access import Deed
from web.clock import now, today
from web.pages.records import pending_files
from web.pages.records import submissions as pages
from web.settings import DATABASE, RAW_FILES

from .browser import Person, a_person, access_trail, an_account, without_a_server
from .conftest import KEYS, CommandLine

JANUARY, FEBRUARY = name(), name("20170201", "20170228")


@pytest.fixture
def recount(database_url: str, tmp_path: Path) -> CommandLine:
    """On both databases, taking raw files."""
    return CommandLine(tmp_path, {DATABASE: database_url, RAW_FILES: "yes", **KEYS})


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files wait, which no other test looks into."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def council(app: Flask) -> Person:
    an_account(app, "Cora Ames")
    return a_person(app, "Cora Ames")


@pytest.fixture
def provider(app: Flask) -> Person:
    an_account(app, "Pat Lowe", Role.PROVIDER, "H0001")
    return a_person(app, "Pat Lowe")


def people(*clients: str, **said: str) -> bytes:
    return csv_text(row(CLIENT=client, SINITIAL="ZYXWVUTS"[int(client[1:]) - 1], **said) for client in clients).encode()


def send(who: Person, file: str, data: bytes, **said: str) -> TestResponse:
    word = {"csrf_token": who.word("/submissions/new")}
    return who.client.post("/submissions/new", data=word | said | {"file": (io.BytesIO(data), file)})


def page(who: Person, path: str, status: int = 200) -> str:
    response = who.client.get(path)
    assert response.status_code == status, response.get_data(as_text=True)
    return " ".join(response.get_data(as_text=True).split())


def hidden(text: str, field: str) -> str:
    found = re.search(rf'name="{field}" value="([^"]*)"', text)
    assert found, field
    return found[1]


def take(who: Person, **said: str) -> TestResponse:
    shown = page(who, "/submissions/check")
    return who.post(
        "/submissions/take",
        "/submissions/new",
        position=hidden(shown, "position"),
        withdraws=hidden(shown, "withdraws"),
        **said,
    )


def sent(who: Person, file: str, data: bytes, **said: str) -> str:
    """Send a file and take it in; the page of its submission."""
    assert send(who, file, data, **said).headers["Location"] == "/submissions/check"
    response = take(who, confirmed="yes")
    assert response.status_code == 303, response.get_data(as_text=True)
    return str(response.headers["Location"])


def waiting(folder: Path) -> list[Path]:
    return [path for path in folder.glob("recount-*/*") if path.is_file()]


# -- the trial -------------------------------------------------------------------------------------------------------


@without_a_server
def test_a_trial_says_what_would_change_and_stores_nothing(council: Person, own_folder: Path) -> None:
    data = csv_text([row(), row(CLIENT="C3", TRIAGED="2017-02-31")]).encode()
    response = send(council, JANUARY, data, received_on="2017-02-10")
    assert (response.status_code, response.headers["Location"]) == (303, "/submissions/check")
    shown = page(council, "/submissions/check")
    assert "Nothing of it is stored yet" in shown
    assert "N.open" in shown
    assert "TRIAGED" in shown
    assert "received on 10 February 2017" in shown
    assert "Nothing has come in yet." in page(council, "/submissions")
    (kept,) = waiting(own_folder)
    assert b"CLIENT" not in kept.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0


@without_a_server
def test_the_rows_to_correct_come_as_a_table_before_and_after(council: Person) -> None:
    data = csv_text([row(), row(CLIENT="C3", TRIAGED="2017-02-31")]).encode()
    send(council, JANUARY, data)
    before = council.client.get("/submissions/check/rejected.csv")
    assert before.content_type.startswith("text/csv")
    assert "TRIAGED" in before.get_data(as_text=True)
    one = take(council).headers["Location"]
    shown = page(council, one)
    assert "1 of 2 episodes in this file was kept out of the figures: 1 is new, and so in no figure." in shown
    assert shown.index("1 of 2 episodes") < shown.index("received on")
    href = re.search(r'href="(/submissions/\d+/to-correct.csv)"', shown)
    assert href
    assert "TRIAGED" in council.client.get(href[1]).get_data(as_text=True)


@without_a_server
def test_what_is_taken_in_is_what_was_tried(council: Person, own_folder: Path) -> None:
    one = sent(council, JANUARY, people("C1", "C2"))
    shown = page(council, one)
    assert "The file was taken in." in shown
    assert "taken in whole" in page(council, "/submissions")
    assert "Cora Ames" in shown
    assert waiting(own_folder) == []
    assert council.post("/submissions/take", "/submissions/new").status_code == 404


@without_a_server
def test_the_same_file_again_has_nothing_to_take_in(council: Person) -> None:
    sent(council, JANUARY, people("C1"))
    send(council, JANUARY, people("C1"))
    shown = page(council, "/submissions/check")
    assert "received before" in shown
    assert "Take the file in" not in shown


def test_if_something_else_came_meanwhile_the_trial_is_shown_again(council: Person, provider: Person) -> None:
    send(council, FEBRUARY, people("C1", "C2"))
    shown = page(council, "/submissions/check")
    sent(provider, JANUARY, people("C1"))
    response = council.post("/submissions/take", "/submissions/new", position=hidden(shown, "position"), withdraws="0")
    assert response.headers["Location"] == "/submissions/check?again=changed"
    assert "received meanwhile" in page(council, response.headers["Location"])
    assert take(council).status_code == 303


def test_a_complete_file_is_taken_in_once_its_withdrawals_are_ticked(council: Person) -> None:
    sent(council, JANUARY, people("C1", "C2"))
    send(council, FEBRUARY, people("C1"), complete="yes")
    shown = page(council, "/submissions/check")
    assert "It is right that 1 episode is withdrawn" in shown
    response = take(council)
    assert response.headers["Location"] == "/submissions/check?again=unticked"
    assert "Tick that the withdrawals are right" in page(council, response.headers["Location"])
    assert "withdrawn" in page(council, take(council, confirmed="yes").headers["Location"])


@without_a_server
def test_a_file_that_was_sent_can_be_put_back(council: Person, own_folder: Path) -> None:
    send(council, JANUARY, people("C1"))
    assert council.post("/submissions/forget", "/submissions/new").headers["Location"] == "/submissions"
    assert waiting(own_folder) == []
    assert "not here any more" in page(council, "/submissions/check", 404)


@without_a_server
def test_a_waiting_file_is_gone_after_its_time(
    app: Flask, council: Person, own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(council, JANUARY, people("C1"))
    later = now() + pending_files.HELD * 1.1
    monkeypatch.setattr("web.pages.records.pending_files.now", lambda: later)
    page(council, "/submissions/check", 404)
    with app.app_context():
        pending_files.sweep()
    assert waiting(own_folder) == []


@without_a_server
def test_nobody_else_reads_a_waiting_file(council: Person, provider: Person, own_folder: Path) -> None:
    send(council, JANUARY, people("C1"))
    page(provider, "/submissions/check", 404)
    (kept,) = waiting(own_folder)
    kept.write_bytes(kept.read_bytes()[:-1] + b"!")
    page(council, "/submissions/check", 404)


# -- what is refused ---------------------------------------------------------------------------------------------------


@without_a_server
@pytest.mark.parametrize(
    ("file", "data", "said", "words"),
    [
        ("notes.csv", b"", {}, "notes.csv"),
        (JANUARY, b"\0", {}, "NUL"),
        (JANUARY, b"CLIENT\n", {"received_on": "10/02/2017"}, "is not a day"),
        (JANUARY, b"CLIENT\n", {"received_on": "2099-01-01"}, "lies after today"),
    ],
)
def test_a_refusal_is_said_at_its_field(
    council: Person, file: str, data: bytes, said: dict[str, str], words: str
) -> None:
    response = send(council, file, data, **said)
    if response.status_code == 303:
        response = council.client.get(response.headers["Location"])
    assert response.status_code == 422
    shown = response.get_data(as_text=True)
    assert "There is a problem" in shown
    assert words in shown


@without_a_server
def test_no_file_is_asked_for(council: Person) -> None:
    response = council.post("/submissions/new", "/submissions/new")
    assert (response.status_code, "Choose a file." in response.get_data(as_text=True)) == (422, True)


@without_a_server
def test_a_provider_sends_own_files_alone_and_today(app: Flask, provider: Person) -> None:
    assert "Day on which it was received" not in page(provider, "/submissions/new")
    response = send(provider, name(agency="H0002"), people("C1", AGNCY="H0002"))
    assert response.status_code == 422
    assert "You send the files of H0001" in response.get_data(as_text=True)
    assert access_trail(app, deed=Deed.REFUSED)
    sent(provider, JANUARY, people("C1"), received_on="2017-02-10")
    assert f"{today().day} {today():%B %Y}" in page(provider, "/submissions/1")


@without_a_server
def test_where_raw_files_are_not_taken_the_page_says_what_to_do(
    app: Flask, council: Person, recount: CommandLine
) -> None:
    given = app.extensions["recount"].settings.given
    given[RAW_FILES] = "no"
    assert "recount prepare" in page(council, "/submissions/new")
    send(council, JANUARY, people("C1"))
    assert "prepare" in page(council, "/submissions/check", 422)


@without_a_server
def test_without_the_word_of_our_pages_nothing_is_taken(council: Person) -> None:
    page(council, "/submissions/new")
    data = {"file": (io.BytesIO(people("C1")), JANUARY)}
    assert council.client.post("/submissions/new", data=data).status_code == 400


@without_a_server
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PUBLIC, Role.ADMINISTRATOR])
def test_others_send_nothing(app: Flask, role: Role) -> None:
    # The first account alone may do the set-up, of which the first file is part.
    an_account(app, "Ann Poole", Role.ADMINISTRATOR)
    an_account(app, "Nan Roe", role)
    other = a_person(app, "Nan Roe")
    assert other.client.get("/submissions/new").status_code == 403
    assert other.client.get("/submissions").status_code == (200 if role is Role.AUDITOR else 403)


# -- what was asked and answered -------------------------------------------------------------------------------------


def test_what_is_not_in_a_file_is_asked_about_and_answered(app: Flask, council: Person, provider: Person) -> None:
    sent(council, JANUARY, people("C1", "C2", "C3"))
    one = sent(council, FEBRUARY, people("C1"))
    shown = page(council, one)
    assert "2 episodes." in shown
    # The word of a form is random, and may hold the same two signs.
    assert "C2" not in re.sub(r"<[^>]*>", " ", shown)
    council.post("/reasons", "/submissions/new", key="page submissions", next="/", reason="the agency asked us")
    shown = page(council, one)
    assert "C2" in shown
    assert "no answer yet" in shown
    reference = {"agency": "H0001", "client_reference": "C2", "episode_reference": "1"}
    asked = council.post("/submissions/withdraw", "/submissions/new", **reference)
    assert "3 facts" in asked.get_data(as_text=True)
    unticked = council.post("/submissions/withdraw", "/submissions/new", asked="yes", **reference)
    assert unticked.status_code == 422
    done = council.post("/submissions/withdraw", "/submissions/new", confirmed="yes", **reference)
    assert "The episode was withdrawn." in page(council, done.headers["Location"])
    sent(provider, FEBRUARY, people("C1", "C3"))
    shown = page(provider, one)
    assert "withdrawn by word" in shown
    assert "in the file received on" in shown
    assert access_trail(app, deed=Deed.LOOKED, actor="Cora Ames")[0].reason == "the agency asked us"


@without_a_server
def test_another_agencys_submissions_are_not_there(app: Flask, council: Person, provider: Person) -> None:
    sent(council, name(agency="H0002"), people("C1", AGNCY="H0002"))
    sent(council, JANUARY, people("C1"))
    shown = page(provider, "/submissions")
    assert JANUARY in shown
    assert "H0002" not in shown
    page(provider, "/submissions/1", 404)
    page(provider, "/submissions/1/changes", 404)
    assert "changed no figure" in page(council, "/submissions/1/changes")


@without_a_server
def test_the_list_goes_on_to_older_ones(council: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LISTED", 2)
    for file in (JANUARY, FEBRUARY, name("20170301", "20170331")):
        sent(council, file, people("C1"))
    shown = page(council, "/submissions")
    assert "before=2" in shown
    assert JANUARY not in shown
    older = page(council, "/submissions?before=2")
    assert JANUARY in older
    assert "Older submissions" not in older
