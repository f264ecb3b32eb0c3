"""A meeting's pack by keyboard alone: planned, minuted, agreed by the other party, its action carried over, printed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.unit.intake.files import DISCHARGED, row, write
from tests.web.conftest import KEYS, CommandLine
from web.app import create_app
from web.settings import DATABASE, RAW_FILES, Settings

from .conftest import DESK, Seen, served

pytestmark = pytest.mark.browser

SMALL_PHONE: Final = 360
_NAME: Final = """() => {
    const one = document.activeElement;
    return (one.labels?.length ? one.labels[0] : one).textContent.trim();
}"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[tuple[str, CommandLine]]:
    """A frozen scorecard to be tabled, served."""
    recount = CommandLine(tmp_path, {DATABASE: f"sqlite:///{tmp_path / 'recount.db'}", RAW_FILES: "yes", **KEYS})
    recount("submit", write(tmp_path, [row(**DISCHARGED)]), "--received-on", "2017-02-10")
    recount("publish", "--cut", "Board", "--as-of", "2017-01-31", "--known-at", "2017-02-10")
    app = create_app(Settings.from_environment(recount.settings))
    with served(app) as home:
        yield home, recount
    app.extensions["recount"].close()


@dataclass
class Somebody(Seen):
    """A signed-in person who has a keyboard alone."""

    looked_at: set[str] = field(default_factory=set)

    def to(self, name: str) -> None:
        """Go on to the next thing that is called so."""
        for _ in range(80):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(_NAME) == name:
                return
        raise AssertionError(name)

    def press(self, name: str) -> None:
        """Press what is called so, and look at what comes."""
        self.to(name)
        with self.page.expect_navigation(wait_until="networkidle"):
            self.page.keyboard.press("Enter")
        self.look()

    def write(self, **texts: str) -> None:
        """Fill in fields by their labels, the spaces of which are underscores here."""
        for label, text in texts.items():
            self.to(label.replace("_", " "))
            self.page.keyboard.type(text)

    def look(self) -> None:
        """Nothing is wrong with the page; axe, which takes longest, sees each once."""
        path = urlsplit(self.page.url).path
        if path not in self.looked_at:
            self.looked_at.add(path)
            assert self.violations() == []
        assert not self.wider_than_the_window()
        assert self.complaints == []


def _somebody(browser: Browser, home: str, recount: CommandLine, width: int, *account: str) -> Somebody:
    link = urlsplit(recount("user", *account, "--link").stdout.strip())
    context = browser.new_context(viewport={"width": width, "height": 740})
    who = Somebody(context.new_page(), home)
    who.go(f"{link.path}?{link.query}")
    return who


def _plan(who: Somebody, day: str) -> None:
    who.go("/meetings")
    who.look()
    who.press("Plan a meeting")
    who.write(Kind="Action plan review", Day=day, Who_comes="Contracts officer", Agenda="Completions")
    who.press("Plan it")
    expect(who.page.get_by_text("The meeting is planned.")).to_be_visible()


@pytest.mark.parametrize("width", [DESK, SMALL_PHONE])
def test_a_meetings_pack(browser: Browser, service: tuple[str, CommandLine], width: int) -> None:
    home, recount = service
    cora = _somebody(browser, home, recount, width, "Cora Ames", "--role", "commissioner")
    pat = _somebody(browser, home, recount, width, "Pat Lowe", "--role", "provider", "--agency", "H0001")

    _plan(cora, "02202017")
    cora.press("Write the minutes")
    cora.write(Minutes="Completions rise.", Decisions="Audit again")
    cora.press("Write the minutes")
    cora.press("Add an action")
    cora.write(What_is_to_be_done="Audit the files", Whose_it_is="Service manager")
    cora.press("Add it")

    pat.go("/meetings/1")
    pat.look()
    pat.press("Agree to the minutes")
    expect(pat.page.get_by_text("The minutes are agreed.")).to_be_visible()

    _plan(cora, "03202017")
    carried = cora.page.get_by_role("table", name="Actions carried over")
    expect(carried.get_by_text("carried over 1 time")).to_be_visible()
    cora.to("Choose its sections")
    cora.page.keyboard.press("Enter")
    cora.to("Commentary")
    cora.page.keyboard.press("Space")
    cora.to("Make the PDF")
    with cora.page.expect_download() as download:
        cora.page.keyboard.press("Enter")
    assert download.value.path().read_bytes().startswith(b"%PDF")
    assert "section=actions" in download.value.url
    assert "section=commentary" not in download.value.url

    pat.go("/meetings/2")
    pat.press("Close: Audit the files")
    pat.write(What_came_of_it="It is done", In_words="15 files")
    pat.press("Close it")
    expect(pat.page.get_by_text("The action is closed.")).to_be_visible()
