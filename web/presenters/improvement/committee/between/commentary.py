"""What both parties said about the figures of a report, side by side; for everybody what each published of its own."""

from collections.abc import Sequence

from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from web.presenters import text as words
from web.presenters.tables import Column, Table
from web.queries.improvement.meetings.commentary import CommentResult, commentary_of_card

from ..figures import is_whole, published_figures
from ..view import ReportView, SectionWords, report_table, shortened

LONGEST = 600
"""Letters of a comment that a report has."""
_COLUMNS = (Column("Figure", width=3.4), Column("The provider", width=6.8), Column("The commissioner", width=6.8))


def comments_of(view: ReportView) -> list[CommentResult]:
    """The comments on figures of the report's day that were shared by then."""
    seen = view.seen
    by_measure = commentary_of_card(seen.snapshot, view.reader, seen.as_of, seen.slice_)
    return [one for its in by_measure.values() for one in its.comments if one.on <= view.day]


def comments_words(_view: ReportView, its: Sequence[CommentResult]) -> SectionWords:
    """A row for each figure that somebody spoke about; restated ones say which numbers it was written about."""
    if not its:
        return SectionWords()
    rows = [
        _row(code, [one for one in its if one.measure == code]) for code in dict.fromkeys(one.measure for one in its)
    ]
    return SectionWords([], [], [report_table(Table(_COLUMNS, rows, "What both parties said"))])


def _row(code: str, its: Sequence[CommentResult]) -> list[str]:
    said = {party: "\n".join(_said(one) for one in its if one.party == party) for party in (PROVIDER, COMMISSIONER)}
    return [f"{code} {its[0].name}", said[PROVIDER], said[COMMISSIONER]]


def _said(one: CommentResult) -> str:
    about = ""
    if one.restated and one.numerator is not None:
        whole = "" if one.denominator is None else f" of {one.denominator:,}"
        about = f" (written about {one.numerator:,}{whole})"
    said = shortened(one.words, LONGEST)
    rest = " (the rest stands beside the figure)" if said.endswith(" …") and not one.words.endswith(" …") else ""
    return f"{words.short_day(one.on)}: {said}{rest}{about}"


# ---- for the public


def published_comments(view: ReportView) -> list[CommentResult]:
    """What each party published of its own words, where the figure itself is shown whole."""
    seen = view.seen
    shown = {one.code for one in published_figures(view) if is_whole(one)}
    by_measure = commentary_of_card(seen.snapshot, view.viewer, seen.as_of, seen.slice_)
    return [one for its in by_measure.values() for one in its.comments if one.on <= view.day and one.measure in shown]
