"""Help, the statement on accessibility, and the tour, whose every stop shows what it says."""

import re
from html import unescape

from flask import Flask

from tests.unit.intake.files import csv_text, name, row
from web.auth.roles import Role
from web.pages.administration.guidance import TOUR

from .browser import Person, a_person, an_account, without_a_server
from .conftest import CommandLine


def test_every_stop_of_the_tour_shows_what_it_tells_of(demonstration: Flask) -> None:
    an_account(demonstration, "Avery, who takes the tour", Role.AUDITOR)
    ann = a_person(demonstration, "Avery, who takes the tour")
    told = ann.client.get("/tour").text
    with demonstration.test_request_context():
        stops = [(step, step.href) for step in TOUR]
    for step, href in stops:
        assert f'href="{href.replace("&", "&amp;")}"' in told
        page = ann.client.get(href, follow_redirects=True)
        assert page.status_code == 200, href
        assert step.shows in page.text, href


def test_a_commissioner_and_a_provider_can_take_it_too(demonstration: Flask) -> None:
    an_account(demonstration, "Cara, who takes the tour")
    an_account(demonstration, "Pat, who takes the tour", Role.PROVIDER, "H0001")
    for who in ("Cara, who takes the tour", "Pat, who takes the tour"):
        person = a_person(demonstration, who)
        stops = [unescape(href) for href in re.findall(r'href="(/[^"]*as_of=[^"]*)"', person.client.get("/tour").text)]
        assert len(stops) == len(TOUR)
        assert [person.client.get(href, follow_redirects=True).status_code for href in stops] == [200] * len(stops)


def test_it_takes_ten_minutes_or_so(demonstration: Flask) -> None:
    assert 9 <= sum(step.minutes for step in TOUR) <= 12


@without_a_server
def test_without_the_demonstration_there_is_no_tour(app: Flask, recount: CommandLine) -> None:
    path = recount.folder / name()
    path.write_text(csv_text([row()]), encoding="utf-8")
    recount("submit", path, "--received-on", "2017-02-01")
    told = app.test_client().get("/tour").text
    assert "No demonstration here" in told
    assert "as_of=" not in told


@without_a_server
def test_anybody_finds_help_from_every_page(app: Flask) -> None:
    client = Person(app.test_client()).client
    for page in ("/sign-in", "/help", "/accessibility", "/tour"):
        told = client.get(page).text
        assert 'href="/help"' in told
        assert 'href="/accessibility"' in told
