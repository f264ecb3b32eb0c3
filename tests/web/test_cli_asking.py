"""`recount figures`, `series`, `triangle`, `members`, `waiting`, `profile`: their documents and their words."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from domain.measures.registry import MEASURES
from tests.unit.intake.files import DISCHARGED, row, rows, write
from web.clock import today

from .conftest import CommandLine

STANDPOINT = ("--as-of", "2017-01-31")
FIGURE = {
    *("measure", "name", "kind", "definition", "slice", "numerator", "denominator", "percentage", "interval", "cohort"),
    *("as_of", "known_at", "position", "status", "coverage", "immature", "polarity"),
}


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    """Three clients known in February; in March one of them to have completed in January, and one to wait."""
    young = row(CLIENT="C3", SINITIAL="Y", DOB="2002-05-17", DRUG1="4000", RFLS="3")
    january = [row(), row(CLIENT="C2", SINITIAL="X"), young]
    recount("submit", "--received-on", "2017-02-10", write(recount.folder, january))
    waits = row(CLIENT="C4", SINITIAL="W", TRIAGED="", MODID="", MODAL="", MODST="", REFLD="2017-01-20")
    february = [row(**DISCHARGED), *january[1:], waits]
    path = write(recount.folder, february, first="20170201", last="20170228")
    recount("submit", "--received-on", "2017-03-10", path)
    return recount


def figure(recount: CommandLine, *options: str, measure: str = "4.0") -> Any:
    return recount.json("figures", "--measure", measure, *STANDPOINT, *options)["figures"][0]


def counts(recount: CommandLine, *options: str, measure: str = "4.0") -> tuple[int, int | None]:
    found = figure(recount, *options, measure=measure)
    return found["numerator"], found["denominator"]


def test_a_figure_has_what_programs_rely_on(filled: CommandLine) -> None:
    found = figure(filled)
    assert found.keys() >= FIGURE
    assert (found["numerator"], found["denominator"], found["percentage"]) == (1, 2, 50.0)
    assert found["interval"] == {"low": 9.453, "high": 90.547, "level": 95, "method": "wilson"}
    assert found["cohort"] == {"first_day": "2016-02-01", "last_day": "2017-01-31"}
    assert (found["as_of"], found["known_at"], found["status"]) == ("2017-01-31", "2017-03-10", "complete")
    assert found["slice"].keys() >= {"area", "agency"}
    assert found["coverage"] == {"expected": ["H0001"], "missing": []}


def test_all_measures_are_answered_if_none_is_named(filled: CommandLine) -> None:
    document = filled.json("figures", *STANDPOINT)
    assert document["standpoint"] == {"as_of": "2017-01-31", "known_at": "2017-03-10", "position": 14}
    assert [found["measure"] for found in document["figures"]] == [measure.code for measure in MEASURES]


def test_before_the_first_submission_all_is_nothing_of_nothing(recount: CommandLine) -> None:
    found = figure(recount)
    assert (found["numerator"], found["denominator"], found["percentage"]) == (0, 0, None)
    assert (found["interval"], found["known_at"], found["position"]) == (None, None, 0)
    assert "No monthly file has been received yet" in recount("figures", *STANDPOINT).stdout


def test_knowledge_is_a_day_or_a_position(filled: CommandLine) -> None:
    assert counts(filled, "--known-at", "2017-03-09") == (0, 2)
    first = figure(filled, "--known-at", "2017-02-10")["position"]
    assert counts(filled, "--known-at", f"@{first}") == (0, 2)
    assert counts(filled, "--known-at", f"@{first - 1}") == (0, 0)
    assert figure(filled, "--known-at", f"@{first + 1}")["position"] == first
    assert figure(filled, "--known-at", "2017-02-28")["known_at"] == "2017-02-28"


def test_slices(filled: CommandLine) -> None:
    assert counts(filled, "--agency", "H0001") == (1, 2)
    assert counts(filled, "--agency", "H0002") == (0, 0)
    assert counts(filled, "--area", "EX01") == (1, 2)
    assert counts(filled, "--area", "EX02") == (0, 0)
    assert counts(filled, "--young-people", measure="4.1") == (0, 1)
    assert counts(filled, measure="4.1") == (0, 0)
    assert counts(filled, "--criminal-justice") == (0, 0)


def test_a_definition_is_asked_for_by_name(filled: CommandLine) -> None:
    assert figure(filled, "--definition", "1")["definition"] == "1"
    assert figure(filled, "--definition", "1-gap-28")["definition"] == "1-gap-28"
    assert "There is no definition" in filled("figures", *STANDPOINT, "--definition", "9", code=2).stderr


def test_a_count_has_parts_and_no_denominator(filled: CommandLine) -> None:
    found = figure(filled, measure="N.open")
    assert (found["numerator"], found["denominator"], found["percentage"]) == (2, None, None)
    assert found["parts"] == {
        "opiate": 1, "non-opiate": 1, "alcohol": 0, "non-opiate-and-alcohol": 0, "no group": 0
    }  # fmt: skip
    assert "N.open: opiate 1, non-opiate 1." in filled("figures", *STANDPOINT, "--measure", "N.open").stdout


def test_an_immature_figure_says_how_much_of_it_has_come_of_age(filled: CommandLine) -> None:
    assert figure(filled, measure="5.0u")["immature"] is True
    said = filled("figures", "--measure", "5.0u", *STANDPOINT).stdout
    assert "0 of 1 so far; 0 have had their six months" in said
    july = write(filled.folder, rows("C9", SINITIAL="B"), first="20170701", last="20170731")
    filled("submit", "--received-on", "2017-08-01", july)
    later = filled("figures", "--measure", "5.0u", "--as-of", "2017-07-24").stdout
    assert "0 of 1 so far; 1 has had its six months" in later

    assert "Status: too early." in later


@pytest.mark.parametrize(
    ("as_of", "sentence"),
    [
        ("2030-01-31", "No file covers 31 January 2030; files reach 28 February 2017."),
        ("2016-12-31", "No file covers 31 December 2016; files begin on 1 January 2017."),
    ],
)
def test_a_day_that_no_file_covers_has_no_number(filled: CommandLine, as_of: str, sentence: str) -> None:
    """The JSON keeps the counts, which are those of the records and not of the day."""
    for command in (
        ("figures",),
        ("scorecard",),
        ("profile",),
        ("worklist", "--list"),
        ("worklist", "plans-overdue"),
        ("forecast", "--measure", "4.0"),
    ):
        printed = filled(*command, "--as-of", as_of).stdout
        assert sentence in printed, command
        assert not re.search(r"\d of \d|\d\.\d%", printed), command
    found = filled.json("figures", "--measure", "4.0", "--as-of", as_of)["figures"][0]
    assert (found["status"], found["percentage"], found["interval"]) == (None, None, None)
    assert found["files"] == {"status": None, "first_day": "2017-01-01", "last_day": "2017-02-28"}


def test_a_status_is_of_the_files_and_an_immature_figure_has_none(filled: CommandLine) -> None:
    found = figure(filled, measure="5.0u")
    assert (found["status"], found["files"]["status"]) == (None, "complete")


def test_lower_case_finds_the_upper(filled: CommandLine) -> None:
    assert figure(filled, "--agency", "h0001", "--area", "ex01")["slice"]["agency"] == "H0001"
    assert counts(filled, "--agency", "h0001") == (1, 2)


@pytest.mark.parametrize(("option", "name"), [("--agency", "H0009"), ("--area", "EX99")])
def test_of_what_is_not_known_there_is_no_table(filled: CommandLine, option: str, name: str) -> None:
    asked = filled("figures", *STANDPOINT, option, name)
    assert f"nothing is known of the {option[2:]} {name}. There is " in asked.stderr
    assert asked.stdout == ""
    assert figure(filled, option, name)["unknown"] == f"{option[2:]} {name}"


@pytest.mark.parametrize("command", [("figures", *STANDPOINT), ("scorecard", *STANDPOINT)])
def test_of_days_to_come_nothing_is_known(filled: CommandLine, command: tuple[str, ...]) -> None:
    to_come = (today() + timedelta(days=1)).isoformat()
    assert f"{to_come} has not come yet" in filled(*command, "--known-at", to_come, code=2).stderr
    assert filled(*command, "--known-at", today().isoformat()).stdout


def test_a_missing_file_is_said_in_words(filled: CommandLine) -> None:
    path = write(filled.folder, rows("C9", AGNCY="H0003"), agency="H0003")
    filled("submit", "--received-on", "2017-03-11", path)
    said = filled("figures", "--as-of", "2017-02-28", "--measure", "4.0").stdout
    assert "Status: incomplete. No file from H0003 covers 28 February 2017." in said


def test_a_series_at_the_ends_of_the_councils_quarters(filled: CommandLine) -> None:
    asked = ("series", "--measure", "4.0", "--from", "2016-10-01", "--to", "2017-06-30", "--every", "quarter")
    found = filled.json(*asked)["series"]
    assert [(one["as_of"], one["numerator"], one["denominator"]) for one in found] == [
        ("2016-12-31", 0, 0),
        ("2017-03-31", 1, 2),
        ("2017-06-30", 1, 2),
    ]
    said = filled(*asked).stdout
    assert [quarter in said for quarter in ("Q3 2016/17", "Q4 2016/17", "Q1 2017/18")] == [True] * 3
    assert "No quarter ends" in filled(*asked[:4], "2017-01-01", "--to", "2017-02-01", *asked[7:], code=2).stderr


def test_a_triangle_has_a_row_for_each_month_and_a_column_for_each_day_of_knowledge(filled: CommandLine) -> None:
    asked = ("triangle", "--measure", "4.0", "--from", "2017-01-01", "--to", "2017-03-31")
    found = filled.json(*asked)
    assert found["as_of"] == ["2017-01-31", "2017-02-28", "2017-03-31"]
    assert found["known_at"] == ["2017-02-10", "2017-03-10"]
    assert found["cells"] == [[[0, 2], [1, 2]], [None, [1, 2]], [None, None]]
    said = filled(*asked).stdout
    assert "0/2" in said
    assert "10 Mar 2017" in said
    count = filled.json("triangle", "--measure", "N.open", "--from", "2017-01-31", "--to", "2017-01-31")
    assert count["cells"] == [[[3, None], [2, None]]]


def test_members_have_their_rule_their_journey_and_their_events(filled: CommandLine) -> None:
    asked = ("members", "--measure", "4.0", *STANDPOINT)
    members = filled.json(*asked)["members"]
    assert sorted(member["counted"] for member in members) == [False, True]
    done = next(member for member in members if member["counted"])
    assert done.keys() >= {"client", "counted", "rule", "journey", "events"}
    assert (done["journey"]["start"], done["journey"]["end"]) == ("2017-01-09", "2017-01-25")
    assert {event["event"] for event in done["events"]} >= {"episode.exited-successfully.v1"}
    assert {event["file"] for event in done["events"]} == {
        "H0001-20170101-20170131-TREAT-IN-P.csv",
        "H0001-20170201-20170228-TREAT-IN-P.csv",
    }
    said = filled(*asked).stdout
    assert "4.0 Successful completions: opiate: 1 of 2" in said
    assert "9 Jan 2017 to 25 Jan 2017" in said


def test_who_waits_is_listed_with_the_days(filled: CommandLine) -> None:
    (waits,) = filled.json("waiting", *STANDPOINT)["waiting"]
    assert (waits["since"], waits["days"], waits["client_reference"]) == ("2017-01-20", 11, "C4")
    said = filled("waiting", *STANDPOINT).stdout
    assert "1 person still waits for treatment to start; the longest for 11 days." in said
    assert "Nobody still waits" in filled("waiting", "--as-of", "2017-01-19").stdout


@pytest.mark.parametrize(
    ("as_of", "waiting"),
    [
        ("2017-01-19", {"people": 0, "longest_days": None}),
        ("2017-01-20", {"people": 1, "longest_days": 0}),
        ("2017-01-31", {"people": 1, "longest_days": 11}),
    ],
)
def test_who_still_waits_stands_beside_the_measures_of_waiting(
    filled: CommandLine, as_of: str, waiting: dict[str, int | None]
) -> None:
    measures = [option for code in ("W.offered", "W.started", "W.waiting", "4.0") for option in ("--measure", code)]
    found = filled.json("figures", *measures, "--as-of", as_of)["figures"]
    assert [figure["waiting"] for figure in found] == [waiting, waiting, waiting, None]


def test_the_caseload_profile(filled: CommandLine) -> None:
    found = filled.json("profile", *STANDPOINT)
    assert [(group["group"], group["people"]) for group in found["in_twelve_months"]] == [
        ("opiate", 2), ("non-opiate", 1), ("all", 3)
    ]  # fmt: skip
    assert "Open on the day" in filled("profile", *STANDPOINT).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("figures",),
        ("figures", "--as-of", "31/01/2017"),
        ("figures", "--as-of", "2017-02-29"),
        ("figures", *STANDPOINT, "--known-at", "@x"),
        ("figures", *STANDPOINT, "--measure", "4.9"),
        ("members", *STANDPOINT),
        ("triangle", "--measure", "4.0", "--from", "2017-01-01", "--to", "2017-01-02"),
        ("nothing",),
    ],
)
def test_wrong_use(embedded: CommandLine, arguments: tuple[str, ...]) -> None:
    embedded(*arguments, code=2)


def test_every_measure_can_be_asked_on_the_first_and_the_last_day_there_is(filled: CommandLine) -> None:
    for day in (date(1990, 1, 1), date(2100, 12, 31)):
        assert len(filled.json("figures", "--as-of", day)["figures"]) == len(MEASURES)
