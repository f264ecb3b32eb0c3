"""Why a figure changed, in a real browser over the demonstration: the July figure that fell, and who moved it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
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
WALK = f"/figures/4.0/why?{BOARD}&to_known_at=2017-10-20"
REVISIONS = f"/figures/4.0/revisions?{BOARD}&upto=2018-01-11"
PATHS = (
    WALK,
    "/figures/4.0/why?as_of=2017-06-30&known_at=2017-10-20&to_as_of=2017-07-31",
    f"/figures/N.open/why?{BOARD}&to_known_at=2017-10-20",
    WALK.replace("why?", "why/3?"),
    f"/figures/4.0/members/1?{BOARD}",
    REVISIONS,
    f"/figures/4.0/claim?{LATER}&numerator=24&denominator=438",
    f"/figures/4.0/claim?{LATER}&percentage=nine",
    "/disputes",
)
Look = Callable[..., Seen]


@pytest.fixture(scope="module")
def address(a_demonstration: Callable[[], CommandLine]) -> Iterator[str]:
    """The service over the demonstration, and three people who may sign in."""
    app = create_app(Settings.from_environment(a_demonstration().settings))
    an_account(app, "Ada", Role.AUDITOR)
    an_account(app, "Cara")
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    with served(app) as home:
        yield home
    app.extensions["recount"].close()


@pytest.fixture
def look(browser: Browser, address: str) -> Iterator[Look]:
    pages: list[Page] = []

    def open_page(name: str = "Ada", **settings: Any) -> Seen:
        pages.append(browser.new_page(**{"viewport": {"width": DESK, "height": 800}} | settings))
        return signed_in_on(pages[-1], address, name)

    yield open_page
    for page in pages:
        page.close()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_no_violation_no_error_and_no_scrolling_sideways(look: Look, width: int) -> None:
    seen = look(viewport={"width": width, "height": 800})
    for path in PATHS:
        seen.go(path)
        seen.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        if width == DESK:
            assert seen.violations() == [], path
        assert seen.complaints == [], path
        assert not seen.wider_than_the_window(), path


def test_no_words_of_a_chart_are_in_the_way_of_others(look: Look) -> None:
    """Also not in the widest face that stands in for Arial where there is none."""
    seen = look()
    for path in (
        *PATHS,
        f"/figures/1.0?{LATER}",
        f"/figures/2.0?{LATER}&every=quarter",
        f"/figures/N.exits?{LATER}",
        f"/profile?{LATER}",
    ):
        page = seen.go(path)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        assert seen.words_in_the_way("Arial") == [], path
        assert seen.words_in_the_way("DejaVu Sans") == [], path


@pytest.mark.parametrize(
    "settings", [{}, {"java_script_enabled": False}, {"viewport": {"width": PHONE, "height": 800}}], ids=str
)
def test_the_july_figure_that_fell(look: Look, settings: dict[str, Any]) -> None:
    seen = look(**settings)
    page = seen.go(f"/figures/4.0?{BOARD}")
    page.get_by_role("link", name="Why it changed").first.click()
    expect(page.get_by_text("From 24 of 438 to 22 of 438.")).to_be_visible()
    assert "to_known_at=" in page.url
    page.get_by_text("1 late return took 1 out of those counted.", exact=True).click()
    page.locator("details[open]").get_by_role("link", name=re.compile("Timeline")).click()
    expect(page.get_by_role("heading", name="One person’s records")).to_be_visible()
    expect(page.get_by_text("this made the difference")).to_be_visible()
    assert page.locator("#two-axes .app-mark--signal").count() == 1
    assert not re.search(r"C\d{6}|E\d{6}", page.url)
    page.get_by_role("link", name="Why it changed").click()
    expect(page.get_by_text("It adds up exactly: nothing is left unexplained.")).to_be_visible()
    assert seen.complaints == []


def test_the_july_figure_that_fell_by_keyboard_alone(look: Look) -> None:
    page = look().go(f"/figures/4.0?{BOARD}")
    press_at(page, "Why it changed")
    page.wait_for_url("**/why?*")
    press_at(page, "1 late return took 1 out of those counted.")
    press_at(page, "Timeline")
    page.wait_for_url("**/why/*")
    expect(page.get_by_text("this made the difference")).to_be_visible()
    press_at(page, "Why it changed")
    page.wait_for_url("**/why?*")
    expect(page.get_by_text("It adds up exactly: nothing is left unexplained.")).to_be_visible()


def press_at(page: Page, words: str) -> None:
    """Go by Tab to what begins with these words, and press Enter."""
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(words):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard does not reach '{words}'")


def test_a_provider_finds_the_client_that_moved_its_figure_by_keyboard_alone(look: Look) -> None:
    seen = look("Pat")
    page = seen.go(f"{WALK}&agency=H0001")
    for _ in range(80):
        page.keyboard.press("Tab")
        if "late return" in page.evaluate("document.activeElement.textContent"):
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Timeline")
    page.keyboard.press("Enter")
    page.wait_for_url("**/why/*")
    expect(page.get_by_text("You see your own agency’s records")).to_be_visible()
    expect(page.get_by_text("this made the difference")).to_be_visible()
    assert "H0002" not in page.get_by_role("main").inner_text()
    assert seen.complaints == []


def test_a_figure_moves_along_what_was_known_with_a_script_and_without(look: Look) -> None:
    page = look().go(REVISIONS)
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="11 Sep 2017: 22 of 438, 5.0%").first.click()
    expect(page.get_by_role("heading", name="The figure, as known on 11 September 2017")).to_be_visible()
    assert page.evaluate("window.stayed") is True
    assert "known_at=2017-09-11" in page.url
    page.go_back()
    expect(page.get_by_role("heading", name="The figure, as known on 15 August 2017")).to_be_visible()
    plain = look(java_script_enabled=False).go(REVISIONS)
    plain.get_by_role("link", name="11 Sep 2017: 22 of 438, 5.0%").first.click()
    expect(plain.get_by_role("heading", name="The figure, as known on 11 September 2017")).to_be_visible()


def test_a_dispute_from_another_figure_to_its_end_without_javascript(look: Look, tmp_path: Path) -> None:
    page = look("Cara", java_script_enabled=False, viewport={"width": PHONE, "height": 800}).go(
        f"/figures/4.0/claim?{LATER}&agency=H0001"
    )
    page.get_by_label("Or a percentage").fill("5.67")
    page.get_by_role("button", name="Set it beside ours").click()
    expect(page.get_by_text("people to come to 5.67%")).to_be_visible()
    page.get_by_role("link", name="Open a dispute over this figure").click()
    page.get_by_role("button", name="Open the dispute").click()
    expect(page.get_by_role("alert")).to_contain_text("Say in a sentence why")
    page.get_by_label("Why it is disputed").fill("Our list has three people more.")
    page.get_by_role("button", name="Open the dispute").click()
    expect(page.get_by_text("is claimed to be 5.67%")).to_be_visible()
    page.get_by_label("Your statement").fill("Send us the list.")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("Send us the list.")).to_be_visible()
    page.get_by_text("Close the dispute").click()
    page.get_by_label("How it ended").fill("The list was of another month.")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_text("The list was of another month.")).to_be_visible()
    listed = tmp_path / "list.csv"
    listed.write_text("AGNCY,CLIENT\nH0001,C100054\n", encoding="utf-8")
    page = look("Pat").go(f"/figures/4.0/claim?{LATER}&agency=H0001")
    page.get_by_label("The list", exact=True).set_input_files(listed)
    page.get_by_role("button", name="Compare client by client").click()
    expect(page.get_by_role("heading", name="Their list beside ours")).to_be_visible()
    expect(page.get_by_text("our figure")).to_be_visible()
