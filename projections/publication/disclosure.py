"""What the public sees of everything that was published: suppressed, and so that no two of them reveal one person.

Two figures that differ by a few people tell about these people, though each alone would be harmless. So publications
are looked at in their order, each figure against all that may have been seen before it; what comes later never changes
what earlier readers saw. The people behind a figure are asked for again from its own standpoint.

A figure's counts are *cells*: sets of its members, held as the bits of a number. Compared are

- the same cell of the same measure (another day, knowledge, slice or definition): the people in one and not in the
  other must be none, or at least 5;
- a cell that lies in another one: those left of it must be none, or at least 5;
- cells of one standpoint that share nobody and lie in another one: those left of it must be none, or at least 5.

Sets that overlap, as agencies do, are beyond such sums: what follows from all numbers of a table together is for the
audit (`shown_tables`, `audit`).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Any, Final

import sqlalchemy as sa

from domain.definition import definition_named
from domain.log.mapper import JsonMapper
from domain.measures.registry import Measure, measure_named
from projections.standings.engine import Standing
from projections.standings.in_memory import StandingsEngine

from .certificate import Document
from .published import Engines, FigureOnRecord, Publication, publications
from .shown_tables import FigureTables, ShownTables, Table, TableKey, TableNumber, family_of, people_of
from .suppression import UNDER, Counts, Visible, counts_in, suppressed_document, visible, withheld_document

WITHHELD: Final = (
    f"Withheld: beside a figure that was published before, this one would tell about fewer than {UNDER} people. "
    "Ask for a figure of a later month, or for a larger group."
)
MOST_LOOKED_AT: Final = 20_000
"""Ways of adding cells up that are looked at for one cell; where there are more, the figure is withheld."""
_WAITING: Final = measure_named("W.waiting")

Question = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """People whom a shown number counts, or who are worked out from shown numbers.

    `people` has a bit for each of them (of measures of journeys and episodes, one for each of those). `erased` are
    those of the count who cannot be asked for any more. `question` and `name` tell it apart from all others.
    """

    question: Question
    name: str
    people: int
    erased: int = 0

    @property
    def key(self) -> Question:
        """What makes it the same people: asked again after an erasure, it is another cell."""
        return (*self.question, self.name, self.erased)

    @property
    def measure(self) -> str:
        """The code of its measure."""
        return str(self.question[0])

    @property
    def standpoint(self) -> Question:
        """From where it was seen: as_of, and the position of the log."""
        return self.question[1:3]


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
    public = _Public(Engines(connection, mapper))
    return [
        PublicPublication(publication, tuple(public.figure(on_record) for on_record in publication.figures))
        for publication in publications(connection, mapper)
    ]


class _Public:
    """What was shown so far."""

    def __init__(self, engines: Engines) -> None:
        self.engines = engines
        self.guard = Guard()
        self.tables = ShownTables()

    def figure(self, on_record: FigureOnRecord) -> PublicFigure:
        choice = visible_beside(self.guard, self.tables, self._people(on_record))
        if choice is None:
            return PublicFigure(on_record, withheld_document(on_record.document), WITHHELD)
        return PublicFigure(on_record, suppressed_document(on_record.document, choice))

    def _people(self, on_record: FigureOnRecord) -> "PublishedPeople":
        document, standpoint = on_record.document, on_record.publication.standpoint
        measure = on_record.measure.under(definition_named(document["definition"]))
        engine = self.engines.engine(standpoint.as_of, document["definition"])
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

    def _table(self, measure: Measure, engine: StandingsEngine, on_record: FigureOnRecord) -> Table:
        document, standpoint = on_record.document, on_record.publication.standpoint
        erased = document["erased_records"]
        key = TableKey(family_of(measure), standpoint.as_of, standpoint.position, document["definition"], erased)
        unseen = max(0, engine.erasures.unseen(standpoint) - erased)
        return self.tables.table(key, lambda: Table(key.family, people_of(engine, measure, standpoint), unseen))


def visible_beside(guard: "Guard", tables: ShownTables, people: "PublishedPeople") -> Visible | None:
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


class Guard:
    """The cells that may have been seen, and whether others may be shown beside them."""

    def __init__(self) -> None:
        self.cells: dict[Question, PublishedCell] = {}
        self._bits: dict[tuple[int, int], int] = {}
        self._persons: list[int] = []

    def people(self, clients: Iterable[int]) -> int:
        """The bits of these clients; one who comes twice has two."""
        bits = 0
        times: Counter[int] = Counter()
        for client in clients:
            key = (client, times[client])
            times[client] += 1
            if key not in self._bits:
                self._bits[key] = len(self._persons)
                self._persons.append(client)
            bits |= 1 << self._bits[key]
        return bits

    def persons(self, people: int) -> int:
        """How many persons these bits are of; UNDER stands for so many and more."""
        persons: set[int] = set()
        while people and len(persons) < UNDER:
            lowest = people & -people
            persons.add(self._persons[lowest.bit_length() - 1])
            people ^= lowest
        return len(persons)

    def admits(self, cells: Sequence[PublishedCell]) -> bool:
        """Whether these, all of one figure, may be shown beside what may have been seen."""
        new = [cell for cell in cells if cell.key not in self.cells]
        seen = [*self.cells.values()]
        return all(self._is_apart(cell, other) for cell in new for other in seen) and self._adds_up_to_nobody(
            new, [*seen, *new]
        )

    def show(self, cells: Iterable[PublishedCell]) -> None:
        """These may have been seen from now on."""
        self.cells |= {cell.key: cell for cell in cells}

    def _is_apart(self, one: PublishedCell, other: PublishedCell) -> bool:
        if (one.measure, one.name) == (other.measure, other.name):
            known = one.people ^ other.people
            return self._enough(known, abs(one.erased - other.erased), one.erased + other.erased)
        return all(
            self._enough(outer.people & ~inner.people, *_erased_between(outer, inner))
            for outer, inner in ((one, other), (other, one))
            if not inner.people & ~outer.people
        )

    def _enough(self, known: int, at_least: int, at_most: int) -> bool:
        """Whether these, and so many who were erased, are nobody, or enough not to be told by."""
        if known.bit_count() + at_most == 0:
            return True
        return self.persons(known) + at_least >= UNDER

    def _adds_up_to_nobody(self, new: Sequence[PublishedCell], everything: Sequence[PublishedCell]) -> bool:
        """Whether no cell of a standpoint, less others of it that share nobody, leaves a few; one of them being new.

        How many were erased is taken off as the counts are.
        """
        sets: dict[Question, dict[int, int]] = {cell.standpoint: {} for cell in new}
        for cell in everything:
            if cell.standpoint in sets:
                sets[cell.standpoint].setdefault(cell.people, cell.erased)
        return not any(
            remainder.is_few() for cell in new for remainder in self._remainders(cell, sets[cell.standpoint])
        )

    def _remainders(self, cell: PublishedCell, sets: Mapping[int, int]) -> Iterator["_Remainder"]:
        outside = [(outer, erased) for outer, erased in sets.items() if not cell.people & ~outer]
        for outer, erased in outside:
            inner = [(one, lost) for one, lost in sets.items() if one != outer and not one & ~outer]
            if cell.people == outer:
                yield _Remainder(self, outer, erased, inner)
            elif (cell.people, cell.erased) in inner:
                apart = [(one, lost) for one, lost in inner if not one & cell.people]
                yield _Remainder(self, outer & ~cell.people, erased - cell.erased, apart)


def _erased_between(outer: PublishedCell, inner: PublishedCell) -> tuple[int, int]:
    """How many of the one who were erased are not in the other: at least, and at most."""
    difference = max(0, outer.erased - inner.erased)
    return difference, difference if outer.question == inner.question else outer.erased


@dataclass
class _Remainder:
    """What is left of some people after taking away sets of them that share nobody: looked for is a few.

    A search for an exact cover that may miss a few: somebody is either in one of the sets, or among those who are left.
    """

    guard: Guard
    people: int
    erased: int
    sets: Sequence[tuple[int, int]]
    looked_at: int = field(default=0)

    def is_few(self) -> bool:
        """Whether some sets leave a few, or there are too many ways to look."""
        return self._is_few(self.people, 0, self.erased, self.sets)

    def _is_few(self, uncovered: int, missed: int, erased: int, sets: Sequence[tuple[int, int]]) -> bool:
        self.looked_at += 1
        left = self.guard.persons(uncovered | missed) + max(0, erased)
        if self.looked_at > MOST_LOOKED_AT or 0 < left < UNDER:
            return True
        sets = [(people, lost) for people, lost in sets if not people & ~uncovered]
        # Whoever is in no set any more is left in any case.
        missed |= uncovered & ~reduce(or_, (people for people, _ in sets), 0)
        uncovered &= ~missed
        if not sets or self.guard.persons(missed) >= UNDER:
            return False
        somebody = uncovered & -uncovered
        covering = [(people, lost) for people, lost in sets if people & somebody]
        others = [(people, lost) for people, lost in sets if not people & somebody]
        return any(
            self._is_few(uncovered & ~people, missed, erased - lost, others) for people, lost in covering
        ) or self._is_few(uncovered & ~somebody, missed | somebody, erased, others)


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
