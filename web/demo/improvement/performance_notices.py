"""Performance notices of the demonstration: two contract queries as Wirral's plan tells of, and Herefordshire's notice.

Wirral's plan names contract queries with the biggest contributor and the one after it, which were answered by remedial
plans, and has no numbers or days of them. No file covers 2014, so here they are about the figures of the two biggest
hubs at the end of March 2016. Herefordshire's paper says that concerns were escalated up to a meeting with the
provider's chief executive; that a notice came before, and its days, are chosen. The roles are those of the paper.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from domain.contract_life.transitions import COMMISSIONER, PROVIDER
from domain.improvement.written import OpenedFrom
from domain.log.database import reading
from domain.measures.registry import MEASURE_OF
from projections.improvement.performance_notices import notices
from projections.standings.slices import Slice
from web.auth.viewer import EVERYTHING
from web.commands.improvement.author import Author
from web.commands.improvement.performance_notices import Draft, Said, draft_notice, take_step
from web.demo.agreement.hub_targets import SEEN
from web.demo.improvement import action_plans as plans
from web.demo.timetable import AGENCIES, HEREFORD, LEOMINSTER
from web.queries.improvement.performance_notices import figures_in_question
from web.services import OPERATOR, Services

QUERIES, NOTICE = (1, 2), 3
"""The numbers of the two contract queries, and of Herefordshire's notice."""
_LEADS: Final = "Contract leads of both parties"
_MEETING: Final = Said(attendees=_LEADS, words="The provider brings a remedial plan within five operational days.")
_ENDED: Final = Said("The target that it was about has ended. What is to improve now stands in the plan of April 2017.")


class _Step(NamedTuple):
    on: date
    step: str
    party: str
    said: Said = Said()


class _Notice(NamedTuple):
    """A notice: drafted on a day about figures as known then, and what was done about it."""

    drafted_on: date
    as_of: date
    measures: tuple[str, ...]
    slice_: Slice
    agencies: tuple[str, ...]
    rules: str
    reasons: str
    steps: Sequence[_Step]
    origin: OpenedFrom | None = None


def _contract_query(agency: str, reasons: str, answers: Sequence[_Step]) -> _Notice:
    issued = _Step(date(2016, 5, 3), "issue", COMMISSIONER)
    met = _Step(date(2016, 5, 12), "meet about", COMMISSIONER, _MEETING)
    return _Notice(
        date(2016, 5, 3),
        date(2016, 3, 31),
        ("1.0",),
        Slice(agency=agency),
        (agency,),
        "nhs-general-condition-9",
        reasons,
        (issued, met, *answers, _Step(date(2017, 4, 10), "close", COMMISSIONER, _ENDED)),
        OpenedFrom("plan", plans.WIRRAL),
    )


_NOTICES: Final = (
    _contract_query(
        HEREFORD.code,
        "Below the target of 10%, and the biggest contributor to it.",
        (
            _Step(date(2016, 5, 17), "propose a plan for", PROVIDER, Said("Monthly caseload audits of exit planning.")),
            _Step(date(2016, 5, 23), "accept the plan of", COMMISSIONER),
        ),
    ),
    _contract_query(
        LEOMINSTER.code,
        "Below the target of 10%, and the next biggest contributor to it.",
        (
            _Step(date(2016, 5, 17), "propose a plan for", PROVIDER, Said("Staff will discuss exits with clients.")),
            _Step(date(2016, 5, 24), "reject the plan of", COMMISSIONER, Said("It has no day and nothing to measure.")),
            _Step(
                date(2016, 5, 31),
                "propose a plan for",
                PROVIDER,
                Said("By 30 September 2016 every recovery plan has an exit plan; the share is reported each month."),
            ),
            _Step(date(2016, 6, 3), "accept the plan of", COMMISSIONER),
        ),
    ),
    _Notice(
        date(2017, 3, 31),
        SEEN,
        ("4.0", "4.1", "4.2", "4.3", "5.0", "5.1", "5.2", "5.3"),
        Slice(),
        tuple(AGENCIES),
        "council-charity",
        "The review of March 2017 was of performance below the standard expected and below that of comparators.",
        (
            _Step(date(2017, 3, 31), "issue", COMMISSIONER),
            _Step(date(2017, 4, 10), "propose a plan for", PROVIDER, Said(action_plan=plans.HEREFORDSHIRE)),
            _Step(date(2017, 4, 10), "accept the plan of", COMMISSIONER),
            _Step(
                plans.EXTENDED_ON, "escalate", COMMISSIONER, Said("The plan is extended, for concerns about it go on.")
            ),
            _Step(plans.EXTENDED_ON, "escalate", COMMISSIONER, Said("The audits of files are to be discussed too.")),
            _Step(
                date(2017, 7, 25),
                "meet about",
                COMMISSIONER,
                Said(
                    attendees="Contracts officer and Director of Public Health; chief executive of Addaction",
                    words="Met with Addaction's CEO, who gave reassurance that staff are developed and the service "
                    "improves.",
                ),
            ),
        ),
    ),
)


def write_notices(services: Services, today: date) -> None:
    """Say what is not said yet: a loading that was cut short goes on."""
    with reading(services.engine) as connection:
        versions = {one.number: one.version for one in notices(connection, services.register.mapper)}
    for number, notice in enumerate(_NOTICES, 1):
        if number not in versions:
            draft_notice(services.register, _draft(services, notice), _author(services, notice.drafted_on, today))
        for version, one in enumerate(notice.steps, 2):
            if version > versions.get(number, 1):
                author = _author(services, one.on, today, one.party)
                take_step(services.register, number, one.step, one.said, author)


def _author(services: Services, on: date, today: date, party: str = COMMISSIONER) -> Author:
    return Author(services.actor, OPERATOR, party, on, today)


def _draft(services: Services, notice: _Notice) -> Draft:
    measures = [MEASURE_OF[code] for code in notice.measures]
    with services.snapshot() as snapshot:
        about = figures_in_question(snapshot, EVERYTHING, measures, notice.as_of, notice.drafted_on, notice.slice_)
    return Draft(about, notice.agencies, notice.reasons, notice.rules, origin=notice.origin)
