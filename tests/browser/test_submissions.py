"""Sending a file, checking a certificate, and the pages around them, in a real browser."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from tests.unit.intake.files import csv_text, name, row
from tests.web.browser import PASSWORD, an_account
from tests.web.conftest import KEYS, CommandLine
from tests.web.conversation import fill_two
from web.app import create_app
from web.auth.roles import Role
from web.settings import DATABASE, RAW_FILES, Settings

from .conftest import DESK, PHONE, Seen, served

pytestmark = pytest.mark.browser

CUT = "Board 13 Mar 2017"
SEEN = "as_of=2017-02-28&known_at=2017-03-13"
COUNCIL_PATHS = (
    "/submissions",
    "/submissions/new",
    "/submissions/2",
    "/submissions/2/changes",
    f"/data-quality?{SEEN}",
    "/certificates",
    "/certificates/1",
    "/certificates/2",
    "/certificates/changed",
    "/certificates/publish",
    "/certificates/freeze",
    "/certificates/check",
    "/trail",
    "/trail/access",
)
AUDITOR_PATHS = ("/trail", "/trail?kind=files&from_day=2017-03-01", "/submissions/2", "/trail?kind=disputes")
ADMINISTRATOR_PATHS = ("/accounts", "/accounts/new", "/accounts/1", "/accounts/tokens", "/trail/access")
PUBLIC_PATHS = ("/certificates", "/certificates/1", "/certificates/2", "/certificates/check")
Look = Callable[..., Seen]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Flask, CommandLine]]:
    """Two agencies' files, a certificate, a cut, and four people who may sign in."""
    folder: Path = tmp_path_factory.mktemp("submissions")
    recount = CommandLine(folder, {DATABASE: f"sqlite:///{folder / 'recount.db'}", RAW_FILES: "yes", **KEYS})
    fill_two(recount)
    asked = ("--as-of", "2017-02-28", "--known-at", "2017-03-13")
    recount("publish", "--measure", "N.open", *asked, "--out", folder / "certificate.json")
    recount("publish", "--cut", CUT, *asked)
    app = create_app(Settings.from_environment(recount.settings))
    an_account(app, "Ada Moss", Role.ADMINISTRATOR)
    an_account(app, "Cora Ames")
    an_account(app, "Ned Holt", Role.AUDITOR)
    an_account(app, "Nan Roe", Role.PUBLIC)
    with served(app) as home:
        yield home, app, recount
    app.extensions["recount"].close()


@pytest.fixture
def look(browser: Browser, service: tuple[str, Flask, CommandLine]) -> Iterator[Look]:
    pages: list[Page] = []

    def open_page(who: str, **settings: Any) -> Seen:
        pages.append(browser.new_page(**({"viewport": {"width": DESK, "height": 900}} | settings)))
        seen = Seen(pages[-1], service[0])
        page = seen.go("/sign-in")
        page.get_by_label("Name", exact=True).fill(who)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_load_state("networkidle")
        return seen

    yield open_page
    for page in pages:
        page.close()


def is_well(seen: Seen, path: str) -> None:
    assert seen.violations() == [], path
    assert not seen.wider_than_the_window(), path


def complaints(seen: Seen) -> list[str]:
    """What the browser complains of, but for the status of a form that has to be put right."""
    return [one for one in seen.complaints if "422" not in one]


def choose(page: Page, file: str, data: bytes) -> None:
    sent: Any = {"name": file, "mimeType": "text/csv", "buffer": data}
    page.get_by_label("Monthly file or review file").set_input_files(sent)


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("Cora Ames", COUNCIL_PATHS),
        ("Ned Holt", AUDITOR_PATHS),
        ("Ada Moss", ADMINISTRATOR_PATHS),
        ("Nan Roe", PUBLIC_PATHS),
    ],
)
def test_no_violation_no_complaint_and_no_scrolling_sideways(
    look: Look, who: str, paths: tuple[str, ...], width: int
) -> None:
    seen = look(who, viewport={"width": width, "height": 900})
    for path in paths:
        seen.go(path)
        assert seen.page.get_by_role("heading", level=1).is_visible(), path
        assert not seen.wider_than_the_window(), path
        if width == DESK:
            assert seen.violations() == [], path
    assert seen.complaints == []


@pytest.mark.parametrize(
    "settings", [{}, {"java_script_enabled": False}, {"viewport": {"width": PHONE, "height": 800}}]
)
def test_a_file_is_tried_corrected_and_taken_in(look: Look, settings: dict[str, Any]) -> None:
    """What would change is said first; the wrong row is named, and a table of it is there to send back."""
    seen = look("Cora Ames", **settings)
    page = seen.go("/submissions/new")
    # Each of the three runs sends a month of its own.
    month = {"": "04", "java_script_enabled": "05", "viewport": "06"}[next(iter(settings), "")]
    file = name(f"2017{month}01", f"2017{month}28")
    page.get_by_role("button", name="See what it would change").click()
    expect(page.get_by_role("alert").get_by_text("Choose a file.")).to_be_visible()
    data = csv_text([row(), row(CLIENT="C8", SINITIAL="T", TRIAGED="2017-02-31")]).encode()
    choose(page, file, data)
    page.get_by_role("button", name="See what it would change").click()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("Nothing of it is stored yet")).to_be_visible()
    wrong = page.get_by_role("table", name="Rows to correct")
    assert wrong.get_by_role("row").nth(1).get_by_role("cell").first.inner_text() == "TRIAGED"
    if settings.get("java_script_enabled", True):
        is_well(seen, page.url)
        with page.expect_download() as download:
            page.get_by_role("link", name="All of them as CSV, to send back").click()
        assert "TRIAGED" in Path(download.value.path()).read_text()
    page.get_by_role("button", name="Take the file in").click()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("The file was taken in.")).to_be_visible()
    expect(page.get_by_text("taken in; 1 episode kept out")).to_be_visible()
    if settings.get("java_script_enabled", True):
        is_well(seen, page.url)
    assert complaints(seen) == []


def test_a_complete_file_is_confirmed_with_the_keyboard_alone(look: Look) -> None:
    seen = look("Cora Ames")
    page = seen.go("/submissions/new")
    file = name("20170701", "20170731", agency="H0002")
    choose(page, file, csv_text([row(AGNCY="H0002", CLIENT="D1", SINITIAL="V")]).encode())
    page.get_by_label("Monthly file or review file").focus()
    reach(page, "complete")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/submissions/check")
    tick = page.get_by_label("It is right that 1 episode is withdrawn")
    reach(page, "confirmed")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/submissions/check?again=unticked")
    expect(page.get_by_role("alert").get_by_text("Tick that the withdrawals are right")).to_be_visible()
    is_well(seen, page.url)
    reach(page, "confirmed")
    page.keyboard.press("Space")
    assert tick.is_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/submissions/*done=taken")
    expect(page.get_by_text("The file was taken in.")).to_be_visible()
    assert seen.complaints == []


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_what_is_said_while_one_waits_can_be_read_by_everybody(look: Look, width: int) -> None:
    seen = look("Cora Ames", viewport={"width": width, "height": 800})
    page = seen.go("/submissions/new")
    page.clock.install()
    # Without a button pressed nothing is sent, and the page is free to be looked at.
    page.evaluate("document.querySelector('form[data-working]').dispatchEvent(new SubmitEvent('submit'))")
    said = page.get_by_role("status")
    expect(said).to_have_text("")
    page.clock.fast_forward(1_000)
    expect(said).to_have_text(READING)
    page.clock.fast_forward(10_000)
    expect(said).to_contain_text("A large file takes a minute or two. Nothing of it is stored meanwhile.")
    page.clock.resume()
    is_well(seen, page.url)


READING = "Reading the file, and working out what it would change."


def test_what_is_being_done_is_said_while_one_waits_and_is_done_once(look: Look) -> None:
    """The answers are held back, as those to a file of many thousand rows are, and buttons pressed again meanwhile."""
    page = look("Cora Ames").go("/submissions/new")
    choose(page, name("20170801", "20170831", agency="H0002"), csv_text([row(AGNCY="H0002", CLIENT="D1")]).encode())
    sent = slowly(page, "**/submissions/new")
    noting_what_is_said(page, "See what it would change")
    page.get_by_role("button", name="See what it would change").click()
    page.wait_for_url("**/submissions/check")
    assert noted(page) == [READING]
    assert len(sent) == 1
    page.go_back()
    page.wait_for_url("**/submissions/new")
    expect(page.get_by_role("status")).to_have_text("")
    page.go_forward()
    page.wait_for_url("**/submissions/check")
    sent = slowly(page, "**/submissions/take")
    noting_what_is_said(page, "Take the file in")
    page.get_by_role("button", name="Take the file in").click()
    expect(page.get_by_text("The file was taken in.")).to_be_visible()
    assert noted(page) == ["Taking the file in."]
    assert len(sent) == 1


def slowly(page: Page, address: str) -> list[Route]:
    """Let what is posted to an address wait for two seconds; gives what was posted."""
    sent: list[Route] = []

    def send(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route)
            page.wait_for_timeout(2_000)
        route.continue_()

    page.route(address, send)
    return sent


def noting_what_is_said(page: Page, pressed_again: str) -> None:
    """Note what the page says while its answer is awaited, when no tool can look at it; and press the button again."""
    page.evaluate(
        """(words) => {
            const said = document.querySelector("form[data-working] [role=status]");
            const noted = [];
            new MutationObserver(() => {
                noted.push(said.textContent);
                sessionStorage.setItem("said", JSON.stringify(noted.filter(Boolean)));
            }).observe(said, { childList: true });
            const button = [...document.querySelectorAll("button")].find((one) => one.innerText.trim() === words);
            // Later than the design system holds a second click back by itself.
            button.addEventListener("click", () => setTimeout(() => button.click(), 1200), { once: true });
        }""",
        pressed_again,
    )


def noted(page: Page) -> list[str]:
    said: list[str] = page.evaluate("JSON.parse(sessionStorage.getItem('said'))")
    return said


def reach(page: Page, field: str) -> None:
    """Press Tab until a field has the focus."""
    for _ in range(60):
        if page.evaluate("document.activeElement.id") == field:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {field}")


def test_a_certificate_is_checked_with_the_keyboard_alone(look: Look, service: tuple[str, Flask, CommandLine]) -> None:
    page = look("Cora Ames").go("/certificates")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Check a certificate":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/certificates/check")
    reach(page, "document_text")
    page.keyboard.insert_text((service[2].folder / "certificate.json").read_text())
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Check it":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="It holds")).to_be_visible()


@pytest.mark.parametrize(
    "settings", [{}, {"java_script_enabled": False}, {"viewport": {"width": PHONE, "height": 800}}]
)
def test_a_certificate_is_checked_and_an_altered_one_is_told(
    look: Look, service: tuple[str, Flask, CommandLine], settings: dict[str, Any]
) -> None:
    good = (service[2].folder / "certificate.json").read_text()
    seen = look("Cora Ames", **settings)
    page = seen.go("/certificates/check")
    page.get_by_label("Or paste its text").first.fill(good)
    page.get_by_role("button", name="Check it").click()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", name="It holds")).to_be_visible()
    document = json.loads(good)
    said = document["figure"]["numerator"]
    document["figure"]["numerator"] = said + 1
    sent: Any = {"name": "certificate.json", "mimeType": "application/json", "buffer": json.dumps(document).encode()}
    page.get_by_label("File of the certificate or scorecard").set_input_files(sent)
    page.get_by_role("button", name="Check it").click()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", name="It does not hold")).to_be_visible()
    expect(page.get_by_text(f"figure.numerator: {said + 1} here, {said} as it was signed.")).to_be_visible()
    if settings.get("java_script_enabled", True):
        is_well(seen, page.url)
    assert seen.complaints == []


@pytest.mark.parametrize(
    "settings", [{}, {"java_script_enabled": False}, {"viewport": {"width": PHONE, "height": 800}}]
)
def test_a_figure_is_looked_at_and_then_signed_once(look: Look, settings: dict[str, Any]) -> None:
    """What is wrong is said first, then what would be signed; a button that is pressed twice signs once."""
    seen = look("Cora Ames", **settings)
    page = seen.go("/certificates/publish?as_of=2017-01-31&known_at=2017-02-10")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert").get_by_role("link", name="Choose a KPI.")).to_be_visible()
    # Each of the three runs signs a figure of its own.
    measure = {"": "4.0", "java_script_enabled": "4.1", "viewport": "4.2"}[next(iter(settings), "")]
    page.get_by_label("KPI").select_option(measure)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Check before you publish")).to_be_visible()
    expect(page.get_by_text("As known on")).to_be_visible()
    if settings.get("java_script_enabled", True):
        is_well(seen, page.url)
    page.get_by_role("button", name="Sign and publish it").dblclick()
    expect(page.get_by_text("It has been signed and published.")).to_be_visible()
    seen.go("/certificates")
    expect(page.get_by_role("cell", name=f"{measure} ", exact=False)).to_have_count(1)
    assert complaints(seen) == []


@pytest.mark.parametrize("settings", [{}, {"java_script_enabled": False}])
def test_a_token_is_revoked_with_a_second_press(look: Look, settings: dict[str, Any]) -> None:
    name_ = f"export {len(settings)}"
    seen = look("Ada Moss", **settings)
    page = seen.go("/accounts/tokens")
    page.get_by_label("Name", exact=True).fill(name_)
    page.get_by_label("Role").select_option("auditor")
    page.get_by_label("read figures").check()
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_text("Copy it now: it is not shown again.")).to_be_visible()
    if settings.get("java_script_enabled", True):
        is_well(seen, page.url)
    row = page.get_by_role("row", name=name_)
    row.locator("summary").click()
    row.get_by_role("button", name="Revoke it now").click()
    expect(page.get_by_text(f"The token {name_}")).to_be_visible()
    expect(page.get_by_text("No program can use it any more.")).to_be_visible()
    assert complaints(seen) == []
