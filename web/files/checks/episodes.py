"""The checks of an episode: of each of its rows, and that its rows say the same; and what a file's notices say.

A row that fails a check is rejected, and its episode with it; every failure of a row is reported.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from domain.episode.reconcile import ReportedEpisode
from domain.submission import Notice, Rejection
from web.files import schemas
from web.files.prepared import rejections_in
from web.files.schemas import CONSENT, EPISODE, IDENTITY, REJECTED, Schema

from . import REJECTIONS
from .facts import initial, reported_facts
from .rows import Circumstances, FileRow, late_notices
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
    _check_agreement(checked, circumstances.schema)
    rejections = [rejection for row in checked for rejection in row.rejections]
    if rejections:
        return CheckedEpisode(rejections=rejections)
    facts = reported_facts(checked, circumstances, late_notices(checked, circumstances))
    return CheckedEpisode(reported=ReportedEpisode(episode, facts.by_key, facts.rows), notices=facts.notices)


def check_keyless(number: int, values: Mapping[str, str], circumstances: Circumstances) -> list[Rejection]:
    """What is wrong with a row that does not say which episode it is of; at least that."""
    if values.get(REJECTED) and circumstances.schema.prepared:
        return _rejected_before(number, values[REJECTED], circumstances.schema)
    return checked_row(number, values, circumstances).rejections


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


def withdraws_nothing(row: int) -> Notice:
    """The notice of a file in which `row` was rejected and does not say which episode it is of."""
    message = "A row was rejected that does not say which episode it is of, so this file withdraws nothing."
    return Notice(row, "", "withdraws-nothing", message)


def _check_agreement(rows: Sequence[FileRow], schema: Schema) -> None:
    """What is said twice must be said alike: of the episode, of one MODID, of one TOPID, of one review."""
    own = [column for column in schema.columns if column not in schema.of_parts and column != CONSENT]
    _check_alike(rows, lambda _row: True, own, "episode-disagrees", "the episode")
    _check_alike(rows, lambda row: row["MODID"], schemas.INTERVENTION, "intervention-disagrees", "the same MODID")
    _check_alike(rows, lambda row: row["TOPID"], schemas.TOP, "top-disagrees", "the same TOPID")
    _check_alike(rows, _review_key, ("ROLE", "LOWDOSE"), "review-disagrees", "the same review")


def _review_key(row: FileRow) -> str:
    return f"{row['WHAT']}:{row.days.get('DATE')}" if row["WHAT"] else ""


def _check_alike(
    rows: Sequence[FileRow], part: Callable[[FileRow], str | bool], columns: Sequence[str], code: str, what: str
) -> None:
    first: dict[str | bool, FileRow] = {}
    for row in rows:
        if not (key := part(row)):
            continue
        before = first.setdefault(key, row)
        if before is row:
            continue
        for column in columns:
            if _canonical(before, column) != _canonical(row, column):
                row.reject(
                    column, code, f"{column} is not what row {before.number} gives of {what}. Give the same in both."
                )


def _canonical(row: FileRow, column: str) -> str | date:
    """A value without regard to how it was written."""
    if column in row.days:
        return row.days[column]
    return initial(row[column]) if column in IDENTITY[:2] else row[column]
