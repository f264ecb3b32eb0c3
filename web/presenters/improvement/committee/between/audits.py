"""Case-file audits that had been completed by the report's day; the public edition has none of them."""

from collections.abc import Sequence

from domain.improvement.audits.case_file_audit import AuditActionAdded
from projections.improvement.audits.counts import ItemCounts
from web.presenters import text as words
from web.presenters.tables import Column, Table
from web.queries.improvement.committee.on_the_day import AuditOnTheDay, audits_on

from ..view import ReportView, SectionWords, report_table

MOST_AUDITS = 5
"""Audits that a report sets out, the newest; of more it says how many there are."""
_COLUMNS = (
    Column("Audit", width=2.6),
    Column("Agencies", width=3.4),
    Column("Files", width=1.4),
    Column("In date, of those that need it", width=6.4),
    Column("Actions", width=3.2),
)


def audits_of(view: ReportView) -> list[AuditOnTheDay]:
    """The audits as they stood on the report's day."""
    return audits_on(view.seen.snapshot, view.reader, view.day, view.seen.slice_.agency)


def audits_words(view: ReportView, its: Sequence[AuditOnTheDay]) -> SectionWords:
    """How many audits there are and what is still to be done of them, and what the newest found."""
    if not its:
        return SectionWords()
    table = Table(_COLUMNS, [_row(view, one) for one in its[:MOST_AUDITS]], "What audits of case files found")
    more = len(its) - MOST_AUDITS
    later = [f"{words.plural(more, 'older audit is', 'older audits are')} not set out here."] if more > 0 else []
    return SectionWords([_in_sum(view, its), *later], [], [report_table(table)])


def _in_sum(view: ReportView, its: Sequence[AuditOnTheDay]) -> str:
    waiting = [action for one in its for action, done in one.audit.actions if done is None]
    held = words.plural(len(its), "case-file audit was", "case-file audits were")
    of_them = "of it" if len(its) == 1 else "of them"
    if not waiting:
        return f"{held} completed; no action {of_them} is still open."
    still = words.plural(len(waiting), f"action {of_them} is", f"actions {of_them} are")
    return f"{held} completed; {still} still open{_overdue(sum(action.due < view.day for action in waiting), waiting)}."


def _overdue(late: int, waiting: Sequence[AuditActionAdded]) -> str:
    if late == len(waiting):
        return " and overdue"
    return f", {late:,} overdue" if late else ""


def _row(view: ReportView, one: AuditOnTheDay) -> list[str]:
    drawn, completed = one.audit.drawn, one.audit.completed
    done = sum(end is not None for _, end in one.audit.actions)
    held = f"no. {one.audit.number}, {words.short_day(completed.held_on)}" if completed else ""
    return [
        held,
        "; ".join(map(view.seen.named, drawn.agencies)),
        f"{one.files:,}",
        "\n".join(f"{item.name}: {_share(counts)}" for item, counts in one.items if counts.judged),
        f"{done:,} of {len(one.audit.actions):,} done" if one.audit.actions else "none agreed",
    ]


def _share(counts: ItemCounts) -> str:
    share = words.percent_of(counts.in_date, counts.judged)
    return f"{counts.in_date:,} of {counts.judged:,}" + (f", {share}" if share else "")
