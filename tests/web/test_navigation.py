"""What stands above each page, and the page that lists all places, for each role."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask

from tests.unit.intake.files import csv_text, name, row
from web.auth.guard import NEEDS
from web.auth.roles import Role
from web.pages.frame.navigation import Place

from .browser import Person, a_person, an_account, without_a_server
from .conftest import CommandLine

pytestmark = without_a_server

SEEN = "as_of=2017-01-31&known_at=2017-02-10&agency=H0001"
LONGEST = 80
"""Letters of a sentence: it is read in a narrow column, among forty others."""


def places(app: Flask) -> list[Place]:
    return [place for room in app.blueprints.values() for place in getattr(room, "places", ())]


def page(who: Person, path: str) -> str:
    response = who.client.get(path)
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


def above(page: str) -> list[str]:
    """The words of the navigation."""
    items = page.partition('aria-label="Pages"')[2].partition("</ul>")[0]
    links = re.findall(r"<a [^>]*>(.*?)</a>", items, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", link).split()) for link in links]


def listed(page: str) -> set[str]:
    """Where the page of all pages leads."""
    content = page.partition("<main")[2].partition("</main>")[0]
    return {unescape(href) for href in re.findall(r'href="([^"]+)"', content)}


@pytest.fixture
def council(app: Flask, recount: CommandLine) -> Flask:
    path = recount.folder / name()
    path.write_text(csv_text([row()]), encoding="utf-8")
    recount("submit", path, "--received-on", "2017-02-10")
    return app


def test_every_place_says_in_one_short_sentence_what_it_is_for(app: Flask) -> None:
    everything = places(app)
    assert [place.words for place in everything if not re.fullmatch(r"[A-Z][^.]*\.", place.purpose)] == []
    assert [place.words for place in everything if len(place.purpose) > LONGEST] == []
    assert len({place.words for place in everything}) == len(everything)


def test_every_place_has_the_right_of_its_page(app: Flask) -> None:
    """Else it would be shown to who may not open it, or be kept from who may."""
    assert [
        place.words for place in places(app) if getattr(app.view_functions[place.endpoint], NEEDS) is not place.right
    ] == []


def _opened(app: Flask, who: Person) -> Iterator[str]:
    """The places that somebody may open, by opening each; where it leads elsewhere, it is not theirs."""
    for place in places(app):
        with app.test_request_context():
            href = place.href
        response = who.client.get(href, follow_redirects=True)
        if (response.status_code, response.request.path) == (200, href):
            yield href


def test_each_role_finds_all_that_it_may_open_and_nothing_else(council: Flask) -> None:
    for role in Role:
        an_account(council, f"Avery {role}", role, *(["H0001"] if role is Role.PROVIDER else []))
        who = a_person(council, f"Avery {role}")
        everything = page(who, "/pages")
        assert listed(everything) == set(_opened(council, who)), role
        words = above(everything)
        assert words[-2:] == ["All pages", "Account"]
        assert len(words) <= 10, role


def test_the_standpoint_and_the_slice_go_through_the_list(council: Flask) -> None:
    an_account(council, "Cara")
    cara = a_person(council, "Cara")
    for path in (f"/figures/4.0?{SEEN}", f"/worklists?{SEEN}"):
        assert f'"/pages?{SEEN.replace("&", "&amp;")}"' in page(cara, path)
    hrefs = listed(page(cara, f"/pages?{SEEN}"))
    assert {f"/profile?{SEEN}", f"/?{SEEN}", "/calendar"} <= hrefs
    refused = cara.client.get("/pages?as_of=2017-02-30")
    assert refused.status_code == 400


def test_what_is_on_the_list_alone_is_marked_there(council: Flask) -> None:
    an_account(council, "Cara")
    cara = a_person(council, "Cara")
    marked = r'aria-current="(\w+)">\s*(?:<strong[^>]*>)?\s*([\w ]+\w)'
    for path, current, words in (
        ("/pages", "page", "All pages"),
        ("/calendar", "true", "All pages"),
        ("/contract", "page", "Contract"),
        ("/submissions/1", "true", "Submissions"),
    ):
        assert re.findall(marked, page(cara, path).partition("<main")[0]) == [(current, words)], path


def test_until_the_first_file_set_up_comes_first(app: Flask, recount: CommandLine) -> None:
    an_account(app, "Cara")
    cara = a_person(app, "Cara")
    before = above(page(cara, "/pages"))
    assert before[:2] == ["Set-up", "Home"]
    assert "Scorecard" not in before
    path = recount.folder / name()
    path.write_text(csv_text([row()]), encoding="utf-8")
    recount("submit", path, "--received-on", "2017-02-10")
    everything = page(cara, "/pages")
    assert above(everything)[:2] == ["Home", "Scorecard"]
    assert "Set-up" not in above(everything)
    assert "/set-up" in listed(everything)
