"""Keeping a comparison with a report of the other party: what it states, and what it was answered."""

from collections.abc import Collection
from typing import Final

from domain.contract_life.transitions import NONE, next_state
from domain.improvement.other_reports import (
    KEPT,
    OTHER_REPORT,
    AnsweredRow,
    NotUnderstood,
    OtherReportCompared,
    other_report_stream,
)
from domain.improvement.written import WRITING_REFUSALS, written_line
from domain.log.reading import Recorded
from domain.register import Recording, Register
from projections.improvement.other_reports import kept_reports
from web.commands.commit import next_number
from web.queries.improvement.results.compared_reports import ComparedReport, ComparedRow

from .author import Author, check_day

REFUSALS: Final = {code: WRITING_REFUSALS[code] for code in ("text-missing", "text-too-long", "text-unreadable")}
"""Why a comparison is not kept, by code."""


def keep_comparison(
    register: Register, compared: ComparedReport, title: str, author: Author, agencies: Collection[str] = ()
) -> Recorded:
    """Keep a comparison; sent twice, it is kept once. `agencies` are those granted to a provider, which read it again.

    Raises:
        Refused: the title is no line of text, or this side cannot keep one.
    """
    title = written_line(title, "name of the report")
    check_day(author, None)
    assert next_state(OTHER_REPORT, "keep", NONE, author.party) == KEPT
    with register.recording() as recording:
        number = next_number(recording, OtherReportCompared)
        event = OtherReportCompared(
            **author.fields(other_report_stream(number), 1, number),
            title=title,
            file=compared.file,
            known_at=compared.known_at,
            position=compared.position,
            agencies=tuple(sorted(agencies)),
            rows=tuple(map(_answered, compared.rows)),
            not_understood=tuple(NotUnderstood(one.row, one.column, one.code) for one in compared.not_understood),
        )
        return _kept_already(recording, register, event) or recording.append([event])[0]


def _answered(row: ComparedRow) -> AnsweredRow:
    ours = row.ours
    return AnsweredRow(
        row.stated,
        row.answer,
        ours.numerator if ours else None,
        ours.denominator if ours else None,
        row.sentence,
    )


def _kept_already(recording: Recording, register: Register, event: OtherReportCompared) -> Recorded | None:
    """The same comparison, kept before by the same person on the same day."""
    names = [name for name in event.__struct_fields__ if name not in {"originator_id", "originator_version", "number"}]
    for recorded in kept_reports(recording.connection, register.mapper):
        if all(getattr(recorded.event, name) == getattr(event, name) for name in names):
            return recorded
    return None
