"""How a figure was restated, as a page: moves along what was known, the triangle, and what is still to come."""

import re

import pytest
from flask import Flask

from web.auth.roles import Role

from .browser import Person, a_person, an_account
from .conftest import CommandLine
from .conversation import fill
from .test_pages_scorecard import get

FEBRUARY = {"as_of": "2017-01-31", "known_at": "2017-02-10", "upto": "2017-03-10"}
PATH = "/figures/4.0/revisions"


@pytest.fixture
def auditor(app: Flask, recount: CommandLine) -> Person:
    fill(recount)
    an_account(app, "Ada", Role.AUDITOR)
    return a_person(app, "Ada")


def test_the_figure_moves_along_what_was_known(auditor: Person) -> None:
    shown = get(auditor, PATH, **FEBRUARY)
    assert "The figure, as known on 10 February 2017 0 of 2 adults" in shown
    assert "10 Feb 2017: 0 of 2, 0.0% 10 Mar 2017: 1 of 2, 50.0%" in shown
    page = auditor.client.get(PATH, query_string=FEBRUARY).get_data(as_text=True)
    assert re.search(r'aria-current="true"><strong>10 Feb 2017', page)
    [address] = re.findall(r'href="([^"]+)">10 Mar 2017: 1 of 2', page)
    moved = get(auditor, address.replace("&amp;", "&"))
    assert "The figure, as known on 10 March 2017 1 of 2 adults" in moved


def test_the_address_says_up_to_when_it_is_told(auditor: Person) -> None:
    found = auditor.client.get(f"{PATH}?as_of=2017-01-31&known_at=2017-02-10")
    assert found.headers["Location"].endswith("as_of=2017-01-31&known_at=2017-02-10&upto=2017-03-10")
    before = get(auditor, PATH, **FEBRUARY | {"upto": "2017-02-10"})
    assert "It has not moved since every file was there." in before
    assert "10 Mar 2017" not in before


def test_first_and_latest_and_the_triangle_say_the_same(auditor: Person) -> None:
    shown = get(auditor, PATH, **FEBRUARY)
    assert "31 Jan 2017 0 of 2, 0.0% 10 Feb 2017 1 of 2, 50.0% 1 +50.0 points, 10 Mar 2017 may still move" in shown
    assert "1 may still move" in shown
    assert "31 Jan 2017 0 of 2, 0.0% none none none none none 1 of 2, 50.0%" in shown
    assert "↑ 50.0%" in shown


@pytest.mark.parametrize(
    ("measure", "sentence"),
    [
        ("4.0", "No forecast: 0 earlier cohorts can be looked at from beginning to end; it takes 3."),
        ("N.treatment", "No forecast: it is made of shares only, and this is a count."),
        ("5.0u", "No forecast: nobody is in the cohort."),
    ],
)
def test_why_there_is_no_forecast_is_said(auditor: Person, measure: str, sentence: str) -> None:
    assert sentence in get(auditor, f"/figures/{measure}/revisions", **FEBRUARY)


def test_a_day_that_nobody_has_reported_has_moved_nowhere(auditor: Person) -> None:
    shown = get(auditor, PATH, as_of="2018-01-31", known_at="2017-03-10", upto="2017-03-10")
    assert "not all is in: H0001" in shown


def test_a_provider_reads_it_and_the_public_does_not(auditor: Person, app: Flask) -> None:
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    assert "The figure, as known on" in get(a_person(app, "Pat"), PATH, **FEBRUARY, agency="H0001")
    an_account(app, "Pam", Role.PUBLIC)
    get(a_person(app, "Pam"), PATH, 404, **FEBRUARY)
