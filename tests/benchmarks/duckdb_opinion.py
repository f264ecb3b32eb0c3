"""The third opinion: the KPIs of Appendix C by a script of DuckDB, from facts and nothing else of ours.

It folds the log to facts that were known from one position to another, and lets SQL do the rest: episodes, journeys,
windows, cohorts. It shares no line with the two engines, so an error would have to be made twice to stay hidden.
It is also the yardstick of speed: its rows lie in memory, as ours do.
"""

import csv
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import duckdb

from domain.episode.events import EpisodeEvent, Erased, FactEvent
from domain.episode.facts import Exit, Fact, Handover, Intervention, Start
from domain.log.mapper import Event
from domain.log.reading import Recorded
from domain.standpoint import Standpoint
from domain.submission import SUBMISSION_EVENTS

_HERE: Final = Path(__file__).parent
VERSIONS: Final = (_HERE / "duckdb_versions.sql").read_text(encoding="utf-8")
FIGURES: Final = (_HERE / "duckdb_figures.sql").read_text(encoding="utf-8")
FOREVER: Final = 1 << 39
NO_DRUG: Final = (9999, 9999, 9999)
WHOLE: Final = ""
"""The slice of everybody; the others are named by their area or their agency."""

_TABLES: Final = """
create table start (episode uuid, known_from bigint, known_until bigint, client varchar, key varchar, agency varchar,
    area varchar, triaged_on date, drug_1 int, drug_2 int, drug_3 int, adult_on date);
create table intervention (episode uuid, known_from bigint, known_until bigint, modality int, started_on date);
create table departure (episode uuid, known_from bigint, known_until bigint, left_on date, reason int,
    is_handover bool);
create table standpoint (n int, as_of date, position bigint);
"""

Counts = dict[tuple[int, str, str], tuple[int, int]]
"""(number of the standpoint, KPI, slice) -> (numerator, denominator); what is not there is 0 of 0."""


class ThirdOpinion:
    """A DuckDB in memory with the facts of a log."""

    def __init__(self, recorded: Iterable[Recorded]) -> None:
        self.connection = duckdb.connect(":memory:")
        self.connection.execute(_TABLES)
        for table, rows in _facts(recorded).items():
            self._insert(table, rows)
        self.connection.execute(VERSIONS)

    def _insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        # From a file: an INSERT for each row would take longer than all the rest.
        with tempfile.NamedTemporaryFile(suffix=".csv", mode="w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
            file.flush()
            self.connection.execute(f"copy {table} from '{file.name}' (format csv, header false, nullstr '')")

    def stand(self, standpoints: Sequence[Standpoint]) -> None:
        """Take these standpoints for the questions that follow."""
        self.connection.execute("delete from standpoint")
        self._insert("standpoint", [(n, s.as_of, s.position) for n, s in enumerate(standpoints)])

    def ask(self) -> list[tuple[int, str, str, int, int]]:
        """All KPIs of all slices at all standpoints taken, in one statement."""
        return self.connection.execute(FIGURES).fetchall()

    def counts(self, standpoints: Sequence[Standpoint]) -> Counts:
        """The same, by standpoint, KPI and slice."""
        self.stand(standpoints)
        return {(n, kpi, slice_): (counted, cohort) for n, kpi, slice_, counted, cohort in self.ask()}


def _facts(recorded: Iterable[Recorded]) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each table: every fact that the KPIs read, with the positions between which it was known."""
    known = _Known()
    commit: list[Event] = []
    for one in recorded:
        commit.append(one.event)
        if isinstance(one.event, SUBMISSION_EVENTS):
            for event in commit:
                known.apply(event, one.position)
            commit = []
    for episode, key in list(known.facts):
        known.close(episode, key, FOREVER)
    return known.rows


class _Known:
    """The facts that are known now, each with the position from which it is; `rows` are those known no more."""

    def __init__(self) -> None:
        self.facts: dict[tuple[UUID, str], tuple[int, Fact]] = {}
        self.rows: dict[str, list[tuple[Any, ...]]] = {"start": [], "intervention": [], "departure": []}

    def apply(self, event: Event, position: int) -> None:
        episode = event.originator_id
        if isinstance(event, Erased):
            for key in [key for stream, key in self.facts if stream == episode]:
                self.close(episode, key, position)
        elif isinstance(event, EpisodeEvent):
            self.close(episode, event.key, position)
            if isinstance(event, FactEvent):
                self.facts[episode, event.key] = position, event.fact

    def close(self, episode: UUID, key: str, position: int) -> None:
        known_from, fact = self.facts.pop((episode, key), (0, None))
        if known_from < position:
            for table, values in _values(fact):
                self.rows[table].append((episode, known_from, position, *values))


def _values(fact: Fact | None) -> Iterable[tuple[str, tuple[Any, ...]]]:
    if isinstance(fact, Start):
        # Sorted as tuples are: no character of a reference is smaller than the separator.
        key = "\x01".join((fact.agency, fact.client_reference, fact.episode_reference))
        drugs = (*fact.drugs, *NO_DRUG)[:3]
        yield "start", (fact.client, key, fact.agency, fact.area, fact.triaged_on, *drugs, fact.adult_on)
    elif isinstance(fact, Intervention) and fact.started_on:
        yield "intervention", (fact.modality if isinstance(fact.modality, int) else 0, fact.started_on)
    elif isinstance(fact, Exit):
        yield "departure", (fact.discharged_on, fact.reason, False)
    elif isinstance(fact, Handover):
        yield "departure", (fact.handed_over_on, 83, True)
