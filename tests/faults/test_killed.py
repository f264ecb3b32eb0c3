"""Kill -9 at any moment: afterwards all of a submission is there or nothing, and the next start goes on."""

import subprocess
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import cycle
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.log.database import reading
from domain.log.tables import metadata
from projections.store import generations

from . import service as processes
from .conftest import Undisturbed
from .service import Service, kill, kill_after, kill_when, kills, moments

Says = Callable[[str], None]


class Killing:
    """A service to which months are submitted until each is in, however often a process is killed over it."""

    def __init__(self, new_service: Callable[[], Service], undisturbed: Undisturbed) -> None:
        self.new_service, self.undisturbed = new_service, undisturbed
        self.outcomes: Counter[str] = Counter()
        self.begin()

    def begin(self) -> None:
        """Go on with an empty database that has the first month."""
        self.service = self.new_service()
        self.service.does(*self.undisturbed.months[0].submit)
        self.taken_in = 1

    def submit(self, kill: Callable[["subprocess.Popen[str]"], bool]) -> None:
        """Submit the next month, kill the process, and look what is there."""
        if self.taken_in == len(self.undisturbed.months):
            self.finish()
            self.begin()
        process = self.service.start(*self.undisturbed.months[self.taken_in].submit)
        killed = kill(process)
        assert killed or process.returncode == 0
        before, after = self.undisturbed.after(self.taken_in), self.undisturbed.after(self.taken_in + 1)
        found = self.service.rows()
        self.service.engine.dispose()  # what was written ahead is gone with the last connection
        assert found in (before, after), f"torn: {found}, neither {before} nor {after}"
        assert killed or found == after
        self.outcomes["not killed" if not killed else "nothing" if found == before else "everything"] += 1
        self.taken_in += found == after

    def rebuild(self, kill: Callable[["subprocess.Popen[str]"], bool]) -> None:
        """Rebuild, kill the process, and look what is there."""
        before = self.generation()
        process = self.service.start("rebuild")
        killed = kill(process)
        assert killed or process.returncode == 0
        assert self.service.rows() == self.undisturbed.after(self.taken_in)
        switched = self.generation() != before
        self.outcomes["not killed" if not killed else "the new rows" if switched else "the old rows"] += 1

    def generation(self) -> int:
        with reading(self.service.engine) as connection:
            return generations.live(connection)

    def written_ahead(self) -> int:
        """Bytes in the file in front of a SQLite database, through which every change goes."""
        file = self.service.file.with_name(self.service.file.name + "-wal")
        with suppress(FileNotFoundError):
            return file.stat().st_size
        return 0

    def finish(self) -> None:
        """The next start goes on: the month that was killed over is taken in, and everything agrees."""
        months = self.undisturbed.months
        if self.taken_in < len(months):
            self.service.does(*months[self.taken_in].submit)
            self.taken_in += 1
        assert self.service.rows() == self.undisturbed.after(self.taken_in)
        assert '"already_received": true' in self.service.does(*months[self.taken_in - 1].submit, "--json").out

    def tidy(self) -> None:
        """The next rebuild removes what the killed ones left."""
        self.service.does("rebuild")
        assert self.service.rows() == self.undisturbed.after(self.taken_in)
        with reading(self.service.engine) as connection:
            live = {generations.live(connection)}
            assert set(connection.execute(sa.select(generations.generation.c.number)).scalars()) == live
            for table in metadata.tables.values():
                if "generation" in table.c:
                    assert set(connection.execute(sa.select(table.c.generation).distinct()).scalars()) <= live


@pytest.fixture
def killing(backend: str, new_service: Callable[[str], Service], undisturbed: Undisturbed) -> Killing:
    return Killing(lambda: new_service(backend), undisturbed)


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Says:
    """Prints the outcomes of a long run, past pytest's capture."""

    def say(text: str) -> None:
        if processes.KILLS:
            with capsys.disabled():
                print(f"\n{request.node.name}: {text}")

    return say


def test_a_submission_killed_at_any_moment(killing: Killing, report: Says) -> None:
    times = killing.undisturbed
    for moment in moments(kills(3), 0.9 * times.starting, times.submitting, seed=1):
        killing.submit(partial(kill_after, seconds=moment))
    killing.finish()
    report(str(dict(killing.outcomes)))


def test_a_rebuild_killed_at_any_moment(killing: Killing, report: Says) -> None:
    times = killing.undisturbed
    for number, moment in enumerate(moments(kills(3), 0.6 * times.starting, times.rebuilding, seed=2)):
        killing.rebuild(partial(kill_after, seconds=moment))
        if number % 10 == 4:  # what a killed rebuild left is in nobody's way
            killing.finish()
    killing.finish()
    killing.tidy()
    report(str(dict(killing.outcomes)))


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_submission_killed_while_sqlite_commits(killing: Killing, report: Says) -> None:
    """SQLite writes at the commit and not before: kill when so much of it is written, up to all of it and more."""
    size = 0

    def watch(process: "subprocess.Popen[str]") -> bool:
        nonlocal size
        with reading(killing.service.engine) as connection:  # while somebody reads, what was written ahead stays
            generations.live(connection)
            process.wait(processes.PATIENCE)
            size = killing.written_ahead()
        return kill(process)

    killing.submit(watch)
    assert size

    def is_beyond(part: float) -> bool:
        return killing.written_ahead() > part

    for part in moments(kills(3), 0, 1.2 * size, seed=3):
        killing.submit(partial(kill_when, reached=partial(is_beyond, part)))
    killing.finish()
    report(str(dict(killing.outcomes)))


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_submission_killed_while_sqlite_tidies_up(killing: Killing, report: Says) -> None:
    """What was written ahead goes into the database's file only once it is stored for good."""

    def changed_at() -> int:
        return killing.service.file.stat().st_mtime_ns

    def has_changed_since(before: int) -> bool:
        return changed_at() != before

    for _ in range(kills(2)):
        before = changed_at()
        killing.submit(partial(kill_when, reached=partial(has_changed_since, before)))
    killing.finish()
    report(str(dict(killing.outcomes)))


def test_an_archive_killed_again_and_again(
    service: Service, undisturbed: Undisturbed, tmp_path: Path, report: Says
) -> None:
    """The same manifest, given once more, goes on behind the files that are in."""
    months = undisturbed.months[:4]
    lines = [f"{month.received_on},{month.path}" for month in months]
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("\n".join(["received_on,file", *lines]) + "\n")
    starts = 0
    for moment in cycle((1.3, 1.7, 2.5)):
        process = service.start("submit", "--manifest", str(manifest))
        starts += 1
        if not kill_after(process, moment * undisturbed.starting):
            break
        assert starts < 40, "it does not get on"
    assert process.returncode == 0
    assert starts > 1
    assert service.rows() == undisturbed.after(len(months))
    report(f"{starts} starts for {len(months)} files")
