"""The first look at a page after a file came: what follows from all that is known is worked out once more.

Before each look a file of one person is taken in: a service lets go of all that it had worked out. The yardstick is
the bare read of the whole log, which a page would take that went through all of it.
"""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Final

from domain.log.database import reading
from domain.log.reading import bare_read
from domain.periods import month_ends
from tests.unit.intake.files import csv_text, name, row
from web.app import create_app
from web.auth.roles import Role
from web.services import Services

from .archive import Archive
from .pages import MEASURE, Person
from .ratios import Row, Timing
from .stage import take

RUNS: Final = 5
NUMBERS: Final = "numerator=100&denominator=1000"
"""A claim that fits nowhere: other definitions and windows are measured too."""


def first_looks(services: Services, archive: Archive) -> Iterator[Row]:
    """The pages that somebody opens after a new file, each beside the bare read of the log."""
    app = create_app(services.settings)
    person = Person.signed_in(app, services, Role.COMMISSIONER, "An early reader")
    numbers = count(1)
    with tempfile.TemporaryDirectory(prefix="recount-bench-") as folder, closing(app.extensions["recount"]):
        for what, path, at_most in pages_after_a_file(archive):
            look, ours, bare = person.look(path), Timing(), Timing()
            look()
            for _ in range(RUNS):
                take_one_more(services, next(numbers), Path(folder))
                ours.run(look)
                bare.run(lambda: _read_log(services))
            yield Row(f"first look: {what}", ours, "select and decode of the whole log", bare, at_most=at_most)


def pages_after_a_file(archive: Archive) -> Iterator[tuple[str, str, float]]:
    """Each page with the bare reads of the log that it may take."""
    last = list(month_ends(archive.first_day, archive.last_day))[-3]
    newest = archive.last_day + timedelta(days=10)
    seen = f"as_of={last}&known_at={newest}"
    yield "a claim that fits nowhere", f"/figures/{MEASURE}/claim?{seen}&{NUMBERS}", 2.5
    yield "worklists", f"/worklists?{seen}", 1.5
    yield "data quality", f"/data-quality?{seen}", 1.5
    yield "caseload profile", f"/profile?{seen}", 1.5
    yield "revisions", f"/figures/{MEASURE}/revisions?{seen}&upto={newest}", 3
    yield "home", f"/home?{seen}", 2
    yield "calendar", "/calendar", 1.5


def take_one_more(services: Services, number: int, folder: Path) -> None:
    """A file of one person more, of an agency that nobody else is at."""
    with services.snapshot() as snapshot:
        newest = snapshot.submissions.newest
    assert newest is not None
    days = {"first": f"{newest.received_on:%Y%m01}", "last": f"{newest.received_on:%Y%m%d}"}
    path = folder / name(agency="H0009", **days)
    path.write_text(csv_text([row(AGNCY="H0009", CLIENT=f"N{number}", SINITIAL="X")]), encoding="utf-8")
    take(services, path, newest.received_on)


def _read_log(services: Services) -> int:
    with reading(services.engine) as connection:
        return bare_read(connection, services.mapper)
