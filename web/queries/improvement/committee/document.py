"""The committee report as a document: its sections in words and tables, the same for page, paper, program and log."""

import msgspec

from domain.improvement.committee_report import Edition
from projections.standings.slices import Slice
from web.queries.performance.figure import StandpointResult
from web.queries.result import Result


class ReportTable(Result, frozen=True):
    """A table in words; a cell may have several lines. `widths` are in centimetres of a sheet of paper."""

    title: str
    columns: list[str]
    widths: list[float]
    rows: list[list[str]]
    notes: list[str]


class ReportSection(Result, frozen=True):
    """A section: sentences, points of a list, and tables with where their numbers are from."""

    key: str
    heading: str
    sentences: list[str]
    points: list[str]
    tables: list[ReportTable]


class CommitteeReport(Result, frozen=True):
    """A committee report, as far as its reader sees it.

    `left_out` are the keys of the sections that somebody left out; a section that has nothing to say is in neither
    list. `signatory` is the role of the person who signs it.
    """

    title: str
    edition: Edition
    audience: str
    standpoint: StandpointResult
    seen_from: str
    slice: Slice
    whose: str
    notice: str
    signatory: str
    sections: list[ReportSection]
    left_out: list[str]


def read_document(text: str) -> CommitteeReport:
    """The report that was stored, as it was."""
    return msgspec.json.decode(text, type=CommitteeReport)
