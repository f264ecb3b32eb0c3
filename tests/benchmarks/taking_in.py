"""How long it takes to take a month's file in, beside reading it: one that an agency really sends, and the same again.

Three agencies have some 7,000 episodes each, and a month's file has a fifth of them: of nine rows in ten nothing has
changed. It is measured in processor time, since a commit waits for the disk.
"""

import csv
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from domain.periods import ONE_DAY, add_months
from web.services import Services

from .archive import RECEIVED_AFTER, Archive
from .ratios import Row, Timing
from .stage import staged, take

CLIENTS: Final = 14_400
"""Four times a council's, so that what an agency has had before is much more than what is in a month's file."""
MONTHS: Final = 4
READS: Final = 3
"""Readings that are timed together: so long that a quiet moment does not favour them."""


def months_files() -> Iterator[Row]:
    """The files of some months, taken in whole, and the last of them once more for a day longer, each beside reading
    it; the middle one counts, since every month is another.
    """
    archive, first_day = Archive(CLIENTS), date(2019, 1, 1)
    months, again = _Files(), _Files()
    with tempfile.TemporaryDirectory(prefix="recount-bench-") as name, staged() as services:
        folder = Path(name)
        for agency in archive.agencies:
            history = archive.monthly(folder, agency, archive.first_day, first_day - ONE_DAY)
            take(services, history, first_day + timedelta(days=RECEIVED_AFTER))
        for month in range(MONTHS):
            begin = add_months(first_day, month)
            end = add_months(begin, 1) - ONE_DAY
            received_on = end + timedelta(days=RECEIVED_AFTER)
            paths = [archive.monthly(folder, agency, begin, end) for agency in archive.agencies]
            for path in paths:
                months.take(services, path, received_on)
        for path in paths:
            longer = path.with_name(path.name.replace(f"{end:%Y%m%d}", f"{end + ONE_DAY:%Y%m%d}"))
            again.take(services, path.rename(longer), received_on)
    assert not again.changed
    yield months.row(f"a month's file of {months.rows:,} rows, {months.changed:,} facts changed, processor time", 5)
    yield again.row("the same once more for a day longer: nothing changed, processor time", 1.5)


class _Files:
    """Files of one kind, each timed beside reading it."""

    def __init__(self) -> None:
        self.reads, self.takes = Timing(clock=time.process_time), Timing(clock=time.process_time)
        self.rows = self.changed = 0

    def take(self, services: Services, path: Path, received_on: date) -> None:
        """One more."""
        self.reads.run(partial(_read_together, path))
        submission = self.takes.run(partial(take, services, path, received_on))
        self.rows, self.changed = submission.rows, submission.new + submission.amended + submission.withdrawn

    def row(self, what: str, at_most: float) -> Row:
        """The middle one of each."""
        reads, takes = self.reads.times(1 / READS).median, self.takes.median
        return Row(what, Timing([takes]), "list(csv.DictReader(file))", Timing([reads]), at_most=at_most)


def _read_together(path: Path) -> None:
    for _ in range(READS):
        with path.open(encoding="utf-8", newline="") as file:
            list(csv.DictReader(file))
