"""Which days the monthly files cover: by their names, and from a correction on by that.

A correction is knowledge like a file is: what was asked before its position is answered as it was.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.periods import Period

_ALWAYS: Final = np.iinfo(np.int64).max


class SubmissionRow(NamedTuple):
    """A commit of knowledge; `first_day` and `last_day` are None where it was no monthly file.

    Of a correction (`corrects` a submission's `number`) they are the days which that file covers, None for none.
    """

    position: int
    received_on: date
    agency: str
    first_day: date | None
    last_day: date | None
    number: int = 0
    corrects: int | None = None

    @property
    def is_monthly_file(self) -> bool:
        """Whether it came as a monthly file."""
        return self.corrects is None and self.last_day is not None


class _Claim(NamedTuple):
    """The days that a file covers, as known from one position until before another."""

    file: SubmissionRow
    days: Period
    known_from: int
    known_until: int


class CoveredDays:
    """The monthly files among the submissions, as columns: a scorecard asks of the coverage of many days."""

    def __init__(self, rows: Sequence[SubmissionRow]) -> None:
        self._corrected_at = [row.position for row in rows if row.corrects is not None]
        claims = sorted(_claims(rows), key=lambda claim: (claim.file.position, claim.known_from))
        self._claims = claims
        self._agencies = sorted({claim.file.agency for claim in claims})
        number = {agency: i for i, agency in enumerate(self._agencies)}
        columns = [
            (
                claim.known_from,
                claim.known_until,
                number[claim.file.agency],
                claim.days.first_day.toordinal(),
                claim.days.last_day.toordinal(),
            )
            for claim in claims
        ]
        self._from, self._until, self._agency, self._first, self._last = np.array(columns, np.int64).reshape(-1, 5).T

    def corrections(self, position: int | None = None) -> int:
        """How many corrections are known at a position; of all, if it is None."""
        return len(self._corrected_at) if position is None else bisect_right(self._corrected_at, position)

    def files(self, corrections: int) -> Iterator[tuple[SubmissionRow, Period]]:
        """Every file with the days that it covers after so many corrections, in the order of their receipt.

        Files that came after these corrections are among them, with the days of their names.
        """
        at = self._corrected_at[corrections] - 1 if corrections < len(self._corrected_at) else _ALWAYS - 1
        return (
            (claim.file, claim.days)
            for claim in self._claims
            if claim.known_from <= at < claim.known_until or claim.file.position == claim.known_from > at
        )

    def days(self, position: int) -> Period | None:
        """From the first to the last day that the files up to a position cover."""
        known = self._known(position)
        if not known.any():
            return None
        first, last = int(self._first[known].min()), int(self._last[known].max())
        return Period(date.fromordinal(first), date.fromordinal(last))

    def agencies(self, as_of: date, enough: date, position: int) -> tuple[set[str], set[str]]:
        """Whose files, up to a position, cover a day; and whose reach as far as another."""
        known = self._known(position)
        day, last = as_of.toordinal(), self._last
        covering = self._agency[known & (self._first <= day) & (last >= day)]
        reaching = self._agency[known & (last >= enough.toordinal())]
        return self._named(covering), self._named(reaching)

    def _known(self, position: int) -> NDArray[np.bool_]:
        return (self._from <= position) & (self._until > position)

    def _named(self, numbers: NDArray[np.int64]) -> set[str]:
        there = np.bincount(numbers, minlength=len(self._agencies))
        return {agency for agency, files in zip(self._agencies, there.tolist(), strict=True) if files}


def _claims(rows: Iterable[SubmissionRow]) -> Iterator[_Claim]:
    """What each file covers, from its receipt on and from each of its corrections on."""
    files: dict[int, SubmissionRow] = {}
    said: dict[int, list[tuple[int, Period | None]]] = {}
    for place, row in enumerate(rows):
        days = Period(row.first_day, row.last_day) if row.first_day and row.last_day else None
        if row.corrects is not None:
            said.setdefault(row.corrects, []).append((row.position, days))
        elif days is not None:
            # Rows without a number are of a history that corrects nothing.
            key = row.number or -1 - place
            files[key] = row
            said.setdefault(key, []).append((row.position, days))
    for number, file in files.items():
        its = said[number]
        ends = [position for position, _ in its[1:]] + [_ALWAYS]
        for (known_from, days), known_until in zip(its, ends, strict=True):
            if days is not None:
                yield _Claim(file, days, known_from, known_until)
