"""Errors as answers: one table from exceptions to statuses, one shape for programs (RFC 9457), one for people.

A problem names no identifier, no file of the machine and no statement of a database.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from flask import Flask, Response, current_app, json, render_template, request, url_for
from werkzeug.exceptions import BadHost, HTTPException, InternalServerError, SecurityError

from domain.errors import (
    DatabaseBusy,
    DatabaseFull,
    DatabaseOfAnotherVersion,
    DatabaseUnavailable,
    LogCorrupt,
    NotAgreed,
    RecountError,
    Refused,
    SettingMissing,
    WrongClientKey,
    WrongUse,
)

API: Final = "/api/"
PROBLEM: Final = "application/problem+json"
NOT_SIGNED_IN: Final = "not-signed-in"
"""The code that sends a person to the page on which to sign in."""
TYPE: Final = "urn:recount:"
"""What stands before a code in the `type` of a problem."""

STATUSES: Final[Mapping[type[RecountError], tuple[int, str]]] = {
    Refused: (HTTPStatus.UNPROCESSABLE_ENTITY, ""),
    WrongUse: (HTTPStatus.BAD_REQUEST, "wrong-use"),
    WrongClientKey: (HTTPStatus.INTERNAL_SERVER_ERROR, "wrong-client-key"),
    SettingMissing: (HTTPStatus.INTERNAL_SERVER_ERROR, "setting-missing"),
    DatabaseBusy: (HTTPStatus.SERVICE_UNAVAILABLE, "database-busy"),
    DatabaseFull: (HTTPStatus.INSUFFICIENT_STORAGE, "database-full"),
    DatabaseUnavailable: (HTTPStatus.SERVICE_UNAVAILABLE, "database-unavailable"),
    DatabaseOfAnotherVersion: (HTTPStatus.SERVICE_UNAVAILABLE, "database-of-another-version"),
    LogCorrupt: (HTTPStatus.INTERNAL_SERVER_ERROR, "log-corrupt"),
    NotAgreed: (HTTPStatus.SERVICE_UNAVAILABLE, "not-agreed"),
}
"""Exception to status and code; a refusal has a code of its own."""

TELLS: Final = (Refused, WrongUse, DatabaseBusy, DatabaseOfAnotherVersion)
"""Whose sentence the person who asks may read; of the others it stays in the service's own log."""

_CONFLICTS: Final = frozenset(
    {
        "received-out-of-order",
        "name-taken",
        "dispute-closed",
        "contract-overlaps",
        "contract-unchanged",
        "covered-days-unchanged",
        "account-exists",
        "account-closed",
        "own-account",
        "identity-taken",
        "target-withdrawn",
        "changed-meanwhile",
        "step-not-now",
        "entered-code-taken",
        "entered-out-of-order",
        "entered-overlaps",
        "entered-unchanged",
        "comparator-measure-twice",
        "schedule-overlaps",
        "schedule-unchanged",
        "rekey-undone",
        "rekey-joined-since",
        "rule-twice",
        "rule-unchanged",
        "rule-out-of-order",
        "rule-published",
        "handover-replaced",
    }
)
"""Refusals by what is stored, not by what was sent."""

RETRY_AFTER: Final = 5
"""Seconds after which it makes sense to ask a busy database again."""

_SENTENCES: Final[Mapping[int, str]] = {
    400: "The question cannot be understood.",
    401: "Sign in, or send a token that holds.",
    403: "You may not see or do this.",
    404: "There is nothing here that you may see.",
    405: "This cannot be done here.",
    406: "There is no such representation.",
    409: "This does not fit what is stored.",
    413: "This is larger than what is taken in.",
    415: "This is not a kind of content that is read here.",
    422: "Something in the question is not as it must be.",
    429: "Too many attempts. Wait a little.",
    500: "Something failed here. It has been noted; nothing of it was stored.",
    503: "The service cannot answer just now. Try again in a little while.",
    507: "The service's disk has no room. Nothing was stored.",
}


_ALTERED: Final = (
    "The log here is not as it was written, so nothing is answered from it. Whoever runs the service has to run "
    "'recount verify'."
)
"""What everybody may read of a log that contradicts itself; the service's own log says where."""

_TITLES: Final[Mapping[int, str]] = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    408: "Request Timeout",
    409: "Conflict",
    411: "Length Required",
    412: "Precondition Failed",
    413: "Request Entity Too Large",
    414: "Request-URI Too Long",
    415: "Unsupported Media Type",
    416: "Requested Range Not Satisfiable",
    417: "Expectation Failed",
    422: "Unprocessable Entity",
    428: "Precondition Required",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
    507: "Insufficient Storage",
}
"""What a status is called, and its code where nothing said has one. Python's own words change with its versions (of
413, 414, 416 and 422), and a code that programs read may not.
"""


def _title(status: int) -> str:
    return _TITLES.get(status, f"Status {status}")


class Problem(Exception):
    """An answer that is an error, with a status, a stable code and a sentence; `beside` is what else a program may
    want to know, such as what was done before it. `said` is the sentence of this very error, empty where there is none.
    `instead` is where a person finds the page without what was wrong in its address.
    """

    def __init__(self, status: int, code: str, detail: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.said, self.headers = status, code, detail, dict(headers or {})
        self.beside: Mapping[str, Any] = {}
        self.instead = ""

    @property
    def detail(self) -> str:
        """What is said, or else what is true of every error of this status."""
        return self.said or _SENTENCES.get(self.status, "")


def not_here(detail: str = "") -> Problem:
    """What is not there, and what is somebody else's: nobody can tell the one from the other."""
    return Problem(404, "not-found", detail)


def problem_of(error: Exception) -> Problem:
    """What an exception is as an answer."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refused):
        return Problem(409 if error.code in _CONFLICTS else 422, error.code, error.message)
    if isinstance(error, RecountError):
        status, code = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
        headers = {"Retry-After": str(RETRY_AFTER)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
        said = str(error) if isinstance(error, TELLS) else _ALTERED if isinstance(error, LogCorrupt) else ""
        return Problem(status, code, said, headers)
    if isinstance(error, HTTPException) and error.code != HTTPStatus.INTERNAL_SERVER_ERROR:
        return _of_http(error)
    return Problem(500, "failed")


def _of_http(error: HTTPException) -> Problem:
    status = error.code or 500
    extra_headers = {
        name: value
        for name, value in error.get_headers(request.environ)
        if name.lower() in {"allow", "www-authenticate", "retry-after", "accept"}
    }
    data: Mapping[str, Any] = getattr(error, "data", None) or {}
    extra_headers |= data.get("headers") or {}
    code = data.get("code") or _title(status).lower().replace(" ", "-")
    problem = Problem(status, code, data.get("message", ""), extra_headers)
    problem.args = (data.get("messages") or data.get("errors") or {},)
    return problem


def answer(error: Exception) -> Response:
    """The answer to somebody who meets an error: JSON below /api/, else a page."""
    problem = problem_of(error)
    if problem.status >= 500:
        cause = getattr(error, "original_exception", None) or error
        # Its path may hold a client's reference.
        rule = request.url_rule.rule if request.url_rule else "an unknown address"
        current_app.logger.error("%s %s: %s", request.method, rule, problem.code, exc_info=cause)
    if request.path.startswith(API):
        return _document(problem)
    if isinstance(error, SecurityError | BadHost):
        # Asked under a name that is not ours: no page, since each of its links would be under that name.
        return Response(problem.detail, problem.status, content_type="text/plain; charset=utf-8")
    if problem.code == NOT_SIGNED_IN and request.method == "GET":
        return Response(status=303, headers={"Location": url_for("sign-in.form", next=request.full_path.rstrip("?"))})
    # The page has words of its own for every status, with what to do next: a general sentence would only hide them.
    wait = problem.headers.get("Retry-After", "")
    page = render_template(
        "error.html",
        status=problem.status,
        code=problem.code,
        detail=problem.said,
        wait=int(wait) if wait.isdecimal() else 0,
        instead=problem.instead,
    )
    return Response(page, problem.status, problem.headers)


def _document(problem: Problem) -> Response:
    document: dict[str, Any] = {
        "type": TYPE + problem.code,
        "title": _title(problem.status),
        "status": problem.status,
        "detail": problem.detail,
        "instance": quote(request.path, safe="/"),
        "code": problem.code,
    }
    if problem.args and isinstance(problem.args[0], Mapping) and problem.args[0]:
        document["errors"] = list(_pointers(problem.args[0], ""))
    document |= problem.beside
    response = Response(json.dumps(document), problem.status, problem.headers, content_type=PROBLEM)
    response.headers["Cache-Control"] = "no-store"
    return response


def _pointers(messages: Any, pointer: str) -> Iterator[dict[str, str]]:
    """Which value is not as it must be, as a path to it, and what is wrong with it."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _pointers(inner, f"{pointer}/{name}")
    else:
        for message in messages if isinstance(messages, list | tuple) else [messages]:
            yield {"pointer": pointer, "detail": str(message)}


def register(app: Flask) -> None:
    """Let the application answer every error in one of the two shapes."""
    app.register_error_handler(Problem, answer)
    app.register_error_handler(RecountError, answer)
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(Exception, lambda error: answer(_failed(error)))


def _failed(error: Exception) -> Exception:
    return error if isinstance(error, RecountError | Problem) else InternalServerError(original_exception=error)
