"""A clean Debian that boots: a root made by debootstrap, with systemd in it and a network that leads nowhere.

What it needs from the network is laid into it before it boots, so that two can run at once and nothing of them is seen
outside.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

RELEASE = "bookworm"
TOOLS = ("debootstrap", "systemd-nspawn", "nsenter")
SECONDS_TO_BOOT = 90
UNTIL_UP = "until test -S /run/systemd/private; do sleep 0.2; done; systemctl is-system-running --wait"


def require() -> None:
    """End with what is missing, loudly: a walk that did not take place is not one that went well."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if os.geteuid() != 0:
        sys.exit("NOTHING WAS TRIED: a clean Debian can be made, and booted, by root alone.")
    if missing:
        sys.exit(
            f"NOTHING WAS TRIED: {', '.join(missing)} missing. On Debian: apt-get install debootstrap systemd-container"
        )


def make_root(folder: Path, ready: Path | None) -> None:
    """An empty Debian in the folder; a copy of one that is ready, where one is named."""
    if ready:
        subprocess.run(["cp", "-a", ready, folder], check=True)
    else:
        subprocess.run(["debootstrap", RELEASE, folder], check=True, stdout=subprocess.DEVNULL)
    # Nobody misses it after a loss of power.
    (folder / "etc/dpkg/dpkg.cfg.d/walk").write_text("force-unsafe-io\n")


def download(root: Path, *packages: str) -> None:
    """Lay packages and what they need into the root's own store, with this machine's network; install nothing."""
    quietly = (*_nspawn(root), "--pipe", "apt-get", "--quiet=2")
    subprocess.run([*quietly, "update"], check=True)
    subprocess.run([*quietly, "install", "--yes", "--download-only", *packages], check=True, stdout=subprocess.DEVNULL)


class Machine:
    """One that is running."""

    def __init__(self, first: int) -> None:
        self.first = first
        """The process that is the machine's first."""

    def run(self, script: str, **settings: str) -> tuple[int, str]:
        """Run a script of bash as root, in root's folder, up to the first command that fails.

        Shows what it prints, and gives it with the exit code.
        """
        environment = {
            "HOME": "/root",
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
            **settings,
        }
        inside = ("nsenter", "--all", f"--target={self.first}", "/usr/bin/env", "-i")
        assignments = [f"{name}={value}" for name, value in environment.items()]
        running = subprocess.Popen(
            [*inside, *assignments, "/bin/bash", "-euo", "pipefail", "-c", f"cd\n{script}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert running.stdout
        printed = []
        for line in running.stdout:
            printed.append(line)
            print(line, end="", flush=True)
        return running.wait(), "".join(printed)


@contextmanager
def booted(root: Path) -> Iterator[Machine]:
    """The machine of this root, from when systemd is up until it is shut down."""
    container = subprocess.Popen(
        [*_nspawn(root), "--boot", "--private-network", "--console=pipe"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    first = 0
    try:
        first = _first_process(container)
        machine = Machine(first)
        machine.run(UNTIL_UP)
        yield machine
    finally:
        if first:
            # To the first process of a container this means: power off.
            os.kill(first, signal.SIGRTMIN + 4)
        else:
            container.terminate()
        container.wait(timeout=SECONDS_TO_BOOT)


def _nspawn(root: Path) -> tuple[str, ...]:
    """Without a word to this machine's own systemd, which need not run."""
    return (
        "systemd-nspawn",
        "--quiet",
        "--register=no",
        "--keep-unit",
        f"--machine=recount-{os.getpid()}",
        f"-D{root}",
    )


def _first_process(container: "subprocess.Popen[bytes]") -> int:
    """The systemd that the container runs, once it is there."""
    until = time.monotonic() + SECONDS_TO_BOOT
    while time.monotonic() < until and container.poll() is None:
        for pid in _below(container.pid):
            status = Path(f"/proc/{pid}/status").read_text()
            of_each_namespace = status.split("NSpid:", 1)[1].splitlines()[0].split()
            if len(of_each_namespace) > 1 and of_each_namespace[-1] == "1" and "systemd" in status.splitlines()[0]:
                return pid
        time.sleep(0.2)
    sys.exit("NOTHING WAS TRIED: the machine did not boot.")


def _below(pid: int) -> Sequence[int]:
    try:
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
    return [*children, *(one for child in children for one in _below(child))]
