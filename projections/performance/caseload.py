"""The caseload profile: how long, with what career, whether for the first time; by substance group. [S]

Wirral set its shares beside a comparator (46% against 23% in treatment for six years or more, 50% against 21% with a
career of more than 21 years, 53% against 36% in first treatment). It is drawn over the people of the last 12 months,
and over those open on the day, from the journeys as seen at the standpoint. Ages and lengths are in whole years.

Whose caseload it is says the standings; of the log, only what was ever said of these people is read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from domain.codes import SUBSTANCE_GROUPS
from domain.definition import definition_in_force
from domain.episode.episode import Episode
from domain.episode.facts import START, Start
from domain.history import EpisodeView, seen_from
from domain.journey import Journey, journeys_of
from domain.log.collector import collector_paused
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded
from domain.measures.lengths import LENGTHS, LONGEST, whole_years
from domain.measures.registry import measure_named
from domain.standpoint import Standpoint
from projections.explain.provenance import JOURNEYS_ALONE, clients_spoken_of, recorded_of, streams_of_clients
from projections.standings.engine import Standing
from projections.standings.in_memory import StandingsEngine
from projections.standings.reference import folded, members_of_family, persons_of
from projections.standings.slices import Slice

TWELVE_MONTHS: Final = measure_named("N.treatment")
ON_THE_DAY: Final = measure_named("N.open")
MEASURES: Final = (TWELVE_MONTHS, ON_THE_DAY)
"""Who is in the caseload: whoever stands in one of these."""
NO_GROUP: Final = "no group"

LONG_CAREER_YEARS: Final = 21
"""A drug-using career of this many years or more is shown. [S, Wirral: over 21 years; the boundary K]"""


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
    people: "Mapping[PersonKey, CaseloadPerson]"


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
    does not speak since nothing is read again.
    """
    members = [engine.members(measure, standpoint, slice_) for measure in MEASURES]
    known = _still(connection, generation, standpoint, *before) if before else {}
    needed = {_key(member) for its in members for member in its}
    clients = {client for client, journey in needed if (client, journey) not in known}
    streams = streams_of_clients(connection, generation, clients)
    recorded = recorded_of(connection, mapper, streams, standpoint.position, JOURNEYS_ALONE)
    episodes = folded(chain.from_iterable(recorded.values()))
    views = seen_from(standpoint, episodes, definition_in_force(standpoint.as_of))
    anew = (member for its in members for member in its if member.client in clients)
    people = {key: person for key, person in known.items() if key in needed}
    people |= _people(anew, episodes, views, standpoint)
    return CaseloadRead(_profile_of(members, people, standpoint), people)


def _still(
    connection: sa.Connection, generation: int, standpoint: Standpoint, position: int, read: CaseloadRead
) -> "dict[PersonKey, CaseloadPerson]":
    """Those of whom nothing was said since a position."""
    spoken_of = clients_spoken_of(connection, generation, position, standpoint.position)
    return {key: person for key, person in read.people.items() if key[0] not in spoken_of}


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
    people = _people(chain.from_iterable(members), episodes, views, standpoint)
    return _profile_of(members, people, standpoint)


def _people(
    members: Iterable[Standing], episodes: Iterable[Episode], views: Iterable[EpisodeView], standpoint: Standpoint
) -> "dict[PersonKey, CaseloadPerson]":
    """These members of a figure, by what is seen of at least them."""
    definition = definition_in_force(standpoint.as_of)
    starts = {one.id: one for one in episodes}
    journeys = {client: journeys_of(its) for (client, _), its in persons_of(views, definition).items()}

    def person(client: int, start: int) -> CaseloadPerson:
        its = journeys[client]
        return CaseloadPerson.of(_journey(its, start), its, starts, standpoint.as_of)

    return {key: person(*key) for key in {_key(member) for member in members}}


def _key(member: Standing) -> "PersonKey":
    return member.client, member.journey.toordinal()


def _profile_of(
    members: Iterable[Iterable[Standing]], people: "Mapping[PersonKey, CaseloadPerson]", standpoint: Standpoint
) -> CaseloadProfile:
    """The profile of who stands in each of `MEASURES`."""
    in_twelve_months, on_the_day = (tuple(_by_group([people[_key(member)] for member in its])) for its in members)
    return CaseloadProfile(standpoint, in_twelve_months, on_the_day)


def _journey(journeys: Sequence[Journey], start: int) -> Journey:
    return next(journey for journey in journeys if journey.start == start)


PersonKey = tuple[int, int]
"""A client, and the ordinal of the day on which the deciding journey started."""


class CaseloadPerson(NamedTuple):
    """A person of the caseload, by the deciding journey. `career` is None where DRUG1AGE is not known."""

    group: str
    years: int
    career: int | None
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
            group=str(SUBSTANCE_GROUPS[journey.group]) if journey.group >= 0 else NO_GROUP,
            years=whole_years(begin, end),
            career=None if first.first_use_age is None else first.age_at_triage - first.first_use_age,
            # No earlier journey is seen, and PREVTR is not Y.
            first_treatment=journeys[0].start == journey.start and first.previously_treated is not True,
        )


def _by_group(people: Sequence[CaseloadPerson]) -> Iterable[GroupProfile]:
    for group in (*map(str, SUBSTANCE_GROUPS), NO_GROUP):
        if of_group := [person for person in people if person.group == group]:
            yield _profile(group, of_group)
    yield _profile("all", people)


def _profile(group: str, people: Sequence[CaseloadPerson]) -> GroupProfile:
    years = {label: sum(low <= person.years < high for person in people) for label, low, high in LENGTHS}
    careers = [person.career for person in people if person.career is not None]
    return GroupProfile(
        group=group,
        people=len(people),
        years_in_treatment=years | {LONGEST: sum(person.years >= LENGTHS[-1][2] for person in people)},
        long_career=sum(career >= LONG_CAREER_YEARS for career in careers),
        career_known=len(careers),
        first_treatment=sum(person.first_treatment for person in people),
    )
