"""Whoever takes all that the public was shown, and adds and subtracts it, never comes upon 1 to 4 people."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from projections.publication.disclosure import Guard, PublishedPeople, visible_beside
from projections.publication.suppression import Counts, Visible
from projections.standings.engine import Standing
from projections.standings.slices import Slice

from .conftest import examples

AREAS = ("Hereford", "Leominster", "Ross")
AGENCIES = ("H0001", "H0002")
PARTS = {0: "opiate", 1: "alcohol", 2: "non-opiate"}
DAY = date(2017, 1, 31)
Units = frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Number:
    """A number that a reader has, and the people behind it: one of several journeys counts as often."""

    measure: str
    name: str
    standpoint: tuple[date, int]
    units: Units


class Adversary:
    """Works out what it can from what is shown, knowing who the people are only to say whether it has found any."""

    def __init__(self) -> None:
        self.numbers: list[Number] = []

    def read(self, people: PublishedPeople, shown: Visible) -> None:
        self.numbers += [number for number in _numbers(people, shown) if number.units]

    def findings(self) -> Iterator[tuple[Number, ...]]:
        for number in self.numbers:
            if is_few(number.units):
                yield (number,)
        for one, other in combinations(self.numbers, 2):
            alike = (one.measure, one.name) == (other.measure, other.name)
            if (alike and is_few(one.units ^ other.units)) or is_few(_beyond(one, other) or _beyond(other, one)):
                yield one, other
        for standpoint in {number.standpoint for number in self.numbers}:
            yield from self._sums([number for number in self.numbers if number.standpoint == standpoint])

    def _sums(self, numbers: list[Number]) -> Iterator[tuple[Number, ...]]:
        sets = {number.units: number for number in numbers}
        for whole, number in sets.items():
            inside = [units for units in sets if units < whole]
            for size in (2, 3):
                for some in combinations(inside, size):
                    together = frozenset().union(*some)
                    if len(together) == sum(map(len, some)) and is_few(whole - together):
                        yield (number, *(sets[units] for units in some))


def _numbers(people: PublishedPeople, shown: Visible) -> Iterator[Number]:
    def number(name: str, members: list[Standing]) -> Number:
        return Number(people.question[0], name, people.question[1:3], _units(members))

    members = list(people.members)
    if people.recorded.denominator is None:
        if shown.numerator:
            yield number("counted", members)
            for part, name in PARTS.items():
                if name in shown.parts:
                    yield number(name, [one for one in members if one.part == part])
            if shown.parts:
                yield number("rest", [one for one in members if PARTS[one.part] not in shown.parts])
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


def _beyond(outer: Number, inner: Number) -> Units:
    return outer.units - inner.units if inner.units <= outer.units else frozenset()


def is_few(units: Units) -> bool:
    return 0 < len({client for client, _ in units}) < 5


# ---- what is published


class Publisher:
    """Publishes figures of a population in which a few people come, go, complete and move from month to month."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.guard = Guard()
        self.month = 0
        self.people = {client: self._person() for client in range(chance.randint(8, 60))}

    def _person(self) -> dict[str, object]:
        chance = self.chance
        return {
            "in": chance.random() < 0.8,
            "counted": chance.random() < chance.choice((0.1, 0.3)),
            "immature": chance.random() < 0.4,
            "part": chance.choice((0, 0, 1, 2)),
            "area": chance.choice(AREAS[: chance.choice((1, 3))]),
            "agency": chance.choice(AGENCIES),
            "journeys": chance.choice((1, 1, 1, 2)),
        }

    def next_month(self) -> None:
        self.month += 1
        for _ in range(self.chance.choice((0, 1, 2, 6, 20))):
            client = self.chance.choice([*self.people, len(self.people)])
            self.people[client] = self._person()

    def figure(self) -> PublishedPeople:
        measure = self.chance.choice(("4.0", "5.0u", "N.new", "R.plan"))
        where = self.chance.choice(
            (Slice(), Slice(), *(Slice(area=area) for area in AREAS), *(Slice(agency=agency) for agency in AGENCIES))
        )
        is_count, repeats = measure == "N.new", measure in {"N.new", "R.plan"}
        members = [
            self._standing(client, person, counted=is_count or bool(person["counted"]))
            for client, person in self.people.items()
            if person["in"] and where.area in {None, person["area"]} and where.agency in {None, person["agency"]}
            for _ in range(int(str(person["journeys"])) if repeats else 1)
        ]
        parts = {name: sum(one.part == part for one in members) for part, name in PARTS.items()}
        recorded = Counts(
            sum(one.counted for one in members),
            None if is_count else len(members),
            sum(not one.immature for one in members) if measure == "5.0u" else None,
            parts if is_count else None,
        )
        day = DAY + timedelta(31 * self.month)
        return PublishedPeople(self.guard, (measure, day, self.month, where, "1"), recorded, members, PARTS)

    def _standing(self, client: int, person: dict[str, object], *, counted: bool) -> Standing:
        key = (str(person["area"]), str(person["agency"]), str(person["agency"]), True, False)
        return Standing(client, counted, bool(person["immature"]), int(str(person["part"])), key, DAY)


@examples(60)
@given(st.integers(0, 2**32 - 1).map(Random))
def test_no_two_publications_reveal_a_person(chance: Random) -> None:
    publisher, adversary = Publisher(chance), Adversary()
    for _ in range(chance.randint(2, 5)):
        for _ in range(chance.randint(1, 6)):
            people = publisher.figure()
            shown = visible_beside(publisher.guard, people)
            if shown is not None:
                adversary.read(people, shown)
        publisher.next_month()
    assert next(adversary.findings(), None) is None


def test_the_adversary_finds_what_is_shown_unguarded() -> None:
    """Else the property above would hold of anything: suppression of each figure by itself is not enough."""
    from projections.publication.suppression import visible

    found = 0
    for seed in range(20):
        publisher, adversary = Publisher(Random(seed)), Adversary()
        for _ in range(8):
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
            found = visible_beside(publisher.guard, publisher.figure())
            shown += found is not None and (found.numerator or found.denominator)
            publisher.next_month()
    assert shown > 20
