"""Whether what is stored is what the log says, and whether the log is what was recorded.

Each check comes with the differences that it found in words: the log itself (places, commitments, the tree, the signed
heads), the stored rows against rows made anew from the log, the stored figures against the reference engine, and what
was published against the keys, its standpoints and its members.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from domain.client import client_text
from domain.errors import RecountError
from domain.log.audit import faults
from domain.log.database import reading
from domain.log.guards import guard_faults, number_of_guards
from domain.log.mapper import JsonMapper
from domain.log.reading import last_position
from domain.measures.families import part_stored_as
from domain.measures.registry import MEASURES
from domain.periods import month_ends
from domain.standpoint import Standpoint
from projections.performance.entered import Entered
from projections.performance.entered_frozen import frozen_faults
from projections.publication.published import publications
from projections.publication.reproduced import publication_faults
from projections.standings.engine import Engine, Standing
from projections.standings.in_memory import StandingsEngine
from projections.standings.reference_by_client import ClientsOfLog
from projections.standings.slices import Slice
from projections.standings.stored import load_slices, read_standings
from projections.store import generations
from projections.store.submissions import Submissions

from .comparison import Check, RowsCompared
from .from_log import Alone, LogRead, clients_of_log

if TYPE_CHECKING:
    from domain.proof.signing import PublicKeys

STANDPOINTS: Final = 40
"""How many standpoints the reference engine is asked, unless said otherwise."""
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Verification:
    """The checks of one `recount verify`; all hold if none found a difference."""

    position: int
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """Whether no check found a difference."""
        return not any(check.found for check in self.checks)


@dataclass(frozen=True, slots=True)
class Against:
    """What is held against what is stored: the public `keys` that signed (without them no signature is checked), and
    `beside` the log, checks of tables that no projection knows.
    """

    keys: "PublicKeys | None" = None
    beside: Sequence[Callable[[sa.Connection], Check]] = ()


def verify(
    engine: sa.Engine,
    mapper: JsonMapper,
    standpoints: int = STANDPOINTS,
    progress: Progress = lambda _: None,
    against: Against = Against(),
) -> Verification:
    """Compare what is stored with what the log says, in one snapshot; stores nothing.

    Raises:
        LogCorrupt: an event cannot be read at all, although nothing else is wrong with the log.
    """
    with reading(engine) as connection:
        return verify_snapshot(connection, mapper, standpoints, progress, against)


def verify_snapshot(
    connection: sa.Connection,
    mapper: JsonMapper,
    standpoints: int = STANDPOINTS,
    progress: Progress = lambda _: None,
    against: Against = Against(),
) -> Verification:
    """`verify` of what one transaction sees."""
    progress("the log")
    checks = list(log_checks(connection, against.keys))
    for name, step in _steps(connection, mapper, standpoints, against):
        progress(name)
        try:
            checks.extend(step())
        except Exception as error:
            if isinstance(error, RecountError | sa.exc.SQLAlchemyError) and not any(check.found for check in checks):
                raise
            # What is made from altered rows need not make sense; most often a check before has said what was altered.
            checks.append(Check.of(name, 0, [f"It cannot be checked: {error!r}"]))
    return Verification(last_position(connection), tuple(checks))


def log_checks(connection: sa.Connection, keys: "PublicKeys | None" = None) -> Iterator[Check]:
    """Whether the log is what was written, and whether its triggers are in their places: nothing made from it is asked.

    Without `keys` no signature is checked.
    """
    yield Check.of("log", last_position(connection), list(_to_the_end(faults(connection, keys))))
    yield Check.of("triggers", number_of_guards(connection), list(guard_faults(connection)))


def _to_the_end(log_faults: Iterator[str]) -> Iterator[str]:
    """The faults, and one more where a row is of a kind that no program wrote: SQLite takes any value anywhere."""
    try:
        yield from log_faults
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        yield f"The log cannot be read any further: {error!r}"


_Step = tuple[str, Callable[[], Iterable[Check]]]


def _steps(connection: sa.Connection, mapper: JsonMapper, standpoints: int, against: Against) -> Iterator[_Step]:
    """What is checked behind the log, each for itself: of an altered log one may fail, and the next one find more."""
    yield "the read models", lambda: _rows(connection, mapper)
    yield "the reference engine", lambda: [_reference(connection, mapper, standpoints)]
    yield "what was published", lambda: [_publications(connection, mapper, against.keys)]
    yield "what stands beside the log", lambda: [check(connection) for check in against.beside]


def _publications(connection: sa.Connection, mapper: JsonMapper, keys: "PublicKeys | None") -> Check:
    published, entered = publications(connection, mapper), Entered.load(connection, mapper)
    differences = list(publication_faults(connection, mapper, keys))
    for one in published:
        differences += frozen_faults(one.event.number, one.entered, entered)
    return Check.of("publications", len(published), differences)


def _generation_faults(connection: sa.Connection, position: int) -> Iterator[str]:
    rows = sa.select(sa.func.count()).select_from(generations.generation).where(generations.generation.c.live)
    if (count := connection.execute(rows).scalar_one()) != 1:
        yield f"{count} generations of the read models are said to be the one to read."
    if position != (last := last_position(connection)):
        yield f"The read models stand at position {position}, the log at {last}."


def _rows(connection: sa.Connection, mapper: JsonMapper) -> Iterator[Check]:
    """The stored rows against rows made anew."""
    generation, position = generations.live_at(connection)
    yield Check.of("generation", 1, list(_generation_faults(connection, position)))
    log = LogRead.of(connection, mapper)
    compared = RowsCompared(connection, generation, log, load_slices(connection))
    with clients_of_log(log, Alone(connection)) as source:
        for some in source.some_clients():
            compared.compare(some)
    yield from compared.checks()


def _reference(connection: sa.Connection, mapper: JsonMapper, standpoints: int) -> Check:
    """The stored figures against the reference engine, client by client, at standpoints spread over the whole log."""
    generation = generations.live(connection)
    submissions, slices = Submissions.load(connection, generation), load_slices(connection)
    clients = ClientsOfLog(connection, mapper)
    chosen = list(spread_standpoints(submissions, clients.earliest, standpoints))
    points = dict.fromkeys(chosen)
    differences: defaultdict[Standpoint, list[str]] = defaultdict(list)
    for among, replay in clients.some_at_a_time() if points else ():
        rows = read_standings(connection, generation, f"client BETWEEN {among.first:d} AND {among.last:d}")
        engine = StandingsEngine(rows, slices, submissions)
        for standpoint, members in replay.everything(points):
            differences[standpoint] += _other_members(standpoint, Counter(_stored(engine, standpoint)), members)
    return Check.of("reference engine", len(chosen), [said for point in points for said in differences[point]])


def _other_members(standpoint: Standpoint, stored: Counter[Standing], members: Iterable[Standing]) -> Iterator[str]:
    expected = Counter(members)
    point = f"As of {standpoint.as_of} at position {standpoint.position}"
    yield from (f"{point} only stored: {_member(member)}" for member in stored - expected)
    yield from (f"{point} not stored: {_member(member)}" for member in expected - stored)


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


def spread_standpoints(submissions: Submissions, earliest: date | None, count: int) -> Iterator[Standpoint]:
    """Standpoints spread over what is known: month ends and odd days, early and late knowledge. `earliest` is the first
    day of which the log says anything.
    """
    positions = submissions.positions
    newest = submissions.newest
    if not positions or newest is None or earliest is None:
        return
    first = max(earliest, newest.received_on - timedelta(days=3 * 366))
    days = [*month_ends(first, newest.received_on), newest.received_on]
    for i in range(count):
        # Steps that share no factor with the lengths visit days and positions in many combinations.
        day = days[(i * 7) % len(days)] - timedelta(days=(i * 5) % 31 if i % 2 else 0)
        position = positions[-1 - (i * 11) % len(positions)]
        yield Standpoint(day, None, position)
