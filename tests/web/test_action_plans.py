"""Action plans as people use them: on pages, by both parties."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from domain.contract_life.transitions import PROVIDER
from domain.errors import Refused
from domain.improvement.plan_terms import PlanTerms, Strand
from domain.improvement.written import OpenedFrom
from web.auth.roles import Role
from web.commands.improvement.action_plans import draft_plan
from web.commands.improvement.author import Author
from web.services import OPERATOR

from .conftest import CommandLine
from .http import Asker, asker
from .test_pages_scorecard import read

NEW = {
    "title": "Completions",
    "first_day": "2017-04-10",
    "last_day": "2017-07-10",
    "agencies": "H0001",
    "phone": "14",
    "formal": "1",
    "strand_title": "Successful completions",
    "strand_priority": "High",
    "strand_background": "It fell.",
    "kpis": "4.0, 4.1",
}
FORM = {"form": "service-improvement"}
ACTION = {"text": "Audit 60 files", "owner": "Team lead", "due": "2017-06-06", "output": "60 files", "seen": "1"}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One database is enough for pages."""
    return f"sqlite:///{tmp_path / 'recount.db'}"


@pytest.fixture
def council(app: Flask, recount: Any) -> Asker:
    for agency in ("H0001", "H0002"):
        recount("contract", agency, "--from", "2015-12-01", "--received-on", "2016-01-01")
    return asker(app, Role.COMMISSIONER)


@pytest.fixture
def hub(app: Flask, council: Asker) -> Asker:
    return asker(app, Role.PROVIDER, "H0001")


def get(who: Asker, path: str, status: int = 200, **asked: Any) -> str:
    """The words of a page."""
    response = who.client.get(path, query_string=asked, headers=who._headers(None))
    assert response.status_code == status, response.get_data(as_text=True)
    return read(response)


def post(who: Asker, path: str, asked: dict[str, Any] | None = None, status: int = 303, **fields: Any) -> TestResponse:
    """Send a form of a page."""
    response = who.client.post(path, query_string=asked, data=fields, headers=who._headers(None))
    assert response.status_code == status, read(response)
    return response


def running(council: Asker, hub: Asker) -> None:
    """A plan that the hub wrote and the council agreed, of one action: its newest version is 4."""
    post(hub, "/action-plans/new", FORM, **NEW)
    post(hub, "/action-plans/1/steps/add-action", {"strand": 1}, **ACTION)
    post(hub, "/action-plans/1/steps/propose", seen="2")
    post(council, "/action-plans/1/steps/agree", seen="3")


def test_a_plan_is_drafted_shared_worked_on_and_signed_off(app: Flask, council: Asker, hub: Asker) -> None:
    assert "No open plans" in get(council, "/action-plans")
    assert "Title of the first strand" in get(hub, "/action-plans/new", **FORM)
    post(hub, "/action-plans/new", FORM, **NEW)
    assert "No open plans" in get(council, "/action-plans")
    get(council, "/action-plans/1", 404)
    assert "Background It fell." in get(hub, "/action-plans/1")
    assert "What is done" in get(hub, "/action-plans/1/steps/add-action", strand=1)
    post(hub, "/action-plans/1/steps/add-action", {"strand": 1}, **ACTION)
    post(hub, "/action-plans/1/steps/propose", seen="2")
    get(asker(app, Role.PROVIDER, "H0002"), "/action-plans/1", 404)
    page = get(council, "/action-plans/1")
    assert "proposed by the provider" in page
    assert "Agree to it" in page
    post(council, "/action-plans/1/steps/agree", seen="3")
    page = get(council, "/action-plans/1")
    for said in ("overdue", "Timed: its due day is in the past.", "phone review on 24 April 2017 (overdue)"):
        assert said in page
    assert "2 reviews are overdue" in get(council, "/action-plans/reviews")
    until = {"until": "2017-10-10", "reason": "Concerns go on", "seen": "4"}
    post(council, "/action-plans/1/steps/extend-action", {"action": 1}, **until)
    assert "Extended to 10 October 2017, from 6 June 2017" in get(hub, "/action-plans/1")
    held = {"kind": "phone", "day": "2017-04-24", "words": "On course.", "attendees": "Service manager"}
    assert "Action 1: Audit 60 files" in get(hub, "/action-plans/1/review")
    post(hub, "/action-plans/1/review", **held, progress_1="20 read", seen="5")
    page = get(council, "/action-plans/1")
    assert "Action 1: 20 read" in page
    assert "phone review on 8 May 2017" in page
    post(hub, "/action-plans/1/steps/finish-action", {"action": 1}, day="2017-06-06", words="", seen="6")
    signed = {"name": "Contracts officer", "day": "2017-07-11", "seen": "7"}
    post(council, "/action-plans/1/steps/sign-off", {"strand": 1}, **signed)
    assert "Signed off as completed by Contracts officer on 11 July 2017." in get(hub, "/action-plans/1")
    post(council, "/action-plans/1/steps/close", words="", seen="8")
    assert "Plans that are over" in get(hub, "/action-plans")


def test_what_is_wrong_is_said_and_what_was_entered_stays(council: Asker, hub: Asker) -> None:
    page = read(post(hub, "/action-plans/new", FORM, status=422, **NEW | {"kpis": "9.9"}))
    assert "There is no KPI '9.9'." in page
    assert "It fell." in page
    assert "Give the plan a title." in read(post(hub, "/action-plans/new", FORM, status=422, **NEW | {"title": ""}))
    running(council, hub)
    page = read(post(council, "/action-plans/1/steps/withdraw", status=409, reason="Enough", seen="3"))
    assert "It was changed meanwhile" in page
    assert "Enough" in page
    signed = {"name": "Officer", "day": "2017-07-11", "seen": "4"}
    page = read(post(council, "/action-plans/1/steps/sign-off", {"strand": 1}, status=422, **signed))
    assert "Still open: action 1." in page


def test_a_provider_agrees_to_nothing_of_its_own_and_signs_nothing_off(council: Asker, hub: Asker) -> None:
    post(hub, "/action-plans/new", FORM, **NEW)
    post(hub, "/action-plans/1/steps/propose", seen="1")
    get(hub, "/action-plans/1/steps/agree", 403)
    post(hub, "/action-plans/1/steps/agree", status=422, seen="2")
    post(council, "/action-plans/1/steps/send-back", reason="Who does it?", seen="2")
    assert "sent back to the provider" in get(hub, "/action-plans/1")
    strand = {"strand_title": "Returns", "kpis": "5.0", "seen": "3"}
    post(hub, "/action-plans/1/strands/0", **strand)
    assert "2. Returns" in get(hub, "/action-plans/1")
    assert "Completions" in get(hub, "/action-plans/1/edit")
    post(hub, "/action-plans/1/edit", **NEW | {"title": "All completions", "seen": "4"})
    assert "All completions" in get(council, "/action-plans/1")


def test_who_took_a_caseload_over_reads_no_plan_of_before(
    app: Flask, recount: CommandLine, council: Asker, hub: Asker
) -> None:
    running(council, hub)
    post(hub, "/action-plans/new", FORM, **NEW)
    recount("contract", "H0001", "--from", "2015-12-01", "--to", "2017-03-31", "--received-on", "2016-01-02")
    recount("contract", "H0003", "--from", "2017-04-01", "--received-on", "2016-01-02", "--succeeds", "H0001")
    successor = asker(app, Role.PROVIDER, "H0003")
    assert "No open plans" in get(successor, "/action-plans")
    for number in (1, 2):
        get(successor, f"/action-plans/{number}", 404)
    post(successor, "/action-plans/1/steps/finish-action", {"action": 1}, 404, day="2017-06-01", seen="4")
    # Whoever wrote them reads them still.
    assert "Completions" in get(hub, "/action-plans/1")


def test_a_providers_plan_names_agencies_also_where_the_command_line_says_it(council: Asker, app: Flask) -> None:
    day = date(2017, 5, 1)
    terms = PlanTerms("service-improvement", "Completions", OpenedFrom("hand"), day, strands=(Strand(1, "One"),))
    with pytest.raises(Refused, match="Say which of your agencies"):
        draft_plan(app.extensions["recount"].register, terms, Author("pat", OPERATOR, PROVIDER, day, day))
    assert "No open plans" in get(council, "/action-plans")
