"""What the public sees of everything that was published: suppressed, and so that no two of them reveal one person.

Two figures that differ by a few people tell about these people, though each alone would be harmless. So publications
are looked at in their order, each figure against all that may have been seen before it (`guard`, `shown_tables`); what
comes later never changes what earlier readers saw. The people behind a figure are asked for again from its own
standpoint.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

import sqlalchemy as sa

from domain.definition import definition_named
from domain.log.mapper import JsonMapper
from domain.measures.registry import Measure, measure_named
from projections.standings.engine import Standing
from projections.standings.in_memory import StandingsEngine
from projections.standings.stored import ErasedEpisode, Erasures
from projections.store import generations

from .documents import Document
from .guard import Guard, PublishedCell, Question
from .published import Engines, FigureOnRecord, Publication, publications
from .shown_tables import CountedTable, FigureTables, ShownTables, TableKey, TableNumber, family_of, people_of
from .suppression import UNDER, Counts, Visible, counts_in, suppressed_document, visible, withheld_document

WITHHELD: Final = (
    f"Withheld: beside a figure that was published before, this one would tell about fewer than {UNDER} people. "
    "Ask for a figure of a later month, or for a larger group."
)
_WAITING: Final = measure_named("W.waiting")


@dataclass(frozen=True, slots=True)
class PublicFigure:
    """A published figure as the public sees it; `withheld` says why nothing of it is shown, or is empty."""

    on_record: FigureOnRecord
    document: Document
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class PublicPublication:
    """A publication as the public sees it. What was signed is not in it: a signature is over the whole numbers."""

    publication: Publication
    figures: tuple[PublicFigure, ...]


def public_publications(connection: sa.Connection, mapper: JsonMapper) -> list[PublicPublication]:
    """Everything that was published, in that order, as the public sees it."""
    return _LEDGER.publications(connection, mapper)


class _Ledger:
    """What a process has worked out so far: what was shown once stays, so that only what is new is looked at.

    An erasure takes people away for all standpoints, so that all is looked at again.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._public, self._erasures = _Public(), frozenset[ErasedEpisode]()

    def publications(self, connection: sa.Connection, mapper: JsonMapper) -> list[PublicPublication]:
        """Everything that was published, as the snapshot of this connection has it."""
        everything = publications(connection, mapper)
        erasures = Erasures.load(connection, generations.live(connection)).rows
        with self._lock:
            if erasures != self._erasures or not self._public.is_of(everything):
                self._public, self._erasures = _Public(), erasures
            self._public.follow(everything, Engines(connection, mapper))
            return self._public.shown[: len(everything)]


class _Public:
    """What was shown so far."""

    def __init__(self) -> None:
        self.guard = Guard()
        self.tables = ShownTables()
        self.shown: list[PublicPublication] = []

    def is_of(self, everything: Sequence[Publication]) -> bool:
        """Whether these are the same publications, or some of them, or more; each is signed over its own log."""
        pairs = zip(self.shown, everything, strict=False)
        return all(one.publication.event.document == other.event.document for one, other in pairs)

    def follow(self, everything: Sequence[Publication], engines: Engines) -> None:
        """Look at those that are new."""
        for publication in everything[len(self.shown) :]:
            figures = tuple(self.figure(on_record, engines) for on_record in publication.figures)
            self.shown.append(PublicPublication(publication, figures))

    def figure(self, on_record: FigureOnRecord, engines: Engines) -> PublicFigure:
        """A figure beside all that was shown."""
        choice = visible_beside(self.guard, self.tables, self._people(on_record, engines))
        if choice is None:
            return PublicFigure(on_record, withheld_document(on_record.document), WITHHELD)
        return PublicFigure(on_record, suppressed_document(on_record.document, choice))

    def _people(self, on_record: FigureOnRecord, engines: Engines) -> "PublishedPeople":
        document, standpoint = on_record.document, on_record.publication.standpoint
        measure = on_record.measure.under(definition_named(document["definition"]))
        engine = engines.engine(standpoint.as_of, document["definition"])
        waits = document["waiting"] is not None
        table = self._table(measure, engine, on_record)
        waiting = self._table(_WAITING, engine, on_record) if waits else None
        return PublishedPeople(
            self.guard,
            (measure.code, standpoint.as_of, standpoint.position, on_record.slice, document["definition"]),
            counts_in(document),
            engine.members(on_record.measure, standpoint, on_record.slice),
            {measure.family.code(part): measure.family.parts[part] for part in measure.parts},
            FigureTables(measure, on_record.slice, table, waiting),
            engine.members(_WAITING, standpoint, on_record.slice) if waits else (),
        )

    def _table(self, measure: Measure, engine: StandingsEngine, on_record: FigureOnRecord) -> CountedTable:
        document, standpoint = on_record.document, on_record.publication.standpoint
        erased = document["erased_records"]
        key = TableKey(family_of(measure), standpoint.as_of, standpoint.position, document["definition"], erased)
        unseen = max(0, engine.erasures.unseen(standpoint) - erased)
        return self.tables.table(key, lambda: CountedTable(key.family, people_of(engine, measure, standpoint), unseen))


def visible_beside(guard: Guard, tables: ShownTables, people: "PublishedPeople") -> Visible | None:
    """What of a figure is shown beside all that may have been seen, of which it is a part then; None for nothing."""
    for choice in ways_to_show(visible(people.recorded)):
        cells, numbers = people.cells(choice), people.numbers(choice)
        if guard.admits(cells) and tables.admit(numbers):
            guard.show(cells)
            tables.show(numbers)
            return choice
        if any(cell.erased for cell in cells):
            # It may have been shown before the erasure.
            guard.show(cells)
    return None


def ways_to_show(most: Visible) -> Iterator[Visible]:
    """From all that may be shown of a figure by itself to its denominator alone, each once."""
    alone = replace(most, matured=False, parts=frozenset(), waiting=False)
    yield from dict.fromkeys((most, alone, replace(alone, numerator=False) if most.denominator else alone))


@dataclass(frozen=True)
class PublishedPeople:
    """The people behind a figure on record, as far as they can still be asked for.

    `part_names` names the parts of a count by the numbers that standings bear; `waiting` are those who wait beside it.
    """

    guard: Guard
    question: Question
    recorded: Counts
    members: Sequence[Standing]
    part_names: Mapping[int, str]
    tables: FigureTables
    waiting: Sequence[Standing] = ()

    def _counted(self) -> list[Standing]:
        return [one for one in self.members if one.counted]

    def _not_counted(self) -> list[Standing]:
        return [one for one in self.members if not one.counted]

    def _of_part(self, name: str) -> list[Standing]:
        return [one for one in self.members if self.part_names[one.part] == name]

    def cells(self, choice: Visible) -> list[PublishedCell]:
        """What this way of showing the figure tells about."""
        return [cell for cell in self._cells(choice) if cell.people or cell.erased]

    def numbers(self, choice: Visible) -> list[TableNumber]:
        """What this way of showing the figure says of the tables in which its people are."""
        return self.tables.numbers(self.recorded, choice)

    def _cells(self, choice: Visible) -> Iterator[PublishedCell]:
        recorded = self.recorded
        if recorded.denominator is None:
            if choice.numerator:
                yield self._cell("counted", self._counted(), recorded.numerator)
                yield from self._parts(choice.parts)
        elif choice.denominator:
            yield self._cell("cohort", self.members, recorded.denominator)
            if choice.numerator:
                yield self._cell("counted", self._counted(), recorded.numerator)
                yield self._cell("not counted", self._not_counted(), recorded.denominator - recorded.numerator)
            if choice.matured and recorded.matured is not None:
                mature = [one for one in self.members if not one.immature]
                young = [one for one in self.members if one.immature]
                yield self._cell("matured", mature, recorded.matured)
                yield self._cell("not matured", young, recorded.denominator - recorded.matured)
        if choice.waiting and recorded.waiting is not None:
            yield self._cell("waiting", self.waiting, recorded.waiting)

    def _parts(self, choice: Collection[str]) -> Iterator[PublishedCell]:
        parts = self.recorded.parts or {}
        for name in sorted(choice):
            yield self._cell(name, self._of_part(name), parts[name])
        if choice and (hidden := set(parts).difference(choice)):
            rest = [one for one in self.members if self.part_names[one.part] in hidden]
            yield self._cell("hidden parts", rest, sum(parts[name] for name in hidden))

    def _cell(self, name: str, members: Sequence[Standing], recorded: int) -> PublishedCell:
        people = self.guard.people(one.client for one in members)
        return PublishedCell(self.question, name, people, erased=max(0, recorded - len(members)))


_LEDGER: Final = _Ledger()
