"""What a running service says of itself: how many requests of which kind, how long they took, a line of each.

Of a request its route is told, never its address: a path or a question may hold a client's reference. Of an error it is
told what kind it was and where, never what a library wrote about it, which may quote a record.
"""

import json
import logging
import os
import secrets
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, g, has_request_context, request

from domain.errors import (
    DatabaseBusy,
    DatabaseFull,
    DatabaseOfAnotherVersion,
    DatabaseUnavailable,
    LogCorrupt,
    NotAgreed,
    SettingMissing,
    WrongClientKey,
)

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names where the processes of one service count together; the library reads it when it is loaded."""
EXTENSION: Final = "recount-telemetry"
NOWHERE: Final = "none"
"""The route of a request that fits none of ours."""
NOBODY: Final = "nobody"
"""The role of whoever is not known."""
ID_HEADER: Final = "Recount-Request"
"""The header in which each answer has the number under which it stands in the log."""
SECONDS: Final = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Where the histogram of answering times has its limits."""
REQUESTS: Final = logging.getLogger("recount.requests")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OURS: Final = ("recount", "web", "projections", "domain", "gunicorn")
"""The loggers whose sentences are written as they are; of all others only where they come from."""
_QUOTES_NOTHING: Final = (
    DatabaseBusy,
    DatabaseFull,
    DatabaseOfAnotherVersion,
    DatabaseUnavailable,
    LogCorrupt,
    NotAgreed,
    SettingMissing,
    WrongClientKey,
)
"""Errors whose sentence is about the machine, and never about what somebody sent."""


class Telemetry:
    """What one process counts, added to what the others of its service count."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._registry: CollectorRegistry = CollectorRegistry()
        self._requests = Counter(
            "recount_requests_total",
            "Requests answered, by route and status.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "recount_request_seconds",
            "Seconds from a whole request to its answer.",
            ("route",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._queue = Gauge(
            "recount_queue",
            "Requests that wait for a thread, or are in its hands, by what is asked.",
            ("pool", "state"),
            multiprocess_mode="livesum",
            registry=self._registry,
        )
        # As many as there are methods, routes and statuses; to find them by their words takes longer than to count.
        self._counted = cache(self._requests_and_seconds)

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        requests, waited = self._counted(method if method in _METHODS else "other", route, status)
        requests.inc()
        waited.observe(seconds)

    def _requests_and_seconds(self, method: str, route: str, status: int) -> "tuple[Counter, Histogram]":
        return self._requests.labels(method, route, str(status)), self._seconds.labels(route)

    def note_queue(self, pool: str, *, waiting: int, working: int) -> None:
        """Say how many requests wait for the threads of a pool of this process, and how many these work on."""
        self._queue.labels(pool, "waiting").set(waiting)
        self._queue.labels(pool, "working").set(working)

    def registry(self) -> "CollectorRegistry":
        """What all processes of the service have counted; of one that serves alone, what it has."""
        if FOLDER not in os.environ:
            return self._registry
        from prometheus_client import CollectorRegistry
        from prometheus_client.multiprocess import MultiProcessCollector

        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return together


def forget_process(number: int) -> None:
    """A process has ended: what it had in hand is in nobody's; what it has counted stays counted."""
    if FOLDER in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(number)  # type: ignore[no-untyped-call]


def observe(app: Flask, role: Callable[[], str | None]) -> None:
    """Let the application count its requests and write a line of each; `role` tells whose this one is, if known."""
    telemetry = app.extensions[EXTENSION] = Telemetry()

    @app.before_request
    def _begin() -> None:
        g.began, g.request_id = time.perf_counter(), secrets.token_hex(8)

    @app.after_request
    def _note(response: Response) -> Response:
        seconds = time.perf_counter() - g.began
        telemetry.note(request.method, route(), response.status_code, seconds)
        response.headers[ID_HEADER] = g.request_id
        if REQUESTS.isEnabledFor(logging.INFO):
            REQUESTS.info("request", extra={"fields": _fields(response, seconds, role() or NOBODY)})
        return response


def _fields(response: Response, seconds: float, role: str) -> dict[str, Any]:
    return {
        "method": request.method if request.method in _METHODS else "other",
        "route": route(),
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "role": role,
    }


def route() -> str:
    """The pattern that the address of this request fits, without what stands in its places."""
    return request.url_rule.rule if request.url_rule else NOWHERE


class JsonLines(logging.Formatter):
    """Each record as a line of JSON, with no text that another program made up."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return json.dumps(dict(self._parts(record)), ensure_ascii=False)

    def _parts(self, record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
        yield "time", datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        yield "level", record.levelname.lower()
        yield "logger", record.name
        is_ours = record.name.split(".")[0] in _OURS
        yield "message", record.getMessage() if is_ours else f"{record.module}, line {record.lineno}"
        if has_request_context() and "request_id" in g:
            yield "request", g.request_id
        yield from getattr(record, "fields", {}).items()
        if record.exc_info and record.exc_info[1]:
            yield from _error(record.exc_info[1])


def _error(error: BaseException) -> Iterator[tuple[str, Any]]:
    yield "error", type(error).__name__
    if isinstance(error, _QUOTES_NOTHING):
        yield "said", str(error)
    frames = traceback.extract_tb(error.__traceback__)
    yield "at", [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def log_as_json() -> None:
    """From here on this process writes its log as lines of JSON on standard error, one of each request among them."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("recount").setLevel(logging.INFO)
