"""The reference engine: fold the log, make the journeys of one day, ask the measures, count. It keeps nothing.

It has no cache and no interval logic on purpose: it is short enough to read aloud, and the standings must agree with
it always (`recount verify`). It shares with them the specification of the measures and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from domain.episode import Episode, EpisodeEvent, Erased
from domain.history import EpisodeView, seen_from
from domain.journey import LAST_REVIEW_DAY, Journey, journeys_of
from domain.log.reading import Recorded
from domain.measures.asked import JOURNEY_DAYS, Asked, Rules
from domain.measures.registry import FAMILIES, Family, Measure, Unit
from domain.periods import NEVER
from domain.standpoint import Standpoint

from .slices import Slice, SliceKey

_JOURNEY_COLUMNS = (*JOURNEY_DAYS, "group", "kind", "success", "returned", "offer_wait")


class Member(NamedTuple):
    """A client in the cohort of a part of a measure, and whether counted; `journey` is the day its deciding row
    started on. `immature`: its six months have not passed.
    """

    client: int
    part: int
    counted: bool
    immature: bool
    slice: SliceKey
    journey: int


@dataclass(frozen=True)
class AskedRow:
    """A row that a measure was asked of: the journey, or the one episode, with its client."""

    client: int
    episodes: tuple[EpisodeView, ...]
    columns: dict[str, Any]
    area: str
    agencies: tuple[str, ...]
    owner: str
    criminal_justice: bool
    day: int


class ReplayEngine:
    """Answers from `recorded`, the whole log in its order."""

    def __init__(self, recorded: Sequence[Recorded]) -> None:
        self._recorded = recorded

    def members(self, measure: Measure, standpoint: Standpoint, where: Slice) -> list[Member]:
        """The cohort of a measure at a standpoint, in a slice."""
        found = asked_members(measure.family, self.views(standpoint), standpoint.as_of)
        return [m for m in found if m.part in measure.part_codes and where.holds(m.slice, adults=measure.adults)]

    def counts(self, measure: Measure, standpoint: Standpoint, where: Slice) -> tuple[int, int]:
        """Numerator and denominator."""
        members = self.members(measure, standpoint, where)
        return sum(member.counted for member in members), len(members)

    def everything(self, standpoint: Standpoint) -> list[Member]:
        """Every client standing in any part of any measure at the standpoint."""
        views = self.views(standpoint)
        return [member for family in FAMILIES for member in asked_members(family, views, standpoint.as_of)]

    def views(self, standpoint: Standpoint) -> list[EpisodeView]:
        """What is seen: every event up to the position folded first, then the facts that had occurred by `as_of`."""
        return seen_from(standpoint, folded(r for r in self._recorded if r.position <= standpoint.position))


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


def asked_members(family: Family, views: Iterable[EpisodeView], as_of: date) -> list[Member]:
    """Every client in the family's cohort on one day, from what is seen on it."""
    rows = asked_rows(family.unit, views)
    if not rows:
        return []
    asked, rules = ask(family, rows, as_of)
    counted, adult, part = rules.is_counted, asked.adult, family.part_of(asked)
    immature = family.immature(asked) if family.immature else np.zeros(len(rows), np.bool_)
    return [
        Member(
            row.client,
            family.code(int(part[i])),
            bool(counted[i]),
            bool(immature[i]),
            (row.area, " ".join(row.agencies), row.owner, bool(adult[i]), row.criminal_justice),
            row.day,
        )
        for i, row in enumerate(rows)
        if rules.in_cohort[i]
    ]


def ask(family: Family, rows: Sequence[AskedRow], as_of: date) -> tuple[Asked, Rules]:
    """The columns of `rows` for one day, and the measure's answer to them; rows are ordered by (client, start)."""
    clients = {client: number for number, client in enumerate(dict.fromkeys(row.client for row in rows))}
    day = np.full(len(rows), as_of.toordinal(), np.int64)
    asked = Asked(
        {name: np.array([row.columns[name] for row in rows]) for name in rows[0].columns},
        np.array([clients[row.client] for row in rows], np.int64),
        family.window.first.on(day),
        family.window.after.on(day) - 1,
    )
    return asked, family.ask(asked)


def asked_rows(unit: Unit, views: Iterable[EpisodeView]) -> list[AskedRow]:
    """The rows that a measure of this unit is asked of, ordered by (client, start)."""
    if unit is Unit.JOURNEY:
        return [_journey_row(journey) for its in _by_client(views) for journey in journeys_of(its)]
    its_row = _episode_row if unit is Unit.EPISODE else _referral_row
    ordered = sorted(views, key=lambda v: (v.core.client, v.core.triaged, v.key))
    return [its_row(v) for v in ordered if unit is Unit.REFERRAL or v.core.started < NEVER]


def _by_client(views: Iterable[EpisodeView]) -> Iterable[list[EpisodeView]]:
    of_client: defaultdict[int, list[EpisodeView]] = defaultdict(list)
    for view in views:
        of_client[view.core.client].append(view)
    return (of_client[client] for client in sorted(of_client))


def _journey_row(journey: Journey) -> AskedRow:
    columns = {name: getattr(journey, name) for name in _JOURNEY_COLUMNS}
    columns["due"] = journey.started + LAST_REVIEW_DAY
    return AskedRow(
        journey.client,
        journey.episodes,
        columns,
        journey.area,
        journey.agencies,
        journey.owner,
        journey.criminal_justice,
        journey.start,
    )


def _episode_row(view: EpisodeView) -> AskedRow:
    core = view.core
    columns = {
        "start": core.triaged,
        "end": core.left,
        "adult_on": core.adult_on,
        "started": core.started,
        "plan_on": max(view.plans, default=0),
        "risk_on": max(view.risks, default=0),
    }
    return _single(view, columns, core.triaged)


def _referral_row(view: EpisodeView) -> AskedRow:
    core = view.core
    columns = {
        "start": core.waiting_from,
        "end": core.left,
        "adult_on": core.waiting_adult_on,
        "started": core.started,
        "referred": core.waiting_from,
    }
    return _single(view, columns, core.waiting_from)


def _single(view: EpisodeView, columns: dict[str, Any], day: int) -> AskedRow:
    core = view.core
    return AskedRow(core.client, (view,), columns, core.area, (core.agency,), core.agency, core.criminal_justice, day)
