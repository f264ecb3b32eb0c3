"""From an empty database to the first figure in a real browser, with one command before it and no shell after."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.unit.intake.files import csv_text, name, row
from tests.web.conftest import KEYS, CommandLine
from web.app import create_app
from web.settings import DATABASE, RAW_FILES, Settings

from .conftest import DESK, Seen, served

pytestmark = pytest.mark.browser

TASKS = (
    "An administrator’s account",
    "A commissioner’s account",
    "The providers’ accounts",
    "The agencies’ contracts",
    "The agencies’ names",
    "Targets",
    "The first monthly file",
)
NARROW = 360


@pytest.fixture
def service(tmp_path: Path) -> Iterator[tuple[str, CommandLine]]:
    """An empty database, served."""
    recount = CommandLine(tmp_path, {DATABASE: f"sqlite:///{tmp_path / 'recount.db'}", RAW_FILES: "yes", **KEYS})
    app = create_app(Settings.from_environment(recount.settings))
    with served(app) as home:
        yield home, recount
    app.extensions["recount"].close()


@pytest.mark.parametrize("width", [DESK, NARROW])
def test_from_nothing_to_the_first_figure(browser: Browser, service: tuple[str, CommandLine], width: int) -> None:
    home, recount = service
    link = urlsplit(recount("user", "Ann Poole", "--role", "administrator", "--link").stdout.strip())
    page = browser.new_page(viewport={"width": width, "height": 740})
    seen = Seen(page, home)

    seen.go(f"{link.path}?{link.query}")
    expect(page.get_by_role("heading", name="Set up Recount")).to_be_visible()
    assert states(page) == ["Completed", *["To do"] * 6]
    is_well(seen)

    task(page, TASKS[1])
    page.get_by_label("Name", exact=True).fill("Cora Ames")
    press(page, "Make the account")
    to_set_up(page, width)
    assert states(page)[1] == "Completed"

    task(page, TASKS[2])
    assert page.get_by_label("Role").input_value() == "provider"
    page.get_by_label("Name", exact=True).fill("Pat Lowe")
    page.get_by_label("Agencies").fill("H0001")
    press(page, "Make the account")
    to_set_up(page, width)

    task(page, TASKS[3])
    is_well(seen)
    page.get_by_label("Agency", exact=True).fill("H0001")
    page.get_by_label("First day of the contract").fill("2017-01-01")
    press(page, "Save the contract")
    expect(page.get_by_role("cell", name="2017")).to_be_visible()
    is_well(seen)
    to_set_up(page, width)

    task(page, TASKS[4])
    page.get_by_label("Name of H0001").fill("Hereford")
    press(page, "Save the names")
    is_well(seen)
    to_set_up(page, width)

    task(page, TASKS[5])
    is_well(seen)
    page.get_by_label("KPI").select_option("4.0")
    page.get_by_label("Target", exact=True).fill("8")
    page.get_by_label("First day for which it counts").fill("2017-01-01")
    page.get_by_label("Last day for which it counts").fill("2017-12-31")
    press(page, "Set the target")
    assert states(page) == [*["Completed"] * 6, "To do"]

    task(page, TASKS[6])
    sent: Any = {"name": name(), "mimeType": "text/csv", "buffer": csv_text([row()]).encode()}
    page.get_by_label("Monthly file or review file").set_input_files(sent)
    press(page, "See what it would change")
    is_well(seen)
    press(page, "Take the file in")
    assert states(page) == ["Completed"] * 7
    is_well(seen)

    assert figure_seen_by(page, home, "Cora Ames") == "1"
    assert seen.complaints == []
    page.close()


def figure_seen_by(page: Page, home: str, name: str) -> str:
    """Sign in by a link that the administrator makes, and read how many are in treatment."""
    page.get_by_role("link", name="choose an account").click()
    page.get_by_role("link", name=name).click()
    press(page, "Make a link")
    page.goto(page.locator("#sign-in-link").inner_text())
    expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()
    assert page.url.startswith(home)
    page.get_by_role("link", name="The whole scorecard").click()
    page.get_by_role("link", name="Open on the day").click()
    return page.locator(".app-figure__result .app-figure__percentage").inner_text()


def test_what_the_first_account_may_do_ends_with_the_first_file(
    browser: Browser, service: tuple[str, CommandLine]
) -> None:
    home, recount = service
    link = urlsplit(recount("user", "Ann Poole", "--role", "administrator", "--link").stdout.strip())
    page = browser.new_page(java_script_enabled=False)
    seen = Seen(page, home)
    seen.go(f"{link.path}?{link.query}")
    assert page.goto(f"{home}/contracts").ok  # type: ignore[union-attr]
    path = recount.folder / name()
    path.write_text(csv_text([row()]), encoding="utf-8")
    recount("submit", path)
    for closed in ("/contracts", "/targets/new", "/submissions/new"):
        assert page.goto(f"{home}{closed}").status == 403  # type: ignore[union-attr]
    seen.go("/set-up")
    done, to_do, not_hers = "Completed", "To do", "Not for your account"
    assert states(page) == [done, to_do, to_do, not_hers, to_do, not_hers, done]
    page.close()


def states(page: Page) -> list[str]:
    """What the list says of each task."""
    return [text.strip() for text in page.locator(".govuk-task-list__status").all_inner_texts()]


def task(page: Page, title: str) -> None:
    page.get_by_role("link", name=title).click()
    page.wait_for_load_state("networkidle")


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()
    page.wait_for_load_state("networkidle")


def to_set_up(page: Page, width: int) -> None:
    """By the navigation, which is folded on a phone."""
    if width == NARROW:
        page.get_by_role("button", name="Menu").click()
    page.get_by_label("Pages").get_by_role("link", name="Set-up").click()
    page.wait_for_load_state("networkidle")


def is_well(seen: Seen) -> None:
    assert seen.violations() == [], seen.page.url
    assert not seen.wider_than_the_window(), seen.page.url
