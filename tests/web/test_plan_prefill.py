"""What a figure says already of a plan that is opened from it, on both of the papers' forms."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec
import pytest
from flask import Flask

from domain.improvement.plan_forms import FORM_OF
from domain.improvement.plan_terms import PlanTerms
from domain.improvement.written import OpenedFrom, WrittenAbout
from domain.measures.registry import MEASURE_OF
from web.auth.viewer import EVERYTHING
from web.demo.timetable import AGENCIES
from web.files.reports.report_reading import ReadingTerms
from web.files.reports.stated import read_report
from web.files.uploads import Upload
from web.presenters.improvement.plan_prefill import PrefilledPlan, prefilled
from web.queries.improvement.action_plans import AboutQuery, abouts, figures_about
from web.queries.improvement.other_reports import CompareQuery, compare
from web.queries.improvement.plan_prefill import prefill
from web.queries.performance.figures import FiguresQuery, figures
from web.snapshot import Snapshot

pytestmark = pytest.mark.slow
PAPERS: Final = Path(__file__).parents[1] / "papers"
BOARD: Final = date(2017, 8, 15)
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


def numbers(snapshot: Snapshot, about: WrittenAbout, known_at: int | None) -> tuple[object, object]:
    """A figure that something was written about, as it is counted at a place in the log, or by all that is known."""
    query = FiguresQuery(about.as_of, known_at, (MEASURE_OF[about.measure],))
    [figure] = figures(snapshot, EVERYTHING, query).figures
    return figure.numerator, figure.denominator


def test_the_figures_of_a_plan_stay_those_of_their_standpoint(demonstration: Flask) -> None:
    """The papers' 70 figures as a plan keeps them: what it says of each is found again at its place in the log, is what
    the paper prints where that is ours, and stands beside what the same day is by now.
    """
    papers = [Upload(name, (PAPERS / name).read_bytes) for name in ("herefordshire.csv", "wirral.csv")]
    with demonstration.extensions["recount"].snapshot() as snapshot:
        reports = [CompareQuery(read_report(paper, ReadingTerms()), BOARD) for paper in papers]
        rows = [row for report in reports for row in compare(snapshot, EVERYTHING, report).rows]
        about = figures_about(snapshot, EVERYTHING, [AboutQuery(row.measure, row.as_of, BOARD) for row in rows])
        terms = PlanTerms(
            title="All", form="performance", first_day=BOARD, origin=OpenedFrom("hand", None), about=about
        )
        kept = msgspec.json.decode(msgspec.json.encode(terms), type=PlanTerms).about
        again = [numbers(snapshot, one, one.position) for one in kept]
        now = [numbers(snapshot, one, None) for one in kept]
        said = abouts(snapshot, EVERYTHING, kept)
    assert len(kept) == 70
    for row, one, then, newest, result in zip(rows, kept, again, now, said, strict=True):
        written = one.numerator, one.denominator
        assert then == written == (result.numerator, result.denominator)
        assert result.restated == (newest != written)
        if row.answer.value == "equal" and row.percentage is not None:
            printed = Decimal(row.percentage)
            ours = Decimal(100 * one.numerator) / Decimal(one.denominator or 1)
            assert abs(ours - printed) <= Decimal(1).scaleb(printed.as_tuple().exponent)
    assert 0 < sum(one.restated for one in said) < len(said)
