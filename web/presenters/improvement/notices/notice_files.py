"""A notice as a document, and notices at the terminal."""

from collections.abc import Sequence

from rich.console import Console

from web.presenters import text
from web.presenters.console import print_table, say
from web.presenters.contract_life.reports import Report, Section
from web.presenters.improvement.performance_notices import (
    UNCONFIRMED,
    Named,
    agencies_of,
    due_table,
    figure_name,
    figures_table,
    list_table,
    name_of,
    rules_sentences,
    standpoint_of,
    timeline_table,
    withholding_sentences,
)
from web.presenters.tables import Column, Table, numbered
from web.queries.improvement.results.notice_results import NoticeResult, NoticesResult, RuleSetsResult


def notice_report(one: NoticeResult, named: Named, audience: str, notice: str) -> Report:
    """The notice as a document: figures, what is due, what happened."""
    due = due_table(one)
    tables = [("figures", "Figures in question", figures_table(one, figure_name, lambda n: f"Dispute {n}"))]
    tables += [("due", "What is due of whom", due)] if due else []
    tables += [("happened", "What happened, and what is due", timeline_table(one))]
    sections = [Section(key, heading, "", (), table, is_written_on=False) for key, heading, table in tables]
    return Report(
        title=name_of(one),
        audience=audience,
        standpoint=standpoint_of(one),
        whose=f"To {agencies_of(one, named)}.",
        status=f"State: {one.state}. "
        + (f"Issued on {text.day(one.issued_on)}." if one.issued_on else "A draft: it was not issued."),
        notice=notice,
        caveat=f"Rules: {one.rules.name}. What is marked {UNCONFIRMED} was not checked against the contract.",
        in_short=[f"Reasons: {one.reasons}", *withholding_sentences(one)],
        sections=sections,
    )


def print_notices(console: Console, result: NoticesResult) -> None:
    """All notices, open ones first."""
    if not result.notices:
        say(console, "No performance notice is on record.")
        return
    table = list_table(result, str)
    rows = [(numbered(one.number), *row) for one, row in zip(result.notices, table.rows, strict=True)]
    print_table(console, Table((Column("no.", number=True), *table.columns), rows, table.title))


def print_notice(console: Console, one: NoticeResult) -> None:
    """One notice."""
    say(console, f"{name_of(one)} ({one.state}), to {agencies_of(one, str)}.", standpoint_of(one))
    say(console, f"Rules: {one.rules.name}. Level {one.level}: {one.level_name}. Version {one.version}.")
    print_table(console, figures_table(one, figure_name, lambda number: f"Dispute {number}"))
    if due := due_table(one):
        print_table(console, due)
    print_table(console, timeline_table(one))
    say(console, *withholding_sentences(one))


def print_rule_sets(console: Console, result: RuleSetsResult) -> None:
    """The rule sets, each with what it says."""
    for rules in result.rule_sets:
        said: Sequence[str] = rules_sentences(rules)
        say(console, f"{rules.code}: {rules.name} ({rules.word})", *(f"  {one}" for one in said), "")
