"""Completions needed as pages, on the demonstration: what the paper's targets take by their last day."""

import re

import pytest
from flask import Flask

from tests.web.test_pages_scorecard import get
from web.auth.roles import Role

from .browser import Person, a_person, an_account

JULY = {"as_of": "2017-07-31", "known_at": "2017-08-15"}
APRIL = {"as_of": "2017-04-30", "known_at": "2017-05-15"}
NEEDED = "/completions-needed"


@pytest.fixture(scope="module")
def cara(demonstration: Flask) -> Person:
    an_account(demonstration, "Cara of completions")
    return a_person(demonstration, "Cara of completions")


@pytest.fixture(scope="module")
def pat(demonstration: Flask) -> Person:
    an_account(demonstration, "Pat of Leominster", Role.PROVIDER, "H0002")
    return a_person(demonstration, "Pat of Leominster")


def test_the_papers_targets_of_completions_by_december(cara: Person) -> None:
    """Of the 8%, 52.50%, 39.5% and 48% of Appendix C, as of the board's day: in whole people, by hub and month."""
    said = get(cara, f"{NEEDED}/4.0", **JULY, agency="H0002")
    assert "To meet 8% by 31 December 2017 takes 33 of 402. 13 are there already, so 20 more" in said
    assert "Leominster needs 5 more completions by 31 December 2017" in said
    assert "353 people now in treatment could still count" in said
    assert "At risk" in said
    takes = {"4.1": "23 of 43", "4.2": "58 of 145", "4.3": "15 of 30"}
    for code, people in takes.items():
        assert f"takes {people}." in get(cara, f"{NEEDED}/{code}", **JULY)


def test_the_phof_measures_have_their_last_useful_day_six_months_before(cara: Person) -> None:
    before = get(cara, f"{NEEDED}/1.0", **APRIL)
    assert "so the last useful discharge day is 30 June 2017: a later completion does not count in it." in before
    after = get(cara, f"{NEEDED}/1.0", **JULY)
    assert "takes 36 of 442. 21 are there, which is 15 too few." in after
    assert "Cannot now be met" in after
    assert "no completion from now on changes it" in after
    every = get(cara, NEEDED, **JULY)
    assert "PHOF 2.15i opiate (1.0) 15 too few cannot now be met 30 Jun 2017" in every
    assert "Re-presentations: alcohol (5.2) room for 2 returns on course" in every


def test_a_figure_with_a_target_leads_there_and_one_without_does_not(cara: Person) -> None:
    page = cara.client.get("/figures/4.0", query_string=JULY).get_data(as_text=True)
    assert "/completions-needed/4.0?" in page
    for code in ("N.open", "T.exit", "5.0u"):
        assert "/completions-needed/" not in cara.client.get(f"/figures/{code}", query_string=JULY).get_data(
            as_text=True
        )
    assert cara.client.get(f"{NEEDED}/T.exit", query_string=JULY).status_code == 404


def test_a_provider_sees_its_hub_and_the_others_as_one(pat: Person) -> None:
    said = get(pat, f"{NEEDED}/4.0", **JULY)
    assert "Leominster (H0002) 109 4 9 5 97" in said
    assert "Other hubs 293 9 24 15 256" in said
    assert "leave the window" not in said
    assert "H0001" not in said
    few = get(pat, f"{NEEDED}/5.0", **JULY)
    assert "Fewer than 5 people of other agencies" in few
    day = pat.client.get(f"{NEEDED}/4.0", query_string=JULY | {"as_of": "2017-07-30"})
    assert day.status_code == 422


def test_the_report_has_a_section_that_can_be_read_alone(cara: Person) -> None:
    said = get(cara, "/report", **JULY)
    assert "Completions needed" in said
    assert "4.0 Successful completions: opiate: To meet 8% by 31 December 2017 takes 33 of 402." in said
    word = cara.word("/account")
    for kind, start in (("docx", b"PK"), ("pdf", b"%PDF-")):
        made = cara.client.post("/report", query_string=JULY, data={"csrf_token": word, "as": kind})
        assert made.data.startswith(start)


def test_without_a_target_nothing_is_needed(cara: Person) -> None:
    long_before = {"as_of": "2015-06-30", "known_at": "2017-08-15"}
    assert "No target that completions decide was in force" in get(cara, NEEDED, **long_before)
    assert "No target was in force on that day" in get(cara, f"{NEEDED}/4.0", **long_before)


def test_the_monthly_targets_by_hub_that_the_action_plan_asks_for(cara: Person) -> None:
    """From April to December 2017, by caseload; proposed on the plan's first day, agreed by both."""
    every = get(cara, "/contract/hub-targets", **JULY)
    for group in ("opiate (4.0)", "non-opiate (4.1)", "alcohol (4.2)", "alcohol and non-opiate (4.3)"):
        assert re.search(rf"completions: {re.escape(group)} , target [0-9]+ agreed", every)
    assert "April to December 2017" in every
    early = get(cara, "/contract/hub-targets", as_of="2017-07-31", known_at="2017-04-12")
    assert re.search(r"completions: opiate \(4.0\) , target [0-9]+ proposed", early)
