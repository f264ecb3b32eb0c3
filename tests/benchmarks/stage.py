"""A real database with everything that the product sets up around it, and archives taken in through its intake."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from web.commands.commit import Receipt
from web.commands.ingest.submission import Submission
from web.commands.ingest.take_in import take_in
from web.services import Services
from web.settings import Settings

from .archive import Archive


@contextmanager
def staged(folder: Path | None = None) -> Iterator[Services]:
    """The surroundings of an empty SQLite database, in a folder that goes at the end."""
    with tempfile.TemporaryDirectory(prefix="recount-bench-", dir=folder) as own:
        services = Services(Settings.from_environment({"RECOUNT_DATABASE": f"sqlite:///{own}/recount.db"}))
        try:
            yield services
        finally:
            services.close()


def load(services: Services, archive: Archive, folder: Path) -> list[Submission]:
    """Takes the whole archive in, file after file, in the order of receipt."""
    return [take(services, path, received_on) for received_on, path in archive.files(folder)]


def load_timed(services: Services, archive: Archive, folder: Path) -> list[tuple[Path, float]]:
    """The same, with the seconds that each file took."""
    taken = []
    for received_on, path in archive.files(folder):
        begin = time.perf_counter()
        take(services, path, received_on)
        taken.append((path, time.perf_counter() - begin))
    return taken


def take(services: Services, path: Path, received_on: date) -> Submission:
    """Takes one file in, on the day on which it is received."""
    register, key = services.register, services.client_key
    return take_in(register, key, path, Receipt(received_on, received_on, "benchmark", "commissioner"))
