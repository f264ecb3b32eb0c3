"""The columns that a measure reads: one row a (question, journey); a question is one client's history at one `as_of`.

Rows come ordered by (question, start). The journeys of one question never overlap, so the last to start is also the
last to end. For the measures of episodes (reviews, waiting) a row is one episode instead of a journey.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.periods import NEVER

from .calendar import Days, Flags

JOURNEY_DAYS: Final = (
    *("start", "end", "adult_on", "started", "due", "start_top", "review_top", "exit_top", "referred"),
    *("hepatitis_c_on", "housing_on", "work_on"),
)


class Rule(NamedTuple):
    """One condition of a specification: the words for it, and which rows meet it."""

    words: str
    met: Flags


class Rules(NamedTuple):
    """A measure's answer: the rules of its cohort, and those by which a member of the cohort is counted.

    A client is in, or counted, if all are met; the first that is not met is the reason.
    """

    cohort: tuple[Rule, ...]
    counted: tuple[Rule, ...]

    @property
    def in_cohort(self) -> Flags:
        """Which rows are in the cohort."""
        return _all(self.cohort)

    @property
    def is_counted(self) -> Flags:
        """Which rows would be counted, were they in the cohort."""
        return _all(self.counted)


def _all(rules: tuple[Rule, ...]) -> Flags:
    met = rules[0].met
    for rule in rules[1:]:
        met = met & rule.met
    return met


class Columns:
    """What a measure may read. Days are ordinals, NEVER where there is none; a window includes both its days.

    Of a journey: `start` its first triage, `end` its last discharge, `adult_on` the 18th birthday of one who was
    younger at that triage (0 for the others), `group` index of the substance group (-1 none), `kind` index of the kind
    of exit, `success`, `owes_exit_top`, `returned` (re-presented), `started` the first structured intervention,
    `start_top` the first start TOP on time, `review_top` (due by `due`), `exit_top`, `referred`, `offer_wait` days from
    REFMODDT to FAOMODDT (NEVER if one is missing), `hepatitis_b` what is said of a vaccination (`domain.history`),
    `hepatitis_c_on` the first test, `hepatitis_c_said` whether anything is said of one, `housing_on` and `work_on` the
    first exit TOP on time that answers these questions, `housing` and `work` its answers. Of an episode: `start` its
    triage, `end` its discharge, `started`, `referred`, `plan_on` and `risk_on` the latest review seen (0 for none).
    """

    def __init__(self, columns: Mapping[str, NDArray[Any]], question: Days, first_day: Days, last_day: Days) -> None:
        self.question, self.first_day, self.last_day = question, first_day, last_day
        self.columns = columns

    def __getattr__(self, name: str) -> NDArray[Any]:
        try:
            return self.columns[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def touches(self) -> Flags:
        """The journey has a day in the window."""
        return (self.start <= self.last_day) & (self.end >= self.first_day)

    @property
    def started_inside(self) -> Flags:
        """The journey's first triage lies in the window."""
        return self._inside(self.start)

    @property
    def ended_inside(self) -> Flags:
        """The journey's last discharge lies in the window."""
        return self._inside(self.end)

    @property
    def entered_structured_inside(self) -> Flags:
        """The journey's first structured intervention started in the window."""
        return self._inside(self.started)

    @property
    def adult(self) -> Flags:
        """The 18th birthday is on or before the later of the journey's start and the window's first day."""
        return self.adult_on <= np.maximum(self.start, self.first_day)

    @property
    def grouped(self) -> Flags:
        """The journey cites a drug that puts it in a substance group."""
        return self.group >= 0

    @property
    def open(self) -> Flags:
        """Not discharged by `as_of`."""
        return self.end == NEVER

    def _inside(self, day: Days) -> Flags:
        return (self.first_day <= day) & (day <= self.last_day)

    def latest(self, among: Flags) -> Flags:
        """Of each question's rows that are `where`, the last."""
        rows = np.flatnonzero(among)
        question = self.question[rows]
        out = np.zeros(len(among), np.bool_)
        if len(rows):
            out[rows[np.append(question[1:] != question[:-1], True)]] = True
        return out

    def latest_of_age(self, among: Flags) -> Flags:
        """The last adult row and the last young person's row of each question that are `where`."""
        return self.latest(among & self.adult) | self.latest(among & ~self.adult)

    def longest_waiting(self, among: Flags) -> Flags:
        """Of each question's rows that are `where`, the one referred first (of equals the first)."""
        rows = np.flatnonzero(among)
        out = np.zeros(len(among), np.bool_)
        if len(rows):
            rows = rows[np.lexsort((rows, self.referred[rows], self.question[rows]))]
            question = self.question[rows]
            out[rows[np.append(True, question[1:] != question[:-1])]] = True
        return out
