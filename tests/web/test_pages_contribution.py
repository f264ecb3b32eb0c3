"""Who makes the miss, over the demonstration: the page, the API and the command line say the same; a provider less."""

import html
import re
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask

from web.auth.roles import Role

from .browser import Person, a_person, an_account
from .http import asker, assert_problem

JULY = {"as_of": "2017-07-31", "known_at": "2017-08-15"}
BEGUN = "2015-12-01"


@pytest.fixture(scope="module")
def cara(demonstration: Flask) -> Person:
    an_account(demonstration, "Cara of contribution")
    return a_person(demonstration, "Cara of contribution")


def said(person: Person, status: int = 200, **query: Any) -> str:
    """The words of the page."""
    response = person.client.get("/contribution", query_string=JULY | query)
    assert response.status_code == status
    body = response.get_data(as_text=True).split("<main", 1)[-1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_the_sentence_of_the_paper(cara: Person) -> None:
    words = said(cara)
    assert (
        "At the target of 8%, 35.0 of 438 people would count, and 24 do: the figure is behind by 11.0 people." in words
    )
    assert (
        "The biggest contributor to the miss is Hereford (H0001) (9.4 of 11.0 people), followed by Ross (H0003) (1.0) "
        "and Leominster (H0002) (0.7)." in words
    )
    assert "Most of the people: Hereford (H0001), 242 of 438 (55%)." in words
    assert "Furthest behind for its size: Hereford (H0001), 4.1% of 242, 3.9 points off the target." in words
    assert "272 have been in treatment for six years or more, 15 are on a low dose, and 13 are ready to review" in words


def test_who_is_ahead_is_taken_off(cara: Person) -> None:
    words = said(cara)
    assert "The biggest contributor to the miss of 11.0 people is “6 years or more” (21.8), followed by" in words
    assert "Ahead of the target, which is taken off: “2 to 4 years” (2.5)" in words


def test_the_provider_inherited_it(cara: Person) -> None:
    """The paper's start of the contract: 19 of the 347 who were in treatment then, and 5 of the 91 since."""
    words = said(cara, handover_on=BEGUN)
    assert "In treatment at the handover 19 347 5.5% 3.5% to 8.4% 8.8 Started since 5 91 5.5%" in words
    assert "6 years or more 0 205 0.0% 0.0% to 1.8% 16.4" in words
    assert "Leominster (H0002): in treatment at the handover 8 96 8.3%" in words


def test_the_caseload_of_the_paper_was_there_when_the_contract_began(demonstration: Flask) -> None:
    """A caseload of approximately 500 to 600 clients was passed on."""
    day_before = {"measure": "N.open", "as_of": "2015-11-30", "known_at": "2017-08-15"}
    (figure,) = asker(demonstration, Role.AUDITOR).json("/figures", **day_before)["figures"]
    assert 500 <= figure["numerator"] <= 600
    assert figure["numerator"] == 514


def test_without_a_target_the_parts_are_shown_as_they_are(cara: Person) -> None:
    words = said(cara, measure="R.plan")
    assert "No target was agreed for it. So nobody is behind it here" in words
    assert "People behind" not in words
    assert "Hereford (H0001) 263 263 100.0%" in words


def test_a_figure_leads_to_it(cara: Person) -> None:
    page = cara.client.get("/figures/4.0", query_string=JULY).get_data(as_text=True)
    assert 'href="/contribution?as_of=2017-07-31&amp;known_at=2017-08-15&amp;measure=4.0">Who makes the miss' in page


def test_parts_add_up_exactly_for_programs(demonstration: Flask) -> None:
    found = asker(demonstration, Role.AUDITOR).json("/contribution", measure="4.0", handover_on=BEGUN, **JULY)
    assert (found["behind"], found["behind_exact"]) == (11.04, "276/25")
    names = [one["by"] for one in found["partitions"]]
    assert names == ["agency", "handover", "agency-at-handover", "length-at-handover", "length", "dose", "review",
                     "treatment", "career", "source"]  # fmt: skip
    for one in found["partitions"]:
        assert sum(Fraction(part["behind_exact"]) for part in one["parts"]) == Fraction("276/25"), one["by"]
        assert sum(part["denominator"] for part in one["parts"]) == 438
        assert sum(part["numerator"] for part in one["parts"]) == 24


def test_a_provider_sees_the_others_as_one_and_segments_of_its_own(demonstration: Flask) -> None:
    pat = asker(demonstration, Role.PROVIDER, "H0002")
    known = {"as_of": "2017-07-31", "known_at": "2017-08-31"}
    found = pat.json("/contribution", measure="4.0", handover_on=BEGUN, **known)
    (agencies,) = found["partitions"]
    assert [part["name"] for part in agencies["parts"]] == ["", "H0002"]
    assert sum(part["denominator"] for part in agencies["parts"]) == found["figure"]["denominator"]
    assert found["caseload"] is None
    assert "own agency only" in found["withheld"]
    own = pat.json("/contribution", measure="4.0", handover_on=BEGUN, agency="H0002", **known)
    assert own["withheld"] == ""
    (by_both,) = [one for one in own["partitions"] if one["by"] == "agency-at-handover"]
    assert {part["agency"] for part in by_both["parts"]} <= {"H0002", ""}
    assert sum(part["denominator"] for part in by_both["parts"]) == own["figure"]["denominator"]
    day = {"as_of": "2017-07-30", "known_at": "2017-08-31"}
    assert_problem(pat.get("/contribution", measure="4.0", **day), 422, "month-ends-only")
    assert_problem(pat.get("/contribution", measure="4.0", agency="H0001", **known), 404, "not-found")
