"""`recount target`: what a measure should reach is said, listed and withdrawn; no figure changes by it."""

from typing import Any

import pytest

from tests.unit.intake.files import DISCHARGED, row, write

from .conftest import CommandLine

PERIOD = ("--measure", "4.0", "--from", "2017-04-01", "--to", "2017-12-31")


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    people = [row(**DISCHARGED), row(CLIENT="C2", DOB="1981-05-17")]
    recount("submit", write(recount.folder, people), "--received-on", "2017-02-10")
    return recount


def test_from_setting_to_withdrawing(filled: CommandLine) -> None:
    before = filled.json("figures", "--as-of", "2017-01-31")
    level = ("--level", "52.50", "--agency", "H0001", "--agreed-on", "2017-04-10", "--source", "Appendix C")
    others = ("--comparator", "45.61", "57.73", "--comparator-words", "top quartile,  Q3 2016/17")
    found = filled.json("target", "set", *PERIOD, *level, *others, "--amber-within", "2.5")
    assert (found["number"], found["measure"], found["area"], found["agency"]) == (1, "4.0", None, "H0001")
    assert (found["first_day"], found["last_day"], found["agreed"]["on"]) == ("2017-04-01", "2017-12-31", "2017-04-10")
    assert (found["kind"], found["low"], found["high"], found["baseline"]) == ("level", "52.50", "52.50", None)
    assert found["colours"] == {"scale": "points", "green_within": "0", "amber_within": "2.5"}
    assert found["comparator"] == {"low": "45.61", "high": "57.73", "words": "top quartile, Q3 2016/17"}
    assert (found["source"], found["agreed"]["role"], found["withdrawn"]) == ("Appendix C", "administrator", None)

    withdrawn = filled.json("target", "withdraw", 1, "--on", "2017-06-01", "--reason", "Another was agreed.")
    assert (withdrawn["withdrawn"]["on"], withdrawn["withdrawn"]["reason"]) == ("2017-06-01", "Another was agreed.")
    assert filled.json("target", "list") == {"targets": [withdrawn]}
    assert filled.json("target", "list", "--measure", "4.1") == {"targets": []}
    assert filled.json("figures", "--as-of", "2017-01-31") == before
    assert filled.json("verify")["holds"] is True
    filled("rebuild")
    assert filled.json("target", "list") == {"targets": [withdrawn]}


def test_what_is_printed_for_people(filled: CommandLine) -> None:
    assert "No target is set." in filled("target", "list").stdout
    change = ("--relative", "-10", "--baseline", "21.5", "--baseline-words", "Q4 2015/16", "--scale", "relative")
    said = filled("target", "set", *PERIOD, *change, "--green-within", "1", "--amber-within", "10").stdout
    assert "everybody: 19.35%, which is 10% less than 21.5% (Q4 2015/16)." in said
    assert "Green within 1% of the target from it, amber within 10% of the target from it, else red." in said
    points = ("--points", "10", "--baseline", "21.5", "--baseline-words", "Q4 2015/16", "--area", "Ross")
    assert "Ross: 31.5%, which is 10 points more than 21.5%" in filled("target", "set", *PERIOD, *points).stdout
    between = filled("target", "set", *PERIOD, "--range", "7.36", "8.93", "--agreed-on", "2017-04-10").stdout
    assert "7.36% to 8.93%.\nIt counts from 1 April 2017 to 31 December 2017, agreed on 10 April 2017." in between
    withdrawn = filled("target", "withdraw", 3, "--on", "2017-05-01", "--reason", "agreed anew").stdout
    assert "Withdrawn on 1 May 2017: agreed anew." in withdrawn
    listed = filled("target", "list").stdout
    assert "7.36% to 8.93%" in listed
    assert "1 May 2017" in listed
    trail = filled("log", "--limit", 4).stdout
    assert "target set: no. 3 of 4.0: 7.36% to 8.93%" in trail
    assert "target withdrawn: no. 3" in trail


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--measure", "N.new", "--from", "2017-04-01", "--to", "2017-12-31", "--level", "8"), "target-of-count"),
        (("--measure", "5.0u", "--from", "2017-04-01", "--to", "2017-12-31", "--level", "8"), "target-of-immature"),
        (("--measure", "4.0", "--from", "2017-04-02", "--to", "2017-04-01", "--level", "8"), "target-period-empty"),
        ((*PERIOD, "--level", "8", "--agreed-on", "2999-01-01"), "target-in-future"),
        ((*PERIOD, "--level", "108"), "target-impossible"),
    ],
)
def test_a_refusal_is_a_document_too(embedded: CommandLine, arguments: tuple[Any, ...], code: str) -> None:
    assert embedded.json("target", "set", *arguments, code=1)["refused"]["code"] == code
    assert embedded.json("target", "list") == {"targets": []}


def test_a_target_is_withdrawn_once(embedded: CommandLine) -> None:
    assert embedded.json("target", "withdraw", 1, code=1)["refused"]["code"] == "target-unknown"
    embedded("target", "set", *PERIOD, "--level", "8")
    embedded("target", "withdraw", 1)
    assert embedded.json("target", "withdraw", 1, code=1)["refused"]["code"] == "target-withdrawn"


@pytest.mark.parametrize(
    "goal",
    [
        (),
        ("--level", "8", "--range", "7", "9"),
        ("--level", "8", "--baseline", "7"),
        ("--relative", "10"),
        ("--level", "eight"),
        ("--level", "8e0"),
        ("--level", "8", "--comparator", "7", "9"),
        ("--level", "8", "--comparator-words", "others"),
    ],
)
def test_what_cannot_be_understood(embedded: CommandLine, goal: tuple[Any, ...]) -> None:
    embedded("target", "set", *PERIOD, *goal, code=2)
