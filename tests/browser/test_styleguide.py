"""Every component, in a real browser under the strict policy."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.web.styleguide import styleguide

from .conftest import DESK, PHONE, Seen, served

pytestmark = pytest.mark.browser

PATHS = ("/", "/error/404", "/error/503", "/api")
Look = Callable[..., Seen]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(styleguide()) as home:
        yield home


@pytest.fixture
def look(browser: Browser, address: str) -> Iterator[Look]:
    pages = []

    def open_page(**settings: object) -> Seen:
        pages.append(browser.new_page(**settings))  # type: ignore[arg-type]
        return Seen(pages[-1], address)

    yield open_page
    for page in pages:
        page.close()


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("path", PATHS)
def test_no_violation_no_error_and_no_scrolling_sideways(look: Look, path: str, width: int):
    seen = look(viewport={"width": width, "height": 800})
    seen.go(path)
    assert seen.violations() == []
    assert seen.complaints == []
    assert not seen.wider_than_the_window()


@pytest.mark.parametrize("face", ["Arial", "DejaVu Sans"])
def test_no_words_of_a_chart_are_in_the_way_of_others(look: Look, face: str):
    seen = look(viewport={"width": DESK, "height": 800})
    seen.go("/")
    assert seen.words_in_the_way(face) == []


def test_all_is_there_without_javascript(look: Look):
    seen = look(java_script_enabled=False, viewport={"width": PHONE, "height": 800})
    page = seen.go("/")
    expect(page.get_by_role("link", name="Submissions")).to_be_visible()
    expect(page.locator("#trend svg")).to_be_visible()
    about = page.locator("details").first
    about.locator("summary").click()
    assert about.get_by_text("Position in the log").is_visible()
    assert not seen.wider_than_the_window()
    assert page.goto(seen.home + "/api")
    expect(page.get_by_text("the document does not")).to_be_visible()


def test_the_keyboard_reaches_the_content_and_what_is_folded(look: Look):
    page = look(viewport={"width": DESK, "height": 800}).go("/error/404")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"
    page.goto(page.url.replace("/error/404#main-content", "/"))
    about = page.locator("details").first
    about.locator("summary").focus()
    page.keyboard.press("Enter")
    assert about.get_by_text("Position in the log").is_visible()


def test_on_paper_nothing_is_folded_away_and_no_control_is_left(look: Look):
    page = look().go("/")
    page.emulate_media(media="print")
    expect(page.get_by_text("Position in the log").first).to_be_visible()
    assert not page.get_by_role("navigation", name="Pages", exact=True).is_visible()
    assert not page.get_by_role("link", name="Previous month end").is_visible()


def test_the_api_is_drawn_from_this_server_alone(look: Look):
    seen = look(viewport={"width": DESK, "height": 800})
    page = seen.go("/api")
    page.get_by_text("Figures at a standpoint").click()
    page.get_by_text("What is asked for").wait_for()
    assert seen.violations() == []
    assert seen.complaints == []
