"""Correcting which days a monthly file covers: its name claimed more than it holds, and so hid files that are missing.

It is said by word, as a submission of its own: dated, in order with the files, and what was known before stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa

from domain.episode.facts import TREATMENT
from domain.errors import Refused
from domain.periods import Period, month_ends
from domain.register import Register
from domain.submission import CoveredDaysCorrected
from domain.words import kept_words
from projections.store.submissions import Submissions
from projections.store.tables import submission
from web.commands.commit import RECEIPT_REFUSALS, Commit, Receipt, committing
from web.queries.result import Result

LONGEST_REASON: Final = 500
"""Characters of the reason of a correction."""

REFUSALS: Final = RECEIPT_REFUSALS | {
    "covered-days-no-file": "There is no monthly file with this number.",
    "covered-days-empty": "The last day lies before the first.",
    "covered-days-beyond-name": "The days are not all among those of the file's name.",
    "covered-days-unchanged": "The file covers just these days already.",
    "covered-days-no-reason": "The reason is empty.",
    "covered-days-reason-too-long": "The reason is too long.",
    "covered-days-reason-unreadable": "The reason has signs that cannot be printed.",
}
"""Why a correction is refused, by code; nothing is stored then."""

AS_NAMED: Final = "as-named"
"""In place of days: those of the file's name."""
Days = Period | str | None
"""What a file is said to cover: these days, those of its name (AS_NAMED), or none."""


class DaysCorrected(Result, frozen=True):
    """What became of a correction of the file that is submission `corrects`.

    The days of its name, those that it covered before, and those that it covers from now on; both null for none.
    `no_file_covers` are the ends of months that no file of the agency covers from now on, and one did before.
    `position` is that of the correction, null in a dry run.
    """

    corrects: int
    agency: str
    file: str
    named_first_day: date
    named_last_day: date
    first_day_before: date | None
    last_day_before: date | None
    first_day: date | None
    last_day: date | None
    no_file_covers: list[date]
    received_on: date
    position: int | None


@dataclass(frozen=True, slots=True)
class _File:
    """A monthly file, and the days that it covers by what is known."""

    number: int
    agency: str
    name: str
    named: Period
    covered: Period | None


def correct_covered_days(register: Register, number: int, days: Days, reason: str, receipt: Receipt) -> DaysCorrected:
    """Say which days the monthly file that is submission `number` covers: only days of its name, or none.

    Nothing that the file said of clients changes.

    Raises:
        Refused: there is no such file, the days or the reason do not fit, or the day of receipt does not.
    """
    reason = _reason(reason)
    with committing(register, receipt) as commit:
        file = _file(commit, number)
        covered = file.named if days == AS_NAMED else days if isinstance(days, Period) else None
        _check(file, covered)
        first_day, last_day = _ends(covered)
        before = Submissions.load(commit.connection, commit.knowledge.generation)
        own = commit.event(
            CoveredDaysCorrected,
            agency=file.agency,
            corrects=number,
            first_day=first_day,
            last_day=last_day,
            reason=reason,
        )
        recorded = commit.record([own])
        after = Submissions.load(commit.connection, commit.knowledge.generation)
        first_day_before, last_day_before = _ends(file.covered)
        return DaysCorrected(
            corrects=number,
            agency=file.agency,
            file=file.name,
            named_first_day=file.named.first_day,
            named_last_day=file.named.last_day,
            first_day_before=first_day_before,
            last_day_before=last_day_before,
            first_day=own.first_day,
            last_day=own.last_day,
            no_file_covers=list(_uncovered(file, before, after)),
            received_on=receipt.received_on,
            position=commit.position(recorded),
        )


def _file(commit: Commit, number: int) -> _File:
    t, generation = submission.c, commit.knowledge.generation
    columns = (t.agency, t.file, t.first_day, t.last_day)
    of_number = sa.select(*columns).where(t.generation == generation, t.number == number, t.data_set == TREATMENT)
    row = commit.connection.execute(of_number).one_or_none()
    if row is None:
        raise Refused(
            "covered-days-no-file",
            f"Submission {number} is no monthly file. The list of submissions numbers them.",
        )
    named = Period(row.first_day, row.last_day)
    corrections = sa.select(t.first_day, t.last_day).where(t.generation == generation, t.corrects == number)
    newest = commit.connection.execute(corrections.order_by(t.position.desc()).limit(1)).one_or_none()
    covered = named if newest is None else Period(*newest) if newest.last_day else None
    return _File(number, row.agency, row.file, named, covered)


def _check(file: _File, days: Period | None) -> None:
    if days and days.last_day < days.first_day:
        raise Refused("covered-days-empty", f"The last day, {days.last_day}, lies before the first, {days.first_day}.")
    if days and not (days.first_day in file.named and days.last_day in file.named):
        raise Refused(
            "covered-days-beyond-name",
            f"{file.name} covers {file.named.first_day} to {file.named.last_day} by its name, and a correction only "
            "takes days away. For other days, have the agency send a file that is named after them.",
        )
    if days == file.covered:
        raise Refused("covered-days-unchanged", f"{file.name} covers just these days already.")


def _reason(text: str) -> str:
    """Why, as it is kept."""
    reason = kept_words(text, LONGEST_REASON, "The reason", "covered-days-reason")
    if not reason:
        raise Refused("covered-days-no-reason", "The reason is empty. Say it in a sentence, naming nobody.")
    return reason


def _ends(days: Period | None) -> tuple[date, date] | tuple[None, None]:
    return (days.first_day, days.last_day) if days else (None, None)


def _uncovered(file: _File, before: Submissions, after: Submissions) -> Iterator[date]:
    """The ends of months that a file of the agency covered before the correction, and none does after it."""
    covered = file.covered
    for day in month_ends(covered.first_day, covered.last_day) if covered else ():
        was, now = (
            file.agency in submissions.agencies_covering(day, submissions.positions[-1])
            for submissions in (before, after)
        )
        if was and not now:
            yield day
