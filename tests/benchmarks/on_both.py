"""The same archive on SQLite and on a PostgreSQL server, and what the same thing takes on each, measured in turn.

The server is started for it, and waits for its disk as one in use does; `TEST_PG_URI` names another. Besides the clock,
the processor's seconds are added up: those of this process and of all processes of the server, where it runs on this
machine. On a busy machine they alone say something.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

import sqlalchemy as sa

from domain.log.database import reading
from domain.periods import month_ends
from projections.projector.rebuild import rebuild
from tests.postgres_server import database
from web.auth.roles import Role
from web.clock import now, today
from web.operations.backup import backup
from web.operations.restore import Restoring, restore
from web.services import Services
from web.settings import DATABASE, KEY_FILES, STANDINGS, Settings

from .archive import Archive
from .ratios import Row, Timing
from .stage import take

T = TypeVar("T")
_TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Both:
    """The same archive on both, the files of its last months, which neither has, and the server's processes."""

    sqlite: Services
    postgresql: Services
    archive: Archive
    later: Sequence[tuple[date, Path]]
    server: "Server"

    def each(self) -> Iterator[tuple[int, Services]]:
        """SQLite, then PostgreSQL."""
        yield from enumerate((self.sqlite, self.postgresql))

    def later_of(self, first: int, end: int) -> list[tuple[date, Path]]:
        """The files of these of the last months, the first of which is 0."""
        months = sorted({received_on for received_on, _ in self.later})[first:end]
        return [file for file in self.later if file[0] in months]


@contextmanager
def on_both(clients: int, months: int, folder: Path, kept: Path | None = None) -> Iterator[Both]:
    """An archive of so many clients on both, without its last months; the one on SQLite is made in `folder`, or copied
    from `kept`, where it stays.
    """
    archive = Archive(clients)
    made = folder / "files"
    made.mkdir()
    files = list(archive.files(made))
    end = list(month_ends(archive.first_day, archive.last_day))[-months - 1]
    before = [file for file in files if _last_day(file[1]) <= end]
    with ExitStack() as stack:
        loaded = kept or folder / "kept"
        if not loaded.exists():
            _load(loaded, before)
        sqlite = stack.enter_context(closing(_on_sqlite(_copied(loaded, folder / "sqlite"))))
        url = stack.enter_context(database("recount_bench", waits_for_disk=True))
        given = {DATABASE: url.render_as_string(hide_password=False), STANDINGS: str(folder / "standings")}
        settings = Settings.from_environment(given | _keys(sqlite.settings))
        postgresql = stack.enter_context(closing(Services(settings)))
        _put(loaded, postgresql, folder / "backup")
        yield Both(sqlite, postgresql, archive, files[len(before) :], Server.of(postgresql.engine))


def _last_day(path: Path) -> date:
    return date.fromisoformat(path.name.split("-")[2])


def _on_sqlite(folder: Path) -> Services:
    return Services(Settings.from_environment({DATABASE: f"sqlite:///{folder}/recount.db"}))


def _load(folder: Path, files: Sequence[tuple[date, Path]]) -> None:
    folder.mkdir(parents=True)
    with closing(_on_sqlite(folder)) as services:
        for received_on, path in files:
            take(services, path, received_on)
        # A rebuilt generation is as on a database that has been in use; both begin with the same.
        rebuild(services.engine, services.mapper)


def _copied(folder: Path, to: Path) -> Path:
    to.mkdir()
    for file in folder.iterdir():
        (to / file.name).write_bytes(file.read_bytes())
    return to


def _keys(settings: Settings) -> dict[str, str]:
    """Those that were made beside the SQLite file."""
    return {name: Path(f"{settings.file}{suffix}").read_text() for name, suffix in KEY_FILES.items()}


def _put(source: Path, target: Services, file: Path) -> None:
    with closing(_on_sqlite(source)) as services:
        backup(services.engine, services.access_engine, file)
    restoring = Restoring(
        file, target.access_engine, target.client_key, None, target.actor, Role.COMMISSIONER, now(), today()
    )
    restore(target.register_of_restored, restoring, [])
    with target.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # A server would tidy up by itself within minutes, just while something else is measured.
        connection.exec_driver_sql("VACUUM ANALYZE")


@dataclass(frozen=True)
class Server:
    """The processes of a PostgreSQL server, by the one that starts all others; None of another machine's."""

    first: int | None

    @classmethod
    def of(cls, engine: sa.Engine) -> "Server":
        """That of a database."""
        with reading(engine) as connection:
            mine: int = connection.execute(sa.select(sa.func.pg_backend_pid())).scalar_one()
        is_here = _name_of(mine).startswith("postgres")
        return cls(_parent_of(mine) if is_here else None)

    def seconds(self) -> float:
        """The processor time of all of them so far, those included that have ended."""
        if self.first is None:
            return 0.0
        own = [self.first, *_children_of(self.first)]
        return sum(map(_ran, own)) + _ended(self.first)


def _stat(process: int) -> list[str]:
    """What the kernel says of a process behind its name, which may have spaces; field 3 is the first."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _name_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text()
    except OSError:
        return ""


def _parent_of(process: int) -> int:
    return int(_stat(process)[1])


def _children_of(parent: int) -> list[int]:
    processes = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    return [one for one in processes if (stat := _stat(one)) and int(stat[1]) == parent]


def _ran(process: int) -> float:
    """Seconds, to the nanosecond."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def _ended(process: int) -> float:
    """Of the children that have ended."""
    stat = _stat(process)
    return (int(stat[13]) + int(stat[14])) / _TICKS


@dataclass
class Spent:
    """What runs of one thing took on one database: seconds of the clock, and of the processor on both sides."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


class InTurn:
    """What the same thing takes on both, one after the other."""

    def __init__(self, both: Both) -> None:
        self.both, self.spent = both, (Spent(), Spent())

    def run(self, place: int, once: Callable[[], T]) -> T:
        """Once more on one of them; what it answers."""
        # Looking at the server's processes takes longer than some of what is measured.
        server = self._server_seconds(place)
        clock, own = time.perf_counter(), time.process_time()
        answer = once()
        clock, own = time.perf_counter() - clock, time.process_time() - own
        its = self.spent[place]
        its.clock.append(clock)
        its.processor.append(own + self._server_seconds(place) - server)
        return answer

    def _server_seconds(self, place: int) -> float:
        return self.both.server.seconds() if place else 0.0

    def rows(self, what: str, at_most: float | None, *, together: bool = False) -> Iterator[Row]:
        """By the processor and by the clock; all runs `together`, where each was of something else."""
        for words, of in (("processor", "processor"), ("clock", "clock")):
            sqlite, postgresql = (
                Timing([sum(its)] if together else its) for its in (getattr(one, of) for one in self.spent)
            )
            yield Row(f"{what}, {words}", postgresql, "on SQLite", sqlite, at_most=at_most)
