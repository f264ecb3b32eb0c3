"""Files sent to the running service while others ask, and while it is killed: nobody ever sees half a file."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from domain.log.database import make_engine
from domain.measures.registry import measure_named
from web.auth.viewer import EVERYTHING
from web.commands.ingest.intake import Intake
from web.files.uploads import ManifestLine
from web.queries.performance.figures import FiguresQuery, figures
from web.services import Services
from web.settings import Settings

from . import service as processes
from .files import Month, write_months
from .service import KEYS, Rows, Service, kills, moments
from .serving import HOST, Serving, a_token, serving

AS_OF = date(2017, 2, 28)
RECEIVED_ON = date(2017, 12, 1)
AGENCIES = ("H0001", "H0002", "H0003")
ONE_PROCESS = ("--workers", "1")
MEASURE_CODES = ("4.0", "4.1", "5.0u", "N.open", "N.treatment", "T.exit")
"""Those that a reader asks for; more would ask of the machine, not of the service."""


@dataclass
class Reader:
    """Asks for the newest figures again and again, until told to stop; keeps what differs from the answer before."""

    serving: Serving
    stop: threading.Event
    answers: dict[int, Any] = field(default_factory=dict)
    contradictions: list[int] = field(default_factory=list)
    asked: int = 0

    def run(self) -> None:
        with self.serving.session() as session:
            last = 0
            while not self.stop.is_set():
                found = self.serving.ask(session, "/figures", as_of=AS_OF.isoformat(), measure=MEASURE_CODES)
                position = found["standpoint"]["position"]
                assert position >= last, "a later answer knew less"
                if self.answers.setdefault(position, found) != found:
                    self.contradictions.append(position)
                last, self.asked = position, self.asked + 1


def one_after_the_other(folder: Path, files: Sequence[Path]) -> Mapping[int, Any]:
    """The figures at the position of each submission, in a database into which nobody else writes or asks."""
    services = Services(Settings.from_environment({"RECOUNT_DATABASE": f"sqlite:///{folder / 'alone.db'}", **KEYS}))
    intake, found = Intake(services, "tester", "commissioner"), {}
    asked = FiguresQuery(AS_OF, measures=tuple(map(measure_named, MEASURE_CODES)))
    try:
        for path in [None, *files]:
            position = intake.take(ManifestLine(RECEIVED_ON, path)).submission.position if path else 0
            with services.snapshot() as snapshot:
                found[position or 0] = figures(snapshot, EVERYTHING, asked).document()
    finally:
        services.close()
    return found


def test_no_reader_sees_half_a_file(service: Service, tmp_path: Path) -> None:
    files = {agency: write_months(tmp_path / agency, agency, people=30, months=3) for agency in AGENCIES}
    service = service.under(RECOUNT_RAW_FILES="yes")
    stop = threading.Event()
    with serving(service, a_token(service)) as running, ThreadPoolExecutor(8) as threads:
        readers = [Reader(running, stop) for _ in range(4)]
        reading = [threads.submit(reader.run) for reader in readers]
        sending = [threads.submit(_send, running, months) for months in files.values()]
        try:
            for one in sending:
                one.result()
        finally:
            stop.set()
        for one in reading:
            one.result()
        with running.session() as session:
            submissions = running.ask(session, "/submissions")["submissions"][::-1]
        assert running.stop() == 0
    assert sorted(line["file"] for line in submissions) == sorted(m.path.name for its in files.values() for m in its)
    alone = one_after_the_other(tmp_path, [tmp_path / line["agency"] / line["file"] for line in submissions])
    assert [line["position"] for line in submissions] == sorted(alone)[1:]
    for reader in readers:
        assert reader.contradictions == []
        assert reader.asked
        for position, answer in reader.answers.items():
            assert answer == alone[position]
    assert len({position for reader in readers for position in reader.answers}) > 2


def _send(running: Serving, months: Sequence[Month]) -> None:
    with running.session() as session:
        for month in months:
            running.submit(session, Month(month.path, RECEIVED_ON))


# -- kill -9 -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SentUndisturbed:
    """Files, what the database says after each of them, and the seconds that the last one took."""

    months: Sequence[Month]
    rows: Sequence[Rows]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> SentUndisturbed:
    """A run over HTTP in which nothing goes wrong, on SQLite."""
    folder = tmp_path_factory.mktemp("sent")
    address = f"sqlite:///{folder / 'recount.db'}"
    engine = make_engine(address)
    service, rows, seconds = Service(address, engine, folder), [], 0.0
    months = write_months(folder / "files", people=200, months=4)
    with serving(service, a_token(service), *ONE_PROCESS) as running, running.session() as session:
        for month in months:
            began = time.monotonic()
            running.submit(session, month)
            seconds = time.monotonic() - began
            rows.append(service.rows())
    engine.dispose()
    return SentUndisturbed(months, rows, seconds)


class Killing:
    """A service to which month after month is sent, and which is killed over each."""

    def __init__(self, new_service: Callable[[], Service], undisturbed: SentUndisturbed, spool: Path) -> None:
        self.new_service, self.undisturbed, self.spool = new_service, undisturbed, spool
        self.outcomes: Counter[str] = Counter()
        self.begin()

    def begin(self) -> None:
        """Go on with an empty database."""
        self.service = self.new_service().under(RECOUNT_RAW_FILES="yes", TMPDIR=str(self.spool))
        self.token, self.sent = a_token(self.service), 0

    def kill_over(self, send: Callable[[Serving, Month], None]) -> None:
        """Send a month again that was killed over, if there is one; then the next, in a way that ends in a kill."""
        if self.sent == len(self.undisturbed.months) - 1:
            self.finish()
            self.begin()
        with self.running() as running:
            send(running, self.undisturbed.months[self.sent])
        before, after = self.undisturbed.rows[self.sent - 1 : self.sent + 1]
        found = self.service.rows()
        assert found in (before, after), f"torn: {found}, neither {before} nor {after}"
        left = [path.name for path in self.spool.iterdir()]
        assert [name for name in left if not name.startswith("recount-counts-")] == [], (
            "some of what was sent lies there"
        )
        assert len(left) <= 1, "a service that starts removes the counts of the one that was killed"
        self.outcomes["nothing" if found == before else "everything"] += 1

    @contextmanager
    def running(self) -> Iterator[Serving]:
        """The service, with the month that was killed over; the first one, if none was."""
        before = self.service.rows() if self.sent else None
        with serving(self.service, self.token, *ONE_PROCESS) as running:
            with running.session() as session:
                taken = running.submit(session, self.undisturbed.months[self.sent])
            after = self.undisturbed.rows[self.sent]
            assert self.service.rows() == after
            assert taken["already_received"] is (before == after)
            self.sent += 1
            yield running

    def finish(self) -> None:
        """The month that was killed over is taken in, and everything is as it should be."""
        with self.running():
            pass


@pytest.fixture
def killing(
    backend: str, new_service: Callable[[str], Service], undisturbed: SentUndisturbed, tmp_path: Path
) -> Killing:
    spool = tmp_path / "spool"
    spool.mkdir()
    return Killing(lambda: new_service(backend), undisturbed, spool)


def test_a_service_killed_over_a_file_that_is_sent(killing: Killing, capsys: pytest.CaptureFixture[str]) -> None:
    """All of the file is there afterwards or nothing; sent again, it is taken in, or is known to be there."""
    killing.kill_over(_send_half_and_kill)
    assert killing.outcomes == {"nothing": 1}
    seconds = killing.undisturbed.seconds
    for moment in moments(kills(2), 0.1 * seconds, 1.1 * seconds, seed=4):
        killing.kill_over(partial(_send_and_kill, seconds=moment))
    killing.finish()
    if processes.KILLS:
        with capsys.disabled():
            print(f"\nkilled over HTTP: {dict(killing.outcomes)}")


def _send_and_kill(running: Serving, month: Month, seconds: float) -> None:
    def send() -> None:
        with suppress(requests.RequestException), running.session() as session:
            running.submit(session, month)

    sending = threading.Thread(target=send)
    sending.start()
    time.sleep(seconds)
    running.kill()
    sending.join()


def _send_half_and_kill(running: Serving, month: Month) -> None:
    said = {"received_on": month.received_on.isoformat()}
    request = requests.Request(
        "POST", running.address("/submissions"), data=said, files={"file": (month.path.name, month.path.read_bytes())}
    )
    with running.session() as session:
        prepared = session.prepare_request(request)
    head = "".join(f"{name}: {value}\r\n" for name, value in prepared.headers.items())
    assert isinstance(prepared.body, bytes)
    with socket.create_connection((HOST, running.port)) as connection:
        connection.sendall(f"POST {prepared.path_url} HTTP/1.1\r\nHost: {HOST}\r\n{head}\r\n".encode())
        connection.sendall(prepared.body[: len(prepared.body) // 2])
        time.sleep(0.3)
        running.kill()
