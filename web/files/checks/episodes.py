"""The checks of an episode: of each of its rows, and that its rows say the same; and what a file's notices say.

A row that fails a check is rejected, and its episode with it. One mistake is one rejection: what follows from a wrong
value in other checks and in other rows is not said again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from domain.episode.reconcile import ReportedEpisode
from domain.submission import Notice, Rejection
from web.files import schemas
from web.files.prepared import rejections_in
from web.files.schemas import EPISODE, REJECTED, Schema

from . import REJECTIONS
from .facts import reported_facts
from .parts import check_agreement, name_parts, settle_differences
from .rows import Circumstances, FileRow, late_notices, one_a_mistake
from .rules import checked_row


@dataclass
class CheckedEpisode:
    """An episode's rows after the checks: what they report, unless rejected."""

    reported: ReportedEpisode | None = None
    rejections: list[Rejection] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def check_episode(
    episode: UUID, rows: Sequence[tuple[int, Mapping[str, str]]], circumstances: Circumstances
) -> CheckedEpisode:
    """All rows of one episode, checked, and its facts if they pass. Whether there is consent was asked before."""
    if circumstances.schema.prepared and any(values[REJECTED] for _number, values in rows):
        before = [_rejected_before(number, values[REJECTED], circumstances.schema) for number, values in rows]
        return CheckedEpisode(rejections=[rejection for of_row in before for rejection in of_row])
    checked = [checked_row(number, values, circumstances) for number, values in rows]
    check_agreement(checked, circumstances.schema)
    if rejections := one_a_mistake(checked):
        return CheckedEpisode(rejections=rejections)
    name_parts(checked)
    notices = [*_said_once(checked), *settle_differences(checked, circumstances.schema)]
    facts = reported_facts(checked, circumstances, notices + late_notices(checked, circumstances))
    return CheckedEpisode(reported=ReportedEpisode(episode, facts.by_key, facts.rows), notices=facts.notices)


def _said_once(rows: Iterable[FileRow]) -> list[Notice]:
    """The notices of an episode's rows; what its own columns repeat in each row is said of the first."""
    once = {(notice.column, notice.message): notice for row in reversed(list(rows)) for notice in row.notices}
    return sorted(once.values(), key=lambda notice: notice.row)


def check_keyless(number: int, values: Mapping[str, str], circumstances: Circumstances) -> list[Rejection]:
    """What is wrong with a row that does not say which episode it is of; at least that."""
    if values.get(REJECTED) and circumstances.schema.prepared:
        return _rejected_before(number, values[REJECTED], circumstances.schema)
    return one_a_mistake([checked_row(number, values, circumstances)])


def _rejected_before(number: int, text: str, schema: Schema) -> list[Rejection]:
    """The rejections that a row of a prepared file has from where it was prepared."""
    raw = schemas.raw(schema).columns
    listed = rejections_in(text)
    if any(column not in raw or code not in REJECTIONS for column, code in listed):
        message = f"{REJECTED} is not what 'recount prepare' writes. Prepare the file again, and send it unchanged."
        return [Rejection(number, REJECTED, "code-unknown", message)]
    advice = "Found when the file was prepared: correct it there, and prepare it again."
    return [Rejection(number, column, code, f"{REJECTIONS[code]} {advice}") for column, code in listed]


def unknown_episode(rows: Sequence[int]) -> list[Rejection]:
    """The rejections of a review file's rows whose episode no monthly file has brought."""
    message = "No monthly file has brought this episode. Send that first, or look for a mistyped reference."
    return [Rejection(row, EPISODE, "episode-unknown", message) for row in rows]


MOST_NAMED: Final = 100
"""So many columns that are not read are named; the rest are counted."""


def unread_columns(columns: Sequence[str]) -> list[Notice]:
    """One notice of all columns that are not read; none if there are none."""
    if not columns:
        return []
    names = ", ".join(column[:40] or "one without a name" for column in columns[:MOST_NAMED])
    more = f", and {len(columns) - MOST_NAMED:,} more" if len(columns) > MOST_NAMED else ""
    columns_are = "1 column is" if len(columns) == 1 else f"{len(columns):,} columns are"
    return [Notice(0, "", "column-unread", f"{columns_are} not among those that we read, and left out: {names}{more}.")]


def no_records(rows: Sequence[int]) -> list[Notice]:
    """The notice of rows that are totals or footers, and of no client; none if there are none."""
    if not rows:
        return []
    which = "This row has" if len(rows) == 1 else f"This row, and {len(rows) - 1} more like it, have"
    message = f"{which} neither CLIENT nor EPISODID nor a day: totals or a footer, and no record. Not read."
    return [Notice(rows[0], "", "no-record", message)]


def withdraws_nothing(row: int) -> Notice:
    """The notice of a file in which `row` was rejected and does not say which episode it is of."""
    message = "A row was rejected that does not say which episode it is of, so this file withdraws nothing."
    return Notice(row, "", "withdraws-nothing", message)
