"""The people of a figure, a page at a time: only those who are shown are looked up in the log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import attrgetter
from typing import Any

from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.explain.provenance import MemberSeen, members_seen
from projections.privacy import redaction
from projections.privacy.redaction import RedactedMember
from projections.standings.engine import Figure, Standing
from projections.standings.slices import Slice
from web.auth.viewer import Own, Viewer
from web.snapshot import Snapshot

from .parameters import EVERYBODY, KnownAt


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """The people of one figure: all, or those of some agencies (`own`, None for all); `rows` of their list.

    `counted`: only those who are counted, or only those who are not.
    """

    measure: Measure
    as_of: date
    known_at: KnownAt = None
    where: Slice = EVERYBODY
    own: frozenset[str] | None = None
    rows: slice = field(default_factory=lambda: slice(None))
    counted: bool | None = None


@dataclass(frozen=True, slots=True)
class PeopleResult:
    """Some rows of the list of people in the figure, each with its place in the whole list (from 1).

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


def people(snapshot: Snapshot, viewer: Viewer, asked: PeopleQuery) -> PeopleResult:
    """The people of a figure, in the order in which `Question.members` has them."""
    standpoint = snapshot.standpoint(asked.as_of, asked.known_at)
    key = ("standings", asked.measure.code, standpoint, asked.where)
    figure, standings = snapshot.kept(key, lambda: _standings(snapshot, asked, standpoint))
    mine = [one for one in standings if _is_of(one, asked.own)]
    listed = [
        (place, one) for place, one in enumerate(mine, 1) if asked.counted is None or one.counted is asked.counted
    ]
    page = listed[asked.rows]
    under = snapshot.engine([asked.measure], [asked.as_of], at=standpoint).definition_at(asked.as_of)
    shown = [one for _place, one in page]
    found = members_seen(
        snapshot.connection, snapshot.mapper, snapshot.generation, asked.measure, standpoint, shown, under
    )
    counted = sum(one.counted for one in mine)
    return viewer.redacted(
        PeopleResult(
            figure,
            found,
            places=[place for place, _one in page],
            listed=len(listed),
            total=len(mine),
            counted=counted,
            others=len(standings) - len(mine),
            others_counted=sum(one.counted for one in standings) - counted,
        ),
        _redacted_people,
    )


def _standings(snapshot: Snapshot, asked: PeopleQuery, standpoint: Standpoint) -> tuple[Figure, list[Standing]]:
    figure, standings = snapshot.standings(asked.measure, standpoint, asked.where)
    return figure, sorted(standings, key=attrgetter("client", "journey", "part"))


def _is_of(standing: Standing, own: Collection[str] | None) -> bool:
    """Whether the deciding journey has an episode at one of these agencies."""
    _area, agencies, *_ = standing.slice
    return own is None or any(agency in own for agency in agencies.split(" "))


def _redacted_people(answer: PeopleResult, own: Own) -> PeopleResult:
    members: Any = answer.members
    shown = redaction.redacted_members(members, own)
    return replace(answer, figure=redaction.redacted_figure(answer.figure, own), members=shown)
