"""The figures of entered KPIs at a standpoint, each against its target and its past, and what is due.

A provider sees of a sum with others' values nothing that tells of fewer than 5 of theirs, as of any other figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Final

import msgspec

from domain.contract_life.entered import Evidence
from domain.errors import Refused, WrongUse
from domain.measures.entered import as_measure, is_entered
from domain.measures.registry import Measure
from domain.periods import Period
from domain.rounding import STORED_DECIMALS, half_up, percentage_of
from domain.standpoint import Standpoint
from projections.performance import entered as projection
from projections.performance.colours.rag import rests_on_last_year
from projections.performance.entered import (
    Entered,
    EnteredDue,
    EnteredFigure,
    EnteredKpi,
    EnteredLine,
    EnteredValue,
    NotCompared,
)
from projections.performance.entered_frozen import is_in_force
from projections.performance.scorecard import State
from projections.performance.trend import Basis
from projections.privacy.complements import FEW_OTHERS, is_few
from projections.publication.suppression import Counts
from projections.standings.slices import Slice
from projections.standings.wilson import wilson
from web.auth.viewer import NotOwn, Viewer
from web.queries.agreement.colour_rules import all_rules
from web.queries.contract_life.targets import TargetResult, all_targets, target_result
from web.queries.parameters import KnownAt
from web.queries.performance.figure import FigureCoverage, IntervalResult, StandpointResult, standpoint_result
from web.queries.performance.scorecards import AgainstTarget, MovementResult, against_result, movement_result
from web.queries.result import Result
from web.snapshot import Snapshot

from .entered import all_entered, day_known, entered_known, may_see_value, measure_in, visible_kpis

SOURCE: Final = "entered"
"""What a figure says of where it comes from, which is no file."""


class EnteredBy(Result, frozen=True):
    """Who entered a value of a figure: its newest version."""

    value: int
    agency: str | None
    on: date
    actor: str
    role: str
    party: str
    state: str
    source: str
    evidence: Evidence | None


class EnteredFigureResult(Result, frozen=True):
    """FIGURE of an entered KPI: the same names as of any figure, and by whom it was entered.

    Its numbers are null while a value is `missing`. No file is ever expected for it, so `status` is null.
    """

    code: str = msgspec.field(name="measure")
    name: str
    kind: str
    definition: str
    slice: Slice
    numerator: int | None
    denominator: int | None
    percentage: float | None
    interval: IntervalResult | None
    cohort: Period
    as_of: date
    known_at: date | None
    position: int
    status: None
    coverage: FigureCoverage
    immature: bool
    polarity: str | None
    source: Annotated[str, msgspec.Meta(description="Always entered: no file holds it.")]
    frequency: str
    entered: list[EnteredBy]
    withheld: str | msgspec.UnsetType = msgspec.UNSET

    @property
    def is_entered(self) -> bool:
        """Whether it has numbers."""
        return self.numerator is not None

    @property
    def is_count(self) -> bool:
        """Whether it is one number."""
        return self.kind == "count"

    @property
    def measure(self) -> Measure:
        """The KPI, for whoever reads of a measure its name, kind and side."""
        return as_measure(self.code, self.name, self.kind, self.polarity, self.frequency)


class EnteredPoint(Result, frozen=True):
    """A period of a figure's past; without a value its numbers are null."""

    first_day: date
    last_day: date
    numerator: int | None
    denominator: int | None
    percentage: float | None


class EnteredLineResult(Result, frozen=True):
    """An entered KPI of a scorecard, by its number; `why_missing` is a sentence where it has no numbers."""

    number: int
    figure: EnteredFigureResult
    state: str
    target: TargetResult | None
    against: AgainstTarget | None
    movement: MovementResult | None = msgspec.field(name="travel")
    no_direction: str | None
    why_missing: str | None
    spark: list[EnteredPoint]

    @property
    def measure(self) -> Measure:
        """What it measures."""
        return self.figure.measure


class EnteredDueResult(Result, frozen=True):
    """A period for which no value was entered; `agency` is null of all together."""

    kpi: int
    code: str
    name: str
    agency: str | None
    first_day: date
    last_day: date
    period: str
    sentence: str


class EnteredScorecard(Result, frozen=True):
    """Every entered KPI of one agency, or of all, at a standpoint, and what is due by then.

    `newer`: the newest day on which something was entered that is not known at the standpoint; null if nothing was.
    """

    standpoint: StandpointResult
    agency: str | None
    lines: list[EnteredLineResult]
    due: list[EnteredDueResult]
    newer: date | None


@dataclass(frozen=True, slots=True)
class EnteredQuery:
    """From one standpoint, of one agency or of all; `known_at` left out is all that was ever entered.

    Nothing is due for a period that ends after `due_by`, which is today: such a day may be asked for all the same.
    """

    as_of: date
    known_at: KnownAt = None
    agency: str | None = None
    basis: Basis = Basis.PREVIOUS
    due_by: date = date.max


def scorecard(snapshot: Snapshot, viewer: Viewer, query: EnteredQuery) -> EnteredScorecard:
    """Every KPI in force with its figure, and what is due. Raises NotOwn for another provider's agency."""
    if not viewer.may_ask_for(Slice(agency=query.agency)):
        raise NotOwn
    known_at = day_known(snapshot, query.known_at)
    entered = entered_known(snapshot, known_at)
    standpoint = _standpoint(entered, query.as_of, known_at)
    kpis = [kpi for kpi in visible_kpis(entered, viewer) if query.agency is None or query.agency in kpi.whose]
    lines = [_line(snapshot, viewer, entered, kpi, query, standpoint) for kpi in kpis if is_in_force(kpi, query.as_of)]
    missing = [
        one
        for one in projection.due(entered, kpis, min(query.as_of, query.due_by))
        if _is_due_of(one, viewer, query.agency)
    ]
    newest = all_entered(snapshot).newest_day
    newer = newest if newest and known_at and newest > known_at else None
    return EnteredScorecard(standpoint_result(standpoint), query.agency, lines, list(map(_due, missing)), newer)


def line(snapshot: Snapshot, viewer: Viewer, code: str, query: EnteredQuery) -> EnteredLineResult | None:
    """One KPI with its figure; None where none of this code was defined by then. Raises as `scorecard`."""
    if not viewer.may_ask_for(Slice(agency=query.agency)):
        raise NotOwn
    known_at = day_known(snapshot, query.known_at)
    entered = entered_known(snapshot, known_at)
    kpi = next((one for one in visible_kpis(entered, viewer) if one.terms.code == code), None)
    if kpi is None or (query.agency is not None and query.agency not in kpi.whose):
        return None
    return _line(snapshot, viewer, entered, kpi, query, _standpoint(entered, query.as_of, known_at))


def disputed_in(
    snapshot: Snapshot, viewer: Viewer, code: str, as_of: date, known_at: KnownAt, slice_: Slice
) -> tuple[Measure, Standpoint]:
    """What a dispute over a measure, of the file or entered by hand, is about, and from where it is seen.

    Raises:
        WrongUse: there is no such measure, or none that the viewer may see was defined by then.
        Refused: what is entered by hand is not parted in this way, or nothing was entered there.
    """
    measure = measure_in(snapshot, code)
    if not is_entered(measure):
        return measure, snapshot.standpoint(as_of, known_at)
    if slice_.area or slice_.criminal_justice or slice_.young_people:
        raise Refused("entered-no-such-part", "What is entered by hand is of whole agencies, and of no other part.")
    its_line = line(snapshot, viewer, code, EnteredQuery(as_of, known_at, slice_.agency))
    if its_line is None:
        raise WrongUse(f"There is no {code} that you may dispute there.")
    figure = its_line.figure
    if not figure.is_entered:
        raise Refused("entered-nothing-there", its_line.why_missing or "Nothing was entered there.")
    return measure, Standpoint(figure.as_of, figure.known_at, figure.position)


def _standpoint(entered: Entered, as_of: date, known_at: date | None) -> Standpoint:
    """Where the figures are seen from: left open, on the newest day on which anything was entered."""
    return Standpoint(as_of, known_at or entered.newest_day, entered.position)


def _is_due_of(one: EnteredDue, viewer: Viewer, agency: str | None) -> bool:
    mine = not viewer.is_provider or one.agency in viewer.agencies
    return mine and agency in {None, one.agency}


def _line(
    snapshot: Snapshot,
    viewer: Viewer,
    entered: Entered,
    kpi: EnteredKpi,
    query: EnteredQuery,
    standpoint: Standpoint,
) -> EnteredLineResult:
    targets, rules = all_targets(snapshot), all_rules(snapshot)
    line = projection.line_of(entered, kpi, query.agency, standpoint, targets, query.basis, rules=rules)
    return line_result(_redacted(line, viewer), standpoint, viewer)


def _tells_of_last_year(line: EnteredLine, viewer: Viewer) -> bool:
    """Whether its colour tells which way the figure went since a year before, when too few were others."""
    if line.against is None or line.last_year is None or not rests_on_last_year(line.against):
        return False
    return bool(redacted_figure(line.last_year, viewer).withheld)


def _redacted(line: EnteredLine, viewer: Viewer) -> EnteredLine:
    """The line as a provider may see it: without the sums that tell of few people of others."""
    if not viewer.is_provider:
        return line
    figure, before = redacted_figure(line.figure, viewer), redacted_figure(line.before, viewer)
    line = replace(line, figure=figure, before=before, spark=tuple(redacted_figure(one, viewer) for one in line.spark))
    if _tells_of_last_year(line, viewer):
        line = replace(line, against=None, state=State.WITHHELD)
    if not figure.withheld and not before.withheld:
        return line
    # A direction would give back what is withheld of the period before.
    line = replace(line, movement=NotCompared(line.movement.basis))
    return replace(line, against=None, state=State.WITHHELD) if figure.withheld else line


def redacted_figure(figure: EnteredFigure, viewer: Viewer) -> EnteredFigure:
    """The figure as the viewer may see it: withheld where a sum tells a provider of few people of others."""
    others = [one for one in figure.values if not may_see_value(viewer, one)]
    if figure.missing or not others:
        return figure
    is_count = figure.kpi.terms.kind == "count"
    whole = None if is_count else sum(one.numbers.denominator or 0 for one in others)
    few = is_few(Counts(sum(one.numbers.numerator for one in others), whole))
    return replace(figure, withheld=FEW_OTHERS) if few else figure


# ---- as results


def line_result(line: EnteredLine, standpoint: Standpoint, viewer: Viewer) -> EnteredLineResult:
    """ENTERED LINE of the JSON reference."""
    target = line.against.target if line.against else None
    return EnteredLineResult(
        line.figure.kpi.number,
        figure_result(line.figure, standpoint, viewer),
        line.state,
        target_result(target) if target else None,
        against_result(line.against) if line.against else None,
        None if isinstance(line.movement, NotCompared) else movement_result(line.movement),
        _no_direction(line, viewer) if isinstance(line.movement, NotCompared) else None,
        None if line.figure.is_entered else _why_missing(line.figure, viewer),
        [_point(one) for one in line.spark],
    )


def _why_missing(figure: EnteredFigure, viewer: Viewer) -> str:
    return figure.withheld or projection.missing_sentence(figure, _named(figure.missing, viewer))


def _no_direction(line: EnteredLine, viewer: Viewer) -> str:
    missing = line.before if line.figure.is_entered else line.figure
    return f"{_why_missing(missing, viewer)} So no direction is given."


def figure_result(figure: EnteredFigure, standpoint: Standpoint, viewer: Viewer) -> EnteredFigureResult:
    """FIGURE of the JSON reference, of a KPI that is entered by hand."""
    terms, numerator, denominator = figure.kpi.terms, figure.numerator, figure.denominator
    return EnteredFigureResult(
        terms.code,
        terms.name,
        terms.kind,
        projection.DEFINITION,
        Slice(agency=figure.agency),
        numerator,
        denominator,
        percentage_of(numerator, denominator) if numerator is not None else None,
        _interval(numerator, denominator),
        figure.period,
        figure.as_of,
        standpoint.known_at,
        standpoint.position,
        None,
        FigureCoverage(_named(figure.expected, viewer), _named(figure.missing, viewer)),
        False,
        terms.polarity,
        SOURCE,
        terms.frequency,
        [_by(one) for one in figure.values if may_see_value(viewer, one)],
        figure.withheld or msgspec.UNSET,
    )


def _named(agencies: Sequence[str], viewer: Viewer) -> tuple[str, ...]:
    return tuple(one for one in agencies if one and (not viewer.is_provider or one in viewer.agencies))


def _interval(numerator: int | None, denominator: int | None) -> IntervalResult | None:
    limits = wilson(numerator, denominator) if numerator is not None and denominator else None
    if limits is None:
        return None
    return IntervalResult(half_up(limits[0], STORED_DECIMALS), half_up(limits[1], STORED_DECIMALS))


def _by(value: EnteredValue) -> EnteredBy:
    event = value.numbers
    return EnteredBy(
        value.number,
        value.entered.agency or None,
        event.occurred_on,
        event.actor,
        event.role,
        event.party,
        value.state,
        event.source,
        event.evidence,
    )


def _point(figure: EnteredFigure) -> EnteredPoint:
    numerator, denominator = figure.numerator, figure.denominator
    percentage = percentage_of(numerator, denominator) if numerator is not None else None
    return EnteredPoint(figure.period.first_day, figure.period.last_day, numerator, denominator, percentage)


def _due(one: EnteredDue) -> EnteredDueResult:
    terms, words = one.kpi.terms, one.kpi.in_words(one.period)
    days = (one.period.first_day, one.period.last_day)
    sentence = f"No value for {words}{f' from {one.agency}' if one.agency else ''}."
    return EnteredDueResult(terms.number, terms.code, terms.name, one.agency or None, *days, words, sentence)
