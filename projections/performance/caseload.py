"""The caseload profile: how long, with what career, whether for the first time; by substance group. [S]

Wirral set its shares beside a comparator (46% against 23% in treatment for six years or more, 50% against 21% with a
career of more than 21 years, 53% against 36% in first treatment). It is drawn over the people of the last 12 months,
and over those open on the day, from the journeys as seen at the standpoint. Ages and lengths are in whole years.

Whose caseload it is says the standings; of the log, only what was ever said of these people is read.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from domain.codes import SUBSTANCE_GROUPS
from domain.definition import definition_in_force
from domain.episode.episode import Episode
from domain.episode.facts import START, Start
from domain.history import EpisodeView, seen_from
from domain.journey import Journey, journeys_of
from domain.log.collector import collector_paused
from domain.log.database import chunks
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded
from domain.measures.lengths import LENGTHS, LONGEST, whole_years
from domain.measures.registry import Measure, measure_named
from domain.standpoint import Standpoint
from projections.explain.provenance import (
    JOURNEYS_ALONE,
    READ_AT_ONCE,
    clients_spoken_of,
    recorded_of,
    streams_of_clients,
)
from projections.standings.calculation.arrays import Ints
from projections.standings.engine import Standing
from projections.standings.in_memory import StandingsEngine
from projections.standings.reference import folded, members_of_family, persons_of
from projections.standings.rows import CLIENT_NUMBER
from projections.standings.slices import Slice

TWELVE_MONTHS: Final = measure_named("N.treatment")
ON_THE_DAY: Final = measure_named("N.open")
MEASURES: Final = (TWELVE_MONTHS, ON_THE_DAY)
"""Who is in the caseload: whoever stands in one of these."""
NO_GROUP: Final = "no group"

LONG_CAREER_YEARS: Final = 21
"""A drug-using career of this many years or more is shown. [S, Wirral: over 21 years; the boundary K]"""

NOT_KNOWN: Final = -(1 << 15)
"""The career of somebody of whom nobody asked."""
_BITS_OF_A_DAY: Final = 22
"""Any day's ordinal has room in these."""
_ANY_DAY: Final = (1 << _BITS_OF_A_DAY) - 1
_PERSON: Final = np.dtype(
    [("client", "i8"), ("start", "i4"), ("group", "i1"), ("years", "i2"), ("career", "i2"), ("first_treatment", "?")]
)


@dataclass(frozen=True, slots=True)
class GroupProfile:
    """One group's people: how many, by years in treatment, with a long career, in first treatment.

    `career_known` are the people whose DRUG1AGE is known, the denominator of the long careers; the other shares are of
    all `people`.
    Years in treatment run from the journey's start to its end, or to `as_of` while it is open.
    """

    group: str
    people: int
    years_in_treatment: Mapping[str, int]
    long_career: int
    career_known: int
    first_treatment: int


@dataclass(frozen=True, slots=True)
class CaseloadProfile:
    """The profile at a standpoint, over both sets of people, a row a group and one for all."""

    standpoint: Standpoint
    in_twelve_months: tuple[GroupProfile, ...]
    open_on_the_day: tuple[GroupProfile, ...]


@dataclass(frozen=True, slots=True)
class CaseloadRead:
    """A caseload profile with the people that it is of, each as one journey of theirs says."""

    profile: CaseloadProfile
    people: "CaseloadPeople"


@collector_paused()
def caseload_read(
    connection: sa.Connection,
    mapper: JsonMapper,
    generation: int,
    engine: StandingsEngine,
    standpoint: Standpoint,
    slice_: Slice,
    before: tuple[int, CaseloadRead] | None = None,
) -> CaseloadRead:
    """The caseload profile of a slice at a standpoint; `engine` holds at least `MEASURES` there.

    `before` is what was read of the same day up to an earlier position, with that position: of people of whom the log
    does not speak since nothing is read again. The others are read so many at a time, so that what it takes does not
    grow with the archive.
    """
    members = [_journeys_of_members(engine, measure, standpoint, slice_) for measure in MEASURES]
    needed = np.unique(np.concatenate(members))
    known = _still(connection, generation, standpoint, *before) if before else CaseloadPeople.of({})
    places = known.places(engine.clients)
    people = [known.rows[np.isin(places, needed)]]
    for some in chunks(np.setdiff1d(needed, places).tolist(), READ_AT_ONCE):
        keys = [(int(engine.clients[place >> _BITS_OF_A_DAY]), place & _ANY_DAY) for place in some]
        recorded = _recorded_of(connection, mapper, generation, standpoint, {client for client, _ in keys})
        episodes = folded(chain.from_iterable(recorded.values()))
        views = seen_from(standpoint, episodes, definition_in_force(standpoint.as_of))
        people.append(CaseloadPeople.of(_people(keys, episodes, views, standpoint)).rows)
    read = CaseloadPeople(np.concatenate(people))
    return CaseloadRead(_profile_of([read.at(its, engine.clients) for its in members], standpoint), read)


def _journeys_of_members(engine: StandingsEngine, measure: Measure, standpoint: Standpoint, slice_: Slice) -> Ints:
    """Who stands in a figure, and by which journey, as `CaseloadPeople.places` has them."""
    numbers, journeys = engine.columns_at((CLIENT_NUMBER, "journey"), measure, standpoint, slice_)
    return numbers << _BITS_OF_A_DAY | journeys


def _recorded_of(
    connection: sa.Connection, mapper: JsonMapper, generation: int, standpoint: Standpoint, clients: Iterable[int]
) -> Mapping[UUID, list[Recorded]]:
    streams = streams_of_clients(connection, generation, clients)
    return recorded_of(connection, mapper, streams, standpoint.position, JOURNEYS_ALONE)


def _still(
    connection: sa.Connection, generation: int, standpoint: Standpoint, position: int, read: CaseloadRead
) -> "CaseloadPeople":
    """Those of whom nothing was said since a position."""
    spoken_of = clients_spoken_of(connection, generation, position, standpoint.position)
    return read.people.without(spoken_of)


def caseload_profile(recorded: Iterable[Recorded], standpoint: Standpoint, slice_: Slice) -> CaseloadProfile:
    """The caseload profile of a slice at a standpoint, folded as the reference engine does.

    `recorded` is the whole log, or all that was ever said of at least the people of the slice.
    """
    episodes = folded(r for r in recorded if r.position <= standpoint.position)
    definition = definition_in_force(standpoint.as_of)
    views = seen_from(standpoint, episodes, definition)
    members = [
        [
            member
            for member in members_of_family(measure.family, views, standpoint.as_of, definition)
            if slice_.holds(member.slice, adults=measure.adults)
        ]
        for measure in MEASURES
    ]
    keys = [[_key(member) for member in its] for its in members]
    people = _people(chain.from_iterable(keys), episodes, views, standpoint)
    return _profile_of([CaseloadPeople.of(people, its).rows for its in keys], standpoint)


def _people(
    keys: "Iterable[PersonKey]", episodes: Iterable[Episode], views: Iterable[EpisodeView], standpoint: Standpoint
) -> "dict[PersonKey, CaseloadPerson]":
    """These members of a figure, by what is seen of at least them."""
    definition = definition_in_force(standpoint.as_of)
    starts = {one.id: one for one in episodes}
    journeys = {client: journeys_of(its) for (client, _), its in persons_of(views, definition).items()}

    def person(client: int, start: int) -> CaseloadPerson:
        its = journeys[client]
        return CaseloadPerson.of(_journey(its, start), its, starts, standpoint.as_of)

    return {key: person(*key) for key in set(keys)}


def _key(member: Standing) -> "PersonKey":
    return member.client, member.journey.toordinal()


def _profile_of(people: "Iterable[PeopleRows]", standpoint: Standpoint) -> CaseloadProfile:
    """The profile of who stands in each of `MEASURES`."""
    in_twelve_months, on_the_day = (tuple(_by_group(its)) for its in people)
    return CaseloadProfile(standpoint, in_twelve_months, on_the_day)


def _journey(journeys: Sequence[Journey], start: int) -> Journey:
    return next(journey for journey in journeys if journey.start == start)


PersonKey = tuple[int, int]
"""A client, and the ordinal of the day on which the deciding journey started."""


class CaseloadPerson(NamedTuple):
    """A person of the caseload, by the deciding journey; `group` as the journey numbers it, -1 for none. `career` is
    NOT_KNOWN where DRUG1AGE is.
    """

    group: int
    years: int
    career: int
    first_treatment: bool

    @classmethod
    def of(
        cls, journey: Journey, journeys: Sequence[Journey], episodes: Mapping[UUID, Episode], as_of: date
    ) -> "CaseloadPerson":
        """The person with this journey among all of theirs."""
        first = episodes[journey.episodes[0].episode].standing_events[START].fact
        assert isinstance(first, Start)
        begin, end = date.fromordinal(journey.start), date.fromordinal(min(journey.end, as_of.toordinal()))
        return cls(
            group=journey.group,
            years=whole_years(begin, end),
            career=NOT_KNOWN if first.first_use_age is None else first.age_at_triage - first.first_use_age,
            # No earlier journey is seen, and PREVTR is not Y.
            first_treatment=journeys[0].start == journey.start and first.previously_treated is not True,
        )


PeopleRows = NDArray[np.void]
"""A row a person: `client` and `start`, the key, and what `CaseloadPerson` says."""


@dataclass(frozen=True, slots=True)
class CaseloadPeople:
    """People in columns, in any order: 18 bytes each, where the objects take some 250."""

    rows: PeopleRows

    @classmethod
    def of(
        cls, people: "Mapping[PersonKey, CaseloadPerson]", keys: "Iterable[PersonKey] | None" = None
    ) -> "CaseloadPeople":
        """These people, or those of the keys among them, as often as they are named."""
        its = people if keys is None else keys
        return cls(np.array([(*key, *people[key]) for key in its], _PERSON))

    def without(self, clients: Collection[int]) -> "CaseloadPeople":
        """All but these."""
        gone = np.fromiter(clients, np.int64, len(clients))
        return CaseloadPeople(self.rows[~np.isin(self.rows["client"], gone)])

    def places(self, clients: Ints) -> Ints:
        """Of each person one number for the key: the place among these `clients`, who ascend, before the start; -1 of
        somebody who is not there.
        """
        place = np.searchsorted(clients, self.rows["client"])
        is_there = np.append(clients, -1)[place] == self.rows["client"]
        return np.where(is_there, place << _BITS_OF_A_DAY | self.rows["start"], -1)

    def at(self, places: Ints, clients: Ints) -> PeopleRows:
        """The people with these numbers, as often as they are named; all must be there."""
        own = self.places(clients)
        order = np.argsort(own)
        return self.rows[order[np.searchsorted(own, places, sorter=order)]]


def _by_group(people: PeopleRows) -> Iterable[GroupProfile]:
    for group, name in (*enumerate(map(str, SUBSTANCE_GROUPS)), (-1, NO_GROUP)):
        if len(of_group := people[people["group"] == group]):
            yield _profile(name, of_group)
    yield _profile("all", people)


def _profile(group: str, people: PeopleRows) -> GroupProfile:
    years, career = people["years"], people["career"]
    lengths = {label: int(((low <= years) & (years < high)).sum()) for label, low, high in LENGTHS}
    return GroupProfile(
        group=group,
        people=len(people),
        years_in_treatment=lengths | {LONGEST: int((years >= LENGTHS[-1][2]).sum())},
        long_career=int((career >= LONG_CAREER_YEARS).sum()),
        career_known=int((career != NOT_KNOWN).sum()),
        first_treatment=int(people["first_treatment"].sum()),
    )
