"""A dispute in numbers: ours and theirs, what the rows explain, what was published, what it is now, and new files."""

from datetime import date

import msgspec

from domain.errors import Refused
from domain.improvement.disputed.course import DisputeCourse
from domain.improvement.disputed.steps import DATA_ERROR
from domain.improvement.other_reports import StatedRow
from projections.improvement.disputed import file_since
from projections.improvement.return_reviews import erased_among
from web.auth.viewer import Viewer
from web.queries.contract_life.disputes import DisputeResult, disputed_figure
from web.queries.contract_life.publications import publications
from web.queries.improvement.disputed.course import DisputeNumbers, DisputeRowSums, DisputeSums, row_sums
from web.queries.improvement.other_reports import kept_rows
from web.queries.performance.figures import FiguresQuery, figures
from web.queries.result import Result
from web.snapshot import Snapshot


class DisputePublished(Result, frozen=True):
    """The disputed figure as it was published, which stays as it is."""

    number: int
    kind: str
    title: str
    published_on: date
    figure: DisputeNumbers


class DisputeCure(Result, frozen=True):
    """An agency of whose data it was said that they are wrong, and the first file of it that came since."""

    agency: str
    said_on: date
    rows: list[int]
    received_on: date | None
    position: int | None = msgspec.field(name="log_position")


class DisputeStated(Result, frozen=True):
    """A row of a kept report of the other party that states what is claimed."""

    report: int
    title: str
    row: int


class DisputeAccount(Result, frozen=True):
    """The numbers of a dispute. `difference` is theirs less ours, `unexplained` what of it no row explains; both are
    null where one side is not known in numbers. `now`: ours by what is known now.

    `sums` are of the rows whose clients are on record. Those of `erased_rows` were erased since, so they are in ours no
    more, and whatever theirs has of them is unexplained.

    `by_rows` is what ours would be by the rows that both sides accept, `beside_rows` the figure that is proposed, or
    was agreed, less that; null without rows, or where not all of them are shown.
    """

    ours: DisputeNumbers | None
    now: DisputeNumbers | None
    difference: DisputeSums | None
    sums: DisputeRowSums
    erased_rows: list[int]
    unexplained: DisputeSums | None
    by_rows: DisputeNumbers | None
    beside_rows: DisputeSums | None
    published: list[DisputePublished]
    cures: list[DisputeCure]
    stated: list[DisputeStated]


def account(snapshot: Snapshot, viewer: Viewer, party: Viewer, dispute: DisputeResult) -> DisputeAccount:
    """The numbers of a dispute, as far as the viewer sees them. `party` is who reads a report that a party kept."""
    figure = disputed_figure(snapshot, viewer, dispute)
    ours = None
    if figure is not None and figure.is_covered and not figure.withheld:
        ours = DisputeNumbers(figure.numerator, figure.denominator)
    difference = _difference(dispute, ours)
    all_shown = bool(dispute.course.rows) and not dispute.course.rows_not_shown
    sums, erased_rows = _on_record(snapshot, dispute)
    by_rows = figure_by_rows(ours, sums.accepted) if ours and all_shown else None
    settlement = dispute.closed.agreed if dispute.closed else dispute.course.proposed
    return DisputeAccount(
        ours,
        _now(snapshot, viewer, dispute) if ours else None,
        difference,
        sums,
        erased_rows,
        unexplained(difference, sums.listed) if difference and sums.listed.rows and all_shown else None,
        by_rows,
        less(settlement, by_rows) if settlement and by_rows else None,
        list(_published(snapshot, viewer, dispute)) if ours else [],
        _cures(snapshot, dispute),
        _stated(snapshot, party, dispute),
    )


def _on_record(snapshot: Snapshot, dispute: DisputeResult) -> tuple[DisputeRowSums, list[int]]:
    """The sums of the rows that the viewer reads and whose clients were not erased since, and the other rows."""
    course = DisputeCourse(next(one for one in snapshot.disputes if one.number == dispute.number))
    shown = {one.row for one in dispute.course.rows}
    rows = [one for one in course.rows if one.row.row in shown]
    erased = erased_among(snapshot.connection, (one.row.episode for one in rows))
    gone = [one.row.row for one in rows if one.row.episode in erased]
    return row_sums([one for one in rows if one.row.episode not in erased]), gone


def _difference(dispute: DisputeResult, ours: DisputeNumbers | None) -> DisputeSums | None:
    claimed = dispute.claimed
    if ours is None or claimed.numerator is None:
        return None
    return less(DisputeNumbers(claimed.numerator, claimed.denominator), ours)


def less(figure: DisputeNumbers, other: DisputeNumbers) -> DisputeSums:
    """By how much a figure is above another in each of its two numbers."""
    return DisputeSums(0, figure.numerator - other.numerator, (figure.denominator or 0) - (other.denominator or 0))


def figure_by_rows(ours: DisputeNumbers, accepted: DisputeSums) -> DisputeNumbers:
    """Ours with the rows that both sides accept; a count has no denominator."""
    denominator = None if ours.denominator is None else ours.denominator + accepted.denominator
    return DisputeNumbers(ours.numerator + accepted.numerator, denominator)


def unexplained(difference: DisputeSums, listed: DisputeSums) -> DisputeSums:
    """What of the difference the rows that were not given up do not explain."""
    return DisputeSums(0, difference.numerator - listed.numerator, difference.denominator - listed.denominator)


def _now(snapshot: Snapshot, viewer: Viewer, dispute: DisputeResult) -> DisputeNumbers | None:
    query = FiguresQuery(dispute.standpoint.as_of, None, (dispute.measure,), dispute.slice)
    try:
        figure = figures(snapshot, viewer, query).figures[0]
    except Refused:
        return None
    return None if figure.withheld else DisputeNumbers(figure.numerator, figure.denominator)


def _published(snapshot: Snapshot, viewer: Viewer, dispute: DisputeResult) -> list[DisputePublished]:
    return [
        DisputePublished(
            one.number, one.kind, one.title, one.published_on, DisputeNumbers(figure.numerator, figure.denominator)
        )
        for one in publications(snapshot, viewer).published
        if one.standpoint.as_of == dispute.standpoint.as_of
        for figure in one.figures
        if (figure.code, figure.slice) == (dispute.code, dispute.slice) and isinstance(figure.numerator, int)
    ]


def _cures(snapshot: Snapshot, dispute: DisputeResult) -> list[DisputeCure]:
    """Of each agency with a row that is an error in its data: the file that came after this was said."""
    wrong: dict[str, list[tuple[int, int, date]]] = {}
    for row in dispute.course.rows:
        if row.reply and row.reply.reason == DATA_ERROR and row.standing == "accepted":
            wrong.setdefault(row.agency, []).append((row.row, row.reply.position, row.reply.on))
    cures = []
    for agency, said in sorted(wrong.items()):
        newest = max(position for _, position, _ in said)
        file = file_since(snapshot.connection, snapshot.generation, agency, newest)
        received = (file.received_on, file.position) if file else (None, None)
        cures.append(DisputeCure(agency, max(on for *_, on in said), [row for row, *_ in said], *received))
    return cures


def _stated(snapshot: Snapshot, party: Viewer, dispute: DisputeResult) -> list[DisputeStated]:
    """The rows of reports that this viewer's party kept in which the same is stated of the same figure."""
    return [
        DisputeStated(report.number, report.title, row.row)
        for report, rows in kept_rows(snapshot, party)
        for row in rows
        if _is_claimed(row, dispute)
    ]


def _is_claimed(row: StatedRow, dispute: DisputeResult) -> bool:
    its, claimed = dispute.slice, dispute.claimed
    return (row.measure, row.as_of, row.area, row.agency, row.criminal_justice, row.young_people) == (
        dispute.code,
        dispute.standpoint.as_of,
        its.area,
        its.agency,
        its.criminal_justice,
        its.young_people,
    ) and (row.numerator, row.denominator, row.percentage) == (
        claimed.numerator,
        claimed.denominator,
        claimed.percentage or "",
    )
