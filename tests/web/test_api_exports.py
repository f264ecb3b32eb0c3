"""Other representations: CSV that no spreadsheet takes for a formula, and FHIR R4 MeasureReport."""

import csv
import re
from typing import Any

import pytest
from flask import Flask

from web.auth.roles import Role
from web.exports.csv import cell, table

from .conftest import CommandLine
from .conversation import fill
from .http import Asker, asker, assert_problem

ONE: dict[str, Any] = {"measure": "4.0", "as_of": "2017-01-31"}
REASON = {"Recount-Reason": "the contract's review", "Accept": "text/csv"}
CODE = re.compile(r"[^\s]+( [^\s]+)*")
URI = re.compile(r"\S+")
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@pytest.fixture
def ask(app: Flask, recount: CommandLine) -> Asker:
    fill(recount)
    return asker(app, Role.COMMISSIONER)


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\tx", "\rx", "\nx", " =1+1", "-", "+1+1", "-1;2"])
def test_what_a_spreadsheet_would_take_for_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-1", "+1.5", "12", "H0001", "a=b", "2017-01-31", ""])
def test_plain_numbers_and_words_stay(text: str) -> None:
    assert cell(text) == text


def test_a_table_is_read_back_as_it_was() -> None:
    text = table(("a", "b"), [[None, 'with "quotes", a comma\nand a line'], [True, -2.5], [("x", "y"), 0]])
    assert list(csv.reader(text.splitlines(keepends=True))) == [
        ["a", "b"],
        ["", 'with "quotes", a comma\nand a line'],
        ["true", "-2.5"],
        ["x y", "0"],
    ]


@pytest.mark.parametrize(
    ("path", "query", "lines"),
    [
        ("/series", {"measure": "4.0", "from": "2016-12-01", "to": "2017-02-28"}, 3),
        ("/triangle", {"measure": "4.0", "from": "2017-01-01", "to": "2017-02-28"}, 3),
        ("/members", ONE, 2),
        ("/log", {"limit": 4}, 4),
    ],
)
def test_lists_as_tables(ask: Asker, path: str, query: dict[str, Any], lines: int) -> None:
    response = ask.get(path, REASON, **query)
    assert response.content_type == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(response.get_data(as_text=True).splitlines()))
    assert len(rows) == lines
    assert {row["audience"] for row in rows} == {response.headers["Recount-Audience"]} == {"full"}


def report(ask: Asker, **query: Any) -> dict[str, Any]:
    response = ask.get("/figures", {"Accept": "application/fhir+json"}, **ONE | query)
    assert response.content_type == "application/fhir+json"
    found: dict[str, Any] = response.get_json()
    return found


@pytest.mark.parametrize("query", [{}, {"measure": "N.exits"}, {"agency": "H0001"}, {"known_at": "2017-01-01"}])
def test_a_figure_as_fhir_reports_it(ask: Asker, query: dict[str, Any]) -> None:
    """What R4 says of a MeasureReport: which elements must be there, which there may be, and of what form."""
    found, figure = report(ask, **query), ask.json("/figures", **ONE | query)["figures"][0]
    required = {"resourceType", "status", "type", "measure", "period"}
    allowed = required | {"meta", "extension", "date", "reporter", "improvementNotation", "group"}
    assert required <= found.keys() <= allowed
    assert (found["resourceType"], found["type"]) == ("MeasureReport", "summary")
    assert found["status"] in {"complete", "pending", "error"}
    assert URI.fullmatch(found["measure"])
    assert set(found["period"]) <= {"start", "end"}
    assert all(DATE.fullmatch(day) for day in (found["date"], *found["period"].values()))
    assert found["period"]["start"] <= found["period"]["end"]
    for extension in found["extension"]:
        [value] = set(extension) - {"url"}
        assert value in {"valueCode", "valueDate", "valueString", "valueBoolean"}
        assert URI.fullmatch(extension["url"])
    [group] = found["group"]
    assert group.keys() <= {"code", "population", "measureScore"}
    populations = {}
    for population in group["population"]:
        assert population.keys() == {"code", "count"}
        [coding] = population["code"]["coding"]
        assert CODE.fullmatch(coding["code"])
        populations[coding["code"]] = population["count"]
    expected = {"numerator": figure["numerator"], "denominator": figure["denominator"]}
    assert populations == {name: count for name, count in expected.items() if count is not None}
    assert group.get("measureScore", {}).get("value") == figure["percentage"]
    assert not _empty(found)


def _empty(value: Any) -> bool:
    """Whether there is an empty object, list, text or null: R4 has none of these in JSON."""
    if value in ({}, [], "", None):
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_empty, inner))


def test_a_report_is_of_one_figure(ask: Asker) -> None:
    response = ask.get("/figures", {"Accept": "application/fhir+json"}, as_of="2017-01-31")
    assert_problem(response, 400, "wrong-use")


def test_a_suppressed_figure_reports_no_count(app: Flask, ask: Asker) -> None:
    ask.post("/certificates", json=ONE)
    public = asker(app, Role.PUBLIC)
    [group] = report(public)["group"]
    assert "measureScore" not in group
    assert "population" not in group
    rows = public.get("/figures", {"Accept": "text/csv"}, **ONE).get_data(as_text=True).splitlines()
    [row] = csv.DictReader(rows)
    assert (row["numerator"], row["denominator"], row["audience"]) == ("suppressed", "suppressed", "published")
