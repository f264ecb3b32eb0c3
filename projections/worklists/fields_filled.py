"""Which columns are filled in: of the records of everybody in treatment, kept client by client, and brought up by what
came since.

What is filled in of a client's records depends on these alone: so after a file only the people are read of whom it
speaks. A property test holds it against the working-out from the whole log.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from domain.episode.facts import CARE_PLAN, REFERRAL, START, Fact, Intervention, InterventionEnd, Start, Top
from domain.history import EpisodeView
from domain.log.collector import collector_paused
from domain.log.database import chunks
from domain.log.mapper import JsonMapper
from domain.measures.registry import measure_named
from domain.periods import NEVER, last_months
from domain.rounding import percentage_of
from domain.standpoint import Standpoint
from projections.explain.provenance import clients_spoken_of
from projections.standings.calculation.arrays import Ints
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice

from .seen import Reading, SeenRecords

COMPLETENESS_MONTHS: Final = 12
"""Fields are looked at of episodes in structured treatment in this many months, and of their TOPs of that time."""
IN_TREATMENT: Final = measure_named("N.treatment")
"""What an engine has to hold for the fields."""


@dataclass(frozen=True, slots=True)
class FieldFilled:
    """How many of an agency's records have a column filled in: `filled` of `records`; `of` says what a record is.

    `percentage` has three decimals, None without a record.
    """

    agency: str
    column: str
    of: str
    filled: int
    records: int
    percentage: float | None


@dataclass(frozen=True, slots=True)
class FilledRecords:
    """What is filled in of each episode in structured treatment in the last 12 months, row by row: its client, its
    agency, and its `counts`, in the order of `_COUNTED`.
    """

    clients: Ints
    agencies: NDArray[np.str_]
    counts: NDArray[np.int32]

    @classmethod
    def of(cls, rows: Sequence[tuple[int, str, list[int]]]) -> "FilledRecords":
        """Those of episodes: client, agency, counts."""
        counts = np.array([its for *_, its in rows], np.int32).reshape(-1, len(_COUNTED))
        return cls(np.array([row[0] for row in rows], np.int64), np.array([row[1] for row in rows], np.str_), counts)

    def fields(self) -> Iterator[FieldFilled]:
        """By agency and column, how many records have it filled in.

        Only columns that may be empty are there. A column that a file's data set does not have is empty too.
        """
        for agency in np.unique(self.agencies).tolist():
            of_agency = self.counts[self.agencies == agency].sum(axis=0, dtype=np.int64).tolist()
            counted = dict(zip(_COUNTED, of_agency, strict=True))
            for column, of, _ in _FIELDS:
                filled, records = counted[column], counted[of]
                yield FieldFilled(agency, column, of, filled, records, percentage_of(filled, records))

    def since(self, read: Reading, position: int, in_treatment: set[int]) -> "FilledRecords":
        """The same of a later standpoint, where these are of a `position`: who is not spoken of since stays."""
        changed = clients_spoken_of(read.connection, read.generation, position, read.standpoint.position)
        if not changed:
            return self
        others = ~np.isin(self.clients, np.fromiter(changed, np.int64))
        anew = _records_of(read, changed & in_treatment)
        return FilledRecords(
            np.append(self.clients[others], anew.clients),
            np.append(self.agencies[others], anew.agencies),
            np.append(self.counts[others], anew.counts, axis=0),
        )


@collector_paused()
def filled_records(
    connection: sa.Connection,
    mapper: JsonMapper,
    generation: int,
    engine: StandingsEngine,
    standpoint: Standpoint,
    before: tuple[int, FilledRecords] | None = None,
) -> FilledRecords:
    """What is filled in at a standpoint, of everybody in treatment. `engine` holds at least IN_TREATMENT there.

    `before` is what was filled in on the same day at an earlier position, with that position.
    """
    read = Reading(connection, mapper, generation, standpoint)
    [clients] = engine.columns_at(["client"], IN_TREATMENT, standpoint, Slice())
    in_treatment = set(clients.tolist())
    if before is None:
        return _records_of(read, in_treatment)
    position, records = before
    return records.since(read, position, in_treatment)


def _records_of(read: Reading, clients: set[int]) -> FilledRecords:
    """Those of some clients, who are read some at a time: of many, the records would be much to hold."""
    rows: list[tuple[int, str, list[int]]] = []
    for some in chunks(sorted(clients)):
        its = set(some)
        rows.extend(row for row in _rows(read.seen(read.streams_of(some), {})) if row[0] in its)
    return FilledRecords.of(rows)


def _rows(seen: SeenRecords) -> Iterator[tuple[int, str, list[int]]]:
    first_day = last_months(seen.as_of, COMPLETENESS_MONTHS).first_day
    for view in seen.views:
        core = view.core
        if core.started < NEVER and core.left >= first_day.toordinal() and core.triaged < NEVER:
            record = _Record.of(seen, view, first_day)
            yield core.client, core.agency, [count(record) for count in _COUNTED.values()]


@dataclass(frozen=True, slots=True)
class _Record:
    """The facts of an episode, and what of them counts: interventions and TOPs."""

    facts: Mapping[str, Fact]
    start: Start
    interventions: Sequence[tuple[Intervention, InterventionEnd | None]]
    tops: Sequence[Top]

    @classmethod
    def of(cls, seen: SeenRecords, view: EpisodeView, first_day: date) -> "_Record":
        facts = seen.facts[view.episode]
        start = facts[START]
        assert isinstance(start, Start)  # it is in structured treatment, so it was triaged
        interventions = []
        for key, fact in facts.items():
            if isinstance(fact, Intervention) and fact.started_on and fact.modality in seen.definition.structured:
                end = facts.get(key.replace("intervention:", "intervention-end:", 1))
                interventions.append((fact, end if isinstance(end, InterventionEnd) else None))
        tops = [fact for fact in facts.values() if isinstance(fact, Top) and fact.completed_on >= first_day]
        return cls(facts, start, interventions, tops)


_Count = Callable[[_Record], int]
EPISODES, INTERVENTIONS, ENDS, TOPS = (
    "episodes",
    "structured interventions",
    "interventions that ended",
    "TOPs of the last 12 months",
)
_RECORDS: Final[Mapping[str, _Count]] = {
    EPISODES: lambda _: 1,
    INTERVENTIONS: lambda record: len(record.interventions),
    ENDS: lambda record: sum(end is not None for _, end in record.interventions),
    TOPS: lambda record: len(record.tops),
}
"""How many records of each kind an episode has."""


def _of_episode(is_filled: Callable[[_Record], object]) -> _Count:
    return lambda record: bool(is_filled(record))


def _of_start(column: str) -> _Count:
    return lambda record: bool(record.start.details.get(column))


def _of_intervention(is_filled: Callable[[Intervention], object]) -> _Count:
    return lambda record: _how_many(is_filled(one) for one, _ in record.interventions)


def _of_top(column: str) -> _Count:
    return lambda record: _how_many(top.answers.get(column) for top in record.tops)


def _how_many(values: Iterable[object]) -> int:
    return sum(map(bool, values))


TOP_COLUMNS: Final = (
    *("TOPCC", "ALCUSE", "OPIUSE", "CRAUSE", "COCAUSE", "AMPHUSE", "CANNUSE", "OTDRGUSE"),
    *("PSYHSTAT", "PHSTAT", "QUALLIFE", "ACUTHPBM", "HRISK", "PWORK", "EDUCAT"),
)
START_COLUMNS: Final = ("LA", "HLCASSDT", "HEPBVAC", "HEPBSTAT", "HEPCTSTD", "HEPCSTAT", "HEPCTD")

_FIELDS: Final[tuple[tuple[str, str, _Count], ...]] = (
    ("REFLD", EPISODES, _of_episode(lambda r: REFERRAL in r.facts)),
    ("DAT", EPISODES, _of_episode(lambda r: r.start.area)),
    ("RFLS", EPISODES, _of_episode(lambda r: r.start.referral_source)),
    ("PREVTR", EPISODES, _of_episode(lambda r: r.start.previously_treated is not None)),
    ("DRUG1AGE", EPISODES, _of_episode(lambda r: r.start.first_use_age is not None)),
    ("CPLANDT", EPISODES, _of_episode(lambda r: CARE_PLAN in r.facts)),
    *((column, EPISODES, _of_start(column)) for column in START_COLUMNS),
    ("REFMODDT", INTERVENTIONS, _of_intervention(lambda one: one.referred_on)),
    ("FAOMODDT", INTERVENTIONS, _of_intervention(lambda one: one.first_offered_on)),
    ("MODSET", INTERVENTIONS, _of_intervention(lambda one: one.setting)),
    ("MODEXIT", ENDS, lambda record: _how_many(end and end.exit for _, end in record.interventions)),
    *((column, TOPS, _of_top(column)) for column in TOP_COLUMNS),
)
"""Every column that is used and may be empty, what a record of it is, and in how many of an episode it is filled in."""
_COUNTED: Final[Mapping[str, _Count]] = {**_RECORDS, **{column: count for column, _, count in _FIELDS}}
