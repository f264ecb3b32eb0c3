"""The restore drill: the machine is gone, and another one has the newest backup, the keys and the stop-list."""

import json
from dataclasses import replace
from pathlib import Path

from .conftest import Undisturbed
from .disk import PRIVATE
from .service import Service

FIGURES = ("figures", "--as-of", "2017-02-28", "--json")


def elsewhere(gone: Path) -> tuple[str, ...]:
    """What runs a command where a folder is empty."""
    hide = f'mount -t tmpfs nothing "{gone}" && exec "$@"'
    return ("unshare", *PRIVATE, "sh", "-c", hide, "sh")


def test_a_restored_database_says_what_the_lost_one_said(
    service: Service, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    witness, backup, stop_list = tmp_path / "witness.jsonl", tmp_path / "backup.db", tmp_path / "stop-list"
    service = service.under(RECOUNT_WITNESS=str(witness), RECOUNT_STOP_LIST=str(stop_list))
    for month in undisturbed.months[:2]:
        service.does(*month.submit)
    service.does("publish", "--measure", "4.0", "--as-of", "2017-02-28", "--out", "figure.json")
    service.does("erase", "H0001", "C1", "--reason", "request of 3 May 2018")
    service.does("backup", str(backup))
    figures, published = service.does(*FIGURES).out, service.does("published", "--show", "1").out

    (folder := tmp_path / "another").mkdir()
    machine = replace(service, address=f"sqlite:///{folder / 'recount.db'}", folder=folder)
    machine = replace(machine, prefix=elsewhere(service.folder))
    restored = json.loads(machine.does("restore", str(backup), "--json").out)
    assert restored["verification"]["holds"]
    assert machine.does(*FIGURES).out == figures
    assert machine.does("published", "--show", "1").out == published
    assert json.loads(machine.does("verify", "--against", str(witness), "--json").out)["holds"]
    machine.does("submit", str(undisturbed.months[2].path))
    assert len(witness.read_text().splitlines()) == 5
