"""Returns are reviewed: due from when known, written, corrected, taken away; by page, API and command line."""

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask

from domain.improvement.return_reviews import ReturnRule, RuleSet
from tests.unit.intake.files import row, write
from web.auth.roles import Role
from web.pages.improvement import return_reviews as pages
from web.settings import STOP_LIST

from .browser import Person, a_person, an_account, without_chance
from .conftest import CommandLine
from .http import asker

JANUARY, MARCH, APRIL = (
    {"first": f"2017{month}01", "last": f"2017{month}{last}"}
    for month, last in (("01", "31"), ("03", "31"), ("04", "30"))
)
COMPLETED = {"DISD": "2017-01-25", "DISRSN": "80", "MODEND": "2017-01-25"}
BACK = {
    "AGNCY": "H0002",
    "CLIENT": "D9",
    "REFLD": "2017-03-01",
    "TRIAGED": "2017-03-02",
    "MODST": "2017-03-03",
}


@pytest.fixture
def returned(recount: CommandLine) -> CommandLine:
    """One client of H0001 completed and came back to H0002, which was known on 12 April."""
    recount(
        "submit",
        write(recount.folder, [row(**COMPLETED), row(CLIENT="C2", DOB="1981-02-02")], **JANUARY),
        "--received-on",
        "2017-02-10",
    )
    recount("submit", write(recount.folder, [row(**BACK)], agency="H0002", **MARCH), "--received-on", "2017-04-12")
    return recount


def test_days_are_counted_from_the_return_or_from_when_it_was_known() -> None:
    assert ReturnRule(28).due(date(2017, 3, 2)) == date(2017, 3, 30)
    # Good Friday and Easter Monday are no working days.
    assert ReturnRule(5, working=True).due(date(2017, 4, 12)) == date(2017, 4, 21)
    later = ReturnRule(10, first_day=date(2017, 5, 1))
    rules = RuleSet({"H0001": [ReturnRule(20, first_day=date(2017, 4, 1)), later]})
    assert rules.rule("H0001", date(2017, 3, 31)) is None
    assert rules.rule("H0001", date(2017, 5, 1)) == later
    assert rules.rule("H0002", date(2017, 1, 1)) == ReturnRule()


def test_a_return_is_due_from_when_it_was_known_and_is_reviewed_in_time(returned: CommandLine) -> None:
    [line] = returned.json("return-review", "list", "--as-of", "2017-06-30")["reviews"]
    assert (line["agency"], line["returned_on"], line["known_on"]) == ("H0001", "2017-03-02", "2017-04-12")
    assert (line["due"], line["state"]) == ("2017-05-10", "overdue")
    said = ("--finding", "no-aftercare", "--lesson", "Aftercare is booked before the exit.", "--on", "2017-05-10")
    written = returned.json("return-review", "write", line["episode"], *said, "--for", "H0001")
    assert (written["review"]["state"], written["review"]["in_time"]) == ("done", True)
    returned("return-review", "write", line["episode"], *said, code=1)
    told = returned.json("subject-access", "--case", "SAR 1", "--by-reference", typed="H0001\nC1\n\n")
    [reviewed] = told["subject_access"]["written"]["reviewed"]
    assert (reviewed["review"], reviewed["findings"], reviewed["on"]) == (1, ["no-aftercare"], "2017-05-10")

    share = returned.json("return-review", "list", "--as-of", "2017-06-30")["shares"][0]
    assert (share["numerator"], share["denominator"], share["percentage"]) == (1, 1, 100.0)
    # Before the review was due nothing counts; as known before the second file there was no return.
    assert returned.json("return-review", "list", "--as-of", "2017-05-09")["shares"][0]["denominator"] == 0
    known = ("--as-of", "2017-06-30", "--known-at", "2017-04-11")
    assert returned.json("return-review", "list", *known)["shares"][0]["denominator"] == 0

    # A correction says that it was no completion: the review is no longer due, and what was written stays.
    corrected = [row(**COMPLETED | {"DISRSN": "85"}), row(CLIENT="C2", DOB="1981-02-02")]
    returned("submit", write(returned.folder, corrected, **APRIL), "--received-on", "2017-05-20")
    found = returned.json("return-review", "list", "--as-of", "2017-06-30")
    [line] = found["reviews"]
    assert (line["state"], line["lesson"]) == ("no longer due", "Aftercare is booked before the exit.")
    assert found["shares"][0]["denominator"] == 0
    assert found["findings"] == [{"month": "2017-05-01", "agency": "H0001", "finding": "no-aftercare", "count": 1}]

    # As known before the correction it counted.
    before = ("--as-of", "2017-06-30", "--known-at", "2017-05-19")
    assert returned.json("return-review", "list", *before)["shares"][0]["denominator"] == 1


def test_an_erased_client_is_no_more_told(returned: CommandLine) -> None:
    [line] = returned.json("return-review", "list")["reviews"]
    said = ("--finding", "cannot-tell", "--lesson", "Nothing to learn of (c1).", "--on", "2017-05-10")
    returned("return-review", "write", line["episode"], *said)
    erase = ("erase", "H0001", "C1", "--reason", "request")
    returned.settings[STOP_LIST] = str(returned.folder / "stop-list")
    # Whoever erases sees, before and after it, where texts name the client.
    trial = returned.json(*erase, "--dry-run")["erasure"]["mentions"]
    assert {(one["field"], one["structured"]) for one in trial} == {("lesson", False), ("episode", True)}
    assert "Nothing to learn of (c1)." in {one["excerpt"] for one in trial}
    assert "2 places name a reference of theirs" in returned(*erase, "--dry-run").stdout
    assert returned.json(*erase)["erasure"]["mentions"] == trial
    returned("verify")
    [line] = returned.json("return-review", "list")["reviews"]
    assert line["state"] == "erased client"
    assert (line["client_reference"], line["completed_on"], line["returned_on"]) == (None, None, None)
    assert "erased client" in returned("return-review", "show", line["episode"]).stdout


def test_a_rule_says_which_returns_and_by_when(returned: CommandLine) -> None:
    returned("return-review", "rule", "H0001", "--days", "10", "--working", "--first-day", "2017-04-01")
    [line] = returned.json("return-review", "list")["reviews"]
    assert line["due"] == "2017-04-28"
    returned("return-review", "rule", "H0001", "--days", "10", "--first-day", "2017-04-01", "--months", "1")
    assert returned.json("return-review", "list")["reviews"] == []


@pytest.fixture
def people(app: Flask, returned: CommandLine) -> dict[str, Person]:
    an_account(app, "Cara")
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    an_account(app, "Quin", Role.PROVIDER, "H0002")
    return {name: a_person(app, name) for name in ("Cara", "Pat", "Quin")}


def page(who: Person, path: str = "/return-reviews") -> str:
    response = who.client.get(path)
    assert response.status_code == 200, response.status
    return without_chance(response.get_data(as_text=True))


def send(who: Person, path: str, **fields: Any) -> Any:
    return who.client.post(path, data={"csrf_token": who.word("/account")} | fields)


def test_the_provider_that_the_client_left_reviews_and_the_others_see_what_they_may(people: dict[str, Person]) -> None:
    pat, cara, quin = people["Pat"], people["Cara"], people["Quin"]
    own = page(pat)
    match = re.search(r'href="(/return-reviews/[0-9a-f-]{36})"', own)
    assert match
    path = match[1]
    assert "H0001: C1" in own
    # Where and when the client came back is another agency's record.
    assert "To another agency" in own
    assert "2 Mar 2017" not in own
    assert "D9" not in own
    assert "Nobody is known to have come back" in page(quin)
    assert quin.client.get(path).status_code == 404
    counts = page(cara)
    assert "1 review is overdue" in counts
    assert "C1" not in counts
    assert "why you need to look" in page(cara, path).lower() or "Reason" in page(cara, path)

    assert send(pat, path, findings="no-aftercare", lesson="").status_code == 422
    kept = send(pat, path, lesson="Written without a finding.").get_data(as_text=True)
    assert "Written without a finding." in kept
    assert "Choose what was found." in kept
    assert send(pat, path, findings="no-aftercare", lesson="Book aftercare first.").status_code == 303
    assert "Book aftercare first." in page(pat)
    assert "Done late" in page(pat)
    assert "Book aftercare first." not in page(cara)
    # What refers to a review by its number leads to its return, of whoever may read it.
    assert pat.client.get("/return-reviews/number/1").headers["Location"] == path
    assert quin.client.get("/return-reviews/number/1").status_code == 404
    assert pat.client.get("/return-reviews/number/2").status_code == 404
    # Two who correct the same version: the second sees both.
    assert send(pat, path, findings="no-aftercare", lesson="Book it earlier.", seen="1").status_code == 303
    conflict = send(pat, path, findings="no-exit-plan", lesson="Mine.", seen="1")
    assert conflict.status_code == 409
    assert "Book it earlier." in conflict.get_data(as_text=True)
    assert "Mine." in conflict.get_data(as_text=True)
    assert send(pat, f"{path}/withdraw", reason="Of the wrong return", seen="2").status_code == 303
    assert "1 review is overdue" in page(pat)
    assert pages.LIST == "return-reviews.reviews"


def test_the_rule_is_set_on_a_page_by_the_commissioner(people: dict[str, Person]) -> None:
    path = "/return-reviews/rule"
    assert people["Pat"].client.get(path).status_code == 403
    assert send(people["Cara"], path, agency="H0001", days="0", months="6").status_code == 422
    fields = {"agency": "H0001", "days": "20", "working": "yes", "months": "6", "first_day": ""}
    assert send(people["Cara"], path, **fields).status_code == 303
    assert "20 working days after the return" in page(people["Cara"])


def test_programs_write_and_correct(returned: CommandLine, app: Flask) -> None:
    provider = asker(app, Role.PROVIDER, "H0001")
    [line] = provider.json("/return-reviews")["reviews"]
    assert (line["returned_on"], line["returned_to"]) == (None, None)
    path = f"/return-reviews/{line['episode']}"
    body = {"findings": ["life-event"], "lesson": "Ask about housing."}
    assert provider.post(path, json=body).status_code == 201
    assert provider.post(f"{path}/correct", json=body | {"seen": 2}).status_code == 409
    assert provider.post(f"{path}/correct", json=body | {"lesson": "Ask earlier.", "seen": 1}).status_code == 200
    assert provider.json(path)["review"]["lesson"] == "Ask earlier."
    commissioner = asker(app, Role.COMMISSIONER)
    assert commissioner.json("/return-reviews")["reviews"] is None
    assert commissioner.get(path).status_code == 403
    assert commissioner.get(path, {"Recount-Reason": "The yearly look"}).status_code == 200
    assert asker(app, Role.PROVIDER, "H0002").get(path).status_code == 404
    assert provider.post(f"{path}/withdraw", json={"reason": "Wrong return"}).status_code == 200
    rule = {"agency": "H0001", "days": 14}
    assert provider.post("/return-reviews/rules", json=rule).status_code == 403
    assert commissioner.post("/return-reviews/rules", json=rule).get_json()["rules"][0]["days"] == 14
