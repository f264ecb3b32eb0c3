"""Processes that a rebuild works with: they do not outlive it, and their death is an error that one can act on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from domain.errors import WorkersUnavailable
from projections.projector.in_processes import processes
from tests.faults.service import wait_until

LEFT_ALONE = """
import os, time
from projections.projector.in_processes import processes

if __name__ == "__main__":
    with processes(1) as beside:
        print(beside.pool.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""


def test_results_come_in_the_order_of_the_tasks_and_a_death_is_said() -> None:
    with processes(2) as beside:
        numbers = list(range(-9, 9))
        assert list(beside.in_order((abs, number) for number in numbers)) == list(map(abs, numbers))
        with pytest.raises(WorkersUnavailable, match="fewer --jobs"):
            list(beside.in_order([(os._exit, 1)]))


def test_none_stays_when_who_gave_it_work_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "left_alone.py"
    script.write_text(LEFT_ALONE)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{child}").exists(), 30)
