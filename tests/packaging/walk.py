"""From an empty server to a first figure and a backup that was put back, by typing what the pages say alone.

`make walk` runs it with the package that `make deb` has made: then the package's next version is put in its place, a
second council is added, and what the program of commit 691dc8d wrote is brought up to date. It is on no machine but one
that it makes for itself, and compares what each command prints with what the page says that it prints.
"""

import argparse
import json
import lzma
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.packaging.machine import Machine, booted, download, make_root, require
from tests.packaging.page import Command, Step, outputs, steps
from tests.unit.intake.files import row, write

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs/how-to"
PAGE, UPGRADE, COUNCIL = (PAGES / f"{name}.md" for name in ("run-on-a-server", "upgrade", "add-a-council"))
OLD = ROOT / "tests/migrations/written_by_691dc8d"
LAST = "The units"
"""The section at which the walk is over."""
PACKAGE, SOURCES = "The package", "Without the package"
OTHER = {PACKAGE: SOURCES, SOURCES: PACKAGE}
ENDED = {"DISD": "2017-07-20", "DISRSN": "80", "MODEND": "2017-07-20"}


def main() -> None:
    """Walk each way that is asked for; end with 1 at the first command that fails, or prints something else."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--way", choices=("package", "sources", "both"), default="package")
    parser.add_argument("--root", type=Path, help="a clean Debian that is ready, to be copied")
    parser.add_argument("--package", type=Path, help="another package than the newest in dist/")
    given = parser.parse_args()
    require()
    for way, section in (("package", PACKAGE), ("sources", SOURCES)):
        if given.way in {way, "both"}:
            walk(section, given.root, given.package)


def walk(section: str, ready: Path | None, package: Path | None) -> None:
    """Walk the page once, with one of its two ways to install; and on from there where it is the package."""
    typed = server(section)
    # Not below /tmp, which a machine that boots may empty.
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="recount-walk-") as name:
        root = Path(name) / "root"
        print(f"== An empty Debian, and {PAGE.name} ({section})", flush=True)
        make_root(root, ready)
        lay_in(root, section, typed, package)
        with booted(root) as machine:
            follow(machine, typed, folder="recount" if section == SOURCES else ".")
            if section == PACKAGE:
                go_on(machine, root)
    print(f"\n== Walked: {section}.", flush=True)


def go_on(machine: Machine, root: Path) -> None:
    """The package's next version, a second council, and the oldest database."""
    upgrade = [*steps(UPGRADE, of="With the Debian package")]
    print(f"\n== {UPGRADE.name}", flush=True)
    put_newer(root)
    follow(machine, upgrade)
    print(f"\n== {COUNCIL.name}", flush=True)
    follow(machine, [*steps(COUNCIL)])
    for line in NOBODY_CAN:
        if machine.run(line)[0] == 0:
            sys.exit(f"\nONE COUNCIL GOT AT ANOTHER'S.\n$ {line}")
    print(f"\n== {UPGRADE.name}, with what {OLD.name.replace('_', ' ')}", flush=True)
    put_old(machine, root)
    put_newer(root)
    # Its backup is what that program itself would have made.
    follow(machine, upgrade[1:])
    code, said = machine.run(f"recount {OLD_QUESTION} --json")
    then = json.loads(unpacked("answers.json"))[OLD_QUESTION]
    if code or numbers(json.loads(said)) != numbers(then):
        sys.exit("\nITS FIGURES ARE NOT WHAT THEY WERE.")


def server(section: str) -> list[Step]:
    """What the page of the server lets one type, with one of its two ways to install."""
    return [*steps(PAGE, without={OTHER[section]}, until=LAST)]


def follow(machine: Machine, typed: Sequence[Step], folder: str = ".") -> None:
    """Type it in one terminal, and hold what is printed against the page; end the walk where it differs."""
    script = f"cd {folder}\n" + "".join(step.script() for step in typed)
    code, printed = machine.run(script, PIP_NO_INDEX="1", PIP_FIND_LINKS="/opt/wheels")
    if code:
        machine.run("journalctl --no-pager --lines 50 --unit 'recount*' --unit nginx --unit 'postgresql*'")
        sys.exit(f"\nIT FAILED with {code}: see the last command above the journal.")
    for step, output in zip(typed, outputs(printed), strict=True):
        if not step.holds(output):
            assert isinstance(step, Command)
            sys.exit(f"\nIT PRINTED SOMETHING ELSE.\n$ {step.line}\nThe page:\n{step.printed}\nThe machine:\n{output}")


def put_newer(root: Path) -> None:
    """The package once more with the next revision in its version, in the place of the one in root's folder."""
    (older,) = (root / "root").glob("recount_*.deb")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["dpkg-deb", "--raw-extract", older, folder], check=True)
        control = Path(folder) / "DEBIAN/control"
        version, revision = re.findall(r"^Version: (.*)-(\d+)$", control.read_text(), re.MULTILINE)[0]
        newer = f"{version}-{int(revision) + 1}"
        control.write_text(control.read_text().replace(f"{version}-{revision}", newer))
        older.unlink()
        subprocess.run(
            ["dpkg-deb", "-Znone", "--build", folder, root / f"root/recount_{newer}_next.deb"],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip


def put_old(machine: Machine, root: Path) -> None:
    """What the program of commit 691dc8d wrote, with its keys, in the place of the first council's database."""
    home = root / "root"
    (home / "old.sql").write_bytes(unpacked("recount.sql"))
    shutil.copy(OLD / "recount.db.stop-list", home / "old.stop-list")
    keys = json.loads((OLD / "keys.json").read_text())
    (home / "old.env").write_text("".join(f'{name}="{value}"\n' for name, value in keys.items()))
    code, _ = machine.run(PUT_OLD)
    if code:
        sys.exit("\nTHE OLD DATABASE COULD NOT BE LAID IN.")


def unpacked(name: str) -> bytes:
    return lzma.decompress((OLD / f"{name}.xz").read_bytes())


PUT_OLD = """
systemctl stop recount.service
runuser -u postgres -- dropdb recount
runuser -u postgres -- createdb --owner recount --encoding UTF8 --template template0 recount
runuser -u recount -- psql --quiet --set ON_ERROR_STOP=1 --single-transaction recount < old.sql > /dev/null
sed -i '/_KEY=/,$d' /etc/recount.env
cat old.env >> /etc/recount.env
install -o recount -m 600 old.stop-list /var/lib/recount-keys/stop-list
"""
OLD_QUESTION = "figures --as-of 2017-02-28 --known-at 2017-03-10"


def numbers(figures: dict[str, Any]) -> dict[str, tuple[int | None, int | None]]:
    """By measure, of those that the old program had."""
    counted = {one["measure"]: (one["numerator"], one["denominator"]) for one in figures["figures"]}
    return {measure: both for measure, both in counted.items() if measure[0] not in "BH"}


# Each has to fail.
NOBODY_CAN = tuple(
    f"cd / && runuser -u {who} -- {shlex.join(command)}"
    for who, command in (
        ("recount-herefordshire", ("psql", "--command", "SELECT 1", "recount")),
        ("recount", ("psql", "--command", "SELECT 1", "herefordshire")),
        ("recount-herefordshire", ("ls", "/var/lib/recount", "/var/backups/recount")),
        ("recount", ("ls", "/var/lib/recount-herefordshire")),
        ("recount", ("cat", "/etc/recount/herefordshire.env")),
        ("recount-herefordshire", ("cat", "/etc/recount.env")),
    )
)


def lay_in(root: Path, section: str, typed: Iterable[Step], package: Path | None) -> None:
    """What whoever sits before the server has: the package or the sources, an agency's file, and packages."""
    home = root / "root"
    write(home, [row(CLIENT="C1") | ENDED, row(CLIENT="C2", SINITIAL="Y")], first="20170701", last="20170731")
    packages = [word for step in typed if isinstance(step, Command) for word in wanted(step.line)]
    if section == PACKAGE:
        packages.append(f"/root/{Path(shutil.copy(package or newest_package(), home)).name}")
    else:
        lay_in_sources(root, home / "recount")
    download(root, *packages)


def newest_package() -> Path:
    """What `make deb` made last."""
    made = sorted((ROOT / "dist").glob("recount_*.deb"), key=lambda path: path.stat().st_mtime)
    if not made:
        sys.exit("NOTHING WAS TRIED: there is no package in dist/. Make one: make deb")
    return made[-1]


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
    packed = subprocess.run(["tar", "-c", "--null", "-T", "-"], cwd=ROOT, input=listed, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "--no-same-owner", "-C", folder], input=packed.stdout, check=True)
    wheels = root / "opt/wheels"
    wheels.mkdir(parents=True)
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    subprocess.run([*pip, "download", "--require-hashes", "-r", ROOT / "requirements.lock", "-d", wheels], check=True)


if __name__ == "__main__":
    main()
