"""What a running service says of itself, over real HTTP: metrics of all its processes, and the lines of its log."""

import json
import os
import re
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.unit.intake.files import row, write

from .browser import without_a_server
from .conftest import CommandLine
from .test_serve import answers, started

ROOT = Path(__file__).parents[2]
DOCUMENTED = (ROOT / "docs/reference/metrics.md").read_text()
CLIENT = "REFQUINCE"


class Watched:
    """A running service, and somebody who may read its metrics."""

    def __init__(self, address: str, token: str, counts: Path) -> None:
        self.address, self.counts = address, counts
        self.bearer = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> requests.Response:
        """Ask over a connection of its own, which any of the processes may take."""
        return requests.get(f"{self.address}{path}", headers=self.bearer, timeout=30)

    def samples(self) -> list[Sample]:
        """What the metrics say just now."""
        families = text_string_to_metric_families(self.get("/metrics").text)
        return [sample for family in families for sample in family.samples]

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples of a name that have these labels."""
        return sum(one.value for one in self.samples() if one.name == name and labels.items() <= one.labels.items())

    def processes(self) -> set[int]:
        """Those that have answered something."""
        return {int(path.stem.split("_")[1]) for path in self.counts.glob("recount-counts-*/counter_*.db")}


def a_reader(recount: CommandLine, role: str = "administrator") -> str:
    scope = ("--scope", "metrics") if role == "administrator" else ()
    return recount("token", role, "--role", role, *scope).stdout.strip()


@contextmanager
def watched(recount: CommandLine, *more: str) -> Iterator[tuple[Watched, list[str]]]:
    token = a_reader(recount)
    with tempfile.TemporaryDirectory() as folder:
        recount.settings |= {"TMPDIR": folder}
        with started(recount, "--log", "json", *more) as (address, printed):
            answers(address)
            yield Watched(address, token, Path(folder)), printed
        assert not list(Path(folder).glob("recount-counts-*")), "what the processes counted together is left behind"


def wait_until_two_answer(service: Watched) -> int:
    """How many requests it took."""
    for asked in range(1, 500):
        service.get("/healthz")
        if len(service.processes()) >= 2:
            return asked
    pytest.fail("only one process answered")


@without_a_server
def test_the_metrics_are_those_of_all_processes(recount: CommandLine) -> None:
    recount("submit", "--received-on", "2017-02-10", write(recount.folder, [row(CLIENT=CLIENT)]))
    recount("verify", "--standpoints", "1")
    recount("backup", recount.folder / "x.backup")
    with watched(recount, "--workers", "2") as (service, _):
        asked = wait_until_two_answer(service)
        assert {service.value("recount_requests_total", route="/healthz") for _ in range(8)} == {asked}
        counted = {"route": "/healthz", "le": "+Inf"}
        assert service.value("recount_request_seconds_bucket", **counted) == asked
        assert service.value("recount_request_seconds_count", route="/healthz") == asked

        # Each of two processes shows its threads; whoever reads the metrics is in the hands of one.
        time.sleep(2.5)
        assert service.value("recount_queue", state="waiting") == 0
        assert service.value("recount_queue", state="working") in {0, 1}

        # What a process has counted stays counted when it ends, and another takes its place.
        killed = service.processes().pop()
        os.kill(killed, signal.SIGKILL)
        answers(service.address)
        while not service.processes() - {killed} or len(service.processes()) < 3:
            asked += service.get("/healthz").status_code == 200
        assert service.value("recount_requests_total", route="/healthz") == asked
        assert not list(service.counts.glob(f"recount-counts-*/gauge_live*_{killed}.db"))

        assert service.value("recount_position") == service.value("recount_read_models_position") > 0
        assert service.value("recount_newest_file_timestamp_seconds", agency="H0001") > time.time() - 600
        assert service.value("recount_verification_holds") == 1
        assert service.value("recount_backup_timestamp_seconds") > time.time() - 600
        assert service.value("recount_check", check="read models") == 1
        shown = {re.sub(r"_(bucket|count|sum|created)$", "", sample.name) for sample in service.samples()}
        assert {name for name in shown if name.startswith("recount_")} == documented()


def documented() -> set[str]:
    return set(re.findall(r"^\| `(recount_\w+)`", DOCUMENTED, re.MULTILINE))


@without_a_server
def test_the_world_reads_neither_metrics_nor_health(recount: CommandLine) -> None:
    commissioner = a_reader(recount, "commissioner")
    with watched(recount, "--workers", "1") as (service, _):
        service.get("/healthz")
        for path in ("/metrics", "/health"):
            stranger = requests.get(f"{service.address}{path}", timeout=30, allow_redirects=False)
            assert (stranger.status_code, stranger.headers["Location"]) == (303, f"/sign-in?next={path}")
            by = {"Authorization": f"Bearer {commissioner}"}
            assert requests.get(f"{service.address}{path}", headers=by, timeout=30).status_code == 403
            assert service.get(path).status_code == 200
        assert service.get("/api/v1/figures?measure=4.0&as_of=2017-01-31").status_code == 403


@without_a_server
def test_a_line_of_each_request_names_nobody(recount: CommandLine) -> None:
    recount("submit", "--received-on", "2017-02-10", write(recount.folder, [row(CLIENT=CLIENT)]))
    with watched(recount, "--workers", "1") as (service, printed):
        for path in (f"/api/v1/{CLIENT}", f"/worklists/{CLIENT}?client={CLIENT}", f"/{CLIENT}", "/healthz"):
            number = service.get(path).headers["Recount-Request"]
    lines = [json.loads(line) for line in printed]
    assert not [line for line in printed if CLIENT in line]
    requested = [line for line in lines if line["logger"] == "recount.requests"]
    assert Counter(line["route"] for line in requested)["/healthz"] == 1
    [last] = [line for line in requested if line["request"] == number]
    assert (last["route"], last["status"], last["method"]) == ("/healthz", 200, "GET")
    assert {line["role"] for line in requested} <= {"nobody", "administrator"}
    assert set(last) == {"time", "level", "logger", "message", "request", "method", "route", "status", "ms", "role"}
