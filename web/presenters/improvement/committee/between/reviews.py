"""Returns that were reviewed in time, of all and by hub; the public edition does not have them."""

from collections.abc import Sequence

from web.presenters import text as words
from web.presenters.improvement.return_reviews import share_words
from web.presenters.tables import Column, Table
from web.queries.improvement.committee.on_the_day import reviewed_in_time_on
from web.queries.improvement.return_reviews import ReturnReviewsQuery, ReviewedShare

from ..view import ReportView, SectionWords, report_table

_COLUMNS = (
    Column("Agency that the client left", width=5.6),
    Column("Reviews that fell due", width=3.6),
    Column("Written in time", width=3.6),
    Column("Share and 95% interval", width=4.2),
)


def reviewed_in_time(view: ReportView) -> list[ReviewedShare]:
    """The shares from the report's standpoint; none where they are of other people than the report."""
    seen = view.seen
    if seen.slice_.area is not None or seen.slice_.criminal_justice or seen.slice_.young_people:
        return []
    query = ReturnReviewsQuery(view.day, seen.as_of, seen.known_at, seen.slice_.agency)
    return reviewed_in_time_on(seen.snapshot, view.reader, query)


def reviews_words(view: ReportView, its: Sequence[ReviewedShare]) -> SectionWords:
    """The share of all in a sentence, and of each hub in a row."""
    if not its:
        return SectionWords()
    whole, hubs = its[0], [one for one in its[1:] if one.agency]
    if len(hubs) < 2:
        return SectionWords([share_words(whole)])
    table = Table(_COLUMNS, [_row(view, one) for one in hubs], "Returns reviewed in time, by agency")
    return SectionWords([share_words(whole)], [], [report_table(table)])


def _row(view: ReportView, one: ReviewedShare) -> list[str]:
    interval = f"\n{one.interval.low:.1f}% to {one.interval.high:.1f}%" if one.interval else ""
    share = f"{words.percent(one.percentage)}{interval}" if one.denominator else "none fell due"
    return [view.seen.named(one.agency or ""), f"{one.denominator:,}", f"{one.numerator:,}", share]
