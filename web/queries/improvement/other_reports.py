"""A whole report of the other party beside ours, and the comparisons that somebody kept.

Who reads a kept comparison is in `domain.improvement.reach`: the party that kept it, and auditors. It has answers of
what that party may see, which the other may not.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain.contract_life.entered import Evidence
from domain.errors import Refused
from domain.improvement.other_reports import (
    KEPT,
    OTHER_REPORT,
    AnsweredRow,
    NotUnderstood,
    OtherReportCompared,
    RowAnswer,
    StatedRow,
)
from domain.improvement.reach import is_within_reach
from domain.log.reading import Recorded
from domain.standpoint import Standpoint
from projections.claims.report import ReportBeside, RowBeside, answer_of, measures_in, slice_of_row
from projections.claims.wording import fit_sentence
from projections.improvement.other_reports import kept_reports
from projections.privacy import redaction
from projections.standings.slices import Slice
from web.auth.viewer import NotOwn, Viewer
from web.files.reports.report_reading import ReadingTerms
from web.files.reports.stated import NOT_READ, ReportRead
from web.queries import others
from web.queries.improvement.results.compared_reports import (
    AnswerCounts,
    ComparedReport,
    ComparedRow,
    KeptComparison,
    KeptReport,
    KeptReports,
    OurNumbers,
    ReportNotice,
    RowNotUnderstood,
)
from web.queries.parameters import KnownAt
from web.queries.slices import codes_known
from web.snapshot import Snapshot, snapshot_cache

NOT_SHOWN: Final = "other-not-shown"
NO_FILE: Final = "No file covers this day, so there is nothing of ours beside it."


@dataclass(frozen=True, slots=True)
class CompareQuery:
    """A report as it was read, and the last day whose knowledge is used."""

    report: ReportRead
    known_at: KnownAt = None


def reading_terms(
    snapshot: Snapshot, viewer: Viewer, as_of: date | None, slice_: Slice, names: dict[str, str]
) -> ReadingTerms:
    """How a report is read for this viewer: the areas and agencies that are known to them."""
    areas, agencies = codes_known(snapshot)
    known = viewer.agencies if viewer.is_provider else agencies
    return ReadingTerms(as_of, slice_, names, frozenset(known), frozenset(areas))


def compare(snapshot: Snapshot, viewer: Viewer, query: CompareQuery) -> ComparedReport:
    """Each figure of a report beside ours, as far as the viewer may see ours. Nothing is stored."""
    report = query.report
    may = [row for row in report.stated if viewer.may_ask_for(slice_of_row(row))]
    standpoint = snapshot.standpoint(date.max, query.known_at)
    beside = _beside(snapshot, tuple(may), standpoint)
    rows, hidden = list[ComparedRow](), [_not_shown(row) for row in report.stated if row not in may]
    for one in beside:
        if not _is_covered(snapshot, one):
            rows.append(_row_result(AnsweredRow(one.row, RowAnswer.NOTHING_FITS, sentence=NO_FILE)))
        elif _is_shown(snapshot, viewer, one):
            rows.append(_compared(viewer, one))
        else:
            hidden.append(_not_shown(one.row))
    not_understood = sorted((*report.not_understood, *hidden), key=lambda one: one.row)
    return _result(report.file, standpoint, rows, not_understood)


@snapshot_cache(most=32)
def _beside(snapshot: Snapshot, rows: tuple[StatedRow, ...], standpoint: Standpoint) -> list[RowBeside]:
    if not rows:
        return []
    engine = snapshot.engine(measures_in(rows), [row.as_of for row in rows])
    return ReportBeside(snapshot.connection, engine, rows, standpoint).rows_beside()


def _is_covered(snapshot: Snapshot, beside: RowBeside) -> bool:
    """Whether any file covers the day of a row, so that ours says something of it."""
    covered = snapshot.submissions.days_covered(beside.figure.standpoint.position)
    return covered is not None and covered.first_day <= beside.row.as_of <= covered.last_day


def _is_shown(snapshot: Snapshot, viewer: Viewer, beside: RowBeside) -> bool:
    """Whether the viewer sees our figure beside a row: what a provider may not ask for is not answered here either."""
    figure = beside.figure
    try:
        others.check_standpoint(snapshot, viewer, figure.slice, figure.standpoint)
        others.check_enough(snapshot, viewer, figure)
    except Refused:
        return False
    return True


def _not_shown(row: StatedRow) -> NotUnderstood:
    return NotUnderstood(row.row, row.column, NOT_SHOWN)


def _compared(viewer: Viewer, beside: RowBeside) -> ComparedRow:
    search = viewer.redacted(beside.search, redaction.redacted_search) if beside.search else None
    fits = search.fits if search else ()
    sentence = fit_sentence(fits[0]) if fits else ""
    answered = AnsweredRow(beside.row, answer_of(search), beside.figure.numerator, beside.figure.denominator, sentence)
    return _row_result(answered, len(fits[1:]) + search.more if search else 0)


def _row_result(answered: AnsweredRow, more: int = 0) -> ComparedRow:
    row = answered.stated
    ours = None if answered.numerator is None else OurNumbers(answered.numerator, answered.denominator)
    return ComparedRow(
        row.row,
        row.column,
        row.measure,
        row.as_of,
        slice_of_row(row),
        row.numerator,
        row.denominator,
        row.percentage or None,
        answered.answer,
        ours,
        answered.sentence,
        more,
        row.fraction or None,
    )


def _result(
    file: Evidence, standpoint: Standpoint, rows: Sequence[ComparedRow], not_understood: Iterable[NotUnderstood]
) -> ComparedReport:
    unread = [RowNotUnderstood(one.row, one.column, one.code, NOT_READ[one.code]) for one in not_understood]
    counted = Counter(row.answer for row in rows)
    counts = AnswerCounts(
        counted[RowAnswer.EQUAL],
        counted[RowAnswer.EQUAL_AS_KNOWN],
        counted[RowAnswer.EQUAL_BY_RULE],
        counted[RowAnswer.NOTHING_FITS],
        len(unread),
    )
    notices = list(_notices(rows))
    return ComparedReport(file, standpoint.known_at, standpoint.position, counts, list(rows), unread, notices)


def _notices(rows: Sequence[ComparedRow]) -> Iterator[ReportNotice]:
    """Each column whose percentages were read from fractions, with its first as an example."""
    first = {row.column: row for row in reversed(rows) if row.fraction}
    for column, row in sorted(first.items()):
        named = f"The column “{column}”" if column else "The column of percentages"
        yield ReportNotice(
            "fractions",
            column,
            f"{named} is written in fractions: {row.fraction} in row {row.row} was read as {row.percentage}%. If it "
            f"means {row.fraction}%, write the sign into the cells and send the report again.",
        )


# ---- those that were kept


def kept(snapshot: Snapshot, reader: Viewer) -> KeptReports:
    """The comparisons that the reader's side kept."""
    readable = [one for one in _kept(snapshot) if _may_read(reader, _event(one))]
    return KeptReports([_summary(one) for one in reversed(readable)])


def kept_one(snapshot: Snapshot, viewer: Viewer, number: int, reader: Viewer) -> KeptComparison | None:
    """The kept comparison with this number; None if there is none. The `reader` is the viewer as a party.

    Raises:
        NotOwn: another side kept it.
    """
    recorded = next((one for one in _kept(snapshot) if _event(one).number == number), None)
    if recorded is None:
        return None
    event = _event(recorded)
    if not _may_read(reader, event):
        raise NotOwn
    stated = tuple(row.stated for row in event.rows)
    now = compare(snapshot, viewer, CompareQuery(ReportRead(event.file, stated, event.not_understood)))
    return KeptComparison(_summary(recorded), _then(event), now)


def kept_rows(snapshot: Snapshot, reader: Viewer) -> list[tuple[KeptReport, list[StatedRow]]]:
    """What each comparison that the reader's side kept states, row by row."""
    readable = [(one, _event(one)) for one in _kept(snapshot)]
    return [(_summary(one), [row.stated for row in its.rows]) for one, its in readable if _may_read(reader, its)]


def kept_result(recorded: Recorded) -> KeptReport:
    """A comparison that was just kept."""
    return _summary(recorded)


@snapshot_cache(most=1)
def _kept(snapshot: Snapshot) -> list[Recorded]:
    return kept_reports(snapshot.connection, snapshot.mapper)


def _event(recorded: Recorded) -> OtherReportCompared:
    event = recorded.event
    assert isinstance(event, OtherReportCompared)
    return event


def _may_read(reader: Viewer, event: OtherReportCompared) -> bool:
    own = reader.agencies if reader.is_provider else None
    return is_within_reach(OTHER_REPORT, KEPT, event.party, event.agencies, own)


def _then(event: OtherReportCompared) -> ComparedReport:
    standpoint = Standpoint(date.max, event.known_at, event.position)
    return _result(event.file, standpoint, [_row_result(row) for row in event.rows], event.not_understood)


def _summary(recorded: Recorded) -> KeptReport:
    event = _event(recorded)
    return KeptReport(
        event.number,
        event.title,
        event.occurred_on,
        recorded.recorded_at.isoformat(),
        event.actor,
        event.party,
        event.file,
        event.known_at,
        event.position,
        _then(event).counts,
    )


def changed_rows(comparison: KeptComparison) -> Iterator[tuple[ComparedRow, ComparedRow | None]]:
    """Each row as it was answered, beside what it is answered now; None where it is not shown any more."""
    now = {(row.row, row.column): row for row in comparison.now.rows}
    for row in comparison.then.rows:
        yield row, now.get((row.row, row.column))
