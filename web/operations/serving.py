"""The service on this machine: a few processes of a few threads each, on 127.0.0.1.

Gunicorn keeps the processes: it starts them, and another one for each that ends or stands still. In each, Waitress
keeps the connections. The application is made once, before the first of them, so that one starts in no time and they
share its memory.
"""

import gc
import logging
import os
import sys
import time
from contextlib import suppress
from threading import Thread
from typing import Any, Final

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from domain.errors import RecountError, SettingMissing
from web.api import shared_answers
from web.app import LARGEST_UPLOAD, create_app
from web.auth import guard
from web.queries.contract_life.public import public_publications
from web.services import Services
from web.settings import LOOPBACK, PROXY, Settings
from web.telemetry import EXTENSION, JsonLines, Telemetry, forget_process, log_as_json

from .connections import Connections
from .counting import counting_together
from .mailing import keep_sending
from .running import running_on

ADDRESS: Final = "127.0.0.1"
"""The service is reached through whatever ends HTTPS before it, or from this machine alone."""
WORKERS, THREADS = 2, 4
LONGEST_REQUEST: Final = 120
"""Seconds after which a process that stands still is replaced."""
TO_FINISH: Final = 20
"""Seconds that a process has for what it is doing, when it is told to stop."""
TAKES_TURNS: Final = 0.0005
"""Seconds for which a thread may compute while another waits. With Python's own 5 ms, one that has a file to check
kept every other waiting as long after each row that it read from the database or the network.
"""
_A_MOMENT: Final = 1.0
"""Seconds after which a process shows that it is alive, and looks whether it is to stop."""


class Process(Worker):
    """One process that answers: connections beside threads."""

    def run(self) -> None:
        """Answer until told to stop, then finish what was begun."""
        # How long its queue is just now says nothing that anybody could do something about.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        sys.setswitchinterval(TAKES_TURNS)
        app: Flask = self.wsgi
        largest = app.config["MAX_CONTENT_LENGTH"] or LARGEST_UPLOAD
        Thread(target=_audit_what_is_public, args=(app.extensions["recount"],), daemon=True).start()
        Thread(target=keep_sending, args=(app.extensions["recount"],), daemon=True).start()
        connections = Connections(app, guard.known_to(app), self.sockets[0].sock, self.cfg.threads, largest)
        telemetry: Telemetry = app.extensions[EXTENSION]
        # Without the process that started it, nobody could stop it.
        self.notified_at = 0.0
        while self.alive and self.ppid == os.getppid():
            self._turn(connections, telemetry)
        services: Services = app.extensions["recount"]
        services.stopping.set()
        connections.stop_listening()
        until = time.monotonic() + TO_FINISH
        while connections.are_busy and time.monotonic() < until:
            self._turn(connections, telemetry)
        connections.end(max(0.0, until - time.monotonic()))

    def _turn(self, connections: Connections, telemetry: Telemetry) -> None:
        if time.monotonic() - self.notified_at > _A_MOMENT:
            self.notified_at = time.monotonic()
            self.notify()
            for one in connections.queues():
                telemetry.note_queue(one.name, waiting=one.waiting, working=one.working)
        connections.turn(_A_MOMENT)


def _audit_what_is_public(services: Services) -> None:
    """Work out what the public may be shown of what was published, so that its first reader does not wait for it."""
    with suppress(RecountError), services.snapshot() as snapshot:
        public_publications(snapshot)


class JsonLog(Logger):
    """What gunicorn says of its processes, as lines of JSON like the rest of the log."""

    def setup(self, cfg: Any) -> None:
        """Take gunicorn's settings."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())


class Service(BaseApplication):
    """Gunicorn, set up from here and not from its own files."""

    def __init__(
        self, settings: Settings, port: int, workers: int = WORKERS, threads: int = THREADS, *, as_json: bool = False
    ) -> None:
        self.settings, self.port, self.workers, self.threads = settings, port, workers, threads
        self.as_json = as_json
        super().__init__()

    def load_config(self) -> None:
        """Gunicorn's settings."""
        options: dict[str, Any] = {
            "bind": f"{ADDRESS}:{self.port}",
            "workers": self.workers,
            "threads": self.threads,
            "worker_class": Process,
            "timeout": LONGEST_REQUEST,
            "graceful_timeout": TO_FINISH + 5,
            "loglevel": "warning",
            "proc_name": "recount",
            # It would lie in the home directory, where all services of one user have the same.
            "control_socket_disable": True,
            "preload_app": True,
            "when_ready": _share_memory,
            "child_exit": lambda _server, worker: forget_process(worker.pid),
        }
        if self.as_json:
            options |= {"loglevel": "info", "logger_class": JsonLog}
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application of all processes. It has opened no database yet, so each opens its own after the fork."""
        app = create_app(self.settings)
        app.extensions[shared_answers.EXTENSION] = shared_answers.SharedAnswers()
        return app


def _share_memory(_: Arbiter) -> None:
    """Leave alone what was made before the fork: a collector that looks at an object writes to its page, and the
    process would get a copy of its own.
    """
    gc.collect()
    gc.freeze()


def check_proxy(settings: Settings) -> None:
    """Whether it is known who passes requests on, where people reach the service under an address of its own.

    Raises:
        SettingMissing: it is not. Everybody would seem to come from the proxy, and without HTTPS.
    """
    if settings.origin is not None and settings.origin.host not in LOOPBACK and not settings.proxies:
        raise SettingMissing(
            f"{PROXY} is not set. {settings.origin} is reached through a proxy: name the address that it comes from, "
            "like 127.0.0.1."
        )


def serve(
    settings: Settings, port: int, workers: int = WORKERS, threads: int = THREADS, *, as_json: bool = False
) -> None:
    """Serve until told to stop, before anything listens raising as `Settings.prepare`; with `as_json` the log is
    written as lines of JSON, one of each request among them.

    Raises:
        SettingMissing: people reach it under another address than this machine's, and no proxy is named.
    """
    settings.prepare()
    check_proxy(settings)
    if as_json:
        log_as_json()
    with running_on(settings, port), counting_together():
        Service(settings, port, workers, threads, as_json=as_json).run()
