"""The scorecard and a figure in a real browser, over the demonstration: what a committee opens first."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.web.browser import an_account
from tests.web.conftest import CommandLine
from web.app import create_app
from web.auth.roles import Role
from web.settings import Settings

from .conftest import DESK, PHONE, Seen, served
from .keyboard import signed_in_on

pytestmark = pytest.mark.browser

BOARD = "as_of=2017-07-31&known_at=2017-08-15"
LATER = "as_of=2017-07-31&known_at=2017-10-20"
CUT = "Board 16 Aug 2017"
PATHS = (
    f"/?{LATER}",
    f"/?{LATER}&since=Board%2016%20Aug%202017",
    "/?as_of=2017-12-31&known_at=2018-01-05",
    f"/figures/4.0?{BOARD}",
    f"/figures/5.0u?{BOARD}",
    f"/figures/N.exits?{BOARD}&every=quarter",
    f"/figures/1.0/definition?{BOARD}",
    f"/figures/4.0/members?{BOARD}",
    f"/profile?{BOARD}",
    f"/profile?{BOARD}&agency=H0003",
)
Look = Callable[..., Seen]


@pytest.fixture(scope="module")
def address(a_demonstration: Callable[[], CommandLine]) -> Iterator[str]:
    """The service over the demonstration, with a target more, and three people who may sign in."""
    recount = a_demonstration()
    recount(
        "target", "set", "--measure", "4.0", "--level", 8, "--from", "2017-04-01", "--to", "2017-12-31",
        "--comparator", "7.36", "8.93", "--comparator-words", "Similar areas", "--agreed-on", "2017-04-10",
    )  # fmt: skip
    app = create_app(Settings.from_environment(recount.settings))
    _accounts(app)
    with served(app) as home:
        yield home
    app.extensions["recount"].close()


def _accounts(app: Flask) -> None:
    an_account(app, "Ada", Role.AUDITOR)
    an_account(app, "Cara")
    an_account(app, "Pat", Role.PROVIDER, "H0001")


@pytest.fixture
def look(browser: Browser, address: str) -> Iterator[Look]:
    pages: list[Page] = []

    def open_page(name: str = "Ada", **settings: Any) -> Seen:
        pages.append(browser.new_page(**settings))
        return signed_in_on(pages[-1], address, name)

    yield open_page
    for page in pages:
        page.close()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_no_violation_no_error_and_no_scrolling_sideways(look: Look, width: int):
    seen = look(viewport={"width": width, "height": 800})
    for path in PATHS:
        seen.go(path)
        if width == DESK:
            assert seen.violations() == [], path
        assert seen.complaints == [], path
        assert not seen.wider_than_the_window(), path


@pytest.mark.parametrize("path", [f"/?{LATER}", f"/?{LATER}&since=Board%2016%20Aug%202017"])
def test_on_a_phone_the_scorecard_is_six_screens_with_a_way_to_each_group(look: Look, path: str):
    page = look(viewport={"width": 360, "height": 740}).go(path)
    assert page.evaluate("document.documentElement.scrollHeight") <= 6 * 740
    jumps = page.get_by_label("On this page").get_by_role("link").all()
    groups = page.locator("h2.app-group").all()
    assert len(jumps) == len(groups) > 5
    assert all(page.locator(str(jump.get_attribute("href"))).is_visible() for jump in jumps)


def test_on_a_phone_a_chart_opens_at_its_newest_end(look: Look):
    page = look(java_script_enabled=False, viewport={"width": 360, "height": 740}).go(f"/figures/4.0?{LATER}")
    newest = page.locator("#trend-chart .app-mark--label", has_text="5.0%").bounding_box()
    assert newest is not None
    assert 0 < newest["x"] < newest["x"] + newest["width"] < 360
    table = page.locator("#months")
    assert table.evaluate("table => table.scrollWidth <= table.parentElement.clientWidth")


def test_signing_in_leads_home_and_on_to_the_scorecard_whose_address_says_all(look: Look):
    page = look().page
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()
    page.get_by_role("link", name="The whole scorecard").click()
    expect(page.get_by_role("heading", name="Scorecard", exact=True)).to_be_visible()
    assert "as_of=" in page.url
    assert "known_at=" in page.url


def test_the_july_figure_that_fell(look: Look):
    page = look(viewport={"width": DESK, "height": 800}).go(f"/?{BOARD}")
    assert (
        page.get_by_role("row", name=re.compile(r"Successful completions: opiate \(4.0\)"))
        .get_by_text("24 of 438", exact=True)
        .is_visible()
    )
    page.goto(page.url.replace("2017-08-15", "2017-10-20"))
    page.get_by_role("link", name=CUT).last.click()
    moved = page.get_by_role("listitem").filter(has_text="24/438 became 22/438")
    expect(moved.get_by_text("1 late return")).to_be_visible()
    moved.get_by_role("link", name="Why Successful completions: opiate (4.0) changed").click()
    expect(page.get_by_role("heading", name=re.compile("Why it changed: .*4.0")).first).to_be_visible()
    page.go_back()
    moved.get_by_role("link").first.click()
    expect(
        page.get_by_text("22 of 438 adults in treatment for opiates completed it successfully: 5.0%.")
    ).to_be_visible()
    page.get_by_role("link", name=CUT, exact=True).click()
    expect(
        page.get_by_text("24 of 438 adults in treatment for opiates completed it successfully: 5.5%.")
    ).to_be_visible()


def test_other_dates_are_chosen_without_javascript(look: Look):
    page = look(java_script_enabled=False, viewport={"width": PHONE, "height": 800}).go(f"/figures/4.0?{LATER}")
    page.get_by_text("Choose dates and whose figures").click()
    page.get_by_label("As of").fill("2017-06-30")
    page.get_by_label("Agency", exact=True).select_option("H0002")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("As of 30 June 2017, as known on 20 October 2017.").first).to_be_visible()
    assert "agency=H0002" in page.url
    page.get_by_text("About this figure").click()
    expect(page.get_by_text("Position in the log")).to_be_visible()


def test_from_how_many_people_to_who_they_are_without_javascript(look: Look):
    page = look(java_script_enabled=False, viewport={"width": PHONE, "height": 800}).go(f"/?{BOARD}")
    page.get_by_role("link", name="the caseload profile").click()
    expect(page.get_by_role("heading", name="Caseload profile", level=1)).to_be_visible()
    told = (
        "Of 438 people treated for opiates in the 12 months to 31 July 2017, 62% (272) have been in treatment for six"
    )
    expect(page.get_by_text(told).first).to_be_visible()
    page.get_by_role("link", name="Opiates", exact=True).first.click()
    assert page.url.endswith("#opiate")
    chart = page.get_by_role("img", name="Years in treatment: Opiates")
    expect(chart).to_be_visible()
    assert chart.locator("rect").count() == 2 + 2 * 5
    expect(page.get_by_role("row", name="6 years or more 272 62.1% 77.1%")).to_be_visible()
    page.get_by_text("About this profile").click()
    expect(page.get_by_text("Position in the log")).to_be_visible()


def test_the_keyboard_alone_opens_a_figure_and_its_people(look: Look):
    page = look("Cara", viewport={"width": DESK, "height": 800}).go(f"/?{BOARD}")
    _to(page, "Successful completions: opiate (4.0)")
    page.keyboard.press("Enter")
    page.wait_for_url("**/figures/4.0?*")
    _to(page, "People in it")
    page.keyboard.press("Enter")
    page.wait_for_url("**/members?*")
    for _ in range(60):
        if page.evaluate("document.activeElement.id") == "reason":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("The provider counts July differently")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("438 people, by their place in the list").wait_for()


def _to(page: Page, words: str) -> None:
    """Press Tab until the link with these words has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == words:
            return
    raise AssertionError(f"the keyboard does not reach '{words}'")


def test_a_provider_sees_its_own_people_and_nobody_elses(look: Look):
    page = look("Pat").go(f"/figures/4.0/members?{BOARD}")
    expect(page.get_by_text("of other agencies, of whom")).to_be_visible()
    assert page.get_by_text("H0002").count() == 0


def test_on_paper_both_dates_stand_and_no_control(look: Look):
    page = look().go(f"/?{BOARD}")
    page.emulate_media(media="print")
    expect(page.get_by_text("As of 31 July 2017, as known on 15 August 2017.").first).to_be_visible()
    assert not page.get_by_text("Choose dates and whose figures").is_visible()
    assert not page.get_by_role("link", name="Previous month end").is_visible()
