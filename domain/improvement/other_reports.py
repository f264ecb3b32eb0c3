"""A whole report of the other party set beside ours: what it states, what was answered, and a comparison that is kept.

Comparing stores nothing. A comparison that somebody keeps is a stream of one event: the report's file by its hash, what
each row states, and what it was answered from one position of the log. The file itself is let go, and no cell of it is
stored but the figures: a report may hold more than it should.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID, uuid5

import msgspec

from domain.contract_life.entered import Evidence

from .written import ImprovementEvent

_OTHER_REPORTS: Final = UUID("5d9f7c1e-0b53-4f0a-9d55-6f1f6c0a7e42")
"""Namespace of the stream ids; they are told apart by their number."""
OTHER_REPORT: Final = "other report"
"""What it is called in the tables of steps and of reach."""
KEPT: Final = "kept"
"""The one state of a comparison that is stored."""


class RowAnswer(StrEnum):
    """How a row stands beside ours."""

    EQUAL = "equal"
    EQUAL_AS_KNOWN = "equal-as-known"
    EQUAL_BY_RULE = "equal-by-rule"
    NOTHING_FITS = "nothing-fits"
    NOT_UNDERSTOOD = "not-understood"


class StatedRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A figure that a row states: of which measure, day and slice. `column` tells the figures of one row apart.

    Stated are numbers (of a count the numerator alone), or a `percentage` as it was printed. `fraction` is the cell
    where the percentage was read from a fraction: 0.0548 for 5.48%.
    """

    row: int
    column: str
    measure: str
    as_of: date
    area: str | None = None
    agency: str | None = None
    criminal_justice: bool = False
    young_people: bool = False
    numerator: int | None = None
    denominator: int | None = None
    percentage: str = ""
    fraction: str = ""


class NotUnderstood(msgspec.Struct, frozen=True):
    """A row, or one column of it, that could not be read: its number in a spreadsheet, the column, a stable code."""

    row: int
    column: str
    code: str


class AnsweredRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a row was answered: ours, and in words the place where ours is the same (empty: nowhere, or here)."""

    stated: StatedRow
    answer: RowAnswer
    numerator: int | None = None
    denominator: int | None = None
    sentence: str = ""


class OtherReportCompared(ImprovementEvent, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A comparison was kept. `title` is what its keeper calls the report; `agencies` are those of a provider that keeps
    it. `position` is the place in the log that `known_at` resolved to.
    """

    TOPIC: ClassVar[str] = "other-report.compared.v1"
    title: str
    file: Evidence
    known_at: date | None = None
    position: int
    agencies: tuple[str, ...] = ()
    rows: tuple[AnsweredRow, ...]
    not_understood: tuple[NotUnderstood, ...] = ()


OTHER_REPORT_EVENTS: Final[tuple[type[ImprovementEvent], ...]] = (OtherReportCompared,)


def other_report_stream(number: int) -> UUID:
    """The stream of the kept comparison with this ordinal."""
    return uuid5(_OTHER_REPORTS, str(number))
