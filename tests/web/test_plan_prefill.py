"""What a figure says already of a plan that is opened from it, on both of the papers' forms."""

from datetime import date

import pytest
from flask import Flask

from domain.improvement.plan_forms import FORM_OF
from web.auth.viewer import EVERYTHING
from web.demo.timetable import AGENCIES
from web.presenters.improvement.plan_prefill import PrefilledPlan, prefilled
from web.queries.improvement.action_plans import AboutQuery
from web.queries.improvement.plan_prefill import prefill

pytestmark = pytest.mark.slow
LATE = "The target of 31 December 2017 cannot now be met; the last day that could count was 30 June 2017."
CASELOAD = """\
62% of those in treatment (opiate) have been in treatment for at least 6 years (cluster average 23%).
38% of those in treatment (opiate) have a drug using career of 21 years or more (cluster average 21%).
51% of those in treatment (opiate) are in their first treatment episode (cluster average 36%)."""


def said(demonstration: Flask, measure: str, form: str) -> PrefilledPlan:
    """What a figure of the board's standpoint says."""
    about = AboutQuery(measure, date(2017, 7, 31), date(2017, 8, 15))
    with demonstration.extensions["recount"].snapshot() as snapshot:
        return prefilled(FORM_OF[form], prefill(snapshot, EVERYTHING, about), lambda agency: AGENCIES[agency].hub)


def test_wirrals_form(demonstration: Flask) -> None:
    assert said(demonstration, "4.0", "performance") == PrefilledPlan(
        "Successful completions: opiate",
        {
            "indicator": "Successful completions: opiate (4.0)",
            "target": "8%",
            "performance": "5.5%, 24 of 438 (treatment from 1 Aug 2016 to 31 Jul 2017)",
            # 24/438 is 2.52 points below 8%, which is 31.5% of it; 8% of 438 is 35.04, so 36 people: 12 more.
            "variance": "-2.5 points, -31.5% of the target; 12 people short of it",
            "reason": CASELOAD,
        },
        {
            "who": "Hereford as the biggest contributor, followed by Ross and Leominster.",
            "when": "20 more completions needed by 31 December 2017; 353 people could still count.",
        },
        ("4.0",),
    )


def test_herefordshires_form(demonstration: Flask) -> None:
    plan = said(demonstration, "4.0", "service-improvement")
    assert plan.values == {}
    assert plan.strand_values == {
        "objectives": "4.0",
        "outcome": "Successful completions: opiate: 8% is reached.",
        "background": f"{CASELOAD}\nHereford as the biggest contributor, followed by Ross and Leominster.",
        "output": "20 more completions needed by 31 December 2017; 353 people could still count.",
    }


@pytest.mark.parametrize(
    ("measure", "variance"),
    [
        ("1.0", "-4.1 points, -50.9% of the target; 19 people short of it"),
        # Fewer returns are better, so what is too many is said.
        ("5.0", "+5.4 points, +53.8% of the target; 1 person too many"),
    ],
)
def test_a_target_that_cannot_now_be_met(demonstration: Flask, measure: str, variance: str) -> None:
    plan = said(demonstration, measure, "performance")
    assert (plan.strand_values["when"], plan.values["variance"]) == (LATE, variance)


def test_what_is_not_agreed_or_known_is_left_empty(demonstration: Flask) -> None:
    """No comparator tells of the caseload of people who drink."""
    plan = said(demonstration, "4.2", "performance")
    assert "reason" not in plan.values
    assert plan.values["target"] == "39.5%"
