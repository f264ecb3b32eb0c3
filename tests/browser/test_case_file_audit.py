"""An audit of 60 files, typed in by keyboard and compared with one before it; on a phone a short one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.unit.intake.files import row, write
from tests.web.browser import an_account
from tests.web.conftest import CommandLine
from web.app import create_app
from web.settings import DATABASE, Settings

from .conftest import DESK, served
from .keyboard import SMALL, looked_at, press, signed_in, write_in

pytestmark = pytest.mark.browser

FILES = {DESK: 60, SMALL: 4}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    recount = CommandLine(tmp_path, {DATABASE: f"sqlite:///{tmp_path / 'data' / 'recount.db'}"})
    people = [row(CLIENT=f"C{number}", DOB=f"19{50 + number // 20}-05-{1 + number % 20:02}") for number in range(70)]
    recount("submit", write(tmp_path, people), "--received-on", "2017-02-10")
    recount("audit", "draw", "--agency", "H0001", "--wanted", "60", "--items", "plans-and-risks", "--as-of",
            "2017-01-31", "--purpose", "Are the plans up to date?", "--seed", "7", "--on", "2017-02-11")  # fmt: skip
    marks = tmp_path / "marks.csv"
    marks.write_text("place,recovery-plan,risk-assessment\n" + "".join(f"{place},m,op\n" for place in range(1, 61)))
    recount("audit", "enter", "1", marks, "--on", "2017-02-11")
    recount("audit", "step", "1", "complete", "--words", "Poor.", "--held-on", "2017-02-11", "--on", "2017-02-11")
    app = create_app(Settings.from_environment(recount.settings))
    an_account(app, "Cara")
    with served(app) as home:
        yield home
    app.extensions["recount"].close()


@pytest.mark.parametrize("width", [DESK, SMALL])
def test_an_audit_is_typed_in_and_compared(browser: Browser, address: str, width: int) -> None:
    seen = signed_in(browser, address, "Cara", width)
    page, files = seen.page, FILES[width]

    seen.go("/audits/1")
    press(page, "link", "Draw a follow-up")
    write_in(page, "Why these files are looked at", "Are the plans better by now?")
    page.get_by_label("H0001").focus()
    page.keyboard.press("Space")
    write_in(page, "How many files", str(files))
    looked_at(seen)
    press(page, "button", "Draw the sample")
    press(page, "button", "Type in what was found")
    looked_at(seen)
    page.locator("#grid input").first.focus()
    for _ in range(files):
        page.keyboard.type("ie")
        page.keyboard.press("Tab")
        page.keyboard.type("ip")
        page.keyboard.press("Tab")
    press(page, "button", "Save")
    expect(page.get_by_text(f"{2 * files} of {2 * files}")).to_be_visible()

    press(page, "button", "Complete the audit")
    write_in(page, "What was found, in short", "All in date.")
    press(page, "button", "Complete the audit")
    expect(page.get_by_text("The audit is completed.")).to_be_visible()
    looked_at(seen)
    page.get_by_role("link", name="Audit 1:").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("better, by more than chance")).to_have_count(2)
    looked_at(seen)
    page.context.close()
