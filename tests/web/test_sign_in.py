"""Signing in and out on one machine: passwords, links, sessions, forms, and how often one may try."""

import re
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from domain.errors import WrongUse
from domain.log.database import reading, writing
from web.app import create_app
from web.auth import accounts, passwords
from web.auth.guard import services
from web.auth.roles import Role
from web.auth.sessions import IDLE, LONGEST, NOTED
from web.auth.trail.access import Deed
from web.clock import now
from web.pages.administration.sign_in import _path_after
from web.settings import ORIGIN, PROXY, Settings

from .browser import PASSWORD, Person, a_person, access_trail, an_account, without_a_server
from .conftest import CommandLine
from .http import API, Asker, a_token, assert_problem


def test_a_person_signs_in_and_out(app: Flask) -> None:
    an_account(app, "Ann Poole", Role.PROVIDER, "H0001")
    person = a_person(app)
    response = person.sign_in("Ann Poole")
    assert (response.status_code, response.headers["Location"]) == (303, "/home")
    page = person.client.get("/account").get_data(as_text=True)
    assert "Ann Poole" in page
    assert "provider" in page
    assert "H0001" in page
    assert person.client.get(f"{API}/definitions").status_code == 200
    response = person.post("/sign-out", "/account")
    assert (response.status_code, response.headers["Location"]) == (303, "/sign-in")
    assert not person.is_in()
    assert [entry.deed for entry in access_trail(app)] == [Deed.SIGNED_OUT, Deed.SIGNED_IN]
    assert access_trail(app)[1].question == {"by": "password"}


@without_a_server
def test_until_there_is_an_account_it_is_said_how_to_make_one(app: Flask) -> None:
    first = "Nobody has an account here yet."
    assert first in app.test_client().get("/sign-in").get_data(as_text=True)
    an_account(app, "Ann")
    assert first not in app.test_client().get("/sign-in").get_data(as_text=True)


@without_a_server
def test_who_is_not_signed_in_is_led_to_the_page_for_it_and_back(app: Flask) -> None:
    an_account(app, "Ann")
    person = a_person(app)
    response = person.client.get("/account?a=b")
    assert response.headers["Location"] == "/sign-in?next=/account?a%3Db"
    page = person.client.get(response.headers["Location"]).get_data(as_text=True)
    assert 'name="next" value="/account?a=b"' in page
    assert person.sign_in("Ann", next="/account?a=b").headers["Location"] == "/account?a=b"


@without_a_server
@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "account",
        "/a\nb",
        "",
        None,
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(app: Flask, text: str | None) -> None:
    with app.test_request_context():
        assert _path_after(text) == "/home"
        assert _path_after("/figures?measure=4.0&as_of=2017-07-31") == "/figures?measure=4.0&as_of=2017-07-31"


@without_a_server
@pytest.mark.parametrize(("name", "password"), [("Ann", "not her password"), ("Ben", PASSWORD), ("", ""), ("Ann", "")])
def test_wrong_names_and_passwords_are_told_alike(app: Flask, name: str, password: str) -> None:
    an_account(app, "Ann")
    response = a_person(app).sign_in(name, password)
    assert response.status_code == 401
    assert "The name or the password is not right." in response.get_data(as_text=True)
    assert password not in response.get_data(as_text=True) or not password


def test_a_failure_is_noted_by_name_only_where_there_is_such_an_account(app: Flask) -> None:
    an_account(app, "Ann")
    a_person(app).sign_in("Ann", "not her password")
    a_person(app).sign_in("my secret, typed into the wrong field", "x")
    unknown, known = access_trail(app, deed=Deed.SIGN_IN_FAILED)
    assert (known.actor, known.role, known.question) == ("Ann", "commissioner", {"code": "wrong-password"})
    assert (unknown.actor, unknown.role) == ("", "")
    assert "secret" not in repr(unknown)


def test_a_password_is_stored_as_its_hash_and_shown_nowhere(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    seen = an_account(app, "Ann")
    a_person(app, "Ann")
    with app.app_context(), reading(services().access_engine) as connection:
        stored = repr(connection.exec_driver_sql("SELECT * FROM account").all())
    assert "$argon2id$" in stored
    assert PASSWORD not in stored + repr(seen) + repr(access_trail(app)) + caplog.text


def test_a_password_is_hashed_anew_when_it_was_hashed_with_less_work(app: Flask) -> None:
    number = an_account(app, "Ann").number
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with app.app_context(), writing(services().access_engine) as connection:
        connection.exec_driver_sql(f"UPDATE account SET password = '{weak}' WHERE number = {number}")
    assert a_person(app, "Ann").is_in()
    with app.app_context(), reading(services().access_engine) as connection:
        [(stored,)] = connection.exec_driver_sql("SELECT password FROM account").all()
    assert stored != weak
    assert passwords.agrees(stored, PASSWORD)
    assert not passwords.outdated(stored)


def test_a_hash_is_made_with_the_work_that_argon2_recommends(
    monkeypatch: pytest.MonkeyPatch, usual_work: PasswordHasher
) -> None:
    monkeypatch.setattr(passwords, "_HASHER", usual_work)
    assert passwords.hashed(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_the_same_password_from_another_keyboard() -> None:
    stored = passwords.hashed("caf\N{LATIN SMALL LETTER E WITH ACUTE} au lait noir")
    assert passwords.agrees(stored, "cafe\N{COMBINING ACUTE ACCENT} au lait noir")
    assert not passwords.agrees("no hash", "anything")


@without_a_server
def test_a_session_is_a_new_one_after_signing_in(app: Flask) -> None:
    an_account(app, "Ann")
    person = a_person(app)
    with person.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    before = person.word()
    person.sign_in("Ann")
    with person.client.session_transaction() as session:
        assert "planted" not in session
    assert person.client.post("/sign-out", data={"csrf_token": before}).status_code == 400


@without_a_server
def test_a_session_has_nothing_of_the_browser_and_nothing_of_the_person(app: Flask) -> None:
    """The account's key, its random value, two moments, and the word of the forms."""
    an_account(app, "Ann")
    person = a_person(app, "Ann")
    person.word("/account")
    with person.client.session_transaction() as session:
        assert set(session) <= {"_user_id", "word", "began", "seen", "csrf_token"}
        assert "Ann" not in str(dict(session))


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask) -> None:
    an_account(app, "Ann")
    person = a_person(app, "Ann")
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = person.client.get_cookie(name)
    assert cookie
    person.post("/sign-out", "/account")
    thief = a_person(app)
    thief.client.set_cookie(name, cookie.value)
    assert not thief.is_in()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--close",),
        ("--role", "auditor"),
        ("--password-stdin",),
        ("--issuer", "https://login.example", "--subject", "1"),
    ],
)
def test_a_change_of_the_account_ends_its_sessions_at_once(
    app: Flask, recount: CommandLine, arguments: tuple[str, ...]
) -> None:
    an_account(app, "Ann")
    person = a_person(app, "Ann")
    assert person.is_in()
    recount("user", "Ann", *arguments, typed="a new password of hers\n")
    assert not person.is_in()


@without_a_server
@pytest.mark.parametrize(
    ("began", "seen", "holds"),
    [
        (LONGEST - timedelta(minutes=1), timedelta(0), True),
        (LONGEST + timedelta(minutes=1), timedelta(0), False),
        (IDLE, IDLE - timedelta(minutes=1), True),
        (IDLE * 2, IDLE + timedelta(minutes=1), False),
    ],
)
def test_a_session_ends_by_itself(app: Flask, began: timedelta, seen: timedelta, holds: bool) -> None:
    an_account(app, "Ann")
    person = a_person(app, "Ann")
    with person.client.session_transaction() as session:
        session["began"], session["seen"] = (now() - began).timestamp(), (now() - seen).timestamp()
    assert person.is_in() is holds


@without_a_server
def test_a_session_in_use_goes_on_and_most_answers_set_no_cookie(app: Flask) -> None:
    an_account(app, "Ann")
    person = a_person(app, "Ann")
    assert person.is_in()
    assert "Set-Cookie" not in person.client.get("/account").headers
    with person.client.session_transaction() as session:
        session["seen"] -= NOTED.total_seconds() + 1
    assert "Set-Cookie" in person.client.get(f"{API}/definitions").headers
    assert "Set-Cookie" not in person.client.get(f"{API}/definitions").headers


@without_a_server
def test_what_the_cookie_is_like(app: Flask, recount: CommandLine) -> None:
    an_account(app, "Ann")
    known, plain = sorted(
        a_person(app).sign_in("Ann").headers.getlist("Set-Cookie"), key=lambda one: "known" not in one
    )
    mark = Settings.from_environment(recount.settings).mark
    for cookie, name in ((plain, f"recount-{mark}="), (known, f"recount-known-{mark}=")):
        assert cookie.startswith(name)
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Secure" not in cookie
        assert "Domain" not in cookie
    assert "Expires" not in plain
    assert "Ann" not in known
    settings = Settings.from_environment(recount.settings | {ORIGIN: "https://recount.example"})
    secure = create_app(settings, TESTING=True)
    client, headers = secure.test_client(), {"Referer": "https://recount.example/sign-in"}
    page = client.get("/sign-in", base_url="https://recount.example").get_data(as_text=True)
    word = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert word
    fields = {"csrf_token": word[1], "name": "Ann", "password": PASSWORD}
    response = client.post("/sign-in", base_url="https://recount.example", data=fields, headers=headers)
    for cookie in response.headers.getlist("Set-Cookie"):
        assert cookie.startswith((f"__Host-recount-{mark}=", f"__Host-recount-known-{mark}="))
        assert "Secure" in cookie
        assert "Domain" not in cookie
    forged = client.post(
        "/sign-in", base_url="https://recount.example", data=fields, headers={"Referer": "https://evil.example/"}
    )
    assert forged.status_code == 400
    secure.extensions["recount"].close()


@without_a_server
def test_a_request_by_token_has_no_session(app: Flask) -> None:
    an_account(app, "Ann", Role.ADMINISTRATOR)
    person = a_person(app, "Ann")
    assert person.client.get(f"{API}/figures").status_code == 403
    ask = Asker(person.client, a_token(app, Role.COMMISSIONER))
    response = ask.get("/definitions")
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert_problem(Asker(person.client, "nonsense").get("/definitions"), 401, "not-signed-in")


@without_a_server
def test_files_of_the_project_vary_by_no_cookie(app: Flask) -> None:
    response = app.test_client().get("/static/recount.css", buffered=True)
    assert response.status_code == 200
    assert "Cookie" not in response.headers.get("Vary", "")


@without_a_server
def test_a_form_needs_the_word_of_its_page(app: Flask) -> None:
    an_account(app, "Ann")
    person = a_person(app)
    fields = {"name": "Ann", "password": PASSWORD}
    for word in ("", "wrong", a_person(app).word()):
        response = person.client.post("/sign-in", data=fields | {"csrf_token": word})
        assert response.status_code == 400
        assert "Open the page again" in response.get_data(as_text=True)
    assert not person.is_in()


@without_a_server
def test_a_program_in_a_browser_needs_the_word_too(app: Flask) -> None:
    an_account(app, "Ann", Role.ADMINISTRATOR)
    person = a_person(app, "Ann")
    given = {"name": "tool", "role": "auditor"}
    assert_problem(person.client.post(f"{API}/tokens", json=given), 400, "csrf-missing")
    headers = {"X-CSRFToken": person.word("/account")}
    assert person.client.post(f"{API}/tokens", json=given, headers=headers).status_code == 201
    assert_problem(app.test_client().post(f"{API}/tokens", json=given), 401, "not-signed-in")


def test_a_printed_link_signs_in_once(app: Flask, recount: CommandLine) -> None:
    printed = recount("user", "Ann", "--role", "administrator", "--link").stdout.strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/sign-in/link\?word=[\w-]{43}", printed)
    path = printed.removeprefix("http://127.0.0.1:8000")
    person = a_person(app)
    assert person.client.head(path).status_code == 405
    assert person.client.get(path).headers["Location"] == "/home"
    assert person.is_in()
    again = a_person(app)
    assert again.client.get(path).status_code == 400
    assert not again.is_in()
    assert access_trail(app)[0].question == {"code": "link-ended"}
    with app.app_context(), reading(services().access_engine) as connection:
        stored = repr(connection.exec_driver_sql("SELECT * FROM sign_in_link").all())
    assert path.split("=")[1] not in stored + repr(access_trail(app))


def test_a_link_ends(app: Flask) -> None:
    number = an_account(app, "Ann").number
    with app.app_context(), writing(services().access_engine) as connection:
        old = accounts.make_link(connection, number, now() - accounts.LINK_HOLDS)
    assert a_person(app).client.get(f"/sign-in/link?word={old}").status_code == 400
    with app.app_context(), writing(services().access_engine) as connection:
        replaced, newest = (accounts.make_link(connection, number, now()) for _ in range(2))
    assert a_person(app).client.get(f"/sign-in/link?word={replaced}").status_code == 400
    with app.app_context(), writing(services().access_engine) as connection:
        accounts.close_account(connection, number, now())
    assert a_person(app).client.get(f"/sign-in/link?word={newest}").status_code == 400


def test_a_closed_account_does_not_sign_in(app: Flask, recount: CommandLine) -> None:
    an_account(app, "Ann")
    recount("user", "Ann", "--close")
    assert a_person(app).sign_in("Ann").status_code == 401
    assert access_trail(app)[0].question == {"code": "account-closed"}
    recount("user", "Ann", "--role", "auditor")
    assert a_person(app, "Ann").is_in()


def test_one_gives_oneself_another_password(app: Flask) -> None:
    an_account(app, "Ann")
    person, elsewhere = a_person(app, "Ann"), a_person(app, "Ann")

    def change(old: str, new: str) -> Any:
        return person.post("/account/password", "/account", old=old, password=new)

    wrong = change("not hers", "quite another one")
    assert wrong.status_code == 400
    assert "This is not your password." in wrong.get_data(as_text=True)
    short = change(PASSWORD, "short")
    assert short.status_code == 400
    assert "at least 12 characters" in short.get_data(as_text=True)
    assert change(PASSWORD, "quite another one").status_code == 303
    assert person.is_in()
    assert not elsewhere.is_in()
    assert a_person(app).sign_in("Ann", PASSWORD).status_code == 401
    assert a_person(app).sign_in("Ann", "quite another one").status_code == 303
    token = Asker(app.test_client(), a_token(app, Role.COMMISSIONER))
    headers = {"Authorization": f"Bearer {token.token}"}
    assert app.test_client().post("/account/password", headers=headers).status_code == 403


@without_a_server
def test_the_service_answers_under_its_own_name_alone(recount: CommandLine) -> None:
    settings = Settings.from_environment(recount.settings | {ORIGIN: "https://recount.example"})
    app = create_app(settings, TESTING=True)
    client = app.test_client()
    assert client.get("/sign-in", base_url="https://recount.example").status_code == 200
    assert client.get("/healthz", base_url="http://127.0.0.1:8000").status_code == 200
    for path in ("/sign-in", "/nothing"):
        response = client.get(path, base_url="https://evil.example")
        assert response.status_code == 400
        assert "evil" not in response.get_data(as_text=True)
    assert_problem(client.get(f"{API}/definitions", base_url="https://evil.example"), 400, "bad-request")
    app.extensions["recount"].close()


@without_a_server
@pytest.mark.parametrize(
    ("proxy", "comes_from", "believed"),
    [
        ("", "127.0.0.1", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1, ::1", "::1", True),
        ("192.0.2.0/28", "192.0.2.9", True),
        ("127.0.0.1", "192.0.2.9", False),
        ("192.0.2.9", "127.0.0.1", False),
        ("127.0.0.1", "", False),
    ],
)
def test_only_a_proxy_that_was_named_is_believed(
    recount: CommandLine, proxy: str, comes_from: str, believed: bool
) -> None:
    settings = recount.settings | {ORIGIN: "https://recount.example"} | ({PROXY: proxy} if proxy else {})
    app = create_app(Settings.from_environment(settings), TESTING=True)
    said = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "recount.example"}
    answer = app.test_client().get("/healthz", headers=said, environ_base={"REMOTE_ADDR": comes_from})
    assert ("Strict-Transport-Security" in answer.headers) is believed
    app.extensions["recount"].close()


@without_a_server
def test_a_proxy_is_named_by_its_address(recount: CommandLine) -> None:
    with pytest.raises(WrongUse, match=PROXY):
        create_app(Settings.from_environment(recount.settings | {PROXY: "proxy.example"}))


@without_a_server
def test_without_an_address_of_its_own_the_service_has_no_other_name(app: Flask) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "192.0.2.1:8000"):
        answer = app.test_client().get("/sign-in", headers={"Host": host, "X-Forwarded-Host": host})
        assert answer.status_code == 400
        assert host not in answer.text
    assert app.test_client().get("/sign-in", headers={"X-Forwarded-Host": "evil.example"}).status_code == 200


@without_a_server
def test_without_a_proxy_nobody_says_where_they_come_from(app: Flask) -> None:
    an_account(app, "Ann")
    for number in range(30):
        person = a_person(app)
        word = person.word()
        fields = {"csrf_token": word, "name": f"n{number}", "password": "x"}
        assert person.client.post("/sign-in", data=fields, headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert a_person(app).sign_in("Ann").status_code == 429


def test_an_old_name_of_a_session_is_nobody(app: Flask) -> None:
    an_account(app, "Ann")
    person = Person(app.test_client())
    with person.client.session_transaction() as session:
        session["_user_id"] = "account 1"
    assert not person.is_in()
    with person.client.session_transaction() as session:
        session["_user_id"], session["word"] = "account 999", "x"
        session["began"] = session["seen"] = now().timestamp()
    assert not person.is_in()


@without_a_server
def test_the_trail_says_who_signed_in_and_not_from_where(app: Flask) -> None:
    an_account(app, "Ann")
    a_person(app, "Ann")
    [entry] = access_trail(app)
    assert (entry.actor, entry.role, entry.deed, entry.about) == ("Ann", "commissioner", "signed-in", "sign-in.enter")
    assert "127.0.0.1" not in repr(entry)
