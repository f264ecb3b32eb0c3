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


FOR_EACH_COUNCIL = {
    "User=recount": "User=recount-%i",
    "Group=recount": "Group=recount-%i",
    "StateDirectory=recount": "StateDirectory=recount-%i",
    "EnvironmentFile=/etc/recount.env": "EnvironmentFile=/etc/recount/%i.env",
    "WorkingDirectory=/var/lib/recount": "WorkingDirectory=/var/lib/recount-%i",
    "ReadWritePaths=-/var/lib/recount-keys": "ReadWritePaths=-/var/lib/recount-%i-keys",
    "ReadWritePaths=/var/backups/recount": "ReadWritePaths=/var/backups/recount-%i",
}


def test_the_units_of_one_of_many_councils_differ_in_where_its_things_are_alone() -> None:
    """User, folders and settings are its own; how little the program may do is the same."""
    templates = [unit for unit in UNITS if "@" in unit.name]
    assert len(templates) == len(UNITS) - len(templates)
    for template in templates:
        single = (ROOT / "packaging/systemd" / template.name.replace("@", "")).read_text().splitlines()
        lines = [FOR_EACH_COUNCIL.get(line, line) for line in single]
        for line, own in zip(lines, template.read_text().splitlines(), strict=True):
            if line.startswith("ExecStart="):
                assert own == line.replace(" --port 8000", "").replace(
                    "/var/backups/recount", "/var/backups/recount-%i"
                )
            else:
                assert own == line or line.startswith(("#", "Description=")), template.name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_reads_them(tmp_path: Path) -> None:
    """With a program in the place of ours, which is not installed where the unit says."""
    for unit in UNITS:
        (tmp_path / unit.name.replace("@", "@council")).write_text(unit.read_text().replace(PROGRAM, "/bin/true"))
    checked = subprocess.run(
        ["systemd-analyze", "verify", *tmp_path.iterdir()], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
