"""What the command `serve` does."""

import os
from typing import Final

from domain.errors import WrongUse
from web.settings import Settings
from web.terminal.console import messages, say

PORT: Final = "PORT"
DEFAULT_PORT: Final = 8000
LAST_PORT: Final = 65535


def serve(*, port: int | None, workers: int, threads: int) -> None:
    """Run the service until it is told to stop."""
    from web.operations.serving import ADDRESS
    from web.operations.serving import serve as run

    at = port_of_environment() if port is None else port
    say(messages(), f"Recount answers on http://{ADDRESS}:{at}/ until you press Ctrl+C.")
    run(Settings.from_environment(), at, workers, threads)


def port_of_environment() -> int:
    """The port that the environment names, or the usual one; raises WrongUse."""
    text = os.environ.get(PORT, "").strip() or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and int(text) <= LAST_PORT):
        raise WrongUse(f"{PORT} is '{text}', which is no port.")
    return int(text)
