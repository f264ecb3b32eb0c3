"""A person's own data at the desk: asked for, read and taken away in a real browser, on a phone's width too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.unit.intake.files import row, write
from tests.web.browser import PASSWORD, an_account
from tests.web.conftest import KEYS, CommandLine
from web.app import create_app
from web.auth.roles import Role
from web.settings import DATABASE, Settings

from .conftest import DESK, PHONE, Seen, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("desk")
    recount = CommandLine(folder, {DATABASE: f"sqlite:///{folder / 'recount.db'}", **KEYS})
    recount("submit", "--received-on", "2017-02-10", write(folder, [row(CLIENT="OWNREF")]))
    app = create_app(Settings.from_environment(recount.settings))
    an_account(app, "Cora Lane", Role.COMMISSIONER)
    with served(app) as home:
        yield home
    app.extensions["recount"].close()


def assert_one_row(page: Page, items: str) -> None:
    """All of these stand beside each other."""
    assert page.locator(items).count() > 1
    assert len({box["y"] for item in page.locator(items).all() if (box := item.bounding_box())}) == 1


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_asked_for_read_and_taken_away(browser: Browser, address: str, width: int) -> None:
    seen = Seen(browser.new_page(viewport={"width": width, "height": 900}), address)
    page = seen.go("/sign-in")
    page.get_by_label("Name", exact=True).fill("Cora Lane")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    if width == DESK:
        assert_one_row(page, ".govuk-service-navigation__item")
        assert_one_row(page, ".app-footer__list > li")
    page.locator(".app-footer").get_by_role("link", name="All pages").click()
    assert (seen.violations(), seen.wider_than_the_window()) == ([], False)
    page.get_by_role("link", name="A person’s own data").click()
    page.wait_for_load_state("networkidle")
    assert (seen.violations(), seen.wider_than_the_window()) == ([], False)
    page.get_by_label("Case number").fill("SAR 12")
    page.get_by_label("First letter of the first name").fill("Q")
    page.get_by_label("First letter of the surname").fill("Z")
    page.get_by_label("Date of birth").fill("1980-05-17")
    page.get_by_label("Sex, as services report it").select_option("F")
    page.get_by_role("button", name="Show it here").click()
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("heading", level=1).inner_text() == "What is held about you"
    assert page.get_by_role("cell", name="OWNREF, episode 1").is_visible()
    assert page.url == f"{address}/subject-access"
    assert (seen.violations(), seen.wider_than_the_window()) == ([], False)
    with page.expect_download() as download:
        page.get_by_role("button", name="PDF").click()
    assert download.value.suggested_filename.startswith("recount-own-data-")
    assert seen.complaints == []
    page.close()
