"""The audits of the demonstration are those of Herefordshire's paper: 60 files, 15 files, and the follow-up."""

from datetime import date

from flask import Flask

from web.auth.viewer import EVERYTHING
from web.demo.improvement.case_file_audits import FOLLOW_UP_ON, PLAN, RISK
from web.queries.improvement.audits.case_file_audits import (
    AuditQuery,
    AuditsQuery,
    CompareAudits,
    audits_compared,
    case_file_audits,
    drawn_again,
)


def test_the_demonstration_tells_the_papers_story(demonstration: Flask) -> None:
    with demonstration.extensions["recount"].snapshot() as snapshot:
        audits = case_file_audits(snapshot, EVERYTHING, AuditsQuery()).audits[::-1]
        compared = audits_compared(snapshot, EVERYTHING, CompareAudits(1, 3))
        again = [drawn_again(snapshot, EVERYTHING, AuditQuery(one.number)) for one in audits]
    assert [(one.held_on, one.agencies, one.sampled, one.marks) for one in audits] == [
        (date(2017, 6, 6), ["H0001"], 60, 120),
        (date(2017, 7, 13), ["H0002"], 15, 30),
        (FOLLOW_UP_ON, ["H0001"], 60, 120),
    ]
    assert all(one and one.same for one in again)
    first, second, follow_up = audits
    # The paper: more than half of the files had something out of date or missing.
    assert all(its.out_of_date + its.missing > its.judged / 2 for its in first.items)
    # The paper: what was kept in the system was complete.
    assert {its.state for item in second.items for its in item.kinds if its.kind == "electronic"} == {"in date"}
    # The paper: in date but for a few.
    assert [(its.item, its.in_date, its.judged) for its in follow_up.items] == [(PLAN, 58, 60), (RISK, 56, 60)]
    assert (first.followed_by, follow_up.follows) == ([3], 1)
    assert compared
    assert [one.verdict for one in compared.items] == ["better", "better"]
    assert [one.open_actions for one in audits] == [0, 0, 0]
