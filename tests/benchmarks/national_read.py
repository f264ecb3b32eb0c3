"""A national read as England grows: what a council's export takes, and what is asked of nine councils, 36 and 144.

Every council is a copy of one council's ten years, with all its days moved by another number of days, so that no file
and hardly a row is another's. `python -m tests.benchmarks.national_read ARCHIVE` does it at full size: 150 councils of
two or three such copies each, more than 60 million rows.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from domain.contract_life.targets import Goal
from domain.measures.registry import APPENDIX_C, measure_named
from domain.periods import Period, add_months, month_ends
from projections.national.counts import counts_of, triangle_of
from projections.national.export import END
from projections.national.folder import MANIFEST, CouncilManifest, PartFile, council_folder, read_manifest
from projections.performance.targets import Whose
from projections.standings.cache import StandingsCache
from web.commands.administration.national import export
from web.commands.contract_life.targets import TargetDecision, set_target
from web.services import Services
from web.settings import DATABASE, Settings

from .first_looks import take_one_more
from .growth import SIZES, Measured, processor_seconds

COUNCILS_A_SIZE: Final = 9
"""Councils beside each other for each council that the archive is made of."""
ENGLAND: Final = 150
COPIES: Final = (2, 3)
"""Copies that a council of England is made of, in turn: so that all have some 60 million standings."""
RUNS: Final = 3
MONTHS: Final = 24
LINEAR: Final = 1.05
MOST_OF_NOTHING: Final = 0.05
"""Seconds for an export of which nothing has changed, however large the council."""
AS_OF: Final = date(2018, 12, 31)
_DAYS: Final = ("as_of", "until", "known_from", "known_until")
_END: Final = (END - date(1970, 1, 1)).days


def national_read(services: Services) -> Iterator[Measured]:
    """The export of the archive as one council; all KPIs of all councils at one standpoint; one council's triangle."""
    with tempfile.TemporaryDirectory(prefix="recount-nation-") as folder:
        kept = Path(folder) / "one"
        written = processor_seconds(lambda: export(services, kept, "X"))
        yield Measured("a council's export of the whole archive, processor time", written, exponent=LINEAR)
        size = max(1, round(written_standings(kept) / STANDINGS_ONCE))
        nation = Path(folder) / "nation"
        for number in range(COUNCILS_A_SIZE * size):
            copied(kept, nation, f"N{number:03d}", (number,))
        asked = min(processor_seconds(lambda: all_kpis(nation)) for _ in range(RUNS))
        yield Measured("all KPIs of nine councils a size, one standpoint, processor time", asked, exponent=LINEAR)
        triangle = min(processor_seconds(lambda: one_triangle(nation)) for _ in range(RUNS))
        yield Measured("one of these councils' triangle, 24 months, processor time", triangle)
        yield from _after_commits(services, kept, Path(folder))


def _after_commits(services: Services, kept: Path, folder: Path) -> Iterator[Measured]:
    """What a service writes of what is there already: after one person more, and after a target."""
    with closing(Services(services.settings, StandingsCache())) as service:

        def written_after(commit: Callable[[int], object]) -> float:
            return min(_export_after(service, kept, partial(commit, number)) for number in range(RUNS))

        person = written_after(lambda number: take_one_more(service, number, folder))
        yield Measured("a service's export after one person more, processor time", person, exponent=LINEAR)
        target = written_after(partial(_agree_target, service))
        yield Measured("a service's export after a target, processor time", target, (MOST_OF_NOTHING,) * len(SIZES))


def _export_after(service: Services, kept: Path, commit: Callable[[], object]) -> float:
    commit()
    with service.snapshot():  # brings up what the service keeps, which it does anyhow for whoever looks next
        pass
    return processor_seconds(lambda: export(service, kept, "X"))


def _agree_target(service: Services, number: int) -> None:
    decision, year = TargetDecision("ann", "commissioner", AS_OF, AS_OF), Period(AS_OF, AS_OF)
    goal = Goal.level(Decimal(number + 1))
    set_target(service.register, measure_named("4.0"), Whose(None, None), year, goal, decision)


STANDINGS_ONCE: Final = 174_000
"""About so many standings are in the archive of one council."""


def written_standings(folder: Path) -> int:
    """How many standings the one council of a folder has."""
    return _manifest(folder, "X").standings


def all_kpis(nation: Path) -> int:
    """Ask for all KPIs of all councils; how many figures there are."""
    return len(counts_of(nation, APPENDIX_C, AS_OF, None)[1])


def one_triangle(nation: Path) -> int:
    """Ask for a council's triangle; how many cells have anybody in them."""
    days = list(month_ends(add_months(AS_OF, -MONTHS), AS_OF))[-MONTHS:]
    return len(triangle_of(nation, "N001", measure_named("4.0"), days)[1])


def copied(kept: Path, nation: Path, council: str, moved_by: tuple[int, ...]) -> int:
    """A council made of copies of another one, each with its days moved; how many rows it has."""
    one, home = _manifest(kept, "X"), council_folder(nation, council)
    files = []
    for file in one.files:
        table = pq.read_table(council_folder(kept, "X") / file.path, partitioning=None)
        copies = pa.concat_tables([_moved(table, days) for days in moved_by])
        path = home / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(copies.sort_by("as_of"), path, compression="zstd")
        data = path.read_bytes()
        standings, checksum = file.standings * len(moved_by), sha256(data).hexdigest()
        files.append(PartFile(file.part, file.path, standings, len(copies), len(data), checksum))
    manifest = msgspec.structs.replace(one, council=council, files=tuple(files))
    (home / MANIFEST).write_bytes(msgspec.json.encode(manifest))
    return sum(file.rows for file in files)


def _moved(table: pa.Table, days: int) -> pa.Table:
    for name in _DAYS:
        values = np.asarray(table[name].cast(pa.int32()))
        moved = np.where(values == _END, _END, values + days).astype(np.int32)
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(moved).cast(pa.date32()))
    return table


def _manifest(folder: Path, council: str) -> CouncilManifest:
    manifest = read_manifest(folder, council)
    assert manifest is not None
    return manifest


def england(archive: Path, councils: int) -> None:
    """Write so many councils of England out of one archive's export, ask, and print what it took."""
    with tempfile.TemporaryDirectory(prefix="recount-england-") as folder:
        kept, nation = Path(folder) / "one", Path(folder) / "nation"
        services = Services(Settings.from_environment(os.environ | {DATABASE: f"sqlite:///{archive}/recount.db"}))
        with closing(services):
            export(services, kept, "X")
        rows = sum(copied(kept, nation, f"N{n:03d}", tuple(range(n, n + COPIES[n % 2]))) for n in range(councils))
        size = sum(path.stat().st_size for path in nation.rglob("*.parquet"))
        print(f"{councils} councils, {rows:,} rows, {size / 1e6:,.0f} MB")
        for name, ask in (("all KPIs, first", all_kpis), ("all KPIs, again", all_kpis), ("a triangle", one_triangle)):
            print(name, *_took(lambda ask=ask: ask(nation)))  # type: ignore[misc]


def _took(ask: Callable[[], int]) -> tuple[str, str, str]:
    begin, found = perf_counter(), 0

    def once() -> None:
        nonlocal found
        found = ask()

    processor = processor_seconds(once)
    return f"{found:,} answers", f"{processor:.2f} s of the processor", f"{perf_counter() - begin:.2f} s"


if __name__ == "__main__":
    england(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else ENGLAND)
