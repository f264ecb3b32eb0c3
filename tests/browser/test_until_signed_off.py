"""What comes after a red figure, by two signed-in people with the keyboard: a plan until it is signed off, and a notice
from issue through a rejected plan to closure. One works in a wide window and one in a narrow one; each page on their
way that is new to them is looked at in both.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.unit.intake.files import DISCHARGED, row, write
from tests.web.browser import an_account
from tests.web.conftest import CommandLine
from web.app import create_app
from web.auth.roles import Role
from web.settings import DATABASE, Settings

from .conftest import DESK, Seen, served
from .keyboard import SMALL, looked_at_in, press, signed_in, write_in

pytestmark = pytest.mark.browser
RED = "/figures/4.0?as_of=2017-01-31&known_at=2017-02-10"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One hub with a red figure, its commissioner and its provider."""
    tmp_path = tmp_path_factory.mktemp("red")
    recount = CommandLine(tmp_path, {DATABASE: f"sqlite:///{tmp_path / 'data' / 'recount.db'}"})
    people = [row(**DISCHARGED), *(row(CLIENT=f"C{number}", DOB=f"1981-05-{number:02}") for number in range(2, 9))]
    recount("submit", write(tmp_path, people), "--received-on", "2017-02-10")
    period = ("--from", "2017-01-01", "--to", "2017-12-31", "--agreed-on", "2017-01-02")
    recount("target", "set", "--measure", "4.0", *period, "--level", "50")
    app = create_app(Settings.from_environment(recount.settings))
    an_account(app, "Cara")
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    with served(app) as home:
        yield home
    app.extensions["recount"].close()


def look(seen: Seen) -> None:
    looked_at_in(seen, DESK, SMALL)


def test_a_notice_from_issue_through_a_rejected_plan_to_closure(browser: Browser, address: str) -> None:
    of_cara, of_pat = signed_in(browser, address, "Cara", DESK), signed_in(browser, address, "Pat", SMALL)
    cara, pat = of_cara.go(RED), of_pat.page
    press(cara, "link", "Give notice")
    write_in(cara, "Why they are in question", "Below the target for two quarters.")
    cara.get_by_label("H0001").focus()
    cara.keyboard.press("Space")
    look(of_cara)
    press(cara, "button", "Write the draft")
    press(cara, "button", "Issue it to the provider")
    press(cara, "button", "Issue it to the provider")

    of_pat.go("/performance-notices")
    press(pat, "link", "Performance notice 1")
    look(of_pat)
    press(pat, "button", "Propose a remedial plan")
    write_in(pat, "The remedial plan", "Weekly reviews.")
    look(of_pat)
    press(pat, "button", "Propose a remedial plan")

    of_cara.go("/performance-notices/1")
    press(cara, "button", "Reject the plan")
    press(cara, "button", "Reject the plan")
    expect(cara.get_by_role("alert")).to_contain_text("There is a problem")
    of_cara.complaints.clear()  # the browser says that the answer was 422
    write_in(cara, "The reasons", "It has no day by which it is done.")
    press(cara, "button", "Reject the plan")

    of_pat.go("/performance-notices/1")
    press(pat, "button", "Propose a remedial plan")
    write_in(pat, "The remedial plan", "Weekly reviews until 10 October.")
    press(pat, "button", "Propose a remedial plan")
    of_cara.go("/performance-notices/1")
    press(cara, "button", "Accept the plan")
    press(cara, "button", "Accept the plan")
    press(cara, "link", "Close the notice")
    write_in(cara, "What came of it", "The target was met.")
    press(cara, "button", "Close the notice")
    look(of_cara)
    expect(of_pat.go("/performance-notices/1").get_by_text("The target was met.").first).to_be_visible()
    cara.context.close()
    pat.context.close()


def test_from_a_red_figure_to_a_plan_that_is_signed_off(browser: Browser, address: str) -> None:
    of_cara, of_pat = signed_in(browser, address, "Cara", DESK), signed_in(browser, address, "Pat", SMALL)
    cara, pat = of_cara.page, of_pat.go(RED)
    press(pat, "link", "Open an action plan")
    look(of_pat)
    press(pat, "button", "Save the draft")
    press(pat, "link", "Add an action")
    write_in(pat, "What is done", "Audit 60 files.")
    write_in(pat, "Who does it", "Team lead")
    write_in(pat, "What is there when it is done", "60 files")
    press(pat, "button", "Add an action")
    look(of_pat)
    press(pat, "button", "Share it with the other side")

    of_cara.go("/action-plans/1")
    press(cara, "button", "Agree to it")
    of_pat.go("/action-plans/1")
    press(pat, "link", "Done : action 1")
    press(pat, "button", "The action is done")
    of_cara.go("/action-plans/1")
    press(cara, "link", "Sign it off")
    write_in(cara, "Signed off as completed by", "Contracts officer")
    press(cara, "button", "Sign off the strand")
    expect(cara.get_by_text("Signed off as completed by Contracts officer")).to_be_visible()
    look(of_cara)
    cara.context.close()
    pat.context.close()
