"""Signing in and out in a real browser, with the cookies and the policy that it really keeps to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browser import PASSWORD, an_account
from tests.web.conftest import KEYS
from web.app import create_app
from web.auth.roles import Role
from web.settings import DATABASE, Settings

from .conftest import DESK, PHONE, Seen, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("sign-in")
    app = create_app(Settings.from_environment({DATABASE: f"sqlite:///{folder / 'recount.db'}", **KEYS}))
    an_account(app, "Ann Poole", Role.PROVIDER, "H0001")
    with served(app) as home:
        yield home
    app.extensions["recount"].close()


def enter(page: Page, password: str) -> None:
    page.get_by_label("Name", exact=True).fill("Ann Poole")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_somebody_signs_in_looks_at_their_account_and_leaves(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    seen = Seen(page, address)
    seen.go("/account")
    assert page.url == f"{address}/sign-in?next=/account"
    assert seen.violations() == []
    enter(page, PASSWORD)
    assert page.url == f"{address}/account"
    expect(page.get_by_role("main").get_by_text("Ann Poole")).to_be_visible()
    assert seen.violations() == []
    assert not seen.wider_than_the_window()
    assert page.evaluate("document.cookie") == ""
    if width == PHONE:
        page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_load_state("networkidle")
    seen.go("/account")
    assert page.url == f"{address}/sign-in?next=/account"
    assert seen.complaints == []
    page.close()


def test_a_wrong_password_is_said_at_the_field(browser: Browser, address: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    seen = Seen(page, address)
    seen.go("/sign-in")
    enter(page, "not her password")
    expect(page.get_by_role("alert").get_by_text("The name or the password is not right.")).to_be_visible()
    assert page.get_by_label("Name", exact=True).input_value() == "Ann Poole"
    assert page.get_by_label("Password", exact=True).input_value() == ""
    page.close()
