"""Another party's figure beside ours, and the search for the place where ours is the same.

A place is a standpoint (`as_of` and position), a slice, a way of asking (another grouping, lag or wording) and a
definition or a window. What differs from the question as it was put is counted: places with fewer differences come
first, and none with more than two is looked at, since with enough freedom anything fits. Other definitions and windows
are measured anew, and so only when nothing fits with a single difference.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from typing import Any, Final, NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from domain.codes import SUBSTANCE_GROUPS
from domain.definition import DEFINITIONS, Definition, definition_in_force
from domain.errors import Refused
from domain.log.collector import collector_paused
from domain.measures.calendar import Window
from domain.measures.families import COMPLETIONS, PHOF, RE_PRESENTATIONS, RE_PRESENTATIONS_UNLAGGED, Family, Reads
from domain.measures.registry import MEASURES, Measure
from domain.periods import add_months, last_day_of_month
from domain.standpoint import Standpoint
from projections.standings.cache import BringUp, made_anew
from projections.standings.in_memory import StandingsEngine
from projections.standings.slices import Slice, SliceKey
from projections.standings.stored import load_slices
from projections.store.submissions import Submissions

from .measured_anew import IN_TREATMENT_OR_WAITING, MeasuredAnew
from .plausibility import StatedPercentage

MOST_DIFFERENCES: Final = 2
"""With more things free at once something nearly always fits, and means nothing."""
MONTHS_AROUND: Final = 6
"""How many month ends before and after the claimed day are tried."""
MOST_FITS: Final = 50
"""Of more places only their number is told."""

_PACKED: Final = 1 << 32
"""More than anybody counts: a numerator and a denominator are compared as one number."""
_BY_GROUP: Final = (PHOF, COMPLETIONS, RE_PRESENTATIONS, RE_PRESENTATIONS_UNLAGGED)
_GROUPINGS: Final = ((0,), (1,), (2,), (3,), (1, 3), (2, 3), (0, 1, 2, 3))
"""The substance groups that papers print together, by index."""


class Difference(StrEnum):
    """What may be other than in the question, the likeliest first."""

    KNOWN_AT = "known_at"
    AS_OF = "as_of"
    SLICE = "slice"
    WORDING = "wording"
    DEFINITION = "definition"
    WINDOW = "window"


_ORDER: Final = {difference: place for place, difference in enumerate(Difference)}


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that somebody states: its numbers (a count has no denominator), or a percentage alone.

    A list that does not say whom it counts states a denominator and no numerator.
    """

    numerator: int | None = None
    denominator: int | None = None
    percentage: StatedPercentage | None = None

    def fits(self, numerator: int, denominator: int | None) -> bool:
        """Whether these numbers are the claimed ones, or print as the claimed percentage."""
        if self.percentage:
            return denominator is not None and self.percentage.could_be(numerator, denominator)
        return self.numerator in {None, numerator} and denominator == self.denominator


def check_claim(claim: Claim, measure: Measure) -> None:
    """Whether such a figure can be at all.

    Raises:
        Refused: a negative number, more counted than there are, or the wrong numbers for the measure.
    """
    numerator, denominator = claim.numerator, claim.denominator
    for name, number in (("numerator", numerator), ("denominator", denominator)):
        if number is not None and number < 0:
            raise Refused("claim-negative", f"A {name} of {number} cannot be: nobody counts fewer than none.")
    if measure.kind == "count":
        if claim.percentage or denominator is not None or numerator is None:
            raise Refused("claim-of-count", f"{measure.code} {measure.name} is a count: claim a numerator, no more.")
        return
    if claim.percentage:
        return
    if numerator is None or denominator is None:
        raise Refused(
            "claim-half",
            f"{measure.code} {measure.name} is a share: claim a numerator and a denominator, or a percentage.",
        )
    if numerator > denominator:
        raise Refused("claim-impossible", f"{numerator} of {denominator} cannot be: more are counted than there are.")


class Variant(NamedTuple):
    """A way to put the question: the measure, and what is other about its wording or window (empty: as it was put)."""

    measure: Measure
    wording: str = ""
    window: str = ""


def variants_of(measure: Measure) -> list[Variant]:
    """The measure as it is, then as others may have read its name: another grouping, lag, or kind of completion."""
    variants = [Variant(measure)]
    if measure.family not in _BY_GROUP:
        return variants
    for parts in _GROUPINGS:
        if set(parts) > set(measure.parts) or set(parts) < set(measure.parts):
            names = " and ".join(str(SUBSTANCE_GROUPS[part]) for part in parts)
            together = "taken together" if len(parts) > 1 else "alone"
            variants.append(Variant(replace(measure, parts=parts), f"with {names} {together}"))
    by_family = {m.family.name: m for m in MEASURES if m.parts == measure.parts}
    for family, other, words in _RELATED:
        if measure.family is family and other.name in by_family:
            variants.append(Variant(by_family[other.name], words))
    return variants


_RELATED: Final = (
    (RE_PRESENTATIONS, RE_PRESENTATIONS_UNLAGGED, "without the six months' lag"),
    (RE_PRESENTATIONS_UNLAGGED, RE_PRESENTATIONS, "with the six months' lag"),
    (COMPLETIONS, PHOF, "as PHOF 2.15 counts (18 to 6 months back, without re-presentations)"),
    (PHOF, COMPLETIONS, "as all successful completions of the last 12 months"),
)


def other_definitions(measure: Measure, definition: Definition) -> list[Definition]:
    """The versions that may answer otherwise for the measure."""
    return [
        other
        for other in DEFINITIONS
        if other != definition
        and (
            not other.representations_of_all
            or measure.family.name in {RE_PRESENTATIONS.name, RE_PRESENTATIONS_UNLAGGED.name}
        )
        and (other.top_margin == definition.top_margin or measure.family.reads is Reads.TOPS)
        and other.phof_ii_with_alcohol == definition.phof_ii_with_alcohol  # a grouping: see `ways_of_asking`
    ]


def other_windows(measure: Measure) -> list[Variant]:
    """The measure with windows that are easily taken for its own; none if its window does not count in months."""
    family = measure.family
    first, after = family.window.first, family.window.after
    if not first.months:
        return []
    longer, shorter = replace(first, months=first.months + 1), replace(first, months=first.months - 1)
    windows = (
        (Window(longer, after), "with a window a month longer"),
        (Window(shorter, after), "with a window a month shorter"),
        (Window(longer, replace(after, months=after.months + 1)), "with a window a month earlier"),
        (Window(replace(first, days=first.days + 1), after), "with a window a day longer"),
    )
    return [Variant(replace(measure, family=replace(family, window=window)), "", words) for window, words in windows]


@dataclass(frozen=True, slots=True)
class Fit:
    """A place where ours is what is claimed.

    It was so from the submission received on `known_from` until that of `known_until` changed it (None: it still is).
    `standpoint.known_at` is None where only `position` tells it, another submission having come on the same day.
    `wording` and `window` say how it was asked otherwise, empty if it was not; `measure` is as it was asked.
    """

    numerator: int
    denominator: int | None
    standpoint: Standpoint
    known_from: date | None
    known_until: date | None
    slice: Slice
    measure: Measure
    definition: str
    wording: str
    window: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found, the fewest differences first, and how much it looked at.

    `pairs` counts the pairs (as_of, position) that were compared, over all slices and ways of asking. `definitions`
    and `windows` are those that were measured anew. `more` is how many places were found beyond `fits`.
    """

    fits: tuple[Fit, ...]
    more: int
    pairs: int
    definitions: tuple[str, ...]
    windows: tuple[str, ...]


@dataclass(frozen=True)
class ClaimSearch:
    """Looks for a claim in one snapshot: around `standpoint`, in `where` and every other slice.

    `engine` answers for the measures of `ways_of_asking`; `definition` is the version that it answers by.
    """

    connection: sa.Connection
    engine: StandingsEngine
    definition: Definition
    claim: Claim
    measure: Measure
    standpoint: Standpoint
    slice: Slice
    shared: "SharedSearch | None" = None
    """What many searches of one snapshot share, where there are many."""
    bring_up: BringUp = made_anew
    """Where what was read may be kept, for searches that come after more was said."""

    @collector_paused()
    def run(self) -> Search:
        """The places that fit; other definitions and windows are measured only if no place has a single difference."""
        variants = variants_of(self.measure)
        pairs, fits = self._places(self.engine, variants, self.definition)
        definitions, windows = list[str](), list[str]()
        if all(len(fit.differences) > 1 for fit in fits):
            for definition in other_definitions(self.measure, self.definition):
                engine = self._engine_anew(definition, self.measure.family)
                more, places = self._places(engine, variants[:1], definition)
                pairs, fits = pairs + more, fits + places
                definitions.append(definition.version)
            for other in other_windows(self.measure):
                variant = self.definition if differs(self.definition, self.standpoint.as_of) else None
                engine = self._engine_anew(variant, other.measure.family)
                more, places = self._places(engine, [other], self.definition)
                pairs, fits = pairs + more, fits + places
                windows.append(other.window)
        fits.sort(key=self._rank)
        return Search(tuple(fits[:MOST_FITS]), len(fits[MOST_FITS:]), pairs, tuple(definitions), tuple(windows))

    def _places(
        self, engine: StandingsEngine, variants: Sequence[Variant], definition: Definition
    ) -> tuple[int, list[Fit]]:
        """The places under one definition, and how many pairs were compared."""
        pairs, fits = 0, list[Fit]()
        for variant in variants:
            for slice_ in self._slices:
                fixed = [
                    difference
                    for difference, differs in (
                        (Difference.SLICE, slice_ != self.slice),
                        (Difference.WORDING, variant.wording != ""),
                        (Difference.DEFINITION, definition != self.definition),
                        (Difference.WINDOW, variant.window != ""),
                    )
                    if differs
                ]
                if len(fixed) <= MOST_DIFFERENCES:
                    block = _Block(self, engine, variant, slice_, definition, tuple(fixed))
                    pairs += block.pairs
                    fits += block.fits()
        return pairs, fits

    @cached_property
    def days(self) -> list[date]:
        """The days to try: the claimed one, the month ends around it, the day before and the day after."""
        day = self.standpoint.as_of
        month_ends = (
            last_day_of_month(add_months(day.replace(day=1), n)) for n in range(-MONTHS_AROUND, MONTHS_AROUND + 1)
        )
        return sorted({day, day - timedelta(days=1), day + timedelta(days=1), *month_ends})

    @cached_property
    def positions(self) -> list[int]:
        """The positions to try: of every submission, and the claimed one."""
        return sorted({self.standpoint.position, *self._submissions.positions})

    @cached_property
    def differences(self) -> NDArray[np.int64]:
        """[day, position]: in how many of the two a pair differs from the question; of none that is not tried."""
        at = self.standpoint
        other_day = np.array([day != at.as_of for day in self.days], np.int64)[:, None]
        other_position = np.array([position != at.position for position in self.positions], np.int64)[None, :]
        differences = other_day + other_position
        # Nobody states a figure before its day has come; but what was asked itself is always answered.
        received, days = (np.array([day.toordinal() for day in its]) for its in (self.received, self.days))
        too_early = (received[None, :] < days[:, None]) & (differences > 0)
        return np.where(too_early, MOST_DIFFERENCES + 1, differences)

    @property
    def _submissions(self) -> Submissions:
        return self.engine.submissions

    @cached_property
    def received(self) -> list[date]:
        """When the submission of each position was received."""
        known = (self._submissions.standpoint(self.standpoint.as_of, position) for position in self.positions)
        return [standpoint.known_at or date.min for standpoint in known]

    def day_of(self, place: int) -> date | None:
        """The day that resolves to a position; None if a later submission of the same day does."""
        day = self.received[place]
        return day if self.received[place + 1 : place + 2] != [day] else None

    @cached_property
    def _slices(self) -> list[Slice]:
        """The claimed slice first, then everybody, each area, each agency, the young people, criminal justice."""
        keys = self.shared.slices if self.shared else list(load_slices(self.connection))
        areas = sorted({key[0] for key in keys})
        agencies = sorted({agency for key in keys for agency in key[1].split(" ") if agency})
        return list(
            dict.fromkeys(
                [
                    self.slice,
                    Slice(),
                    *(Slice(area=area) for area in areas),
                    *(Slice(agency=agency) for agency in agencies),
                    replace(self.slice, young_people=not self.slice.young_people),
                    replace(self.slice, criminal_justice=not self.slice.criminal_justice),
                ]
            )
        )

    @cached_property
    def _measured_anew(self) -> MeasuredAnew:
        return MeasuredAnew(self.connection, self.engine, self.standpoint.position, self.bring_up)

    def counts(self, engine: StandingsEngine, measure: Measure, slice_: Slice) -> NDArray[np.int64]:
        """[day, position, (numerator, denominator)] of a measure in a slice."""
        if self.shared:
            return self.shared.counts(engine, measure, slice_, self.days, self.positions)
        counts: NDArray[np.int64] = engine.triangles([measure], self.days, self.positions, slice_)[0]
        return counts

    def _engine_anew(self, definition: Definition | None, family: Family) -> StandingsEngine:
        """The engine for one family under a definition; a window of its own comes with the family."""
        if self.shared:
            return self.shared.engine_anew(definition, family)
        return self._measured_anew.engine(definition, family, self.days)

    def _rank(self, fit: Fit) -> tuple[Any, ...]:
        days = abs((fit.standpoint.as_of - self.standpoint.as_of).days)
        positions = abs(fit.standpoint.position - self.standpoint.position)
        return len(fit.differences), [_ORDER[difference] for difference in fit.differences], days, positions


class SharedSearch:
    """What the searches of one snapshot share: each measure is counted once over all their days, not once a search."""

    def __init__(self, connection: sa.Connection, engine: StandingsEngine, known_at: Standpoint) -> None:
        self._connection = connection
        self._measured_anew = MeasuredAnew(connection, engine, known_at.position)
        self._days: list[date] = []
        self._engines: dict[tuple[str, str, Window], StandingsEngine] = {}
        self._counts: dict[tuple[int, Measure, Slice, tuple[int, ...]], NDArray[np.int64]] = {}

    @cached_property
    def slices(self) -> list[SliceKey]:
        """Every slice that standings name."""
        return list(load_slices(self._connection))

    def cover(self, days: Iterable[date]) -> None:
        """Count over these days from now on."""
        self._days = sorted(days)
        self._counts.clear()
        self._engines.clear()

    def counts(
        self, engine: StandingsEngine, measure: Measure, slice_: Slice, days: list[date], positions: list[int]
    ) -> NDArray[np.int64]:
        """The same as the engine's triangle of these days, which are among those that are covered."""
        key = (id(engine), measure, slice_, tuple(positions))
        if key not in self._counts:
            self._counts[key] = engine.triangles([measure], self._days, positions, slice_)[0]
        return self._counts[key][np.searchsorted(self._ordinals, [day.toordinal() for day in days])]

    @property
    def _ordinals(self) -> NDArray[np.int64]:
        return np.array([day.toordinal() for day in self._days], np.int64)

    def engine_anew(self, definition: Definition | None, family: Family) -> StandingsEngine:
        """The engine for one family under a definition, measured once; a window of its own comes with the family."""
        key = (definition.version if definition else "", family.name, family.window)
        if key not in self._engines:
            self._engines[key] = self._measured_anew.engine(definition, family, self._days)
        return self._engines[key]


class _Block:
    """One slice, one way of asking and one definition, over all days and positions."""

    def __init__(
        self,
        search: ClaimSearch,
        engine: StandingsEngine,
        variant: Variant,
        slice_: Slice,
        definition: Definition,
        fixed: tuple[Difference, ...],
    ) -> None:
        self.search, self.variant, self.slice, self.definition, self.fixed = search, variant, slice_, definition, fixed
        measure = variant.measure if variant.wording else variant.measure.under(definition)
        self.counts: NDArray[np.int64] = search.counts(engine, measure, slice_)
        self.compared = search.differences + len(fixed) <= MOST_DIFFERENCES

    @property
    def pairs(self) -> int:
        """How many pairs are compared."""
        return int(self.compared.sum())

    def fits(self) -> list[Fit]:
        """The pairs that fit, those of one day and the same numbers that follow each other taken together."""
        fitting = self._fitting()
        rows = np.flatnonzero(fitting.any(axis=1)).tolist()
        return [fit for row in rows for fit in self._row_fits(row, fitting[row].tolist())]

    def _row_fits(self, row: int, fitting: Sequence[bool]) -> Iterator[Fit]:
        cells = [(i, *self.counts[row, i].tolist()) if fits else None for i, fits in enumerate(fitting)]
        for cell, run in groupby(enumerate(cells), key=lambda pair: pair[1] and pair[1][1:]):
            if cell is not None:
                yield self._fit(row, [i for i, _ in run])

    def _fitting(self) -> NDArray[np.bool_]:
        """[day, position]: which pairs are compared and fit. Each numerator and denominator is tried once."""
        is_count = self.variant.measure.kind == "count"
        numerators, denominators = self.counts[..., 0], self.counts[..., 1]
        packed = numerators * _PACKED + denominators
        fits = [
            pair
            for pair in np.unique(packed[self.compared]).tolist()
            if self.search.claim.fits(pair // _PACKED, None if is_count else pair % _PACKED)
        ]
        return self.compared & np.isin(packed, fits)

    def _fit(self, row: int, run: Sequence[int]) -> Fit:
        search = self.search
        standpoint, day = search.standpoint, search.days[row]
        here = [search.positions[i] for i in run]
        same_position = standpoint.position in here
        # A run that holds the claimed position is told by it, another by the end of its first day.
        first_day = [i for i in run if search.received[i] == search.received[run[0]]]
        place = search.positions.index(standpoint.position) if same_position else first_day[-1]
        after = run[-1] + 1
        numerator, denominator = self.counts[row, place].tolist()
        differences = [
            *([] if same_position else [Difference.KNOWN_AT]),
            *([] if day == standpoint.as_of else [Difference.AS_OF]),
            *self.fixed,
        ]
        known_at = standpoint.known_at if same_position else search.day_of(place)
        return Fit(
            numerator,
            None if self.variant.measure.kind == "count" else denominator,
            Standpoint(day, known_at, search.positions[place]),
            search.received[run[0]],
            search.received[after] if after < len(search.positions) and self._changes(row, run[-1], after) else None,
            self.slice,
            self.variant.measure,
            (self.definition if differs(self.definition, day) else definition_in_force(day)).version,
            self.variant.wording,
            self.variant.window,
            tuple(differences),
        )

    def _changes(self, row: int, last: int, after: int) -> bool:
        """Whether what was known next was other, or merely not compared."""
        return bool((self.counts[row, last] != self.counts[row, after]).any())


def differs(definition: Definition, day: date) -> bool:
    """Whether a version is another than the one that answers for the day by itself."""
    return definition.in_force_from is None or definition != definition_in_force(day)


def measures_of(variants: Iterable[Variant]) -> list[Measure]:
    """What an engine must hold to answer all of them, also under other definitions."""
    return [*(variant.measure for variant in variants), *IN_TREATMENT_OR_WAITING]
