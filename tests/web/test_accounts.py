"""Accounts and tokens: by `recount user` and by the API; and who reads the trail of access."""

from typing import Any

import pytest
from flask import Flask

from web.auth.roles import Right, Role
from web.auth.trail.access import Deed

from .browser import PASSWORD, a_person, access_trail, an_account, without_a_server
from .conftest import CommandLine
from .http import Asker, asker, assert_problem


def sent(ask: Asker, method: str, path: str, document: Any = None) -> Any:
    """The answer to a request with a document."""
    headers = {"Authorization": f"Bearer {ask.token}"}
    return ask.client.open(f"/api/v1{path}", method=method, json=document, headers=headers)


def test_the_first_administrator_is_made_at_the_command_line(recount: CommandLine) -> None:
    assert "no account yet" in recount("user", "--list").stdout
    made = recount.json("user", "Ann", "--role", "administrator", "--password-stdin", typed=f"{PASSWORD}\n")
    assert made["account"] | {"made_at": ""} == {
        "number": 1,
        "name": "Ann",
        "issuer": "",
        "subject": "Ann",
        "role": "administrator",
        "agencies": [],
        "has_password": True,
        "made_at": "",
        "closed_at": None,
    }
    assert "Ann" in recount("user", "--list").stdout
    assert recount.json("user", "Ann", "--role", "auditor")["account"]["role"] == "auditor"
    closed = recount("user", "Ann", "--close").stdout
    assert closed == "The account 'Ann' is closed.\n"
    assert recount.json("user", "--list")["accounts"][0]["closed_at"]


@without_a_server
def test_what_an_account_may_not_be(recount: CommandLine) -> None:
    recount("user", "Ann", "--role", "auditor", "--issuer", "https://login.example", "--subject", "1")
    refused = {
        ("Ben", "--role", "provider", "--link"): "account-without-agency",
        ("Ben", "--role", "auditor", "--agency", "H0001", "--link"): "account-with-agency",
        ("Ben", "--role", "auditor", "--issuer", "https://login.example", "--subject", "1"): "identity-taken",
        (" Ben", "--role", "auditor", "--link"): "account-name",
        ("Be\tn", "--role", "auditor", "--link"): "account-name",
        ("Ben", "--close"): "account-unknown",
    }
    for arguments, code in refused.items():
        assert recount.json("user", *arguments, code=1)["refused"]["code"] == code
    typed = {"short": "password-short", "x" * 513: "password-long", "benjamin of the council": "password-is-name"}
    for text, code in typed.items():
        name = "Benjamin of the Council"
        document = recount.json("user", name, "--role", "auditor", "--password-stdin", typed=f"{text}\n", code=1)
        assert document["refused"]["code"] == code
        assert text not in document["refused"]["message"]
    with_password = recount.json("user", "Ann", "--password-stdin", typed=f"{PASSWORD}\n", code=1)
    assert with_password["refused"]["code"] == "identity-has-password"
    assert [one["name"] for one in recount.json("user", "--list")["accounts"]] == ["Ann"]


@without_a_server
def test_how_the_command_is_used_wrongly(recount: CommandLine) -> None:
    recount("user", "Ann", "--role", "auditor", "--link")
    wrong: list[tuple[tuple[str, ...], str]] = [
        ((), "Give NAME, or --list"),
        (("Ann", "--list"), "Give NAME, or --list"),
        (("Ann",), "Say what to change"),
        (("Ann", "--close", "--link"), "stand alone"),
        (("Ann", "--password", "--password-stdin"), "not both"),
        (("Ann", "--issuer", "x"), "together"),
        (("Ben",), "Give --role"),
        (("Ben", "--role", "auditor"), "Say how they sign in"),
        (("Ben", "--role", "boss", "--link"), "is no role"),
    ]
    for arguments, words in wrong:
        assert words in recount("user", *arguments, code=2).stderr


@without_a_server
def test_a_password_is_asked_for_twice_and_not_shown(recount: CommandLine) -> None:
    result = recount("user", "Ann", "--role", "auditor", "--password", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert PASSWORD not in result.output
    assert recount.json("user", "--list")["accounts"][0]["has_password"]


def test_an_administrator_makes_changes_and_closes_accounts(app: Flask) -> None:
    ask = asker(app, Role.ADMINISTRATOR)
    given = {"name": "Ann", "role": "provider", "agencies": ["H0002", "H0001"], "password": PASSWORD}
    response = sent(ask, "POST", "/accounts", given)
    assert response.status_code == 201
    made = response.get_json()
    assert (made["role"], made["agencies"], made["has_password"]) == ("provider", ["H0001", "H0002"], True)
    assert PASSWORD not in response.get_data(as_text=True)
    path = f"/accounts/{made['number']}"
    person = a_person(app, "Ann")
    changed = sent(ask, "PATCH", path, {"role": "commissioner"}).get_json()
    assert (changed["role"], changed["agencies"]) == ("commissioner", [])
    assert not person.is_in()
    assert ask.json(path) == changed
    assert sent(ask, "DELETE", path).get_json()["closed_at"]
    assert_problem(sent(ask, "PATCH", path, {"password": "quite another one"}), 409, "account-closed")
    assert [one["name"] for one in ask.json("/accounts")["accounts"]] == ["Ann"]
    done = [entry.question["done"] for entry in access_trail(app, deed=Deed.ACCOUNT_CHANGED)]
    assert done == ["closed", "changed", "made"]


@without_a_server
def test_what_the_api_refuses_of_an_account(app: Flask) -> None:
    ask = asker(app, Role.ADMINISTRATOR)
    ann = {"name": "Ann", "role": "auditor", "issuer": "https://login.example", "subject": "1"}
    assert sent(ask, "POST", "/accounts", ann).status_code == 201
    assert_problem(sent(ask, "POST", "/accounts", ann), 409, "account-exists")
    assert_problem(sent(ask, "POST", "/accounts", ann | {"name": "Ben"}), 409, "identity-taken")
    for fields in (
        {"password": PASSWORD},
        {"subject": None},
        {"issuer": None},
        {"role": "boss"},
        {"name": " x"},
        {"a": 1},
    ):
        problem = sent(ask, "POST", "/accounts", ann | {"name": "Ben"} | fields)
        assert_problem(problem, 422, "unprocessable-entity")
    assert_problem(sent(ask, "PATCH", "/accounts/1", {"password": PASSWORD}), 422, "identity-has-password")
    assert_problem(sent(ask, "PATCH", "/accounts/1", {"role": "provider"}), 422, "account-without-agency")
    assert_problem(ask.get("/accounts/99999999999999999999"), 404, "not-found")
    assert_problem(ask.get("/accounts/9"), 404, "not-found")
    assert_problem(sent(ask, "PATCH", "/accounts/9", {"role": "auditor"}), 404, "not-found")
    assert_problem(ask.delete("/accounts/9"), 404, "not-found")


@without_a_server
def test_nobody_gives_themselves_another_role(app: Flask) -> None:
    number = an_account(app, "Ann", Role.ADMINISTRATOR).number
    person = a_person(app, "Ann")
    headers = {"X-CSRFToken": person.word("/account")}
    path = f"/api/v1/accounts/{number}"
    assert_problem(person.client.patch(path, json={"role": "auditor"}, headers=headers), 409, "own-account")
    assert_problem(person.client.delete(path, headers=headers), 409, "own-account")
    assert person.is_in()


def test_an_administrator_makes_and_revokes_tokens(app: Flask) -> None:
    ask = asker(app, Role.ADMINISTRATOR, name="admin tool")
    given = {"name": "council tool", "role": "commissioner", "scopes": ["figures", "definitions"], "days": 30}
    response = sent(ask, "POST", "/tokens", given)
    assert response.status_code == 201
    made = response.get_json()
    assert (made["made_by"], made["scopes"]) == ("admin tool", ["definitions", "figures"])
    other = Asker(app.test_client(), made["token"])
    assert other.get("/definitions").status_code == 200
    assert "token" not in ask.json("/tokens")["tokens"][0]
    assert sent(ask, "DELETE", f"/tokens/{made['id']}").get_json()["revoked_at"]
    assert_problem(other.get("/definitions"), 401, "not-signed-in")
    assert_problem(ask.delete("/tokens/nothing"), 404, "not-found")
    assert_problem(ask.delete("/tokens/aaaaaaaaaaaa"), 404, "not-found")
    assert [entry.deed for entry in access_trail(app)] == [Deed.TOKEN_REVOKED, Deed.TOKEN_MADE]
    assert_problem(sent(ask, "POST", "/tokens", given | {"scopes": ["accounts"]}), 422, "token-beyond-role")


@without_a_server
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_accounts_are_the_administrators_alone(app: Flask, role: Role) -> None:
    ask = asker(app, role, *(["H0001"] if role is Role.PROVIDER else []))
    assert_problem(ask.get("/accounts"), 403, "right-missing")
    assert_problem(ask.get("/tokens"), 403, "right-missing")
    assert_problem(sent(ask, "POST", "/tokens", {"name": "x", "role": "administrator"}), 403, "right-missing")


def test_the_trail_of_access_is_read_filtered_and_paged(app: Flask) -> None:
    an_account(app, "Ann")
    a_person(app, "Ann")
    for _ in range(3):
        assert_problem(asker(app, Role.AUDITOR, scopes=[Right.ACCESS]).get("/accounts"), 403, "right-missing")
    ask = asker(app, Role.AUDITOR)
    entries = ask.json("/access")["entries"]
    assert [entry["deed"] for entry in entries] == ["refused"] * 3 + ["signed-in"]
    assert [entry["actor"] for entry in ask.json("/access", deed="signed-in")["entries"]] == ["Ann"]
    assert ask.json("/access", actor="nobody")["entries"] == []
    # PostgreSQL takes no NUL, not even to look for it.
    assert ask.get("/access", actor="A\0nn").status_code == 422
    first = ask.get("/access", limit=3)
    assert first.headers["Link"] == f'</api/v1/access?limit=3&before={entries[2]["number"]}>; rel="next"'
    rest = ask.get("/access", limit=3, before=entries[2]["number"])
    assert rest.get_json()["entries"] == entries[3:]
    assert "Link" not in rest.headers
    assert_problem(ask.get("/access", deed="nothing"), 422, "unprocessable-entity")
    assert_problem(asker(app, Role.PROVIDER, "H0001").get("/access"), 403, "right-missing")
