"""Worklists and data quality over HTTP: whose they are, who has looked, page by page, and as a table."""

import csv
import io
import json
from typing import Any

import pytest
from flask import Flask

from web.auth.roles import Role
from web.auth.trail.access import Deed

from .conftest import CommandLine
from .conversation import fill_two
from .http import Asker, asker, assert_problem
from .test_api_parity import check, described
from .test_api_rights import REASON, THEIRS, trail

AS_OF: dict[str, Any] = {"as_of": "2017-02-28"}
DUE = "/worklists/plans-overdue"
"""Then C2 and C3 lack a recovery plan at one agency, D1 and D2 at the other."""
PERIOD: dict[str, Any] = {"from": "2017-01-01", "to": "2017-02-28"}


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    fill_two(recount)
    return recount


@pytest.fixture
def provider(app: Flask, filled: CommandLine) -> Asker:
    return asker(app, Role.PROVIDER, "H0001")


def test_a_commissioner_says_why(app: Flask, filled: CommandLine) -> None:
    ask = asker(app, Role.COMMISSIONER)
    assert ask.get("/worklists", **AS_OF).status_code == 200
    assert_problem(ask.get(DUE, **AS_OF), 403, "reason-needed")
    assert trail(app, Deed.LOOKED) == []
    assert ask.get(DUE, REASON, **AS_OF).status_code == 200
    [entry] = trail(app, Deed.LOOKED)
    assert (entry.question["worklist"], entry.question["as_of"]) == ("plans-overdue", "2017-02-28")
    assert_problem(ask.get("/worklists/nothing", REASON, **AS_OF), 404, "not-found")


def test_a_provider_has_its_own_rows(app: Flask, provider: Asker) -> None:
    auditor, description = asker(app, Role.AUDITOR), described(app)
    whole, shown = auditor.json(DUE, **AS_OF), provider.get(DUE, **AS_OF)
    check(description, shown)
    own = shown.get_json()["rows"]
    assert {row["agency"] for row in whole["rows"]} == {"H0001", "H0002"}
    assert {row["agency"] for row in own} == {"H0001"}
    assert [word for word in THEIRS if word in json.dumps(own)] == []
    counts = {one["name"]: one["rows"] for one in provider.json("/worklists", **AS_OF)["worklists"]}
    assert counts["plans-overdue"] == len(own) < len(whole["rows"])
    assert_problem(provider.get(DUE, **AS_OF, agency="H0002"), 404, "not-found")


@pytest.mark.parametrize("asked", [AS_OF, {"cut": "Board"}])
def test_rows_come_in_pages_of_one_position(app: Flask, filled: CommandLine, asked: dict[str, Any]) -> None:
    filled("publish", "--cut", "Board", "--as-of", "2017-02-28")
    ask = asker(app, Role.AUDITOR)
    whole = ask.json(DUE, **asked)["rows"]
    assert len(whole) > 2
    response = ask.get(DUE, **asked, limit=1)
    found = response.get_json()["rows"]
    filled("withdraw", "H0002", "D1", "1", "--received-on", "2017-03-14")
    while link := response.headers.get("Link"):
        address, _rel = link.split("; ")
        response = ask.client.get(address[1:-1], headers={"Authorization": f"Bearer {ask.token}"})
        found += response.get_json()["rows"]
    assert found == whole


def test_a_worklist_as_a_table(app: Flask, filled: CommandLine) -> None:
    ask = asker(app, Role.AUDITOR)
    found = ask.json(DUE, **AS_OF)
    response = ask.get(DUE, **AS_OF, format="csv")
    assert response.content_type == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(response.get_data(as_text=True))))
    assert [line["client_reference"] for line in lines] == [row["client_reference"] for row in found["rows"]]
    days = found["worklist"]["days_are"]
    assert [line[days] for line in lines] == [str(row["days"]) for row in found["rows"]]
    assert {line["audience"] for line in lines} == {"full"}
    assert "structured treatment began 2017-" in lines[0]["dates"]


def test_data_quality_is_of_ones_own_files(app: Flask, provider: Asker) -> None:
    whole = asker(app, Role.AUDITOR).json("/data-quality", **PERIOD)
    shown = provider.get("/data-quality", **PERIOD)
    check(described(app), shown)
    assert {one["agency"] for one in whole["months"]} == {"H0001", "H0002"}
    assert {one["agency"] for part in ("months", "fields") for one in shown.get_json()[part]} == {"H0001"}
    assert_problem(provider.get("/data-quality", **PERIOD, agency="H0002"), 404, "not-found")
    assert_problem(
        provider.get("/data-quality", **{**PERIOD, "from": "2017-02-01", "to": "2017-02-02"}), 400, "wrong-use"
    )
