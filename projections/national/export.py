"""A council's standings as Parquet: what a count needs, and nobody's number.

A row stands for all standings that are alike: part, counted or not, adult or not, and the rectangle of days. There is
no client, no journey, no agency and no area in it. A position means nothing outside of its own log, so the rows say on
which day something became known: `known_from <= known_at < known_until` holds of a day just where the positions hold
of what the day resolves to (`Submissions.standpoint`). What became known and was corrected on the same day is in no
answer for a day, and in no row.
"""

import fcntl
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa
from numpy.typing import NDArray

from domain.errors import Refused
from domain.log.reading import commitment_at
from domain.measures.fingerprint import fingerprint
from projections.standings.calculation import COUNTED, Standings
from projections.standings.calculation.arrays import Ints
from projections.standings.columns import CODES, StandingColumns, Stretches
from projections.standings.slices import Slices
from projections.standings.stored import erased_rows, load_slices, parts_since, read_standings
from projections.store.submissions import Submissions

from .folder import (
    FORMAT,
    MANIFEST,
    CouncilManifest,
    CouncilState,
    KnowledgeDay,
    PartFile,
    council_folder,
    is_as_written,
    read_manifest,
)

END: Final = date.max
"""The day before which stands what nothing has ended."""
_FILE: Final = "standings.parquet"
_EPOCH: Final = date(1970, 1, 1).toordinal()
_KEYS: Final = ("counted", "adult", "as_of", "until", "known_from", "known_until")
PEOPLE: Final = "people"
"""The column that says how many standings a row is."""


@contextmanager
def writers_turn(folder: Path, council: str) -> Iterator[None]:
    """One writes a council's files at a time; whoever takes the turn before the snapshot writes what is newest.

    Raises:
        Refused: its name cannot be one.
        OSError: nothing can be written there.
    """
    home = council_folder(folder, council)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    turn = os.open(home / ".turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
    finally:
        os.close(turn)


def take_away(folder: Path, council: str, key: str) -> None:
    """Take a council out of a folder, where it is this database's: its figures are absent then, and not old."""
    before = read_manifest(folder, council)
    if before is not None and before.key == key:
        (council_folder(folder, council) / MANIFEST).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class ExportedSnapshot:
    """What is written: the standings of one snapshot. `rows` are all of them, where the process keeps them."""

    connection: sa.Connection
    generation: int
    submissions: Submissions
    rows: Stretches | None = None

    @property
    def position(self) -> int:
        """Up to where the log has brought knowledge; what came since, like a comment, changes no standing."""
        return self.submissions.newest.position if self.submissions.newest else 0

    def standings_but(self, parts: Collection[int]) -> Standings:
        """All standings but those of these parts."""
        if self.rows is not None:
            return _standings_among(self.rows, [code for code in range(CODES) if code not in parts])
        without = f"part NOT IN ({', '.join(map(str, sorted(parts)))})" if parts else "1 = 1"
        return read_standings(self.connection, self.generation, without)


def _standings_among(rows: Stretches, codes: Iterable[int]) -> Standings:
    def all_there(its: StandingColumns, run: slice) -> Ints:
        return its.chosen(run, np.ones(run.stop - run.start, np.bool_))

    return rows.standings(np.concatenate([rows.find(code, code + 1, all_there) for code in codes]))


def export_standings(
    snapshot: ExportedSnapshot, folder: Path, council: str, key: str, written_at: datetime, *, demonstration: bool
) -> CouncilManifest:
    """Write a council's standings below a folder, as the snapshot has them; in one's `writers_turn`.

    Files of before in which nothing has changed stay; where that is so of all, and nothing became known since, nothing
    is written. Those that changed are removed once the new ones are in their place.

    Raises:
        Refused: the council's place holds another database's standings, or its name cannot be one.
        OSError: it cannot be written there; what was there before is still whole.
    """
    home, before = council_folder(folder, council), read_manifest(folder, council)
    if before is not None and before.key != key:
        raise Refused(
            "another-database",
            f"{home} holds the standings of another database. Name the council that this one is of, or remove them.",
        )
    state = _state_of(snapshot)
    kept = _still_so(snapshot, home, before, state) if before is not None else []
    if before is not None and before.state == state and len(kept) == len(before.files):
        return before
    standings = snapshot.standings_but({file.part for file in kept})
    rows = _rows(standings, load_slices(snapshot.connection), snapshot.submissions)
    files = [*kept, *(_write_parts(home, f"{state.position}-{state.generation}", rows) if len(rows) else [])]
    manifest = CouncilManifest(
        FORMAT,
        council,
        key,
        state,
        written_at,
        demonstration,
        knowledge=tuple(_knowledge(snapshot.submissions)),
        files=tuple(sorted(files, key=attrgetter("part"))),
    )
    _replace_manifest(home, manifest)
    _remove_all_but(home, manifest)
    return manifest


def _state_of(snapshot: ExportedSnapshot) -> CouncilState:
    connection, generation, position = snapshot.connection, snapshot.generation, snapshot.position
    commitment, erased = commitment_at(connection, position), erased_rows(connection, generation)
    return CouncilState(position, commitment, generation, erased, fingerprint())


def _still_so(
    snapshot: ExportedSnapshot, home: Path, before: CouncilManifest, state: CouncilState
) -> Sequence[PartFile]:
    """The files of before that would be written again as they are, and are whole.

    Rows change by what opens and closes alone, and so by position; but an erasure takes some away, another generation
    or other measures have others, and so has a log in which another event stands where the files end: a backup was put
    back. Then none is left as it is.
    """
    then = before.state
    is_same_past = (
        before.format == FORMAT
        and (then.generation, then.erased, then.counted_by) == (state.generation, state.erased, state.counted_by)
        and then.position <= state.position
        and then.commitment == commitment_at(snapshot.connection, then.position)
    )
    if not is_same_past:
        return []
    changed = parts_since(snapshot.connection, snapshot.generation, then.position)
    same = [file for file in before.files if file.part not in changed]
    return [file for file in same if is_as_written(home, file, checked=True)]


def _knowledge(submissions: Submissions) -> Iterator[KnowledgeDay]:
    for day in submissions.days_of_knowledge():
        days = submissions.days_covered(submissions.standpoint(day, day).position)
        first, last = (days.first_day, days.last_day) if days else (None, None)
        yield KnowledgeDay(day, first, last)


def _rows(standings: Standings, slices: Slices, submissions: Submissions) -> Any:
    """The rows as an Arrow table, with the column `part`."""
    adult = np.array([key[3] for key in slices] or [False], np.bool_)
    known_from = _day_known(standings.known_from, submissions)
    known_until = _day_known(standings.known_until, submissions)
    visible = known_from < known_until
    days = {
        "as_of": standings.as_of,
        "until": np.minimum(standings.until, END.toordinal()),
        "known_from": known_from,
        "known_until": known_until,
    }
    columns = {
        "part": pa.array(standings.part[visible].astype(np.int32)),
        "counted": pa.array((standings.state[visible] & COUNTED) > 0),
        "adult": pa.array(adult[standings.slice[visible]]),
        **{name: pa.array(_days_since_epoch(column[visible])).cast(pa.date32()) for name, column in days.items()},
    }
    alike = pa.table(columns).group_by(["part", *_KEYS]).aggregate([([], "count_all")])
    people = alike["count_all"].cast(pa.int32())
    table = alike.drop_columns(["count_all"]).append_column(PEOPLE, people)
    return table.sort_by([(name, "ascending") for name in ("part", *_KEYS)])


def _day_known(positions: NDArray[np.int64], submissions: Submissions) -> NDArray[np.int64]:
    """From which day on each position is known: that of the first submission at or behind it; END without one."""
    received = [submissions.standpoint(date.min, position).known_at for position in submissions.positions]
    ordinals = np.array([*(day.toordinal() for day in received if day), END.toordinal()], np.int64)
    days: NDArray[np.int64] = ordinals[np.searchsorted(np.array(submissions.positions, np.int64), positions)]
    return days


def _days_since_epoch(ordinals: NDArray[np.int64]) -> NDArray[np.int32]:
    return (ordinals - _EPOCH).astype(np.int32)


def _write_parts(home: Path, state: str, table: Any) -> list[PartFile]:
    """Write the rows, a file a part, into a new folder of the council's; it has its name once it is whole."""
    being_written = Path(mkdtemp(prefix=".", dir=home))
    try:
        parts = np.asarray(table["part"])
        codes = np.unique(parts).tolist()
        begins = np.searchsorted(parts, codes)
        ends = np.append(begins[1:], len(parts))
        written = []
        for code, begin, end in zip(codes, begins.tolist(), ends.tolist(), strict=True):
            path = being_written / f"part={code}" / _FILE
            path.parent.mkdir(mode=0o700)
            rows = table.slice(begin, end - begin).drop_columns(["part"])
            data, standings = _encoded(rows), int(np.asarray(rows[PEOPLE]).sum())
            path.write_bytes(data)
            path.chmod(0o600)
            below, checksum = str(path.relative_to(being_written)), sha256(data).hexdigest()
            written.append(PartFile(code, below, standings, len(rows), len(data), checksum))
        named = _free_name(home, state)
        being_written.rename(named)
    except BaseException:
        shutil.rmtree(being_written, ignore_errors=True)
        raise
    return [msgspec.structs.replace(file, path=f"{named.name}/{file.path}") for file in written]


def _encoded(rows: Any) -> bytes:
    """The rows as a Parquet file. What is written is what the checksum is of, and not what the disk gives back."""
    buffer = pa.BufferOutputStream()
    pq.write_table(rows, buffer, compression="zstd")
    data: bytes = buffer.getvalue().to_pybytes()
    return data


def _free_name(home: Path, state: str) -> Path:
    """A name that no folder has: one of the same state is there where its files were found wanting."""
    number = 1
    while (path := home / f"{state}-{number}").exists():
        number += 1
    return path


def _replace_manifest(home: Path, manifest: CouncilManifest) -> None:
    being_written = home / f".{MANIFEST}"
    being_written.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    being_written.chmod(0o600)
    being_written.replace(home / MANIFEST)


def _remove_all_but(home: Path, manifest: CouncilManifest) -> None:
    """Remove the files of before: whoever was erased since is in none that is left."""
    kept = {file.path for file in manifest.files}
    for state in filter(Path.is_dir, home.iterdir()):
        of_parts = list(state.glob("part=*"))
        gone = [part for part in of_parts if f"{state.name}/{part.name}/{_FILE}" not in kept]
        for path in [state] if len(gone) == len(of_parts) else gone:
            shutil.rmtree(path)
