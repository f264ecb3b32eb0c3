"""The demonstration's notices: Wirral's contract queries, and Herefordshire's up to the provider's chief executive."""

from datetime import date

import pytest
from flask import Flask

from web.auth.viewer import EVERYTHING
from web.demo.improvement.action_plans import HEREFORDSHIRE, WIRRAL
from web.demo.improvement.performance_notices import NOTICE, QUERIES, write_notices
from web.queries.improvement.performance_notices import NoticesQuery, performance_notices
from web.queries.improvement.results.notice_results import NoticeResult

pytestmark = pytest.mark.slow
TODAY = date(2017, 8, 16)


@pytest.fixture
def its(demonstration: Flask) -> dict[int, NoticeResult]:
    with demonstration.extensions["recount"].snapshot() as snapshot:
        result = performance_notices(snapshot, EVERYTHING, NoticesQuery(TODAY))
    return {one.number: one for one in result.notices}


def test_herefordshires_was_escalated_until_its_chief_executive_was_met(its: dict[int, NoticeResult]) -> None:
    one = its[NOTICE]
    assert (one.state, one.level_name) == (
        "plan agreed",
        "Director of Public Health and the charity's chief executive",
    )
    assert [(step.step, step.level) for step in one.happened[3:]] == [
        ("escalate", 2),
        ("escalate", 3),
        ("meet about", 3),
    ]
    assert one.happened[-1].words.startswith("Met with Addaction's CEO")
    assert one.happened[1].action_plan == HEREFORDSHIRE
    assert one.next_due is None


def test_wirrals_are_contract_queries_that_remedial_plans_answered(its: dict[int, NoticeResult]) -> None:
    queries = [its[number] for number in QUERIES]
    for one in queries:
        assert (one.rules.word, one.state) == ("contract query", "closed")
        assert one.origin
        assert (one.origin.kind, one.origin.number) == ("plan", WIRRAL)
    figures = [(figure.measure, figure.numerator, figure.denominator) for one in queries for figure in one.figures]
    assert figures == [("1.0", 21, 284), ("1.0", 10, 134)]
    assert "plan rejected" in [step.state for step in queries[1].happened]


def test_everything_that_was_due_was_done_in_time(its: dict[int, NoticeResult]) -> None:
    assert [
        (one.number, due.code) for one in its.values() for due in one.due if not due.met_on or due.met_on > due.due
    ] == []


def test_they_are_written_once(demonstration: Flask, its: dict[int, NoticeResult]) -> None:
    services = demonstration.extensions["recount"]
    with demonstration.app_context():
        write_notices(services, TODAY)
    with services.snapshot() as snapshot:
        again = performance_notices(snapshot, EVERYTHING, NoticesQuery(TODAY)).notices
    assert {one.number: one.version for one in again} == {number: one.version for number, one in its.items()}
