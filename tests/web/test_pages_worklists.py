"""Worklists as pages: how many, who, why, and to whom they are shown."""

import html
import re
from typing import Any

import pytest
from flask import Flask

from projections.worklists import WORKLISTS
from tests.unit.intake.files import csv_text, name, row
from web.auth.roles import Role
from web.auth.trail.access import Deed
from web.pages.frame import paging

from .browser import Person, a_person, access_trail, an_account, without_a_server
from .conftest import CommandLine

JULY = {"as_of": "2017-07-31", "known_at": "2017-08-15"}
OPEN = [row(), row(CLIENT="C2", SINITIAL="V")]
ELSEWHERE = [row(AGNCY="H0002", CLIENT="C7", SINITIAL="X")]


@pytest.fixture
def council(app: Flask, recount: CommandLine) -> Person:
    """A commissioner; two open at one agency, one at another, no plan of anybody reviewed."""
    for agency, rows in (("H0001", OPEN), ("H0002", ELSEWHERE)):
        path = recount.folder / name(last="20170731", agency=agency)
        path.write_text(csv_text(rows), encoding="utf-8")
        recount("submit", path, "--received-on", "2017-08-01")
    an_account(app, "Cara")
    return a_person(app, "Cara")


def get(person: Person, path: str, status: int = 200, **query: Any) -> str:
    """The words of a page."""
    response = person.client.get(path, query_string=query or None)
    assert response.status_code == status, response.get_data(as_text=True)
    body = response.get_data(as_text=True).split("<main", 1)[-1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def provider(app: Flask, agency: str = "H0001") -> Person:
    an_account(app, f"Pat of {agency}", Role.PROVIDER, agency)
    return a_person(app, f"Pat of {agency}")


def test_every_list_is_there_with_how_many(council: Person) -> None:
    told = get(council, "/worklists", **JULY)
    assert all(one.title in told and one.words in told for one in WORKLISTS)
    assert "no recovery plan reviewed in the last 84 days. 3" in told


@without_a_server
def test_a_provider_counts_its_own(app: Flask, council: Person) -> None:
    assert "no recovery plan reviewed in the last 84 days. 2" in get(provider(app), "/worklists", **JULY)


def test_every_list_has_its_page(app: Flask, council: Person) -> None:
    pat = provider(app)
    for one in WORKLISTS:
        assert one.title in get(pat, f"/worklists/{one.name}", **JULY)


def test_a_provider_sees_its_own_people_with_the_days(app: Flask, council: Person) -> None:
    told = get(provider(app), "/worklists/plans-overdue", **JULY)
    assert "2 people are on it. Most days overdue: 196." in told
    assert "You see your own agency’s people." in told
    assert "H0001: C1/1" in told
    assert "C7" not in told
    assert "structured treatment began: 16 Jan 2017" in told
    (looked, *_) = access_trail(app, deed=Deed.LOOKED)
    assert looked.question["worklist"] == "plans-overdue"


def test_a_commissioner_sees_how_many_and_says_why_for_more(app: Flask, council: Person) -> None:
    told = get(council, "/worklists/plans-overdue", **JULY)
    assert "H0001 2 196 H0002 1 196" in told
    assert "C1" not in told
    assert access_trail(app, deed=Deed.LOOKED) == []
    path = "/worklists/plans-overdue?as_of=2017-07-31&known_at=2017-08-15&people=true"
    assert "Why do you need to look at single clients?" in get(council, path)
    body = council.client.get(path).text
    key = body.split('name="key" value="')[1].split('"')[0]
    given = council.post("/reasons", path, key=key, next=path, reason="Plans are late at one hub")
    assert given.headers["Location"] == path
    assert "H0002: C7/1" in get(council, path)
    (looked,) = access_trail(app, deed=Deed.LOOKED)
    assert looked.reason == "Plans are late at one hub"


@without_a_server
def test_a_list_of_nobody_says_so(app: Flask, council: Person) -> None:
    assert "Nobody is on this list at these dates." in get(provider(app), "/worklists/exit-tops-due", **JULY)


@without_a_server
def test_a_long_list_comes_in_pages(app: Flask, council: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "ROWS_A_PAGE", 1)
    pat = provider(app)
    pages = [get(pat, "/worklists/plans-overdue", **JULY, page=str(number)) for number in (1, 2, 3)]
    assert ["C1/1" in page for page in pages] == [True, False, False]
    assert ["C2/1" in page for page in pages] == [False, True, True]


@without_a_server
def test_a_list_that_is_not_there(council: Person) -> None:
    get(council, "/worklists/wishes", 404, **JULY)


@without_a_server
def test_the_public_sees_none(app: Flask, council: Person) -> None:
    an_account(app, "Pam", Role.PUBLIC)
    get(a_person(app, "Pam"), "/worklists", 403, **JULY)
