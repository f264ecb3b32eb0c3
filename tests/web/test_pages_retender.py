"""A re-tender on the page: tried, looked at, said; changed meanwhile; seen by the providers; taken back."""

import html
import re
from typing import Any

import pytest
from flask import Flask

from tests.unit.intake.files import row, write
from web.auth.roles import Role

from .browser import Person, a_person, an_account, without_a_server
from .conftest import CommandLine
from .http import asker, assert_problem

FORM = {"passes-0-before": "H0001", "passes-0-code": "N0001", "on": "2017-02-01", "last_day": "", "chosen": ""}

pytestmark = without_a_server


@pytest.fixture
def council(app: Flask, recount: CommandLine) -> CommandLine:
    recount("contract", "H0001", "--from", "2016-01-01", "--received-on", "2017-02-01")
    rows = [row(CLIENT=f"C{n}", SINITIAL=chr(64 + n), MODID=f"M{n}") for n in (1, 2)]
    recount("submit", write(recount.folder, rows), "--received-on", "2017-02-10")
    an_account(app, "Cara")
    return recount


@pytest.fixture
def cara(app: Flask, council: CommandLine) -> Person:
    return a_person(app, "Cara")


def words(body: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body.split("<main", 1)[-1])).split())


def sent(person: Person, status: int = 200, **more: str) -> str:
    """What the page says to a form; the body itself."""
    response = person.post("/retender", page="/retender", **FORM | more)
    assert response.status_code == status, words(response.get_data(as_text=True))
    return str(response.get_data(as_text=True))


def carried(body: str) -> dict[str, str]:
    """What the form takes along from the trial."""
    hidden = dict(re.findall(r'<input type="hidden" name="(tried|seen|episodes)" value="([^"]*)">', body))
    assert hidden["tried"]
    return hidden


def test_tried_looked_at_said_and_taken_back(app: Flask, cara: Person, council: CommandLine) -> None:
    body = sent(cara)
    said = words(body)
    assert "Nothing is stored yet. 2 open episodes would pass on 1 February 2017: H0001 to N0001." in said
    assert "H0001 1 Jan 2016 31 Jan 2017" in said
    assert "N0001 1 Feb 2017 not agreed H0001" in said
    assert "People open on the day (N.open) 2 0 Ended by the transfer, and taken up nowhere yet: 2 people (-2)" in said
    assert "N0001 has sent no file yet." in said
    unticked = sent(cara, 422, **carried(body))
    assert "Tick that it is right." in unticked
    assert "2 open episodes would pass" in words(unticked)
    other = sent(cara, **carried(body) | {"on": "2017-01-31", "confirmed": "yes"})
    assert "would pass on 31 January 2017" in words(other)
    response = cara.post("/retender", page="/retender", **FORM, **carried(body), confirmed="yes")
    assert response.status_code == 303
    one = cara.client.get(response.location)
    assert "The contracts and the handover are stored." in one.get_data(as_text=True)
    number = response.location.partition("/handovers/")[2].partition("?")[0]
    back = f"/handovers/{number}/take-back"
    tried = cara.post(back, page=f"/handovers/{number}")
    said = words(tried.get_data(as_text=True))
    assert "2 episodes of H0001 would be open again" in said
    assert said.index("What taking it back would change") < said.index("What it did to the figures")
    assert "Area EX01" in said
    assert "People open on the day (N.open) 0 2 In treatment on the day, once it is taken back: 2 people (+2)" in said
    missing = cara.post(back, page=f"/handovers/{number}", asked="yes")
    assert (missing.status_code, "Tick that it was a mistake." in missing.get_data(as_text=True)) == (422, True)
    done = cara.post(back, page=f"/handovers/{number}", asked="yes", confirmed="yes")
    assert done.status_code == 303
    assert "taken back" in words(cara.client.get("/handovers").get_data(as_text=True))
    twice = cara.post(back, page=f"/handovers/{number}", asked="yes", confirmed="yes")
    assert twice.status_code == 422


def test_what_was_submitted_meanwhile_is_shown_and_nothing_is_stored(cara: Person, council: CommandLine) -> None:
    before = carried(sent(cara))
    third = [row(CLIENT=f"C{n}", SINITIAL=chr(64 + n), MODID=f"M{n}") for n in (1, 2, 3)]
    council("submit", write(council.folder, third), "--received-on", "2017-02-11")
    body = sent(cara, 409, **before, confirmed="yes")
    said = words(body)
    assert "It was changed meanwhile" in said
    assert "Open episodes that pass 2 3" in said
    assert "Who hands over to whom" in said
    assert 'value="2017-02-01"' in body
    assert council.json("handovers")["handovers"] == []
    assert cara.post("/retender", page="/retender", **FORM, **carried(body), confirmed="yes").status_code == 303


def test_both_versions_of_a_contract_that_was_changed_meanwhile_are_shown(cara: Person, council: CommandLine) -> None:
    table = council.folder / "kpis.csv"
    table.write_text("code,wording\n4.0,Opiates\n")
    terms = ("--name", "Adult service", "--provider", "Wye", "--hub", "H0001,A hub", "--from", "2016-01-01")
    council("schedule", "draft", *terms, "--table", table)
    council("schedule", "agree", 1, "--on", "2016-02-01", "--leave-contracts")
    before = carried(sent(cara))
    table.write_text("code,wording\n4.0,All opiates\n")
    council("schedule", "load", 1, table, "--on", "2017-02-20", "--reason", "Worded anew")
    said = words(body := sent(cara, 409, **before, confirmed="yes"))
    assert "Contract 1: Line 4.0, wording Opiates All opiates" in said
    assert re.search(r"It was changed meanwhile \S+ changed it on \d+ \w+ \d+, after you opened it.", said)
    assert council.json("handovers")["handovers"] == []
    assert cara.post("/retender", page="/retender", **FORM, **carried(body), confirmed="yes").status_code == 303


def test_bad_input_is_said_at_its_field(cara: Person) -> None:
    for more, sentence in (
        ({"passes-0-before": "", "passes-0-code": ""}, "Choose which agency hands over"),
        ({"passes-0-before": ""}, "Handover 1: choose the agency before."),
        ({"passes-0-code": ""}, "Handover 1: choose an agency, or write its code"),
        ({"passes-0-code": "H0001"}, "cannot hand over to itself"),
        ({"on": ""}, "Write the first day of the new contract."),
        ({"on": "2099-01-01"}, "The new contract begins on 1 January 2099, after"),
        ({"chosen": "CLIENT\nC1"}, "The columns of The list must be AGNCY,CLIENT,EPISODID"),
        ({"chosen": "AGNCY,CLIENT,EPISODID\nH0001,C1,1\nH0001,C8,1"}, "under the references of row 2."),
    ):
        body = sent(cara, 422, **more)
        assert sentence in words(body), sentence
        assert "N0001" in body or "passes-0-code" in more


def test_each_provider_sees_its_own_with_the_effect_on_its_own_figures(app: Flask, council: CommandLine) -> None:
    council("retender", "H0001:N0001", "--on", "2017-02-01", "--received-on", "2017-02-20")
    old, new, third = (asker(app, Role.PROVIDER, agency) for agency in ("H0001", "N0001", "H0002"))
    (line,) = old.json("/handovers")["handovers"]
    number = line["number"]
    assert new.json("/handovers")["handovers"] == [line]
    assert third.json("/handovers")["handovers"] == []
    moved: list[dict[str, Any]] = old.json(f"/handovers/{number}")["moved"]
    assert {one["after"]["slice"]["agency"] for one in moved} == {"H0001"}
    assert [(one["before"]["numerator"], one["after"]["numerator"]) for one in moved
            if one["after"]["measure"] == "N.open"] == [(2, 0)]  # fmt: skip
    # The records of the agency before have passed to it, with the contract that continues its service.
    assert {one["after"]["slice"]["agency"] for one in new.json(f"/handovers/{number}")["moved"]} == {"H0001"}
    assert_problem(third.get(f"/handovers/{number}"), 404, "not-found")
    assert_problem(old.post(f"/handovers/{number}/undo", json={}), 403, "right-missing")


def test_over_http(app: Flask, council: CommandLine) -> None:
    commissioner = asker(app, Role.COMMISSIONER)
    body = {"passes": [{"from_agency": "h0001", "to_agency": "n0001"}], "on": "2017-02-01"}
    trial = commissioner.post("/retenders", json=body | {"dry_run": True})
    assert (trial.status_code, trial.get_json()["retendered"]["position"]) == (200, None)
    seen = trial.get_json()["retendered"]["seen"]
    assert_problem(commissioner.post("/retenders", json=body | {"seen": seen - 1}), 409, "changed-meanwhile")
    done = commissioner.post("/retenders", json=body | {"seen": seen})
    assert done.status_code == 201
    number = done.get_json()["passed"][0]["number"]
    tried = commissioner.post(f"/handovers/{number}/undo", json={"dry_run": True})
    assert (tried.status_code, tried.get_json()["taken_back"]["schedules"]) == (200, [])
    assert_problem(commissioner.post("/handovers/1/undo", json={}), 404, "not-found")
    assert commissioner.post(f"/handovers/{number}/undo", json={}).status_code == 201
    assert_problem(commissioner.post(f"/handovers/{number}/undo", json={}), 409, "step-not-now")
