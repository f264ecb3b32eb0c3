"""The reference engine: fold the log, make the journeys of one day, ask the measures, count. It keeps nothing.

It has no cache and no interval logic on purpose: it is short enough to read aloud, and the standings must agree with
it always (`recount verify`). It shares with them the specification of the measures and nothing else.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from domain.definition import Definition, definition_in_force
from domain.episode.episode import Episode
from domain.episode.events import EpisodeEvent, Erased
from domain.history import EpisodeView, seen_from
from domain.journey import Journey, journeys_of
from domain.log.reading import Recorded
from domain.measures.calendar import six_months_later
from domain.measures.columns import JOURNEY_DAYS, Columns, Rules
from domain.measures.families import ADULT_EVE, FAMILIES, MATURED_EVE, Family, Unit
from domain.measures.registry import Measure
from domain.periods import NEVER
from domain.standpoint import Standpoint

from .engine import Standing
from .slices import Slice

_JOURNEY_COLUMNS = (
    *(*JOURNEY_DAYS, "group", "kind", "success", "owes_exit_top", "returned", "offer_wait"),
    *("hepatitis_b", "hepatitis_c_said", "housing", "work"),
)


Person = tuple[int, str]
"""A client, with the area where the definition takes that into who one is."""


@dataclass(frozen=True)
class PersonRow:
    """A row that the rules of a measure are applied to: the journey, or the one episode, of a person."""

    person: Person
    episodes: tuple[EpisodeView, ...]
    columns: dict[str, Any]
    area: str
    agencies: tuple[str, ...]
    owner: str
    criminal_justice: bool
    day: int

    @property
    def client(self) -> int:
        """The client whose row it is."""
        return self.person[0]


class ReferenceEngine:
    """Answers from `recorded`, the whole log in its order; by a definition, else by the one in force at `as_of`."""

    def __init__(self, recorded: Sequence[Recorded], definition: Definition | None = None) -> None:
        self._recorded, self._definition = recorded, definition

    def definition_at(self, as_of: date) -> Definition:
        """The version that answers for a day."""
        return self._definition or definition_in_force(as_of)

    def members(self, measure: Measure, standpoint: Standpoint, slice_: Slice) -> list[Standing]:
        """The cohort of a measure at a standpoint, in a slice."""
        definition = self.definition_at(standpoint.as_of)
        codes = measure.under(definition).part_codes
        members = members_of_family(measure.family, self.views(standpoint), standpoint.as_of, definition)
        return [m for m in members if m.part in codes and slice_.holds(m.slice, adults=measure.adults)]

    def counts(self, measure: Measure, standpoint: Standpoint, slice_: Slice) -> tuple[int, int]:
        """Numerator and denominator."""
        members = self.members(measure, standpoint, slice_)
        return sum(member.counted for member in members), len(members)

    def everything(self, standpoint: Standpoint) -> list[Standing]:
        """Every client standing in any part of any measure at the standpoint."""
        views = self.views(standpoint)
        as_of, definition = standpoint.as_of, self.definition_at(standpoint.as_of)
        return [member for family in FAMILIES for member in members_of_family(family, views, as_of, definition)]

    def views(self, standpoint: Standpoint) -> list[EpisodeView]:
        """What is seen: every event up to the position folded first, then the facts that had occurred by `as_of`."""
        episodes = folded(r for r in self._recorded if r.position <= standpoint.position)
        return seen_from(standpoint, episodes, self.definition_at(standpoint.as_of))


def folded(recorded: Iterable[Recorded]) -> list[Episode]:
    """The episodes after these events."""
    episodes: dict[Any, Episode] = {}
    for one in recorded:
        event = one.event
        if isinstance(event, EpisodeEvent | Erased):
            stream = event.originator_id
            if stream not in episodes:
                episodes[stream] = Episode(stream)
            episodes[stream].apply(event)
    return list(episodes.values())


def members_of_family(
    family: Family, views: Iterable[EpisodeView], as_of: date, definition: Definition
) -> list[Standing]:
    """Every client in the family's cohort on one day, from what is seen on it."""
    rows = person_rows(family.unit, views, definition)
    if not rows:
        return []
    columns, rules = apply_rules(family, rows, as_of, definition)
    counted, adult, part = rules.is_counted, columns.adult, family.part_of(columns)
    immature = family.immature(columns) if family.immature else np.zeros(len(rows), np.bool_)
    return [
        Standing(
            row.client,
            bool(counted[i]),
            bool(immature[i]),
            family.code(int(part[i])),
            (row.area, " ".join(row.agencies), row.owner, bool(adult[i]), row.criminal_justice),
            date.fromordinal(row.day),
        )
        for i, row in enumerate(rows)
        if rules.in_cohort[i]
    ]


def apply_rules(
    family: Family, rows: Sequence[PersonRow], as_of: date, definition: Definition
) -> tuple[Columns, Rules]:
    """The columns of `rows` for one day, and the measure's answer to them; rows are ordered by (person, start)."""
    persons = {person: number for number, person in enumerate(dict.fromkeys(row.person for row in rows))}
    day = np.full(len(rows), as_of.toordinal(), np.int64)
    columns = Columns(
        {name: np.array([row.columns[name] for row in rows]) for name in rows[0].columns},
        np.array([persons[row.person] for row in rows], np.int64),
        family.window.first.on(day),
        family.window.after.on(day) - 1,
    )
    return columns, family.rules(columns, definition)


def person_rows(unit: Unit, views: Iterable[EpisodeView], definition: Definition) -> list[PersonRow]:
    """The rows that the rules of a measure of this unit are applied to, ordered by (person, start)."""
    by_person = persons_of(views, definition).items()
    if unit is Unit.JOURNEY:
        return [_journey_row(j, person) for person, its in by_person for j in journeys_of(its, definition)]
    if unit is Unit.EPISODE:
        return [_episode_row(v, person) for person, its in by_person for v in its if v.core.started < NEVER]
    return [_referral_row(v, person) for person, its in by_person for v in sorted(its, key=_waiting_and_key)]


def own_days(family: Family, day_of: Callable[[str], int]) -> Iterator[tuple[str, int]]:
    """The days of a row whose passing of an edge of the family's window can change its answer; `day_of` gives its
    columns.
    """
    for name in family.own_days:
        if name == ADULT_EVE:
            yield name, day_of("adult_on") - 1
        elif name == MATURED_EVE:
            yield name, int(six_months_later(np.array([day_of("end")]))[0]) - 1
        else:
            yield name, day_of(name)


def persons_of(views: Iterable[EpisodeView], definition: Definition) -> dict[Person, list[EpisodeView]]:
    """The episodes of each person, ordered by (triage, key); a definition may take the area into who one is."""
    of_person: defaultdict[Person, list[EpisodeView]] = defaultdict(list)
    for view in views:
        of_person[view.core.client, view.core.area if definition.person_with_area else ""].append(view)
    return {person: sorted(of_person[person], key=_triage_and_key) for person in sorted(of_person)}


def _triage_and_key(view: EpisodeView) -> tuple[int, tuple[str, str, str]]:
    return view.core.triaged, view.key


def _waiting_and_key(view: EpisodeView) -> tuple[int, tuple[str, str, str]]:
    return view.core.waiting_from, view.key


def _journey_row(journey: Journey, person: Person) -> PersonRow:
    columns = {name: getattr(journey, name) for name in _JOURNEY_COLUMNS}
    return PersonRow(
        person,
        journey.episodes,
        columns,
        journey.area,
        journey.agencies,
        journey.owner,
        journey.criminal_justice,
        journey.start,
    )


def _episode_row(view: EpisodeView, person: Person) -> PersonRow:
    core = view.core
    columns = {
        "start": core.triaged,
        "end": core.left,
        "adult_on": core.adult_on,
        "started": core.started,
        "plan_on": max(view.plans, default=0),
        "risk_on": max(view.risks, default=0),
    }
    return _single(view, person, columns, core.triaged)


def _referral_row(view: EpisodeView, person: Person) -> PersonRow:
    core = view.core
    columns = {
        "start": core.waiting_from,
        "end": core.left,
        "adult_on": core.waiting_adult_on,
        "started": core.started,
        "referred": core.waiting_from,
    }
    return _single(view, person, columns, core.waiting_from)


def _single(view: EpisodeView, person: Person, columns: dict[str, Any], day: int) -> PersonRow:
    core = view.core
    agencies = (core.agency,)
    return PersonRow(person, (view,), columns, core.area, agencies, core.agency, core.criminal_justice, day)
