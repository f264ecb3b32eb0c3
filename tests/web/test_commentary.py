"""Commentary: written beside a figure, shared, rewritten, withdrawn; on pages, over HTTP, by commands."""

from typing import Any

import pytest
from flask import Flask

from tests.unit.intake.files import DISCHARGED, row, write
from web.auth.roles import Role

from .browser import Person, a_person, an_account
from .conftest import CommandLine
from .http import Asker, asker, assert_problem

SEEN = {"as_of": "2017-01-31", "known_at": "2017-02-10"}


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    """One agency with a figure."""
    submit(recount, 9, "2017-02-10")
    return recount


def submit(recount: CommandLine, people: int, on: str) -> None:
    rows = [row(**DISCHARGED), *(row(CLIENT=f"C{one}", DOB=f"1981-05-{one:02}") for one in range(2, people))]
    recount("submit", write(recount.folder, rows), "--received-on", on)


def page(who: Person, path: str, **query: str) -> str:
    response = who.client.get(path, query_string=query)
    assert response.status_code == 200, response.status
    return response.get_data(as_text=True)


def send(who: Person, path: str, query: dict[str, str] | None = None, **fields: str) -> Any:
    return who.client.post(path, query_string=query, data={"csrf_token": who.word("/account")} | fields)


def test_words_beside_a_figure_stay_tied_to_what_it_was(app: Flask, filled: CommandLine) -> None:
    an_account(app, "Cara")
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    cara, pat = a_person(app, "Cara"), a_person(app, "Pat")
    own, address = SEEN | {"agency": "H0001", "measure": "4.0"}, "/commentary/new"
    assert "Your words will be about" in page(pat, address, **own)
    assert send(pat, address, own, words=" ").status_code == 422
    assert send(pat, address, own, words="Seasonal variance.", **{"as": "draft"}).status_code == 303
    assert cara.client.get("/commentary/1").status_code == 404
    told = asker(app, Role.AUDITOR).json("/log", limit=1)["entries"]
    assert [(one["event"], one["drafted"], one["said"]) for one in told] == [("comment.drafted.v1", True, None)]
    assert "Seasonal" not in page(cara, "/figures/4.0", **SEEN, agency="H0001")
    assert send(pat, "/commentary/1/steps", step="share", seen="1").status_code == 303
    assert send(cara, "/commentary/1/steps", step="withdraw").status_code == 422
    assert send(cara, address, own, words="A trend to watch.", **{"as": "shared"}).status_code == 303
    beside = page(cara, "/figures/4.0", **SEEN, agency="H0001")
    assert "What both parties say" in beside
    assert beside.index("Seasonal variance.") < beside.index("A trend to watch.")
    assert "2 comments" in page(pat, "/", **SEEN, agency="H0001")
    assert "restated" not in beside
    submit(filled, 11, "2017-03-10")
    assert "Written about 1 of 8" in page(cara, "/commentary/1")
    assert "it is 1 of 10 now" in page(cara, "/figures/4.0", **SEEN, agency="H0001")
    assert send(pat, "/commentary/1/rewrite", words="More people.", seen="1").status_code == 409
    assert send(pat, "/commentary/1/rewrite", words="More people.", seen="2").status_code == 303
    both = page(cara, "/commentary/1")
    for said in ("More people.", "Versions before", "Seasonal variance.", "Written about 1 of 10"):
        assert said in both
    assert send(pat, "/commentary/1/steps", step="withdraw", seen="3").status_code == 303
    assert "More people." not in page(cara, "/figures/4.0", **SEEN, agency="H0001")
    assert "withdrawn" in page(cara, "/commentary")


def test_over_http_and_by_command(app: Flask, filled: CommandLine) -> None:
    commissioner: Asker = asker(app, Role.COMMISSIONER)
    body = SEEN | {"measure": "4.0", "words": "Few people.", "share": True}
    written = commissioner.post("/commentary", json=body)
    assert (written.status_code, written.get_json()["state"]) == (201, "shared by the commissioner")
    assert (written.get_json()["numerator"], written.get_json()["denominator"]) == (1, 8)
    no_file = commissioner.post("/commentary", json=body | {"as_of": "2030-01-31"})
    assert_problem(no_file, 422, "comment-no-figure")
    step = commissioner.post("/commentary/1/steps", json={"step": "publish", "seen": 2})
    assert step.get_json()["published"] is True
    anew = commissioner.post("/commentary/1/versions", json={"words": "Few people still."})
    assert (anew.get_json()["published"], len(anew.get_json()["versions"])) == (False, 2)
    assert_problem(
        commissioner.post("/commentary/1/versions", json={"words": "Old.", "seen": 2}), 409, "changed-meanwhile"
    )
    assert_problem(commissioner.get("/commentary/9"), 404, "not-found")
    assert len(commissioner.json("/commentary", measure="4.0")["comments"]) == 1
    provider = asker(app, Role.PROVIDER, "H9999")
    assert len(provider.json("/commentary")["comments"]) == 1
    draft = ("--measure", "4.0", "--as-of", "2017-01-31", "--words", "A draft.", "--for", "H0001")
    assert filled.json("comment", "write", *draft)["state"] == "draft"
    assert len(provider.json("/commentary")["comments"]) == 1
    filled("comment", "show", "2", code=2)
    assert "A draft." in filled("comment", "show", "2", "--for", "H0001").output
    assert filled.json("comment", "step", "2", "share", "--for", "H0001")["party"] == "provider"
    assert len(provider.json("/commentary")["comments"]) == 1
