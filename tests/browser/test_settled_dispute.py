"""A settled dispute: two signed-in people take it from its clients to a figure that both agree, by keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.unit.intake.files import DISCHARGED, row, write
from tests.web.browser import an_account
from tests.web.conftest import CommandLine
from web.app import create_app
from web.auth.roles import Role
from web.settings import DATABASE, Settings

from .conftest import DESK, served
from .keyboard import SMALL, looked_at, press, signed_in, write_in

pytestmark = pytest.mark.browser

SEEN = "as_of=2017-01-31&known_at=2017-02-10&agency=H0001"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    recount = CommandLine(tmp_path, {DATABASE: f"sqlite:///{tmp_path / 'data' / 'recount.db'}"})
    people = [row(**DISCHARGED), *(row(CLIENT=f"C{number}", DOB=f"1981-05-{number:02}") for number in range(2, 6))]
    recount("submit", write(tmp_path, people), "--received-on", "2017-02-10")
    app = create_app(Settings.from_environment(recount.settings))
    an_account(app, "Cara")
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    with served(app) as home:
        yield home
    app.extensions["recount"].close()


@pytest.mark.parametrize("width", [DESK, SMALL])
def test_a_dispute_is_settled_by_two_people(browser: Browser, address: str, width: int) -> None:
    of_cara, of_pat = (signed_in(browser, address, name, width) for name in ("Cara", "Pat"))
    page = of_cara.go(f"/figures/4.0/dispute?{SEEN}")
    write_in(page, "How many people are counted", "0")
    write_in(page, "Out of how many people", "5")
    write_in(page, "Why it is disputed", "Our own count.")
    press(page, "button", "Open the dispute")
    press(page, "button", "Say on which clients you differ")
    looked_at(of_cara)
    write_in(page, "The clients on whom you differ", "H0001, C1, not counted, Left without completing")
    press(page, "button", "Say on which clients you differ")
    expect(page.get_by_text("1 client not answered yet")).to_be_visible()
    looked_at(of_cara)

    theirs = of_pat.go("/disputes/1")
    press(theirs, "button", "Answer client by client")
    looked_at(of_pat)
    theirs.get_by_label("Your answer").focus()
    theirs.keyboard.type("Accept")
    theirs.get_by_label("Reason").focus()
    theirs.keyboard.type("An error")
    press(theirs, "button", "Store the answers")
    expect(theirs.get_by_text("1 client accepted by both")).to_be_visible()
    press(theirs, "link", "Record a joint review")
    write_in(theirs, "Who was there", "data lead, contracts officer")
    write_in(theirs, "What you found together", "The way in which it ended was typed wrong.")
    theirs.get_by_label("Row 1, accepted by both").focus()
    theirs.keyboard.press("Space")
    looked_at(of_pat)
    press(theirs, "button", "Record a joint review")
    press(theirs, "link", "Propose a settlement")
    write_in(theirs, "How many people are counted", "0")
    write_in(theirs, "Out of how many people", "5")
    write_in(theirs, "Why this figure", "As we found together.")
    press(theirs, "button", "Propose a settlement")

    expect(theirs.get_by_text("The settlement is proposed.")).to_be_visible()
    page = of_cara.go("/disputes/1")
    press(page, "button", "Accept the settlement")
    looked_at(of_cara)
    write_in(page, "Why you agree", "So it was.")
    press(page, "button", "Accept the settlement")
    expect(page.get_by_text("Both sides have agreed. The dispute is settled.")).to_be_visible()
    expect(page.get_by_text("Agreed by both sides")).to_be_visible()
    looked_at(of_cara)
    page.context.close()
    theirs.context.close()
