"""The running service, asked everything that its description allows, and what it does not, by a machine.

Schemathesis reads the OpenAPI document and holds each answer against it. What it makes up it makes up the same way each
time; RECOUNT_DESCRIBED=N asks N times as much of each operation.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from domain.log.database import make_engine
from tests.faults.service import KEYS, Service
from tests.faults.serving import Serving, serving
from web.settings import DATABASE, RAW_FILES

from .conftest import CommandLine
from .conversation import fill_two

MORE: Final = int(os.environ.get("RECOUNT_DESCRIBED", "0"))
PATIENCE: Final = 1800 if MORE else 400
"""Seconds for one run."""

ROOT: Final = Path(__file__).parents[2]

EXCEPTED: Final = {
    "positive_data_acceptance": "whether a question can be answered depends on what is stored (the name of a cut, a "
    "place in the log) and on its other parts (a cut or two days, a month end between two days); no schema says so",
}
"""The checks that are left out, and why."""

RUNS: Final = (
    ("commissioner", (), "coverage"),
    ("auditor", (), "fuzzing"),
    ("provider", ("--agency", "H0001"), "fuzzing,stateful"),
)
"""As whom, and which part of the checks while time is short: the edges of every parameter, or some made-up values."""


@pytest.fixture(scope="module")
def recount(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """Two agencies' files, something published and something disputed."""
    folder = tmp_path_factory.mktemp("described")
    made = CommandLine(folder, {**KEYS, DATABASE: f"sqlite:///{folder / 'recount.db'}", RAW_FILES: "yes"})
    fill_two(made)
    seen = ("--measure", "4.0", "--as-of", "2017-02-28")
    made("publish", *seen, "--out", folder / "certificate.json")
    made("publish", "--cut", "Board", "--as-of", "2017-02-28")
    claimed = ("--numerator", 1, "--denominator", 1, "--reason", "Ours says one.")
    made("dispute", "open", *seen, "--agency", "H0001", *claimed)
    return made


@pytest.fixture(scope="module")
def running(recount: CommandLine) -> Iterator[Serving]:
    address = recount.settings[DATABASE]
    engine = make_engine(address)
    service = Service(address, engine, recount.folder, environment=recount.settings)
    with serving(service, "") as found:
        yield found
        assert found.stop() == 0
    engine.dispose()


@pytest.mark.parametrize(("role", "options", "phase"), RUNS)
def test_the_service_is_as_described(
    running: Serving, recount: CommandLine, tmp_path: Path, role: str, options: tuple[str, ...], phase: str
) -> None:
    token = recount("token", "machine", "--role", role, *options).stdout.strip()
    arguments: dict[str, str] = {
        "--header": f"Authorization: Bearer {token}",
        "--phases": "coverage,fuzzing,stateful" if MORE else phase,
        "--max-examples": str(MORE or 2),
        "--exclude-checks": ",".join(EXCEPTED),
        # A period of two days that fit is hard to find among made-up ones.
        "--suppress-health-check": "filter_too_much,too_slow",
        "--report-dir": str(tmp_path),
        # A verification reads everything, and a machine may have other work.
        "--request-timeout": "60",
        "--warnings": "off",
    }
    ended = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "run",
            running.address("/openapi.json"),
            *(word for pair in arguments.items() for word in pair),
            *(("--header", "Recount-Reason: the contract's review") if role == "commissioner" else ()),
            "--generation-deterministic",
            "--continue-on-failure",
            "--no-color",
        ],
        cwd=tmp_path,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.web.hostile_hooks", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-20_000:] + ended.stderr
    assert "Tested: 0" not in ended.stdout
