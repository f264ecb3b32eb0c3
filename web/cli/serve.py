"""What the command `serve` does."""

import os
from typing import Final

from domain.errors import WrongUse
from web.auth.roles import Role
from web.presenters.console import messages, output, say
from web.services import Services
from web.settings import Settings

PORT: Final = "PORT"
DEFAULT_PORT: Final = 8000
LAST_PORT: Final = 65535
VISITOR: Final = "visitor"
"""The account of whoever looks round in the demonstration."""


def serve(*, port: int | None, workers: int, threads: int) -> None:
    """Run the service until it is told to stop."""
    from web.operations.serving import ADDRESS
    from web.operations.serving import serve as run

    settings = Settings.from_environment()
    at = port_of_environment() if port is None else port
    say(messages(), f"Recount answers on http://{ADDRESS}:{at}/ until you press Ctrl+C.")
    if link := _visitors_link(settings, at):
        say(messages(), "Open this link within 15 minutes to look round as an invented commissioner:")
        say(output(), link)
    run(settings, at, workers, threads)


def _visitors_link(settings: Settings, port: int) -> str | None:
    """Of the demonstration, in which no person is real: an address that signs in whoever started it, once."""
    from .accounts import link_of

    services = Services(settings)
    try:
        return link_of(services, VISITOR, Role.COMMISSIONER, port) if services.is_demonstration else None
    finally:
        services.close()


def port_of_environment() -> int:
    """The port that the environment names, or the usual one; raises WrongUse."""
    text = os.environ.get(PORT, "").strip() or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and int(text) <= LAST_PORT):
        raise WrongUse(f"{PORT} is '{text}', which is no port.")
    return int(text)
