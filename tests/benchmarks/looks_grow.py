"""First looks as archives grow: a page after a file came, and what a process takes that has read nothing yet.

Processor time, each at its best. The files that come are of one person each: a larger one adds what its people take.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Final

from web.app import create_app
from web.auth.roles import Role
from web.services import Services

from .archive import Archive
from .first_looks import pages_after_a_file, take_one_more
from .growth import Measured, processor_seconds
from .pages import Person

CLIENTS: Final = 3_600
RUNS: Final = 3
CLAIM: Final = "a claim that fits nowhere"
AFTER_A_FILE: Final[Sequence[float | None]] = (0.2, None, 1.0)
"""Seconds, of one council and of sixteen."""
CLAIM_AFTER_A_FILE: Final[Sequence[float | None]] = (0.3, None, 1.0)
CLAIM_ANEW: Final[Sequence[float | None]] = (None, None, 2.0)


def looks_grow(services: Services) -> Iterator[Measured]:
    """Each page's first look after a file, and the first of a process."""
    app = create_app(services.settings)
    reader = Person.signed_in(app, services, Role.COMMISSIONER, "A reader of ever more")
    numbers = count(1)
    with tempfile.TemporaryDirectory(prefix="recount-scale-") as folder, closing(app.extensions["recount"]):
        for what, path, _ in pages_after_a_file(Archive(CLIENTS)):
            look = reader.look(path)
            yield Measured(f"{what}, first of a process", processor_seconds(look), CLAIM_ANEW if what == CLAIM else ())
            took = [_after_a_file(services, next(numbers), Path(folder), look) for _ in range(RUNS)]
            limits = CLAIM_AFTER_A_FILE if what == CLAIM else AFTER_A_FILE
            yield Measured(f"{what}, after a file", min(took), limits)


def _after_a_file(services: Services, number: int, folder: Path, look: Callable[[], object]) -> float:
    take_one_more(services, number, folder)
    return processor_seconds(look)
