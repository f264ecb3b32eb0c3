"""KPIs entered by hand: which there are, what was entered for them, and their figures as known on a day.

A figure is that of the newest whole period (a month, a quarter) that had ended by `as_of`: where nothing was entered
for that one it is "not entered", and no older value stands in. As known on a day, the newest version of a value that
had been entered by then counts. Where several agencies enter their own, the whole is their sum, once all have.

Such a KPI has no standings: it is a `Measure` for those alone who read name, kind, polarity and frequency (targets,
colours, directions, disputes). See docs/design/0017-entered-kpis.md.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from domain.contract_life.entered import (
    EnteredKpiDefined,
    EnteredKpiEnded,
    EnteredNumbers,
    ValueConfirmed,
    ValueCorrected,
    ValueEntered,
    ValueQuestioned,
    kpi_stream,
    last_period,
    period_words,
    periods_due,
    value_stream,
)
from domain.contract_life.transitions import WITHDRAWN, by
from domain.log.mapper import JsonMapper
from domain.log.reading import Recorded, read_streams
from domain.measures.entered import as_measure
from domain.measures.registry import Measure
from domain.periods import Period
from domain.standpoint import Standpoint
from projections.performance.colours.colour_rules import NO_RULES, ColourRules
from projections.performance.colours.rag import Against, against
from projections.standings.engine import Figure
from projections.standings.slices import Slice
from projections.store.submissions import Coverage

from .scorecard import ScorecardLine
from .targets import Targets
from .trend import MONTHS_OF_YEAR, Basis, Movement, NoDirection, Point, basis_day, months_before, movement

NOT_ENTERED: Final = "not entered"
"""The word for a figure whose period has no value."""
DEFINITION: Final = "entered"
"""In the place of a definition's version: what such a figure counts is said by its KPI's wording."""
_AT_ONCE: Final = 200
"""Streams that are read with one query."""
PERIODS_SHOWN: Final = 12
"""Periods of a sparkline and of a trend chart."""
WHOLE: Final = ""
"""In the place of an agency: the value is of all together."""


@dataclass(frozen=True, slots=True)
class EnteredKpi:
    """A KPI as its events tell it."""

    recorded: tuple[Recorded, ...]

    @property
    def terms(self) -> EnteredKpiDefined:
        """How it was defined."""
        event = self.recorded[0].event
        assert isinstance(event, EnteredKpiDefined)
        return event

    @property
    def ended(self) -> EnteredKpiEnded | None:
        """Its end, if that was said."""
        event = self.recorded[-1].event
        return event if isinstance(event, EnteredKpiEnded) else None

    @property
    def number(self) -> int:
        """Its ordinal."""
        return self.terms.number

    @property
    def state(self) -> str:
        """The word for it."""
        return "ended" if self.ended else "defined"

    @property
    def version(self) -> int:
        """That of its newest event."""
        return self.recorded[-1].event.originator_version

    @property
    def last_day(self) -> date | None:
        """The last day for which a value is due."""
        return self.ended.last_day if self.ended else None

    @property
    def measure(self) -> Measure:
        """The KPI for targets, colours, directions and disputes."""
        terms = self.terms
        return as_measure(terms.code, terms.name, terms.kind, terms.polarity, terms.frequency)

    @property
    def whose(self) -> tuple[str, ...]:
        """The agencies of which each enters its own; of one value for all together, `WHOLE`."""
        return self.terms.agencies or (WHOLE,)

    def periods(self, as_of: date) -> list[Period]:
        """The periods for which a value is due by a day, the oldest first."""
        last_day = min(as_of, self.last_day) if self.last_day else as_of
        return list(periods_due(self.terms.frequency, self.terms.first_day, last_day))

    def in_words(self, period: Period) -> str:
        """A period of it: September 2017, Q2 2017/18."""
        return period_words(self.terms.frequency, period.last_day)


@dataclass(frozen=True, slots=True)
class EnteredValue:
    """A value of one period and agency, as its events tell it."""

    recorded: tuple[Recorded, ...]

    @property
    def entered(self) -> ValueEntered:
        """How it was entered first; its numbers may have been corrected since."""
        event = self.recorded[0].event
        assert isinstance(event, ValueEntered)
        return event

    @property
    def versions(self) -> list[Recorded]:
        """Its numbers as they were entered, then corrected, the oldest first."""
        return [one for one in self.recorded if isinstance(one.event, EnteredNumbers)]

    @property
    def numbers(self) -> EnteredNumbers:
        """The numbers that stand."""
        event = self.versions[-1].event
        assert isinstance(event, EnteredNumbers)
        return event

    @property
    def number(self) -> int:
        """Its ordinal."""
        return self.entered.number

    @property
    def version(self) -> int:
        """That of its newest event."""
        return self.recorded[-1].event.originator_version

    @property
    def state(self) -> str:
        """The word for it, with who made it so."""
        return state_after(self.recorded[-1])

    @property
    def is_withdrawn(self) -> bool:
        """Whether it counts no more."""
        return self.state == WITHDRAWN


def state_after(recorded: Recorded) -> str:
    """The state of a value once this was said."""
    match recorded.event:
        case ValueEntered(party=party):
            return by("entered", party)
        case ValueCorrected(party=party):
            return by("corrected", party)
        case ValueConfirmed(party=party):
            return by("confirmed", party)
        case ValueQuestioned(party=party):
            return by("questioned", party)
    return WITHDRAWN


class Entered:
    """All KPIs that were ever defined and all values that were ever entered, the oldest first."""

    def __init__(self, recorded: Iterable[Recorded] = ()) -> None:
        self.recorded = tuple(recorded)
        streams: dict[Any, list[Recorded]] = {}
        for one in self.recorded:
            streams.setdefault(one.event.originator_id, []).append(one)
        told = [tuple(its) for its in streams.values()]
        self.kpis = [EnteredKpi(its) for its in told if isinstance(its[0].event, EnteredKpiDefined)]
        self.values = [EnteredValue(its) for its in told if isinstance(its[0].event, ValueEntered)]
        standing = (value for value in self.values if not value.is_withdrawn)
        self._standing = {(one.entered.kpi, one.entered.agency, one.entered.first_day): one for one in standing}

    @classmethod
    def load(cls, connection: sa.Connection, mapper: JsonMapper) -> "Entered":
        """Those in the log, read by their numbers: that takes no look at the rest of it."""
        return cls(sorted([*_numbered(connection, mapper, kpi_stream), *_numbered(connection, mapper, value_stream)]))

    def as_known(self, known_at: date | None) -> "Entered":
        """What had been entered by a day; all of it for None."""
        if known_at is None:
            return self
        return Entered(one for one in self.recorded if one.event.occurred_on <= known_at)

    def up_to(self, position: int) -> "Entered":
        """What was entered up to a place in the log, included."""
        return Entered(one for one in self.recorded if one.position <= position)

    def kpi(self, number: int) -> EnteredKpi | None:
        """The KPI with this number."""
        return next((kpi for kpi in self.kpis if kpi.number == number), None)

    def coded(self, code: str) -> EnteredKpi | None:
        """The KPI with this code."""
        return next((kpi for kpi in self.kpis if kpi.terms.code == code), None)

    def value(self, number: int) -> EnteredValue | None:
        """The value with this number."""
        return next((value for value in self.values if value.number == number), None)

    def standing(self, kpi: EnteredKpi, agency: str, period: Period) -> EnteredValue | None:
        """The value that counts for a period of an agency (or of `WHOLE`)."""
        return self._standing.get((kpi.number, agency, period.first_day))

    def values_of(self, kpi: EnteredKpi) -> list[EnteredValue]:
        """Every value of a KPI, also those withdrawn, the newest period first."""
        its = [value for value in self.values if value.entered.kpi == kpi.number]
        return sorted(its, key=lambda one: (one.entered.last_day, one.number), reverse=True)

    @property
    def newest_day(self) -> date | None:
        """The newest day on which anything was entered."""
        return max((one.event.occurred_on for one in self.recorded), default=None)

    @property
    def position(self) -> int:
        """The place in the log of the newest of it; 0 of nothing."""
        return self.recorded[-1].position if self.recorded else 0


def _numbered(connection: sa.Connection, mapper: JsonMapper, stream_of: Callable[[int], UUID]) -> Iterator[Recorded]:
    """Every event of the streams that are told apart by their number, from 1 on without a gap."""
    for first in count(1, _AT_ONCE):
        streams = [stream_of(number) for number in range(first, first + _AT_ONCE)]
        events = read_streams(connection, mapper, streams)
        for recorded in events.values():
            yield from recorded
        if len(events) < _AT_ONCE:
            return


# ---- figures


@dataclass(frozen=True, slots=True)
class EnteredFigure:
    """The figure of a KPI, for one agency (or all, None), as entered for the newest period that had ended by `as_of`.

    `missing` are those of whom it has no value; while there are any, it has no numbers. `withheld` says why its counts
    are not shown to whoever asks.
    """

    kpi: EnteredKpi
    agency: str | None
    as_of: date
    period: Period
    values: tuple[EnteredValue, ...]
    missing: tuple[str, ...]
    withheld: str = ""

    @property
    def expected(self) -> tuple[str, ...]:
        """Of whom it takes a value."""
        return expected_of(self.kpi, self.agency)

    @property
    def is_entered(self) -> bool:
        """Whether it has numbers."""
        return not self.missing and not self.withheld

    @property
    def numerator(self) -> int | None:
        """How many are counted; None where a value is missing."""
        return sum(one.numbers.numerator for one in self.values) if self.is_entered else None

    @property
    def denominator(self) -> int | None:
        """Out of how many; None of a count, and where a value is missing."""
        if not self.is_entered or self.kpi.terms.kind == "count":
            return None
        return sum(one.numbers.denominator or 0 for one in self.values)

    @property
    def point(self) -> Point:
        """The figure as a point of a trend; one without numbers is as a day that nothing covers."""
        status = "complete" if self.is_entered else None
        return Point.of(self.period.last_day, self.numerator or 0, self._whole, status)

    @property
    def _whole(self) -> int | None:
        return None if self.kpi.terms.kind == "count" else self.denominator or 0

    def figure(self, standpoint: Standpoint) -> Figure:
        """The same for whoever holds figures against targets and earlier ones. There are numbers; no file is missing,
        since none is expected.
        """
        covered = Coverage((), (), "complete", self.period)
        numbers, days = (self.numerator or 0, self._whole), (self.period.first_day, self.period.last_day)
        slice_ = Slice(agency=self.agency)
        return Figure(self.kpi.measure, DEFINITION, slice_, standpoint, *numbers, *days, covered)


def expected_of(kpi: EnteredKpi, agency: str | None) -> tuple[str, ...]:
    """Of whom a figure takes a value: of the agency asked for, else of all that enter one."""
    return kpi.whose if agency is None else (agency,)


def figure_of(entered: Entered, kpi: EnteredKpi, agency: str | None, as_of: date) -> EnteredFigure:
    """The figure of a KPI at a day."""
    return figure_of_period(entered, kpi, agency, last_period(kpi.terms.frequency, as_of), as_of)


def figure_of_period(
    entered: Entered, kpi: EnteredKpi, agency: str | None, period: Period, as_of: date
) -> EnteredFigure:
    """The figure of a KPI for one period."""
    by_agency = {one: entered.standing(kpi, one, period) for one in expected_of(kpi, agency)}
    values = tuple(value for value in by_agency.values() if value)
    missing = tuple(one for one, value in by_agency.items() if value is None)
    return EnteredFigure(kpi, agency, as_of, period, values, missing)


@dataclass(frozen=True, slots=True)
class NotCompared:
    """That a figure has no direction: it has no numbers itself, or those that it would be compared with are missing."""

    basis: Basis


@dataclass(frozen=True, slots=True)
class EnteredLine:
    """An entered KPI of a scorecard; without a value it is held against nothing. `before` is what its direction is
    compared with; `spark` ends with the figure; `last_year` is the same twelve months before.
    """

    figure: EnteredFigure
    against: Against | None
    movement: Movement | NotCompared
    before: EnteredFigure
    spark: tuple[EnteredFigure, ...]
    state: str
    last_year: EnteredFigure | None = None


COUNTED: Final = "entered"
"""The word for a count, which is held against no target."""


def line_of(
    entered: Entered,
    kpi: EnteredKpi,
    agency: str | None,
    standpoint: Standpoint,
    targets: Targets,
    basis: Basis,
    *,
    rules: ColourRules = NO_RULES,
) -> EnteredLine:
    """A KPI at a standpoint, with its target, its direction and its last periods; `entered` is as known there."""
    as_of, measure = standpoint.as_of, kpi.measure
    figure = figure_of(entered, kpi, agency, as_of)
    periods = kpi.periods(as_of)[-PERIODS_SHOWN:]
    spark = tuple(figure_of_period(entered, kpi, agency, period, period.last_day) for period in periods)
    first = periods[0].last_day if periods else as_of
    before = figure_of(entered, kpi, agency, basis_day(measure, as_of, basis, first))
    if not figure.is_entered:
        return EnteredLine(figure, None, NotCompared(basis), before, spark, NOT_ENTERED)
    as_figure = figure.figure(standpoint)
    last_year = figure_of(entered, kpi, agency, months_before(as_of, MONTHS_OF_YEAR))
    rule = rules.in_force(measure, as_figure.slice, as_of, standpoint.known_at)
    its_against = against(as_figure, targets.of_figure(measure, as_figure.slice, standpoint), rule, last_year.point)
    its_movement = movement(as_figure, before.point, basis) if before.is_entered else NotCompared(basis)
    return EnteredLine(figure, its_against, its_movement, before, spark, _state(as_figure, its_against), last_year)


def _state(figure: Figure, its_against: Against) -> str:
    if figure.denominator is None:
        return COUNTED
    nowhere = Point.of(figure.standpoint.as_of, 0, None, None)
    return str(ScorecardLine(figure, its_against, NoDirection(Basis.PREVIOUS, nowhere, ""), ()).state)


def missing_sentence(figure: EnteredFigure, named: Sequence[str]) -> str:
    """What is missing, in words, naming those of the missing agencies that may be `named`: No value for May 2017."""
    words = figure.kpi.in_words(figure.period)
    if figure.period not in figure.kpi.periods(figure.period.last_day):
        return f"No value is due for {words}."
    whose = f" from {' and '.join(named)}" if named and len(figure.expected) > 1 else ""
    return f"No value for {words}{whose}."


# ---- what is due


@dataclass(frozen=True, slots=True)
class EnteredDue:
    """A period of an agency for which no value was entered."""

    kpi: EnteredKpi
    agency: str
    period: Period


def due(entered: Entered, kpis: Sequence[EnteredKpi], as_of: date) -> list[EnteredDue]:
    """What had to be entered by a day and was not, the oldest first."""
    every = [EnteredDue(kpi, agency, period) for kpi in kpis for period in kpi.periods(as_of) for agency in kpi.whose]
    missing = (one for one in every if entered.standing(one.kpi, one.agency, one.period) is None)
    return sorted(missing, key=lambda one: (one.period.last_day, one.kpi.number, one.agency))
