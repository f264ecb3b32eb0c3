"""How long it takes to take a file in."""

import csv
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from .archive import Archive
from .ratios import Row, Timing
from .stage import staged, take

CLIENTS: Final = 3_640
"""So many that the whole history of one agency is a file of 20,000 rows, of 5,800 episodes."""
CHANGED: Final = 20
"""Episodes that differ from the file before: almost none."""
RUNS: Final = 5
READS: Final = 3
"""Readings that are timed together: about as long as taking in, so that a quiet moment favours neither."""


def large_file() -> Iterator[Row]:
    """A file of 20,000 rows of which almost none changed, taken in whole, beside reading it."""
    reads, takes = Timing(), Timing()
    with tempfile.TemporaryDirectory(prefix="recount-bench-") as folder, staged() as services:
        archive = Archive(CLIENTS, agencies=1, seed=2)
        first = _file(archive, Path(folder), 0)
        received_on = archive.last_day + timedelta(days=10)
        take(services, first, received_on)
        rows = 0
        for run in range(1, RUNS + 1):
            path = _file(archive, Path(folder), run)
            reads.run(partial(_read_together, path))
            submission = takes.run(partial(take, services, path, received_on))
            assert submission.new + submission.amended == CHANGED
            rows = submission.rows
    yield Row(
        f"a file of {rows:,} rows taken in, commit included, {CHANGED} episodes changed",
        takes,
        "list(csv.DictReader(file))",
        reads.times(1 / READS),
        at_most=4,
    )


def _file(archive: Archive, folder: Path, run: int) -> Path:
    """The agency's whole history, with the recovery plans of some episodes renewed."""
    (agency,) = archive.agencies
    for record in archive.records[agency][run * CHANGED : (run + 1) * CHANGED] if run else ():
        record.enter(archive.last_day, CPLANDT=f"{archive.last_day - timedelta(days=run):%d/%m/%Y}")
    return archive.monthly(folder, agency, archive.first_day, archive.last_day)


def _read_together(path: Path) -> None:
    for _ in range(READS):
        with path.open(encoding="utf-8", newline="") as file:
            list(csv.DictReader(file))
