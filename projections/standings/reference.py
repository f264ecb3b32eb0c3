"""The reference engine: fold the log, make the journeys of one day, ask the measures, count. It keeps nothing.

It has no cache and no interval logic on purpose: it is short enough to read aloud, and the standings must agree with
it always (`recount verify`). It shares with them the specification of the measures and nothing else.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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
        definition = self.definition_at(standpoint.as_of)
        return members_of_all(rows_by_unit(self.views(standpoint), definition), standpoint.as_of, definition)

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
    return list(_cohort(family, RowColumns(rows), as_of, definition)) if rows else []


def members_of_all(rows: Mapping[Unit, Sequence[PersonRow]], as_of: date, definition: Definition) -> list[Standing]:
    """Every client in the cohort of any family on one day, from the rows of each unit."""
    columns = {unit: RowColumns(its) for unit, its in rows.items() if its}
    return [
        member
        for family in FAMILIES
        if family.unit in columns
        for member in _cohort(family, columns[family.unit], as_of, definition)
    ]


def _cohort(family: Family, rows: "RowColumns", as_of: date, definition: Definition) -> Iterator[Standing]:
    columns, rules = rows.answered(family, as_of, definition)
    immature = family.immature(columns) if family.immature else np.zeros(len(rows.rows), np.bool_)
    answers = (rules.is_counted, immature, family.part_of(columns), columns.adult)
    chosen = np.flatnonzero(rules.in_cohort)
    for i, counted, early, part, adult in zip(
        chosen.tolist(), *(answer[chosen].tolist() for answer in answers), strict=True
    ):
        row = rows.rows[i]
        slice_ = (row.area, " ".join(row.agencies), row.owner, adult, row.criminal_justice)
        yield Standing(row.client, counted, early, family.code(part), slice_, date.fromordinal(row.day))


class RowColumns:
    """Rows of one unit as the columns that rules read; rows are ordered by (person, start), and there is one at least.

    They are the same for all families of the unit: only the window differs.
    """

    def __init__(self, rows: Sequence[PersonRow]) -> None:
        persons = {person: number for number, person in enumerate(dict.fromkeys(row.person for row in rows))}
        self.rows = rows
        self._columns = {name: np.array([row.columns[name] for row in rows]) for name in rows[0].columns}
        self._question = np.array([persons[row.person] for row in rows], np.int64)

    def answered(self, family: Family, as_of: date, definition: Definition) -> tuple[Columns, Rules]:
        """The columns for one day, and the family's answer to them."""
        day = np.full(len(self.rows), as_of.toordinal(), np.int64)
        first_day, last_day = family.window.first.on(day), family.window.after.on(day) - 1
        columns = Columns(self._columns, self._question, first_day, last_day)
        return columns, family.rules(columns, definition)


def apply_rules(
    family: Family, rows: Sequence[PersonRow], as_of: date, definition: Definition
) -> tuple[Columns, Rules]:
    """The columns of `rows` for one day, and the measure's answer to them; rows are ordered by (person, start)."""
    return RowColumns(rows).answered(family, as_of, definition)


def rows_by_unit(views: Collection[EpisodeView], definition: Definition) -> dict[Unit, list[PersonRow]]:
    """The rows of every unit; see `person_rows`."""
    return {unit: person_rows(unit, views, definition) for unit in Unit}


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
