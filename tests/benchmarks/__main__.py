"""Prints the benchmarks, each beside its yardstick; exits 1 if a limit is broken."""

import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np

from .archive import Archive
from .asking import questions
from .disputing import disputes
from .first_looks import first_looks
from .http import over_http
from .memory import files_of_20_mib
from .pages import page_times
from .proving import TreeTime, checks, tree_share
from .ratios import Row, Timing, show
from .rebuilding import rebuilds
from .stage import load_timed, staged
from .taking_in import months_files
from .verifying import verifications

CLIENTS = 3_600
"""So many that ten years of their files are some 60,000 events."""
LAST_FILES = 36
"""The monthly files of the archive's last year."""


def main() -> int:
    """Run all; 0 if every limit is kept."""
    rows: list[Row] = []
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    try:
        rows.extend(_all())  # one by one: what was measured is shown also where a later part fails
    finally:
        show(rows, f"{machine}, numpy {np.__version__}, DuckDB {duckdb.__version__}")
    return 0 if all(row.holds for row in rows) else 1


def _all() -> Iterator[Row]:
    _say("a month's files")
    yield from months_files()
    _say("files of 20 MiB")
    yield from files_of_20_mib()
    archive = Archive(CLIENTS)
    with tempfile.TemporaryDirectory(prefix="recount-bench-") as folder, staged() as services:
        _say("taking a ten-year archive in")
        tree = TreeTime()
        with tree.measured():
            taken = load_timed(services, archive, Path(folder))
        monthly = [seconds for path, seconds in taken if "TREAT" in path.name][-LAST_FILES:]
        yield Row("a month's submission of one agency into a ten-year archive", Timing(monthly))
        yield tree_share(tree.seconds, [seconds for _, seconds in taken])
        _say("questions")
        yield from questions(services, archive)
        _say("certificates")
        yield from checks(services, archive)
        _say("disputes")
        yield from disputes(services, archive)
        _say("the service")
        yield from over_http(services, archive)
        _say("the pages")
        yield from page_times(services, archive)
        _say("first looks")
        yield from first_looks(services, archive)
        _say("rebuilds")
        yield from rebuilds(services)
        _say("verifications")
        yield from verifications(services)


def _say(what: str) -> None:
    print(f"... {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
