"""Case-file audits of the demonstration: Hereford on 6 June 2017, Leominster on 13 July, the follow-up on 16 August.

Herefordshire's paper gives the days, the sites, that 60 and 15 files were looked at, and the results in words. The
counts are chosen to say the same as the words, and so is that the follow-up drew 60 files again; which file of a sample
has which of them is chosen too. Who does what by when is chosen: by the service manager, by the day of the follow-up.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from domain.contract_life.transitions import COMMISSIONER
from domain.improvement.audits.item_set import AuditMark, mark_written
from domain.register import Register
from web.auth.viewer import EVERYTHING
from web.commands.improvement import case_file_audits as commands
from web.commands.improvement.author import Author
from web.commands.improvement.case_file_audits import AuditTerms, NewAuditAction
from web.demo.timetable import HEREFORD, LEOMINSTER
from web.queries.improvement.audits.case_file_audits import AuditsQuery, case_file_audits
from web.queries.improvement.audits.drawing import DrawQuery, drawn
from web.services import OPERATOR, Services

ITEMS: Final = "plans-and-risks"
PLAN, RISK = "recovery-plan", "risk-assessment"
SET_ON, FOLLOW_UP_ON = date(2017, 7, 14), date(2017, 8, 16)
MANAGER: Final = "Service manager"

_Step = Callable[[Register, Author], object]


@dataclass(frozen=True)
class PlayedAudit:
    """One audit: where and when, how often each mark was found of each item, and what was said of it.

    `stride` deals the marks over the sample: a number without a factor in common with its size.
    """

    agency: str
    on: date
    files: int
    stride: int
    purpose: str
    found: Mapping[str, Mapping[str, int]]
    words: str
    findings: tuple[str, ...]
    actions: tuple[str, ...] = ()
    set_on: date = SET_ON
    follows: int | None = None


AUDITS: Final = (
    PlayedAudit(
        HEREFORD.code,
        date(2017, 6, 6),
        60,
        7,
        "Risk assessments and recovery plans, to support the improvement of processes.",
        {
            PLAN: {"ie": 8, "ip": 9, "oe": 11, "op": 13, "m": 19},
            RISK: {"ie": 8, "ip": 6, "oe": 9, "op": 16, "m": 21},
        },
        "Poor: most files have a plan or an assessment that is out of date or missing.",
        (
            "Most recovery plans and risk assessments are out of date or missing.",
            "Staff were told different things about what is kept on paper and what in the system.",
        ),
        ("Write down which records are kept where, and go through it with every member of staff.",),
    ),
    PlayedAudit(
        LEOMINSTER.code,
        date(2017, 7, 13),
        15,
        4,
        "Risk assessments and recovery plans at the second site, after the audit at Hereford.",
        {PLAN: {"ie": 5, "ip": 1, "op": 5, "m": 4}, RISK: {"ie": 5, "op": 6, "m": 4}},
        "As at Hereford on the whole, but everything that was in the system was complete.",
        ("What is in the system is complete; what is on paper is mostly out of date or missing.",),
        ("Keep recovery plans and risk assessments in the system alone.",),
    ),
    PlayedAudit(
        HEREFORD.code,
        FOLLOW_UP_ON,
        60,
        7,
        "Follow-up: whether recovery plans and risk assessments are recorded better than in June.",
        {PLAN: {"ie": 54, "ip": 4, "oe": 2}, RISK: {"ie": 53, "ip": 3, "oe": 3, "m": 1}},
        "Much better: all but a few are in date, and the service manager saw to those at once.",
        ("A few plans and assessments are out of date or missing.",),
        ("Bring the exceptions up to date.",),
        FOLLOW_UP_ON,
        1,
    ),
)
"""In the order in which they are numbered, from 1."""


def hold_audits(services: Services, today: date) -> None:
    """Say what is not said yet: a loading that was cut short goes on."""
    with services.snapshot() as snapshot:
        versions = {one.number: one.version for one in case_file_audits(snapshot, EVERYTHING, AuditsQuery()).audits}
    for number, one in enumerate(AUDITS, 1):
        if number not in versions:
            _draw(services, one, Author(services.actor, OPERATOR, COMMISSIONER, one.on, today))
    # The sample is one event, and every step after it is one; they are said by their days.
    for on, number, place, step in sorted(_steps(), key=lambda its: its[:3]):
        if place > versions.get(number, 1):
            step(services.register, Author(services.actor, OPERATOR, COMMISSIONER, on, today))


def _draw(services: Services, one: PlayedAudit, author: Author) -> None:
    query = DrawQuery((one.agency,), one.on, one.files, f"{one.on:%Y%m%d}", "none", known_at=one.on)
    with services.snapshot() as snapshot:
        sample = drawn(snapshot, EVERYTHING, query)
    commands.draw_audit(services.register, AuditTerms(ITEMS, one.purpose, one.follows), query, sample, author)


def _steps() -> Iterator[tuple[date, int, int, _Step]]:
    """Day, audit and version of every step after the draw."""
    for number, one in enumerate(AUDITS, 1):
        for place, (on, step) in enumerate(_steps_of(number, one), 2):
            yield on, number, place, step


def _steps_of(number: int, one: PlayedAudit) -> Iterator[tuple[date, _Step]]:
    yield one.on, _said(commands.save_marks, number, marks_of(one))
    yield one.on, _said(commands.complete_audit, number, one.on, one.words)
    for words in one.findings:
        yield one.on, _said(commands.add_finding, number, words, "")
    for words in one.actions:
        action = NewAuditAction(words, MANAGER, FOLLOW_UP_ON, len(one.findings))
        yield one.set_on, _said(commands.add_action, number, action)
    for place, _ in enumerate(one.actions, 1):
        yield FOLLOW_UP_ON, _said(commands.finish_audit_action, number, place, "")


def _said(command: Callable[..., object], number: int, *said: Any) -> _Step:
    return lambda register, author: command(register, number, *said, author)


def marks_of(one: PlayedAudit) -> dict[tuple[int, str], AuditMark]:
    """What was found in each file: the marks of each item, dealt over the places of the sample."""
    marks = {}
    for item, counts in one.found.items():
        letters = [typed for typed, count in counts.items() for _ in range(count)]
        for index, typed in enumerate(letters):
            mark = mark_written(typed)
            assert mark
            marks[1 + index * one.stride % one.files, item] = mark
    return marks
