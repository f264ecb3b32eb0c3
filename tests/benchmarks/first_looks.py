"""The first look at a page after something new came: what follows from all that is known is worked out once more.

Before each look a comment is written, a commit as any other: a service lets go of all that it had worked out. The
yardstick is the bare read of the whole log, which a page would take that went through all of it.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from domain.contract_life.transitions import COMMISSIONER
from domain.improvement.written import WrittenAbout
from domain.log.database import reading
from domain.log.reading import bare_read
from domain.periods import month_ends
from web.app import create_app
from web.auth.roles import Role
from web.clock import today
from web.commands.improvement.author import Author
from web.commands.improvement.meetings import commentary
from web.services import Services

from .archive import Archive
from .pages import MEASURE, NAME, Person
from .ratios import Row, Timing

RUNS: Final = 5
NUMBERS: Final = "numerator=100&denominator=1000"
"""A claim that fits nowhere: other definitions and windows are measured too."""


def first_looks(services: Services, archive: Archive) -> Iterator[Row]:
    """The pages that somebody opens after a new file, each beside the bare read of the log."""
    app = create_app(services.settings)
    person = Person.signed_in(app, services, Role.COMMISSIONER, "An early reader")
    try:
        for what, path, at_most in _pages(archive):
            look, ours, bare = person.look(path), Timing(), Timing()
            look()
            for _ in range(RUNS):
                _say_something(services)
                ours.run(look)
                bare.run(lambda: _read_log(services))
            yield Row(f"first look: {what}", ours, "select and decode of the whole log", bare, at_most=at_most)
    finally:
        app.extensions["recount"].close()


def _pages(archive: Archive) -> Iterator[tuple[str, str, float]]:
    """Each page with the bare reads of the log that it may take."""
    last = list(month_ends(archive.first_day, archive.last_day))[-3]
    newest = archive.last_day + timedelta(days=10)
    seen = f"as_of={last}&known_at={newest}"
    yield "a claim that fits nowhere", f"/figures/{MEASURE}/claim?{seen}&{NUMBERS}", 5
    yield "worklists", f"/worklists?{seen}", 5
    yield "data quality", f"/data-quality?{seen}", 4
    yield "caseload profile", f"/profile?{seen}", 4
    yield "revisions", f"/figures/{MEASURE}/revisions?{seen}&upto={newest}", 3
    yield "home", f"/home?{seen}", 8
    yield "calendar", "/calendar", 7


def _say_something(services: Services) -> None:
    about = WrittenAbout(measure=MEASURE, definition="1", as_of=today(), position=1, numerator=1, denominator=9)
    author = Author(NAME, Role.COMMISSIONER, COMMISSIONER, today(), today())
    commentary.write_comment(services.register, about, "Something new.", author)


def _read_log(services: Services) -> int:
    with reading(services.engine) as connection:
        return bare_read(connection, services.mapper)
