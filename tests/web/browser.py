"""Somebody at a browser: follows forms as pages have them, and keeps cookies."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from domain.log.database import reading, writing
from web.auth import accounts
from web.auth.accounts import AccountSeen, AccountUpdate
from web.auth.guard import services
from web.auth.roles import Role
from web.auth.trail import access
from web.auth.trail.access import AccessEntry, AccessQuery
from web.clock import now

PASSWORD = "four words in a row"

without_a_server = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what no database takes part in, so that one is enough."""


def without_chance(page: str) -> str:
    """A page without the words that are made anew for each look: any two letters may stand in them by chance."""
    return re.sub(r' (nonce|value)="[\w.-]{16,}"', "", page)


def an_account(app: Flask, name: str, role: Role = Role.COMMISSIONER, *agencies: str, **given: Any) -> AccountSeen:
    """A new local account, with the password of these tests."""
    change = AccountUpdate(role, agencies, **({"password": PASSWORD} | given))
    with app.app_context(), writing(services().access_engine) as connection:
        return accounts.make_account(connection, name, change, now())


def access_trail(app: Flask, **asked: Any) -> list[AccessEntry]:
    """The newest lines of the trail of access."""
    with app.app_context(), reading(services().access_engine) as connection:
        return access.entries(connection, AccessQuery(**asked))


@dataclass
class Person:
    """Somebody with a browser of their own."""

    client: FlaskClient

    def word(self, page: str = "/sign-in") -> str:
        """The word that a page's form carries."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(page).get_data(as_text=True))
        assert found, page
        return found[1]

    def post(self, path: str, page: str = "/sign-in", **fields: str) -> TestResponse:
        """Send a form that is on a page."""
        return self.client.post(path, data={"csrf_token": self.word(page)} | fields)

    def sign_in(self, name: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        return self.post("/sign-in", name=name, password=password, **fields)

    def is_in(self) -> bool:
        """Whether the browser is signed in still."""
        return self.client.get("/account").status_code == 200


def a_person(app: Flask, name: str = "", **given: Any) -> Person:
    """Somebody at a new browser, signed in as this account if one is named."""
    person = Person(app.test_client(), **given)
    if name:
        assert person.sign_in(name).status_code == 303
    return person
