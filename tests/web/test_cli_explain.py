"""`recount explain`: its document, its sentence, and what it says of a slip."""

import pytest

from tests.unit.intake.files import DISCHARGED, row, write

from .conftest import CommandLine

ASKED = ("--measure", "4.0", "--as-of", "2017-01-31", "--known-at", "2017-02-10")


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    """One of two clients is known in March to have completed in January."""
    january = [row(), row(CLIENT="C2", SINITIAL="X")]
    recount("submit", "--received-on", "2017-02-10", write(recount.folder, january))
    february = [row(**DISCHARGED), january[1]]
    path = write(recount.folder, february, first="20170201", last="20170228")
    recount("submit", "--received-on", "2017-03-10", path)
    return recount


def test_each_change_has_its_client_reason_event_and_row(filled: CommandLine) -> None:
    found = filled.json("explain", *ASKED, "--to-known-at", "2017-03-10")
    assert [(end["numerator"], end["denominator"]) for end in (found["from"], found["to"])] == [(0, 2), (1, 2)]
    assert found["unexplained"] == {"numerator": 0, "denominator": 0}
    (step,) = found["steps"]
    assert (step["step"], step["numerator"], step["denominator"]) == ("known_at", 1, 0)
    (one,) = step["contributions"]
    assert (one["side"], one["diff"], one["reason"]) == ("numerator", 1, "late exit")
    assert one["event"]["event"] == "episode.exited-successfully.v1"
    assert one["event"]["received_on"] == "2017-03-10"
    assert one["submission"]["file"] == "H0001-20170201-20170228-TREAT-IN-P.csv"
    assert one["submission"]["row"] == 1


def test_the_walk_is_a_sentence(filled: CommandLine) -> None:
    said = filled("explain", *ASKED, "--to-known-at", "2017-03-10").stdout
    assert "0/2 as known on 10 February 2017; +1 late exit; 1/2 as known on 10 March 2017." in said
    assert "nothing is unexplained" in said


def test_all_four_steps_in_their_order(filled: CommandLine) -> None:
    other = ("--to-known-at", "2017-03-10", "--to-as-of", "2017-02-28", "--to-definition", "1-gap-28")
    found = filled.json("explain", *ASKED, *other, "--to-agency", "H0002")
    assert [step["step"] for step in found["steps"]] == ["known_at", "as_of", "definition", "slice"]
    assert (found["to"]["numerator"], found["to"]["denominator"], found["to"]["definition"]) == (0, 0, "1-gap-28")
    assert found["unexplained"] == {"numerator": 0, "denominator": 0}


def test_the_same_question_twice(filled: CommandLine) -> None:
    assert filled.json("explain", *ASKED)["steps"] == []
    assert "Both questions are the same." in filled("explain", *ASKED).stdout


def test_a_definition_that_is_none_is_wrong_use(filled: CommandLine) -> None:
    said = filled("explain", *ASKED, "--to-definition", "9", code=2).stderr
    assert "There is no definition '9'. There are 0, 1," in said


def test_an_agency_of_which_nothing_is_known_is_noted(filled: CommandLine) -> None:
    said = filled("explain", *ASKED, "--to-agency", "H0009").stderr
    assert "nothing is known of the agency H0009. There is H0001." in said


def test_definitions_are_listed(recount: CommandLine) -> None:
    found = recount.json("definitions")["definitions"]
    assert {"version": "1", "in_force_from": "2009-04-01"}.items() <= found[1].items()
    assert "from 1 Apr 2009" in recount("definitions").stdout
