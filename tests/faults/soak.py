"""A soak of the running service: months of files sent to it while many ask, for RECOUNT_SOAK_SECONDS (120).

Run by `make soak`. The service runs with its usual processes, on SQLite or on the database of RECOUNT_DATABASE,
which must be empty. Every answer of a reader must be that of a submission's position, and the same whenever that
position is seen, by whichever process answers; afterwards the same files are taken in one after the other, and must
give the same positions and the same figures. RECOUNT_SOAK_READERS and RECOUNT_SOAK_SENDERS say how many there are
(8 and 4). Ends with exit code 1 if anything does not hold.
"""

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from domain.log.database import make_engine
from web.auth.viewer import EVERYTHING
from web.commands.ingest.intake import Intake
from web.files.uploads import ManifestLine
from web.queries.performance.figures import FiguresQuery, figures
from web.services import Services
from web.settings import Settings

from .files import Month, write_months
from .service import KEYS, Service
from .serving import Serving, a_token, serving

SECONDS = float(os.environ.get("RECOUNT_SOAK_SECONDS", "120"))
READERS = int(os.environ.get("RECOUNT_SOAK_READERS", "8"))
AGENCIES = tuple(f"H{number:04d}" for number in range(1, 1 + int(os.environ.get("RECOUNT_SOAK_SENDERS", "4"))))
PEOPLE = 300
MONTHS = 10
AS_OF = date(2017, 6, 30)
RECEIVED_ON = date(2017, 12, 1)
PAUSE = 1.0
"""Seconds between two files of an agency: below the limit of uploads, and time for readers to see each position."""
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/figures", {"as_of": AS_OF.isoformat()}),
    ("/figures", {"as_of": AS_OF.isoformat(), "agency": "H0001", "measure": ["4.0", "N.open"]}),
    ("/series", {"measure": "4.0", "from": "2017-01-31", "to": "2017-09-30"}),
    ("/submissions", {"limit": 10}),
)
"""What a reader asks in turn; the first is the one that is held against the files taken in one after the other."""


@dataclass
class Seen:
    """What all readers saw: of each position the figures, how long each answer took, and what does not hold."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    at: dict[int, str] = field(default_factory=dict)
    took: dict[str, list[float]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)

    def note(self, path: str, seconds: float, found: Any) -> None:
        with self.lock:
            self.took.setdefault(path, []).append(seconds)
            if found is not None:
                said = json.dumps(found, sort_keys=True)
                if self.at.setdefault(found["standpoint"]["position"], said) != said:
                    self.faults["two answers at one position"] += 1

    def fault(self, what: str) -> None:
        with self.lock:
            self.faults[what] += 1


def read(running: Serving, seen: Seen, stop: threading.Event, first: int) -> None:
    """Ask one question after the other, until told to stop."""
    last, turn = 0, first
    with running.session() as session:
        while not stop.is_set():
            path, query = QUESTIONS[turn % len(QUESTIONS)]
            began = time.monotonic()
            try:
                found = running.ask(session, path, **query)
            except Exception as error:
                seen.fault(f"{path}: {type(error).__name__}: {str(error)[:200]}")
                continue
            whole = turn % len(QUESTIONS) == 0
            seen.note(path, time.monotonic() - began, found if whole else None)
            if whole:
                position = found["standpoint"]["position"]
                if position < last:
                    seen.fault("a later answer knew less")
                last = position
            turn += 1


def send(running: Serving, seen: Seen, months: Sequence[Month], until: float) -> int:
    """Send months as long as there is time, over and over; how many."""
    sent = 0
    with running.session() as session:
        while time.monotonic() < until:
            month = months[sent % len(months)]
            try:
                began = time.monotonic()
                running.submit(session, Month(month.path, RECEIVED_ON))
                seen.note("POST /submissions", time.monotonic() - began, None)
            except Exception as error:
                seen.fault(f"POST: {type(error).__name__}: {str(error)[:200]}")
            sent += 1
            time.sleep(PAUSE)
    return sent


def write_files(folder: Path) -> dict[str, list[Month]]:
    """Of each agency its months, and then all of them again with fewer people: sent over and over, each is new."""
    return {
        agency: [
            month
            for people in (PEOPLE, PEOPLE - 9)
            for month in write_months(folder / f"{agency}-{people}", agency, people=people, months=MONTHS)
        ]
        for agency in AGENCIES
    }


def taken_in_alone(folder: Path, paths: Sequence[Path]) -> dict[int, str]:
    """The figures at each position, in a database into which nobody else writes."""
    services = Services(Settings.from_environment({"RECOUNT_DATABASE": f"sqlite:///{folder / 'alone.db'}", **KEYS}))
    intake, found = Intake(services, "tester", "commissioner"), {}
    try:
        for path in [None, *paths]:
            position = intake.take(ManifestLine(RECEIVED_ON, path)).submission.position if path else 0
            with services.snapshot() as snapshot:
                document = figures(snapshot, EVERYTHING, FiguresQuery(AS_OF)).document()
            found[position or 0] = json.dumps(document, sort_keys=True)
    finally:
        services.close()
    return found


def all_submissions(running: Serving) -> list[dict[str, Any]]:
    """Every submission, the first one first, read page by page."""
    found: list[dict[str, Any]] = []
    with running.session() as session:
        before: dict[str, Any] = {}
        while True:
            page = running.ask(session, "/submissions", limit=100, **before)
            found += page["submissions"]
            if page["earlier"] is None:
                return found[::-1]
            before = {"before": page["earlier"]}


def soak(folder: Path) -> int:
    """The whole soak; the exit code."""
    address = os.environ.get("RECOUNT_DATABASE") or f"sqlite:///{folder / 'recount.db'}"
    engine = make_engine(address)
    service = Service(address, engine, folder).under(RECOUNT_RAW_FILES="yes")
    files = write_files(folder)
    by_digest = {sha256(m.path.read_bytes()).hexdigest(): m.path for months in files.values() for m in months}
    seen, stop = Seen(), threading.Event()
    tokens = {agency: a_token(service) for agency in AGENCIES}
    with serving(service, tokens[AGENCIES[0]]) as running, ThreadPoolExecutor(READERS + len(AGENCIES)) as threads:
        until = time.monotonic() + SECONDS
        readers = [threads.submit(read, running, seen, stop, number) for number in range(READERS)]
        senders = [
            threads.submit(send, Serving(running.port, tokens[agency], running.process), seen, months, until)
            for agency, months in files.items()
        ]
        sent = sum(sender.result() for sender in senders)
        stop.set()
        for reader in readers:
            reader.result()
        lines = all_submissions(running)
    engine.dispose()
    alone = taken_in_alone(folder, [by_digest[line["sha256"]] for line in lines])
    if [line["position"] for line in lines] != sorted(alone)[1:]:
        seen.fault("the positions are not those of the files taken in one after the other")
    torn = [position for position, said in seen.at.items() if alone.get(position) != said]
    if torn:
        seen.fault(f"figures that no whole submission gives, at {torn[:5]}")
    report(seen, sent, len(lines))
    return 1 if seen.faults else 0


def report(seen: Seen, sent: int, stored: int) -> None:
    """The numbers of the soak."""
    print(f"{SECONDS:.0f} s, {READERS} readers; {sent} files sent, {stored} stored; {len(seen.at)} positions seen.")
    for path, took in sorted(seen.took.items()):
        ordered = sorted(took)
        p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
        middle = statistics.median(ordered)
        print(f"{path:20} {len(took):7} answers, median {middle * 1000:6.0f} ms, p99 {p99 * 1000:6.0f} ms")
    for fault, times in seen.faults.items():
        print(f"FAULT {times} times: {fault}")
    print("No reader saw half a file." if not seen.faults else "It does not hold.")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="recount-soak-") as made:
        sys.exit(soak(Path(made)))
