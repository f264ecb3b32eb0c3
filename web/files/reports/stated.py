"""The figures that a report states, read from its lines, and the rows that are not understood.

A report has a line of headings, at the top or below a title. It has a row for each figure, or a row for each measure
and a column for each period. What is wrong with the report as a whole refuses it; what is wrong with a row is a value:
row, column, code, and the sentence of the code.
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import PureWindowsPath
from typing import Final

import msgspec

from domain.contract_life.entered import Evidence, entered_words
from domain.errors import Refused, WrongUse
from domain.improvement.other_reports import NotUnderstood, StatedRow
from domain.measures.registry import MEASURE_OF
from projections.claims.claim import check_claim
from projections.claims.report import claim_stated
from projections.claims.report_words import (
    explained_words,
    last_day_in_words,
)
from web.files.reports.report_reading import ReadingTerms, ReportReading
from web.files.uploads import SentFile

from .columns import ReportColumns, columns_of
from .lines import REFUSALS as LINE_REFUSALS
from .lines import ReportLine, lines_of
from .numbers import is_fraction

MOST_FIGURES: Final = 2_000
"""Figures of a report that are set beside ours in one go."""

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
    reading = ReportReading(columns, terms, terms.as_of or above)
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
