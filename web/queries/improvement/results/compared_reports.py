"""What is answered about a report of the other party: each figure beside ours, and what was kept."""

from datetime import date

from domain.contract_life.entered import Evidence
from domain.improvement.other_reports import (
    RowAnswer,
    StatedRow,
)
from domain.measures.registry import MEASURE_OF, Measure
from projections.claims.claim import Claim
from projections.claims.report import claim_of_row
from projections.standings.slices import Slice
from web.queries.result import Moment, Result


class OurNumbers(Result, frozen=True):
    """Our figure; a count has no denominator."""

    numerator: int
    denominator: int | None

    @property
    def claim(self) -> Claim:
        """The same, as numbers in words are made of."""
        return Claim(self.numerator, self.denominator)


class ComparedRow(Result, frozen=True):
    """A figure that a row states, and how it stands beside ours.

    `sentence` says where ours is the same, if it is not from the same standpoint; empty where it is, and where it is
    nowhere. `more` is in how many other places it is the same. `fraction` is the cell where the percentage was read
    from a fraction of one.
    """

    row: int
    column: str
    measure: str
    as_of: date
    slice: Slice
    numerator: int | None
    denominator: int | None
    percentage: str | None
    answer: RowAnswer
    ours: OurNumbers | None
    sentence: str
    more: int = 0
    fraction: str | None = None

    @property
    def claim(self) -> Claim:
        """What is stated."""
        return claim_of_row(self.stated)

    @property
    def its_measure(self) -> Measure:
        """Which measure it is a figure of."""
        return MEASURE_OF[self.measure]

    @property
    def stated(self) -> StatedRow:
        """What the row states, as it is stored."""
        its = self.slice
        return StatedRow(
            row=self.row,
            column=self.column,
            measure=self.measure,
            as_of=self.as_of,
            area=its.area,
            agency=its.agency,
            criminal_justice=its.criminal_justice,
            young_people=its.young_people,
            numerator=self.numerator,
            denominator=self.denominator,
            percentage=self.percentage or "",
            fraction=self.fraction or "",
        )


class RowNotUnderstood(Result, frozen=True):
    """A row, or a column of it, that is not set beside ours: its number in a spreadsheet, and why."""

    row: int
    column: str
    code: str
    sentence: str


class AnswerCounts(Result, frozen=True):
    """How many figures were answered so; of those not understood how many rows, or columns of them."""

    equal: int
    equal_as_known: int
    equal_by_rule: int
    nothing_fits: int
    not_understood: int


class ReportNotice(Result, frozen=True):
    """Something of a report that was read in a way that its sender may not have meant: in which column, and how."""

    code: str
    column: str
    sentence: str


class ComparedReport(Result, frozen=True):
    """A report beside ours, as known at one position."""

    file: Evidence
    known_at: date | None
    position: int
    counts: AnswerCounts
    rows: list[ComparedRow]
    not_understood: list[RowNotUnderstood]
    notices: list[ReportNotice]


class KeptReport(Result, frozen=True):
    """A kept comparison in a list: what its keeper called the report, who kept it when, and what it came to."""

    number: int
    title: str
    on: date
    recorded_at: Moment
    actor: str
    party: str
    file: Evidence
    known_at: date | None
    position: int
    counts: AnswerCounts


class KeptReports(Result, frozen=True):
    """Kept comparisons, the newest first."""

    reports: list[KeptReport]


class KeptComparison(Result, frozen=True):
    """A kept comparison as it was, and the same rows by what is known now."""

    kept: KeptReport
    then: ComparedReport
    now: ComparedReport
