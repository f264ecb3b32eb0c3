"""The targets that were agreed, and which of them is in force for a measure, a slice and a standpoint.

In force is, of those whose period covers `as_of` and that were agreed on or before `known_at` and not withdrawn by
then, the one agreed last. One for the very slice goes before one for its agency, its area, or everybody. Where none is
in force, a target whose last day has passed is known as expired.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Final, NamedTuple

import sqlalchemy as sa

from domain.contract_life.targets import TargetSet, TargetWithdrawn, target_stream
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read_streams
from domain.measures.registry import Measure
from domain.standpoint import Standpoint
from projections.standings.slices import Slice

_AT_ONCE: Final = 40
"""Targets that are read with one query."""


class Whose(NamedTuple):
    """Of which part of the people a target is; None stands for all."""

    area: str | None
    agency: str | None


@dataclass(frozen=True, slots=True)
class Target:
    """A target with its place in the log, and its end where it was withdrawn."""

    recorded: Recorded
    terms: TargetSet
    withdrawn: Recorded | None = None

    @property
    def number(self) -> int:
        """Its ordinal."""
        return self.terms.number

    @property
    def agreed_on(self) -> date:
        """From this day on it was known."""
        return self.terms.occurred_on

    @property
    def withdrawn_on(self) -> date | None:
        """From this day on it is known not to count."""
        return self.withdrawn.event.occurred_on if self.withdrawn else None

    @property
    def reason(self) -> str:
        """Why it was withdrawn; empty where nothing was said."""
        event = self.withdrawn.event if self.withdrawn else None
        return event.reason if isinstance(event, TargetWithdrawn) else ""

    @property
    def whose(self) -> Whose:
        """Of which part of the people it is."""
        return Whose(self.terms.area, self.terms.agency)

    def is_known_at(self, known_at: date | None) -> bool:
        """Whether on that day it had been agreed, and not been withdrawn."""
        if known_at is None or self.agreed_on > known_at:
            return False
        return self.withdrawn_on is None or self.withdrawn_on > known_at


class FigureTargets(NamedTuple):
    """What was agreed for a figure: the target in force, or, where none is, the one that ended last and the next."""

    in_force: Target | None
    expired: Target | None = None
    following: Target | None = None


NO_TARGETS: Final = FigureTargets(None)
"""Of a figure for which nothing was agreed."""


class Targets:
    """All targets that were ever agreed, the oldest first."""

    def __init__(self, recorded: Iterable[Recorded] = ()) -> None:
        targets: dict[int, Target] = {}
        for one in recorded:
            match one.event:
                case TargetSet() as terms:
                    targets[terms.number] = Target(one, terms)
                case TargetWithdrawn(number=number):
                    agreed = targets[number]
                    targets[number] = Target(agreed.recorded, agreed.terms, one)
        self._targets = tuple(targets.values())

    @classmethod
    def load(cls, connection: sa.Connection, mapper: JsonMapper) -> "Targets":
        """Those in the log, read by their numbers: that takes no look at the rest of it."""
        recorded: list[Recorded] = []
        for first in count(1, _AT_ONCE):
            streams = [target_stream(number) for number in range(first, first + _AT_ONCE)]
            events = read_streams(connection, mapper, streams)
            recorded += [one for stream in streams for one in events.get(stream, ())]
            if len(events) < _AT_ONCE:
                break
        return cls(recorded)

    def __iter__(self) -> Iterator[Target]:
        return iter(self._targets)

    def __len__(self) -> int:
        return len(self._targets)

    def in_force(self, measure: Measure, slice_: Slice, standpoint: Standpoint) -> Target | None:
        """The target of a figure, None where there is none.

        Targets are of all referrals, and of whom the measure counts: of criminal-justice referrals alone, and of young
        people, nothing was agreed.
        """
        return self.of_figure(measure, slice_, standpoint).in_force

    def of_figure(self, measure: Measure, slice_: Slice, standpoint: Standpoint) -> FigureTargets:
        """The target of a figure; where none is in force, the one that expired last and the next that follows."""
        if slice_.criminal_justice or slice_.young_people:
            return NO_TARGETS
        known = [
            one for one in self._targets if one.terms.measure == measure.code and one.is_known_at(standpoint.known_at)
        ]
        as_of = standpoint.as_of
        if target := _nearest([one for one in known if as_of in one.terms.period], slice_):
            return FigureTargets(target)
        before = [one for one in known if one.terms.last_day < as_of and one.whose in _nearest_first(slice_)]
        after = [one for one in known if one.terms.first_day > as_of and one.whose in _nearest_first(slice_)]
        last = max((one.terms.last_day for one in before), default=None)
        first = min((one.terms.first_day for one in after), default=None)
        return FigureTargets(
            None,
            _nearest([one for one in before if one.terms.last_day == last], slice_),
            _nearest([one for one in after if one.terms.first_day == first], slice_),
        )


def _nearest(targets: Iterable[Target], slice_: Slice) -> Target | None:
    """Of several targets the one for the nearest part of the people, of these the one agreed last."""
    every = list(targets)
    for whose in _nearest_first(slice_):
        if of_them := [one for one in every if one.whose == whose]:
            return max(of_them, key=lambda one: (one.agreed_on, one.number))
    return None


def _nearest_first(slice_: Slice) -> Collection[Whose]:
    ways = (Whose(slice_.area, slice_.agency), Whose(None, slice_.agency), Whose(slice_.area, None), Whose(None, None))
    return dict.fromkeys(ways)
