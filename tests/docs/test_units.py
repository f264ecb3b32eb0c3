"""The units for systemd: each runs a command that there is, and systemd itself reads them."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from web.cli.main import LAZY_COMMANDS

from .test_command_line import options_of
from .test_links_and_targets import ROOT

UNITS = sorted((ROOT / "packaging/systemd").iterdir())
PROGRAM = "/srv/recount/venv/bin/recount"


def test_every_unit_runs_a_command_that_there_is() -> None:
    started = [line for unit in UNITS for line in re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)]
    assert len(started) >= 3
    for line in started:
        program, name, *arguments = shlex.split(line)
        assert program == PROGRAM
        command: click.Command = LAZY_COMMANDS[name].load()
        assert {argument for argument in arguments if argument.startswith("--")} <= options_of(command)


def test_every_timer_has_its_service() -> None:
    timers = [unit for unit in UNITS if unit.suffix == ".timer"]
    assert timers
    assert all(unit.with_suffix(".service") in UNITS for unit in timers)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_reads_them(tmp_path: Path) -> None:
    """With a program in the place of ours, which is not installed where the unit says."""
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace(PROGRAM, "/bin/true"))
    checked = subprocess.run(
        ["systemd-analyze", "verify", *tmp_path.iterdir()], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
