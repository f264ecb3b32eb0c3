"""The figures that a report states, read from its lines, and the rows that are not understood.

A report has a line of headings, at the top or below a title. It has a row for each figure, or a row for each measure
and a column for each period. What is wrong with the report as a whole refuses it; what is wrong with a row is a value:
row, column, code, and the sentence of the code.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import PureWindowsPath
from typing import Final, NamedTuple

import msgspec

from domain.contract_life.entered import Evidence, entered_words
from domain.errors import Refused, WrongUse
from domain.improvement.other_reports import NotUnderstood, StatedRow
from domain.measures.registry import MEASURE_OF, Measure
from projections.claims.claim import check_claim
from projections.claims.report import claim_stated
from projections.claims.report_words import (
    TOTAL,
    YEAR_TO_DATE,
    Words,
    explained_words,
    last_day_in_words,
    measure_in_words,
)
from projections.standings.slices import Slice
from web.files.uploads import SentFile

from .columns import ReportColumns, columns_of
from .lines import REFUSALS as LINE_REFUSALS
from .lines import ReportLine, lines_of
from .numbers import Stated, decimals_of_fractions, is_fraction, is_suppressed, share_in
from .stating import RowWrong, StatingCells

MOST_FIGURES: Final = 2_000
"""Figures of a report that are set beside ours in one go."""
_LONGEST_CODE: Final = 20

NOT_READ: Final = {
    "other-measure": "No measure of ours goes by this name, or more than one does. Say below what it means.",
    "other-period": "The period is missing, or not one that is understood. Write it like July 2017 or Q1 2017/18.",
    "other-year-to-date": "It is a figure of the year to date. Ours look back over months, so none is beside it.",
    "other-total": "It adds others up, and no measure of ours does.",
    "other-suppressed": "The figure is suppressed, so there is nothing to set beside ours.",
    "other-no-figure": "No figure is stated here.",
    "other-number": "This is not a number that can be read. Write it in figures, like 24 or 5.48%.",
    "other-impossible": "No figure of this measure can be so: its numbers do not fit one another, or the measure.",
    "other-agency": "Nothing is known of this agency. Write its code.",
    "other-area": "Nothing is known of this area. Write its code.",
    "other-not-shown": "Our figure beside it is not shown to you.",
}
"""Why a row is not set beside ours, by code."""

REFUSALS: Final = {
    **LINE_REFUSALS,
    "other-report-empty": "The report has no line below its headings.",
    "other-report-headings": "No line of the report has the headings of measures and of figures, or of periods.",
    "other-report-too-many": f"The report states more than {MOST_FIGURES:,} figures.",
    "other-report-names": "What a name means is not written like NAME = CODE, or there is no such measure.",
}
"""Why a report is refused whole, by code."""


class ReportRead(msgspec.Struct, frozen=True):
    """A report as it was read: its file by hash, name and size, what it states, and what was not understood."""

    file: Evidence
    stated: tuple[StatedRow, ...]
    not_understood: tuple[NotUnderstood, ...]


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


def names_explained(text: str) -> dict[str, str]:
    """What names mean, one a line: their name = our code.

    Raises:
        Refused: a line is not so, or there is no such measure.
    """
    pairs = dict[str, str]()
    for line in filter(None, map(str.strip, text.splitlines())):
        theirs, sign, ours = (part.strip() for part in line.rpartition("="))
        code = next((one for one in MEASURE_OF if one.lower() == ours.lower()), None)
        if not (sign and theirs and code):
            raise Refused(
                "other-report-names", f"“{line[:80]}” is not understood. Write a line like: Completions (opiate) = 4.0"
            )
        pairs[theirs] = code
    return explained_words(pairs)


def read_report(file: SentFile, terms: ReadingTerms) -> ReportRead:
    """A report as it was read.

    Raises:
        Refused: it cannot be read as a whole; the code is one of REFUSALS.
    """
    data = file.read_bytes()
    lines = lines_of(file.name, data)
    place, columns = _headings(file.name, lines)
    above = next((day for line in lines[:place] for cell in line.cells if (day := last_day_in_words(cell))), None)
    reading = _Reading(columns, terms, terms.as_of or above)
    reading.look_for_fractions(lines[place + 1 :])
    for line in lines[place + 1 :]:
        reading.read(line)
    if not (reading.stated or reading.wrong):
        raise Refused("other-report-empty", f"{file.name} has no line below its headings.", file.name)
    if len(reading.stated) > MOST_FIGURES:
        raise Refused(
            "other-report-too-many",
            f"{file.name} states more than {MOST_FIGURES:,} figures. Send it in parts.",
            file.name,
        )
    name = entered_words(PureWindowsPath(file.name).name, "name of the file")
    return ReportRead(Evidence(sha256(data).hexdigest(), name, len(data)), tuple(reading.stated), tuple(reading.wrong))


def _headings(name: str, lines: Sequence[ReportLine]) -> tuple[int, ReportColumns]:
    """Which line has the headings, and what stands in which column."""
    for place, line in enumerate(lines[:40]):
        if columns := columns_of(line.cells):
            return place, columns
    raise Refused(
        "other-report-headings",
        f"No line of {name} has the headings of a report. It needs a column for the measure, and columns for the "
        "period and its figures, or one column for each period: measure, period, numerator, denominator, percentage.",
        name,
    )


class _Whose(NamedTuple):
    measure: Measure
    slice_: Slice


class _Reading:
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


def report_written(report: ReportRead) -> str:
    """A report as it was read, for a form that takes it along."""
    return msgspec.json.encode(report).decode()


def report_from(written: str) -> ReportRead:
    """The report that a form took along.

    Raises:
        Refused: it is not as it was written.
    """
    try:
        report = msgspec.json.decode(written, type=ReportRead)
        if len(report.stated) > MOST_FIGURES or any(one.code not in NOT_READ for one in report.not_understood):
            raise ValueError("more or other rows than are read")
        if any(row.fraction and not is_fraction(row.fraction) for row in report.stated):
            raise ValueError("a fraction that is none")
        for row in report.stated:
            check_claim(claim_stated(row.numerator, row.denominator, row.percentage), MEASURE_OF[row.measure])
    except (msgspec.DecodeError, ValueError, KeyError, WrongUse, Refused) as error:
        raise Refused(
            "other-report-unreadable", "The report did not arrive as it was read. Send the file again."
        ) from error
    return report
