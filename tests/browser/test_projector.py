"""On a projector in a bright room pale text is lost: what a meeting looks at has the enhanced contrast, 7 to 1."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser

from tests.web.browser import PASSWORD, an_account
from web.auth.roles import Role

from .conftest import Seen, served

pytestmark = pytest.mark.browser

JULY = "as_of=2017-07-31&known_at=2017-08-15"
SHOWN = (
    f"/?{JULY}",
    f"/figures/4.0?{JULY}",
    f"/figures/4.0/why?{JULY}&to_known_at=2017-10-20",
    f"/figures/4.0/revisions?{JULY}",
    f"/profile?{JULY}",
    "/worklists",
    "/board",
)
ENHANCED = {"runOnly": ["color-contrast-enhanced"], "rules": {"color-contrast-enhanced": {"enabled": True}}}


@pytest.fixture
def seen(browser: Browser, demonstration: Flask) -> Iterator[Seen]:
    an_account(demonstration, "Projectionist", Role.AUDITOR)
    with served(demonstration) as home:
        found = Seen(browser.new_page(viewport={"width": 1280, "height": 800}), home)
        page = found.go("/sign-in")
        page.fill("#name", "Projectionist")
        page.fill("#password", PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_load_state()
        yield found
        page.close()


def test_every_word_stands_out_on_a_projector(seen: Seen) -> None:
    pale: dict[str, Any] = {}
    for path in SHOWN:
        seen.go(path)
        found = Axe().run(seen.page, options=ENHANCED).response["violations"]
        if nodes := [node for rule in found for node in rule["nodes"]]:
            pale[path] = [(node["html"][:90], node["any"][0]["data"]["contrastRatio"]) for node in nodes]
    assert pale == {}
