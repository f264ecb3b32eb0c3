"""The staff board, whose display sees the board and nothing else; and the card, which points to nobody."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from domain.errors import Refused
from domain.log.database import reading, writing
from tests.unit.intake.files import csv_text, name, row
from web.auth import accounts
from web.auth.accounts import AccountUpdate
from web.auth.guard import services
from web.auth.roles import Role
from web.auth.sessions import cookie_named
from web.auth.trail import grants
from web.auth.trail.access import Deed
from web.clock import now
from web.pages.performance.displays import COOKIE, EVERY
from web.tables import token

from .browser import Person, a_person, access_trail, an_account, without_a_server, without_chance
from .conftest import CommandLine
from .http import a_token

JULY = {"as_of": "2017-07-31", "known_at": "2017-08-15"}
COMPLETED = {"DISD": "2017-03-10", "DISRSN": "80", "MODEND": "2017-03-10"}


def people(agency: str, completed: int, others: int, letter: str) -> list[dict[str, str]]:
    """Invented people of an agency, told apart by their birthdays."""
    rows = []
    for number in range(completed + others):
        said = COMPLETED if number < completed else {}
        born = f"19{60 + number % 40}-0{1 + number // 40}-11"
        rows.append(row(AGNCY=agency, CLIENT=f"{letter}{number}", SINITIAL=letter, DOB=born, **said))
    return rows


def reported(recount: CommandLine, completed: int = 12, others: int = 13) -> None:
    for agency, letter in (("H0001", "V"), ("H0002", "X")):
        path = recount.folder / name(last="20170731", agency=agency)
        path.write_text(csv_text(people(agency, completed, others, letter)), encoding="utf-8")
        recount("submit", path, "--received-on", "2017-08-01")


@pytest.fixture
def council(app: Flask, recount: CommandLine) -> Person:
    reported(recount)
    an_account(app, "Cara")
    return a_person(app, "Cara")


def link_of(person: Person, where: str = "Staff room") -> str:
    """The path of a new board's link."""
    told = person.post("/displays", "/displays", name=where).text
    found = re.search(r'href="http://localhost(/board/connect\?word=[^"]+)"', told)
    assert found, told
    return found[1]


def connected(app: Flask, link: str) -> FlaskClient:
    client = app.test_client()
    assert client.get(link).headers["Location"] == "/board"
    return client


def test_a_display_shows_the_board_without_a_sign_in(app: Flask, council: Person) -> None:
    display = connected(app, link_of(council))
    board = display.get("/board")
    assert board.status_code == 200
    assert board.headers["Refresh"] == str(EVERY)
    assert "H0001" in board.text
    assert "C1" not in without_chance(board.text)
    cookie = display.get_cookie(cookie_named(app, COOKIE), path="/board")
    assert cookie
    assert cookie.http_only
    before = app.test_client()
    before.set_cookie(COOKIE, cookie.value, path="/board")
    assert before.get("/board").status_code == 200, "one that was hung up when the cookie had another name"
    assert before.get_cookie(cookie_named(app, COOKIE), path="/board")


def test_a_display_asks_again_after_the_service_failed(app: Flask, council: Person) -> None:
    display = connected(app, link_of(council))
    app.testing = app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.extensions["recount"].engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE agency_name RENAME TO lost"))
    board = display.get("/board")
    assert board.status_code == 500
    assert board.headers["Refresh"] == str(EVERY)
    assert "Refresh" not in council.client.get("/board").headers


def test_the_board_says_how_far_each_hub_is_and_until_when(app: Flask, recount: CommandLine, council: Person) -> None:
    when = ("--from", "2017-04-01", "--to", "2017-12-31", "--agreed-on", "2017-04-10")
    recount("target", "set", "--measure", "4.0", "--level", "60", *when)
    told = " ".join(re.sub(r"<[^>]+>", " ", council.client.get("/board").text).split())
    assert "Targets are to be reached by 31 December 2017." in told
    assert "Opiate 48.0% 24 of 50 Target 60%: 6 to go" in told
    assert "H0001 12 of 15 3 to go" in told
    assert "Non-opiate – 0 of 0 No target" in told


@without_a_server
def test_a_display_sees_nothing_else(app: Flask, council: Person) -> None:
    link = link_of(council)
    display = connected(app, link)
    assert display.get("/", query_string=JULY).status_code in {302, 303}
    assert display.get("/displays").status_code in {302, 303}
    token = {"Authorization": f"Bearer {link.partition('word=')[2]}"}
    for path in ("/api/v1/figures?as_of=2017-07-31", "/api/v1/submissions", "/api/v1/published"):
        assert display.get(path, headers=token).status_code == 403
    assert display.get("/figures/4.0", query_string=JULY, headers=token).status_code == 403


def test_a_display_that_was_ended_shows_nothing(app: Flask, council: Person) -> None:
    display = connected(app, link_of(council))
    found = re.search(r'action="(/displays/[a-z0-9]+/end)"', council.client.get("/displays").text)
    assert found
    assert council.post(found[1], "/displays").status_code == 303
    assert display.get("/board").status_code in {302, 303}
    assert "Staff room" not in council.client.get("/displays").text
    deeds = [entry.deed for entry in access_trail(app)]
    assert Deed.TOKEN_MADE in deeds
    assert Deed.TOKEN_REVOKED in deeds


def account_number(app: Flask, name: str) -> int:
    with app.app_context(), reading(services().access_engine) as connection:
        known = accounts.account_named(connection, name)
    assert known
    return known.number


def change(app: Flask, name: str, update: AccountUpdate | None) -> None:
    """Change an account, or close it."""
    number = account_number(app, name)
    with app.app_context(), writing(services().access_engine) as connection:
        if update is None:
            accounts.close_account(connection, number, now())
        else:
            accounts.change_account(connection, number, update)


def shows(display: FlaskClient) -> str:
    """Whose hubs a display names; nothing where it has ended."""
    board = display.get("/board")
    return " ".join(re.findall(r"H000\d|Other hubs", board.text)) if board.status_code == 200 else ""


ALL_HUBS, OWN_HUB = "H0001 H0002", "H0001 Other hubs"


@without_a_server
@pytest.mark.parametrize(
    ("made_as", "becomes", "first", "then"),
    [
        ((Role.COMMISSIONER,), None, ALL_HUBS, ""),
        ((Role.COMMISSIONER,), (Role.AUDITOR, ()), ALL_HUBS, ""),
        ((Role.COMMISSIONER,), (Role.PUBLIC, ()), ALL_HUBS, ""),
        ((Role.COMMISSIONER,), (Role.PROVIDER, ("H0001",)), ALL_HUBS, OWN_HUB),
        ((Role.PROVIDER, "H0001"), None, OWN_HUB, ""),
        ((Role.PROVIDER, "H0001", "H0002"), (Role.PROVIDER, ("H0001",)), ALL_HUBS, OWN_HUB),
        ((Role.PROVIDER, "H0001"), (Role.PROVIDER, ("H0002",)), OWN_HUB, ""),
        ((Role.PROVIDER, "H0001"), (Role.COMMISSIONER, ()), OWN_HUB, OWN_HUB),
    ],
)
def test_a_display_shows_no_more_than_its_maker_may_see(
    app: Flask,
    council: Person,
    made_as: tuple[Role, *tuple[str, ...]],
    becomes: tuple[Role, tuple[str, ...]] | None,
    first: str,
    then: str,
) -> None:
    an_account(app, "Max", *made_as)
    display = connected(app, link_of(a_person(app, "Max"), "Max’s board"))
    assert once(shows(display)) == first
    change(app, "Max", AccountUpdate(*becomes) if becomes else None)
    assert once(shows(display)) == then
    assert ("Max’s board" in council.client.get("/displays").text) is bool(then)


def once(hubs: str) -> str:
    """Each hub named once."""
    return " ".join(dict.fromkeys(hubs.split(" ")))


@without_a_server
@pytest.mark.parametrize("ends", ["revoked", "expired"])
def test_a_display_does_not_outlive_the_token_that_made_it(app: Flask, council: Person, ends: str) -> None:
    text = a_token(app, Role.PROVIDER, ["H0001"], days=1)
    bearer = {"Authorization": f"Bearer {text}"}
    made = app.test_client().post("/displays", data={"name": "By a program"}, headers=bearer).text
    found = re.search(r'href="http://localhost(/board/connect\?word=[^"]+)"', made)
    assert found
    display = connected(app, found[1])
    assert once(shows(display)) == once(OWN_HUB)
    ended = {"revoked": {"revoked_at": now()}, "expired": {"expires_at": now()}}[ends]
    with app.app_context(), writing(services().access_engine) as connection:
        connection.execute(token.update().where(token.c.id == text.split("_")[1]).values(**ended))
    assert not shows(display)
    assert "By a program" not in council.client.get("/displays").text


@without_a_server
def test_a_display_s_token_in_a_header_is_bound_as_well(app: Flask, council: Person) -> None:
    an_account(app, "Max")
    word = link_of(a_person(app, "Max")).partition("word=")[2]
    bearer = {"Authorization": f"Bearer {word}"}
    assert app.test_client().get("/board", headers=bearer).status_code == 200
    change(app, "Max", None)
    assert app.test_client().get("/board", headers=bearer).status_code in {302, 303}


@without_a_server
def test_a_display_is_in_the_trail_as_what_was_given(app: Flask, council: Person) -> None:
    link_of(council)
    with app.app_context(), reading(services().access_engine) as connection:
        assert not [fault for fault in grants.faults(connection) if "account" not in fault]


@without_a_server
def test_nobody_is_called_so_that_a_display_would_be_theirs(app: Flask, council: Person) -> None:
    with pytest.raises(Refused, match="name"):
        an_account(app, "=account 1")


@without_a_server
def test_a_link_of_another_kind_shows_no_board(app: Flask, council: Person) -> None:
    for word in ("", "x", a_token(app, Role.COMMISSIONER)):
        assert app.test_client().get("/board/connect", query_string={"word": word}).status_code == 400
    assert app.test_client().get("/board").status_code in {302, 303}


@without_a_server
def test_a_board_has_a_name(council: Person) -> None:
    answer = council.post("/displays", "/displays", name=" ")
    assert answer.status_code == 422
    assert "Say where it hangs" in answer.text


@without_a_server
def test_a_provider_s_board_names_its_hubs_and_puts_the_others_together(app: Flask, council: Person) -> None:
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    pat = a_person(app, "Pat")
    board = connected(app, link_of(pat, "Hub")).get("/board").text
    assert "H0001" in board
    assert "H0002" not in board
    assert "Other hubs" in board
    link_of(council, "Town hall")
    assert "Town hall" not in pat.client.get("/displays").text
    assert "Hub" in council.client.get("/displays").text


@without_a_server
def test_who_is_signed_in_sees_the_board_and_nothing_is_taken_away_while_they_read(app: Flask, council: Person) -> None:
    board = council.client.get("/board")
    assert board.status_code == 200
    assert "Refresh" not in board.headers
    an_account(app, "Pam", Role.PUBLIC)
    assert a_person(app, "Pam").client.get("/board").status_code == 403
    assert a_person(app, "Pam").client.get("/displays").status_code == 403


@without_a_server
def test_before_the_first_file_the_board_says_so(app: Flask) -> None:
    an_account(app, "Cara")
    assert "Nothing has been received yet." in a_person(app, "Cara").client.get("/board").text


@without_a_server
def test_the_card_counts_in_tens(council: Person) -> None:
    told = council.client.get("/card", query_string=JULY).text
    assert "At least 20 people" in told
    assert "1 in 2" in told
    assert not re.search(r"\b2[1-9]\b", told.split("<main")[1].split("</main")[0].replace("2017", ""))


@without_a_server
@pytest.mark.parametrize(("completed", "others"), [(4, 30), (30, 4)])
def test_too_few_people_are_not_told(app: Flask, recount: CommandLine, completed: int, others: int) -> None:
    """Eight completed, or eight did not."""
    reported(recount, completed, others)
    an_account(app, "Cara")
    told = a_person(app, "Cara").client.get("/card", query_string=JULY).text
    assert "Too few people to show" in told
    assert "govuk-panel__title" not in told


@without_a_server
def test_with_a_file_missing_nothing_is_told(council: Person) -> None:
    told = council.client.get("/card", query_string={"as_of": "2017-08-31", "known_at": "2017-08-15"}).text
    assert "govuk-panel__title" not in told
    assert "A file is missing" not in council.client.get("/board").text
