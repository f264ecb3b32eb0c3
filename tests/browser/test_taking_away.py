"""Worklists, report, displays and help in a real browser: no violation, no complaint, a phone's width, no script."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browser import PASSWORD, an_account
from tests.web.conftest import CommandLine
from web.app import create_app
from web.auth.roles import Role
from web.settings import Settings

from .conftest import DESK, PHONE, Seen, served

pytestmark = pytest.mark.browser
JULY = "as_of=2017-07-31&known_at=2017-08-15"
PAGES = [
    f"/worklists?{JULY}",
    f"/worklists/review-tops-due?{JULY}",
    f"/worklists/exit-tops-due?{JULY}",
    f"/report?{JULY}",
    f"/card?{JULY}",
    "/board",
    "/displays",
    "/tour",
    "/help",
    "/accessibility",
]


@pytest.fixture(scope="module")
def address(a_demonstration: Callable[[], CommandLine]) -> Iterator[str]:
    app = create_app(Settings.from_environment(a_demonstration().settings))
    an_account(app, "Ann Poole", Role.PROVIDER, "H0001")
    with served(app) as home:
        yield home
    app.extensions["recount"].close()


def signed_in(browser: Browser, address: str, width: int = DESK, **given: bool) -> Seen:
    seen = Seen(browser.new_page(viewport={"width": width, "height": 900}, **given), address)
    page = seen.go("/sign-in")
    page.get_by_label("Name", exact=True).fill("Ann Poole")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state("networkidle")
    return seen


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_no_page_has_a_violation_or_is_too_wide(browser: Browser, address: str, width: int) -> None:
    seen = signed_in(browser, address, width)
    for path in PAGES:
        seen.go(path)
        if width == DESK:
            assert seen.violations() == [], path
        assert not seen.wider_than_the_window(), path
    assert seen.complaints == []
    seen.page.close()


def test_by_the_keyboard_from_the_lists_to_a_file(browser: Browser, address: str) -> None:
    seen = signed_in(browser, address)
    page = seen.go(f"/worklists?{JULY}")
    _press_at(page, "Review TOPs due")
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("heading", level=1).inner_text() == "Review TOPs due"
    with page.expect_download() as download:
        _press_at(page, "XLSX")
    assert download.value.suggested_filename == "recount-review-tops-due.xlsx"
    page.close()


def test_without_a_script_a_report_is_made(browser: Browser, address: str) -> None:
    seen = signed_in(browser, address, java_script_enabled=False)
    page = seen.go(f"/report?{JULY}")
    page.get_by_label("Commentary: Successful completions", exact=True).fill("Opiates rose.")
    with page.expect_download() as download:
        page.get_by_role("button", name="Make the PDF").click()
    assert download.value.suggested_filename == "recount-report-2017-07-31.pdf"
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    page.close()


def test_a_display_is_connected_by_its_link(browser: Browser, address: str) -> None:
    seen = signed_in(browser, address)
    page = seen.go("/displays")
    page.get_by_label("Where it hangs").fill("Staff room")
    page.get_by_role("button", name="Make its link").click()
    link = page.get_by_role("main").get_by_role("link").first.inner_text()
    wall = browser.new_context().new_page()
    wall.goto(link)
    assert wall.url == f"{address}/board"
    assert wall.get_by_role("heading", level=1).inner_text().startswith("Successful completions: how far we are")
    assert wall.evaluate("document.cookie") == ""
    wall.goto(f"{address}/worklists?{JULY}")
    assert "/sign-in" in wall.url
    wall.context.close()
    page.close()


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720), (1366, 768), (1024, 768)])
def test_the_board_stands_whole_on_a_screen_that_nobody_scrolls(
    browser: Browser, address: str, width: int, height: int
) -> None:
    seen = signed_in(browser, address)
    seen.page.set_viewport_size({"width": width, "height": height})
    page = seen.go("/board")
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    bars = page.locator("progress")
    assert bars.count() >= 4
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.app-board__percentage')).fontSize)") > (
        height / 20
    )
    page.close()


SHEET = {"width": 718, "height": 1000}
"""What is written on of a sheet of A4, in the units of a page."""


def test_on_paper_a_page_says_for_whom_it_is(browser: Browser, address: str) -> None:
    seen = signed_in(browser, address)
    for path in (f"/?{JULY}", f"/figures/4.0/why?{JULY}&to_known_at=2017-10-20", f"/worklists/review-tops-due?{JULY}"):
        page = seen.go(path)
        said = page.get_by_text("For whom: One provider")
        assert not said.is_visible(), path
        page.emulate_media(media="print")
        assert said.is_visible(), path
        page.emulate_media(media="screen")
    page.close()


def test_on_paper_a_scorecard_keeps_its_columns_and_fits(browser: Browser, address: str) -> None:
    seen = signed_in(browser, address)
    page = seen.go(f"/?{JULY}")
    page.emulate_media(media="print")
    page.set_viewport_size(SHEET)
    heads, cells = page.locator(".app-lines").first.locator("thead th"), page.locator(".app-lines tbody tr").first
    figure, target = cells.locator("td").nth(0).bounding_box(), cells.locator("td").nth(1).bounding_box()
    assert figure
    assert target
    assert heads.nth(1).is_visible()
    assert figure["y"] == target["y"]
    assert figure["x"] < target["x"]
    assert page.evaluate("document.documentElement.scrollWidth") <= SHEET["width"]
    page.close()


def test_on_paper_nothing_stays_folded_and_links_are_words(browser: Browser, address: str) -> None:
    seen = signed_in(browser, address)
    page = seen.go(f"/figures/4.0?{JULY}")
    assert not page.get_by_text("Position in the log").is_visible()
    page.emulate_media(media="print")
    assert page.get_by_text("Position in the log").is_visible()
    assert not page.get_by_text("The same numbers as a table").first.is_visible()
    page.close()


def test_on_paper_the_card_is_the_card(browser: Browser, address: str) -> None:
    seen = signed_in(browser, address)
    page = seen.go(f"/card?{JULY}")
    page.emulate_media(media="print")
    expect(page.get_by_text("At least 120 people")).to_be_visible()
    assert not page.get_by_role("heading", name="A card for the waiting area").is_visible()
    assert not page.get_by_role("navigation").first.is_visible()
    assert not page.get_by_text("A local estimate").is_visible()
    assert page.get_by_text("Demonstration data").is_visible()
    page.close()


def _press_at(page: Page, words: str) -> None:
    """Go by the Tab key to a link and press Enter."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == words:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"'{words}' is not reached by the keyboard")
