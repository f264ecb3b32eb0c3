"""The yardstick of the service: one Flask endpoint that says the same thing always, behind the same door.

It lets in by the same guard, over the same tokens, and stands under the same server; it asks and works out nothing.
"""

import sys
from typing import Any

from flask import Flask

from web.auth import guard
from web.auth.roles import Right
from web.operations.serving import Service
from web.services import Services
from web.settings import Settings
from web.telemetry import EXTENSION, Telemetry


class Trivial(Service):
    """The yardstick under the settings of the service."""

    def load(self) -> Flask:
        """The application of one process."""
        app = Flask(__name__)
        app.config["SECRET_KEY"] = self.settings.secret_key
        app.extensions["recount"] = Services(self.settings)
        # Its queue is counted, its requests are not: what counting takes is part of what the service is measured by.
        app.extensions[EXTENSION] = Telemetry()
        guard.guard(app)
        app.get("/healthz")(guard.open_to_all(lives))
        app.get("/hello")(guard.needs(Right.FIGURES)(hello))
        return app


def lives() -> dict[str, Any]:
    """The process answers."""
    return {"status": "ok"}


def hello() -> dict[str, Any]:
    """The same thing always."""
    return {"hello": "world"}


if __name__ == "__main__":
    Trivial(Settings.from_environment(), int(sys.argv[1])).run()
