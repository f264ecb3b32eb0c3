"""Two councils' services under one host name: nothing that one of them gave opens anything of the other.

Browsers tell hosts apart and not ports, so each service gets the other's cookies. Here the second one has a copy of the
first one's secret, too, as somebody makes who copies settings.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from web.settings import DATABASE, SECRET_KEY

from .browser import PASSWORD
from .conftest import CommandLine
from .test_serve import answers, started

KEEP_OUT = {301, 302, 303, 400, 401, 403, 404}


@dataclass
class Council:
    """A service, its address, what it printed, and the words that it gave."""

    recount: CommandLine
    address: str
    printed: list[str]
    token: str
    display: str

    def get(self, path: str, browser: requests.Session, **headers: str) -> requests.Response:
        return browser.get(f"{self.address}{path}", headers=headers, timeout=30)

    def post(self, path: str, page: str, browser: requests.Session, **fields: str) -> requests.Response:
        """Send a form that is on a page."""
        word = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page, browser).text)
        assert word, page
        return browser.post(f"{self.address}{path}", data={"csrf_token": word[1]} | fields, timeout=30)

    def signed_in(self, browser: requests.Session) -> bool:
        return "Sign out" in self.get("/account", browser).text

    def link(self) -> str:
        link: str = self.recount.json("user", "ann", "--link")["link"]
        return link[link.index("/sign-in") :]


def begun(folder: Path, secret: str, stack: ExitStack) -> Council:
    """A council's service over an empty database, with the same first account as the other's."""
    recount = CommandLine(folder, {DATABASE: f"sqlite:///{folder / 'recount.db'}", SECRET_KEY: secret})
    recount("user", "ann", "--role", "commissioner", "--password-stdin", typed=f"{PASSWORD}\n")
    token = recount.json("token", "tool", "--role", "auditor")["token"]
    display = recount.json("token", "wall", "--role", "commissioner", "--scope", "board")["token"]
    address, printed = stack.enter_context(started(recount, "--workers", "1"))
    return Council(recount, address, printed, token, display)


@pytest.fixture(scope="module")
def councils(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Council, Council]]:
    with ExitStack() as stack:
        one, other = (begun(tmp_path_factory.mktemp(name), "copied", stack) for name in ("one", "other"))
        answers(one.address)
        answers(other.address)
        yield one, other


def test_one_browser_is_signed_in_to_both_and_out_of_one(councils: tuple[Council, Council]) -> None:
    one, other = councils
    with requests.Session() as browser:
        for council in councils:
            council.post("/sign-in", "/sign-in", browser, name="ann", password=PASSWORD)
            council.get(f"/board/connect?word={council.display}", browser)
        assert one.signed_in(browser)
        assert other.signed_in(browser)
        names = [cookie.name for cookie in browser.cookies]
        assert len(names) == len(set(names)) == 6, "session, remembered browser and display, of each its own"
        other.post("/sign-out", "/account", browser)
        assert not other.signed_in(browser)
        assert one.signed_in(browser)
        assert [council.get("/board", browser).status_code for council in councils] == [200, 200]
    assert "Recount answers on" in one.printed[0]
    assert not any("word=" in line for line in one.printed), "data that may be real print no link"


def test_no_cookie_of_one_opens_anything_of_the_other(councils: tuple[Council, Council]) -> None:
    one, other = councils
    with requests.Session() as theirs, requests.Session() as ours:
        for council, browser in ((one, theirs), (other, ours)):
            council.post("/sign-in", "/sign-in", browser, name="ann", password=PASSWORD)
            council.get(f"/board/connect?word={council.display}", browser)
        values = [str(cookie.value) for cookie in theirs.cookies]
        names = [cookie.name for browser in (theirs, ours) for cookie in browser.cookies]
    assert len(values) == 3
    assert len(set(names)) == 6
    for value in values:
        for name in names:
            with requests.Session() as forged:
                forged.cookies.set(name, value)
                assert not other.signed_in(forged)
                assert other.get("/board", forged, Accept="text/html").url != f"{other.address}/board"


def test_no_word_of_one_opens_anything_of_the_other(councils: tuple[Council, Council]) -> None:
    one, other = councils
    with requests.Session() as browser:
        one.post("/sign-in", "/sign-in", browser, name="ann", password=PASSWORD)
        made = one.post("/calendar/feed", "/calendar", browser).text
        feed = re.search(r"/calendar/feed/[\w-]+\.ics", made)
        assert feed
    paths = [feed[0], f"/board/connect?word={one.display}", one.link()]
    for path in paths:
        for council, expected in ((other, KEEP_OUT), (one, {200, 303})):
            answer = requests.get(f"{council.address}{path}", timeout=30, allow_redirects=False)
            assert answer.status_code in expected, path
            assert council is one or "/sign-in" in answer.headers.get("Location", "/sign-in")
    for path in ("/api/v1/definitions", "/api/v1/figures?as_of=2017-01-31", "/health", "/metrics"):
        for token in (one.token, one.display):
            headers = {"Authorization": f"Bearer {token}"}
            answer = requests.get(f"{other.address}{path}", headers=headers, timeout=30, allow_redirects=False)
            assert answer.status_code == 401 or answer.headers["Location"].startswith("/sign-in"), path
    own = {"Authorization": f"Bearer {one.token}"}
    assert requests.get(f"{one.address}/api/v1/definitions", headers=own, timeout=30).status_code == 200
