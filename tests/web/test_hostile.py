"""What nobody sends by mistake, sent to every endpoint and every form: 4xx in the one shape, and nothing else.

Each good request of `test_role_matrix` is sent with one of its values replaced, with bodies that are no such bodies,
and under addresses that are none. RECOUNT_HOSTILE=1 tries every value in every place; else each place has a few.
"""

import itertools
import os
from collections.abc import Iterator
from typing import Any, Final

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.unit.intake.files import csv_text, name, row
from web.app import create_app
from web.auth.roles import Role
from web.problems import PROBLEM
from web.settings import DATABASE, RAW_FILES, Settings

from .conftest import KEYS, CommandLine
from .http import API, a_token
from .test_role_matrix import AS_OF, REASON, ROWS, Cell, Filled, _prepare, _request, _send

EVERY: Final = bool(os.environ.get("RECOUNT_HOSTILE"))
FEW: Final = 2
"""Values tried in each place while time is short."""
MARK: Final = "Zyzzyva7531"
"""What no answer may repeat."""

TEXTS: Final = (
    f"{MARK}\ud800",
    f"{MARK}\0",
    "9" * 5000,
    "10000-01-01",
    "0000-00-00",
    f"\u202e{MARK}",
    "NaN",
    "-1",
    f"<script>{MARK}</script>",
    f"{MARK}\r\nSet-Cookie: a=b",
    f"../../{MARK}",
    MARK * 5000,
    "",
)
VALUES: Final[tuple[Any, ...]] = (*TEXTS, None, True, -1, 10**30, 1.5, [], {}, [[]], {"a": MARK}, [None], [{}])
"""What stands in a JSON body in place of one of its values."""
DEEP: Final = 100_000
BODIES: Final = (
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"{",
    b"\xff\xfe",
    b"\0",
    b'{"\xff": 1}',
    b'{"reason": "\\ud800"}',
    b'{"\\ud800": 1}',
    b'{"agency": "H0001", "agency": "H0002"}',
    b'{"dry_run": NaN, "numerator": Infinity, "denominator": -Infinity}',
    b'{"numerator": 1e999}',
    b'{"numerator": ' + b"9" * 5000 + b"}",
    b"[" * DEEP,
    b'{"a":' * DEEP,
    b'{"mapping": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    '{"reason": "x"}'.encode("utf-16"),
)
KINDS: Final = (
    "application/json",
    "application/json; charset=utf-16",
    "application/json; charset=nonsense",
    "text/plain",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    f"multipart/form-data; boundary={'b' * 5000}",
    "application/x-www-form-urlencoded",
    "\xff",
    "",
)
FILE: Final = csv_text([row()]).encode()


def part(disposition: bytes, content: bytes = FILE) -> bytes:
    return b"--b\r\nContent-Disposition: " + disposition + b"\r\n\r\n" + content + b"\r\n"


NAMED: Final = name().encode()
TRIED: Final = part(b'form-data; name="dry_run"', b"true")
MULTIPARTS: Final = {
    "no-name": part(b'form-data; filename="' + NAMED + b'"'),
    "no-disposition": b"--b\r\n\r\nx\r\n",
    "two-of-one-name": part(b'form-data; name="file"; filename="' + NAMED + b'"') * 2,
    "two-of-one-field": TRIED * 2 + part(b'form-data; name="file"; filename="' + NAMED + b'"'),
    "a-field-as-file": part(b'form-data; name="dry_run"; filename="x"', b"true"),
    "a-file-as-field": part(b'form-data; name="file"'),
    "name-of-another-form": part(b"form-data; name=\"file\"; filename*=utf-8''..%2f..%2fetc%2f" + NAMED),
    "name-in-no-charset": part(b"form-data; name=\"file\"; filename*=nonsense''%ff" + NAMED),
    "name-with-undecodable-bytes": part(b'form-data; name="file"; filename="\xff\xed\xa0\x80.csv"'),
    "name-with-nul": part(b'form-data; name="file"; filename="\0.csv"'),
    "name-is-a-path": part(b'form-data; name="file"; filename="../../../../etc/passwd"'),
    "name-is-long": part(b'form-data; name="file"; filename="' + b"x" * 100_000 + b'"'),
    "field-is-undecodable": part(b'form-data; name="received_on"', b"\xff"),
    "field-is-nul": part(b'form-data; name="complete"', b"\0"),
    "many-parts": TRIED * 1000,
    "long-header": b"--b\r\nX: " + b"x" * 200_000 + b"\r\n\r\nx\r\n",
    "no-end": TRIED[:-6],
    "base64": b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n%%%\r\n",
    "charset": b'--b\r\nContent-Disposition: form-data; name="dry_run"\r\nContent-Type: text/plain; charset=utf-7\r\n'
    b"\r\n+AAA-\r\n",
}
GAPS: Final = ("%ff", "%00", "%ed%a0%80", "9" * 400, "-1", "%2e%2e%2f", "%E2%80%AE", "NaN", "1e9", "%0d%0aX:y", "%")
QUERIES: Final = (
    "as_of=%ff&known_at=%ff&agency=%ff&measure=%ff&cut=%ff&limit=%ff&from=%ff&to=%ff",
    "as_of=%ed%a0%80&agency=%ed%a0%80&cut=%ed%a0%80&next=%ed%a0%80",
    "as_of=10000-01-01&known_at=@99999999999999999999&limit=1e999&before=NaN&after=-1&number=999999999999",
    "as_of=0000-00-00&from=0000-00-00&to=10000-01-01&area=%00&agency=%00&cut=%00&done=%00",
    "as_of=2017-02-28&as_of=2017-02-28&as_of[]=x&as_of[a]=b&%ff=1&=&&&",
    f"as_of=9999-12-31&known_at=@0&cut={'x' * 3000}",
    "as_of=1900-01-01&from=1900-01-01&to=1900-01-02&known_at=1900-01-01&every=month",
    "as_of=2099-12-31&from=2099-12-01&to=2099-12-31&to_as_of=2099-12-31",
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    folder = tmp_path_factory.mktemp("hostile")
    recount = CommandLine(folder, {DATABASE: f"sqlite:///{folder / 'recount.db'}", RAW_FILES: "yes", **KEYS})
    _send(recount)
    app = create_app(Settings.from_environment(recount.settings), TESTING=True)
    filled = Filled(app, folder)
    _prepare(filled)
    yield filled
    app.extensions["recount"].close()


IDS: Final = [f"{method} {rule}" for method, rule, _ in ROWS]
RULES: Final = [(method, rule) for method, rule, _ in ROWS]
SLOW: Final = frozenset({("POST", f"{API}/verification")})
"""What is limited in itself, and not by what is sent."""


def _few(number: int, values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Some of the values, others for each place; all of them if there is time."""
    return values if EVERY else tuple(values[(number * FEW + i) % len(values)] for i in range(FEW))


def _who(rule: str) -> Role:
    about_accounts = ("/api/v1/accounts", "/api/v1/tokens", "/accounts")
    return Role.ADMINISTRATOR if rule.startswith(about_accounts) else Role.COMMISSIONER


def _client(filled: Filled, rule: str) -> tuple[FlaskClient, dict[str, str]]:
    token = a_token(filled.app, _who(rule))
    return filled.app.test_client(), {"Authorization": f"Bearer {token}", **REASON}


def _is_well(response: TestResponse, what: Any) -> None:
    """No fault of ours: below /api/ an error is a problem document, elsewhere a page, and neither repeats a thing."""
    body = response.get_data()
    at = (response.request.method, response.request.path[:80], repr(what)[:120], body[:300])
    assert response.status_code < 500, at
    assert b"Traceback" not in body, at
    if response.status_code >= 400:
        if response.request.path.startswith(API):
            assert response.content_type == PROBLEM, at
            assert MARK.encode() not in body, at
        else:
            # Asked under a name that is none, a page could not name its own links.
            assert response.mimetype in {"text/html", "text/plain"}, at
            assert f"<script>{MARK}".encode() not in body, at


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    else:
        inner = ()
    for key, one in inner:
        yield (*path, key)
        yield from _places(one, (*path, key))


def _with(value: Any, path: tuple[Any, ...], instead: Any) -> Any:
    """The same with another value in one place."""
    if not path:
        return instead
    key, *rest = path
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[key] = _with(value[key], tuple(rest), instead)
    return changed


@pytest.mark.parametrize(("method", "rule"), RULES, ids=IDS)
def test_one_value_is_replaced(filled: Filled, method: str, rule: str) -> None:
    if (method, rule) in SLOW:
        return
    client, headers = _client(filled, rule)
    count = itertools.count(len(rule))
    for where in ("query_string", "json", "data"):
        _, good = _request(method, rule, Cell(filled, "reason"))
        values = VALUES if where == "json" else TEXTS
        for place in list(_places(good.get(where) or {})):
            if where == "data" and len(place) > 1:
                continue
            for value in _few(next(count), values):
                path, given = _request(method, rule, Cell(filled, "reason"))
                sent = {**given, where: _with(given[where], place, value)}
                if where == "query_string":
                    sent[where] = _encoded(sent[where])
                elif where == "data":
                    sent[where] = {key: _as_sent(one) for key, one in sent[where].items()}
                _is_well(client.open(path, method=method, headers=headers, **sent), (place, value))


def _encoded(query: dict[str, Any]) -> str:
    return "&".join(f"{name}={_percent(str(value))}" for name, value in query.items())


def _as_sent(value: Any) -> Any:
    """A field of a form, half of a surrogate pair as the three bytes that some programs make of it."""
    return value.encode("utf-8", "surrogatepass").decode("latin-1") if isinstance(value, str) else value


def _percent(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(("method", "rule"), RULES, ids=IDS)
def test_an_address_is_none(filled: Filled, method: str, rule: str) -> None:
    if (method, rule) in SLOW:
        return
    client, headers = _client(filled, rule)
    count = len(rule)
    path, _good = _request(method, rule, Cell(filled, "reason"))
    for query in _few(count, QUERIES):
        _is_well(client.open(f"{path}?{query}", method=method, headers=headers), query)
    if "<>" in rule:
        for gap in _few(count, GAPS):
            _is_well(client.open(rule.replace("<>", gap), method=method, headers=headers), gap)


@pytest.mark.parametrize(("method", "rule"), [one for one in RULES if one[0] != "GET" and one not in SLOW], ids=str)
def test_a_body_is_none(filled: Filled, method: str, rule: str) -> None:
    client, headers = _client(filled, rule)
    path, _ = _request(method, rule, Cell(filled, "reason"))
    pairs = list(itertools.product(KINDS, BODIES))
    first = [(KINDS[0], body) for body in BODIES] if rule.startswith(API) else []
    for kind, body in pairs if EVERY else [*first, *_few(len(rule), tuple(pairs))]:
        response = client.open(path, method=method, headers=headers | {"Content-Type": kind}, data=body)
        _is_well(response, (kind, body[:40]))


@pytest.mark.parametrize("about", MULTIPARTS)
def test_a_form_with_files_is_none(filled: Filled, about: str) -> None:
    whole = MULTIPARTS[about] + TRIED + b"--b--\r\n"
    for method, rule in RULES:
        if method != "POST" or not (EVERY or rule in OF_FILES):
            continue
        client, headers = _client(filled, rule)
        path, _ = _request(method, rule, Cell(filled, "reason"))
        headers["Content-Type"] = "multipart/form-data; boundary=b"
        _is_well(client.open(path, method=method, headers=headers, data=whole), about)


OF_FILES: Final = frozenset(
    {f"{API}/submissions", f"{API}/claims", "/submissions/new", "/submissions/check", "/figures/<>/claim", "/report"}
)


@pytest.mark.parametrize(
    "header",
    ["Recount-Reason", "Accept", "If-None-Match", "Authorization", "Cookie", "Accept-Encoding", "Range", "Host"],
)
def test_a_header_is_none(filled: Filled, header: str) -> None:
    client, headers = _client(filled, "")
    for value in ("\xff\xfe", "x" * 60_000, "Bearer \xff", "a=b; " * 5000, '"' * 999, "*/*;q=NaN", "bytes=-1-9,,", ""):
        for path in (f"{API}/figures", f"{API}/members", "/figures/4.0", "/figures/4.0/members"):
            query = {"as_of": AS_OF, "known_at": "2017-03-13", **({"measure": "4.0"} if path.startswith(API) else {})}
            _is_well(client.get(path, query_string=query, headers=headers | {header: value}), (header, value))


def test_who_signs_in_with_anything(filled: Filled) -> None:
    """The forms before anybody is known."""
    client = filled.app.test_client()
    for text in TEXTS:
        for path in ("/sign-in", "/certificates/check"):
            data = {"csrf_token": text, "name": text, "password": text, "next": text}
            data = {key: value.encode("utf-8", "surrogatepass").decode("latin-1") for key, value in data.items()}
            _is_well(client.post(path, data=data), text)
