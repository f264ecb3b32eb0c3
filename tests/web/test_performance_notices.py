"""Performance notices: drafted from a red figure, answered, escalated and closed; on pages, over HTTP, by commands."""

import io
import re
from datetime import date
from typing import Any

import pytest
from docx import Document
from flask import Flask

from tests.unit.intake.files import DISCHARGED, row, write
from web.auth.roles import Role

from .browser import Person, a_person, an_account
from .conftest import CommandLine
from .http import Asker, asker, assert_problem

SEEN = {"as_of": "2017-01-31", "known_at": "2017-02-10"}
BODY: dict[str, Any] = SEEN | {
    "measures": ["4.0"],
    "agencies": ["H0001"],
    "reasons": "Below the target for two quarters.",
    "rules": "nhs-general-condition-9",
    "on": "2017-04-06",
}


@pytest.fixture
def filled(recount: CommandLine) -> CommandLine:
    """One agency with a red figure."""
    rows = [row(**DISCHARGED), *(row(CLIENT=f"C{number}", DOB=f"1981-05-{number:02}") for number in range(2, 9))]
    recount("submit", write(recount.folder, rows), "--received-on", "2017-02-10")
    period = ("--from", "2017-01-01", "--to", "2017-12-31", "--agreed-on", "2017-01-02")
    recount("target", "set", "--measure", "4.0", *period, "--level", "50")
    return recount


@pytest.fixture
def people(app: Flask, filled: CommandLine) -> tuple[Person, Person]:
    """The commissioner, and the provider of the only hub."""
    an_account(app, "Cara")
    an_account(app, "Pat", Role.PROVIDER, "H0001")
    return a_person(app, "Cara"), a_person(app, "Pat")


@pytest.fixture
def commissioner(filled: CommandLine, app: Flask) -> Asker:
    return asker(app, Role.COMMISSIONER)


def page(who: Person, path: str, **query: str) -> str:
    response = who.client.get(path, query_string=query)
    assert response.status_code == 200, response.status
    return response.get_data(as_text=True)


def draft(cara: Person, **fields: str) -> Any:
    sent = {"measures": "4.0", "agencies": "H0001", "reasons": "Below target.", "rules": "council-charity"} | fields
    path = "/performance-notices/new"
    data = {"csrf_token": cara.word("/account")} | sent
    return cara.client.post(path, query_string=SEEN | {"measure": "4.0"}, data=data)


def take(who: Person, slug: str, **fields: str) -> Any:
    path = f"/performance-notices/1/{slug}"
    return who.client.post(path, data={"csrf_token": who.word("/account")} | fields)


def test_from_a_red_figure_through_a_rejected_plan_to_closure(people: tuple[Person, Person]) -> None:
    cara, pat = people
    assert "No figure is in question." in page(cara, "/performance-notices")
    assert "Give notice" in page(cara, "/figures/4.0", **SEEN)
    assert "Give notice" not in page(pat, "/figures/4.0", **SEEN)
    form = page(cara, "/performance-notices/new", **SEEN)
    assert "(unconfirmed)" in form
    assert form.index("Figures in question") < form.index("To which agencies") < form.index("Why they are in question")
    assert "performance-notices/new?" in page(cara, "/", **SEEN)
    assert "performance-notices/new?" not in page(pat, "/", **SEEN)
    assert re.search(r'value="4\.0"[^>]* checked', form), [line for line in form.splitlines() if "checkbox" in line][
        :12
    ]
    assert draft(cara, reasons="").status_code == 422
    assert draft(cara).status_code == 303
    # A draft is its writer's alone: for the provider there is none.
    assert pat.client.get("/performance-notices/1").status_code == 404
    assert "No figure is in question." in page(pat, "/performance-notices")

    assert take(cara, "issue", seen="1").status_code == 303
    shown = page(pat, "/performance-notices/1")
    assert "Remedial plan, or rejection with reasons" in shown
    assert "15 working days after “Issued”" in shown
    assert "Unconfirmed: not checked against the contract." in shown
    assert "Propose a remedial plan" in shown
    assert "Accept the plan" not in shown
    assert "Performance notice 1 (issued)" in page(pat, "/figures/4.0", **SEEN)

    assert take(pat, "plan", seen="2", words="").status_code == 422
    assert take(pat, "plan", seen="2", words="Weekly reviews.", action_plan="3").status_code == 303
    assert take(cara, "reject-plan", seen="3", words="No day by which it is done.").status_code == 303
    assert "Another remedial plan" in page(pat, "/performance-notices/1")
    assert take(pat, "plan", seen="4", words="Weekly reviews until October.").status_code == 303
    assert take(cara, "accept-plan", seen="5").status_code == 303
    assert take(cara, "escalate", seen="6", words="Concerns go on.").status_code == 303
    meeting = {"words": "Reassurance was given.", "attendees": "Director of Public Health, chief executive"}
    assert take(cara, "meeting", seen="7", **meeting).status_code == 303
    assert take(cara, "close", seen="8", words="The target was met.").status_code == 303
    shown = page(pat, "/performance-notices/1")
    for words in ("The target was met.", "Action plan 3", "Reassurance was given.", "Closed", "level 2"):
        assert words in shown
    assert "What you can do" not in shown
    assert "What is due of whom" in page(pat, "/performance-notices") or "closed" in page(pat, "/performance-notices")


def test_a_step_that_is_not_yours_and_a_version_that_is_not_the_newest(people: tuple[Person, Person]) -> None:
    cara, pat = people
    draft(cara)
    take(cara, "issue", seen="1")
    assert "A provider cannot close a performance notice." in take(pat, "close", words="x").get_data(as_text=True)
    assert take(cara, "meeting", seen="2", words="Agreed.", attendees="Both leads").status_code == 303
    conflict = take(pat, "plan", seen="2", words="Weekly reviews.")
    assert conflict.status_code == 409
    text = conflict.get_data(as_text=True)
    assert "It was changed meanwhile" in text
    assert "Weekly reviews." in text
    assert 'name="seen" value="3"' in text


def test_a_draft_is_written_anew_or_given_up(people: tuple[Person, Person]) -> None:
    cara, pat = people
    draft(cara)
    path = "/performance-notices/1/edit"
    assert "Below target." in page(cara, path)
    sent = {"agencies": "H0001", "reasons": "Far below target.", "rules": "nhs-general-condition-9", "seen": "1"}
    assert cara.post(path, path, **sent).status_code == 303
    assert "Contract query 1" in page(cara, "/performance-notices/1")
    stale = cara.post(path, path, **sent)
    assert stale.status_code == 409
    assert "As you wrote it" in stale.get_data(as_text=True)
    assert take(cara, "discard", seen="2").status_code == 303
    assert pat.client.get("/performance-notices/1").status_code == 404
    assert "discarded" in page(cara, "/performance-notices")


def test_a_dispute_over_the_same_figure_shows_on_both(people: tuple[Person, Person], filled: CommandLine) -> None:
    cara, pat = people
    draft(cara)
    take(cara, "issue", seen="1")
    claim = ("--numerator", 2, "--denominator", 8, "--reason", "One is missing", "--party", "H0001")
    filled("dispute", "open", "--measure", "4.0", "--as-of", "2017-01-31", *claim)
    filled("dispute", "open", "--measure", "4.0", "--as-of", "2017-01-31", "--known-at", "2017-02-09", *claim)
    shown = page(pat, "/performance-notices/1")
    assert "Dispute 1 (open), from the same standpoint" in shown
    assert "Dispute 2 (open), as known on 9 February 2017" in shown
    assert "Performance notice 1 (issued, from the same standpoint)" in page(cara, "/disputes/1")
    figure = page(cara, "/figures/4.0", **SEEN)
    assert "Dispute 1" in figure
    assert "Performance notice 1" in figure
    assert "Dispute 1" not in page(cara, "/figures/4.1", **SEEN)


def test_the_notice_as_a_document(people: tuple[Person, Person]) -> None:
    cara, _ = people
    draft(cara)
    take(cara, "issue", seen="1")
    answer = cara.client.get("/performance-notices/1/document")
    paper = Document(io.BytesIO(answer.data))
    words = "\n".join(one.text for one in paper.paragraphs)
    cells = [cell.text for table in paper.tables for line in table.rows for cell in line.cells]
    assert "Performance notice 1" in words
    assert "Reasons: Below target." in words
    assert any("15 working days after “Issued”" in cell for cell in cells)
    assert any("1 of 8, 12.5%" in cell for cell in cells)


# ---- over HTTP


def step(who: Asker, name: str, on: str, **said: Any) -> Any:
    response = who.post("/performance-notices/1/steps", json={"step": name, "on": on} | said)
    assert response.status_code == 201, response.get_data(as_text=True)
    return response.get_json()


def test_days_are_counted_over_easter_and_each_names_its_rule(commissioner: Asker, app: Flask) -> None:
    provider = asker(app, Role.PROVIDER, "H0001")
    assert commissioner.post("/performance-notices", json=BODY).status_code == 201
    # Given on Good Friday, it counts from Tuesday after Easter.
    issued = step(commissioner, "issue", "2017-04-14")
    due = {one["code"]: one for one in issued["due"]}
    assert due["meeting"]["counted_from"] == "2017-04-18"
    assert due["meeting"]["due"] == "2017-05-03"  # over the bank holiday on 1 May
    assert due["meeting"]["of"] == "both"
    assert due["response"]["unconfirmed"]
    met = step(provider, "meet about", "2017-04-28", words="A plan is to come.", attendees="Contract leads of both")
    due = {one["code"]: one for one in met["due"]}
    assert (due["meeting"]["met_on"], due["plan"]["due"]) == ("2017-04-28", "2017-05-08")
    step(provider, "propose a plan for", "2017-05-05", words="Weekly reviews.")
    step(commissioner, "accept the plan of", "2017-05-09")
    missed = step(commissioner, "report an exception to", "2017-06-30", words="No review was held.")
    assert missed["state"] == "exception reported"
    held = step(commissioner, "withhold for", "2017-07-03", words="As agreed.", percentage="2%", since="2017-07-01")
    assert held["withholdings"] == [{"percentage": "2", "since": "2017-07-01", "last_day": None}]
    refused = commissioner.post("/performance-notices/1/steps", json={"step": "close", "words": "Done."})
    assert_problem(refused, 422, "notice-still-withheld")
    step(commissioner, "end the withholding of", "2017-08-01", words="Reviews are held.", last_day="2017-07-31")
    closed = step(commissioner, "close", "2017-08-01", words="Settled.")
    assert [one for one in closed["due"] if one["days_left"] is not None] == []
    assert closed["withholdings"][0]["last_day"] == "2017-07-31"
    assert closed["figures"][0]["numerator"] == 1


def test_the_draft_of_a_notice_is_not_read_by_naming_its_version(people: tuple[Person, Person]) -> None:
    cara, pat = people
    draft(cara, reasons="Written in anger.")
    edited = {"agencies": "H0001", "reasons": "Below target.", "rules": "council-charity", "seen": "1"}
    sent = {"csrf_token": cara.word("/account")} | edited
    assert cara.client.post("/performance-notices/1/edit", data=sent).status_code == 303
    assert take(cara, "issue", seen="2").status_code == 303
    answer = take(pat, "plan", seen="1", words="Weekly reviews.")
    assert answer.status_code == 409
    assert "anger" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reasons": " "}, "text-missing"),
        ({"response_due": "2017-04-06"}, "notice-response-due"),
        ({"response_due": "9999-12-31"}, "unprocessable-entity"),
        ({"on": "2099-01-01"}, "said-in-future"),
        ({"on": "1917-04-06"}, "said-too-early"),
        ({"agencies": ["H0001", "H0007"]}, "agency-unknown"),
        ({"as_of": "1999-01-31"}, "notice-figures"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_stored(
    commissioner: Asker, change: dict[str, Any], code: str
) -> None:
    response = commissioner.post("/performance-notices", json=BODY | change)
    assert response.status_code in {409, 422}
    assert response.get_json()["code"] == code
    assert commissioner.json("/performance-notices")["notices"] == []


def test_percentages_levels_and_days_that_do_not_fit(commissioner: Asker) -> None:
    commissioner.post("/performance-notices", json=BODY)
    step(commissioner, "issue", "2017-04-10")

    def refused(name: str, **said: Any) -> str:
        sent = {"step": name, "on": "2017-04-11", "words": "So it is."} | said
        answer = commissioner.post("/performance-notices/1/steps", json=sent)
        assert answer.status_code in {409, 422}
        code: str = answer.get_json()["code"]
        return code

    for percentage in ("0", "-2", "101", "NaN", "two", ""):
        assert refused("withhold for", percentage=percentage) == "notice-percentage"
    assert refused("end the withholding of") == "notice-withholding"
    assert refused("meet about", attendees=" ") == "text-missing"
    assert refused("meet about", attendees="Both leads", on="2017-04-09") == "said-out-of-order"
    assert refused("propose a plan for") == "step-not-yours"
    assert refused("accept the plan of") == "step-not-now"
    for _ in range(2):
        step(commissioner, "escalate", "2017-04-11", words="It goes on.")
    assert refused("escalate") == "notice-no-level"


def test_a_provider_never_learns_of_anothers(commissioner: Asker, app: Flask) -> None:
    other = asker(app, Role.PROVIDER, "H0002")
    commissioner.post("/performance-notices", json=BODY)
    step(commissioner, "issue", "2017-04-10")
    assert other.json("/performance-notices")["notices"] == []
    assert_problem(other.get("/performance-notices/1"), 404, "not-found")
    assert_problem(
        other.post("/performance-notices/1/steps", json={"step": "reject", "words": "No."}), 404, "not-found"
    )
    assert_problem(other.get("/performance-notices/2"), 404, "not-found")
    auditor = asker(app, Role.AUDITOR)
    assert auditor.json("/performance-notices/1")["state"] == "issued"
    assert asker(app, Role.PUBLIC).get("/performance-notices/1").status_code == 403


def test_who_took_a_caseload_over_reads_no_notice_of_before(filled: CommandLine, app: Flask) -> None:
    filled("contract", "H0001", "--from", "2016-01-01", "--to", "2017-03-31", "--received-on", "2017-02-11")
    filled("contract", "H0002", "--from", "2017-04-01", "--received-on", "2017-02-11", "--succeeds", "H0001")
    commissioner = asker(app, Role.COMMISSIONER)
    commissioner.post("/performance-notices", json=BODY)
    step(commissioner, "issue", "2017-04-10")
    assert asker(app, Role.PROVIDER, "H0002").json("/performance-notices")["notices"] == []
    assert len(asker(app, Role.PROVIDER, "H0001").json("/performance-notices")["notices"]) == 1


def test_rule_sets_over_http(commissioner: Asker) -> None:
    its = commissioner.json("/performance-notices/rule-sets")["rule_sets"]
    assert {one["code"] for one in its} == {"council-charity", "nhs-general-condition-9"}


# ---- by commands


def test_by_commands(filled: CommandLine) -> None:
    where = ("--measure", "4.0", "--as-of", "2017-01-31", "--to", "H0001", "--on", "2017-04-06")
    said = ("--reasons", "Below the target.", "--rules", "council-charity")
    assert filled.json("notice", "draft", *where, *said)["state"] == "draft"
    again = ("--to", "H0001", "--on", "2017-04-06", "--reasons", "Far below.", "--rules", "council-charity")
    assert filled.json("notice", "edit", 1, *again, "--seen", 1)["reasons"] == "Far below."
    filled("notice", "step", 1, "issue", "--on", "2017-04-10")
    filled("notice", "step", 1, "reject", "--words", "Wrong files.", "--for", "H0001", "--on", "2017-04-20")
    upheld = filled.json("notice", "step", 1, "uphold", "--words", "They are right.", "--on", "2017-04-21")
    assert upheld["state"] == "upheld"
    shown = filled("notice", "show", 1).stdout
    assert "Wrong files." in shown
    assert "overdue by" in shown
    assert "upheld" in filled("notice", "list").stdout
    assert "(unconfirmed)" in filled("notice", "rules").stdout
    due = [one for one in upheld["due"] if one["days_left"] is not None]
    assert [(one["code"], one["due"]) for one in due] == [("answer-upheld", str(date(2017, 5, 8)))]
