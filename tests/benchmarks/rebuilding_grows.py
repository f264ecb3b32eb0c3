"""A rebuild of the read models as archives grow: processor time beside the bare read of the same events, the dropping
of the rows before, and the peak of memory.

Each archive is rebuilt in a process of its own, since the peak of a process never falls.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final

from domain.log.database import reading
from domain.log.reading import bare_read
from projections.projector.in_processes import processes
from projections.projector.rebuild import renew
from projections.store import generations
from web.services import Services
from web.settings import DATABASE, Settings

from .growth import Measured
from .ratios import in_mebibytes

RUNS: Final = 3
WHOLE: Final = 6.0
"""Bare reads that a rebuild may take with all that belongs to it, on one core."""
LINEAR: Final = 1.05
TWO: Final = 1 / 1.7
"""Of the wall clock of one process, what a rebuild may take with two: on two cores, with nothing beside it."""
PEAK: Final = 400_000_000
"""Bytes of the process, whatever the archive."""


def rebuilding_grows(services: Services) -> Iterator[Measured]:
    """Each of its parts at its best, and the memory of the process that did it."""
    command = [sys.executable, "-m", "tests.benchmarks.rebuilding_grows"]
    environment = os.environ | {DATABASE: services.settings.address}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout)
    read, renewed, dropped = (found[name] for name in ("read", "renewed", "dropped"))
    yield Measured("a rebuild until its rows are read, processor time", renewed, exponent=LINEAR)
    yield Measured("dropping the rows that it replaced, processor time", dropped, exponent=LINEAR)
    whole = (renewed + dropped) / read
    yield Measured("both, in bare reads of the log", whole, (WHOLE,) * 3, words=lambda value: f"{value:.1f}")
    two = found["two"] / found["one"]
    yield Measured("with two processes, of the wall clock of one", two, (TWO,) * 3, words=lambda value: f"{value:.2f}")
    yield Measured("peak of the process that rebuilds", found["peak"], (PEAK,) * 3, words=in_mebibytes)


# ---- in a process of its own


def _rebuild() -> None:
    services = Services(Settings.from_environment())
    engine, mapper = services.engine, services.mapper
    generations.drop_others(engine)
    steps: dict[str, Callable[[], object]] = {
        "renewed": lambda: renew(engine, mapper),
        "dropped": lambda: generations.drop_others(engine),
    }
    found = {name: float("inf") for name in steps}
    for _ in range(RUNS):
        for name, step in steps.items():
            found[name] = min(found[name], _processor_time(step))
    # Before the bare read, which maps much of the file.
    found["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    found["one"] = min(_wall_clock(services, lambda: renew(engine, mapper)) for _ in range(RUNS))
    found["two"] = min(_wall_clock(services, lambda: _by_two(services)) for _ in range(RUNS))
    found["read"] = min(_processor_time(lambda: _read(services)) for _ in range(RUNS))
    json.dump(found, sys.stdout)


def _processor_time(step: Callable[[], object]) -> float:
    begin = time.process_time()
    step()
    return time.process_time() - begin


def _by_two(services: Services) -> None:
    with processes(2) as beside:
        renew(services.engine, services.mapper, clients=beside.clients)


def _wall_clock(services: Services, step: Callable[[], object]) -> float:
    begin = time.perf_counter()
    step()
    taken = time.perf_counter() - begin
    generations.drop_others(services.engine)
    return taken


def _read(services: Services) -> None:
    with reading(services.engine) as connection:
        bare_read(connection, services.mapper)


if __name__ == "__main__":
    _rebuild()
