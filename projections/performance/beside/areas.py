"""What the areas of a set reached in a period, as known on a day, and where a figure stands among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from domain.contract_life.comparators import ComparatorSetDefined, ValueKind, area_key
from domain.periods import Period

from .comparators import COMPARABLES, Comparable, Comparators, KnownValue
from .quartiles import Quartile, QuartileMethod, quartile_of, quartiles, rank_of


class GroupWhole(NamedTuple):
    """What a group reached as a whole, or the nation: a share, and in counts where all are known."""

    name: str
    low: Fraction
    high: Fraction
    kind: ValueKind
    source: str
    numerator: int | None = None
    denominator: int | None = None


@dataclass(frozen=True, slots=True)
class AreasOfPeriod:
    """What the areas of a set reached in a period, as known on a day.

    `areas` are those with a value, the best first; `without` the names of those of which none is known. Our own area is
    in neither: its figure is counted here. `group` is what they reached together, or as it was printed; `national` the
    nation; `printed` a top quartile as it was printed; `quartiles` are those of the areas' own values.
    """

    measure: Comparable
    terms: ComparatorSetDefined | None
    period: Period
    areas: tuple[KnownValue, ...]
    without: tuple[str, ...]
    own: KnownValue | None
    group: GroupWhole | None
    national: GroupWhole | None
    printed: GroupWhole | None
    quartiles: tuple[Quartile, ...]
    values: tuple[KnownValue, ...]

    @property
    def shares(self) -> list[Fraction]:
        """What the areas reached."""
        return [one.low for one in self.areas]

    @property
    def against(self) -> GroupWhole | None:
        """What a figure is held against: the group as a whole, else the nation, else the range of its best quarter."""
        return self.group or self.national or self.printed

    def rank(self, share: Fraction) -> int | None:
        """The place of a figure among the areas; None where there is no better side, or no area to be beside."""
        polarity = self.measure.polarity
        return rank_of(share, self.shares, polarity) if polarity and self.areas else None

    def quartile(self, share: Fraction) -> int | None:
        """The quartile that a figure reaches."""
        polarity = self.measure.polarity
        return quartile_of(share, self.quartiles, polarity) if polarity else None


def areas_of_period(
    comparators: Comparators,
    measure: str,
    known_at: date | None,
    period: Period,
    method: QuartileMethod = QuartileMethod.RANKED,
) -> AreasOfPeriod:
    """What is known on a day of the areas that a measure is compared with, in one period."""
    comparable = COMPARABLES[measure]
    known = comparators.known(measure, known_at).get(period, {})
    terms = comparators.set_of(measure, known_at)
    own_key = area_key(terms.own_area) if terms else ""
    of_areas = {name: known.get((ValueKind.AREA, area_key(name))) for name in (terms.areas if terms else ())}
    own = known.get((ValueKind.AREA, own_key)) if own_key else None
    others = {name: value for name, value in of_areas.items() if area_key(name) != own_key}
    with_value = [value for value in others.values() if value]
    # Of a part of the caseload neither side is better: the highest stands first.
    ordered = sorted(with_value, key=lambda one: one.low, reverse=comparable.polarity != "lower")
    polarity = comparable.polarity
    return AreasOfPeriod(
        comparable,
        terms,
        period,
        tuple(ordered),
        tuple(name for name, value in others.items() if value is None),
        own,
        _group(known, ordered, terms),
        _printed(known, ValueKind.NATIONAL),
        _printed(known, ValueKind.TOP_QUARTILE),
        quartiles([one.low for one in ordered], polarity, method) if polarity else (),
        tuple(known.values()),
    )


def newest_period(comparators: Comparators, measure: str, known_at: date | None, as_of: date) -> Period | None:
    """The last period that had ended by a day and of which something is known; None where there is none."""
    ended = [period for period in comparators.known(measure, known_at) if period.last_day <= as_of]
    return max(ended, key=lambda period: (period.last_day, period.first_day), default=None)


def _printed(known: Mapping[tuple[ValueKind, str], KnownValue], kind: ValueKind) -> GroupWhole | None:
    """A value of a whole, as it was released last."""
    its = [one for (its_kind, _), one in known.items() if its_kind is kind]
    if not its:
        return None
    newest = max(its, key=lambda one: (one.release.on, one.release.number))
    value = newest.value
    source = newest.release.said.source
    return GroupWhole(value.name, newest.low, newest.high, kind, source, value.numerator, value.denominator)


def _group(
    known: Mapping[tuple[ValueKind, str], KnownValue],
    areas: Sequence[KnownValue],
    terms: ComparatorSetDefined | None,
) -> GroupWhole | None:
    """The group as it was printed; else its areas added up, where all that have a value have counts."""
    if printed := _printed(known, ValueKind.GROUP):
        return printed
    counts = [(one.value.numerator, one.value.denominator) for one in areas]
    pairs = [(k, n) for k, n in counts if k is not None and n]
    if terms is None or not areas or len(pairs) < len(areas):
        return None
    numerator, denominator = sum(k for k, _ in pairs), sum(n for _, n in pairs)
    share = Fraction(numerator, denominator)
    source = "; ".join(dict.fromkeys(one.release.said.source for one in areas))
    return GroupWhole(f"comparator group ({terms.name})", share, share, ValueKind.GROUP, source, numerator, denominator)
