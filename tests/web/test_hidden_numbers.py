"""A hidden field of a form says from which version it was filled: whatever else stands there is no version."""

from pathlib import Path

import pytest
from flask import Flask

from web.auth.roles import Role
from web.pages.frame.forms import MOST_DIGITS, whole_number

from .conftest import CommandLine
from .http import Asker, asker

LONG = "9" * 5000
"""More digits than Python reads as a number."""


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Nothing here depends on the database."""
    return f"sqlite:///{tmp_path / 'recount.db'}"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("12", 12),
        ("9" * MOST_DIGITS, 10**MOST_DIGITS - 1),
        ("1" + "0" * MOST_DIGITS, None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("\u0661", None),
        (LONG, None),
    ],
)
def test_the_number_in_a_hidden_field(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.fixture
def council(app: Flask, recount: CommandLine) -> Asker:
    recount("contract", "H0001", "--from", "2016-01-01", "--received-on", "2016-01-01")
    recount("entered", "define", "X.needle", "--name", "Packs", "--kind", "count", "--from", "2017-01-01")
    return asker(app, Role.COMMISSIONER)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/references/part", {"number": LONG}),
        ("/entered-kpis/1/end", {"seen": LONG, "last_day": "2017-12-31"}),
        ("/entered-kpis/load/store", {"values": "", "sha256": "0" * 64, "name": "a.txt", "size": LONG}),
        ("/retender", {"seen": LONG}),
        ("/contract/new", {"seen": LONG}),
    ],
)
def test_too_long_a_number_is_no_number(council: Asker, path: str, fields: dict[str, str]) -> None:
    response = council.client.post(path, data=fields, headers=council._headers(None))
    assert response.status_code in {303, 404, 409, 422}
