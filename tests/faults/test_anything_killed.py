"""Kill -9, in any order, of whatever can be killed: who submits, a process of the service, a rebuild, a verification,
the database server. After each kill everything agrees, nothing is lost or there twice, and what was published is as it
was.
"""

import json
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
import sqlalchemy as sa

from domain.contract_life.publication import PUBLICATION_EVENTS
from domain.event_types import EVENT_TYPES
from domain.log.audit import faults
from domain.log.database import make_engine, reading
from domain.log.mapper import JsonMapper
from domain.log.tables import log
from domain.proof.signing import Signer
from projections.projector.verify import Against, verify
from projections.publication.publish import published_member
from projections.publication.published import publications

from .conftest import a_schema
from .files import Month, write_months
from .server import restart, stop
from .service import (
    KEYS,
    PATIENCE,
    Rows,
    Service,
    ended,
    kill_after,
    kills,
    rows_seen,
    said,
    wait_until,
    work_of,
)
from .serving import Serving, a_token, serving

MAPPER = JsonMapper(EVENT_TYPES)
SIGNER = Signer.read(KEYS["RECOUNT_SIGNING_KEY"].encode())
PUBLISH = ("publish", "--measure", "4.0", "--as-of", "2017-02-28", "--out", "figure.json")
CUT = ("publish", "--cut", "Board 10 Mar 2017", "--as-of", "2017-02-28")
FIRST = 2
"""Months that are in before anything is killed: their figures are published."""
KINDS = {
    "sqlite": ("submission", "service", "rebuild", "verification"),
    "postgresql": ("submission", "service", "rebuild", "verification", "database server"),
}


def begin(service: Service, months: list[Month]) -> None:
    """Take in the first months, and publish a figure and a scorecard."""
    for month in months[:FIRST]:
        service.does(*month.submit)
    service.does(*PUBLISH)
    service.does(*CUT)


def what_is_said(engine: sa.Engine) -> Rows:
    """The rows of the log and of the read models. Publications, which have moments and salts, are compared as such."""
    with reading(engine) as connection:
        assert list(faults(connection, SIGNER.keys)) == []
        published = log.c.topic.in_([event.TOPIC for event in PUBLICATION_EVENTS])
        events = [without_names(row) for row in connection.execute(said(log, 0).where(~published))]
        return {**rows_seen(connection), "log": (len(events), sum(map(hash, events)))}


def without_names(row: sa.Row[Any]) -> tuple[Any, ...]:
    """An event whoever sent it: over HTTP somebody else does than on the command line."""
    event = json.loads(row.state)
    return (*row[:-1], json.dumps({name: value for name, value in event.items() if name not in {"actor", "role"}}))


def what_is_published(engine: sa.Engine) -> tuple[list[str], int]:
    """Every published document, and how many members are committed to."""
    with reading(engine) as connection:
        members = sa.select(sa.func.count()).select_from(published_member)
        documents = [publication.event.document for publication in publications(connection, MAPPER)]
        return documents, connection.execute(members).scalar_one()


class Undisturbed:
    """The same months with nobody killed, on SQLite: what other databases must come to say, and the work it takes."""

    def __init__(self, folder: Path) -> None:
        self.months = write_months(folder / "months", people=120, months=6)
        address = f"sqlite:///{folder / 'recount.db'}"
        self.engine = make_engine(address)
        service = Service(address, self.engine, folder)
        begin(service, self.months)
        self.rows = {FIRST: what_is_said(self.engine)}
        self.work = {
            "nothing": work_of(lambda: service.does("head")),
            "rebuild": work_of(lambda: service.does("rebuild")),
            "verification": work_of(lambda: service.does("verify", "--standpoints", "3")),
            "submission": work_of(lambda: service.does(*self.months[FIRST].submit)),
        }
        for number in range(FIRST + 1, len(self.months) + 1):
            service.does(*self.months[number - 1].submit)
            self.rows[number] = what_is_said(self.engine)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    course = Undisturbed(tmp_path_factory.mktemp("undisturbed"))
    yield course
    course.engine.dispose()


class Killing:
    """A database, its service, and one process after another that is killed over the next month."""

    def __init__(self, new_service: Callable[[], Service], undisturbed: Undisturbed, server: Any, seed: int) -> None:
        self.new_service, self.undisturbed, self.server = new_service, undisturbed, server
        self.chance = random.Random(seed)
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.running = ExitStack()
        self.begin()

    def begin(self) -> None:
        """Go on with an empty database, and a service over it."""
        self.running.close()
        self.service = self.new_service().under(RECOUNT_RAW_FILES="yes")
        begin(self.service, self.undisturbed.months)
        self.taken_in, self.published = FIRST, what_is_published(self.service.engine)
        self.serving: Serving = self.running.enter_context(serving(self.service, a_token(self.service)))

    @property
    def next(self) -> Month:
        return self.undisturbed.months[self.taken_in]

    def kill(self, kind: str) -> None:
        """Kill a process of this kind while it works, and look what is there."""
        if self.taken_in == len(self.undisturbed.months):
            self.begin()
        {
            "submission": lambda: self.over("submission", *self.next.submit),
            "rebuild": lambda: self.over("rebuild", "rebuild"),
            "verification": lambda: self.over("verification", "verify", "--standpoints", "3"),
            "service": self.over_the_service,
            "database server": self.over_the_server,
        }[kind]()
        self.look(kind)

    def over(self, kind: str, *arguments: str) -> None:
        """Kill a command that has worked for some part of what it takes."""
        work = self.undisturbed.work
        kill_after(self.service.start(*arguments), self.chance.uniform(0.7 * work["nothing"], work[kind]))

    def over_the_service(self) -> None:
        """Kill one of the service's processes while a month is sent to it."""
        sending = threading.Thread(target=self.send)
        sending.start()
        time.sleep(self.chance.uniform(0, self.undisturbed.work["submission"]))
        workers = psutil.Process(self.serving.process.pid).children(recursive=True)
        with suppress(psutil.NoSuchProcess):
            self.chance.choice(workers).kill()
        sending.join()

    def send(self) -> None:
        with suppress(requests.RequestException, AssertionError), self.serving.session() as session:
            self.serving.submit(session, self.next)

    def over_the_server(self) -> None:
        """Kill the database server, or let it drop everything, while a month is submitted; start it again."""
        process = self.service.start(*self.next.submit)
        self.worked(process, self.chance.uniform(0.7, 1) * self.undisturbed.work["submission"])
        stop(self.server, self.chance.choice([signal.SIGKILL, signal.SIGQUIT]))
        assert ended(process).code in {0, 1}
        self.service.engine.dispose()
        restart(self.server)

    @staticmethod
    def worked(process: "subprocess.Popen[str]", seconds: float) -> None:
        with suppress(psutil.NoSuchProcess):
            work = psutil.Process(process.pid)
            while process.poll() is None and sum(work.cpu_times()[:2]) < seconds:
                time.sleep(0.002)

    def look(self, kind: str) -> None:
        """Nothing is lost, nothing is there twice, everything agrees, and the service answers."""
        before = self.undisturbed.rows[self.taken_in]
        wait_until(self.nobody_writes)
        now = what_is_said(self.service.engine)
        if now != before:
            assert kind not in {"rebuild", "verification"}, "what only reads has written"
            assert now == self.undisturbed.rows[self.taken_in + 1], "torn"
            self.taken_in += 1
        assert what_is_published(self.service.engine) == self.published
        verified = verify(self.service.engine, MAPPER, 2, against=Against(SIGNER.keys))
        assert verified.holds, [check for check in verified.checks if check.found]
        wait_until(self.answers)
        self.service.engine.dispose()
        stored = "everything stored" if now != before else "nothing stored"
        self.outcomes[kind, "as it was" if kind in {"rebuild", "verification"} else stored] += 1

    def nobody_writes(self) -> bool:
        """A server goes on with what a process that was killed had told it to do."""
        if self.server is None:
            return True
        with self.service.engine.connect() as connection:
            locks = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            return connection.execute(locks).scalar_one() == 0

    def answers(self) -> bool:
        with suppress(requests.RequestException), self.serving.session() as session:
            asked = {"as_of": "2017-02-28", "measure": "4.0"}
            return session.get(self.serving.address("/figures"), params=asked, timeout=PATIENCE).status_code == 200
        return False

    def finish(self) -> None:
        """The months that were killed over are taken in, once each."""
        while self.taken_in < len(self.undisturbed.months):
            self.service.does(*self.next.submit)
            self.taken_in += 1
        assert '"already_received": true' in self.service.does(*self.undisturbed.months[-1].submit, "--json").out
        assert what_is_said(self.service.engine) == self.undisturbed.rows[self.taken_in]
        self.service.does("verify", "--standpoints", "3")
        self.running.close()


def test_whatever_is_killed(
    backend: str,
    request: pytest.FixtureRequest,
    undisturbed: Undisturbed,
    new_service: Callable[[str], Service],
    new_engine: Callable[..., sa.Engine],
    tmp_path: Path,
    counted: Callable[[str, Counter[tuple[str, str]]], None],
) -> None:
    server = request.getfixturevalue("own_server") if backend == "postgresql" else None
    schemas = iter(range(1000))

    def a_service() -> Service:
        if server is None:
            return new_service(backend)
        number = next(schemas)
        url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        (folder := tmp_path / f"killed-{number}").mkdir()
        address = a_schema(url, f"killed_{number}")
        return Service(address, new_engine(address), folder)

    killing = Killing(a_service, undisturbed, server, seed=5)
    order = [kind for kind in KINDS[backend] for _ in range(kills(1))]
    killing.chance.shuffle(order)
    try:
        for kind in order:
            killing.kill(kind)
        killing.finish()
    finally:
        killing.running.close()
        counted(backend, killing.outcomes)
    assert killing.outcomes.total() == len(order)
