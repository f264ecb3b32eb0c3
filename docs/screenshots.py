"""Takes the pictures of the pages that README and documentation show: `make screenshots`.

The demonstration archive is loaded into a database of its own, the real service serves it, and Chromium looks at it as
a commissioner does; so the pictures say what the pages say, and nobody in them is real.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import requests
from playwright.sync_api import Browser, Page, sync_playwright

PICTURES: Final = Path(__file__).parent / "pictures"
RECOUNT: Final = (sys.executable, "-u", "-c", "from web.cli.main import main; main()")
DESK, PHONE = {"width": 1180, "height": 1240}, {"width": 390, "height": 844}
JULY: Final = "as_of=2017-07-31&known_at=2017-08-15"
SINCE: Final = f"{JULY}&to_known_at=2017-10-20"

VIEWS: Final = {
    "scorecard": (f"/?{JULY}", {"width": 1180, "height": 1900}),
    "scorecard-phone": (f"/?{JULY}", PHONE),
    "figure": (f"/figures/4.0?{JULY}", DESK),
    "why": (f"/figures/4.0/why?{SINCE}", {"width": 1180, "height": 1530}),
    "revisions": (f"/figures/4.0/revisions?{JULY}", DESK),
    "worklists": ("/worklists", DESK),
    "submissions": ("/submissions", DESK),
}
"""Each picture with the page's address, and the window's size in pixels."""
REASON: Final = "The July figure is not the one that the board was told."
"""What a commissioner gives where a page shows people one by one."""


def main() -> None:
    """Take every picture anew."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        sys.exit("The pictures need Chromium. On Debian or Ubuntu: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as link, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        _take(browser, link)
        browser.close()


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The demonstration, served until this is left; the link that signs its visitor in."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    surroundings = os.environ | {"RECOUNT_DATABASE": f"sqlite:///{folder / 'demonstration.db'}"}
    subprocess.run([*RECOUNT, "demo"], env=surroundings, check=True, stdout=subprocess.DEVNULL)
    command = [*RECOUNT, "serve", "--port", str(port)]
    service = subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, text=True)
    assert service.stdout
    try:
        link = service.stdout.readline().strip()
        _wait_for(f"http://127.0.0.1:{port}/readyz")
        yield link
    finally:
        service.terminate()
        service.wait()


def _wait_for(address: str, seconds: int = 60) -> None:
    for _ in range(10 * seconds):
        try:
            if requests.get(address, timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    sys.exit("The service does not answer.")


def _take(browser: Browser, link: str) -> None:
    home = link.split("/sign-in", maxsplit=1)[0]
    seen = browser.new_context()
    seen.new_page().goto(link)
    signed_in = seen.storage_state()
    for name, (address, size) in VIEWS.items():
        context = browser.new_context(viewport=size, storage_state=signed_in)
        page = context.new_page()
        _open(page, home + address)
        page.screenshot(path=PICTURES / f"{name}.png")
        signed_in = context.storage_state()
        context.close()


def _open(page: Page, address: str) -> None:
    """Open a page, and give a reason where it asks for one."""
    page.goto(address)
    if page.locator("textarea[name=reason]").count():
        page.fill("textarea[name=reason]", REASON)
        page.click("main button[type=submit]")
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
