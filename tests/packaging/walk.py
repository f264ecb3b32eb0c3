"""From an empty server to a first figure and a backup that was put back, by typing what the page says alone.

`make walk` runs it twice: with the package, and without. It is on no machine but one that it makes for itself.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.packaging import machine
from tests.packaging.page import Command, File, steps
from tests.unit.intake.files import row, write

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/how-to/run-on-a-server.md"
LAST = "The units"
"""The section at which the walk is over."""
PACKAGE, SOURCES = "The package", "Without the package"
OTHER = {PACKAGE: SOURCES, SOURCES: PACKAGE}
ENDED = {"DISD": "2017-07-20", "DISRSN": "80", "MODEND": "2017-07-20"}


def main() -> None:
    """Walk each way that is asked for; end with 1 at the first command that fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--way", choices=("package", "sources", "both"), default="both")
    parser.add_argument("--root", type=Path, help="a clean Debian that is ready, to be copied")
    parser.add_argument("--then", type=Path, help="a script of bash to run in the machine afterwards")
    given = parser.parse_args()
    machine.require()
    for way, section in (("package", PACKAGE), ("sources", SOURCES)):
        if given.way in {way, "both"}:
            walk(section, given.root, given.then)


def walk(section: str, ready: Path | None, then: Path | None) -> None:
    """Walk the page once, with one of its two ways to install."""
    typed = [*steps(PAGE, without={OTHER[section]}, until=LAST)]
    # Not below /tmp, which a machine that boots may empty.
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="recount-walk-") as name:
        root = Path(name) / "root"
        print(f"== {PAGE.relative_to(ROOT)}, {section}: an empty Debian", flush=True)
        machine.make_root(root, ready)
        lay_in(root, section, typed)
        with machine.booted(root) as booted:
            wheels = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/opt/wheels"}
            start = "cd recount\n" if section == SOURCES else ""
            booted.run(start + "".join(step.script() for step in typed), **wheels)
            print(f"\n== Walked: {len(typed)} steps, {section}.", flush=True)
            if then:
                booted.run(then.read_text(), **wheels)


def lay_in(root: Path, section: str, typed: Iterable[Command | File]) -> None:
    """What whoever sits before the server has: the package or the sources, an agency's file, and packages."""
    home = root / "root"
    write(home, [row(CLIENT="C1") | ENDED, row(CLIENT="C2", SINITIAL="Y")], first="20170701", last="20170731")
    packages = [word for step in typed if isinstance(step, Command) for word in wanted(step.line)]
    if section == PACKAGE:
        for package in (ROOT / "dist").glob("recount_*.deb"):
            subprocess.run(["cp", package, home], check=True)
        packages = [f"/root/{path.name}" for path in home.glob("*.deb")] + packages
    else:
        lay_in_sources(root, home / "recount")
    machine.download(root, *packages)


def wanted(line: str) -> list[str]:
    """The packages of Debian that a command installs."""
    words = line.split()
    if words[:2] != ["apt-get", "install"]:
        return []
    return [word for word in words[2:] if not word.startswith(("-", "./"))]


def lay_in_sources(root: Path, folder: Path) -> None:
    """The project's files, as they would be committed; and the packages of the lock, as a folder of wheels."""
    folder.mkdir()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True,
    ).stdout  # fmt: skip
    packed = subprocess.Popen(
        ["tar", "-c", "--null", "-T", "-"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert packed.stdin
    packed.stdin.write(listed)
    packed.stdin.close()
    subprocess.run(["tar", "-x", "--no-same-owner", "-C", folder], stdin=packed.stdout, check=True)
    wheels = root / "opt/wheels"
    wheels.mkdir(parents=True)
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    subprocess.run([*pip, "download", "--require-hashes", "-r", ROOT / "requirements.lock", "-d", wheels], check=True)


if __name__ == "__main__":
    main()
