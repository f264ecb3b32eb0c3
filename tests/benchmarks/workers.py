"""One process of the service as it begins: when it answers its first figure, and what memory it has to itself.

It is made as the service makes it, by a fork of the process that keeps all others, in a process of its own, and beside
another one that has answered already. Counted is what no other process has and the machine cannot read again from a
file (Private_Dirty of smaps_rollup): pages of the database that only this one has looked at so far are the first to go
when memory is wanted, and there once for all that look at them.
"""

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from flask import Flask

from web.auth.roles import Role
from web.operations.serving import Service
from web.services import Services
from web.settings import DATABASE, Settings

from .archive import Archive
from .growth import Measured
from .http import token_of
from .pages import MEASURE, Person
from .ratios import in_mebibytes

CLIENTS: Final = 3_600
RUNS: Final = 2
READY: Final = 0.1
"""Seconds from the fork to the first figure."""
PRIVATE: Final = 60 << 20
"""Bytes that a process has to itself, whatever the archive."""
FLAT: Final = 0.1
"""The power of the size with which either may grow."""


def workers(services: Services) -> Iterator[Measured]:
    """Start and memory of one process of the service."""
    runs = [_one_worker(services) for _ in range(RUNS)]
    for what, name in (("processor time", "processor"), ("as time passes", "seconds")):
        best = min(run[name] for run in runs)
        yield Measured(f"a worker from its fork to its first figure, {what}", best, (READY, READY, READY), FLAT)
    for what, name in (("after its first figure", "started"), ("after the pages", "served")):
        best = min(run[name] for run in runs)
        yield Measured(f"memory of a worker alone, {what}", best, (PRIVATE,) * 3, FLAT, in_mebibytes)


def _one_worker(services: Services) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.workers", token_of(services)]
    environment = os.environ | {DATABASE: services.settings.address}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout)
    return found


# ---- in a process of its own


def _fork(token: str) -> None:
    service = Service(Settings.from_environment(), port=0)
    archive = Archive(CLIENTS)
    service.wsgi()
    service.cfg.when_ready(None)
    sys.stdout.flush()
    with _beside_another(service, token, archive):
        if measured := os.fork():
            failed = os.waitstatus_to_exitcode(os.waitpid(measured, 0)[1])
        else:
            json.dump(_answer(service, token, archive), sys.stdout)
            sys.stdout.flush()
            os._exit(0)
    sys.exit(failed)


@contextmanager
def _beside_another(service: Service, token: str, archive: Archive) -> Iterator[None]:
    """While another process of the service, which has answered a figure, is there."""
    heard, says = os.pipe()
    other = os.fork()
    if not other:
        _first_figure(service, token, archive)
        os.write(says, b".")
        signal.pause()
    os.close(says)
    if not os.read(heard, 1):
        raise AssertionError("The process beside the measured one did not answer.")
    try:
        yield
    finally:
        os.kill(other, signal.SIGKILL)
        os.waitpid(other, 0)


def _first_figure(service: Service, token: str, archive: Archive) -> Flask:
    app: Flask = service.wsgi()
    path = f"/api/v1/figures?measure={MEASURE}&as_of={archive.last_day}"
    answer = app.test_client().get(path, headers={"Authorization": f"Bearer {token}"})
    if answer.status_code != 200:
        raise AssertionError(answer.text)
    return app


def _answer(service: Service, token: str, archive: Archive) -> dict[str, float]:
    begin, begin_processor = time.perf_counter(), time.process_time()
    app = _first_figure(service, token, archive)
    seconds, processor = time.perf_counter() - begin, time.process_time() - begin_processor
    started = _private()
    person = Person.signed_in(app, app.extensions["recount"], Role.COMMISSIONER, f"Reader {os.getpid()}")
    for page in _pages(archive):
        person.look(page)()
    return {"seconds": seconds, "processor": processor, "started": started, "served": _private()}


def _pages(archive: Archive) -> Iterator[str]:
    newest = archive.last_day + timedelta(days=10)
    seen = f"as_of={archive.last_day}&known_at={newest}"
    year_before = archive.last_day - timedelta(days=365)
    yield f"/?{seen}"
    yield f"/?{seen}&agency={archive.agencies[0]}"
    yield from (f"/figures/{MEASURE}{page}?{seen}" for page in ("", "/definition", "/claim"))
    yield f"/figures/{MEASURE}/revisions?{seen}&upto={newest}"
    yield f"/figures/{MEASURE}/why?as_of={year_before}&known_at={newest}&to_as_of={archive.last_day}"
    yield from (f"{page}?{seen}" for page in ("/profile", "/worklists", "/data-quality", "/home", "/report"))


def _private() -> int:
    """Bytes that this process alone has written."""
    gc.collect()
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Private_Dirty"))


if __name__ == "__main__":
    _fork(sys.argv[1])
