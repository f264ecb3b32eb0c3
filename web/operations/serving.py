"""The service on this machine: gunicorn with a few processes of a few threads each, on 127.0.0.1."""

from typing import Any, Final

from flask import Flask
from gunicorn.app.base import BaseApplication

from domain.errors import SettingMissing
from web.settings import LOOPBACK, PROXY, Settings

from .running import running_on

ADDRESS: Final = "127.0.0.1"
"""The service is reached through whatever ends HTTPS before it, or from this machine alone."""
WORKERS, THREADS = 2, 4
LONGEST_REQUEST: Final = 120
"""Seconds after which a process that does not answer is replaced."""


class Service(BaseApplication):
    """Gunicorn, set up from here and not from its own files; each process makes its application after the fork."""

    def __init__(self, settings: Settings, port: int, workers: int = WORKERS, threads: int = THREADS) -> None:
        self.settings, self.port, self.workers, self.threads = settings, port, workers, threads
        super().__init__()

    def load_config(self) -> None:
        """Gunicorn's settings."""
        options: dict[str, Any] = {
            "bind": f"{ADDRESS}:{self.port}",
            "workers": self.workers,
            "threads": self.threads,
            "worker_class": "gthread",
            "timeout": LONGEST_REQUEST,
            "graceful_timeout": 20,
            "keepalive": 30,
            # Whom to believe about who came is the application's to know (RECOUNT_PROXY): the server believes nobody.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "forwarder_headers": "",
            "accesslog": None,
            "loglevel": "warning",
            "proc_name": "recount",
            # No address of a request is written anywhere: a query might name a reason.
            "limit_request_line": 8190,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application of one process."""
        from web.app import create_app

        return create_app(self.settings)


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


def serve(settings: Settings, port: int, workers: int = WORKERS, threads: int = THREADS) -> None:
    """Serve until told to stop, before anything listens raising as `Settings.prepare`.

    Raises:
        SettingMissing: people reach it under another address than this machine's, and no proxy is named.
    """
    settings.prepare()
    check_proxy(settings)
    with running_on(settings, port):
        Service(settings, port, workers, threads).run()
