"""Whether what is stored is what the log says, and whether the log is what was recorded.

Each check comes with the differences that it found in words: the log itself (places, commitments, the tree, the signed
heads), the stored rows against rows made anew from the log, the stored figures against the reference engine, and what
was published against the keys, its standpoints and its members.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from domain.client import client_text
from domain.log.audit import faults
from domain.log.database import reading
from domain.log.guards import guard_faults, number_of_guards
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, last_position, read
from domain.measures.families import part_stored_as
from domain.measures.registry import MEASURES
from domain.periods import month_ends
from domain.standpoint import Standpoint
from projections.publication.published import publications
from projections.publication.reproduced import publication_faults
from projections.standings.calculation import COLUMNS
from projections.standings.engine import Engine, Standing
from projections.standings.in_memory import StandingsEngine
from projections.standings.reference import ReferenceEngine
from projections.standings.slices import Slice, SliceKey
from projections.standings.stored import load_slices
from projections.store import generations, tables
from projections.store.submissions import Submissions

from .rebuild import read_models_of

if TYPE_CHECKING:
    from domain.proof.signing import PublicKeys

STANDPOINTS: Final = 40
"""How many standpoints the reference engine is asked, unless said otherwise."""
NAMED: Final = 20
"""Differences of one check that are put into words; the others are counted."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Check:
    """What was checked, how much of it, and each difference in one sentence (at most `NAMED`; `found` counts all)."""

    name: str
    size: int
    found: int
    differences: tuple[str, ...]

    @classmethod
    def of(cls, name: str, size: int, differences: Sequence[str]) -> "Check":
        """A check with all its differences."""
        return cls(name, size, len(differences), tuple(differences[:NAMED]))


@dataclass(frozen=True, slots=True)
class Verification:
    """The checks of one `recount verify`; all hold if none found a difference."""

    position: int
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether no check found a difference."""
        return not any(check.found for check in self.checks)


def verify(
    engine: sa.Engine,
    mapper: JsonMapper,
    standpoints: int = STANDPOINTS,
    progress: Progress = lambda _: None,
    keys: "PublicKeys | None" = None,
) -> Verification:
    """Compare what is stored with what the log says, in one snapshot; stores nothing.

    `keys` are those that signed; without them no signature is checked.

    Raises:
        LogCorrupt: an event cannot be read at all.
    """
    with reading(engine) as connection:
        return verify_snapshot(connection, mapper, standpoints, progress, keys)


def verify_snapshot(
    connection: sa.Connection,
    mapper: JsonMapper,
    standpoints: int = STANDPOINTS,
    progress: Progress = lambda _: None,
    keys: "PublicKeys | None" = None,
) -> Verification:
    """`verify` of what one transaction sees."""
    progress("the log")
    position = last_position(connection)
    checks = [
        Check.of("log", position, list(faults(connection, keys))),
        Check.of("triggers", number_of_guards(connection), list(guard_faults(connection))),
    ]
    try:
        checks.extend(_against_the_log(connection, mapper, standpoints, progress, keys))
    except Exception as error:
        if not any(check.found for check in checks):
            raise
        # What is made from altered rows need not make sense; the checks before have said where they were altered.
        checks.append(Check.of("what follows", 0, [f"It cannot be checked while the above differs: {error!r}"]))
    return Verification(position, tuple(checks))


def _against_the_log(
    connection: sa.Connection, mapper: JsonMapper, standpoints: int, progress: Progress, keys: "PublicKeys | None"
) -> Iterator[Check]:
    generation = generations.live(connection)
    progress("the read models")
    yield from _rows(connection, mapper, generation)
    yield Check.of("generation", 1, list(_generation_faults(connection, generation)))
    progress("the reference engine")
    recorded = read(connection, mapper, 0)
    yield _reference(connection, recorded, generation, standpoints)
    progress("what was published")
    differences = list(publication_faults(connection, mapper, keys))
    yield Check.of("publications", len(publications(connection, mapper)), differences)


def _generation_faults(connection: sa.Connection, number: int) -> Iterator[str]:
    row = generations.generation.c
    position = connection.execute(sa.select(row.position).where(row.number == number)).scalar_one()
    if position != (last := last_position(connection)):
        yield f"The read models stand at position {position}, the log at {last}."


def _rows(connection: sa.Connection, mapper: JsonMapper, generation: int) -> Iterator[Check]:
    """The stored rows against rows made anew."""
    slices = load_slices(connection)
    numbers = dict(slices.numbers)
    models = read_models_of(connection, mapper, slices, generation)
    keys = list(slices)
    differences = [f"slice: stored under another number: {key}" for key in _misnumbered(numbers)]
    differences += [f"slice: the log says it, but it is not stored: {key}" for key in slices.numbers.keys() - numbers]
    yield Check.of("slice rows", len(slices), differences)
    standings = [(generation, *row) for row in models.standings.rows()]
    yield _compared(connection, tables.submission, generation, models.submissions, str)
    yield _compared(connection, tables.contract, generation, models.contracts, str)
    yield _compared(connection, tables.episode, generation, models.episodes, str)
    yield _compared(connection, tables.erased, generation, models.erased, str)
    yield _compared(connection, tables.standing, generation, standings, lambda row: _standing(row, keys))


def _misnumbered(numbers: Mapping[SliceKey, int]) -> Iterator[SliceKey]:
    return (key for place, (key, number) in enumerate(numbers.items()) if number != place)


def _compared(
    connection: sa.Connection,
    table: sa.Table,
    generation: int,
    made: Iterable[tuple[Any, ...]],
    words: Callable[[tuple[Any, ...]], str],
) -> Check:
    columns = COLUMNS if table is tables.standing else [c.name for c in table.c if c.name != "generation"]
    query = sa.select(*(table.c[name] for name in columns)).where(table.c.generation == generation)
    stored = Counter(tuple(row) for row in connection.execute(query))
    expected = Counter(row[1:] for row in made)
    differences = [f"{table.name}: stored, but the log does not say it: {words(row)}" for row in stored - expected]
    differences += [f"{table.name}: the log says it, but it is not stored: {words(row)}" for row in expected - stored]
    return Check.of(f"{table.name} rows", sum(expected.values()), sorted(differences))


def _standing(row: tuple[Any, ...], keys: Sequence[Any]) -> str:
    try:
        return _standing_in_words(row, keys)
    except (LookupError, ValueError, OverflowError):  # numbers that stand for nothing
        return str(row)


def _standing_in_words(row: tuple[Any, ...], keys: Sequence[Any]) -> str:
    named = dict(zip(COLUMNS, row, strict=True))
    family, part = part_stored_as(named["part"])
    return (
        f"client {client_text(named['client'])} in {family.name} ({part}), "
        f"{'counted' if named['state'] & 1 else 'not counted'}, {keys[named['slice']]}, "
        f"from {date.fromordinal(named['as_of'])}, known from position {named['known_from']}"
    )


def _reference(connection: sa.Connection, recorded: Sequence[Recorded], generation: int, standpoints: int) -> Check:
    """The stored figures against the reference engine, client by client, at standpoints spread over the whole log."""
    submissions = Submissions.load(connection, generation)
    engine = StandingsEngine.load(connection)
    replay = ReferenceEngine(recorded)
    chosen = list(spread_standpoints(submissions, recorded, standpoints))
    differences: list[str] = []
    for standpoint in chosen:
        stored = Counter(_stored(engine, standpoint))
        expected = Counter(replay.everything(standpoint))
        point = f"As of {standpoint.as_of} at position {standpoint.position}"
        differences += [f"{point} only stored: {_member(member)}" for member in stored - expected]
        differences += [f"{point} not stored: {_member(member)}" for member in expected - stored]
    return Check.of("reference engine", len(chosen), differences)


def _stored(engine: Engine, standpoint: Standpoint) -> Iterator[Standing]:
    codes = {measure.family.code(part): measure for measure in MEASURES for part in measure.parts}
    for measure in {id(m): m for m in codes.values()}.values():
        for young in (False, True) if measure.adults else (False,):
            yield from engine.members(measure, standpoint, Slice(young_people=young))


def _member(member: Standing) -> str:
    family, part = part_stored_as(member.part)
    return (
        f"client {client_text(member.client)} in {family.name} ({part}), "
        f"{'counted' if member.counted else 'not counted'}, by {member.journey}, {member.slice}"
    )


def spread_standpoints(submissions: Submissions, recorded: Sequence[Recorded], count: int) -> Iterator[Standpoint]:
    """Standpoints spread over what is known: month ends and odd days, early and late knowledge."""
    positions = submissions.positions
    newest = submissions.newest
    if not positions or newest is None:
        return
    earliest = min(one.event.occurred_on for one in recorded)
    first = max(earliest, newest.received_on - timedelta(days=3 * 366))
    days = [*month_ends(first, newest.received_on), newest.received_on]
    for i in range(count):
        # Steps that share no factor with the lengths visit days and positions in many combinations.
        day = days[(i * 7) % len(days)] - timedelta(days=(i * 5) % 31 if i % 2 else 0)
        position = positions[-1 - (i * 11) % len(positions)]
        yield Standpoint(day, None, position)
