"""The API's own page: every operation is drawn by files of this server, under the strict policy."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.web.conftest import KEYS
from web.app import create_app
from web.settings import DATABASE, Settings

from .conftest import Seen, served

pytestmark = pytest.mark.browser


def test_the_description_is_drawn_as_a_page(browser: Browser, tmp_path: Path) -> None:
    app = create_app(Settings.from_environment({DATABASE: f"sqlite:///{tmp_path / 'recount.db'}", **KEYS}))
    paths = app.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    operations = sum(len(operation.keys() - {"parameters"}) for operation in paths.values())
    with served(app) as home:
        seen = Seen(browser.new_page(), home)
        page = seen.go("/api/v1/docs")
        page.wait_for_selector(".opblock")
        assert page.locator(".opblock").count() == operations
        assert seen.complaints == []
        page.close()
    app.extensions["recount"].close()
