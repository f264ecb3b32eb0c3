"""Measures how the product grows: an archive of one council's ten years, and 4 and 16 times as much; exits 1 if a limit
is broken.

What is measured is a list of functions, `MEASUREMENTS`: each is given the services of an archive and yields what it
measured there. It is called once for each size, smallest first, and may write: every run has copies of its own.
"""

import argparse
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from projections.projector.rebuild import rebuild
from web.services import Services
from web.settings import Settings

from .archive import Archive
from .growing import grow
from .growth import SIZES, Measured, by_line, show_growth
from .looks_grow import looks_grow
from .national_read import national_read
from .rebuilding_grows import rebuilding_grows
from .stage import load
from .workers import workers

CLIENTS: Final = 3_600
"""So many that ten years of their files are some 60,000 events."""
MEASUREMENTS: Final[Sequence[Callable[[Services], Iterator[Measured]]]] = (
    rebuilding_grows,
    workers,
    looks_grow,
    national_read,
)
"""All that is measured, in the order of the table."""


def main() -> int:
    """Measure; 0 if every limit is kept."""
    arguments = _arguments()
    measured: list[tuple[int, Measured]] = []
    try:
        for size, one in _all(arguments.sizes, arguments.archives, arguments.only):
            measured.append((size, one))
    finally:
        lines = by_line(measured)
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
        show_growth(lines, arguments.sizes, machine)
    return 0 if all(line.holds for line in lines) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", choices=SIZES, default=SIZES)
    parser.add_argument("--archives", type=Path, help="where archives lie, and stay once they are made; never changed")
    parser.add_argument("--only", default="", help="measurements with this in their name")
    return parser.parse_args()


def _all(sizes: Sequence[int], archives: Path | None, only: str) -> Iterator[tuple[int, Measured]]:
    with tempfile.TemporaryDirectory(prefix="recount-scale-") as folder:
        kept = archives or Path(folder) / "archives"
        for size in sizes:
            _say(f"the archive {size} times")
            copy = shutil.copytree(_archive(kept, size), Path(folder) / str(size))
            with closing(_services(copy)) as services:
                for measure in MEASUREMENTS:
                    if only in measure.__name__:
                        _say(f"{measure.__name__} of it")
                        yield from ((size, one) for one in measure(services))
            shutil.rmtree(copy)


def _archive(kept: Path, size: int) -> Path:
    """The folder of an archive, which is made where it is not there."""
    place = kept / f"{size}x"
    if place.exists():
        return place
    draft = kept / f"{size}x.draft"
    draft.mkdir(parents=True)
    with closing(_services(draft)) as services:
        if size == 1:
            with tempfile.TemporaryDirectory() as files:
                load(services, Archive(CLIENTS), Path(files))
        else:
            with closing(_services(_archive(kept, 1))) as once:
                grow(once, services, size)
            rebuild(services.engine, services.mapper)
    return draft.rename(place)


def _services(folder: Path) -> Services:
    return Services(Settings.from_environment({"RECOUNT_DATABASE": f"sqlite:///{folder}/recount.db"}))


def _say(what: str) -> None:
    print(f"... {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
