"""The people of a figure: all of them, a page of their list, and those who wait for treatment."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import attrgetter
from typing import Any, Final

import msgspec

from domain.client import client_text
from domain.definition import Definition
from domain.measures.registry import Measure, measure_named
from domain.standpoint import Standpoint
from projections.explain.provenance import EpisodeSeen, JourneySeen, MemberSeen, Source, members_seen
from projections.privacy import complements, redaction
from projections.privacy.redaction import RedactedJourney, RedactedMember
from projections.standings.engine import Figure, Standing
from projections.standings.hidden import HIDDEN
from projections.standings.slices import Slice
from web.auth.viewer import Own, Viewer
from web.queries import others
from web.queries.parameters import EVERYBODY, KnownAt
from web.queries.performance.figure import FigureResult, StandpointResult, figure_result, standpoint_result
from web.queries.performance.figures import OnTheDayQuery
from web.queries.result import Result
from web.snapshot import Snapshot, snapshot_cache

WAITING: Final = measure_named("W.waiting")


class JourneyResult(Result, frozen=True):
    """The deciding journey; `withheld` where other agencies' episodes belong to it too, and are not shown."""

    start: date | None
    end: date | None
    group: str | None
    area: str | None
    agencies: tuple[str, ...]
    episodes: tuple[EpisodeSeen, ...]
    withheld: bool | msgspec.UnsetType = msgspec.UNSET


class MemberResult(Result, frozen=True):
    """One person of a figure; `client` and `journey` are null where another agency's is not shown."""

    client: str | None
    counted: bool
    rule: str
    journey: JourneyResult | None
    sources: tuple[Source, ...] = msgspec.field(name="events")


def member_result(member: MemberSeen | RedactedMember) -> MemberResult:
    """MEMBER of the JSON reference."""
    client = None if member.client is None else client_text(member.client)
    return MemberResult(client, member.counted, member.rule, journey_result(member.journey), member.sources)


def journey_result(journey: JourneySeen | RedactedJourney | None) -> JourneyResult | None:
    """The journey of a member, as far as it is shown."""
    if journey is None:
        return None
    withheld = journey.withheld if isinstance(journey, RedactedJourney) else msgspec.UNSET
    return JourneyResult(
        journey.start, journey.end, journey.group, journey.area, journey.agencies, journey.episodes, withheld
    )


@dataclass(frozen=True, slots=True)
class MembersQuery:
    """The people of one figure."""

    measure: Measure
    as_of: date
    known_at: KnownAt = None
    slice_: Slice = EVERYBODY
    definition: Definition | None = None


class MembersResult(Result, frozen=True):
    """A figure with its people, each with the journey, rule and events that put them there."""

    figure: FigureResult
    members: list[MemberResult]


def members(snapshot: Snapshot, viewer: Viewer, query: MembersQuery) -> MembersResult:
    """The people of a figure.

    Raises:
        Refused: to a provider, of all agencies together where that tells of few others, or at no month end.
    """
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    others.check_standpoint(snapshot, viewer, query.slice_, standpoint, query.definition)
    figure, members = snapshot.members(query.measure, standpoint, query.slice_, query.definition)
    others.check_enough(snapshot, viewer, figure)
    figure = others.visible_figure(snapshot, viewer, figure)
    people = viewer.redacted(members, _redacted_members)
    return MembersResult(figure_result(figure), [member_result(member) for member in people])


def _redacted_members(members: Sequence[MemberSeen], own: Own) -> list[RedactedMember]:
    return complements.members_beside_others(redaction.redacted_members(members, own))


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """Some `rows` of the list of people in a figure: of a provider, those of its own.

    `counted`: only those who are counted, or only those who are not.
    """

    measure: Measure
    as_of: date
    known_at: KnownAt = None
    slice_: Slice = EVERYBODY
    rows: slice = field(default_factory=lambda: slice(None))
    counted: bool | None = None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some rows of the list, each with its place in the whole list (from 1).

    The whole list has `total` people, of whom `counted` are counted; `listed` of them were asked for. Beside them are
    `others` of other agencies, `others_counted` of whom are counted.
    """

    figure: Figure
    members: Sequence[MemberSeen | RedactedMember]
    places: Sequence[int]
    listed: int
    total: int
    counted: int
    others: int
    others_counted: int


def people(snapshot: Snapshot, viewer: Viewer, query: PeopleQuery) -> PeoplePage:
    """A page of the people of a figure, in the order of `members`; only those of the page are looked up in the log."""
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    others.check_standpoint(snapshot, viewer, query.slice_, standpoint)
    figure, standings = _standings(snapshot, query.measure, standpoint, query.slice_)
    visible = [standing for standing in standings if _may_see(viewer, standing)]
    numbered = enumerate(visible, 1)
    listed = [(place, one) for place, one in numbered if query.counted is None or one.counted is query.counted]
    page = listed[query.rows]
    counted = sum(standing.counted for standing in visible)
    result = PeoplePage(
        figure,
        _members(snapshot, query, standpoint, [standing for _, standing in page]),
        places=[place for place, _ in page],
        listed=len(listed),
        total=len(visible),
        counted=counted,
        others=len(standings) - len(visible),
        others_counted=sum(standing.counted for standing in standings) - counted,
    )
    page_of_viewer = viewer.redacted(result, _redacted_page)
    return _beside_others(page_of_viewer, others.visible_figure(snapshot, viewer, figure))


def _beside_others(page: PeoplePage, figure: Figure) -> PeoplePage:
    """The page with its figure as it may be shown; what is withheld is not given back by the number of the others."""
    if not figure.withheld:
        return replace(page, figure=figure)
    return replace(page, figure=figure, others=HIDDEN, others_counted=HIDDEN)


@snapshot_cache(most=32, of_knowledge=True)
def _standings(
    snapshot: Snapshot, measure: Measure, standpoint: Standpoint, slice_: Slice
) -> tuple[Figure, list[Standing]]:
    figure, standings = snapshot.standings(measure, standpoint, slice_)
    return figure, sorted(standings, key=attrgetter("client", "journey", "part"))


def _may_see(viewer: Viewer, standing: Standing) -> bool:
    """Whether somebody is in the list of this viewer: of a provider, by an episode of its own in the journey."""
    _area, agencies, *_ = standing.slice
    return not viewer.is_provider or any(agency in viewer.own for agency in agencies.split(" "))


def _members(
    snapshot: Snapshot, query: PeopleQuery, standpoint: Standpoint, standings: Sequence[Standing]
) -> list[MemberSeen]:
    definition = snapshot.engine([query.measure], [query.as_of], at=standpoint).definition_at(query.as_of)
    database = snapshot.connection, snapshot.mapper, snapshot.generation
    return members_seen(*database, query.measure, standpoint, standings, definition)


def _redacted_page(page: PeoplePage, own: Own) -> PeoplePage:
    members: Any = page.members
    redacted = redaction.redacted_members(members, own)
    return replace(page, members=redacted)


class WaitingPerson(Result, frozen=True):
    """Somebody who waits: since which day, for how many days, and where."""

    client: str
    since: date
    days: int
    agency: str
    client_reference: str
    episode_reference: str
    area: str | None


class WaitingResult(Result, frozen=True):
    """Who waits, the longest first."""

    standpoint: StandpointResult
    slice: Slice
    waiting: list[WaitingPerson]


def waiting(snapshot: Snapshot, viewer: Viewer, query: OnTheDayQuery) -> WaitingResult:
    """The people who were referred and have not started structured treatment, the longest wait first."""
    standpoint = snapshot.standpoint(query.as_of, query.known_at)
    _, members = snapshot.members(WAITING, standpoint, query.slice_)
    members.sort(key=lambda member: (member.journey.start, member.client))
    visible = viewer.redacted(members, redaction.redacted_waiting)
    people = [waiting_person(query.as_of, member) for member in visible]
    return WaitingResult(standpoint_result(standpoint), query.slice_, people)


def waiting_person(as_of: date, member: MemberSeen) -> WaitingPerson:
    """Somebody who waits, with the days up to `as_of`."""
    journey, episode = member.journey, member.journey.episodes[0]
    days = (as_of - journey.start).days
    references = (episode.agency, episode.client_reference, episode.episode_reference)
    return WaitingPerson(client_text(member.client), journey.start, days, *references, journey.area)
