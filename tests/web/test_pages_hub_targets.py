"""Targets of hubs and months as pages: proposed in a grid, agreed by one press, and never written over unseen."""

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.unit.intake.files import DISCHARGED, row, write
from web.auth.roles import Role

from .browser import Person, a_person, an_account
from .conftest import CommandLine
from .test_pages_scorecard import read

SEEN = {"as_of": "2017-01-31", "known_at": "2017-02-10"}
ONE = "/contract/hub-targets/1"


@pytest.fixture
def people(app: Flask, recount: CommandLine) -> tuple[Person, Person]:
    """The commissioner, and the provider of the only hub."""
    rows = [row(**DISCHARGED), *(row(CLIENT=f"C{number}", DOB=f"1981-05-{number:02}") for number in range(2, 9))]
    recount("submit", write(recount.folder, rows), "--received-on", "2017-02-10")
    period = ("--from", "2017-01-01", "--to", "2017-12-31", "--agreed-on", "2017-01-02")
    recount("target", "set", "--measure", "4.0", *period, "--level", "50")
    an_account(app, "Cara")
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    return a_person(app, "Cara"), a_person(app, "Pat")


def got(person: Person, path: str, **query: str) -> str:
    return read(person.client.get(path, query_string=SEEN | query))


def post(person: Person, path: str, **fields: Any) -> TestResponse:
    return person.client.post(path, query_string=SEEN, data={"csrf_token": person.word("/account")} | fields)


def grid(person: Person, **query: str) -> dict[str, str]:
    """The form as the page has it."""
    page = person.client.get(f"{ONE}/propose", query_string=SEEN | query).get_data(as_text=True)
    fields = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)
    wanted = {"seen", "rule", "whole", "first_month", "shape"}
    return {name: value for name, value in fields if name in wanted or re.fullmatch(r"n\d+-\d+", name)}


def test_from_the_grid_to_what_both_agreed(people: tuple[Person, Person]) -> None:
    cara, pat = people
    assert "Nothing was proposed yet" in got(cara, ONE)
    form = grid(cara, rule="equal")
    assert form["shape"] == "11 H0001"
    assert sum(int(value) for name, value in form.items() if name.startswith("n")) == int(form["whole"])
    assert post(cara, f"{ONE}/propose", **form).status_code == 303
    said = got(cara, ONE)
    assert "Waiting for the provider of H0001" in said
    assert "Agree to these numbers" not in said
    assert "Agree to these numbers" in got(pat, ONE)
    assert post(pat, f"{ONE}/agree", seen="1").status_code == 303
    said = got(pat, ONE)
    assert "Agreed by both" in said
    assert "equal" in said
    assert "agreed" in got(cara, "/contract/hub-targets")


def test_numbers_that_were_changed_are_typed_in_and_have_to_add_up(people: tuple[Person, Person]) -> None:
    cara, _ = people
    form = grid(cara, rule="equal", whole="4")
    refused = post(cara, f"{ONE}/propose", **form | {"n0-0": "9"})
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert "too many" in page
    assert 'value="9"' in page
    assert "Work out the numbers" in page
    other = form | {f"n0-{nth}": "0" for nth in range(11)} | {"n0-0": "4"}
    assert post(cara, f"{ONE}/propose", **other).status_code == 303
    assert "typed in" in got(cara, ONE)


def test_who_writes_over_a_newer_version_sees_both_and_keeps_what_they_wrote(people: tuple[Person, Person]) -> None:
    cara, pat = people
    mine = grid(cara, rule="equal", whole="4")
    theirs = grid(pat, rule="equal", whole="3")
    assert post(pat, f"{ONE}/propose", **theirs).status_code == 303
    conflict = post(cara, f"{ONE}/propose", **mine)
    assert conflict.status_code == 409
    page = conflict.get_data(as_text=True)
    assert "It was changed meanwhile" in page
    assert "Pat changed it on" in page
    assert ": 4 in all" in page
    assert ": 3 in all" in page
    again = dict(re.findall(r'name="(seen)" value="(\d+)"', page))
    assert post(cara, f"{ONE}/propose", **mine | again).status_code == 303
    stale = post(pat, f"{ONE}/agree", seen="1")
    assert stale.status_code == 409
    assert "It was changed meanwhile" in stale.get_data(as_text=True)


def test_what_was_agreed_can_be_read_on_once_the_target_is_withdrawn(
    people: tuple[Person, Person], recount: CommandLine
) -> None:
    cara, _ = people
    post(cara, f"{ONE}/propose", **grid(cara, rule="equal", whole="4"))
    recount("target", "withdraw", 1, "--reason", "Set anew")
    for person in people:
        said = got(person, ONE)
        assert "so these numbers count no more" in said
        assert "Agree to these numbers" not in said
    assert "target withdrawn" in got(cara, "/contract/hub-targets")
    assert recount.json("hub-targets", "list", "--as-of", "2017-01-31")["hub_targets"] == []


def test_a_proposal_is_taken_back_and_an_agreement_ended_by_the_commissioner(people: tuple[Person, Person]) -> None:
    cara, pat = people
    post(cara, f"{ONE}/propose", **grid(cara))
    assert post(pat, f"{ONE}/withdraw", seen="1").status_code == 422
    assert post(pat, f"{ONE}/agree", seen="1").status_code == 303
    assert "Withdraw" not in got(pat, ONE).split("What was said")[0].split("Propose other")[1]
    refused = post(pat, f"{ONE}/withdraw", seen="2", reason="No.")
    assert refused.status_code == 422
    assert post(cara, f"{ONE}/withdraw", seen="2", reason="A new service.").status_code == 303
    assert "was withdrawn" in got(cara, ONE)


def test_as_known_on_an_earlier_day_nothing_is_said_and_no_step_is_offered(
    people: tuple[Person, Person], recount: CommandLine
) -> None:
    cara, _ = people
    post(cara, f"{ONE}/propose", **grid(cara))
    said = read(cara.client.get(ONE, query_string={"as_of": "2017-01-31", "known_at": "2017-02-09"}))
    assert "You see what had been agreed by 9 February 2017." in said
    assert "Propose" not in said.replace("Proposed", "")
