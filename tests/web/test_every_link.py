"""Every link of every page, followed as everybody: none leads to an error, to nothing, or to where one may not go.

Breadth first from the first page of each, over the demonstration with something published, disputed and corrected. Of
pages that differ in their numbers alone only some are looked at; files are opened by what people open them with.
"""

import csv
import io
import itertools
import os
import re
import tomllib
import zipfile
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from web.app import create_app
from web.auth.guard import NEEDS
from web.auth.roles import RIGHTS, Right, Role
from web.settings import Settings

from .browser import a_person, an_account
from .conftest import CommandLine

ALIKE: Final = int(os.environ.get("RECOUNT_EVERY_LINK", "0"))
"""Pages looked at of those whose addresses have the same rule and the same names of parameters, and files for each who
may have them; 0 while time is short: then two pages of a rule, and each file once for all."""
HERE: Final = "http://localhost"


@dataclass
class Found(HTMLParser):
    """What a page leads to: addresses, forms that ask, forms that change something, and its own places."""

    links: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    reasons: list[dict[str, str]] = field(default_factory=list)
    places: set[str] = field(default_factory=set)
    _form: dict[str, str] | None = None
    _action: tuple[str, str] = ("", "")
    _select: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.places |= {given[name] for name in ("id", "name") if given.get(name)}
        self.links += [given[name] for name in ("href", "src") if name in given]
        if tag == "form":
            self._form, self._action = {}, (given.get("method", "get").lower(), given.get("action", ""))
        elif self._form is None or not given.get("name", self._select):
            return
        elif tag == "input" and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            self._form[given["name"]] = given.get("value", "")
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and (self._select not in self._form or "selected" in given):
            self._form[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "form" and self._form is not None:
            method, action = self._action
            if method == "get":
                self.links.append(f"{action}?{urlencode(self._form)}")
            elif action == "/reasons":
                self.reasons.append(self._form)
            else:
                self.changes.append(action)
            self._form = None


@dataclass
class Walk:
    """Somebody who presses everything once."""

    who: str
    app: Flask
    client: FlaskClient
    rights: frozenset[Right]
    opened: Counter[tuple[str, ...]]
    """Files opened so far, by everybody."""
    seen: Counter[tuple[str, ...]] = field(default_factory=Counter)
    asked: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def all_from(self, start: str, *also: str) -> "Walk":
        waiting = deque([("", address) for address in (*also, start)])
        while waiting:
            page, address = waiting.popleft()
            if address in self.asked or not self._is_new(address):
                continue
            self.asked.add(address)
            response = self.client.get(address, buffered=True)
            self._check(page, address, response)
            if response.location:
                waiting.append((address, self._ours(address, response.location) or start))
            elif response.mimetype == "text/html" and response.status_code < 400:
                waiting.extend((address, link) for link in self._links_of(address, response))
        return self

    def _links_of(self, address: str, response: TestResponse) -> Iterator[str]:
        found = Found()
        found.feed(response.get_data(as_text=True))
        for link in dict.fromkeys(found.links):
            if link.startswith("#"):
                if link[1:] and link[1:] not in found.places:
                    self.wrong.append(f"{address}: there is no place {link}")
            elif ours := self._ours(address, link):
                yield ours
        for action in dict.fromkeys(found.changes):
            self._check_change(address, self._ours(address, action or address) or "")
        for reason in found.reasons:
            answer = self.client.post("/reasons", data=reason | {"reason": "the contract's review"})
            if answer.status_code != 303:
                self.wrong.append(f"{address}: a reason is answered by {answer.status_code}")
            elif ours := self._ours(address, answer.location):
                # The page itself, which the address stands for from now on.
                self.asked.discard(ours)
                self.seen[self._kind(ours)] -= 1
                yield ours

    def _ours(self, address: str, link: str) -> str | None:
        """An address of this service without its place, its parameters in order; None of any other."""
        parts = urlsplit(urljoin(f"{HERE}{address}", link))
        if f"{parts.scheme}://{parts.netloc}" != HERE:
            return None
        query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
        return f"{quote(parts.path, safe='/%:@')}{'?' if query else ''}{query}"

    def _kind(self, address: str) -> tuple[str, ...]:
        """What addresses have in common that lead to pages alike."""
        path, _, query = address.partition("?")
        names = sorted({name for name, _ in parse_qsl(query, keep_blank_values=True)})
        if file := re.match(r"/exports/(csv|xlsx)(/.*)", path):
            return ("file", file[1], self._rule(file[2], "GET"))
        return (self._rule(path, "GET"), *(names if ALIKE else ()))

    def _rule(self, path: str, method: str) -> str:
        adapter = self.app.url_map.bind("localhost")
        try:
            endpoint, _ = adapter.match(path, method)
        except HTTPException as error:
            return f"no rule: {type(error).__name__} {path}"
        return str(endpoint)

    def _is_new(self, address: str) -> bool:
        kind = self._kind(address)
        if kind[0] in {"static", "file"}:
            once = (*kind, self.who if ALIKE else "", address if kind[0] == "static" else "")
            self.opened[once] += 1
            return self.opened[once] == 1
        self.seen[kind] += 1
        return self.seen[kind] <= (ALIKE or 2)

    def _check(self, page: str, address: str, response: TestResponse) -> None:
        if response.status_code >= 400:
            self.wrong.append(f"{page}: {address} is answered by {response.status_code}")
            return
        if opener := OPENERS.get(response.mimetype):
            try:
                opener(response.get_data())
            except (AssertionError, ValueError, KeyError, ET.ParseError, zipfile.BadZipFile) as error:
                self.wrong.append(f"{address} is no {response.mimetype}: {error!r}")
        elif response.status_code == 200 and response.mimetype not in READ:
            self.wrong.append(f"{address} is of an unexpected kind, {response.mimetype}")

    def _check_change(self, page: str, action: str) -> None:
        """A form that changes something is not sent; but it is there, and whoever is shown it may send it."""
        rule = self._rule(action.partition("?")[0], "POST")
        view = self.app.view_functions.get(rule)
        if view is None:
            self.wrong.append(f"{page}: a form leads to {action}: {rule}")
            return
        needed = getattr(view, NEEDS, None)
        if isinstance(needed, Right) and needed not in self.rights:
            self.wrong.append(f"{page}: a form leads to {action}, which needs {needed}")


def _a_csv(content: bytes) -> None:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}


def _a_workbook(content: bytes) -> None:
    assert openpyxl.load_workbook(io.BytesIO(content), read_only=True).sheetnames


def _an_archive(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert parts.testzip() is None
        for name in parts.namelist():
            _a_csv(parts.read(name))


def _a_document(content: bytes) -> None:
    assert Document(io.BytesIO(content)).paragraphs


def _a_pdf(content: bytes) -> None:
    assert content.startswith(b"%PDF-")
    assert b"%%EOF" in content[-1024:]


def _a_drawing(content: bytes) -> None:
    ET.fromstring(content)


OPENERS: Final[dict[str, Callable[[bytes], object]]] = {
    "text/csv": _a_csv,
    "application/zip": _an_archive,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _a_workbook,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _a_document,
    "application/pdf": _a_pdf,
    "image/svg+xml": _a_drawing,
    "application/x-pem-file": load_pem_public_key,
    "application/toml": lambda content: tomllib.loads(content.decode()),
}
"""By media type, what opens a file; it raises what `_check` knows of one that is broken."""
READ: Final = frozenset({"text/html", "text/css", "text/javascript", "application/json", "text/plain"})
EVERYBODY: Final = {
    "commissioner": (Role.COMMISSIONER, ()),
    "provider": (Role.PROVIDER, ("H0001",)),
    "auditor": (Role.AUDITOR, ()),
    "public": (Role.PUBLIC, ()),
    "administrator": (Role.ADMINISTRATOR, ()),
}


@pytest.fixture(scope="module")
def filled(a_demonstration: Callable[[], CommandLine]) -> Iterator[Flask]:
    """The demonstration, in which everything has happened that there is a page of."""
    recount = a_demonstration()
    seen = ("--measure", "4.0", "--as-of", "2017-07-31")
    recount("publish", *seen, "--out", recount.folder / "certificate.json")
    recount("publish", "--cut", "Board", "--as-of", "2017-07-31")
    claimed = ("--numerator", 1, "--denominator", 1, "--reason", "Ours says one.")
    recount("dispute", "open", *seen, "--agency", "H0001", *claimed)
    recount("contract", "H0001", "--from", "2016-04-01")
    recount("covered-days", 1, "--none", "--reason", "A trial of the links.")
    app = create_app(Settings.from_environment(recount.settings), TESTING=True)
    for name, (role, agencies) in EVERYBODY.items():
        an_account(app, name, role, *agencies)
    yield app
    app.extensions["recount"].close()


@pytest.fixture(scope="module")
def opened() -> Counter[tuple[str, ...]]:
    return Counter()


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_link_leads_somewhere(filled: Flask, opened: Counter[tuple[str, ...]], who: str) -> None:
    role = EVERYBODY[who][0]
    rights = frozenset(right for right, roles in RIGHTS.items() if role in roles)
    client = a_person(filled, who).client
    # Of the submissions' pages the newest would be the two that are looked at; they have no table.
    also = [_submission_with_a_table(client)] if who == "commissioner" else []
    walk = Walk(who, filled, client, rights, opened).all_from("/", *also)
    assert walk.wrong == []
    assert len(walk.asked) > 10
    if who == "commissioner":
        forms = {(kind[1], kind[2]) for kind in opened if kind[0] == "file"}
        assert {("csv", "submissions_pages.submission"), ("xlsx", "submissions_pages.submission")} <= forms


def _submission_with_a_table(client: FlaskClient) -> str:
    addresses = (f"/submissions/{number}" for number in itertools.count(1))
    return next(one for one in addresses if "/exports/xlsx/" in client.get(one).text)


def test_nobody_finds_nothing_broken(filled: Flask, opened: Counter[tuple[str, ...]]) -> None:
    walk = Walk("nobody", filled, filled.test_client(), frozenset(), opened).all_from("/")
    assert walk.wrong == []
