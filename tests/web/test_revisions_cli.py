"""`recount revisions`, `forecast`, `coverage`: their documents and their words."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from domain.measures.registry import MEASURES, measure_named
from projections.standings.slices import Slice
from projections.timeliness.forecast import Forecast, forecast
from tests.forecasts import MONTHS, SMALL, engine_after
from tests.integration.test_forecast import asked, known_after, month_end
from tests.unit.intake.files import DISCHARGED, row, write
from web.presenters.console import UNFOLDED
from web.presenters.performance.forecasts import HEADING, print_forecast
from web.presenters.performance.revisions import DELAY

from .conftest import CommandLine

PERIOD = ("--from", "2017-01-01", "--to", "2017-03-31")


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    """Two agencies that report January late; in March one client turns out to have completed in January."""
    january = [row(), row(CLIENT="C2", SINITIAL="X")]
    recount("submit", "--received-on", "2017-02-10", write(recount.folder, january))
    other = write(recount.folder, [row(CLIENT="C9", SINITIAL="V", AGNCY="H0002")], agency="H0002")
    recount("submit", "--received-on", "2017-02-20", other)
    february = [row(**DISCHARGED), january[1]]
    recount("submit", "--received-on", "2017-03-10", write(recount.folder, february, first="20170201", last="20170228"))
    return recount


def test_a_restatement_is_told_with_its_day_and_its_delay(filled: CommandLine) -> None:
    (found,) = filled.json("revisions", "--measure", "4.0", *PERIOD)["revisions"]
    january, february, march = found["periods"]
    assert january == {
        "as_of": "2017-01-31",
        "missing": [],
        "first": {"known_at": "2017-02-20", "numerator": 0, "denominator": 3, "percentage": 0.0},
        "latest": {"known_at": "2017-03-10", "numerator": 1, "denominator": 3, "percentage": 33.333},
        "restatements": 1,
        "largest": {"known_at": "2017-03-10", "numerator": 1, "denominator": 0, "points": 33.333},
        "settled_after_days": None,
    }
    assert (february["missing"], february["first"]) == (["H0002"], None)
    assert march["missing"] == ["H0001", "H0002"]
    assert (found["reported"], found["restated"], found["still_moving"]) == (1, 1, 1)
    said = filled("revisions", "--measure", "4.0", *PERIOD).stdout
    assert "How later records restated these figures, as known on 10 March 2017." in said
    assert "+1 (+33.3 points) on 10 Mar 2017" in said
    assert "not all in: H0002" in said
    assert "1 of 1 figure restated; 1 may still move." in said
    assert DELAY in said


def test_as_known_before_the_restatement_there_is_none(filled: CommandLine) -> None:
    document = filled.json("revisions", "--measure", "4.0", *PERIOD, "--known-at", "2017-03-09")
    assert (document["known_at"], document["still_moving_days"]) == ("2017-03-09", 92)
    assert document["revisions"][0]["periods"][0]["restatements"] == 0


def test_by_agency_and_by_measure_a_line_each(filled: CommandLine) -> None:
    found = filled.json("revisions", *PERIOD, "--by", "agency")["revisions"]
    assert [(one["slice"]["agency"], one["measure"]) for one in found] == [
        (agency, measure.code) for agency in ("H0001", "H0002") for measure in MEASURES
    ]
    said = filled("revisions", *PERIOD, "--by", "agency", "--measure", "4.0").stdout
    assert "+1 (+50.0 points) on 10 Mar 2017, as of 31 Jan 2017" in said
    assert "Agency by agency." in said
    assert DELAY in said
    refused = filled("revisions", *PERIOD, "--by", "agency", "--agency", "H0001", code=2)
    assert "Give one agency, or ask for each agency by itself, not both." in refused.stderr


def test_coverage_says_after_how_many_days_each_file_came(filled: CommandLine) -> None:
    document = filled.json("coverage", *PERIOD)
    assert [(m["month_end"], m["complete_on"], m["days"], m["missing"]) for m in document["months"]] == [
        ("2017-01-31", "2017-02-20", 20, []),
        ("2017-02-28", None, None, ["H0002"]),
        ("2017-03-31", None, None, ["H0001", "H0002"]),
    ]
    assert document["agencies"][0] == {
        "agency": "H0001",
        "reported": 2,
        "missing": 1,
        "median_days": 10,
        "longest_days": 10,
    }
    said = filled("coverage", *PERIOD).stdout
    assert "20 Feb 2017 (day 20)" in said
    assert "H0002: 1 month covered, 20 days after the month's end (median), 20 at most; no file for 2 months." in said
    assert DELAY in said


@pytest.mark.parametrize("command", ["revisions", "coverage"])
def test_before_anything_was_received(recount: CommandLine, command: str) -> None:
    assert "Nothing had been received yet." in recount(command, *PERIOD).stdout
    assert recount.json(command, *PERIOD)["known_at"] is None


def test_a_young_service_gets_no_forecast_and_is_told_why(filled: CommandLine) -> None:
    options = ("forecast", "--measure", "4.0", "--as-of", "2017-01-31")
    document = filled.json(*options)
    assert (document["silent"], document["expected"], document["record"]) == ("few-cohorts", None, None)
    assert document["figure"]["denominator"] == 3
    said = filled(*options).stdout
    assert said.startswith(HEADING)
    assert "No forecast: 0 earlier cohorts can be looked at from beginning to end; it takes 3." in said


def test_a_count_is_refused(filled: CommandLine) -> None:
    refused = filled("forecast", "--measure", "N.open", "--as-of", "2017-01-31", code=2)
    assert "N.open is a count" in refused.stderr


def test_a_forecast_is_asked_under_another_definition(filled: CommandLine) -> None:
    document = filled.json("forecast", "--measure", "4.0", "--as-of", "2017-01-31", "--definition", "1-gap-28")
    assert document["figure"]["definition"] == "1-gap-28"


# ---- the words of a forecast that is made


def printed(found: Forecast) -> str:
    console = Console(file=StringIO(), width=UNFOLDED)
    print_forecast(console, found)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def told(code: str, where: Slice = Slice(), months: int = MONTHS, age: int = 0) -> tuple[Forecast, str]:  # noqa: B008
    found = asked(engine_after(MONTHS), code, where, months, age)
    return found, printed(found)


def test_a_forecast_is_said_to_be_one_beside_its_figure_and_with_its_record() -> None:
    found, said = told("5.2u")
    assert found.expectation
    assert found.record
    low, high = found.expectation.interval(95)
    assert said.startswith(f"{HEADING}\n5.2u ")
    assert f"The figure: {found.figure.numerator} of {found.figure.denominator} so far;" in said
    assert f"Expected in the end: {found.expectation.mean:.1f} of these {found.figure.denominator};" in said
    assert f"{low} to {high} (95%)" in said
    assert "The end is 5.2 as of 31 December 2017, once all files reach 31 March 2018." in said
    made = len(found.record.earlier)
    assert f"Its record: {made} earlier forecasts" in said
    assert f"between the 95% limits in {found.record.held(95)} of {made}." in said
    assert "do not rely on it" not in said
    assert "not returned yet, completed 3 months ago" in said


def test_a_figure_that_only_waits_for_records_has_two_kinds_of_people() -> None:
    _, said = told("4.2", age=1)
    assert "each as it was seen when all files reached 1 month past its last day." in said
    assert "not counted yet" in said
    assert "completed" not in said


def test_asked_late_it_says_that_more_is_known() -> None:
    _, said = told("5.2u", age=2)
    assert "All files reach 30 June 2017 by now: asked as of that day, more is known." in said


def test_a_record_that_does_not_bear_the_forecast_out_says_so() -> None:
    found, said = told("4.2", Slice(agency=SMALL))
    assert found.record
    assert ("do not rely on it" in said) is not found.record.is_borne_out


@pytest.mark.parametrize(
    ("code", "where", "months", "age", "sentence"),
    [
        ("5.2u", Slice(area="Nowhere"), 40, 0, "No forecast: nobody is in the cohort."),
        ("5.2u", Slice(), 40, -1, "No forecast: not all is in. No file covers 31 May 2017; files reach 30 April 2017."),
        ("5.2u", Slice(), 11, 0, "No forecast: 2 earlier cohorts can be looked at from beginning to end; it takes 3."),
        ("5.2u", Slice(), 20, 0, "No forecast: of fewer than 3 earlier forecasts is it known how they came true"),
        ("5.2u", Slice(), 42, 12, "Nothing is left to forecast: of these "),
    ],
)
def test_what_it_says_where_there_is_nothing_to_forecast(
    code: str, where: Slice, months: int, age: int, sentence: str
) -> None:
    found, said = told(code, where, months, age)
    assert sentence in said
    assert "Its record" not in said
    assert found.record is None


def test_too_few_people_are_counted_for_the_reader() -> None:
    engine = engine_after(MONTHS)
    found = forecast(engine, measure_named("5.0u"), known_after(engine, MONTHS, month_end(MONTHS)), Slice(agency=SMALL))
    assert f"there were {found.people} people in earlier cohorts; it takes 20." in printed(found)


def test_a_forecast_has_what_programs_rely_on(filled: CommandLine) -> None:
    document: Any = filled.json("forecast", "--measure", "5.0u", "--as-of", "2017-01-31")
    assert document.keys() == {
        *("figure", "final", "age_months", "settled", "silent", "expected", "intervals", "stretched"),
        *("cohorts", "people", "cells", "record"),
    }
