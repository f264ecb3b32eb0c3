"""Giving out a committee report: what it says is stored once, to the letter, and never changed."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from domain.contract_life.transitions import NONE, next_state
from domain.errors import Refused
from domain.improvement.committee_report import (
    COMMITTEE_REPORT,
    GIVEN_OUT,
    CommitteeReportGiven,
    as_given,
    committee_report_stream,
)
from domain.improvement.written import WRITING_REFUSALS, WrittenAbout, written_line
from domain.log.reading import Recorded
from domain.register import Recording, Register
from projections.improvement.committee_reports import given_reports
from web.commands.commit import next_number
from web.queries.improvement.committee.document import CommitteeReport

from .author import Author, check_day

REFUSALS: Final = {code: WRITING_REFUSALS[code] for code in ("text-missing", "text-too-long", "text-unreadable")} | {
    "report-empty": "Every section was left out."
}
"""Why a report is not given out, by code."""


def give_out(
    register: Register, report: CommitteeReport, figures: Iterable[WrittenAbout], name: str, author: Author
) -> Recorded:
    """Give a report out under a name; sent twice on one day, it is given out once.

    Raises:
        Refused: the name is no line of text, the report says nothing, the day has not come, or this party gives out no
            report.
    """
    if not report.sections:
        raise Refused("report-empty", "The report has no section. Leave fewer of them out.")
    name = written_line(name, "name of the report")
    check_day(author, None)
    assert next_state(COMMITTEE_REPORT, "give out", NONE, author.party) == GIVEN_OUT
    with register.recording() as recording:
        number = next_number(recording, CommitteeReportGiven)
        event = _event(report, tuple(figures), name, author, number)
        return _given_already(recording, register, event) or recording.append([event])[0]


def _event(
    report: CommitteeReport, figures: tuple[WrittenAbout, ...], name: str, author: Author, number: int
) -> CommitteeReportGiven:
    standpoint, slice_ = report.standpoint, report.slice
    return CommitteeReportGiven(
        **author.fields(committee_report_stream(number), 1, number),
        name=name,
        edition=report.edition,
        as_of=standpoint.as_of,
        known_at=standpoint.known_at,
        position=standpoint.position,
        area=slice_.area,
        agency=slice_.agency,
        criminal_justice=slice_.criminal_justice,
        young_people=slice_.young_people,
        sections=tuple(section.key for section in report.sections),
        left_out=tuple(report.left_out),
        figures=figures,
        document=report.encoded().decode(),
    )


def _given_already(recording: Recording, register: Register, event: CommitteeReportGiven) -> Recorded | None:
    """The same report, given out under the same name on the same day, by whomever."""
    every = given_reports(recording.connection, register.mapper)
    return next((one for one in every if _same(as_given(one.event)) == _same(event)), None)


def _same(event: CommitteeReportGiven) -> tuple[str, date, str]:
    return event.name, event.occurred_on, event.document
