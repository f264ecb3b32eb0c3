"""The comparator sets and values that were said, and which of them are known on a day."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import count
from typing import Final, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from domain.codes import SUBSTANCE_GROUPS
from domain.contract_life.comparators import (
    ComparatorSetDefined,
    ComparatorSetWithdrawn,
    ComparatorValue,
    ComparatorValuesReleased,
    ComparatorValuesWithdrawn,
    ValueKind,
    area_key,
    release_stream,
    set_stream,
)
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read_streams
from domain.measures.registry import MEASURES
from domain.periods import Period

_AT_ONCE: Final = 40
"""Sets, or releases, that are read with one query."""


# ---- what can be compared


class Comparable(NamedTuple):
    """What areas are compared by. Of a part of the caseload neither direction is better, so it has no polarity."""

    code: str
    name: str
    polarity: str | None


PROFILE_PARTS: Final = {
    "six-years": "In treatment for six years or more",
    "career": "Had used for 21 years or more at triage",
    "first": "In their first treatment",
}
"""The shares of the caseload that are published of others, by the last part of their codes."""


def profile_code(part: str, group: str = "") -> str:
    """The code of a part of the caseload, of one substance group or of everybody."""
    return f"profile.{part}" + (f".{group}" if group else "")


def _of_profile() -> Iterable[Comparable]:
    for part, name in PROFILE_PARTS.items():
        yield Comparable(profile_code(part), f"Caseload: {name[0].lower()}{name[1:]}", None)
        for group in map(str, SUBSTANCE_GROUPS):
            of_group = group.replace("-and-", " and ")
            yield Comparable(profile_code(part, group), f"Caseload, {of_group}: {name[0].lower()}{name[1:]}", None)


COMPARABLES: Final[Mapping[str, Comparable]] = {
    one.code: one
    for one in (
        *(Comparable(m.code, m.name, m.polarity) for m in MEASURES if m.polarity is not None and not m.immature),
        *_of_profile(),
    )
}
"""Everything of which there may be values of others, by its code."""


# ---- what was said


@dataclass(frozen=True, slots=True)
class ComparatorSet:
    """A set with each of its versions, the oldest first, and its end where it was withdrawn."""

    versions: tuple[Recorded, ...]
    withdrawn: Recorded | None = None

    @property
    def terms(self) -> ComparatorSetDefined:
        """As it stands."""
        return _terms(self.versions[-1])

    @property
    def number(self) -> int:
        """Its ordinal."""
        return self.terms.number

    @property
    def all_terms(self) -> list[ComparatorSetDefined]:
        """As it was from each of its days on, the oldest first."""
        return list(map(_terms, self.versions))

    @property
    def newest(self) -> Recorded:
        """What was said of it last."""
        return self.withdrawn or self.versions[-1]

    @property
    def reason(self) -> str:
        """Why it was withdrawn; empty where nothing was said."""
        event = self.withdrawn.event if self.withdrawn else None
        return event.reason if isinstance(event, ComparatorSetWithdrawn) else ""

    @property
    def version(self) -> int:
        """That of what was said of it last."""
        return self.newest.event.originator_version

    def known_at(self, known_at: date | None) -> ComparatorSetDefined | None:
        """As it was known to hold on a day; None if nothing had been said by then, or it had been withdrawn."""
        if known_at is None or (self.withdrawn and self.withdrawn.event.occurred_on <= known_at):
            return None
        return next((_terms(one) for one in reversed(self.versions) if one.event.occurred_on <= known_at), None)


def _terms(recorded: Recorded) -> ComparatorSetDefined:
    event = recorded.event
    assert isinstance(event, ComparatorSetDefined)
    return event


@dataclass(frozen=True, slots=True)
class ValueRelease:
    """Values that became known together, and their end where they were withdrawn."""

    recorded: Recorded
    withdrawn: Recorded | None = None

    @property
    def said(self) -> ComparatorValuesReleased:
        """What was released."""
        event = self.recorded.event
        assert isinstance(event, ComparatorValuesReleased)
        return event

    @property
    def number(self) -> int:
        """Its ordinal."""
        return self.said.number

    @property
    def on(self) -> date:
        """From this day on it was known."""
        return self.said.occurred_on

    @property
    def newest(self) -> Recorded:
        """What was said of it last."""
        return self.withdrawn or self.recorded

    @property
    def reason(self) -> str:
        """Why it was withdrawn; empty where nothing was said."""
        event = self.withdrawn.event if self.withdrawn else None
        return event.reason if isinstance(event, ComparatorValuesWithdrawn) else ""

    @property
    def version(self) -> int:
        """That of what was said of it last."""
        return self.newest.event.originator_version

    def is_known_at(self, known_at: date | None) -> bool:
        """Whether on that day it had been released, and was not known to be wrong."""
        if known_at is None or self.on > known_at:
            return False
        return self.withdrawn is None or self.withdrawn.event.occurred_on > known_at


class KnownValue(NamedTuple):
    """A value, and the release that says it."""

    value: ComparatorValue
    release: ValueRelease

    @property
    def low(self) -> Fraction:
        """The share that it is, or the lower end of its range."""
        value = self.value
        if value.numerator is not None and value.denominator:
            return Fraction(value.numerator, value.denominator)
        return Fraction(value.percentage or 0) / 100

    @property
    def high(self) -> Fraction:
        """The upper end of its range; of what is none, the same."""
        to = self.value.percentage_to
        return self.low if to is None else Fraction(to) / 100


Known = Mapping[Period, Mapping[tuple[ValueKind, str], KnownValue]]
"""What is known of a measure: by period, then by whose it is."""


@dataclass(frozen=True)
class Comparators:
    """Every set and every release that was ever said, the oldest first."""

    sets: tuple[ComparatorSet, ...] = ()
    releases: tuple[ValueRelease, ...] = ()
    _by_measure: dict[str, list[tuple[ComparatorValue, ValueRelease]]] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, connection: sa.Connection, mapper: JsonMapper) -> "Comparators":
        """Those in the log, read by their numbers: that takes no look at the rest of it."""
        sets = map(comparator_set, _streams(connection, mapper, set_stream))
        return cls.of(sets, map(release, _streams(connection, mapper, release_stream)))

    @classmethod
    def of(cls, sets: Iterable[ComparatorSet], releases: Iterable[ValueRelease]) -> "Comparators":
        """Those sets and releases."""
        its_releases = tuple(releases)
        by_measure: dict[str, list[tuple[ComparatorValue, ValueRelease]]] = {}
        # The one released last comes last, and so stands.
        for one in sorted(its_releases, key=lambda release: (release.on, release.number)):
            for value in one.said.values:
                by_measure.setdefault(value.measure, []).append((value, one))
        return cls(tuple(sets), its_releases, by_measure)

    def set_of(self, measure: str, known_at: date | None) -> ComparatorSetDefined | None:
        """The set that a measure is compared in, as known on a day; None where there is none."""
        known = (one.known_at(known_at) for one in self.sets)
        return next((terms for terms in known if terms and measure in terms.measures), None)

    def known(self, measure: str, known_at: date | None) -> Known:
        """The values of a measure, as known on a day: of each area and period the one released last by then."""
        known: dict[Period, dict[tuple[ValueKind, str], KnownValue]] = {}
        for value, one in self._by_measure.get(measure, ()):
            if one.is_known_at(known_at):
                of_period = known.setdefault(value.period, {})
                of_period[value.kind, area_key(value.name)] = KnownValue(value, one)
        return known

    def newest_release_of(self, concerned: Collection[tuple[str, Period]]) -> int:
        """The number of the newest release that says something of these measures and periods; 0 where none does."""
        return max(
            (
                one.number
                for measure in {measure for measure, _ in concerned}
                for value, one in self._by_measure.get(measure, ())
                if (value.measure, value.period) in concerned
            ),
            default=0,
        )

    def measures(self) -> list[str]:
        """The codes of everything of which a set or a value was ever said, in the order of the registry."""
        said = {code for one in self.sets for code in one.terms.measures} | self._by_measure.keys()
        return [code for code in COMPARABLES if code in said]


def _streams(connection: sa.Connection, mapper: JsonMapper, stream_of: Callable[[int], UUID]) -> list[list[Recorded]]:
    its: list[list[Recorded]] = []
    for first in count(1, _AT_ONCE):
        streams = [stream_of(number) for number in range(first, first + _AT_ONCE)]
        events = read_streams(connection, mapper, streams)
        its += [events[stream] for stream in streams if stream in events]
        if len(events) < _AT_ONCE:
            return its
    raise AssertionError("there is no last number")


def comparator_set(recorded: Sequence[Recorded]) -> ComparatorSet:
    """The set of a stream's events, of which the first defined it."""
    last = recorded[-1]
    if isinstance(last.event, ComparatorSetWithdrawn):
        return ComparatorSet(tuple(recorded[:-1]), last)
    return ComparatorSet(tuple(recorded))


def release(recorded: Sequence[Recorded]) -> ValueRelease:
    """The release of a stream's events."""
    last = recorded[-1]
    return ValueRelease(recorded[0], last if isinstance(last.event, ComparatorValuesWithdrawn) else None)
