"""A year's targets set and agreed by keyboard alone, in less than the three minutes that it may take."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import KEYS, CommandLine
from web.app import create_app
from web.demo.targets import FOLDER
from web.settings import DATABASE, RAW_FILES, Settings

from .conftest import DESK, Seen, served

pytestmark = pytest.mark.browser

A_KEY: Final = 0.28
"""Seconds that somebody who does not type often takes for a key (Card, Moran and Newell)."""
A_THOUGHT: Final = 1.35
"""Seconds of thought before each field; the same source."""
THREE_MINUTES: Final = 180
TARGETS: Final = ("8.5", "53", "39", "9", "54", "40", "50", "9", "0", "8", "2.5")
REASON: Final = "New year"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[tuple[str, CommandLine]]:
    """A contract with the KPI lines of Appendix C that was agreed, served."""
    recount = CommandLine(tmp_path, {DATABASE: f"sqlite:///{tmp_path / 'recount.db'}", RAW_FILES: "yes", **KEYS})
    recount("agency", "H0001", "--name", "Hereford")
    terms = ("--name", "Adult service", "--provider", "Wye", "--hub", "H0001,Hereford", "--from", "2015-12-01")
    recount("schedule", "draft", *terms, "--table", FOLDER / "herefordshire-april-2017.csv")
    recount("schedule", "agree", 1, "--on", "2017-04-10")
    app = create_app(Settings.from_environment(recount.settings))
    with served(app) as home:
        yield home, recount
    app.extensions["recount"].close()


class Keyboard:
    """Presses keys, and counts them and the thoughts between."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys, self.thoughts = page, 0, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)
        self.thoughts += 1

    def to(self, words: str) -> None:
        """Go on to the next thing that is called so."""
        self.thoughts += 1
        for _ in range(60):
            self.press("Tab")
            if self.page.evaluate("document.activeElement.textContent.trim()") == words:
                return
        raise AssertionError(words)

    @property
    def seconds(self) -> float:
        """How long somebody takes who does not type often."""
        return self.keys * A_KEY + self.thoughts * A_THOUGHT


def test_a_years_targets_are_set_and_agreed_in_three_minutes(
    browser: Browser, service: tuple[str, CommandLine]
) -> None:
    home, recount = service
    link = urlsplit(recount("user", "Cora Ames", "--role", "commissioner", "--link").stdout.strip())
    page = browser.new_page(viewport={"width": DESK, "height": 740})
    seen, keyboard = Seen(page, home), Keyboard(page)
    seen.go(f"{link.path}?{link.query}")
    seen.go("/contract")
    assert seen.violations() == []

    keyboard.to("Set targets for a year")
    keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Set targets for a year")).to_be_visible()
    assert seen.violations() == []
    page.get_by_label("First day for which they count").focus()
    for day in ("04012018", "03312019"):
        keyboard.write(day)
        keyboard.press("Tab")
        keyboard.press("Tab")  # past the button of the calendar
    keyboard.press("Tab")  # the deadline in words follows from the last day
    for target in TARGETS:
        keyboard.write(target)
        keyboard.press("Tab")
    for _ in range(4):  # three parts of the day of the agreement, which is today, and its calendar
        keyboard.press("Tab")
    keyboard.write(REASON)
    keyboard.press("Enter")

    expect(page.get_by_text("The change is agreed.")).to_be_visible()
    assert seen.violations() == []
    assert not seen.wider_than_the_window()
    assert seen.complaints == []
    assert keyboard.seconds < THREE_MINUTES
    lines = recount.json("schedule", "show", 1)["lines"]
    assert [line["steps"][0]["low"] for line in lines] == list(TARGETS)
    assert {(line["steps"][0]["first_day"], line["deadline_day"]) for line in lines} == {("2018-04-01", "2019-03-31")}
