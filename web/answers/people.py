"""The people of a figure, a page at a time: only those who are shown are looked up in the log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.figures import Figure, Standing
from projections.provenance import MemberSeen, members_seen
from projections.redaction import MemberShown
from projections.slices import Slice
from web.context import Question

from .parameters import EVERYBODY, KnownAt


@dataclass(frozen=True, slots=True)
class PeopleAsked:
    """The people of one figure: all, or those of some agencies (`own`, None for all); `rows` of their list."""

    measure: Measure
    as_of: date
    known_at: KnownAt = None
    where: Slice = EVERYBODY
    own: frozenset[str] | None = None
    rows: slice = field(default_factory=lambda: slice(None))


@dataclass(frozen=True, slots=True)
class People:
    """Some rows of a list of `total` people in the figure, the first of them at `first` (from 1); beside them `others`
    of other agencies, `others_counted` of whom are counted.
    """

    figure: Figure
    members: Sequence[MemberSeen | MemberShown]
    first: int
    total: int
    others: int
    others_counted: int


def people(question: Question, asked: PeopleAsked) -> People:
    """The people of a figure, in the order in which `Question.members` has them."""
    standpoint = question.standpoint(asked.as_of, asked.known_at)
    key = ("standings", asked.measure.code, standpoint, asked.where)
    figure, standings = question.kept(key, lambda: _standings(question, asked, standpoint))
    mine = [one for one in standings if _is_of(one, asked.own)]
    first, last, _ = asked.rows.indices(len(mine))
    under = question.engine([asked.measure], [asked.as_of], at=standpoint).definition_at(asked.as_of)
    shown = mine[first:last]
    found = members_seen(
        question.connection, question.mapper, question.generation, asked.measure, standpoint, shown, under
    )
    others = len(standings) - len(mine)
    others_counted = sum(one.counted for one in standings) - sum(one.counted for one in mine)
    return People(figure, found, first + 1, len(mine), others, others_counted)


def _standings(question: Question, asked: PeopleAsked, standpoint: Standpoint) -> tuple[Figure, list[Standing]]:
    figure, standings = question.standings(asked.measure, standpoint, asked.where)
    return figure, sorted(standings, key=attrgetter("client", "journey", "part"))


def _is_of(standing: Standing, own: Collection[str] | None) -> bool:
    """Whether the deciding journey has an episode at one of these agencies."""
    _area, agencies, *_ = standing.slice
    return own is None or any(agency in own for agency in agencies.split(" "))
