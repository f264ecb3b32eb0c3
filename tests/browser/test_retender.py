"""A handover tried, looked at, said: over the demonstration, in a real browser; and who inherited what."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.web.browser import an_account
from tests.web.conftest import CommandLine
from web.app import create_app
from web.auth.roles import Role
from web.settings import Settings

from .conftest import DESK, PHONE, Seen, served
from .keyboard import signed_in_on

pytestmark = pytest.mark.browser

JULY = "as_of=2017-07-31&known_at=2017-08-15"


@pytest.fixture(scope="module")
def address(a_demonstration: Callable[[], CommandLine]) -> Iterator[str]:
    app = create_app(Settings.from_environment(a_demonstration().settings))
    an_account(app, "Cara")
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    with served(app) as home:
        yield home
    app.extensions["recount"].close()


def signed_in(browser: Browser, address: str, name: str, width: int = DESK) -> Seen:
    return signed_in_on(browser.new_page(viewport={"width": width, "height": 800}), address, name)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_who_makes_the_miss(browser: Browser, address: str, width: int) -> None:
    """From the red figure to who makes it, and on to who inherited what."""
    seen = signed_in(browser, address, "Cara", width)
    page = seen.go(f"/figures/4.0?{JULY}")
    page.get_by_role("link", name="Who makes the miss").click()
    expect(page.get_by_text("The biggest contributor to the miss is Hereford (H0001)")).to_be_visible()
    page.get_by_text("Choose another measure, or part it by a handover").click()
    page.fill("#of-handover_on", "2015-12-01")
    page.locator("form:has(#of-handover_on)").get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Length in treatment at the handover")).to_be_visible()
    assert "as_of=2017-07-31" in page.url
    assert (seen.violations(), seen.wider_than_the_window(), seen.complaints) == ([], False, [])
    page.close()


def test_a_handover_tried_looked_at_said(browser: Browser, address: str) -> None:
    seen = signed_in(browser, address, "Cara")
    page = seen.go("/handovers")
    page.get_by_role("link", name="Re-tender").first.click()
    for place, number in enumerate(("1", "2", "3")):
        page.get_by_label("Agency before").nth(place).select_option(f"H000{number}")
        page.get_by_label("Code of an agency that is not in the list").nth(place).fill(f"N000{number}")
        if number != "3":
            page.get_by_role("button", name="Add a row").click()
            page.wait_for_load_state()
    page.get_by_label("First day of the new contract").fill("2017-12-01")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("Nothing is stored yet.")).to_be_visible()
    together = page.locator("#passed tr", has_text="Together")
    expect(together).to_contain_text("461")
    expect(page.locator("#effects-1")).to_contain_text("People open on the day (N.open)")
    assert seen.violations() == []
    page.get_by_label("I have looked at what it does").check()
    page.get_by_role("button", name="Carry out the re-tender").click()
    expect(page.get_by_text("The contracts and the handover are stored.")).to_be_visible()
    assert page.locator("#handovers tbody tr").count() == 3
    page.locator("#handovers tbody tr").last.get_by_role("link").click()
    expect(page.get_by_role("heading", name="What it did to the figures")).to_be_visible()
    assert (seen.violations(), seen.complaints) == ([], [])
    of_provider = signed_in(browser, address, "Pat")
    theirs = of_provider.go("/handovers")
    assert theirs.locator("#handovers tbody tr").count() == 1
    assert of_provider.complaints == []
    page.close()
    theirs.close()
