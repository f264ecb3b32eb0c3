"""Figures over HTTP: the documents of the command line, how long they may be kept, and what is refused."""

from typing import Any

import pytest
from flask import Flask

from domain.measures.registry import MEASURES
from web.auth.roles import Role

from .conftest import CommandLine
from .conversation import fill
from .http import Asker, asker, assert_problem

STANDPOINT: dict[str, Any] = {"as_of": "2017-01-31"}


@pytest.fixture
def ask(app: Flask, recount: CommandLine) -> Asker:
    fill(recount)
    return asker(app, Role.COMMISSIONER)


def test_a_figure(ask: Asker) -> None:
    response = ask.get("/figures", **STANDPOINT, measure="4.0")
    assert response.headers["Recount-Audience"] == "full"
    [figure] = response.get_json()["figures"]
    assert (figure["numerator"], figure["denominator"]) == (1, 2)


def test_several_measures_and_all(ask: Asker) -> None:
    two = ask.json("/figures", **STANDPOINT, measure=["4.2", "4.0"])["figures"]
    assert [figure["measure"] for figure in two] == ["4.2", "4.0"]
    assert len(ask.json("/figures", **STANDPOINT)["figures"]) == len(MEASURES)


@pytest.mark.parametrize(
    ("query", "pointer", "says"),
    [
        ({"as_of": "31/01/2017"}, "/query/as_of", "This is not a day. Write it as YYYY-MM-DD"),
        ({"as_of": "2017-02-30"}, "/query/as_of", "This is not a day"),
        ({"as_of": "1899-12-31"}, "/query/as_of", "not a day"),
        ({**STANDPOINT, "known_at": "@x"}, "/query/known_at", "This is not a position"),
        ({**STANDPOINT, "known_at": "yesterday"}, "/query/known_at", "This is not a day"),
        ({**STANDPOINT, "measure": "4.9"}, "/query/measure/0", "no such measure"),
        ({**STANDPOINT, "definition": "2"}, "/query/definition", "no such definition"),
        ({**STANDPOINT, "agency": "H0001 "}, "/query/agency", "no such code"),
        ({**STANDPOINT, "criminal_justice": "perhaps"}, "/query/criminal_justice", "boolean"),
        ({**STANDPOINT, "mesure": "4.0"}, "/query/mesure", "Unknown"),
        ({**STANDPOINT, "cut": "Board"}, "/query/cut", "not both"),
        ({}, "/query/as_of", "Give the day"),
    ],
)
def test_what_is_not_as_it_must_be(ask: Asker, query: dict[str, Any], pointer: str, says: str) -> None:
    problem = assert_problem(ask.get("/figures", **query), 422, "unprocessable-entity")
    [error] = problem["errors"]
    assert error["pointer"] == pointer
    assert says in error["detail"]


def test_somebody_unknown_learns_nothing_of_parameters(app: Flask) -> None:
    assert_problem(asker(app, None).get("/figures", as_of="x"), 401, "not-signed-in")


def test_a_known_answer_is_not_sent_again(ask: Asker) -> None:
    query = STANDPOINT | {"measure": "4.0", "known_at": "2017-02-10"}
    first = ask.get("/figures", **query)
    again = ask.get("/figures", {"If-None-Match": first.headers["ETag"]}, **query)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert ask.get("/figures", {"If-None-Match": '"another"'}, **query).status_code == 200


def tag(ask: Asker, headers: dict[str, str] | None = None, **query: Any) -> str:
    return ask.get("/figures", headers, **{**STANDPOINT, "measure": "4.0"} | query).headers["ETag"]


def test_a_tag_depends_on_the_question_the_position_and_the_representation_alone(ask: Asker) -> None:
    as_known: dict[str, Any] = {"known_at": "2017-02-10"}
    assert tag(ask, **as_known) == tag(ask, known_at="2017-02-28") == tag(ask, known_at="2017-02-28", definition="1")
    others = [
        tag(ask),
        tag(ask, **as_known, measure="4.1"),
        tag(ask, **as_known, measure=["4.0", "4.1"]),
        tag(ask, **as_known, as_of="2017-01-30"),
        tag(ask, **as_known, agency="H0001"),
        tag(ask, **as_known, area="H0001"),
        tag(ask, **as_known, young_people="true"),
        tag(ask, **as_known, definition="1-gap-28"),
        tag(ask, {"Accept": "text/csv"}, **as_known),
    ]
    assert len({tag(ask, **as_known), *others}) == len(others) + 1
    assert tag(ask, {"Accept": "text/csv"}, **as_known) == tag(ask, **as_known, format="csv")


def test_a_tag_of_what_nothing_came_after_changes_with_the_next_file(ask: Asker, recount: CommandLine) -> None:
    before, closed = tag(ask), tag(ask, known_at="2017-02-10")
    recount("withdraw", "H0001", "C2", "1", "--received-on", "2017-03-11")
    assert tag(ask) != before
    assert tag(ask, known_at="2017-02-10") == closed


def test_an_erasure_changes_the_tag_of_the_past(ask: Asker, recount: CommandLine) -> None:
    closed = tag(ask, known_at="2017-02-10")
    recount.settings["RECOUNT_STOP_LIST"] = str(recount.folder / "stop-list")
    recount("erase", "H0001", "C2", "1", "--reason", "asked for", "--received-on", "2017-03-11")
    assert tag(ask, known_at="2017-02-10") != closed


@pytest.mark.parametrize("known_at", [None, "2017-03-09", "2017-03-10", "@5", "@999"])
def test_every_figure_is_asked_for_again_since_an_erasure_changes_the_past(ask: Asker, known_at: str | None) -> None:
    query: dict[str, Any] = {"known_at": known_at} if known_at else {}
    response = ask.get("/figures", **STANDPOINT, measure="4.0", **query)
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert {name.strip() for name in response.headers["Vary"].split(",")} >= {"Authorization", "Cookie", "Accept"}


@pytest.mark.parametrize("path", ["/figures", "/scorecard", "/members", "/worklists/plans-overdue"])
def test_nobody_asks_what_will_be_known(ask: Asker, path: str) -> None:
    query = STANDPOINT | {"known_at": "2099-01-01"} | ({"measure": "4.0"} if path in {"/figures", "/members"} else {})
    problem = assert_problem(ask.get(path, **query), 422, "unprocessable-entity")
    assert "known_at" in str(problem["errors"])


def test_representations(ask: Asker) -> None:
    query = STANDPOINT | {"measure": "4.0"}
    response = ask.get("/figures", {"Accept": "text/csv"}, **query)
    assert response.content_type == "text/csv; charset=utf-8"
    header, line = response.get_data(as_text=True).splitlines()
    row = dict(zip(header.split(","), line.split(","), strict=True))
    assert (row["measure"], row["numerator"], row["denominator"], row["audience"]) == ("4.0", "1", "2", "full")
    assert ask.get("/figures", {"Accept": "*/*"}, **query).content_type == "application/json"
    assert_problem(ask.get("/figures", {"Accept": "image/png"}, **query), 406, "not-acceptable")
    assert ask.get("/figures", {"Accept": "image/png"}, **query, format="csv").status_code == 200
