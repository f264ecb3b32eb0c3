"""Chromium, and what it saw: console errors, requests to other machines, and what axe found."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

from tests.web.conftest import a_demonstration, demonstration, loaded_demonstration  # noqa: F401  fixtures

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_WORDS_IN_THE_WAY = """(face) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`.app-drawing { font-family: "${face}", sans-serif }`);
    document.adoptedStyleSheets = [sheet];
    // A line of text is given more height than its letters have.
    const boxOf = (mark) => {
        const {x, y, width, height} = mark.getBBox();
        return {words: mark.textContent, left: x, right: x + width, top: y + 3, bottom: y + height - 3};
    };
    const touch = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const inside = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
    const wrong = [];
    for (const drawing of document.querySelectorAll(".app-drawing:not(.app-drawing--small)")) {
        const words = [...drawing.querySelectorAll("text")].map(boxOf);
        const bars = [...drawing.querySelectorAll("rect:not(.app-mark--band)")].map(boxOf);
        words.forEach((one, place) => {
            if (words.slice(place + 1).some((other) => touch(one, other))) wrong.push(`${one.words}: over other words`);
            if (bars.some((bar) => touch(one, bar) && !inside(one, bar))) wrong.push(`${one.words}: over a bar`);
            const end = drawing.viewBox.baseVal.width;
            if (one.left < -1 || one.right > end + 1) wrong.push(`${one.words}: over the edge`);
        });
    }
    return wrong;
}"""

PHONE = 320
DESK = 1280


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("NOT HELD: Chromium is not here, so no page was looked at")
    with sync_playwright() as playwright:
        # Chromium refuses its sandbox to root, as which containers run.
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a port of its own; gives its address."""
    server = make_server("127.0.0.1", 0, _closed_in_any_case(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _closed_in_any_case(app: Flask) -> "WSGIApplication":
    """The application, whose answers are closed also where a browser has gone on to another page and broken the
    connection off: Werkzeug's server leaves the file of a picture open then, which is warned of in whatever test runs.
    """

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterator[bytes]:
        with closing(ClosingIterator(app(environ, start_response))) as body:
            yield from body

    return answer


@dataclass
class Seen:
    """A page with all that went wrong in it."""

    page: Page
    home: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self._complain(message.type in {"error", "warning"}, message.text))
        self.page.on("pageerror", lambda error: self._complain(True, str(error)))
        self.page.on("request", lambda asked: self._complain(not asked.url.startswith((self.home, "data:")), asked.url))

    def _complain(self, wrong: bool, words: str) -> None:
        if wrong:
            self.complaints.append(words)

    def go(self, path: str) -> Page:
        self.page.goto(self.home + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def violations(self) -> list[tuple[str, list[str]]]:
        """What axe finds: each rule with the elements that break it."""
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]

    def words_in_the_way(self, face: str) -> list[str]:
        """Words of charts, drawn in a face, that reach over other words, over a bar, or over the drawing's edge."""
        found: list[str] = self.page.evaluate(_WORDS_IN_THE_WAY, face)
        return found

    def wider_than_the_window(self) -> bool:
        """Whether the page itself scrolls sideways; what scrolls in a frame of its own does not count."""
        wide: bool = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        return wide
