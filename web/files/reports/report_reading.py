"""The lines of a report in the reading: what each states, or what is wrong with it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, NamedTuple

from domain.improvement.other_reports import NotUnderstood, StatedRow
from domain.measures.registry import Measure
from projections.claims.report_words import (
    TOTAL,
    YEAR_TO_DATE,
    Words,
    last_day_in_words,
    measure_in_words,
)
from projections.standings.slices import Slice

from .columns import ReportColumns
from .lines import ReportLine
from .numbers import Stated, decimals_of_fractions, is_suppressed, share_in
from .stating import RowWrong, StatingCells

_LONGEST_CODE: Final = 20


@dataclass(frozen=True, slots=True)
class ReadingTerms:
    """What is not in the report itself: the last day of rows without a period, whose figures they are, what names mean.

    `agencies` and `areas` are those that are known.
    """

    as_of: date | None = None
    slice_: Slice = field(default_factory=Slice)
    names: Words = field(default_factory=dict)
    agencies: Collection[str] = ()
    areas: Collection[str] = ()


class _Whose(NamedTuple):
    measure: Measure
    slice_: Slice


class ReportReading:
    """A report in the reading."""

    def __init__(self, columns: ReportColumns, terms: ReadingTerms, as_of: date | None) -> None:
        self.columns, self.terms, self.as_of = columns, terms, as_of
        self.stated: list[StatedRow] = []
        self.wrong: list[NotUnderstood] = []
        self._measure_above = ""
        self._decimals: dict[int, int] = {}

    def look_for_fractions(self, lines: Sequence[ReportLine]) -> None:
        """Which columns of percentages are written in fractions of one throughout, as spreadsheets hold them."""
        of_percentages = self.columns.places.get("percentage")
        places = [place for place, _period in self.columns.periods]
        places += [] if places or of_percentages is None else [of_percentages]
        proportions = [line for line in lines if self._is_of_proportion(line)]
        self._measure_above = ""
        for place in places:
            cells = (line.cells[place] for line in proportions if place < len(line.cells))
            written = [cell for cell in cells if cell and not is_suppressed(cell) and not share_in(cell)]
            decimals = decimals_of_fractions(written)
            if decimals is not None:
                self._decimals[place] = decimals

    def _is_of_proportion(self, line: ReportLine) -> bool:
        try:
            return self._whose(line).measure.kind != "count"
        except RowWrong:
            return False

    def read(self, line: ReportLine) -> None:
        """Read one line: what it states, or what is wrong with it."""
        try:
            whose = self._whose(line)
        except RowWrong as wrong:
            self._note(line, wrong)
            return
        for column, period, figure in self._figures(line, whose.measure):
            try:
                day = self._day(line, column, period)
                self.stated.append(self._row(line, column, whose, day, figure.stated()))
            except RowWrong as wrong:
                self._note(line, wrong)

    def _note(self, line: ReportLine, wrong: RowWrong) -> None:
        self.wrong.append(NotUnderstood(line.number, wrong.column, wrong.code))

    def _cell(self, line: ReportLine, kind: str) -> str:
        place = self.columns.places.get(kind)
        return line.cells[place] if place is not None and place < len(line.cells) else ""

    def _whose(self, line: ReportLine) -> _Whose:
        """Which measure, and of whom. A cell that was merged with the one above has its words."""
        names = [self._cell(line, kind) for kind in ("code", "measure")]
        group = self._cell(line, "group")
        if any(names):
            self._measure_above = names[1] or names[0]
        elif group:
            names = [self._measure_above]
        heading = self.columns.heading("measure") or self.columns.heading("code")
        found = (measure_in_words(name, group, self.terms.names) for name in names if name)
        measure = next(filter(None, found), None)
        if measure is None:
            code = "other-total" if any(map(TOTAL.match, names)) else "other-measure"
            raise RowWrong(heading, code if any(names) else "other-no-figure")
        return _Whose(measure, self._slice(line))

    def _slice(self, line: ReportLine) -> Slice:
        slice_ = self.terms.slice_
        for kind, known in (("agency", self.terms.agencies), ("area", self.terms.areas)):
            text = self._cell(line, kind)
            if not text or text.lower() in _EVERYBODY:
                continue
            code = text.split()[0].upper()
            if len(code) > _LONGEST_CODE or code not in known:
                raise RowWrong(self.columns.heading(kind), f"other-{kind}")
            slice_ = replace(slice_, agency=code) if kind == "agency" else replace(slice_, area=code)
        return slice_

    def _figures(self, line: ReportLine, measure: Measure) -> Iterator[tuple[str, str | None, StatingCells]]:
        """Each figure of a line: its column, its period if the column has one, and what it states."""
        if not self.columns.periods:
            numbers = [self._cell(line, kind) for kind in ("numerator", "denominator", "percentage")]
            headings = [self.columns.heading(kind) for kind in ("numerator", "denominator", "percentage")]
            place = self.columns.places.get("percentage")
            yield "", None, StatingCells(measure, numbers, headings, self._decimals_at(place))
            return
        for place, period in self.columns.periods:
            cell = line.cells[place] if place < len(line.cells) else ""
            if cell:
                yield period, period, StatingCells(measure, [cell], [period], self._decimals_at(place))

    def _decimals_at(self, place: int | None) -> int | None:
        return None if place is None else self._decimals.get(place)

    def _day(self, line: ReportLine, column: str, period: str | None) -> date:
        text = self._cell(line, "period") if period is None else period
        heading = column or self.columns.heading("period")
        if YEAR_TO_DATE.search(text):
            raise RowWrong(heading, "other-year-to-date")
        day = last_day_in_words(text) if text else self.as_of
        if day is None:
            raise RowWrong(heading, "other-period")
        return day

    @staticmethod
    def _row(line: ReportLine, column: str, whose: _Whose, day: date, stated: Stated) -> StatedRow:
        its = whose.slice_
        return StatedRow(
            row=line.number,
            column=column,
            measure=whose.measure.code,
            as_of=day,
            area=its.area,
            agency=its.agency,
            criminal_justice=its.criminal_justice,
            young_people=its.young_people,
            numerator=stated.numerator,
            denominator=stated.denominator,
            percentage=stated.percentage,
            fraction=stated.fraction,
        )


_EVERYBODY: Final = frozenset({"all", "all agencies", "all providers", "total", "partnership", "area"})
"""What stands in the column of an agency where a row is of all of them."""
