"""The tables of which numbers were shown, and whether more may be: each is audited with all that belongs to it.

A table is everybody whom one family of measures counts at one standpoint. Successful completions and people in
treatment are one table, since they are the same persons. A number of another standpoint, or by another definition,
belongs to a table too if it counts the same people there: whoever takes the two for one is right.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from typing import Final

from domain.measures.families import COMPLETIONS, PEOPLE_IN_TREATMENT, WAITING, part_stored_as
from domain.measures.registry import MEASURES, Measure
from domain.standpoint import Standpoint
from projections.standings.engine import Engine, Standing
from projections.standings.slices import Slice

from .audit.audit import Audit, can_be_audited
from .audit.cells import People, Person, Status, TableCell
from .audit.changes import groups_told_by, may_be_the_same
from .audit.overlap import Group
from .suppression import UNDER, Counts, Visible

_COMPLETIONS: Final = next(measure for measure in MEASURES if measure.family is COMPLETIONS)
_IN_TREATMENT: Final = next(measure for measure in MEASURES if measure.family is PEOPLE_IN_TREATMENT)


@dataclass(frozen=True, slots=True)
class TableKey:
    """Which table: the family, the standpoint, the definition, and how many records were erased when it was counted."""

    family: str
    as_of: date
    position: int
    definition: str
    erased_records: int


def family_of(measure: Measure) -> str:
    """The name of the family whose persons a measure counts."""
    return COMPLETIONS.name if measure.family is PEOPLE_IN_TREATMENT else measure.family.name


def people_of(engine: Engine, measure: Measure, standpoint: Standpoint) -> People:
    """Everybody in the table of a measure, of all ages."""
    if family_of(measure) != COMPLETIONS.name:
        return people_among(_everybody(engine, measure, standpoint))
    others = people_among(_everybody(engine, _IN_TREATMENT, standpoint))
    in_no_group = {person: clients for person, clients in others.items() if person.part not in COMPLETIONS.parts}
    return people_among(_everybody(engine, _COMPLETIONS, standpoint)) | in_no_group


def _everybody(engine: Engine, measure: Measure, standpoint: Standpoint) -> list[Standing]:
    whole = replace(measure, parts=tuple(range(len(measure.family.parts))), adults=False)
    return engine.members(whole, standpoint, Slice())


def people_among(standings: Iterable[Standing]) -> dict[Person, list[int]]:
    """The clients of standings, by what they are."""
    people: dict[Person, list[int]] = {}
    for one in standings:
        area, agencies, _owner, adult, criminal_justice = one.slice
        _family, part = part_stored_as(one.part)
        at, matured = frozenset(agencies.split(" ")), not one.immature
        person = Person(part, area, at, adult, criminal_justice, one.counted, matured)
        people.setdefault(person, []).append(one.client)
    return people


@dataclass(eq=False)
class CountedTable:
    """One table, with the numbers of it that may have been seen, or that count the same people elsewhere.

    `unseen`: how many records were erased since it was counted.
    """

    family: str
    people: People
    unseen: int = 0
    numbers: dict[TableCell, int] = field(default_factory=dict)
    _clients: dict[TableCell, list[int]] = field(default_factory=dict)
    _audit: tuple[dict[TableCell, int], Audit] | None = None
    _inside: dict[Group, frozenset[int]] = field(default_factory=dict)

    def clients(self, cell: TableCell) -> list[int]:
        """Whom a cell counts, as far as they can still be asked for."""
        if cell not in self._clients:
            inside = (clients for person, clients in self.people.items() if person.is_in(cell))
            self._clients[cell] = sorted(chain.from_iterable(inside))
        return self._clients[cell]

    def new_of(self, numbers: Iterable["TableNumber"]) -> dict[TableCell, int]:
        """Those of the numbers that belong to this table and were not seen."""
        others = (number for number in numbers if number.cell not in self.numbers)
        return {number.cell: number.count for number in others if self._holds(number)}

    def _holds(self, number: "TableNumber") -> bool:
        other = number.table
        if other is self or other.family != self.family:
            return other is self
        # Of whom somebody is gone, nobody can say whether they are the same.
        clients = () if self.unseen or other.unseen else self.clients(number.cell)
        return number.count == len(clients) and clients == other.clients(number.cell)

    def audited(self, new: Mapping[TableCell, int]) -> Audit:
        """The numbers that may have been seen, and these; all that is found out about them is kept with the last."""
        numbers = {**self.numbers, **new}
        if self._audit is None or self._audit[0] != numbers:
            self._audit = (numbers, Audit(self.people, numbers, self.unseen))
        return self._audit[1]

    def inside(self, group: Group) -> frozenset[int]:
        """Who is in a group."""
        if group not in self._inside:
            some = (clients for person, clients in self.people.items() if group.holds(person))
            self._inside[group] = frozenset(chain.from_iterable(some))
        return self._inside[group]

    def tells_no_change(self, new: Mapping[TableCell, int], other: "CountedTable") -> bool:
        """Whether these, with what may have been seen, tell nothing of a few by whom another standpoint differs."""
        if self.unseen or other.unseen:
            return True
        audit, beside = self.audited(new), other.audited({})
        return all(
            may_be_the_same(audit, beside, group)
            for group in groups_told_by(audit.kinds, beside.kinds)
            if 0 < len(self.inside(group) ^ other.inside(group)) < UNDER
        )


@dataclass(frozen=True, slots=True)
class TableNumber:
    """A number that is shown, or is about to be: of which table, of whom in it, and how many they are."""

    table: CountedTable
    cell: TableCell
    count: int


class ShownTables:
    """Every table of which something may have been seen."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[TableKey, CountedTable]] = {}

    def table(self, key: TableKey, make: Callable[[], CountedTable]) -> CountedTable:
        """The table of a standpoint; where it is new, with the numbers of others that belong to it."""
        of_family = self._tables.setdefault(key.family, {})
        if key not in of_family:
            table = make()
            seen = [TableNumber(one, cell, n) for one in of_family.values() for cell, n in one.numbers.items()]
            table.numbers |= table.new_of(seen)
            of_family[key] = table
        return of_family[key]

    def admit(self, numbers: Sequence[TableNumber]) -> bool:
        """Whether these, all of one figure, may be shown: no table to which they belong gives anybody away, by itself
        or beside that of another standpoint.
        """
        return all(self._admits(table, new) for table, new in self._touched(numbers))

    def _admits(self, table: CountedTable, new: Mapping[TableCell, int]) -> bool:
        if not can_be_audited([*table.numbers, *new]):
            return False
        others = [one for one in self._tables[table.family].values() if one is not table and one.numbers]
        return table.audited(new).keeps_hidden() and all(table.tells_no_change(new, other) for other in others)

    def show(self, numbers: Sequence[TableNumber]) -> None:
        """These may have been seen from now on."""
        for table, new in self._touched(numbers):
            table.numbers |= new

    def _touched(self, numbers: Sequence[TableNumber]) -> Iterator[tuple[CountedTable, dict[TableCell, int]]]:
        families = {number.table.family for number in numbers}
        tables = [table for family in families for table in self._tables[family].values()]
        return ((table, new) for table in tables if (new := table.new_of(numbers)))


@dataclass(frozen=True, slots=True)
class FigureTables:
    """Where the numbers of a figure belong: to the table of its measure, and to that of those who wait beside it."""

    measure: Measure
    slice: Slice
    table: CountedTable
    waiting: CountedTable | None = None

    def numbers(self, recorded: Counts, choice: Visible) -> list[TableNumber]:
        """What this way of showing the figure says of its tables."""
        numbers = (
            self._of_count(recorded, choice) if recorded.denominator is None else self._of_cohort(recorded, choice)
        )
        if choice.waiting and self.waiting is not None and recorded.waiting is not None:
            cell = TableCell(frozenset(WAITING.parts), self.slice, adults=False)
            numbers.append(TableNumber(self.waiting, cell, recorded.waiting))
        return numbers

    def _of_count(self, recorded: Counts, choice: Visible) -> list[TableNumber]:
        if not choice.numerator:
            return []
        parts = recorded.parts or {}
        shown = [self._number(Status.ALL, parts[part], frozenset({part})) for part in sorted(choice.parts)]
        return [self._number(Status.ALL, recorded.numerator), *shown]

    def _of_cohort(self, recorded: Counts, choice: Visible) -> list[TableNumber]:
        shown = (
            (choice.denominator, Status.ALL, recorded.denominator),
            (choice.numerator, Status.COUNTED, recorded.numerator),
            (choice.matured, Status.MATURED, recorded.matured),
        )
        return [self._number(status, count) for is_shown, status, count in shown if is_shown and count is not None]

    def _number(self, status: Status, count: int, parts: frozenset[str] | None = None) -> TableNumber:
        family = self.measure.family
        parts = parts or frozenset(family.parts[part] for part in self.measure.parts)
        return TableNumber(self.table, TableCell(parts, self.slice, self.measure.adults, status), count)
