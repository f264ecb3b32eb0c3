"""What the rows of an episode say twice: it must be said alike, or one of them counts; and which parts they name.

What the figures stand on must agree. Of all else the latest day counts, or the first row's value, with a notice.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from typing import Final

from domain.codes import code_number, modality_in
from domain.submission import Notice
from web.files import schemas
from web.files.schemas import AGENCY, CLIENT, CONSENT, EPISODE, IDENTITY, OF_PERSON, REJECTED, Schema

from .rows import FileRow

MUST_AGREE: Final = frozenset(
    {AGENCY, CLIENT, EPISODE, *IDENTITY, *OF_PERSON, "REFLD", "TRIAGED", "DISD", "DISRSN", "DRUG1"}
)
"""The columns of an episode that the figures stand on: rows that differ in one of them fail."""
_ONE_MISTAKE: Final = (frozenset({"DISD", "DISRSN"}), frozenset({*IDENTITY, *OF_PERSON}))
"""Columns that differ together: a discharge that is in one row only, two people in one episode."""
_CODES: Final = frozenset({"DRUG1", "DISRSN"})


def check_agreement(rows: Sequence[FileRow], schema: Schema) -> None:
    """Reject rows that differ in what must be said alike: of the episode, of one review."""
    _check_alike(rows, lambda _row: "episode", _of_episode(schema), "episode-disagrees", "the episode")
    _check_alike(rows, _review_key, ("ROLE", "LOWDOSE"), "review-disagrees", "the same review")


@cache
def _of_episode(schema: Schema) -> Sequence[str]:
    """The columns in which the rows of an episode must agree."""
    return [column for column in schema.columns if column in MUST_AGREE]


@cache
def _may_differ(schema: Schema) -> Sequence[str]:
    """The episode's own columns in which its rows may differ."""
    apart = MUST_AGREE | schema.of_parts | {CONSENT, REJECTED}
    return [column for column in schema.columns if column not in apart]


def name_parts(rows: Sequence[FileRow]) -> None:
    """Say of each row which intervention and which TOP it is of.

    By MODID, or TOPID; where that is one for two of them, or missing, with what tells them apart.
    """
    if len(rows) == 1 and rows[0]["MODID"]:
        rows[0].intervention, rows[0].top = rows[0]["MODID"], rows[0]["TOPID"]
        return
    by_id: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        by_id["MODID", row["MODID"]].add(_of_intervention(row))
        by_id["TOPID", row["TOPID"]].add(_of_top(row))
    for row in rows:
        if row["MODID"] or row["MODST"]:
            is_one = row["MODID"] and len(by_id["MODID", row["MODID"]]) == 1
            row.intervention = row["MODID"] if is_one else f"{row['MODID']}:{_of_intervention(row)}"
        if row["TOPID"]:
            is_one = len(by_id["TOPID", row["TOPID"]]) == 1
            row.top = row["TOPID"] if is_one else f"{row['TOPID']}:{_of_top(row)}"


def _of_intervention(row: FileRow) -> str:
    return f"{modality_in(row['MODAL'])}:{row.days.get('MODST', '')}"


def _of_top(row: FileRow) -> str:
    return f"{row['TRSTAGE'].upper()}:{row.days.get('TOPDATE', '')}"


def settle_differences(rows: Sequence[FileRow], schema: Schema) -> list[Notice]:
    """Of what may differ, put the value that counts into the first row that the fact is read from; and say so."""
    notices = _settled(rows, _may_differ(schema), "this episode")
    for its in _grouped(rows, lambda row: row.intervention):
        notices += _settled(its, schemas.INTERVENTION[3:], "this intervention")
    for its in _grouped(rows, lambda row: row.top):
        notices += _settled(its, schemas.TOP_ANSWERS, "this TOP")
    return notices


def _grouped(rows: Iterable[FileRow], part: Callable[[FileRow], str]) -> Iterable[Sequence[FileRow]]:
    groups: defaultdict[str, list[FileRow]] = defaultdict(list)
    for row in rows:
        if key := part(row):
            groups[key].append(row)
    return groups.values()


def _settled(rows: Sequence[FileRow], columns: Iterable[str], what: str) -> list[Notice]:
    if len(rows) == 1:
        return []
    notices = []
    first, *others = (row.values for row in rows)
    for column in columns:
        value = first.get(column, "")
        if all(values.get(column, "") == value for values in others):
            continue
        having = [row for row in rows if row[column]]
        is_day = all(column in row.days for row in having)
        counts = max(having, key=lambda row: row.days[column]) if is_day else having[0]
        if len({_canonical(row, column) for row in having}) > 1:
            why = "the latest day" if is_day else "the first row's value"
            message = f"{column} differs between the rows of {what}: {counts.quoted(column)} counts, {why}."
            differing = next(row for row in having if _canonical(row, column) != _canonical(having[0], column))
            notices.append(Notice(differing.number, column, "rows-differ", message))
        rows[0].values[column] = counts[column]
        if is_day:
            rows[0].days[column] = counts.days[column]
    return notices


def _review_key(row: FileRow) -> str:
    return f"{row['WHAT']}:{row.days.get('DATE')}" if row["WHAT"] else ""


def _check_alike(
    rows: Sequence[FileRow], part: Callable[[FileRow], str], columns: Sequence[str], code: str, what: str
) -> None:
    first: dict[str, FileRow] = {}
    for row in rows:
        if not (key := part(row)):
            continue
        before = first.setdefault(key, row)
        if before is row:
            continue
        differ = [column for column in columns if before[column] != row[column]]
        # What is written alike is alike; of the rest it does not matter how it is written.
        for column in _one_a_group(c for c in differ if _canonical(before, c) != _canonical(row, c)):
            message = f"{column} is not what the first row of {what} gives. Give the same in both."
            row.reject(column, code, message)


def _one_a_group(columns: Iterable[str]) -> Iterable[str]:
    """The columns, of those that differ together only the first."""
    named: set[frozenset[str]] = set()
    for column in columns:
        group = next((group for group in _ONE_MISTAKE if column in group), frozenset({column}))
        if group not in named:
            named.add(group)
            yield column


def _canonical(row: FileRow, column: str) -> str | date | int:
    """A value without regard to how it was written."""
    if column in row.days:
        return row.days[column]
    if column in _CODES and (number := code_number(row[column])) >= 0:
        return number
    return initial(row[column]) if column in IDENTITY[:2] else row[column]


def initial(text: str) -> str:
    """An initial is the first letter of a name, as a capital."""
    return text.upper()[:1]
