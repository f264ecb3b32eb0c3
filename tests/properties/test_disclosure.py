"""Whoever takes all that the public was shown, and adds and subtracts it, never comes upon 1 to 4 people."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import combinations
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.measures.registry import MEASURES, Measure, measure_named
from projections.publication.disclosure import PublishedPeople, visible_beside
from projections.publication.guard import Guard
from projections.publication.shown_tables import (
    CountedTable,
    FigureTables,
    ShownTables,
    TableKey,
    family_of,
    people_among,
)
from projections.publication.suppression import Counts, Visible, suppressed_document, visible, withheld_document
from projections.standings.engine import Standing
from projections.standings.slices import Slice

from .adversary import Adversary, Finding, Number, Standpoint, kind_of, table_of
from .conftest import examples

AREAS = ("Hereford", "Leominster", "Ross")
AGENCIES = ("H0001", "H0002", "H0003")
DAY = date(2017, 1, 31)
Units = frozenset[tuple[int, int]]


@dataclass(frozen=True)
class ShownCount:
    """A number that a reader has, and the people behind it: one of several journeys counts as often."""

    measure: str
    name: str
    standpoint: tuple[date, int]
    units: Units


class Subtracting:
    """Works out what it can from what is shown, knowing who the people are only to say whether it has found any."""

    def __init__(self) -> None:
        self.numbers: list[ShownCount] = []

    def read(self, people: PublishedPeople, shown: Visible) -> None:
        self.numbers += [number for number in _numbers(people, shown) if number.units]

    def findings(self) -> Iterator[tuple[ShownCount, ...]]:
        for number in self.numbers:
            if is_few(number.units):
                yield (number,)
        for one, other in combinations(self.numbers, 2):
            alike = (one.measure, one.name) == (other.measure, other.name)
            if (alike and is_few(one.units ^ other.units)) or is_few(_beyond(one, other) or _beyond(other, one)):
                yield one, other
        for standpoint in {number.standpoint for number in self.numbers}:
            yield from self._sums([number for number in self.numbers if number.standpoint == standpoint])

    def _sums(self, numbers: list[ShownCount]) -> Iterator[tuple[ShownCount, ...]]:
        sets = {number.units: number for number in numbers}
        for whole, number in sets.items():
            inside = [units for units in sets if units < whole]
            for size in (2, 3):
                for some in combinations(inside, size):
                    together = frozenset().union(*some)
                    if len(together) == sum(map(len, some)) and is_few(whole - together):
                        yield (number, *(sets[units] for units in some))


def _numbers(people: PublishedPeople, shown: Visible) -> Iterator[ShownCount]:
    def number(name: str, members: list[Standing]) -> ShownCount:
        return ShownCount(people.question[0], name, people.question[1:3], _units(members))

    members = list(people.members)
    if people.recorded.denominator is None:
        if shown.numerator:
            yield number("counted", members)
            for name in shown.parts:
                yield number(name, [one for one in members if people.part_names[one.part] == name])
            if shown.parts:
                yield number("rest", [one for one in members if people.part_names[one.part] not in shown.parts])
    else:
        if shown.denominator:
            yield number("cohort", members)
        if shown.numerator:
            yield number("counted", [one for one in members if one.counted])
            yield number("not counted", [one for one in members if not one.counted])
        if shown.matured:
            yield number("matured", [one for one in members if not one.immature])
            yield number("not matured", [one for one in members if one.immature])


def _units(members: list[Standing]) -> Units:
    return frozenset(
        unit for client, times in Counter(m.client for m in members).items() for unit in _of(client, times)
    )


def _of(client: int, times: int) -> Iterator[tuple[int, int]]:
    return ((client, i) for i in range(times))


def _beyond(outer: ShownCount, inner: ShownCount) -> Units:
    return outer.units - inner.units if inner.units <= outer.units else frozenset()


def is_few(units: Units) -> bool:
    return 0 < len({client for client, _ in units}) < 5


# ---- what is published

MEASURED = ("1.0", "2.0", "4.0", "4.1", "5.0u", "N.treatment", "N.new", "R.plan")
REPEATED = ("N.new", "R.plan")
PLACES = (
    Slice(),
    Slice(),
    *(Slice(area=area) for area in AREAS),
    *(Slice(agency=agency) for agency in AGENCIES),
    Slice(area=AREAS[0], agency=AGENCIES[0]),
    Slice(criminal_justice=True),
    Slice(young_people=True),
)


class Publisher:
    """Publishes figures of a population in which a few people come, go, complete and move from month to month."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.guard, self.tables = Guard(), ShownTables()
        self.month = 0
        self.both = chance.choice((0.05, 0.15, 0.4))
        self.agencies = AGENCIES[: chance.choice((2, 2, 3))]
        self.people = {client: self._person() for client in range(chance.randint(8, 60))}

    def _person(self) -> dict[str, Any]:
        chance = self.chance
        agencies = {chance.choice(self.agencies), *(one for one in self.agencies if chance.random() < self.both)}
        return {
            "in": chance.random() < 0.8,
            "counted": chance.random() < chance.choice((0.1, 0.3, 0.7)),
            "immature": chance.random() < 0.4,
            "group": chance.choice((0, 0, 0, 1, 3)),
            "journeys": chance.choice((1, 1, 1, 2)),
            "slice": (
                chance.choice(AREAS[: chance.choice((1, 3))]),
                " ".join(sorted(agencies)),
                min(agencies),
                chance.random() < 0.9,
                chance.random() < 0.2,
            ),
        }

    def next_month(self) -> None:
        self.month += 1
        for _ in range(self.chance.choice((0, 1, 2, 6, 20))):
            client = self.chance.choice([*self.people, len(self.people)])
            self.people[client] = self._person()

    def figure(self) -> PublishedPeople:
        return self.of(measure_named(self.chance.choice(MEASURED)), self.chance.choice(PLACES))

    def of(self, measure: Measure, place: Slice) -> PublishedPeople:
        """A figure; what stands in it is as an engine would say it."""
        everybody = [*self._standings(measure)]
        inside = [
            one for one in everybody if one.part in measure.part_codes and place.holds(one.slice, adults=measure.adults)
        ]
        is_count = measure.kind == "count"
        names = {measure.family.code(part): measure.family.parts[part] for part in measure.parts}
        parts = {name: sum(names[one.part] == name for one in inside) for name in names.values()}
        recorded = Counts(
            sum(one.counted for one in inside),
            None if is_count else len(inside),
            sum(not one.immature for one in inside) if measure.immature else None,
            parts if is_count and len(parts) > 1 else None,
        )
        key = TableKey(family_of(measure), self.day, self.month, "1", 0)
        table = self.tables.table(key, lambda: CountedTable(key.family, people_among(everybody)))
        question = (measure.code, self.day, self.month, place, "1")
        return PublishedPeople(self.guard, question, recorded, inside, names, FigureTables(measure, place, table))

    def shown(self, people: PublishedPeople) -> Visible | None:
        return visible_beside(self.guard, self.tables, people)

    @property
    def day(self) -> date:
        return DAY + timedelta(31 * self.month)

    def everybody(self, table: str) -> Iterator[Standing]:
        """Who stands in a table, by its name."""
        return self._standings(next(measure for measure in MEASURES if table_of(measure.code) == table))

    def _standings(self, measure: Measure) -> Iterator[Standing]:
        for client, person in self.people.items():
            if person["in"]:
                part = person["group"] if len(measure.family.parts) > 1 else 0
                counted = measure.kind == "count" or person["counted"]
                one = Standing(client, counted, person["immature"], measure.family.code(part), person["slice"], DAY)
                yield from [one] * (person["journeys"] if measure.code in REPEATED else 1)


def document_of(people: PublishedPeople, shown: Visible | None) -> dict[str, Any]:
    """The figure as the public reads it."""
    code, as_of, position, place, definition = people.question
    whole: dict[str, Any] = {
        "measure": code,
        "slice": asdict(place),
        "as_of": as_of,
        "position": position,
        "definition": definition,
        "numerator": people.recorded.numerator,
        "denominator": people.recorded.denominator,
        "matured": people.recorded.matured,
        "parts": people.recorded.parts,
        **dict.fromkeys(("percentage", "interval", "waiting", "erased_records")),
    }
    return suppressed_document(whole, shown) if shown else withheld_document(whole)


@examples(60)
@given(st.integers(0, 2**32 - 1).map(Random))
def test_no_two_publications_reveal_a_person(chance: Random) -> None:
    publisher, adversary = Publisher(chance), Subtracting()
    for _ in range(chance.randint(2, 5)):
        for _ in range(chance.randint(1, 6)):
            people = publisher.figure()
            shown = publisher.shown(people)
            if shown is not None:
                adversary.read(people, shown)
        publisher.next_month()
    assert next(adversary.findings(), None) is None


def test_the_adversary_finds_what_is_shown_unguarded() -> None:
    """Else the property above would hold of anything: suppression of each figure by itself is not enough."""
    found = 0
    for seed in range(20):
        publisher, adversary = Publisher(Random(seed)), Subtracting()
        for _ in range(16):
            people = publisher.figure()
            adversary.read(people, visible(people.recorded))
            publisher.next_month()
        found += next(adversary.findings(), None) is not None
    assert found > 10


def test_something_is_shown() -> None:
    """A guard that shows nothing guards well."""
    shown = 0
    for seed in range(20):
        publisher = Publisher(Random(seed))
        for _ in range(3):
            found = publisher.shown(publisher.figure())
            shown += found is not None and (found.numerator or found.denominator)
            publisher.next_month()
    assert shown > 20


# ---- whoever solves it

SOLVED = ("1.0", "2.0", "3.0", "4.0", "4.1", "4.3", "N.treatment")


@dataclass
class History:
    """What was published over some months, whoever read all of it, and who everybody was."""

    chance: Random
    guarded: bool = True
    months: int = 0
    adversary: Adversary = field(init=False)
    persons: dict[Standpoint, list[Standing]] = field(default_factory=dict)
    shown: int = 0
    harmless: int = 0

    def happens(self) -> "History":
        publisher = Publisher(self.chance)
        self.adversary = Adversary(publisher.agencies, AREAS)
        for _ in range(self.months or self.chance.randint(1, 3)):
            codes = self.chance.choice((("4.0",), ("1.0", "2.0"), ("4.0", "N.treatment"), SOLVED))
            places = [Slice(), *(Slice(agency=agency) for agency in publisher.agencies), self.chance.choice(PLACES)]
            for place in self.chance.sample(places, len(places)):
                for code in codes:
                    self._publish(publisher, publisher.of(measure_named(code), place))
            publisher.next_month()
        return self

    def _publish(self, publisher: Publisher, people: PublishedPeople) -> None:
        alone = visible(people.recorded)
        document = document_of(people, publisher.shown(people) if self.guarded else alone)
        self.adversary.read(document)
        at = (table_of(document["measure"]), document["as_of"], document["position"], document["definition"])
        self.persons[at] = list(publisher.everybody(at[0]))
        self.harmless += alone.numerator or alone.denominator
        self.shown += isinstance(document["numerator"], int) or isinstance(document["denominator"], int)

    def findings(self) -> Iterator[Finding]:
        for at, persons in self.persons.items():
            yield from self.adversary.findings(at, persons, self._taken_for_ones_of(at))

    def changes(self) -> Iterator[Finding]:
        for one, other in combinations(self.persons, 2):
            if one[0] == other[0]:
                yield from self.adversary.changes(one, self.persons[one], other, self.persons[other])

    def _taken_for_ones_of(self, at: Standpoint) -> Iterator[Number]:
        """Numbers of other standpoints that count the same people: somebody guesses that nothing changed."""
        for other, numbers in self.adversary.numbers.items():
            if other != at and other[0] == at[0]:
                for number in numbers.values():
                    if of(number, self.persons[at]) == of(number, self.persons[other]):
                        yield number


def of(number: Number, persons: list[Standing]) -> frozenset[int]:
    return frozenset(one.client for one in persons if number.group(kind_of(one)))


@examples(8)
@given(st.integers(0, 2**32 - 1).map(Random))
def test_whoever_solves_all_that_was_shown_finds_no_small_group(chance: Random) -> None:
    assert next(History(chance).happens().findings(), None) is None


@examples(4)
@given(st.integers(0, 2**32 - 1).map(Random))
def test_whoever_compares_two_standpoints_finds_no_few_who_changed(chance: Random) -> None:
    assert next(History(chance, months=2).happens().changes(), None) is None


def test_whoever_solves_finds_what_is_shown_unguarded() -> None:
    found = [next(History(Random(seed), guarded=False).happens().findings(), None) for seed in range(6)]
    assert sum(one is not None for one in found) > 2


def test_what_needs_no_protection_is_shown() -> None:
    """Of figures that are harmless by themselves, most are."""
    histories = [History(Random(seed)).happens() for seed in range(25)]
    assert sum(one.shown for one in histories) > 0.5 * sum(one.harmless for one in histories)
