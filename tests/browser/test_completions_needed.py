"""What Leominster needs by December: from the scorecard to its hub's months, by somebody who never saw it."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.web.browser import PASSWORD, an_account
from tests.web.conftest import CommandLine
from web.app import create_app
from web.auth.roles import Role
from web.settings import Settings

from .conftest import DESK, PHONE, Seen, served

pytestmark = pytest.mark.browser

BOARD = "as_of=2017-07-31&known_at=2017-08-15"


@pytest.fixture(scope="module")
def address(a_demonstration: Callable[[], CommandLine]) -> Iterator[str]:
    """The service over the demonstration, with the two parties."""
    app: Flask = create_app(Settings.from_environment(a_demonstration().settings))
    an_account(app, "Cara")
    an_account(app, "Pat", Role.PROVIDER, "H0001", "H0002", "H0003")
    with served(app) as home:
        yield home
    app.extensions["recount"].close()


def signed_in(browser: Browser, address: str, name: str, width: int = DESK) -> Seen:
    seen = Seen(browser.new_page(viewport={"width": width, "height": 740}), address)
    page = seen.go("/sign-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return seen


def test_what_leominster_needs_by_december(browser: Browser, address: str) -> None:
    seen = signed_in(browser, address, "Cara")
    page = seen.go(f"/?{BOARD}")
    page.get_by_role("link", name="Successful completions: opiate (4.0)").first.click()
    page.get_by_role("link", name="Completions needed", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Completions needed: Successful completions: opiate (4.0)"
    )
    months = page.get_by_role("table", name="Completions needed by month and hub")
    headings = months.get_by_role("columnheader").all_inner_texts()
    last = months.get_by_role("row").last.get_by_role("cell").all_inner_texts()
    assert dict(zip(headings[1:], last, strict=True)) == {
        "Hereford": "10",
        "Leominster": "5",
        "Ross": "5",
        "All hubs": "20",
    }
    page.get_by_text("Choose dates and whose figures").click()
    page.get_by_label("Agency").select_option("H0002")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Leominster needs 5 more completions by 31 December 2017")).to_be_visible()
    page.close()


def test_on_a_phone_the_hubs_months_are_proposed_and_agreed(browser: Browser, address: str) -> None:
    seen = signed_in(browser, address, "Cara", PHONE)
    page = seen.go("/contract/hub-targets?as_of=2017-07-31")
    page.get_by_role("link", name="Successful completions: opiate (4.0)").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    page.get_by_role("link", name="Propose other numbers").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    page.get_by_label("Leominster, August 2017").fill("90")
    page.get_by_role("button", name="Propose these numbers").click()
    expect(page.get_by_role("alert")).to_contain_text("too many")
    assert page.get_by_label("Leominster, August 2017").input_value() == "90"
    page.get_by_role("link", name="Successful completions: opiate (4.0)").click()
    page.get_by_role("link", name="Propose other numbers").click()
    page.get_by_role("button", name="Propose these numbers").click()
    expect(page.get_by_text("Waiting for the provider of")).to_be_visible()
    page.close()
    other = signed_in(browser, address, "Pat")
    page = other.go("/contract/hub-targets?as_of=2017-07-31")
    page.get_by_role("link", name="Successful completions: opiate (4.0)").click()
    page.get_by_role("button", name="Agree to these numbers").click()
    expect(page.get_by_text("Agreed by both on")).to_be_visible()
    page.close()
