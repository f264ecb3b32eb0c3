"""Standings in a file that processes map: one of the database, whole, or none."""

import os
import signal
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from domain.episode.events import FactEvent
from domain.episode.facts import Start
from domain.log.database import reading
from domain.log.tables import create_all
from domain.register import Register
from projections.projector.rebuild import rebuild
from projections.standings.cache import LoadedStandings, StandingsCache
from projections.standings.columns import NAMES, StandingColumns, Stretches
from projections.standings.shared_columns import SharedColumns
from projections.standings.shared_faults import newest_shared, shared_faults
from projections.standings.stored import DatabaseState, load_slices
from tests.conftest import Clock
from tests.generators import told_by_chance
from tests.ledger import Ledger, a_register, record

SEED = 22
"""Of a log in which nobody is erased."""
WRITES = """
import resource, signal, sys
from pathlib import Path
from domain.log.database import make_engine, reading
from projections.standings.cache import StandingsCache
from projections.standings.shared_columns import SharedColumns
from projections.standings.shared_faults import newest_shared, shared_faults
from projections.standings.stored import DatabaseState, load_slices

engine = make_engine(sys.argv[1])
with reading(engine) as connection:
    StandingsCache().at(connection)  # whatever the database has to write for it, it has written
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
    StandingsCache(SharedColumns(Path(sys.argv[2]))).at(connection)
"""
"""A process that makes a file, and that the kernel kills once it has written so many bytes of it."""


@pytest.fixture
def ledger() -> Ledger:
    return told_by_chance(Random(SEED), 12)


@pytest.fixture
def filled(engine: sa.Engine, clock: Clock, ledger: Ledger) -> Register:
    register = a_register(engine, clock)
    record(register, ledger.commits)
    return register


@pytest.fixture
def stem(tmp_path: Path) -> Path:
    return tmp_path / "shared" / "standings"


def loaded(engine: sa.Engine, stem: Path | None = None) -> LoadedStandings:
    """What a process has that begins now."""
    with reading(engine) as connection:
        return StandingsCache(SharedColumns(stem) if stem else None).at(connection)


def erase_one(register: Register, ledger: Ledger) -> None:
    """Record that somebody who stands somewhere is erased."""
    known = len(ledger.commits)
    said = (one.event for one in ledger.recorded if isinstance(one.event, FactEvent))
    client = next(event.fact.client for event in said if isinstance(event.fact, Start))
    ledger.erase(client, max(commit.submission.occurred_on for commit in ledger.commits) + timedelta(days=1))
    record(register, ledger.commits[known:])


def rows(standings: LoadedStandings) -> Counter[Any]:
    return Counter(standings.standings.rows())


def files(stem: Path) -> list[Path]:
    return sorted(path for path in stem.parent.iterdir() if path.suffix != ".lock")


def is_mapped(standings: LoadedStandings) -> bool:
    """Whether its columns lie in a file, and can only be read."""
    flags = [getattr(standings.base.columns, name).flags for name in NAMES]
    return not any(one.owndata or one.writeable for one in flags)


@contextmanager
def everything_allowed() -> Iterator[None]:
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def test_the_first_makes_a_file_and_the_next_one_maps_it(filled: Register, stem: Path) -> None:
    with everything_allowed():
        first = loaded(filled.engine, stem)
    (file,) = files(stem)
    made = file.stat()
    second = loaded(filled.engine, stem)
    assert is_mapped(first)
    assert is_mapped(second)
    assert rows(first) == rows(second) == rows(loaded(filled.engine))
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (made.st_ino, made.st_mtime_ns)
    assert {stat.S_IMODE(path.stat().st_mode) for path in stem.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(stem.parent.stat().st_mode) == 0o700


def test_what_came_since_lies_beside_until_it_is_much(engine: sa.Engine, clock: Clock, stem: Path) -> None:
    register, commits = a_register(engine, clock), told_by_chance(Random(SEED), 12).commits
    record(register, commits[: len(commits) // 2])
    first = loaded(engine, stem)
    record(register, commits[len(commits) // 2 :])
    second = loaded(engine, stem)
    assert second.base.state == first.snapshot
    assert len(second.since) > 0
    assert rows(second) == rows(loaded(engine))
    with reading(engine) as connection:
        third = StandingsCache(SharedColumns(stem), beside=0).at(connection)
    assert (third.base.state, len(third.since)) == (third.snapshot, 0)
    assert is_mapped(third)
    assert rows(third) == rows(second)
    assert loaded(engine, stem).base.state == third.snapshot


def test_no_byte_may_be_another(filled: Register, stem: Path) -> None:
    """Nor missing; where columns begin there may be bytes between, which say nothing."""
    expected = rows(loaded(filled.engine, stem))
    (file,) = files(stem)
    content, chance = file.read_bytes(), Random(SEED)
    places = sorted({*range(0, 600, 7), *(chance.randrange(len(content)) for _ in range(60)), len(content) - 1})
    noticed = 0
    for place in places:
        altered = bytearray(content)
        altered[place] ^= 1 << chance.randrange(8)
        file.unlink()
        file.write_bytes(altered)
        assert rows(loaded(filled.engine, stem)) == expected
        noticed += file.read_bytes() != altered
    assert noticed > 0.9 * len(places)
    for size in (0, 1, 50, len(content) - 1):
        file.write_bytes(content[:size])
        assert rows(loaded(filled.engine, stem)) == expected
        assert file.stat().st_size == len(content)


def test_what_others_may_write_is_not_read(filled: Register, stem: Path) -> None:
    loaded(filled.engine, stem)
    (file,) = files(stem)
    file.chmod(0o620)
    with file.open("rb") as before:  # so that no other file gets its number
        assert is_mapped(loaded(filled.engine, stem))
        assert file.stat().st_ino != os.fstat(before.fileno()).st_ino
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_of_another_log_is_not_read(
    filled: Register, clock: Clock, ledger: Ledger, stem: Path, new_engine: Any
) -> None:
    """As when a backup was put back and the log went on: here it says the same at the same positions."""
    other = new_engine(f"sqlite:///{stem.parent.parent / 'other.db'}")
    create_all(other)
    record(a_register(other, clock), ledger.commits)
    theirs = loaded(other, stem)
    (file,) = files(stem)
    with file.open("rb") as before:
        ours = loaded(filled.engine, stem)
        assert file.stat().st_ino != os.fstat(before.fileno()).st_ino
    assert ours.snapshot == theirs.snapshot
    assert is_mapped(ours)


def test_an_erasure_leaves_no_file(engine: sa.Engine, clock: Clock, stem: Path) -> None:
    register, ledger = a_register(engine, clock), told_by_chance(Random(SEED), 12)
    record(register, ledger.commits)
    before = loaded(engine, stem)
    erase_one(register, ledger)
    (old,) = files(stem)
    after = loaded(engine, stem)
    assert not old.exists()
    assert rows(after) == rows(loaded(engine)) != rows(before)
    gone = set(before.standings.client.tolist()) - set(after.standings.client.tolist())
    assert gone
    assert not any(
        number.to_bytes(8, "little", signed=True) in path.read_bytes() for path in files(stem) for number in gone
    )
    assert SharedColumns(stem).clear()
    assert files(stem) == []


def test_who_reads_what_was_before_an_erasure_shows_it_to_nobody(engine: sa.Engine, clock: Clock, stem: Path) -> None:
    register, ledger = a_register(engine, clock), told_by_chance(Random(SEED), 12)
    record(register, ledger.commits)
    with reading(engine) as connection:
        expected = StandingsCache().at(connection)
        erase_one(register, ledger)
        late = StandingsCache(SharedColumns(stem)).at(connection)
        assert rows(late) == rows(expected)
        assert files(stem) == []


def test_a_rebuild_leaves_the_new_generation_alone(filled: Register, stem: Path) -> None:
    before = loaded(filled.engine, stem)
    rebuild(filled.engine, filled.mapper)
    after = loaded(filled.engine, stem)
    assert rows(after) == rows(before)
    assert [path.name.split("-")[1] for path in files(stem)] == [str(after.snapshot.generation)]
    assert after.snapshot.generation > before.snapshot.generation


@pytest.mark.parametrize("written", [0, 100, 1_500])
def test_a_writer_that_is_killed_leaves_nothing_that_is_read(
    filled: Register, database_url: str, stem: Path, written: int
) -> None:
    child = subprocess.run([sys.executable, "-c", WRITES, database_url, str(stem), str(written)], check=False)
    assert child.returncode == -signal.SIGXFSZ
    assert [path.suffix for path in files(stem)] == [".draft"]
    after = loaded(filled.engine, stem)
    assert rows(after) == rows(loaded(filled.engine))
    assert is_mapped(after)
    assert len(files(stem)) == 1


def test_where_no_file_can_be_made_each_has_its_own(
    filled: Register, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said once, and as long as it is so; what stands in the way is known before it is tried, too."""
    (tmp_path / "a file").touch()
    stem = tmp_path / "a file" / "standings"
    shared = SharedColumns(stem)
    assert shared.obstacle == f"{tmp_path / 'a file'} is no folder"
    with reading(filled.engine) as connection:
        for _ in range(2):
            found = StandingsCache(shared).at(connection)
            assert rows(found) == rows(loaded(filled.engine))
            assert not is_mapped(found)
    [said] = caplog.messages
    assert shared.obstacle in said
    (tmp_path / "a file").unlink()
    with reading(filled.engine) as connection:
        assert is_mapped(StandingsCache(shared).at(connection))
    assert not shared.obstacle


def test_stretches_in_one_are_the_same_rows(filled: Register) -> None:
    standings = loaded(filled.engine).standings
    clients = sorted(set(standings.client.tolist()))
    own = StandingColumns.of(standings)
    some = np.array(clients[::3], np.int64)
    since = standings.take(np.isin(standings.client, some))
    merged = Stretches.of(own.without_clients(some), StandingColumns.of(since)).merged()
    assert len(merged.gone) == 0
    assert Counter(merged.everything.rows()) == Counter(standings.rows())
    for name in ("clients", *NAMES):
        expected, found = getattr(StandingColumns.of(merged.everything), name), getattr(merged, name)
        assert found.dtype == expected.dtype
        assert found.tolist() == expected.tolist()


def test_a_file_says_what_the_tables_say(engine: sa.Engine, clock: Clock, stem: Path) -> None:
    register, ledger = a_register(engine, clock), told_by_chance(Random(SEED), 12)
    half = len(ledger.commits) // 2
    record(register, ledger.commits[:half])
    loaded(engine, stem)
    record(register, ledger.commits[half:])
    assert faults_of(engine, stem) == []


@pytest.mark.parametrize("name", [*NAMES, "clients"])
def test_a_forged_file_is_found(filled: Register, stem: Path, name: str) -> None:
    """Whoever writes another value writes the checksums that belong to it."""
    honest = StandingColumns.of(loaded(filled.engine).standings)
    values = getattr(honest, name).copy()
    values[-1] = values[0] + 1
    with reading(filled.engine) as connection:
        state = DatabaseState.of(connection)
        shared = SharedColumns(stem)
        with shared.turn(wait=True):
            assert shared.write(connection, state, load_slices(connection), replace(honest, **{name: values}))
    assert faults_of(filled.engine, stem)


def faults_of(engine: sa.Engine, stem: Path) -> list[str]:
    with reading(engine) as connection:
        base = newest_shared(connection, SharedColumns(stem))
        assert base
        return list(shared_faults(connection, base))
