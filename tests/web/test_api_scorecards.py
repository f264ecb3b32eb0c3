"""Scorecards and targets over HTTP: set by the commissioner, read by all but the public, held by every scorecard."""

from typing import Any

import pytest
from flask import Flask

from web.auth.roles import Role

from .conftest import CommandLine
from .conversation import fill_two
from .http import Asker, asker, assert_problem
from .test_api_parity import check, described

STANDPOINT: dict[str, Any] = {"as_of": "2017-02-28"}
TARGET: dict[str, Any] = {
    "measure": "4.0",
    "first_day": "2017-01-01",
    "last_day": "2017-12-31",
    "agreed_on": "2017-01-02",
}
AREA = {**TARGET, "level": "52.50", "source": "the contract"}


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    fill_two(recount)
    return recount


@pytest.fixture
def commissioner(app: Flask, filled: CommandLine) -> Asker:
    return asker(app, Role.COMMISSIONER)


def line(ask: Asker, measure: str = "4.0", **asked: Any) -> Any:
    """The line of a measure on a scorecard."""
    found = ask.json("/scorecard", **STANDPOINT, **asked)["lines"]
    return next(one for one in found if one["figure"]["measure"] == measure)


def test_from_a_target_to_its_colour_and_back(app: Flask, filled: CommandLine, commissioner: Asker) -> None:
    description = described(app)
    assert (line(commissioner)["state"], line(commissioner)["target"]) == ("no target", None)
    made = commissioner.post("/targets", json=AREA)
    assert made.status_code == 201
    check(description, made, "post")
    said = made.get_json()
    assert (said["number"], said["low"], said["agreed"]["actor"], said["agreed"]["role"]) == (
        1,
        "52.50",
        "tester",
        "commissioner",
    )
    found = line(commissioner)
    assert (found["state"], found["against"]["rating"], found["target"]) == ("off target", "red", said)
    assert found["against"]["points"] == round(found["figure"]["percentage"] - 52.5, 3)
    assert len(found["spark"]) == 12
    assert found["spark"][-1]["numerator"] == found["figure"]["numerator"]
    response = commissioner.get("/scorecard", **STANDPOINT)
    check(description, response)
    withdrawn = commissioner.post("/targets/1/withdraw", json={"on": "2017-03-01", "reason": "Agreed anew."})
    assert withdrawn.status_code == 201
    check(description, withdrawn, "post")
    assert commissioner.json("/targets") == filled.json("target", "list") == {"targets": [withdrawn.get_json()]}
    assert line(commissioner)["state"] == "no target"
    assert line(commissioner, known_at="2017-02-20")["target"]["number"] == 1
    assert_problem(commissioner.post("/targets/1/withdraw", json={}), 409, "target-withdrawn")
    assert_problem(commissioner.post("/targets/2/withdraw", json={}), 404, "not-found")


def test_every_way_in_which_a_target_is_put(filled: CommandLine, commissioner: Asker) -> None:
    baseline = {"percentage": "21.5", "words": "Q4 2015/16"}
    ways: list[tuple[dict[str, Any], tuple[str, str, str]]] = [
        ({"level": "8"}, ("level", "8", "8")),
        ({"range": {"low": "7.36", "high": "8.93"}}, ("range", "7.36", "8.93")),
        ({"relative": "-10", "baseline": baseline}, ("relative", "19.350", "19.350")),
        ({"points": "10", "baseline": baseline}, ("points", "31.5", "31.5")),
    ]
    colours = {"scale": "relative", "green_within": "1", "amber_within": "10"}
    comparator = {"low": "45.61", "high": "57.73", "words": "top quartile"}
    for way, (kind, low, high) in ways:
        said = commissioner.post("/targets", json={**TARGET, **way, "colours": colours, "comparator": comparator})
        found = said.get_json()
        assert (found["kind"], found["colours"], found["comparator"]) == (kind, colours, comparator)
        assert (float(found["low"]), float(found["high"])) == (float(low), float(high))
    assert len(filled.json("target", "list")["targets"]) == len(ways)


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({}, 422, "unprocessable-entity"),
        ({"level": "8", "points": "1"}, 422, "unprocessable-entity"),
        ({"level": "8", "baseline": {"percentage": "7", "words": "x"}}, 422, "unprocessable-entity"),
        ({"relative": "10"}, 422, "unprocessable-entity"),
        ({"level": 8}, 422, "unprocessable-entity"),
        ({"level": "8e0"}, 422, "unprocessable-entity"),
        ({"level": "108"}, 422, "target-impossible"),
        ({"level": "8", "agreed_on": "2099-01-01"}, 422, "target-in-future"),
        ({"level": "8", "measure": "N.new"}, 422, "target-of-count"),
        ({"level": "8", "last_day": "2016-12-31"}, 422, "target-period-empty"),
    ],
)
def test_what_cannot_be_a_target(commissioner: Asker, wrong: dict[str, Any], status: int, code: str) -> None:
    assert_problem(commissioner.post("/targets", json={**TARGET, **wrong}), status, code)
    assert commissioner.json("/targets") == {"targets": []}


def test_a_provider_sees_the_targets_of_its_own_and_of_the_area(app: Flask, commissioner: Asker) -> None:
    provider, auditor = asker(app, Role.PROVIDER, "H0001"), asker(app, Role.AUDITOR)
    for target in (AREA, {**AREA, "agency": "H0001"}, {**AREA, "agency": "H0002"}):
        assert commissioner.post("/targets", json=target).status_code == 201
    assert [one["number"] for one in auditor.json("/targets", measure="4.0")["targets"]] == [1, 2, 3]
    assert [one["number"] for one in provider.json("/targets")["targets"]] == [1, 2]
    assert line(provider)["target"]["number"] == 1
    assert line(provider, agency="H0001")["target"]["number"] == 2
    assert_problem(provider.get("/scorecard", **STANDPOINT, agency="H0002"), 404, "not-found")
    shown = provider.json("/scorecard", **STANDPOINT)
    assert shown["coverage"]["expected"] == shown["lines"][0]["figure"]["coverage"]["expected"] == ["H0001"]
    assert_problem(provider.post("/targets", json=AREA), 403, "right-missing")
    assert_problem(auditor.post("/targets/1/withdraw", json={}), 403, "right-missing")
