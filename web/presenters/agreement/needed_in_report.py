"""The section "Completions needed" of the committee report: what each target still takes, so that it stands alone."""

from collections.abc import Iterator, Sequence
from typing import Final

from domain.errors import Refused
from web.presenters import text
from web.presenters.contract_life.committee_words import known
from web.presenters.contract_life.reports import Section, Viewpoint
from web.presenters.tables import Column, Table
from web.queries.agreement.completions_needed import (
    CompletionsNeededQuery,
    MeasureNeed,
    completions_needed,
)

from .completions_needed import lead, of_hub, short, useful

KEY: Final = "needed"
_ABOUT: Final = (
    "What it takes to meet each target as it will be published at its last day. The people of that day are not "
    "today’s: the window moves on. It is taken for granted that nobody new starts and nobody who completed comes back; "
    "“with new starts” is what is needed if as many start as in the last 12 months. “On course” compares with the pace "
    "of the last six months; “cannot now be met” is only said where it is so even if everybody who could still count "
    "does."
)
_COLUMNS: Final = (
    Column("Measure", width=4.0),
    Column("Target, by", width=2.6),
    Column("Needed", width=2.8),
    Column("With new starts", width=2.0),
    Column("Last useful discharge day", width=2.8),
    Column("State", width=2.8),
)


def needed_section(seen: Viewpoint) -> Section | None:
    """The section; None where no target is in force, or where its reader may not see the sums of all hubs on that day.

    A target is of all hubs together, so the numbers are too; of a report on one hub the findings have its part.
    """
    query = CompletionsNeededQuery(seen.as_of, seen.known_at, slice_=seen.slice_)
    try:
        its = completions_needed(seen.snapshot, seen.who, query).completions_needed
    except Refused:
        return None
    if not its:
        return None
    rows = [_row(one) for one in its]
    source = f"targets as agreed, figures from the agencies’ monthly files. {known(its[0].figure)}"
    return Section(
        KEY, "Completions needed", _ABOUT, list(_findings(seen, its)), Table(_COLUMNS, rows, _TITLE, [source])
    )


_TITLE: Final = "What each target still takes"


def _row(one: MeasureNeed) -> list[str]:
    name, need = f"{one.code} {one.name}", one.need
    if need is None:
        return [name, one.why, "", "", "", ""]
    more = need.new_starts.needed if need.new_starts.needed is not None else need.new_starts.room
    with_starts = f"{more:,}" if need.useful is not None and more is not None else "the same"
    most = "at most " if need.of_returns else ""
    target = f"{most}{need.reached}%\n{text.short_day(need.deadline)}"
    last = text.short_day(need.last_useful_day)
    return [name, target, short(need), with_starts, last, (need.state or "").capitalize()]


def _findings(seen: Viewpoint, its: Sequence[MeasureNeed]) -> Iterator[str]:
    """A sentence a measure that is short of its target, and the part of the report's hub."""
    for one in its:
        need = one.need
        if need is None or not (need.to_go or need.over) or need.of_returns != bool(need.over):
            continue
        yield f"{one.code} {one.name}: {lead(need)} {useful(need)}"
        if hub := next((hub for hub in need.hubs if hub.agency == seen.slice_.agency), None):
            yield of_hub(need, hub, seen.named(hub.agency))
