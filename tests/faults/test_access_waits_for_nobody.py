"""Whoever looks, signs in, is refused or loses a right waits for no submission, though a line is written of each."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from domain.log.database import writing

from .conftest import Undisturbed
from .service import Service
from .serving import HOST, Serving, a_token, serving

SOON = 5.0
"""Seconds. An answer takes a few hundredths of one. Whoever waited for the writer would wait until the test is over."""


@dataclass
class Visitor:
    """Somebody at a browser."""

    serving: Serving
    session: requests.Session

    def get(self, path: str) -> requests.Response:
        return self.session.get(self._address(path), timeout=SOON)

    def post(self, path: str, page: str, **fields: str) -> int:
        word = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        assert word, page
        data = {"csrf_token": word[1], **fields}
        return self.session.post(self._address(path), data=data, timeout=SOON, allow_redirects=False).status_code

    def _address(self, path: str) -> str:
        return f"http://{HOST}:{self.serving.port}{path}"


def test_a_line_of_the_trail_waits_for_no_submission(
    backend: str, new_service: Callable[[str], Service], undisturbed: Undisturbed
) -> None:
    service = new_service(backend)
    service.does(*undisturbed.months[0].submit)
    link = service.does("user", "Ann", "--role", "commissioner", "--link").out.strip()
    administrator = json.loads(service.does("token", "admin", "--role", "administrator", "--json").out)["token"]
    with serving(service, a_token(service), "--workers", "1") as running, running.session() as session:
        with writing(service.engine):
            codes = _by_token(running, session, administrator)
            browsing = _in_a_browser(running, link)
            assert (codes, browsing) == ([200, 403, 201, 200], [200, 303, 401])
        deeds = [one["deed"] for one in running.ask(session, "/access")["entries"]]
    newest = ["sign-in-failed", "signed-out", "signed-in", "token-revoked", "token-made", "refused", "looked"]
    assert deeds[: len(newest)] == newest


def _by_token(running: Serving, session: requests.Session, administrator: str) -> list[int]:
    def ask(method: str, path: str, **kwargs: Any) -> requests.Response:
        return session.request(method, running.address(path), timeout=SOON, **kwargs)

    people = {"measure": "4.0", "as_of": "2017-02-28"}
    looked = ask("GET", "/members", params=people, headers={"Recount-Reason": "a dispute"})
    refused = ask("GET", "/accounts")
    session.headers["Authorization"] = f"Bearer {administrator}"
    made = ask("POST", "/tokens", json={"name": "tool", "role": "auditor"})
    ended = ask("DELETE", f"/tokens/{made.json()['id']}")
    return [answer.status_code for answer in (looked, refused, made, ended)]


def _in_a_browser(running: Serving, link: str) -> list[int]:
    with requests.Session() as session:
        session.trust_env = False
        ann = Visitor(running, session)
        return [
            # It leads on to the scorecard, which notes up to where it was seen.
            ann.get(f"/sign-in{link.partition('/sign-in')[2]}").status_code,
            ann.post("/sign-out", "/account"),
            ann.post("/sign-in", "/sign-in", name="Ann", password="not her password"),
        ]
