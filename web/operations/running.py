"""On which port the service answers now, so that a link printed by another command leads to it.

It is noted in a file beside an embedded database, for as long as the service runs. With a database on a server the
service may be on another machine, whose address is RECOUNT_ORIGIN.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.log.database import FOR_OWNER_ALONE
from web.settings import Settings


@contextmanager
def running_on(settings: Settings, port: int) -> Iterator[None]:
    """Note that this process serves on a port, until it ends; of port 0, which is any that is free, nothing."""
    path = settings.port_file
    if path is None or not port:
        yield
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FOR_OWNER_ALONE), "w") as out:
        out.write(f"{port} {os.getpid()}\n")
    owner = os.getpid()
    try:
        yield
    finally:
        # A process that the service has started leaves by the same way, while the service goes on.
        if os.getpid() == owner:
            path.unlink(missing_ok=True)


def running_port(settings: Settings) -> int | None:
    """The port of the service that runs over this database; None if none is known to."""
    path = settings.port_file
    noted = _noted(path) if path else None
    if noted is None:
        return None
    port, process = noted
    return port if _is_alive(process) else None


def _noted(path: Path) -> tuple[int, int] | None:
    try:
        port, process = map(int, path.read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return None
    return port, process


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
