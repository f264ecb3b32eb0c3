"""What a command works with: the database, who acts, what day it is, and the questions that it asks of one snapshot.

The clock is looked at here and nowhere below.
"""

import getpass
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from domain.client import ClientKey
from domain.contract_life.dispute import DISPUTE_EVENTS, Dispute
from domain.contract_life.publication import PUBLICATION_EVENTS
from domain.contract_life.targets import TARGET_EVENTS
from domain.definition import Definition, definition_in_force
from domain.episode.episode import EPISODE_EVENTS
from domain.errors import NotAgreed
from domain.log.database import make_engine, reading, wipe, writing
from domain.log.heads import signing
from domain.log.mapper import JsonMapper
from domain.log.setting import check_client_key
from domain.log.tables import create_all, setting
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from domain.submission import SUBMISSION_EVENTS
from projections.claims import disputes as on_record
from projections.explain.provenance import MemberSeen, members_seen
from projections.projector.projector import following
from projections.publication.publish import forgetting
from projections.standings.cache import Loaded, WarmStandings
from projections.standings.engine import Figure, Standing, StandingsEngine
from projections.standings.slices import Slice
from projections.store import generations
from projections.store.submissions import Submissions

from .settings import Settings
from .tables import all_tables

if TYPE_CHECKING:
    from domain.proof.signing import Signer
    from domain.register import Register

Value = TypeVar("Value")

EVENT_TYPES: Final = (*EPISODE_EVENTS, *SUBMISSION_EVENTS, *PUBLICATION_EVENTS, *DISPUTE_EVENTS, *TARGET_EVENTS)
LONDON: Final = ZoneInfo("Europe/London")
OPERATOR: Final = "administrator"
"""The role of whoever has the machine's command line: what a command says is said as this."""
DEMONSTRATION: Final = "demonstration"
"""The setting that marks a database of the demonstration, in which no person is real."""


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in London."""
    return now().astimezone(LONDON).date()


class Context:
    """The surroundings of one command, or of a service; each part is made when it is first asked for.

    A service asks again and again, and gives the `warm` standings that its process keeps.
    """

    def __init__(self, settings: Settings | None = None, warm: WarmStandings | None = None) -> None:
        self.settings = settings or Settings.from_environment()
        self.warm = warm

    @cached_property
    def actor(self) -> str:
        """Who acts: the name under which the system knows them."""
        try:
            return getpass.getuser()
        except (KeyError, OSError):
            return "unknown"

    @cached_property
    def engine(self) -> sa.Engine:
        """The database, with all its tables; made on the first run."""
        self.settings.prepare()
        engine = make_engine(self.settings.address)
        if not _is_set_up(engine):
            create_all(engine)
            with writing(engine) as connection:
                generations.begin(connection)
        return engine

    def close(self) -> None:
        """Give the database's connections back."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    @cached_property
    def mapper(self) -> JsonMapper:
        """Reads and writes the events of the log."""
        return JsonMapper(EVENT_TYPES)

    @cached_property
    def client_key(self) -> ClientKey:
        """The key that names persons: the one that the database was filled with.

        Raises:
            WrongClientKey: it was filled with another.
        """
        key = self.settings.client_key
        with writing(self.engine) as connection:
            check_client_key(connection, key.check_value())
        return key

    @cached_property
    def register(self) -> "Register":
        """The door that saves events; read models and the signed head follow in the same transaction.

        Raises:
            NotAgreed: a backup was put back past 'recount restore', and knows persons who were erased.
        """
        self._check_stop_list()
        return self.register_of_restored

    @cached_property
    def register_of_restored(self) -> "Register":
        """The door, also where those who were erased have yet to be erased again."""
        from domain.register import Register

        read_models = generations.in_live_generation(following(self.mapper))
        return Register(self.engine, EVENT_TYPES, [forgetting, read_models, signing(self.signer)], now)

    @cached_property
    def signer(self) -> "Signer":
        """The key that signs heads and certificates.

        Raises:
            SettingMissing: it is not given, or is no such key.
        """
        from domain.proof.signing import Signer

        return Signer.read(self.settings.signing_key)

    def _check_stop_list(self) -> None:
        """Neither the stop-list's file nor its table may lack what the other has."""
        from web.commands import stop_list

        if (path := self.settings.stop_list) is None:
            return
        in_file = stop_list.read_file(path)
        with reading(self.engine) as connection:
            in_table, missing = stop_list.load(connection), stop_list.missing(connection, in_file)
        if missing:
            raise NotAgreed(
                f"The stop-list {path} names {len(missing)} who were erased and who are not known to be so here: this "
                "database is older than the stop-list. Run 'recount erase --again' first."
            )
        if set(in_table) - set(in_file):
            self._write_stop_list(path)

    def _write_stop_list(self, path: Path) -> None:
        from web.commands import stop_list

        with writing(self.engine) as connection:
            stop_list.write_file(path, stop_list.load(connection))

    def finish_erasure(self) -> bool:
        """After records were erased: the stop-list file is brought up to date, and what is left of the records in
        the database's files and in unfinished rebuilds goes. False if somebody reads just now, so that it has to wait.
        """
        if path := self.settings.stop_list:
            self._write_stop_list(path)
        generations.drop_others(self.engine)
        return wipe(self.engine, all_tables())

    @contextmanager
    def question(self) -> Iterator["Question"]:
        """One snapshot in which to ask."""
        with reading(self.engine) as connection:
            yield Question.of(connection, self.mapper, self.warm)

    @property
    def is_demonstration(self) -> bool:
        """Whether no person in the data is real."""
        with self.question() as question:
            return question.is_demonstration

    def mark_demonstration(self, value: bytes) -> None:
        """Say of the database that no person in it is real; `value` says how far its loading has come."""
        with writing(self.engine) as connection:
            here = setting.c.name == DEMONSTRATION
            if not connection.execute(setting.update().where(here).values(value=value)).rowcount:
                connection.execute(setting.insert().values(name=DEMONSTRATION, value=value))


@dataclass(frozen=True)
class Question:
    """What is asked of one snapshot, whatever is submitted meanwhile."""

    connection: sa.Connection
    mapper: JsonMapper
    generation: int
    submissions: Submissions
    loaded: Loaded | None = None
    """The snapshot's standings, where the process keeps them in memory."""

    @classmethod
    def of(cls, connection: sa.Connection, mapper: JsonMapper, warm: WarmStandings | None = None) -> "Question":
        """Questions to what this connection's transaction sees; `warm` only where it has not written."""
        if warm is not None:
            loaded = warm.at(connection)
            return cls(connection, mapper, loaded.snapshot.generation, loaded.submissions, loaded)
        generation = generations.live(connection)
        return cls(connection, mapper, generation, Submissions.load(connection, generation))

    @property
    def demonstration(self) -> bytes | None:
        """How far the loading of the demonstration has come; None where the data are not those of one."""
        query = sa.select(setting.c.value).where(setting.c.name == DEMONSTRATION)
        return self.connection.execute(query).scalar()

    @property
    def is_demonstration(self) -> bool:
        """Whether no person in the data is real."""
        if self.loaded is not None:
            return DEMONSTRATION in self.loaded.settings
        return self.demonstration is not None

    def kept(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """What follows from this snapshot and the key alone; kept with the snapshot's standings, where they are."""
        if self.loaded is None:
            return make()
        found: Value = self.loaded.beside(key, make)
        return found

    @property
    def disputes(self) -> Sequence[Dispute]:
        """Every dispute, in the order in which they were opened; the log is searched for them once a snapshot."""
        return self.kept("disputes", lambda: on_record.disputes(self.connection, self.mapper))

    def standpoint(self, as_of: date, known_at: date | int | None = None) -> Standpoint:
        """The standpoint of a question; see `Submissions.standpoint`."""
        return self.submissions.standpoint(as_of, known_at)

    def figures(
        self, measures: Sequence[Measure], standpoint: Standpoint, where: Slice, definition: Definition | None = None
    ) -> list[Figure]:
        """The figures of one standpoint and slice."""
        return self.engine(measures, [standpoint.as_of], definition, standpoint).figures(measures, standpoint, where)

    def series(
        self,
        measure: Measure,
        days: Sequence[date],
        known_at: date | int | None,
        where: Slice,
        definition: Definition | None = None,
    ) -> list[Figure]:
        """A measure at each day, as known at one."""
        return self.engine([measure], days, definition).series(measure, days, known_at, where)

    def members(
        self, measure: Measure, standpoint: Standpoint, where: Slice, definition: Definition | None = None
    ) -> tuple[Figure, list[MemberSeen]]:
        """A figure with its members, each with its journey, rule and events."""
        engine = self.engine([measure], [standpoint.as_of], definition, standpoint)
        # In an order of their own: that of the rows is another one after every submission, and pages must fit together.
        standings = sorted(engine.members(measure, standpoint, where), key=attrgetter("client", "journey", "part"))
        under = engine.definition_at(standpoint.as_of)
        found = members_seen(self.connection, self.mapper, self.generation, measure, standpoint, standings, under)
        return engine.figure(measure, standpoint, where), found

    def standings(
        self, measure: Measure, standpoint: Standpoint, where: Slice, definition: Definition | None = None
    ) -> tuple[Figure, list[Standing]]:
        """A figure with who stands in it."""
        engine = self.engine([measure], [standpoint.as_of], definition, standpoint)
        return engine.figure(measure, standpoint, where), engine.members(measure, standpoint, where)

    def triangle(
        self, measure: Measure, as_ofs: Sequence[date], where: Slice, definition: Definition | None = None
    ) -> "Triangle":
        """A measure at these days, as known on each day on which something became known."""
        known_ats = self.submissions.days_of_knowledge()
        counts = self.engine([measure], as_ofs, definition).triangle(measure, as_ofs, known_ats, where).tolist()
        cells = [
            [_cell(measure, pair) if known_at >= as_of else None for known_at, pair in zip(known_ats, row, strict=True)]
            for as_of, row in zip(as_ofs, counts, strict=True)
        ]
        return Triangle(measure, where, as_ofs, known_ats, cells)

    def engine(
        self,
        measures: Sequence[Measure],
        days: Iterable[date],
        definition: Definition | None = None,
        at: Standpoint | None = None,
    ) -> StandingsEngine:
        """The engine for these measures on these days; with `at`, for this standpoint alone.

        A definition that is not in force on all the days is measured anew from the log.
        """
        if definition is not None and any(definition_in_force(day) != definition for day in days):
            if self.loaded is not None:
                return self.loaded.under(self.connection, self.mapper, definition)
            return StandingsEngine.under(self.connection, self.mapper, definition)
        if self.loaded is not None:
            return self.loaded.engine
        return StandingsEngine.load(self.connection, measures, at)


Cell = list[int | None] | None
"""Numerator and denominator (None of a count); None where the day of knowledge lies before the day asked of."""


@dataclass(frozen=True)
class Triangle:
    """A revision triangle: a row for each of `as_ofs`, a column for each of `known_ats`, both ascending."""

    measure: Measure
    slice: Slice
    as_ofs: Sequence[date]
    known_ats: Sequence[date]
    cells: list[list[Cell]]


def _cell(measure: Measure, pair: Sequence[int]) -> Cell:
    numerator, denominator = pair
    return [numerator, None if measure.kind == "count" else denominator]


def _is_set_up(engine: sa.Engine) -> bool:
    with reading(engine) as connection:
        if not {table.name for table in all_tables()} <= set(sa.inspect(connection).get_table_names()):
            return False
        return connection.execute(sa.select(generations.generation.c.number).limit(1)).scalar() is not None
