"""Asks each peer and Recount the same triangle: cells that differ, seconds, bytes and lines of each."""

import importlib.util
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from domain.log.reading import read
from domain.measures.registry import APPENDIX_C
from domain.standpoint import Standpoint
from projections.standings.in_memory import StandingsEngine
from projections.standings.reference import ReferenceEngine
from projections.standings.slices import Slice
from tests.benchmarks.duckdb_opinion import ThirdOpinion
from web.services import Services

from .window import Counts

HERE: Final = Path(__file__).parent
BENCHMARKS: Final = HERE.parent / "benchmarks"
FULL_SNAPSHOT: Final = "DuckDB, a full snapshot for each load"
MARIADB: Final = "MariaDB, a system-versioned table"
PROJECTION_LOOP: Final = "eventsourcing, a projection loop"
SCRIPTS: Final = {
    "DuckDB": [HERE / "duckdb_figures.py", BENCHMARKS / "duckdb_figures.sql"],
    FULL_SNAPSHOT: [HERE / "duckdb_figures.py", BENCHMARKS / "duckdb_figures.sql"],
    "Polars": [HERE / "polars_figures.py", HERE / "window.py"],
    "pandas": [HERE / "pandas_figures.py", HERE / "window.py"],
    MARIADB: [HERE / f"mariadb_{name}" for name in ("figures.py", "figures.sql", "tables.sql")] + [HERE / "window.py"],
    PROJECTION_LOOP: [HERE / "projection_loop.py", HERE / "window.py"],
}
"""Which lines are counted as a peer's."""
ANOTHER_QUERY: Final = "who, and since which load: by a further query"
WHY: Final = {
    "DuckDB": ANOTHER_QUERY,
    FULL_SNAPSHOT: "who: by a further query; since which load: by comparing all loads between",
    "Polars": ANOTHER_QUERY,
    "pandas": ANOTHER_QUERY,
    MARIADB: ANOTHER_QUERY,
    PROJECTION_LOOP: "who, and by which event of which file: if the projection is written so",
}
"""What a peer can say of why a figure is another one as known later. None knows which rule decided."""


class Peer(Protocol):
    def answers(self, cells: Sequence[tuple[date, int]]) -> list[Counts]: ...


class Outcome(NamedTuple):
    """What one peer came to. Seconds are of the processor, of all threads."""

    name: str
    lines: int
    wrong: int
    asked: int
    prepared: float
    seconds: float
    wall: float
    kept: int


class Triangle(NamedTuple):
    """Month ends and positions, and Recount's figures at each pair of them."""

    cells: list[tuple[date, int]]
    figures: list[Counts]


def export(services: Services, file: Path) -> None:
    """Write the versions of all episodes, each with the positions between which it was known, as CSV."""
    with services.snapshot() as snapshot:
        opinion = ThirdOpinion(read(snapshot.connection, services.mapper, 0))
    opinion.connection.execute(f"copy episode_version to '{file}' (format csv, header)")


def engine_of(services: Services) -> StandingsEngine:
    with services.snapshot() as snapshot:
        return StandingsEngine.load(snapshot.connection, APPENDIX_C)


def triangle(engine: StandingsEngine, days: Sequence[date], positions: Sequence[int]) -> Triangle:
    cells = [(day, position) for day in days for position in positions]
    return Triangle(cells, [_ours(engine, day, position) for day, position in cells])


def _ours(engine: StandingsEngine, day: date, position: int) -> Counts:
    counts = engine.counts(APPENDIX_C, Standpoint(day, None, position), [Slice()]).tolist()
    pairs = {measure.code: tuple(row[0]) for measure, row in zip(APPENDIX_C, counts, strict=True)}
    return {kpi: pair for kpi, pair in pairs.items() if pair != (0, 0)}


def unlike_reference(services: Services, asked: Triangle, every: int) -> tuple[int, int]:
    """How many of Recount's figures the reference engine gives otherwise, and of how many; of each so-manieth pair."""
    with services.snapshot() as snapshot:
        reference = ReferenceEngine(list(read(snapshot.connection, services.mapper, 0)))
    differing = compared = 0
    for (day, position), ours in list(zip(asked.cells, asked.figures, strict=True))[::every]:
        members = reference.everything(Standpoint(day, None, position))
        for measure in APPENDIX_C:
            codes = measure.under(reference.definition_at(day)).part_codes
            cohort = [m.counted for m in members if m.part in codes and Slice().holds(m.slice, adults=measure.adults)]
            differing += (sum(cohort), len(cohort)) != ours.get(measure.code, (0, 0))
            compared += 1
    return differing, compared


class Entry(NamedTuple):
    """A peer that is installed: its name, how it is made, what it keeps on disk beside the log, and its seconds."""

    name: str
    make: Callable[[], Peer]
    kept: Path | None
    seconds: Callable[[], float] = time.process_time


def peers(
    services: Services, versions: Path, folder: Path, loads: Sequence[int], *, with_servers: bool
) -> Iterator[Entry]:
    """Each peer that is installed; a server that it needs runs until the next is asked for."""
    from .duckdb_figures import DuckDbPeer, FullSnapshotPeer
    from .mariadb_figures import MariaDbPeer, is_installed, mariadb_server
    from .projection_loop import ProjectionLoopPeer

    plain, snapshots = folder / "versions.duckdb", folder / "snapshots.duckdb"
    yield Entry("DuckDB", lambda: DuckDbPeer(versions, plain, loads), plain)
    yield Entry(FULL_SNAPSHOT, lambda: FullSnapshotPeer(versions, snapshots, loads), snapshots)
    if importlib.util.find_spec("polars"):
        from .polars_figures import PolarsPeer

        yield Entry("Polars", lambda: PolarsPeer(versions), versions)
    if importlib.util.find_spec("pandas"):
        from .pandas_figures import PandasPeer

        yield Entry("pandas", lambda: PandasPeer(versions), versions)
    if with_servers and is_installed():
        with mariadb_server(folder / "mariadb") as server:
            make = partial(MariaDbPeer, versions, server, loads)
            yield Entry(MARIADB, make, server.table, lambda: time.process_time() + server.seconds())
    yield Entry(PROJECTION_LOOP, lambda: ProjectionLoopPeer(services.register), None)


def compare(entry: Entry, asked: Triangle) -> Outcome:
    begin = entry.seconds()
    peer = entry.make()
    prepared = entry.seconds() - begin
    begin, wall = entry.seconds(), time.perf_counter()
    given = peer.answers(asked.cells)
    seconds, wall = entry.seconds() - begin, time.perf_counter() - wall
    wrong = sum(
        theirs.get(measure.code, (0, 0)) != ours.get(measure.code, (0, 0))
        for theirs, ours in zip(given, asked.figures, strict=True)
        for measure in APPENDIX_C
    )
    cells = len(asked.cells) * len(APPENDIX_C)
    size = entry.kept.stat().st_size if entry.kept else 0
    return Outcome(entry.name, _lines(SCRIPTS[entry.name]), wrong, cells, prepared, seconds, wall, size)


def _lines(files: Sequence[Path]) -> int:
    """Lines that are neither empty nor a comment."""
    lines = (line.strip() for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return sum(bool(line) and not line.startswith(("#", "--")) for line in lines)
