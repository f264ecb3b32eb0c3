"""What is needed is what it takes: with as many completions on useful days the target is met, with one fewer it is not.

The reference engine decides: histories are seen from the standpoint, completed by hand, and asked at the deadline.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain.definition import definition_in_force
from domain.history import EpisodeView, seen_from
from domain.measures.registry import Measure
from domain.periods import NEVER
from domain.standpoint import Standpoint
from projections.performance.colours.rag import fewest_of, most_of
from projections.performance.needed.at_deadline import people_at_deadline
from projections.performance.needed.completions_needed import NEEDED_OF, Course, Need, need_of
from projections.performance.needed.people import People
from projections.standings.engine import Standing
from projections.standings.in_memory import StandingsEngine
from projections.standings.reference import folded, members_of_family
from projections.standings.slices import Slice
from tests.generators import AREAS, random_ledgers, standpoint_by_chance
from tests.histories import Telling
from tests.ledger import Ledger, standings_at_once

from .conftest import examples

chances = st.integers(0, 2**32 - 1).map(Random)
SLICES = (Slice(), Slice(), *(Slice(area=area) for area in AREAS))
MOSTLY = tuple(one for one in NEEDED_OF if one.code in {"1.0", "3.0", "4.0", "4.2", "5.0", "5.2"})
PERCENTAGES = ("0", "3", "8", "20", "33.3", "50", "66.67", "90", "100")


def caseload_by_chance(chance: Random) -> Ledger:
    """Some people of a few groups at two hubs, who come, complete, leave and come back about the windows of 2017."""
    lines = ["client | episode | agency | event | occurred_on | detail"]
    for number in range(chance.randint(3, 16)):
        group, day = (
            chance.choice(("opiate", "opiate", "alcohol")),
            date(2015, 9, 1) + timedelta(chance.randint(0, 700)),
        )
        for nth in range(chance.choice((1, 1, 2, 3))):
            who = f"P{number} | {number}-{nth} | {chance.choice(('H0001', 'H0002'))}"
            lines.append(f"{who} | started | {day} | {group}")
            if chance.random() < 0.4:
                break
            day += timedelta(chance.randint(1, 300))
            lines.append(f"{who} | exited | {day} | {chance.choice((80, 80, 80, 82, 83))}")
            day += timedelta(chance.choice((5, 21, 22, 60, 182, 190, 300)))
    return Telling().tell("\n".join(lines))


def caseloads() -> st.SearchStrategy[Ledger]:
    """Such histories."""
    return st.integers(0, 2**32 - 1).map(lambda seed: caseload_by_chance(Random(seed)))


class Asked:
    """A question by chance: a history, a standpoint, a measure, a slice and a deadline, with the answer."""

    def __init__(self, ledger: Ledger, chance: Random, at: Standpoint | None = None) -> None:
        self.ledger, self.chance = ledger, chance
        day = date(2017, 1, 31) + timedelta(chance.randint(0, 300))
        self.at = at or Standpoint(day, None, ledger.submissions.positions[-1])
        self.measure: Measure = chance.choice(MOSTLY if at is None else NEEDED_OF)
        self.slice = chance.choice(SLICES)
        self.deadline = self.at.as_of + timedelta(chance.choice((0, 1, 20, 60, 150, 190, 300, 500)))
        self.engine = StandingsEngine(*standings_at_once(ledger), ledger.submissions)
        self.views = seen_from(self.at, folded(r for r in ledger.recorded if r.position <= self.at.position))

    def read(self, clients: Collection[int]) -> Iterable[object]:
        streams = {view.episode for view in self.every_view() if view.core.client in set(clients)}
        return [
            one
            for one in self.ledger.recorded
            if one.position <= self.at.position and one.event.originator_id in streams
        ]

    def every_view(self) -> list[EpisodeView]:
        end = Standpoint(date(2099, 1, 1), None, self.at.position)
        return seen_from(end, folded(r for r in self.ledger.recorded if r.position <= self.at.position))

    def need(self, percentage: str) -> Need:
        whole = self.engine.figure(self.measure, self.at, self.slice)
        people = People.of(self.engine, self.read, whole, self.deadline)  # type: ignore[arg-type]
        return need_of(people, Decimal(percentage), whole)

    def cohort(self, views: Iterable[EpisodeView]) -> list[Standing]:
        definition = definition_in_force(self.deadline)
        members = members_of_family(self.measure.family, views, self.deadline, definition)
        codes = self.measure.under(definition).part_codes
        return [m for m in members if m.part in codes and self.slice.holds(m.slice, adults=True)]

    def counts(self, views: Iterable[EpisodeView]) -> tuple[int, int]:
        members = self.cohort(views)
        return sum(member.counted for member in members), len(members)

    def in_treatment(self, members: Iterable[Standing]) -> list[int]:
        """Of the members who are not counted, those in treatment, in an order by chance."""
        still = {view.core.client for view in self.views if view.core.left == NEVER and view.core.started < NEVER}
        clients = sorted(m.client for m in members if not m.counted and m.client in still)
        self.chance.shuffle(clients)
        return clients

    def completed(self, clients: Collection[int], need: Need) -> list[EpisodeView]:
        """What is seen once these have completed, each on a useful day."""
        assert need.useful or not clients
        days = {client: self._useful(need) for client in clients}
        return [_left(view, days[view.core.client]) if view.core.client in days else view for view in self.views]

    def _useful(self, need: Need) -> int:
        assert need.useful
        first, last = need.useful.first_day.toordinal(), need.useful.last_day.toordinal()
        return self.chance.choice((first, last, self.chance.randint(first, last)))


def _left(view: EpisodeView, day: int) -> EpisodeView:
    if view.core.left < NEVER or view.core.started == NEVER:
        return view
    return view._replace(core=view.core._replace(left=day, reason=80))


@examples(60)
@given(random_ledgers(), chances)
def test_the_people_of_the_deadline_are_those_of_the_reference_engine(ledger: Ledger, chance: Random) -> None:
    """Also where more is known than had happened by the standpoint's day."""
    for _ in range(6):
        asked = Asked(ledger, chance, standpoint_by_chance(chance, ledger))
        at, slice_ = asked.at, asked.slice
        rows = people_at_deadline(asked.engine, asked.read, asked.measure, at, slice_, asked.deadline)  # type: ignore[arg-type]
        columns = (
            rows.client.tolist(),
            rows.journey.tolist(),
            rows.counted.tolist(),
            [rows.agencies[number] for number in rows.owner],
        )
        expected = [(m.client, m.journey.toordinal(), m.counted, m.slice[2]) for m in asked.cohort(asked.views)]
        assert Counter(zip(*columns, strict=True)) == Counter(expected)


@examples(50)
@given(caseloads(), chances)
def test_as_many_completions_as_are_needed_meet_the_target_and_one_fewer_does_not(
    ledger: Ledger, chance: Random
) -> None:
    for _ in range(6):
        asked, percentage = Asked(ledger, chance), chance.choice(PERCENTAGES)
        if asked.measure.polarity != "higher":
            continue
        need = asked.need(percentage)
        could = asked.in_treatment(asked.cohort(asked.views)) if need.useful else []
        possible = need.to_go <= len(could)
        assert (need.course is Course.NOT_ANY_MORE) == (not possible)
        assert need.could_count >= len(could) if possible else need.could_count < need.to_go
        for completions in {need.to_go, need.to_go - 1, len(could)} & set(range(len(could) + 1)):
            counted, cohort = asked.counts(asked.completed(could[:completions], need))
            assert cohort == need.cohort
            assert (counted >= fewest_of(cohort, Decimal(percentage))) == (completions >= need.to_go)


@examples(40)
@given(caseloads(), chances)
def test_of_returns_it_is_never_said_that_a_target_cannot_be_met_when_some_way_meets_it(
    ledger: Ledger, chance: Random
) -> None:
    for _ in range(6):
        asked, percentage = Asked(ledger, chance), chance.choice(PERCENTAGES)
        if asked.measure.polarity == "higher":
            continue
        need = asked.need(percentage)
        still = sorted({view.core.client for view in asked.views if view.core.left == NEVER})
        ways = [still, [], chance.sample(still, len(still) // 2)] if need.useful else [[]]
        for way in ways:
            counted, cohort = asked.counts(asked.completed(way, need) if way else asked.views)
            if cohort and counted <= most_of(cohort, Decimal(percentage)):
                assert need.course is not Course.NOT_ANY_MORE
        counted, cohort = asked.counts(asked.views)
        assert (need.counted, need.cohort) == (counted, cohort)
        assert need.to_go == max(0, most_of(cohort, Decimal(percentage)) - counted)


@examples(40)
@given(caseloads(), chances)
def test_hubs_and_months_add_up_to_what_is_needed(ledger: Ledger, chance: Random) -> None:
    for _ in range(6):
        need = Asked(ledger, chance).need(chance.choice(PERCENTAGES))
        for name in ("cohort", "counted", "wanted", "to_go", "could_count", "may_change", "recent"):
            assert sum(getattr(hub, name) for hub in need.hubs) == getattr(need, name), name
        for hub in need.hubs:
            assert len(hub.months) == len(need.months)
            assert sum(hub.months) == (hub.to_go if need.months else 0)
            if need.course is not Course.NOT_ANY_MORE and not need.of_returns:
                assert hub.to_go <= hub.could_count
