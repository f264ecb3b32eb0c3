"""The same question asked of a page, of the API and of the command line has one answer."""

import re
from typing import Any

import pytest
from flask import Flask

from domain.measures.registry import MEASURES
from web.auth.roles import Role

from .browser import Person, a_person, an_account
from .conftest import CommandLine
from .conversation import fill
from .http import asker

STANDPOINTS = (
    {"as_of": "2017-01-31", "known_at": "2017-02-10"},
    {"as_of": "2017-02-28", "known_at": "2017-04-12"},
    {"as_of": "2017-02-28", "known_at": "2017-04-12", "agency": "H0001"},
)


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    fill(recount)
    return recount


@pytest.fixture
def council(app: Flask, filled: CommandLine) -> Person:
    an_account(app, "Cara")
    return a_person(app, "Cara")


def options(asked: dict[str, Any]) -> list[str]:
    return [part for name, value in asked.items() for part in (f"--{name.replace('_', '-')}", value)]


def counts(figure: dict[str, Any]) -> str:
    """A figure as a page writes it."""
    return (
        str(figure["numerator"]) if figure["kind"] == "count" else f"{figure['numerator']} of {figure['denominator']}"
    )


@pytest.mark.parametrize("asked", STANDPOINTS, ids=lambda asked: "-".join(asked.values()))
def test_the_caseload_profile_is_one_too(
    app: Flask, filled: CommandLine, council: Person, asked: dict[str, str]
) -> None:
    printed = filled.json("profile", *options(asked))
    told = asker(app, Role.AUDITOR).json("/profile", **asked)
    assert {name: told[name] for name in printed} == printed
    page = words_of(council, "/profile", asked)
    of_group = {row["group"]: row for row in printed["in_twelve_months"]}
    still = {row["group"]: row for row in printed["open_on_the_day"]}
    assert of_group["all"]["people"], "else this holds of nothing"
    for group, row in of_group.items():
        numbers = page.split(f"{HEADINGS[group]}, as numbers ")[1]
        for years, count in row["years_in_treatment"].items():
            now = still.get(group, {"years_in_treatment": {years: 0}, "people": 0})
            cells = (*cells_of(count, row["people"]), *cells_of(now["years_in_treatment"][years], now["people"]))
            assert f"{years[0].upper()}{years[1:]} {' '.join(cells)}" in numbers, (group, years)
        assert f"at triage {' '.join(cells_of(row['long_career'], row['career_known']))}" in numbers
        assert f"first treatment {' '.join(cells_of(row['first_treatment'], row['people']))}" in numbers


HEADINGS = {
    "opiate": "Opiates",
    "non-opiate": "Non-opiates",
    "alcohol": "Alcohol",
    "non-opiate-and-alcohol": "Non-opiates and alcohol",
    "no group": "No group",
    "all": "All groups",
}


def cells_of(count: int, of: int) -> tuple[str, ...]:
    """A share as three cells of a table."""
    return f"{count:,}", f"{of:,}", f"{100 * count / of:.1f}%" if of else "nobody to count"


def words_of(person: Person, path: str, asked: dict[str, str]) -> str:
    """What a page says, without its marks."""
    response = person.client.get(path, query_string=asked)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


@pytest.mark.parametrize("asked", STANDPOINTS, ids=lambda asked: "-".join(asked.values()))
def test_a_page_the_api_and_the_command_line_agree(
    app: Flask, filled: CommandLine, council: Person, asked: dict[str, str]
) -> None:
    printed = filled.json("figures", *options(asked))
    assert asker(app, Role.AUDITOR).json("/figures", **asked) == printed
    assert [figure["measure"] for figure in printed["figures"]] == [measure.code for measure in MEASURES]
    scorecard = words_of(council, "/", asked)
    for figure in printed["figures"]:
        page = words_of(council, f"/figures/{figure['measure']}", asked)
        assert counts(figure) in page
        if not figure["immature"]:
            assert counts(figure) in scorecard, figure["measure"]
            assert figure["percentage"] is None or f"{figure['percentage']:.1f}%" in page
