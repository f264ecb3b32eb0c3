"""Accounts and tokens, as pages of administrators."""

import io
import re

import pytest
from flask import Flask

from web.auth.roles import Role
from web.auth.trail.access import Deed

from .browser import PASSWORD, Person, a_person, access_trail, an_account, without_a_server
from .http import Asker

pytestmark = without_a_server
NEW, TOKENS = "/accounts/new", "/accounts/tokens"


@pytest.fixture
def admin(app: Flask) -> Person:
    an_account(app, "Ada Moss", Role.ADMINISTRATOR)
    return a_person(app, "Ada Moss")


def page(who: Person, path: str, status: int = 200) -> str:
    response = who.client.get(path)
    assert response.status_code == status, response.get_data(as_text=True)
    return response.get_data(as_text=True)


def test_an_account_is_made_changed_and_closed(app: Flask, admin: Person) -> None:
    made = admin.post(NEW, NEW, name="Pat Lowe", role="provider", agencies="H0001, H0002", password=PASSWORD)
    one = made.headers["Location"].split("?")[0]
    assert "The account was made." in page(admin, made.headers["Location"])
    assert "H0001, H0002" in page(admin, "/accounts")
    pat = a_person(app, "Pat Lowe")
    changed = admin.post(one, NEW, role="auditor", agencies="")
    assert "auditor" in page(admin, changed.headers["Location"])
    assert not pat.is_in()
    again = admin.post(one, NEW, role="auditor", agencies="")
    assert "Nothing was changed" in page(admin, again.headers["Location"])
    assert "Tick the box to close the account." in admin.post(f"{one}/close", NEW).get_data(as_text=True)
    closed = admin.post(f"{one}/close", NEW, confirmed="yes")
    assert "Nobody can sign in with it any more." in page(admin, closed.headers["Location"])
    assert admin.post(one, NEW, role="auditor").status_code == 303
    assert a_person(app, "Pat Lowe").is_in()
    done = [entry.question["done"] for entry in access_trail(app, deed=Deed.ACCOUNT_CHANGED)]
    assert done == ["changed", "closed", "changed", "made"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Ada Moss"}, "name"),
        ({"role": ""}, "role"),
        ({"role": "provider"}, "agencies"),
        ({"agencies": "H0001"}, "agencies"),
        ({"agencies": "<b>"}, "agencies"),
        ({"password": "short"}, "password"),
        ({"issuer": "https://login.example"}, "subject"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(admin: Person, said: dict[str, str], field: str) -> None:
    response = admin.post(NEW, NEW, **({"name": "Pat Lowe", "role": "auditor"} | said))
    assert response.status_code == 422
    shown = response.get_data(as_text=True)
    assert f'href="#{field}"' in shown
    assert f'id="{field}"' in shown
    assert "short" not in shown.split("<main")[1].replace("too short", "")


def test_all_that_was_left_empty_is_said_at_once(admin: Person) -> None:
    for path in (NEW, TOKENS):
        shown = admin.post(path, path, name="", role="").get_data(as_text=True)
        assert 'href="#name"' in shown
        assert 'href="#role"' in shown


def test_neither_a_file_nor_json_fills_the_fields_of_a_form(admin: Person) -> None:
    word = admin.word(NEW)
    a_file = {"csrf_token": word, "name": (io.BytesIO(b"Pat Lowe"), "name.txt"), "role": "auditor"}
    as_json = {"name": "Pat Lowe", "role": "auditor"}
    for response in (
        admin.client.post(NEW, data=a_file),
        admin.client.post(NEW, json=as_json, headers={"X-CSRFToken": word}),
    ):
        assert (response.status_code, 'href="#name"' in response.get_data(as_text=True)) == (422, True)


def test_an_agency_from_which_nothing_came_is_named(admin: Person) -> None:
    made = admin.post(NEW, NEW, name="Pat Lowe", role="provider", agencies="H0001;H0002")
    assert "Nothing has been received from H0001, H0002 yet." in page(admin, made.headers["Location"])


def test_a_link_signs_somebody_in_once(app: Flask, admin: Person) -> None:
    made = admin.post(NEW, NEW, name="Lin Ash", role="commissioner")
    one = made.headers["Location"].split("?")[0]
    shown = admin.post(f"{one}/link", NEW).get_data(as_text=True)
    found = re.search(r'id="sign-in-link">http://localhost([^<]+)<', shown)
    assert found
    lin = a_person(app)
    assert lin.client.get(found[1]).status_code == 303
    assert lin.is_in()
    assert a_person(app).client.get(found[1]).status_code == 400


def test_nobody_changes_their_own_role(admin: Person) -> None:
    response = admin.post("/accounts/1", NEW, role="auditor")
    assert (response.status_code, 'href="#role"' in response.get_data(as_text=True)) == (422, True)
    assert "Close the account" not in page(admin, "/accounts/1")
    assert admin.post("/accounts/1/close", NEW, confirmed="yes").status_code == 409


def test_a_token_is_shown_once_and_revoked(app: Flask, admin: Person) -> None:
    assert "No token was ever made" in page(admin, TOKENS)
    response = admin.post(TOKENS, TOKENS, name="export", role="auditor", days="30", scopes="figures")
    found = re.search(r'id="token">(recount_([a-z0-9]{12})_[^<]+)<', response.get_data(as_text=True))
    assert found
    assert Asker(app.test_client(), found[1]).get("/definitions").status_code == 403
    assert Asker(app.test_client(), found[1]).get("/measures").status_code in {200, 403}
    shown = page(admin, TOKENS)
    assert found[1] not in shown
    assert "read figures</td>" in shown
    revoked = admin.post(f"{TOKENS}/{found[2]}/revoke", TOKENS)
    assert f"The token export ({found[2]}) was revoked." in page(admin, revoked.headers["Location"])
    assert Asker(app.test_client(), found[1]).get("/definitions").status_code == 401
    assert admin.post(f"{TOKENS}/aaaaaaaaaaaa/revoke", TOKENS).status_code == 404


@pytest.mark.parametrize(
    ("said", "field"),
    [({"name": ""}, "name"), ({"days": "0"}, "days"), ({"role": ""}, "role"), ({"scopes": "accounts"}, "scopes")],
)
def test_a_token_that_cannot_be_is_said_at_its_field(admin: Person, said: dict[str, str], field: str) -> None:
    response = admin.post(TOKENS, TOKENS, **({"name": "export", "role": "auditor"} | said))
    shown = response.get_data(as_text=True)
    assert (response.status_code, f'href="#{field}"' in shown, f'id="{field}"' in shown) == (422, True, True)
    if field == "scopes":
        assert shown.count("The role auditor may not do this: manage accounts and tokens.") == 2


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.AUDITOR, Role.PUBLIC])
def test_others_have_no_such_pages(app: Flask, admin: Person, role: Role) -> None:
    an_account(app, "Nan Roe", role)
    other = a_person(app, "Nan Roe")
    for path in ("/accounts", NEW, "/accounts/1", TOKENS):
        assert other.client.get(path).status_code == 403
    assert "Accounts" not in page(other, "/account").split("<main")[0]
