"""Prints PostgreSQL beside SQLite: the same archive in both, given the same files and asked the same in turn.

It exits 1 if a limit is broken.
"""

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from domain.log.database import reading
from domain.measures.registry import MEASURES, measure_named
from domain.periods import ONE_DAY
from projections.projector.rebuild import rebuild
from projections.projector.verify import verify
from projections.standings.cache import StandingsCache
from projections.standings.slices import Slice
from web.app import create_app
from web.auth.roles import Role
from web.services import Services

from .archive import RECEIVED_AFTER
from .first_looks import pages_after_a_file, take_one_more
from .on_both import Both, InTurn, on_both
from .pages import MEASURE, Person
from .ratios import Row, show
from .serving_on_both import serving
from .stage import take

CLIENTS: Final = 3_600
"""Of one council."""
MONTHS: Final = 7
"""The archive's last, whose files are taken in by both."""
BY_HAND: Final = 4
"""Months of them that are taken in here; the others go to the service, while it is asked."""
RUNS: Final = 5
MOST: Final = 1.4
"""Times as long as SQLite takes, for a month's file."""
AS_SQLITE: Final = 1.5
"""Times as long, where it should be as on SQLite."""


def main() -> int:
    """Measure; 0 if every limit is kept."""
    arguments = _arguments()
    rows: list[Row] = []
    version = "?"
    try:
        for size in arguments.sizes:
            kept = arguments.archives and arguments.archives / f"{size}x"
            with tempfile.TemporaryDirectory(prefix="recount-bench-") as folder:
                _say(f"the archive {size} times, on both")
                with on_both(CLIENTS * size, MONTHS, Path(folder), kept) as both:
                    version = _version(both.postgresql)
                    rows.extend(_of_size(row, size) for row in _all(both, arguments.only))
    finally:
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
        show(rows, f"{machine}, PostgreSQL {version}")
    return 0 if all(row.holds for row in rows) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1], help="how many councils")
    parser.add_argument("--archives", type=Path, help="where archives lie, and stay once they are made; never changed")
    parser.add_argument("--only", default="", help="parts with this in their name")
    return parser.parse_args()


def _version(services: Services) -> str:
    with reading(services.engine) as connection:
        return str(connection.execute(sa.text("SHOW server_version")).scalar_one()).partition(" ")[0]


def _of_size(row: Row, size: int) -> Row:
    return row if size == 1 else replace(row, what=f"{size} councils: {row.what}")


def _all(both: Both, only: str) -> Iterator[Row]:
    """All parts, in this order: each goes on from what the one before left."""
    for part in (files, first_looks, cold, serving, rebuilds, verifications):
        if only in part.__name__:
            _say(part.__name__)
            yield from part(both)


def files(both: Both) -> Iterator[Row]:
    """Some months' files; the last ones once more for a day longer; what another process does to know of each."""
    taking, again, caught_up = InTurn(both), InTurn(both), InTurn(both)
    caches = [StandingsCache(services.shared_columns) for _, services in both.each()]
    for place, services in both.each():
        _catch_up(services, caches[place])
    some = both.later_of(0, BY_HAND)
    for received_on, path in some:
        for place, services in both.each():
            taking.run(place, partial(take, services, path, received_on))
            caught_up.run(place, partial(_catch_up, services, caches[place]))
    last, newest = some[-1][0], [path for received_on, path in some if received_on == some[-1][0]]
    for _ in range(RUNS):
        newest = [longer for path in newest if (longer := _for_a_day_longer(path))]
        for path in newest:
            for place, services in both.each():
                submission = again.run(place, partial(take, services, path, last))
                assert not submission.new + submission.amended + submission.withdrawn
    yield from taking.rows(f"{len(some)} files of {BY_HAND} months, all together", MOST, together=True)
    yield from again.rows(
        f"a month's files {RUNS} times more, each for a day longer: nothing changed", MOST, together=True
    )
    yield from caught_up.rows("another process catches up with each of these files", AS_SQLITE, together=True)


def _for_a_day_longer(path: Path) -> Path | None:
    """The same monthly file under the name of one that covers a day more; None of a file of reviews."""
    if "TREAT" not in path.name:
        return None
    end = date.fromisoformat(path.name.split("-")[2])
    return path.rename(path.with_name(path.name.replace(f"-{end:%Y%m%d}-", f"-{end + ONE_DAY:%Y%m%d}-")))


def _catch_up(services: Services, cache: StandingsCache) -> None:
    with reading(services.engine) as connection:
        cache.at(connection)


def first_looks(both: Both) -> Iterator[Row]:
    """The pages that somebody opens after a file came."""
    people = [_reader(services) for _, services in both.each()]
    with tempfile.TemporaryDirectory(prefix="recount-bench-") as folder:
        for number, (what, path, _at_most) in enumerate(pages_after_a_file(both.archive)):
            looks, timed = [person.look(path) for person in people], InTurn(both)
            for look in looks:
                look()
            for run in range(RUNS):
                for place, services in both.each():
                    take_one_more(services, 1 + number * RUNS + run, Path(folder))
                    timed.run(place, looks[place])
            yield from timed.rows(f"first look: {what}", AS_SQLITE)
    for person in people:
        person.app.extensions["recount"].close()


def _reader(services: Services, who: str = "An early reader") -> Person:
    return Person.signed_in(create_app(services.settings), services, Role.COMMISSIONER, who)


def cold(both: Both) -> Iterator[Row]:
    """The first figure of a process: one asked of the tables, and all measures once the standings are there."""
    from_tables, in_memory, without_file = InTurn(both), InTurn(both), InTurn(both)
    for _ in range(RUNS):
        for place, services in both.each():
            from_tables.run(place, partial(_one_figure, services, both))
            in_memory.run(place, partial(_all_figures, services, both, StandingsCache(services.shared_columns)))
            without_file.run(place, partial(_all_figures, services, both, StandingsCache()))
    yield from from_tables.rows("the first figure of a process: one, from the tables", AS_SQLITE)
    yield from in_memory.rows("the same: all measures, over the file of standings", AS_SQLITE)
    yield from without_file.rows("the same: all measures, where no file of standings is there", AS_SQLITE)


def _one_figure(services: Services, both: Both) -> None:
    with services.snapshot() as snapshot:
        snapshot.figures([measure_named(MEASURE)], snapshot.standpoint(both.archive.last_day), Slice())


def _all_figures(services: Services, both: Both, cache: StandingsCache) -> None:
    of_a_service = Services(services.settings, cache)
    of_a_service.__dict__["engine"] = services.engine  # a process of a service has its connections
    with of_a_service.snapshot() as snapshot:
        snapshot.figures(MEASURES, snapshot.standpoint(both.archive.last_day), Slice())


def rebuilds(both: Both) -> Iterator[Row]:
    """A rebuild, with what it replaced dropped, and the worklists after it."""
    rebuilt, seen = InTurn(both), InTurn(both)
    day = both.archive.last_day
    path = f"/worklists?as_of={day}&known_at={day + timedelta(days=RECEIVED_AFTER)}"
    for run in range(2):
        for place, services in both.each():
            rebuilt.run(place, partial(rebuild, services.engine, services.mapper))
            person = _reader(services, f"A reader after rebuild {run}")
            seen.run(place, person.look(path))
            person.app.extensions["recount"].close()
    yield from rebuilt.rows("a rebuild, with the dropping of the old rows", AS_SQLITE)
    yield from seen.rows("worklists after a rebuild, in a new process", AS_SQLITE)


def verifications(both: Both) -> Iterator[Row]:
    """A verification: the log, read models, 40 standpoints counted again."""
    timed = InTurn(both)
    for place, services in both.each():
        found = timed.run(place, partial(verify, services.engine, services.mapper))
        assert found.holds, found
    yield from timed.rows("a verification: log, read models, 40 standpoints", AS_SQLITE)


def _say(what: str) -> None:
    print(f"... {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
